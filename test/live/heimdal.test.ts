import { expect, it } from "vitest";
import { runChild } from "../fixtures/child.ts";

it("B40 Heimdal's library has no server, no password and no Negotiate here, and its client needs tickets", () => {
  const env = { KRB5CCNAME: "FILE:/nowhere/ccache" };
  const { code, signal, stdout, stderr } = runChild("heimdal-client.ts", { env });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
  const refusal = (why: RegExp) => ["SEC_E_UNSUPPORTED_FUNCTION", expect.stringMatching(why)];
  expect(JSON.parse(stdout)).toEqual({
    client: ["SEC_E_NO_CREDENTIALS", expect.stringMatching(/^gss_acquire_cred: /)],
    server: refusal(/accepts a request that was sent before/),
    password: refusal(/apart from those of the process/),
    negotiate: refusal(/cannot be limited to Kerberos/),
  });
});
