import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SEC_E_INVALID_TOKEN, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../src/index.ts";
import { inbound, outbound, type Script, scripted } from "../scripted/scripted.ts";

const names = ["sspi-ffi:leg", "sspi-ffi:shutdown"] as const;
const told: object[] = [];
const note = (trace: unknown): void => void told.push(trace as object);
beforeEach(() => {
  told.length = 0;
  for (const name of names) subscribe(name, note);
});
afterEach(() => {
  for (const name of names) unsubscribe(name, note);
});

const hello = Buffer.from("hello");
const bye = Buffer.from("goodbye");

describe("steps and shutdowns that somebody listens to", () => {
  it("have the results that they have otherwise, and each is told once", async () => {
    const legs = [
      { status: SEC_I_CONTINUE_NEEDED, token: hello },
      { status: SEC_E_OK },
      { status: SEC_E_OK, token: bye },
    ];
    const script: Script = { legs: [...legs, ...legs], applyControl: () => SEC_E_OK };
    const sspi = scripted(script);
    using credential = inbound(sspi);
    using onLoop = new ServerContext(credential);
    using offLoop = new ServerContext(credential);
    const sync = [onLoop.stepSync(hello), onLoop.stepSync(hello), onLoop.shutdownSync()];
    const async = [await offLoop.step(hello), await offLoop.step(hello), await offLoop.shutdown()];
    expect(async).toEqual(sync);
    expect(sync.at(-1)).toEqual(bye);
    const each = (isSync: boolean): object[] => [
      { side: "server", leg: 1, received: 5, sent: 5, sync: isSync },
      { side: "server", leg: 2, received: 5, sent: 0, sync: isSync },
      { sent: bye.length, sync: isSync },
    ];
    expect(told).toMatchObject([...each(true), ...each(false)]);
  });

  it("have the errors that they have otherwise, and options reach them", async () => {
    const sspi = scripted({ legs: [{ status: SEC_E_INVALID_TOKEN }, { status: SEC_E_INVALID_TOKEN }] });
    using credential = outbound(sspi);
    using onLoop = new ClientContext(credential);
    using offLoop = new ClientContext(credential);
    expect(() => onLoop.stepSync(undefined, { buffers: 5 as never })).toThrow(/^buffers: /);
    await expect(offLoop.step(undefined, { signal: AbortSignal.abort() })).rejects.toThrow("the signal was aborted");
    expect(sspi.legs).toHaveLength(0);
    expect(() => onLoop.stepSync()).toThrow("SEC_E_INVALID_TOKEN");
    await expect(offLoop.step()).rejects.toThrow("SEC_E_INVALID_TOKEN");
    expect(() => onLoop.shutdownSync()).toThrow(/has failed/);
    await expect(offLoop.shutdown({ timeout: -1 })).rejects.toThrow(/failed|^timeout: /);
    expect(told.map((trace) => (trace as { sync: boolean }).sync)).toEqual([true, false, true, false, true, false]);
  });
});
