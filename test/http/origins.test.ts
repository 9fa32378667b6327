import { describe, expect, it } from "vitest";
import { Origins } from "../../src/http/origins.ts";

const includes = (pattern: string, url: string): boolean => new Origins([pattern], "origins").includes(new URL(url));

describe("Origins", () => {
  it.each([
    ["https://intranet.example", "https://intranet.example/a?b"],
    ["https://intranet.example/", "https://intranet.example:443/"],
    ["HTTPS://Intranet.EXAMPLE", "https://INTRANET.example/"],
    ["https://intranet.example:8443", "https://intranet.example:8443/"],
    ["http://localhost:8080", "http://localhost:8080/"],
    ["https://*.corp.example", "https://a.corp.example/"],
    ["https://*.corp.example", "https://a.b.corp.example/"],
    ["https://*.bücher.example", "https://a.xn--bcher-kva.example/"],
    ["http://[::1]:81", "http://[0:0::1]:81/"],
    ["http://127.0.0.1", "http://127.1/"],
  ])("%s is for %s", (pattern, url) => {
    expect(includes(pattern, url)).toBe(true);
  });

  it.each([
    ["https://intranet.example", "http://intranet.example/"],
    ["https://intranet.example", "https://intranet.example:8443/"],
    ["https://intranet.example:8443", "https://intranet.example/"],
    ["https://intranet.example", "https://evil-intranet.example/"],
    ["https://intranet.example", "https://intranet.example.evil.test/"],
    ["https://intranet.example", "https://intranet.example./"],
    ["https://intranet.example", "https://intranet.example@evil.test/"],
    ["https://*.corp.example", "https://corp.example/"],
    ["https://*.corp.example", "https://evilcorp.example/"],
    ["https://*.corp.example", "https://a.corp.example.evil.test/"],
  ])("%s is not for %s", (pattern, url) => {
    expect(includes(pattern, url)).toBe(false);
  });

  it.each([
    "intranet.example",
    "ftp://intranet.example",
    "https://",
    "https://*",
    "https://*.",
    "https://a.*.example",
    "https://intranet.example/path",
    "https://intranet.example?",
    "https://intranet.example:0x50",
    "https://intranet.example:99999",
    "https://in tranet.example",
    "https://*.127.0.0.1",
    "",
  ])("%j is refused by name, since it is not an origin", (pattern) => {
    expect(() => new Origins(["https://a.example", pattern], "delegate")).toThrow(RangeError);
    expect(() => new Origins(["https://a.example", pattern], "delegate")).toThrow(/^delegate\[1\]: /);
  });

  it("does not show what may be a password", () => {
    expect(() => new Origins(["https://alice:secret@intranet.example"], "origins")).toThrow(
      /got a string of 37 characters$/,
    );
  });

  it.each([[null], ["https://a.example"], [[7]], [undefined]])("refuses %j, which is no array of texts", (patterns) => {
    expect(() => new Origins(patterns as never, "origins")).toThrow(TypeError);
  });
});
