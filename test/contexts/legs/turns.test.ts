import { describe, expect, it } from "vitest";
import { SEC_E_INVALID_TOKEN, SEC_E_OK } from "../../../generated/status/constants.ts";
import { ClientContext, type SecurityProvider, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, type Script, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

type TakeTurn = NonNullable<SecurityProvider["takeTurn"]>;

/** A provider whose calls off the event loop take turns; `log` says what happened, in order. */
function takingTurns(script: Script, take?: TakeTurn): { readonly sspi: ScriptedSspi; readonly log: string[] } {
  const log: string[] = [];
  const sspi = scripted({
    ...script,
    gate: async () => {
      log.push("call");
    },
  });
  const takeTurn: TakeTurn = async (kind, cancellation) => {
    log.push(`waits: ${kind}`);
    await take?.(kind, cancellation);
    log.push("begins");
    return { end: () => void log.push("ends") };
  };
  Object.assign(sspi.provider, { takeTurn });
  return { sspi, log };
}

const done: Script = { legs: [{ status: SEC_E_OK }] };

describe("a step off the event loop, of a provider whose calls take turns", () => {
  it.each([
    ["client", "initiating"],
    ["server", "accepting"],
  ] as const)("of a %s waits for its turn, and ends it once", async (side, kind) => {
    const { sspi, log } = takingTurns(done);
    using credential = side === "client" ? outbound(sspi) : inbound(sspi);
    using context = side === "client" ? new ClientContext(credential) : new ServerContext(credential);
    await context.step(Buffer.from("hello"));
    expect(log).toEqual([`waits: ${kind}`, "begins", "call", "ends"]);
  });

  it("ends its turn also where it fails", async () => {
    const { sspi, log } = takingTurns({ legs: [{ status: SEC_E_INVALID_TOKEN }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    await expect(client.step()).rejects.toThrow("SEC_E_INVALID_TOKEN");
    expect(log.slice(-2)).toEqual(["call", "ends"]);
  });

  it("makes no call where its turn does not come, and the context stays usable", async () => {
    const refused = new Error("no turn");
    let refuses = true;
    const { sspi, log } = takingTurns(done, () => {
      if (refuses) throw refused;
      return Promise.resolve({ end: () => {} });
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    await expect(client.step()).rejects.toBe(refused);
    expect([log, sspi.legs.length]).toEqual([["waits: initiating"], 0]);
    refuses = false;
    expect((await client.step()).status).toBe("complete");
  });

  it("can be cancelled while it waits: then no call is made, and the context has failed", async () => {
    const { sspi, log } = takingTurns(
      done,
      (_, cancellation) => new Promise((__, reject) => void cancellation?.onCancel(reject)),
    );
    const credential = outbound(sspi);
    using client = new ClientContext(credential);
    credential.close();
    const controller = new AbortController();
    const step = client.step(undefined, { signal: controller.signal });
    controller.abort();
    await expect(step).rejects.toMatchObject({ code: "ABORT_ERR" });
    expect([log, sspi.legs.length, client.closed]).toEqual([["waits: initiating"], 0, true]);
    // Nobody has closed the context.
    await new Promise((resolve) => setImmediate(resolve));
    expect(sspi.count("FreeCredentialsHandle")).toBe(1);
  });

  it("takes no turn on the event loop", () => {
    const { sspi, log } = takingTurns(done);
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(log).toEqual([]);
  });
});
