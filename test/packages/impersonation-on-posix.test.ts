import { expect, it } from "vitest";
import { handshake, hosted } from "./hosted.ts";

it("SPT-01: impersonate() throws SEC_E_NO_IMPERSONATION on a system whose threads have no tokens", () => {
  const { provider } = hosted();
  using pair = handshake(provider);
  expect(() => pair.server.impersonate(() => 1)).toThrow(/SEC_E_NO_IMPERSONATION/);
  expect(provider.traits.impersonates).toBe(false);
});
