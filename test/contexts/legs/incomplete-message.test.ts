import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../../src/index.ts";
import { inbound, type LegAnswer, outbound, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

const fed = new WeakMap<ScriptedSspi, Buffer[]>();

/** A package that understands a message only when all of its `length` bytes have arrived. */
function needing(length: number, missing: (have: number) => number | undefined = () => undefined): ScriptedSspi {
  const tokens: Buffer[] = [];
  const answer = (have: number): LegAnswer => {
    if (have >= length) return { status: SEC_E_OK };
    const hint = missing(have);
    return { status: SEC_E_INCOMPLETE_MESSAGE, leaveOutput: true, ...(hint !== undefined && { missing: hint }) };
  };
  const sspi = scripted({
    legs: Array.from({ length: length + 1 }, () => ({ input }) => {
      const bytes = input?.all[0]?.bytes ?? Buffer.alloc(0);
      tokens.push(bytes);
      return answer(bytes.length);
    }),
  });
  fed.set(sspi, tokens);
  return sspi;
}

describe("an incomplete message", () => {
  it("ISC-11 is a leg that asks for more, with the package's hint of how much", () => {
    const sspi = needing(10, (have) => 10 - have);
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    expect(client.stepSync(Buffer.alloc(4))).toEqual({
      status: "incomplete-message",
      code: "SEC_E_INCOMPLETE_MESSAGE",
      missing: 6,
    });
    expect(client.stepSync(Buffer.alloc(5))).toEqual({
      status: "incomplete-message",
      code: "SEC_E_INCOMPLETE_MESSAGE",
      missing: 1,
    });
    expect(client.complete).toBe(false);
    expect(client.stepSync(Buffer.alloc(1)).status).toBe("complete");
  });

  it("ISC-11 has no hint where the package gives none", () => {
    for (const hint of [undefined, 0]) {
      using credential = outbound(needing(10, () => hint));
      using client = new ClientContext(credential);
      expect(client.stepSync(Buffer.alloc(4))).toStrictEqual({
        status: "incomplete-message",
        code: "SEC_E_INCOMPLETE_MESSAGE",
      });
    }
  });

  it("ASC-06 is kept however it is cut, and fed again from its beginning, each byte once", () => {
    const cut = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(cut, (pieces) => {
        const sspi = needing(Buffer.concat(pieces).length);
        using credential = inbound(sspi);
        using server = new ServerContext(credential);
        const statuses = pieces.map((piece) => server.stepSync(piece).status);
        expect(statuses).toEqual([...pieces.slice(1).map(() => "incomplete-message"), "complete"]);
        expect(fed.get(sspi)).toEqual(pieces.map((_, index) => Buffer.concat(pieces.slice(0, index + 1))));
      }),
      { numRuns: 50 },
    );
  });

  it("C7 is SEC_E_INVALID_TOKEN where it never ends: a peer must not fill this side's memory", () => {
    const sspi = scripted({ legs: Array(3).fill({ status: SEC_E_INCOMPLETE_MESSAGE, leaveOutput: true }) });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    const half = Buffer.alloc(1 << 19);
    expect([server.stepSync(half).status, server.stepSync(half).status]).toEqual(Array(2).fill("incomplete-message"));
    const cause = expect.objectContaining({ message: "the peer's message has no end, 1048577 bytes so far" });
    expect(() => server.stepSync(Buffer.alloc(1))).toThrow(
      expect.objectContaining({ code: "SEC_E_INVALID_TOKEN", operation: "AcceptSecurityContext", cause }),
    );
    expect(() => server.stepSync(Buffer.alloc(1))).toThrow(/has failed/);
  });

  it("makes no context in the first leg, so that there is nothing to delete", () => {
    const sspi = needing(10);
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    server.stepSync(Buffer.alloc(4));
    server.stepSync(Buffer.alloc(4));
    server.close();
    expect(sspi.legs.map((leg) => leg.context)).toEqual([undefined, undefined]);
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
  });

  it("keeps the context of earlier legs, and does not count as a leg", () => {
    const answers = [
      { status: SEC_I_CONTINUE_NEEDED },
      { status: SEC_E_INCOMPLETE_MESSAGE, leaveOutput: true },
      { status: SEC_E_OK },
    ] as const;
    const sspi = scripted({ legs: answers });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    server.stepSync(Buffer.from("first"));
    server.stepSync(Buffer.from("sec"));
    expect(server.legs).toBe(1);
    server.stepSync(Buffer.from("ond"));
    expect(server.legs).toBe(2);
    expect(sspi.legs.map((leg) => leg.context)).toEqual([undefined, 2, 2]);
  });

  it("is kept as a copy: the caller may overwrite its own buffer afterwards", () => {
    const sspi = needing(6);
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    const socketBuffer = Buffer.from("abc");
    server.stepSync(socketBuffer);
    socketBuffer.set(Buffer.from("def"));
    server.stepSync(socketBuffer);
    expect(fed.get(sspi)?.at(-1)?.toString()).toBe("abcdef");
  });

  it("is dropped once its leg has succeeded: the next message starts from empty", () => {
    const seen: string[] = [];
    const statuses = [SEC_E_INCOMPLETE_MESSAGE, SEC_I_CONTINUE_NEEDED, SEC_E_OK];
    const sspi = scripted({
      legs: statuses.map((status) => ({ input }) => {
        seen.push(input?.all[0]?.bytes.toString() ?? "");
        return { status };
      }),
    });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    for (const piece of ["he", "llo", "next"]) server.stepSync(Buffer.from(piece));
    expect(seen).toEqual(["he", "hello", "next"]);
  });
});
