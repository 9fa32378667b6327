import { describe, expect, it } from "vitest";
import {
  HttpAuthenticator,
  type HttpAuthenticatorOptions,
  NegotiateProxyAgent,
  type ProxyOptions,
} from "../../src/http.ts";
import { NegotiateDispatcher, type NegotiateDispatcherOptions } from "../../src/http-undici.ts";
import { httpProvider } from "./server/http-package.ts";

const makers = {
  HttpAuthenticator: (options: object) => new HttpAuthenticator(options as HttpAuthenticatorOptions),
  NegotiateDispatcher: (options: object) => new NegotiateDispatcher(options as NegotiateDispatcherOptions),
  NegotiateProxyAgent: (options: object) => new NegotiateProxyAgent(options as ProxyOptions),
};

describe("an option that is mistyped, or placed outside the option that it belongs in", () => {
  it.each([
    [
      "HttpAuthenticator",
      { schemes: ["Negotiate"], binding: "required" },
      "binding: there is no such option; did you mean bindings?",
    ],
    [
      "HttpAuthenticator",
      { schemes: ["Negotiate"], csrf: { allowed: [] } },
      "csrf.allowed: there is no such option; did you mean allow?",
    ],
    [
      "HttpAuthenticator",
      { schemes: ["Negotiate"], credential: { package: "NTLM" } },
      "credential: there is no option with this name of 7 characters; expected one of ",
    ],
    [
      "NegotiateDispatcher",
      { origin: ["https://a.example"] },
      "origin: there is no such option; did you mean origins?",
    ],
    ["NegotiateDispatcher", { origins: [], mutal: "required" }, "mutal: there is no such option; did you mean mutual?"],
    [
      "NegotiateDispatcher",
      { origins: [], proxy: { url: "http://proxy.example", origins: [] } },
      "proxy: there is no option with this name of 7 characters; expected one of ",
    ],
    [
      "NegotiateProxyAgent",
      { url: "http://proxy.example", scheme: ["NTLM"] },
      "proxy.scheme: there is no such option; did you mean schemes?",
    ],
  ] as const)("B2 is refused by %s: %j", (name, options, message) => {
    expect(() => makers[name](options)).toThrow(message);
  });

  it.each([
    ["HttpAuthenticator", null, "options: expected { schemes, credential, ntlm, … }, got null"],
    [
      "HttpAuthenticator",
      { schemes: "Negotiate" },
      'schemes: expected an array such as ["Negotiate"], got a string of 9 characters',
    ],
    ["NegotiateDispatcher", [], "options: expected { origins, identity, schemes, … }, got an array of 0 elements"],
    ["NegotiateDispatcher", {}, "origins: expected an array of origins, got undefined"],
    [
      "NegotiateDispatcher",
      { origins: [], tls: "no" },
      "tls: expected options of tls.connect(), got a string of 2 characters",
    ],
    [
      "NegotiateProxyAgent",
      { url: "http://proxy.example", tls: [] },
      "proxy.tls: expected options of tls.connect(), got an array of 0 elements",
    ],
    ["NegotiateDispatcher", { origins: [], provider: null }, "provider: expected a provider"],
    [
      "NegotiateProxyAgent",
      { url: "http://proxy.example", provider: { name: "secur32" } },
      "proxy.provider: expected a provider",
    ],
    [
      "NegotiateDispatcher",
      { origins: [], tls: Buffer.from("PFX") },
      "tls: expected options of tls.connect(), got an instance of Buffer",
    ],
  ] as const)("B9 of %s with the wrong type is refused by name: %j", (name, options, message) => {
    expect(() => makers[name](options as object)).toThrow(message);
  });

  it("B9 handlers and requests of an HttpAuthenticator are refused by name where they are of a wrong type", () => {
    using host = httpProvider();
    using authenticator = makers.HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider: host.provider } });
    const wrong = "handler" as never;
    expect(() => authenticator.guard(wrong)).toThrow("handler: expected a function, got a string of 7 characters");
    expect(() => authenticator.upgrade(null as never)).toThrow("handler: expected a function, got null");
    expect(() => authenticator.guard(() => {}, wrong)).toThrow(
      "onPreflight: expected a function, got a string of 7 characters",
    );
    expect(() => authenticator.check(null as never)).toThrow("request: expected a request of node:http, got null");
    expect(() => authenticator.check({} as never)).toThrow(
      "request: expected a request of node:http, got an instance of Object",
    );
  });

  it("B7 is not taken from an object that another one inherits from", () => {
    const inherited = Object.create({ delegate: ["https://mallory.example"] });
    inherited.origins = [];
    expect(() => makers.NegotiateDispatcher(inherited)).toThrow(
      "options: expected { origins, identity, schemes, … }, got an object that inherits from another one",
    );
  });
});
