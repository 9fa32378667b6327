import { describe, expect, it } from "vitest";
import {
  SECBUFFER_APPLICATION_PROTOCOLS,
  SECBUFFER_EMPTY,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

interface Noted {
  readonly type: number;
  readonly bytes: Buffer;
}

/** A package that records the input of each leg. */
function noting(...statuses: readonly number[]): { sspi: ScriptedSspi; inputs: (readonly Noted[])[] } {
  const inputs: (readonly Noted[])[] = [];
  const legs = statuses.map((status) => ({ input }: { input?: { all: readonly Noted[] } | undefined }) => {
    inputs.push((input?.all ?? []).map(({ type, bytes }) => ({ type, bytes })));
    return { status };
  });
  return { sspi: scripted({ legs }), inputs };
}

/** The expected buffer: both lists' sizes, the extension's number, the list's size, and each name after its length. */
const list = (extension: number, ...names: readonly string[]): Buffer => {
  const text = Buffer.concat(names.map((name) => Buffer.from(`${String.fromCharCode(name.length)}${name}`)));
  return Buffer.concat([Buffer.from([extension, 0, 0, 0, text.length, 0]), text]);
};
const alpn = (...names: readonly string[]): Buffer => {
  const one = list(2, ...names);
  return Buffer.concat([Buffer.from([one.length, 0, 0, 0]), one]);
};

describe("applicationProtocols", () => {
  it("reach the package alone with a client's first leg, and with the first leg of a re-authentication", () => {
    const { sspi, inputs } = noting(SEC_I_CONTINUE_NEEDED, SEC_E_OK, SEC_E_OK);
    using credential = outbound(sspi);
    using context = new ClientContext(credential, { applicationProtocols: ["h2", "http/1.1"] });
    context.stepSync();
    context.stepSync(Buffer.from("a"));
    context.reauthenticate();
    context.stepSync();
    const offered = [{ type: SECBUFFER_APPLICATION_PROTOCOLS, bytes: alpn("h2", "http/1.1") }];
    expect(inputs[0]).toEqual(offered);
    expect(inputs[1]?.map(({ type }) => type)).toEqual([SECBUFFER_TOKEN, SECBUFFER_EMPTY]);
    expect(inputs[2]).toEqual(offered);
  });

  it("reach the package after the token on a server, and again where the client's message was incomplete", async () => {
    const { sspi, inputs } = noting(SEC_E_INCOMPLETE_MESSAGE, SEC_I_CONTINUE_NEEDED, SEC_E_OK);
    using credential = inbound(sspi);
    using context = new ServerContext(credential, { applicationProtocols: ["h2"] });
    for (const piece of ["a", "b", "c"]) await context.step(Buffer.from(piece));
    const types = [SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_APPLICATION_PROTOCOLS];
    expect(inputs.map((input) => input.map(({ type }) => type))).toEqual([types, types, types.slice(0, 2)]);
    expect(inputs[1]?.[2]?.bytes).toEqual(alpn("h2"));
  });

  it("for NPN come before those for ALPN, in lists of their own", () => {
    const { sspi, inputs } = noting(SEC_E_OK);
    using credential = outbound(sspi);
    const buffers = [{ type: "applicationProtocols", alpn: ["h2"], npn: ["spdy/3", "x"] }] as const;
    using context = new ClientContext(credential, { buffers });
    context.stepSync();
    const lists = Buffer.concat([list(1, "spdy/3", "x"), list(2, "h2")]);
    expect(inputs[0]?.[0]?.bytes).toEqual(Buffer.concat([Buffer.from([lists.length, 0, 0, 0]), lists]));
  });

  it("are copied when the context is made", () => {
    const { sspi, inputs } = noting(SEC_E_OK);
    using credential = outbound(sspi);
    const applicationProtocols = ["h2"];
    using context = new ClientContext(credential, { applicationProtocols });
    applicationProtocols[0] = "other";
    context.stepSync();
    expect(inputs[0]?.[0]?.bytes).toEqual(alpn("h2"));
  });

  it("fill as much as a list can hold: 65535 bytes of names and their lengths", () => {
    const { sspi, inputs } = noting(SEC_E_OK);
    using credential = outbound(sspi);
    const names = Array.from({ length: 255 }, () => "x".repeat(255));
    const full = [...names, "x".repeat(254)];
    expect(() => new ClientContext(credential, { applicationProtocols: [...names, "x".repeat(255)] })).toThrow(
      "applicationProtocols: expected at most 65535 bytes of names and their lengths, got 65536",
    );
    using context = new ClientContext(credential, { applicationProtocols: full });
    context.stepSync();
    expect(inputs[0]?.[0]?.bytes.length).toBe(10 + 65535);
  });

  it.each([
    ["h2", "applicationProtocols: expected an array of names, got a string of 2 characters"],
    [[], "applicationProtocols: expected at least one name, got none"],
    [["h2", ""], "applicationProtocols[1]: expected a name, got an empty string"],
    [[2], "applicationProtocols[0]: expected a string, got a number"],
    [["é".repeat(128)], "applicationProtocols[0]: expected a name of at most 255 bytes, got 256"],
    [Array(257).fill("x".repeat(255)), "applicationProtocols: expected at most 65535 bytes of names and their lengths"],
  ])("that are invalid are refused before native code: %j", (applicationProtocols, message) => {
    const { sspi } = noting();
    using credential = outbound(sspi);
    expect(() => new ClientContext(credential, { applicationProtocols: applicationProtocols as never })).toThrow(
      message,
    );
    expect(sspi.legs.length).toBe(0);
  });
});
