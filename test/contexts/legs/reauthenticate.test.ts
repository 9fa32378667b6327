import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ISC_RET_CONFIDENTIALITY, ISC_RET_MUTUAL_AUTH } from "../../../generated/sspi/constants.ts";
import { SEC_E_LOGON_DENIED, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ContextStateError, RequirementError, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

const going = { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("mine") };
const both = ISC_RET_CONFIDENTIALITY | ISC_RET_MUTUAL_AUTH;
const done = { status: SEC_E_OK, attributes: both, expiry: 0x01db_0000_0000_0000n };

function client(sspi: ScriptedSspi, options = {}): ClientContext {
  using credential = outbound(sspi);
  return new ClientContext(credential, options);
}

describe("ISC-20 a complete context of a scripted provider", () => {
  it("takes legs again on the same handle, the first without a token", () => {
    const sspi = scripted({ legs: [going, done, going, done] });
    using context = client(sspi);
    context.stepSync();
    context.stepSync(Buffer.from("a"));
    context.reauthenticate();
    expect(context.stepSync()).toMatchObject({ status: "continue", token: Buffer.from("mine") });
    expect(() => context.stepSync()).toThrow("token: expected the peer's message");
    expect(context.stepSync(Buffer.from("b")).status).toBe("complete");
    expect(sspi.legs.map((leg) => leg.context)).toEqual([undefined, 2, 2, 2]);
    expect(sspi.legs.map((leg) => leg.input === undefined)).toEqual([true, false, true, false]);
    expect([context.complete, context.legs, sspi.handles.count("context")]).toEqual([true, 4, 1]);
  });

  it("takes legs with the peer's token where the peer asked for them, also off the event loop", async () => {
    const sspi = scripted({ legs: [done, going, done] });
    using credential = inbound(sspi);
    using context = new ServerContext(credential);
    await context.step(Buffer.from("a"));
    context.reauthenticate();
    expect((await context.step(Buffer.alloc(0))).status).toBe("continue");
    expect((await context.step(Buffer.from("b"))).status).toBe("complete");
    expect(sspi.legs.map((leg) => leg.context)).toEqual([undefined, 2, 2]);
  });

  it("refuses messages, flags and expiry meanwhile, and has those of the new exchange afterwards", () => {
    const again = { ...done, attributes: ISC_RET_MUTUAL_AUTH, expiry: 0x01dc_0000_0000_0000n };
    const trailers = [16, 40];
    const sizes = {
      get trailer() {
        return trailers.shift() as number;
      },
    };
    const used: number[] = [];
    const encrypt = ({ buffers }: { buffers: { all: readonly { size: number }[] } }): number => {
      used.push(buffers.all[0]?.size as number);
      return SEC_E_OK;
    };
    const sspi = scripted({ legs: [done, going, again], sizes, encrypt });
    using context = client(sspi);
    context.stepSync();
    const first = context.expiry;
    context.encrypt(Buffer.from("x"));
    context.reauthenticate();
    context.stepSync();
    expect([context.complete, context.expiry]).toEqual([false, undefined]);
    expect(() => context.flags).toThrow(ContextStateError);
    expect(() => context.encrypt(Buffer.from("x"))).toThrow("encrypt needs a complete context");
    context.stepSync(Buffer.from("b"));
    expect(context.flags).toEqual(["mutualAuth"]);
    expect(context.expiry?.getTime()).toBeGreaterThan(first?.getTime() as number);
    context.encrypt(Buffer.from("x"));
    expect(used).toEqual([16, 40]);
  });

  it("is deleted once where it completes again without what it must have", () => {
    const sspi = scripted({ legs: [done, { ...done, attributes: ISC_RET_MUTUAL_AUTH }] });
    using context = client(sspi, { require: ["confidentiality"] });
    context.stepSync();
    context.reauthenticate();
    expect(() => context.stepSync()).toThrow(RequirementError);
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
    expect(() => context.reauthenticate()).toThrow("the exchange has failed");
  });

  it("is deleted once where a later exchange fails, whichever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.boolean(), (rounds, early) => {
        const failing = { status: SEC_E_LOGON_DENIED };
        const legs = Array.from({ length: rounds }, () => [going, done]).flat();
        const sspi = scripted({ legs: [...legs, ...(early ? [failing] : [going, failing])] });
        using context = client(sspi);
        for (let round = 0; round < rounds; round += 1) {
          context.stepSync();
          context.stepSync(Buffer.from("b"));
          context.reauthenticate();
        }
        if (!early) context.stepSync();
        expect(() => context.stepSync(Buffer.from("b"))).toThrow("SEC_E_LOGON_DENIED");
        const handles = sspi.released.filter((name) => name !== "FreeContextBuffer");
        expect(handles).toEqual(["DeleteSecurityContext", "FreeCredentialsHandle"]);
      }),
      { numRuns: 20 },
    );
  });

  it("counts the legs of each exchange separately", () => {
    const sspi = scripted({ legs: [going, done, going, going] });
    using context = client(sspi, { maxLegs: 2 });
    context.stepSync();
    context.stepSync(Buffer.from("a"));
    context.reauthenticate();
    context.stepSync();
    context.stepSync(Buffer.from("b"));
    expect(() => context.stepSync(Buffer.from("c"))).toThrow("given up after 2 legs (maxLegs)");
  });

  it("is needed to authenticate again: an incomplete or closed context is refused", () => {
    const sspi = scripted({ legs: [going] });
    using context = client(sspi);
    expect(() => context.reauthenticate()).toThrow("there is no context before the first step succeeded");
    context.stepSync();
    expect(() => context.reauthenticate()).toThrow("reauthenticate needs a complete context");
    context.close();
    expect(() => context.reauthenticate()).toThrow("has been closed");
  });
});
