import { describe, expect, it } from "vitest";
import {
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
} from "../../../generated/status/constants.ts";
import { ClientContext, ContextStateError, Credential, DisposedError } from "../../../src/index.ts";
import { outbound, type Script, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

/** A package whose calls off the event loop wait until the test opens the gate. */
function gated(script: Script): ScriptedSspi & { open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return Object.assign(scripted({ ...script, gate: () => opened }), { open });
}

describe("a step off the event loop", () => {
  it("returns the same legs as a step on it", async () => {
    const legs = [
      { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("one") },
      { status: SEC_E_OK, token: Buffer.from("two"), attributes: 0x10 },
    ];
    const sspi = scripted({ legs: [...legs, ...legs] });
    using credential = outbound(sspi);
    using onLoop = new ClientContext(credential);
    using offLoop = new ClientContext(credential);
    const sync = [onLoop.stepSync(), onLoop.stepSync(Buffer.from("answer"))];
    const async = [await offLoop.step(), await offLoop.step(Buffer.from("answer"))];
    expect(async).toEqual(sync);
    expect([offLoop.legs, offLoop.flags]).toEqual([onLoop.legs, onLoop.flags]);
  });

  it("ISC-09 completes its token off the event loop too, where the package asks for that", async () => {
    const sspi = gated({ legs: [{ status: SEC_I_COMPLETE_NEEDED }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    const leg = client.step();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sspi.count("CompleteAuthToken")).toBe(0);
    sspi.open();
    expect((await leg).status).toBe("complete");
    expect([sspi.count("CompleteAuthToken"), sspi.offLoop]).toEqual([
      1,
      ["InitializeSecurityContextW", "CompleteAuthToken"],
    ]);
  });

  it("uses the token as it was when the step was called", async () => {
    const sspi = gated({
      legs: [
        ({ input }) => {
          expect(input?.all[0]?.bytes.toString()).toBe("hello");
          return { status: SEC_E_OK };
        },
      ],
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    const socketBuffer = Buffer.from("hello");
    const step = client.step(socketBuffer);
    socketBuffer.fill(0);
    sspi.open();
    expect((await step).status).toBe("complete");
  });

  it("does not share its memory with other calls that run meanwhile", async () => {
    const slow = gated({
      legs: [
        ({ input, output }) => {
          expect(input?.all[0]?.bytes).toEqual(Buffer.alloc(100, "slow"));
          expect(output.all[0]?.size).toBe(256);
          return { status: SEC_E_OK, token: Buffer.from("slow token") };
        },
      ],
    });
    using slowCredential = outbound(slow);
    using client = new ClientContext(slowCredential);
    const step = client.step(Buffer.alloc(100, "slow"));
    const quick = scripted({
      legs: Array(20).fill({ status: SEC_I_CONTINUE_NEEDED, token: Buffer.alloc(256, "quick") }),
    });
    using quickCredential = outbound(quick);
    using other = new ClientContext(quickCredential);
    for (let leg = 0; leg < 20; leg += 1) other.stepSync(Buffer.alloc(256, "quick"));
    slow.open();
    expect(await step).toMatchObject({ token: Buffer.from("slow token") });
  });

  it("refuses other calls on the context while it is under way", async () => {
    const sspi = gated({ legs: [{ status: SEC_E_OK }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    const step = client.step();
    expect(() => client.stepSync(Buffer.from("t"))).toThrow(/a step is still under way/);
    expect(() => client.query("sizes")).toThrow(ContextStateError);
    await expect(client.step(Buffer.from("t"))).rejects.toThrow(ContextStateError);
    sspi.open();
    expect((await step).status).toBe("complete");
    expect(sspi.legs).toHaveLength(1);
  });

  it("is not cut short by close: the context is deleted when it has ended, and its result still arrives", async () => {
    const sspi = gated({ legs: [{ status: SEC_E_OK, token: Buffer.from("last") }] });
    const credential = outbound(sspi);
    const client = new ClientContext(credential);
    const step = client.step();
    client.close();
    client.close();
    credential.close();
    expect(sspi.count("FreeCredentialsHandle") + sspi.count("DeleteSecurityContext")).toBe(0);
    sspi.open();
    expect(await step).toMatchObject({ status: "complete", token: Buffer.from("last") });
    expect(sspi.released.slice(-2)).toEqual(["DeleteSecurityContext", "FreeCredentialsHandle"]);
    expect(() => client.flags).toThrow(DisposedError);
  });

  it("that fails after close deletes its context once, and still says why", async () => {
    const sspi = gated({ legs: [{ status: SEC_I_CONTINUE_NEEDED }, { status: SEC_E_INVALID_TOKEN }] });
    const credential = outbound(sspi);
    const client = new ClientContext(credential);
    client.stepSync();
    const step = client.step(Buffer.from("bad"));
    client.close();
    sspi.open();
    await expect(step).rejects.toThrow("SEC_E_INVALID_TOKEN");
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
    credential.close();
  });

  it("keeps its context and credential alive when the caller drops both", async () => {
    const sspi = gated({ legs: [{ status: SEC_E_OK }] });
    const start = (): Promise<unknown> => {
      using credential = outbound(sspi);
      using client = new ClientContext(credential);
      return client.step();
    };
    const step = start();
    sspi.open();
    expect(await step).toMatchObject({ status: "complete" });
  });
});

describe("acquiring off the event loop", () => {
  it("returns the same credential as acquiring on it", async () => {
    const { provider, ...sspi } = scripted();
    const options = { package: "scripted", use: "outbound", provider } as const;
    using onLoop = Credential.acquireSync(options);
    using offLoop = await Credential.acquire(options);
    expect([offLoop.package, offLoop.use, offLoop.expiry]).toEqual([onLoop.package, onLoop.use, onLoop.expiry]);
    expect(sspi.acquisitions[1]).toEqual(sspi.acquisitions[0]);
  });
});
