import { describe, expect, it } from "vitest";
import { ClientContext, Credential } from "../../src/index.ts";
import { scripted } from "../scripted/scripted.ts";

/** The target as a leg receives it, and as the context shows it. */
function targetsOf(packageName: string, target: string): readonly unknown[] {
  const sspi = scripted({ packageName });
  using credential = Credential.acquireSync({ package: packageName, use: "outbound", provider: sspi.provider });
  using client = new ClientContext(credential, { target });
  client.stepSync();
  return [sspi.legs[0]?.target, client.target];
}

describe("a target with letters beyond ASCII", () => {
  it.each([
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["名前.example", "xn--ldr85b.example"],
    ["Intranet.example", "Intranet.example"],
  ])("%s goes to Schannel in its DNS form", (given, sent) => {
    expect(targetsOf("Schannel", given)).toEqual([sent, sent]);
  });

  it("goes to other packages unchanged: there it is a service's name, not a host's", () => {
    expect(targetsOf("Scripted", "HTTP/bücher.example")).toEqual(["HTTP/bücher.example", "HTTP/bücher.example"]);
  });

  it("B9 is refused where it is a URL and a service's name is wanted", () => {
    for (const target of ["https://intranet.example/", "HTTP://intranet.example", "h://x", "h2://x", "a+b.c-d://x"]) {
      const refusal = new RangeError("target: expected a service's name such as HTTP/intranet.example, got a URL");
      expect(() => targetsOf("Negotiate", target)).toThrow(refusal);
      expect(targetsOf("Scripted", target)).toEqual([target, target]);
    }
  });

  it.each([
    "1http://intranet.example",
    "HTTP/intranet.example",
    "HTTP/http://intranet.example",
    "http:/intranet.example",
    "://x",
  ])("is a service's name where it has no scheme of a URL: %s", (target) => {
    expect(targetsOf("Negotiate", target)).toEqual([target, target]);
  });

  it("is refused for Schannel where it is no host name", () => {
    const { provider } = scripted({ packageName: "Schannel" });
    using credential = Credential.acquireSync({ package: "Schannel", use: "outbound", provider });
    const make = () => new ClientContext(credential, { target: "bü cher" });
    expect(make).toThrow(new RangeError("target: expected a host name, got a string of 7 characters"));
  });
});
