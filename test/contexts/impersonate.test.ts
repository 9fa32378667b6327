import { describe, expect, it } from "vitest";
import { SEC_E_NO_IMPERSONATION, SEC_E_OK } from "../../generated/status/constants.ts";
import { DisposedError, ServerContext, SspiError } from "../../src/index.ts";
import { inbound, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";

const complete: Script = { legs: [{ status: SEC_E_OK }] };

function serverOn(sspi: ScriptedSspi): ServerContext {
  using credential = inbound(sspi);
  const server = new ServerContext(credential);
  server.stepSync(Buffer.from("hello"));
  return server;
}

/** The functions of impersonation that were called, in order. */
function impersonation(sspi: ScriptedSspi): readonly string[] {
  return sspi.calls.filter((name) => /Impersonate|Revert/.test(name));
}

function worked(): never {
  throw new Error("the work ran");
}

const bracket = ["ImpersonateSecurityContext", "RevertSecurityContext"];

describe("impersonating a client", () => {
  it("ASC-13 lasts exactly as long as the work, and returns the work's result", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    const during = server.impersonate(() => impersonation(sspi));
    expect(during).toEqual(bracket.slice(0, 1));
    expect(impersonation(sspi)).toEqual(bracket);
  });

  it("ASC-13 ends also when the work throws, and throws the same error", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    const thrown = new Error("the work failed");
    const work = (): never => {
      throw thrown;
    };
    expect(() => server.impersonate(work)).toThrow(thrown);
    expect(impersonation(sspi)).toEqual(bracket);
  });

  it("ASC-13 neither runs the work nor reverts where the package refuses", () => {
    const sspi = scripted({ ...complete, impersonate: () => SEC_E_NO_IMPERSONATION });
    using server = serverOn(sspi);
    let worked = false;
    const work = (): void => {
      worked = true;
    };
    expect(() => server.impersonate(work)).toThrow(SspiError);
    expect([worked, impersonation(sspi)]).toEqual([false, bracket.slice(0, 1)]);
  });

  it("B11 impersonate() on a provider that only pretends is refused before the work begins", () => {
    const sspi = scripted({ ...complete, traits: { impersonates: false } });
    using server = serverOn(sspi);
    let worked = false;
    const work = (): void => {
      worked = true;
    };
    expect(() => server.impersonate(work)).toThrow(
      expect.objectContaining({ code: "SEC_E_NO_IMPERSONATION", operation: "ImpersonateSecurityContext" }),
    );
    expect([worked, impersonation(sspi)]).toEqual([false, []]);
  });

  it.each([
    ["a promise", (value: number) => Promise.resolve(value)],
    ["the promise of an async function that it calls", async (value: number) => value],
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library.
    ["a thenable", (value: number) => ({ then: (done: (value: number) => void) => done(value) })],
  ])("refuses work that returns %s: it would continue after the thread has reverted", (_, work) => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    expect(() => server.impersonate(() => work(1))).toThrow(/^work: expected a synchronous function/);
    expect(impersonation(sspi)).toEqual(bracket);
  });

  it.each([
    ["an async function", async () => worked(), "got an async one"],
    ["an async arrow function of an object", { work: async () => worked() }.work, "got an async one"],
    [
      "a generator",
      function* () {
        yield worked();
      },
      "got a generator",
    ],
    [
      "an async generator",
      async function* () {
        yield worked();
      },
      "expected a synchronous function",
    ],
  ])("B9 impersonate() refuses %s before it runs and before the thread impersonates", (_, work, message) => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    expect(() => server.impersonate(work as () => unknown)).toThrow(TypeError);
    expect(() => server.impersonate(work as () => unknown)).toThrow(message);
    expect(impersonation(sspi)).toEqual([]);
  });

  it("leaves no unhandled rejection of work that it refused", async () => {
    using server = serverOn(scripted(complete));
    const unhandled: unknown[] = [];
    const note = (reason: unknown): unknown => unhandled.push(reason);
    process.on("unhandledRejection", note);
    expect(() => server.impersonate(() => Promise.reject(new Error("later")))).toThrow(TypeError);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("refuses work that is no function before the thread impersonates", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    for (const wrong of [undefined, null, 5, "work"])
      expect(() => server.impersonate(wrong as never)).toThrow(/^work: expected a function/);
    expect(impersonation(sspi)).toEqual([]);
  });

  it("reverts the context that was impersonated even if the work closes it", () => {
    const sspi = scripted(complete);
    const server = serverOn(sspi);
    const during = server.impersonate(() => {
      server.impersonate(() => server.close());
      server.close();
      return sspi.count("DeleteSecurityContext");
    });
    expect([during, sspi.count("DeleteSecurityContext")]).toEqual([0, 1]);
    expect(impersonation(sspi)).toEqual([bracket[0], bracket[0], bracket[1], bracket[1]]);
    expect(sspi.calls.indexOf("DeleteSecurityContext")).toBeGreaterThan(
      sspi.calls.lastIndexOf("RevertSecurityContext"),
    );
  });

  it("refuses further use by the work once the work has closed the context, although the context is deleted later", () => {
    using server = serverOn(scripted(complete));
    server.impersonate(() => {
      server.close();
      expect(server.closed).toBe(true);
      expect(() => server.query("sizes")).toThrow(DisposedError);
      expect(() => server.impersonate(() => undefined)).toThrow(DisposedError);
    });
  });

  it("reverts the context that was impersonated even if a package closes it while the work shuts it down", () => {
    const closing = (): { status: number } => {
      server.close();
      return { status: SEC_E_OK };
    };
    const sspi = scripted({ legs: [{ status: SEC_E_OK }, closing], applyControl: () => SEC_E_OK });
    const server = serverOn(sspi);
    const during = server.impersonate(() => {
      server.shutdownSync();
      return sspi.count("DeleteSecurityContext");
    });
    expect([during, sspi.count("DeleteSecurityContext")]).toEqual([0, 1]);
    expect(sspi.calls.indexOf("DeleteSecurityContext")).toBeGreaterThan(sspi.calls.indexOf("RevertSecurityContext"));
  });

  it("may start a shutdown off the event loop: closed by the work, the context is deleted when that has ended", async () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }, { status: SEC_E_OK }], applyControl: () => SEC_E_OK });
    const server = serverOn(sspi);
    let shutdown: Promise<unknown> = Promise.resolve();
    server.impersonate(() => {
      shutdown = server.shutdown();
      server.close();
    });
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
    await shutdown;
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });

  it("exports without deleteOld while the work runs", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    expect(() => server.impersonate(() => server.export())).toThrow(
      expect.objectContaining({ operation: "ExportSecurityContext" }),
    );
    expect(() => server.export({ deleteOld: true })).toThrow(
      expect.objectContaining({ operation: "ExportSecurityContext" }),
    );
  });

  it("refuses an export by the work that would delete the context", () => {
    const sspi = scripted(complete);
    using server = serverOn(sspi);
    expect(() => server.impersonate(() => server.export({ deleteOld: true }))).toThrow(
      "export with deleteOld is for a context that nobody is impersonated with",
    );
    expect(impersonation(sspi)).toEqual(bracket);
    expect(sspi.count("ExportSecurityContext")).toBe(0);
  });

  it("can be nested, and ends in the reverse order", () => {
    const sspi = scripted({ legs: Array(2).fill({ status: SEC_E_OK }) });
    using outer = serverOn(sspi);
    using inner = serverOn(sspi);
    outer.impersonate(() => inner.impersonate(() => undefined));
    expect(impersonation(sspi)).toEqual([bracket[0], bracket[0], bracket[1], bracket[1]]);
  });
});
