import { describe, expect, it } from "vitest";
import {
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
} from "../../../generated/status/constants.ts";
import { type CancelOptions, ClientContext, ContextStateError, Credential, live } from "../../../src/index.ts";
import { outbound, type Script, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

/** A package whose calls off the event loop wait until the test opens the gate. */
function gated(script: Script = {}): ScriptedSspi & { open: () => Promise<void> } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return Object.assign(scripted({ ...script, gate: () => opened }), {
    open: async () => {
      open();
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
}

/** Ways to end the waiting: the options of the step, and what triggers the end. */
const ways: Readonly<Record<string, () => { options: CancelOptions; end: () => void; code: string }>> = {
  "a signal": () => {
    const controller = new AbortController();
    return { options: { signal: controller.signal }, end: () => controller.abort(), code: "ABORT_ERR" };
  },
  "a time limit": () => ({ options: { timeout: 5 }, end: () => {}, code: "SSPI_TIMEOUT" }),
};

describe.each(Object.keys(ways))("F12 a step that %s ends", (name) => {
  const way = (ways[name] as (typeof ways)[string])();

  it.each([
    ["goes on", { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("late") }],
    ["completes", { status: SEC_E_OK }],
    ["fails", { status: SEC_E_INVALID_TOKEN }],
  ])("rejects before its native call returns, and releases what that made when it %s", async (_, leg) => {
    const { options, end, code } = (ways[name] as (typeof ways)[string])();
    const sspi = gated({ legs: [leg] });
    const credential = outbound(sspi);
    const client = new ClientContext(credential);
    const step = client.step(undefined, options);
    end();
    await expect(step).rejects.toMatchObject({ code, operation: "InitializeSecurityContextW" });
    expect([sspi.legs.length, client.closed]).toEqual([0, true]);
    expect(() => client.stepSync()).toThrow(ContextStateError);
    credential.close();
    // The native call still reads both.
    expect(sspi.released.filter((released) => released !== "FreeContextBuffer")).toEqual([]);
    expect(live().credentials).toBe(1);
    await sspi.open();
    expect(sspi.legs).toHaveLength(1);
    const made = leg.status === SEC_E_INVALID_TOKEN ? [] : ["DeleteSecurityContext"];
    expect(sspi.released.filter((released) => released !== "FreeContextBuffer")).toEqual([
      ...made,
      "FreeCredentialsHandle",
    ]);
    client.close();
  });

  it("does not complete a token that nobody waits for, and its context is deleted", async () => {
    const { options, end, code } = (ways[name] as (typeof ways)[string])();
    const sspi = gated({ legs: [{ status: SEC_I_COMPLETE_NEEDED, token: Buffer.from("late") }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    const step = client.step(undefined, options);
    end();
    await expect(step).rejects.toMatchObject({ code });
    await sspi.open();
    expect([sspi.legs.length, sspi.count("CompleteAuthToken"), sspi.count("DeleteSecurityContext")]).toEqual([1, 0, 1]);
  });

  it("reads its token until its native call returns", async () => {
    const read: string[] = [];
    const sspi = gated({
      legs: [
        ({ input }) => {
          read.push(String(input?.all[0]?.bytes));
          return { status: SEC_E_OK };
        },
      ],
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    const given = (ways[name] as (typeof ways)[string])();
    const step = client.step(Buffer.from("hello"), given.options);
    given.end();
    await expect(step).rejects.toMatchObject({ code: way.code });
    // A new call must not get the memory that the pending call still reads.
    const other = scripted({ legs: Array(5).fill({ status: SEC_I_CONTINUE_NEEDED }) });
    using otherCredential = outbound(other);
    using busy = new ClientContext(otherCredential);
    for (let leg = 0; leg < 5; leg += 1) busy.stepSync(Buffer.alloc(100, "x"));
    await sspi.open();
    expect(read).toEqual(["hello"]);
  });

  it("can also be a shutdown", async () => {
    const sspi = gated({ legs: [{ status: SEC_E_OK }, { status: SEC_E_OK }], applyControl: () => SEC_E_OK });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    const { options, end, code } = (ways[name] as (typeof ways)[string])();
    const shutdown = client.shutdown(options);
    end();
    await expect(shutdown).rejects.toMatchObject({ code });
    expect(client.closed).toBe(true);
    await sspi.open();
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });

  it("can also be an acquisition, whose credential is freed when it arrives", async () => {
    const sspi = gated();
    const { options, end, code } = (ways[name] as (typeof ways)[string])();
    const acquisition = Credential.acquire({
      package: "Scripted",
      use: "outbound",
      identity: { user: "alice", password: "secret" },
      provider: sspi.provider,
      ...options,
    });
    end();
    await expect(acquisition).rejects.toMatchObject({ code, operation: "AcquireCredentialsHandleW" });
    expect(sspi.count("AcquireCredentialsHandleW")).toBe(0);
    await sspi.open();
    expect([sspi.count("AcquireCredentialsHandleW"), sspi.count("FreeCredentialsHandle")]).toEqual([1, 1]);
    // The password was still in memory for the call that read it late.
    expect(sspi.acquisitions).toHaveLength(1);
  });
});

describe("F12 a signal that is aborted already", () => {
  it("prevents the native call, and the context stays usable", async () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    await expect(client.step(undefined, { signal: AbortSignal.abort() })).rejects.toThrow("the signal was aborted");
    expect(sspi.legs).toHaveLength(0);
    expect((await client.step(undefined, { timeout: 1_000 })).status).toBe("complete");
    await expect(client.shutdown({ signal: AbortSignal.abort() })).rejects.toThrow("the signal was aborted");
    expect(client.shutDown).toBe(false);
  });
});

it("a step on this thread takes no signal and no time limit: nothing could end it", () => {
  using credential = outbound(scripted());
  using client = new ClientContext(credential);
  expect(() => client.stepSync(undefined, { timeout: 5 } as never)).toThrow(
    "options: there is no option with this name of 7 characters",
  );
  const options = { package: "Scripted", use: "outbound", timeout: 5, provider: credential.provider } as const;
  expect(() => Credential.acquireSync(options)).toThrow("options: there is no option with this name of 7 characters");
});
