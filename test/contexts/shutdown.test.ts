import { describe, expect, it } from "vitest";
import {
  SEC_E_INTERNAL_ERROR,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
  SEC_I_CONTEXT_EXPIRED,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import { sspiStatus } from "../../generated/status.ts";
import { ClientContext, type ControlToken, ServerContext } from "../../src/index.ts";
import { isFailure } from "../../src/status/index.ts";
import { complete, inbound, outbound, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";

const done = { status: SEC_E_OK };
/** All statuses that a package may answer and that are neither a failure nor the end of the exchange. */
const otherSuccesses = Object.entries(sspiStatus)
  .map(([code, { value }]): [string, number] => [code, value])
  .filter(([, status]) => !isFailure(status) && status !== SEC_E_OK && status !== SEC_I_CONTEXT_EXPIRED);

/** A package that records the control tokens that it receives. */
function controlled(script: Script = {}): { sspi: ScriptedSspi; tokens: Buffer[]; types: (readonly number[])[] } {
  const tokens: Buffer[] = [];
  const types: (readonly number[])[] = [];
  const sspi = scripted({
    applyControl: ({ input }) => {
      tokens.push(input.all[0]?.bytes as Buffer);
      types.push(input.types);
      return SEC_E_OK;
    },
    ...script,
  });
  return { sspi, tokens, types };
}

const words = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

describe("a control token", () => {
  it.each<[ControlToken, Buffer]>([
    [{ type: "renegotiate" }, words(0)],
    [{ type: "shutdown" }, words(1)],
    [{ type: "alert", level: "fatal", alert: "handshakeFailure" }, words(2, 2, 40)],
    [{ type: "alert", level: "warning", alert: "closeNotify" }, words(2, 1, 0)],
    [{ type: "session", reconnects: true }, words(3, 1)],
    [{ type: "session", reconnects: false }, words(3, 2)],
  ])("%j is written as Schannel's header says", (token, bytes) => {
    const { sspi, tokens, types } = controlled();
    using context = complete(sspi);
    context.applyControlToken(token);
    expect([tokens, types]).toEqual([[bytes], [[2]]]);
  });

  it("of the package's own form reaches it byte for byte, also before the context is complete", () => {
    const { sspi, tokens } = controlled({ legs: [{ status: SEC_I_CONTINUE_NEEDED }] });
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    expect(() => context.applyControlToken(Buffer.from("x"))).toThrow("there is no context");
    context.stepSync();
    context.applyControlToken(Buffer.from([9, 8, 7, 6, 5]));
    expect(tokens).toEqual([Buffer.from([9, 8, 7, 6, 5])]);
  });

  it.each([
    [undefined, "token: expected a Uint8Array or { type: … }, got undefined"],
    [null, "token: expected a Uint8Array or { type: … }, got null"],
    [
      { type: "stop" },
      "token.type: expected one of shutdown, renegotiate, alert, session; got a string of 4 characters",
    ],
    [{ type: "alert", level: "loud", alert: "closeNotify" }, "token.level: expected one of warning, fatal"],
    [{ type: "alert", level: "fatal", alert: "panic" }, "token.alert: expected one of closeNotify"],
    [{ type: "session" }, "token.reconnects: expected a boolean, got undefined"],
  ])("%j is refused before native code", (token, message) => {
    const { sspi } = controlled();
    using context = complete(sspi);
    expect(() => context.applyControlToken(token as never)).toThrow(message);
    expect(sspi.count("ApplyControlToken")).toBe(0);
  });

  it("is an error where the package has no function for it", () => {
    using context = complete(scripted());
    expect(() => context.applyControlToken(words(1))).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "ApplyControlToken" }),
    );
  });
});

