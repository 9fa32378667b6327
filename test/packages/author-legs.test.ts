import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_BUFFER_TOO_SMALL, SEC_E_OK } from "../../generated/status/constants.ts";
import { ClientContext, Credential, ServerContext } from "../../src/index.ts";
import { securityBuffers } from "../../src/interface/security-buffers.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { hosted } from "./hosted.ts";
import { descriptorOf, SeenHandles } from "./raw-calls.ts";
import { testPackage } from "./test-package.ts";

describe("a leg of a package in TypeScript", () => {
  it.each(["continue", "complete"] as const)(
    "with the status %s returns the extra bytes that the package left over, on both sides",
    (status) => {
      let extra: number | undefined;
      const leg = () => ({ status, context: { peer: "" }, ...(extra !== undefined && { extra }) });
      const { provider } = hosted(testPackage({ initContext: leg, acceptContext: leg }));
      using credential = Credential.acquireSync({ package: "Test", use: "both", provider });
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.option(fc.nat(20)), (token, left) => {
          extra = left === null ? undefined : Math.min(left, token.length);
          const expected = extra ? Buffer.from(token).subarray(-extra) : undefined;
          using server = new ServerContext(credential);
          using client = new ClientContext(credential);
          for (const answer of [server.stepSync(token), client.stepSync(token)])
            expect([answer.status, "extra" in answer ? answer.extra : undefined]).toEqual([status, expected]);
        }),
        { numRuns: 30 },
      );
    },
  );

  it("whose token exceeds the output buffer leaves an existing context unchanged and deletes a new one", () => {
    const deleted: string[] = [];
    const { provider, defined } = hosted(
      testPackage({
        initContext: ({ context }) => ({
          status: context ? "complete" : "continue",
          context: { peer: `${context?.peer ?? ""}leg ` },
          token: Buffer.from("a token"),
        }),
        deleteContext: ({ peer }) => void deleted.push(peer),
      }),
    );
    const seen = new SeenHandles(provider);
    using _credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
    const memory = keptMemory();
    const [slot, other, cell] = [memory.allocate(16), memory.allocate(16), memory.cell()].map(
      ({ address }) => address,
    ) as [number, number, number];
    const leg = (context: number, at: number, room: number): [status: number, token: string | undefined] => {
      const output = descriptorOf(memory, [SECBUFFER_TOKEN, new Uint8Array(room)]);
      const places = [at, output, cell, cell] as const;
      const status = provider.InitializeSecurityContextW(seen.credential, context, 0, 0, 0, 0, 0, 0, ...places);
      return [status, securityBuffers(output)[0]?.read().toString()];
    };
    expect(leg(0, slot, 7)[1]).toBe("a token");
    expect([leg(0, other, 6), deleted]).toEqual([[SEC_E_BUFFER_TOO_SMALL, ""], ["leg "]]);
    for (const room of [0, 6]) expect([leg(slot, slot, room)[0], deleted.length]).toEqual([SEC_E_BUFFER_TOO_SMALL, 1]);
    expect(leg(slot, slot, 7)).toEqual([SEC_E_OK, "a token"]);
    expect(provider.DeleteSecurityContext(slot)).toBe(SEC_E_OK);
    expect([deleted, defined.open.contexts]).toEqual([["leg ", "leg leg "], 0]);
  });
});
