import { describe, expect, it } from "vitest";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_OK } from "../../generated/status/constants.ts";
import { ClientContext, importContext, live, type SecurityProvider, ServerContext } from "../../src/index.ts";
import { HandleSlot } from "../../src/memory/index.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";
import { ScriptedSspi } from "../scripted/scripted-provider.ts";

/** The slot that the next lease gets; the test gives it back at once. */
function nextSlot(): number {
  const slot = HandleSlot.lease();
  slot.giveBack();
  return slot.address;
}

const broken = new Error("the call did not come back");

function breaks(): never {
  throw broken;
}

describe("a call of a provider that throws", () => {
  it.each([
    ["on the event loop", async (client: ClientContext) => client.stepSync()],
    ["off the event loop", async (client: ClientContext) => client.step()],
  ])("D5 leaves no handle's slot behind, %s", async (_, step) => {
    using credential = outbound(scripted({ legs: [breaks, breaks, breaks] }));
    const before = [nextSlot(), live()];
    for (let round = 0; round < 3; round += 1) {
      using client = new ClientContext(credential);
      await expect(step(client)).rejects.toBe(broken);
    }
    expect([nextSlot(), live()]).toEqual(before);
  });

  it("D5 leaves no handle's slot behind where the first leg needs more of the message", () => {
    using credential = inbound(scripted({ legs: [{ status: SEC_E_INCOMPLETE_MESSAGE, leaveOutput: true }, breaks] }));
    const before = nextSlot();
    {
      using server = new ServerContext(credential);
      server.stepSync(Buffer.of(1));
      expect(() => server.stepSync(Buffer.of(2))).toThrow(broken);
    }
    expect(nextSlot()).toBe(before);
  });

  it("D5 zeroes the session's keys that an import was given", () => {
    const { provider } = scripted();
    const packed = Buffer.alloc(64, "session key");
    let at = 0n;
    const throwing: SecurityProvider = {
      ...provider,
      ImportSecurityContextW: (_name, buffer) => {
        at = readStruct(SecBuffer, buffer).pvBuffer;
        expect(Buffer.from(copyOut(at, 64))).toEqual(packed);
        throw broken;
      },
    };
    const before = nextSlot();
    expect(() => importContext({ package: "Scripted", packed, provider: throwing })).toThrow(broken);
    expect([Buffer.from(copyOut(at, 64)), nextSlot()]).toEqual([Buffer.alloc(64), before]);
  });
});

describe("a context whose provider frees it twice after a failed leg", () => {
  const failing = [{ status: 0x0009_0312, token: Buffer.of(1) }, { status: 0x8009_030e }];

  it("A12 is not deleted where deletesFailedContexts leaves its package out, and is counted as gone", () => {
    const sspi = new ScriptedSspi({ legs: failing, traits: { deletesFailedContexts: ["NTLM"] } });
    const credential = outbound(sspi);
    const client = new ClientContext(credential);
    client.stepSync();
    expect(() => client.stepSync(Buffer.of(2))).toThrow(expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS" }));
    client.close();
    expect([sspi.count("DeleteSecurityContext"), live().contexts]).toEqual([0, 0]);
    credential.close();
    expect(sspi.problems()).toContain("context 2 was never released");
  });

  it("A12 is deleted once where no leg has failed", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }], traits: { deletesFailedContexts: [] } });
    using credential = outbound(sspi);
    new ClientContext(credential)[Symbol.dispose]();
    const client = new ClientContext(credential);
    client.stepSync();
    client.close();
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });
});
