import { expect, it } from "vitest";
import { handshake, hosted } from "./hosted.ts";

it("SPT-01: impersonation is refused where threads have no tokens", () => {
  const { provider } = hosted();
  using pair = handshake(provider);
  expect(() => pair.server.impersonate(() => 1)).toThrow(/SEC_E_NO_IMPERSONATION/);
  expect(provider.traits.impersonates).toBe(false);
});
