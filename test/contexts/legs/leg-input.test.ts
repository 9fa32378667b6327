import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ISC_REQ_USE_SUPPLIED_CREDS,
  SECBUFFER_EMPTY,
  SECBUFFER_TOKEN,
  SECBUFFER_VERSION,
  SECURITY_NATIVE_DREP,
  SECURITY_NETWORK_DREP,
} from "../../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

const going = { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("mine") };
const done = { status: SEC_E_OK };

/** The contents of `pInput` that the package found at each leg. */
function inputs(sspi: ScriptedSspi): readonly unknown[] {
  return seen.get(sspi) ?? [];
}
const seen = new WeakMap<ScriptedSspi, unknown[]>();

/** A package that records its input during the call, while the memory is valid. */
function noting(...answers: readonly { status: number }[]): ScriptedSspi {
  const noted: unknown[] = [];
  const sspi = scripted({
    legs: answers.map((answer) => ({ input }) => {
      noted.push(input && { version: input.version, buffers: input.all });
      return answer;
    }),
  });
  seen.set(sspi, noted);
  return sspi;
}

const tokenThenEmpty = (bytes: Uint8Array): unknown => ({
  version: SECBUFFER_VERSION,
  buffers: [
    { type: SECBUFFER_TOKEN, size: bytes.length, address: expect.any(BigInt), bytes: Buffer.from(bytes) },
    { type: SECBUFFER_EMPTY, size: 0, address: 0n, bytes: Buffer.alloc(0) },
  ],
});

describe("what a client gives the package", () => {
  it("ISC-01 is NULL for the context first, then the handle that the first call made", () => {
    const sspi = noting(going, going, done);
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { target: "HTTP/öst.example" });
    client.stepSync();
    client.stepSync(Buffer.from("a"));
    client.stepSync(Buffer.from("b"));
    const [first, second, third] = sspi.legs;
    expect([first?.context, second?.context, third?.context]).toEqual([undefined, 2, 2]);
    expect([second?.newContext, third?.newContext]).toEqual([first?.newContext, first?.newContext]);
    expect(sspi.legs.map((leg) => leg.target)).toEqual(Array(3).fill("HTTP/öst.example"));
    expect(sspi.handles.count("context")).toBe(1);
  });

  it("ISC-02 is NULL for the input first where the client begins", () => {
    const sspi = noting(done);
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(inputs(sspi)).toEqual([undefined]);
    expect(sspi.legs[0]?.target).toBeUndefined();
  });

  it("ISC-02 is the server's token first where the server began", () => {
    const sspi = noting(done);
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync(Buffer.from("hello from the server"));
    expect(inputs(sspi)).toEqual([tokenThenEmpty(Buffer.from("hello from the server"))]);
    expect(sspi.legs[0]?.context).toBeUndefined();
  });

  it("ISC-03 ISC-21 is the server's token, byte for byte, and an empty buffer with NULL and 0 at every later leg", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), (tokens) => {
        const sspi = noting(going, ...tokens.map(() => going));
        using credential = outbound(sspi);
        using client = new ClientContext(credential);
        client.stepSync();
        for (const token of tokens) client.stepSync(token);
        expect(inputs(sspi)).toEqual([undefined, ...tokens.map(tokenThenEmpty)]);
      }),
      { numRuns: 50 },
    );
  });

  it("ISC-04 is zero for both reserved parameters, and the data representation that was asked for", () => {
    for (const [dataRepresentation, value] of [
      [undefined, SECURITY_NATIVE_DREP],
      ["native", SECURITY_NATIVE_DREP],
      ["network", SECURITY_NETWORK_DREP],
    ] as const) {
      const sspi = noting(done);
      using credential = outbound(sspi);
      using client = new ClientContext(credential, {
        request: ["useSuppliedCreds"],
        ...(dataRepresentation && { dataRepresentation }),
      });
      client.stepSync();
      expect(sspi.legs[0]).toMatchObject({
        reserved: [0, 0],
        dataRepresentation: value,
        flags: ISC_REQ_USE_SUPPLIED_CREDS,
      });
    }
  });
});

describe("what a server gives the package", () => {
  it("ASC-02 is NULL for the context first, then the handle that the first call made", () => {
    const sspi = noting(going, going, done);
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    for (const token of ["a", "b", "c"]) server.stepSync(Buffer.from(token));
    expect(sspi.legs.map((leg) => leg.context)).toEqual([undefined, 2, 2]);
    expect(new Set(sspi.legs.map((leg) => leg.newContext)).size).toBe(1);
  });

  it("ASC-03 is the client's token, byte for byte, and an empty buffer with NULL and 0 at every leg", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), (tokens) => {
        const sspi = noting(...tokens.map(() => going));
        using credential = inbound(sspi);
        using server = new ServerContext(credential, { dataRepresentation: "network" });
        for (const token of tokens) server.stepSync(token);
        expect(inputs(sspi)).toEqual(tokens.map(tokenThenEmpty));
        expect(sspi.legs.every((leg) => leg.dataRepresentation === SECURITY_NETWORK_DREP)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("is the whole token where it is far larger than the package's own", () => {
    const token = Buffer.alloc(1 << 20, "0123456789");
    const sspi = scripted({
      legs: [
        ({ input }) => {
          expect(input?.all[0]?.bytes.equals(token)).toBe(true);
          return going;
        },
      ],
    });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    server.stepSync(token);
    expect(sspi.legs).toHaveLength(1);
  });
});
