import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SEC_E_NO_CREDENTIALS, SEC_E_OK } from "../../generated/status/constants.ts";
import { DisposedError, live, ServerContext } from "../../src/index.ts";
import { inbound, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";

function serverOn(sspi: ScriptedSspi): ServerContext {
  using credential = inbound(sspi);
  const server = new ServerContext(credential);
  server.stepSync(Buffer.from("hello"));
  return server;
}

const complete: Script = { legs: [{ status: SEC_E_OK }] };

describe("the access token of a client", () => {
  it("ASC-13 is owned by whoever asked, and its handle is closed once even if it is closed repeatedly", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    const token = server.accessToken();
    expect(token.value).toBe(3n);
    expect(live().tokens).toBe(1);
    token.close();
    token[Symbol.dispose]();
    expect(sspi.count("CloseHandle")).toBe(1);
    expect(() => token.value).toThrow(DisposedError);
  });

  it("ASC-13 outlives the context it came from", () => {
    const sspi = scripted(complete);
    const server = serverOn(sspi);
    using token = server.accessToken();
    server.close();
    expect(token.closed).toBe(false);
    expect(sspi.count("CloseHandle")).toBe(0);
  });

  it("ASC-13 is another handle each time, each closed once", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    using first = server.accessToken();
    using second = server.accessToken();
    expect(first.value).not.toBe(second.value);
  });

  it("ASC-13 is a typed error where the package gives none, and there is nothing to close", () => {
    const sspi = scripted({ ...complete, accessToken: () => SEC_E_NO_CREDENTIALS });
    using server = serverOn(sspi);
    expect(() => server.accessToken()).toThrow(
      expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS", operation: "QuerySecurityContextToken" }),
    );
    expect(live().tokens).toBe(0);
  });

  it("is neither counted nor closed by the library after it was taken", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    const token = server.accessToken();
    const handle = token.take();
    expect(live().tokens).toBe(0);
    token.close();
    expect(sspi.count("CloseHandle")).toBe(0);
    sspi.provider.CloseHandle(handle);
  });

  it("does not show its handle when it is printed", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    using token = server.accessToken();
    expect(inspect(token, { showHidden: true, depth: 9 })).not.toContain("3n");
    expect(JSON.stringify(token)).toBe("{}");
    expect(inspect(token)).toBe("AccessToken { open }");
    token.close();
    expect(inspect(token)).toBe("AccessToken { closed }");
  });
});
