import { describe, expect, it } from "vitest";
import {
  SEC_E_LOGON_DENIED,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
} from "../../../generated/status/constants.ts";
import { ClientContext, type SecurityProvider } from "../../../src/index.ts";
import { outbound, type Script, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

type Explain = NonNullable<SecurityProvider["explain"]>;

const why = new Error("the clock is wrong");
const going = { status: SEC_I_CONTINUE_NEEDED };
/** A failure as C has it: with the sign bit. */
const denied = { status: SEC_E_LOGON_DENIED | 0, withoutHandle: true } as const;

/** A provider that explains its failures, and the calls off the event loop that it made. */
function explaining(script: Script) {
  const asked: Parameters<Explain>[] = [];
  const calls: Promise<number>[] = [];
  const sspi: ScriptedSspi = scripted(script);
  const { callAsync } = sspi.provider;
  Object.assign(sspi.provider, {
    explain: ((...args) => {
      asked.push(args);
      return why;
    }) satisfies Explain,
    callAsync: ((...args) => {
      const call = callAsync(...args);
      calls.push(call);
      return call;
    }) satisfies SecurityProvider["callAsync"],
  });
  return { sspi, asked, calls };
}

describe("a failure that its provider explains", () => {
  it("has the explanation as its cause, asked for by its status without a sign", () => {
    const { sspi, asked } = explaining({ legs: [denied] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    expect(() => client.stepSync()).toThrow(expect.objectContaining({ code: "SEC_E_LOGON_DENIED", cause: why }));
    expect(asked).toEqual([[SEC_E_LOGON_DENIED, undefined]]);
  });

  it.each([
    ["the leg", { legs: [going, denied] }, 1],
    ["CompleteAuthToken", { legs: [going, { status: SEC_I_COMPLETE_NEEDED }], complete: () => SEC_E_LOGON_DENIED }, 2],
  ] as const)("C4 is that of its own call where it is off the event loop: %s", async (_, script, failing) => {
    const { sspi, asked, calls } = explaining(script);
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    await client.step();
    await expect(client.step(Buffer.from("answer"))).rejects.toMatchObject({ cause: why });
    expect(asked).toEqual([[SEC_E_LOGON_DENIED, expect.any(Promise)]]);
    // The library has wrapped the call: it gives the provider its own one back.
    expect(asked[0]?.[1]).toBe(calls[failing]);
  });

  it("C4 is that of the call on the event loop, although one off it came before", async () => {
    const { sspi, asked } = explaining({ legs: [going, denied] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    await client.step();
    expect(() => client.stepSync(Buffer.from("answer"))).toThrow(expect.objectContaining({ cause: why }));
    expect(asked).toEqual([[SEC_E_LOGON_DENIED, undefined]]);
  });

  it("may be one of an attribute; else the error names the attribute", () => {
    const script = { legs: [{ status: SEC_E_OK }], contextAttributes: () => SEC_E_UNSUPPORTED_FUNCTION };
    using credential = outbound(explaining(script).sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(() => client.query("sizes")).toThrow(expect.objectContaining({ cause: why }));
    using silent = outbound(scripted(script));
    using other = new ClientContext(silent);
    other.stepSync();
    const cause = expect.objectContaining({ message: expect.stringContaining("SECPKG_ATTR_SIZES") });
    expect(() => other.query("sizes")).toThrow(expect.objectContaining({ cause }));
  });
});