describe.each(["shutdown", "shutdownSync"] as const)("%s", (end) => {
  it.each([SEC_E_OK, SEC_I_CONTEXT_EXPIRED])(
    "returns the bytes for the peer from a leg without input that answers 0x%x",
    async (status) => {
      const { sspi, tokens } = controlled({ legs: [done, { status, token: Buffer.from("bye") }] });
      using credential = outbound(sspi);
      using context = new ClientContext(credential, {
        channelBindings: { applicationData: Buffer.from("tls-unique:") },
      });
      context.stepSync();
      expect(await context[end]()).toEqual(Buffer.from("bye"));
      expect(tokens).toEqual([words(1)]);
      expect([sspi.legs[1]?.context, sspi.legs[1]?.input]).toEqual([2, undefined]);
      expect([context.shutDown, context.complete, context.legs]).toEqual([true, true, 1]);
    },
  );

  it("leaves receiving possible, and refuses everything else", async () => {
    const { sspi } = controlled({
      legs: [done, { status: SEC_E_OK, token: Buffer.from("bye") }],
      decrypt: () => SEC_E_OK,
    });
    using credential = inbound(sspi);
    using context = new ServerContext(credential);
    context.stepSync(Buffer.from("a"));
    await context[end]();
    for (const work of [
      () => context.encrypt(Buffer.from("x")),
      () => context.sign(Buffer.from("x")),
      () => context.shutdownSync(),
    ])
      expect(work).toThrow("needs a context that has not been shut down");
    expect(() => context.decrypt(Buffer.from("a message"))).not.toThrow();
    expect(() => context.stepSync(Buffer.from("x"))).toThrow("the exchange is complete");
  });

  it("still receives the peer's handshake messages, such as tickets of TLS 1.3, and sends nothing", async () => {
    const { sspi } = controlled({ legs: [done, { status: SEC_E_OK, token: Buffer.from("bye") }, done] });
    using context = complete(sspi);
    await context[end]();
    context.reauthenticate();
    expect(context.stepSync(Buffer.from("a ticket")).status).toBe("complete");
    expect(() => context.encrypt(Buffer.from("x"))).toThrow("needs a context that has not been shut down");
  });

  it("may return no bytes", async () => {
    const { sspi } = controlled({ legs: [done, done] });
    using context = complete(sspi);
    expect(await context[end]()).toEqual(Buffer.alloc(0));
  });

  it("leaves the context to be closed where it fails", async () => {
    const { sspi } = controlled({ legs: [done, { status: SEC_E_INTERNAL_ERROR, token: Buffer.from("!") }] });
    using context = complete(sspi);
    await expect((async () => context[end]())()).rejects.toMatchObject({
      code: "SEC_E_INTERNAL_ERROR",
      operation: "InitializeSecurityContextW",
      token: Buffer.from("!"),
    });
    expect(context.shutDown).toBe(true);
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
  });

  it.each(otherSuccesses)("ends nothing where the package answers another success, %s", async (code, status) => {
    const { sspi } = controlled({ legs: [done, { status, token: Buffer.from("?") }] });
    using context = complete(sspi);
    await expect((async () => context[end]())()).rejects.toMatchObject({ code, token: Buffer.from("?") });
  });

  it("leaves the context unchanged where the package does not know it", async () => {
    const { sspi } = controlled({ applyControl: () => SEC_E_UNSUPPORTED_FUNCTION });
    using context = complete(sspi);
    await expect((async () => context[end]())()).rejects.toMatchObject({ operation: "ApplyControlToken" });
    expect([context.shutDown, context.complete]).toEqual([false, true]);
    expect(sspi.legs.length).toBe(1);
  });

  it("needs a complete context", async () => {
    const { sspi } = controlled({ legs: [{ status: SEC_I_CONTINUE_NEEDED }] });
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    context.stepSync();
    await expect((async () => context[end]())()).rejects.toThrow("shutdown needs a complete context");
    expect(sspi.count("ApplyControlToken")).toBe(0);
  });
});

describe("while shutdown is under way off the event loop", () => {
  it("the context refuses other calls, and closing waits and deletes it once", async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { sspi } = controlled({ legs: [done, { status: SEC_E_OK, token: Buffer.from("bye") }], gate: () => gate });
    const context = complete(sspi);
    const bytes = context.shutdown();
    expect(() => context.decrypt(Buffer.from("x"))).toThrow("a step is still under way");
    await expect(context.shutdown()).rejects.toThrow("a step is still under way");
    context.close();
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
    open();
    expect(await bytes).toEqual(Buffer.from("bye"));
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
    expect(() => context.shutdownSync()).toThrow("has been closed");
  });
});
