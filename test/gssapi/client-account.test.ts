import { describe, expect, it } from "vitest";
import { clientAccountOf } from "../../src/gssapi/client-account.ts";
import type { GssapiCalls } from "../../src/gssapi/gssapi-calls.ts";
import type { GssapiContext } from "../../src/gssapi/gssapi-context.ts";
import { writeUint32 } from "../../src/native/index.ts";
import { captured } from "./pac/captured.ts";

interface Answer {
  readonly authenticated: boolean;
  readonly major?: number;
  readonly value?: Uint8Array;
}

const context = { initiator: false, state: "complete", cells: { source: 1 } } as unknown as GssapiContext;

/** A library whose gss_get_name_attribute gives alice's logon information. */
function library({ authenticated, major = 0, value = captured.alice.logonInfo }: Answer): GssapiCalls {
  let asked = 0;
  const ask = (_minor: number, _name: number, _attribute: number, said: number): number => {
    asked += 1;
    writeUint32(said, authenticated ? 1 : 0);
    return major;
  };
  const takeBuffer = () => (asked === 1 ? Buffer.from(value) : Buffer.alloc(0));
  return { library: { find: () => ask }, takeBuffer } as unknown as GssapiCalls;
}

describe("the account that a client's ticket names", () => {
  it("B37 is returned with its groups where the library says that a domain controller signed it", () => {
    const account = clientAccountOf(library({ authenticated: true }), context);
    expect(account).toMatchObject({ account: "alice", domain: "AD" });
    expect(account?.groups.length).toBe(5);
  });

  it("B37 is undefined where the library does not say that it is authenticated, whatever it says", () => {
    expect(clientAccountOf(library({ authenticated: false }), context)).toBeUndefined();
  });

  it("B37 is undefined where the library fails, though it says authenticated", () => {
    expect(clientAccountOf(library({ authenticated: true, major: 0x100_0000 }), context)).toBeUndefined();
  });

  it("is an error where what was signed cannot be read", () => {
    const value = captured.alice.logonInfo.subarray(0, -9);
    expect(() => clientAccountOf(library({ authenticated: true, value }), context)).toThrow(RangeError);
  });

  it("is undefined for a client's context, for one with legs to go, and for one without the name of its client", () => {
    const calls = library({ authenticated: true });
    for (const other of [{ initiator: true }, { state: "legs" }, { cells: { source: 0 } }])
      expect(clientAccountOf(calls, { ...context, ...other } as GssapiContext)).toBeUndefined();
  });
});
