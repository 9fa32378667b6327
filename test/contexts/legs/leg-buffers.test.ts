import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ASC_REQ_MESSAGES,
  ISC_REQ_64,
  ISC_REQ_MUTUAL_AUTH,
  ISC_RET_MUTUAL_AUTH,
  type IscReq64,
  SECBUFFER_CHANNEL_BINDINGS,
  SECBUFFER_EMPTY,
  SECBUFFER_FLAGS,
  SECBUFFER_PKG_PARAMS,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, type LegBuffer, ServerContext } from "../../../src/index.ts";
import { copyOut } from "../../../src/native/index.ts";
import { keepArenas } from "../../memory/kept-arenas.ts";
import {
  inbound,
  type LegAnswer,
  type LegCall,
  outbound,
  type ScriptedSspi,
  scripted,
} from "../../scripted/scripted.ts";
import type { ScriptedBuffer } from "../../scripted/scripted-buffers.ts";

/** A package that records the input of each leg. */
function noting(...answers: readonly LegAnswer[]): { sspi: ScriptedSspi; inputs: (readonly ScriptedBuffer[])[] } {
  const inputs: (readonly ScriptedBuffer[])[] = [];
  const legs = answers.map((answer) => ({ input }: LegCall) => {
    inputs.push(input?.all ?? []);
    return answer;
  });
  return { sspi: scripted({ legs }), inputs };
}

const going = { status: SEC_I_CONTINUE_NEEDED };
const done = { status: SEC_E_OK };
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const bytes = Buffer.from([1, 2, 3]);

/** Types and layouts as sspi.h and schannel.h define them, written by hand. */
const contents: readonly (readonly [LegBuffer, number, Buffer])[] = [
  [{ type: "pkgParams", bytes }, 3, bytes],
  [{ type: "mechlist", bytes }, 11, bytes],
  [{ type: "mechlistSignature", bytes }, 12, bytes],
  [{ type: "target", name: "HTTP/ö" }, 13, Buffer.from("HTTP/ö", "utf16le")],
  [{ type: "targetHost", name: "host" }, 16, Buffer.from("host", "utf16le")],
  [{ type: "applicationProtocols", alpn: ["h2"] }, 18, hex("09000000 02000000 0300 026832")],
  [{ type: "tokenBinding", major: 1, minor: 2, keyParameters: [2, 0] }, 21, hex("01 02 0200 0200")],
  [{ type: "presharedKey", bytes }, 22, hex("0300 010203")],
  [{ type: "presharedKeyIdentity", bytes }, 23, hex("0300 010203")],
  [
    { type: "sendGenericTlsExtension", extension: 0xff01, handshake: 1, bytes },
    25,
    hex("01ff 0100 00000000 0300 010203"),
  ],
  [
    {
      type: "subscribeGenericTlsExtension",
      extensions: [
        { extension: 0x39, handshake: 1 },
        { extension: 0x10, handshake: 8 },
      ],
    },
    26,
    hex("00000000 02000000 39000100 10000800"),
  ],
  [
    { type: "subscribeGenericTlsExtension", extensions: [{ extension: 0x39, handshake: 1 }] },
    26,
    hex("00000000 01000000 39000100"),
  ],
  [{ type: "certificateRequestContext", bytes }, 29, hex("03 010203")],
  [{ type: "appSessionState", bytes }, 31, hex("0300 010203")],
  [{ type: "sessionTicket", bytes }, 32, hex("0300 010203")],
];

describe("a buffer of a leg", () => {
  it.each(contents)("%j reaches the package as the header lays it out", (buffer, type, expected) => {
    const { sspi, inputs } = noting(done);
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    context.stepSync(undefined, { buffers: [buffer] });
    expect(inputs[0]?.map((one) => one.type)).toEqual([type]);
    const found = inputs[0]?.[0]?.bytes as Buffer;
    expect(found.subarray(0, expected.length)).toEqual(expected);
    // Bytes beyond the expected ones are the struct's padding.
    expect([...found.subarray(expected.length)].every((byte) => byte === 0)).toBe(true);
    expect(found.length).toBeLessThan(expected.length + 4);
  });

  it("ISC-14 of package parameters reaches the package byte for byte, after the token, in each leg it is given to", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.uint8Array({ minLength: 1, maxLength: 50 }),
        (first, second) => {
          const { sspi, inputs } = noting(going, going, done);
          using credential = outbound(sspi);
          using context = new ClientContext(credential, { request: ["useSuppliedCreds"] });
          context.stepSync(undefined, { buffers: [{ type: "pkgParams", bytes: first }] });
          const more: LegBuffer[] = [first, second].map((one) => ({ type: "pkgParams", bytes: one }));
          context.stepSync(Buffer.from("token"), { buffers: more });
          context.stepSync(Buffer.from("token"));
          const types = [SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_PKG_PARAMS, SECBUFFER_PKG_PARAMS];
          expect(inputs.map((input) => input.map(({ type }) => type))).toEqual([
            types.slice(3),
            types,
            types.slice(0, 2),
          ]);
          expect(inputs[0]?.[0]?.bytes).toEqual(Buffer.from(first));
          expect(inputs[1]?.slice(2).map((one) => one.bytes)).toEqual([first, second].map((one) => Buffer.from(one)));
          expect(sspi.legs[0]?.flags).toBe(0x80);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("ISC-14 pkgParams of a context reach the package with every leg, as they are then", async () => {
    const { sspi, inputs } = noting(going, done);
    using credential = outbound(sspi);
    const pkgParams = Buffer.from("first");
    using context = new ClientContext(credential, { pkgParams });
    await context.step();
    pkgParams.write("other");
    await context.step(Buffer.from("token"));
    const found = inputs.map((input) => input.find(({ type }) => type === SECBUFFER_PKG_PARAMS)?.bytes.toString());
    expect(found).toEqual(["first", "other"]);
  });

  it("of a context reaches a server's first leg, before those of the step", () => {
    const { sspi, inputs } = noting(going, done);
    using credential = inbound(sspi);
    const channelBindings = { applicationData: Buffer.from("tls-unique:") };
    using context = new ServerContext(credential, { buffers: [{ type: "mechlist", bytes }], channelBindings });
    context.stepSync(Buffer.from("a"), { buffers: [{ type: "target", name: "x" }] });
    context.stepSync(Buffer.from("b"));
    const always = [SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_CHANNEL_BINDINGS];
    expect(inputs.map((input) => input.map(({ type }) => type))).toEqual([[...always, 11, 13], always]);
  });

  it("leaves no trace of its content in the memory it was read from", () => {
    keepArenas();
    const places: bigint[] = [];
    const legs = [going, done].map((answer) => ({ input }: LegCall) => {
      places.push(...(input?.all ?? []).filter(({ type }) => type === 3 || type === 22).map(({ address }) => address));
      return answer;
    });
    const sspi = scripted({ legs });
    using credential = outbound(sspi);
    using context = new ClientContext(credential, { pkgParams: Buffer.from("secret") });
    context.stepSync(undefined, { buffers: [{ type: "presharedKey", bytes: Buffer.from("secret") }] });
    expect(places).toHaveLength(2);
    for (const place of places) expect(Buffer.from(copyOut(place, 8)).every((byte) => byte === 0)).toBe(true);
  });

  it.each<[unknown, string]>([
    ["x", "buffers: expected an array of buffers, got a string of 1 characters"],
    [[undefined], "buffers[0]: expected { type: … }, got undefined"],
    [[null], "buffers[0]: expected { type: … }, got null"],
    [[{ type: "token", bytes }], "buffers[0].type: expected one of pkgParams, mechlist"],
    [[{ type: "pkgParams" }], "buffers[0].bytes: expected a Uint8Array or Buffer, got undefined"],
    [
      [
        { type: "mechlist", bytes },
        { type: "sendGenericTlsExtension", extension: 65536, handshake: 1, bytes },
      ],
      "buffers[1].extension: expected an integer from 0 to",
    ],
    [[{ type: "target", name: "" }], "buffers[0].name: expected a name, got an empty string"],
    [[{ type: "certificateRequestContext", bytes: Buffer.alloc(256) }], "buffers[0].bytes: expected at most 255 bytes"],
    [
      [{ type: "presharedKey", bytes: Buffer.alloc(65536) }],
      "buffers[0].bytes: expected at most 65535 bytes, got 65536",
    ],
    [
      [{ type: "tokenBinding", major: 1, minor: 0, keyParameters: [] }],
      "buffers[0].keyParameters: expected 1 to 65535 of them, got 0",
    ],
    [
      [{ type: "tokenBinding", major: 1, minor: 0, keyParameters: 1 }],
      "buffers[0].keyParameters: expected an array, got a number",
    ],
    ...["srtpProtectionProfiles", "srtpMasterKeyIdentifier", "dtlsMtu"].map((type): [unknown, string] => [
      [{ type, bytes }],
      "buffers[0].type: expected one of pkgParams, mechlist",
    ]),
    [[{ type: "tokenBinding", major: 256, minor: 0, keyParameters: [1] }], "buffers[0].major: expected an integer"],
    [[{ type: "tokenBinding", major: 0, minor: 0, keyParameters: [256] }], "buffers[0].keyParameters[0]: expected an"],
    [
      [{ type: "subscribeGenericTlsExtension", extensions: [] }],
      "buffers[0].extensions: expected 1 to 2 of them, got 0",
    ],
    [
      [{ type: "subscribeGenericTlsExtension", extensions: [null] }],
      "buffers[0].extensions[0]: expected { extension, handsh",
    ],
    [[{ type: "applicationProtocols" }], "buffers[0]: expected alpn, npn or both"],
    [Array(13).fill({ type: "mechlist", bytes }), "buffers: expected at most"],
  ])("that is invalid is refused before native code by the context and by its step: %j", (buffers, message) => {
    const { sspi, inputs } = noting(done);
    using credential = outbound(sspi);
    expect(() => new ClientContext(credential, { buffers: buffers as never })).toThrow(message);
    using context = new ClientContext(credential);
    expect(() => context.stepSync(undefined, { buffers: buffers as never })).toThrow(message);
    expect(inputs).toEqual([]);
    // That was the caller's mistake, and does not fail the exchange.
    expect(context.stepSync().status).toBe("complete");
  });

  const long = (length: number): Buffer => Buffer.alloc(length, 1);
  const limits: readonly (readonly [string, number, (length: number) => LegBuffer])[] = [
    ["presharedKey", 65535, (length) => ({ type: "presharedKey", bytes: long(length) })],
    ["certificateRequestContext", 255, (length) => ({ type: "certificateRequestContext", bytes: long(length) })],
    [
      "sendGenericTlsExtension",
      65535,
      (length) => ({ type: "sendGenericTlsExtension", extension: 65535, handshake: 65535, bytes: long(length) }),
    ],
    [
      "tokenBinding",
      65535,
      (length) => ({ type: "tokenBinding", major: 255, minor: 255, keyParameters: [...long(length)] }),
    ],
    [
      "subscribeGenericTlsExtension",
      2,
      (length) => ({
        type: "subscribeGenericTlsExtension",
        extensions: Array(length).fill({ extension: 65535, handshake: 65535 }),
      }),
    ],
    ["applicationProtocols", 255, (length) => ({ type: "applicationProtocols", npn: ["x".repeat(length)] })],
  ];

  it.each(limits)("%s has as much content as %i, and no more", (_, most, buffer) => {
    const { sspi, inputs } = noting(done, done);
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    expect(() => context.stepSync(undefined, { buffers: [buffer(most + 1)] })).toThrow(
      /^buffers\[0\]\.\w+.*: expected /,
    );
    context.stepSync(undefined, { buffers: [buffer(most)] });
    using atOnce = new ClientContext(credential, { buffers: [buffer(most)] });
    atOnce.stepSync();
    expect(inputs[1]?.map(({ type, bytes: found }) => [type, found])).toEqual(
      inputs[0]?.map(({ type, bytes: found }) => [type, found]),
    );
    expect(inputs[0]?.[0]?.bytes.length).toBeGreaterThan(most);
  });

  it("is one of as many as a leg has room for", () => {
    const { sspi, inputs } = noting(done);
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    const twelve: LegBuffer[] = Array.from({ length: 12 }, () => ({ type: "mechlist", bytes }));
    expect(() => context.stepSync(undefined, { buffers: [...twelve, ...twelve.slice(0, 1)] })).toThrow(
      "buffers: expected at most 12 buffers, got 13",
    );
    context.stepSync(undefined, { buffers: twelve });
    expect(inputs[0]).toHaveLength(12);
    const seven = twelve.slice(0, 7);
    expect(() => new ClientContext(credential, { buffers: seven })).toThrow("expected at most 6 buffers, got 7");
  });

  it("still fits beside all other buffers of a leg", () => {
    const { sspi, inputs } = noting(done);
    using credential = inbound(sspi);
    const six: LegBuffer[] = Array.from({ length: 6 }, () => ({ type: "mechlist", bytes }));
    const options = {
      channelBindings: { applicationData: Buffer.from("x") },
      request: ["messages"],
      pkgParams: Buffer.from("x"),
      applicationProtocols: ["h2"],
    } as const;
    expect(() => new ServerContext(credential, { buffers: [...six, ...six] })).toThrow("expected at most 6 buffers");
    using context = new ServerContext(credential, { ...options, buffers: six });
    const one = [{ type: "mechlist", bytes }] as const;
    expect(() => context.stepSync(Buffer.from("a"), { buffers: one })).toThrow("expected at most 0 buffers, got 1");
    context.stepSync(Buffer.from("a"));
    expect(inputs[0]?.map(({ type }) => type)).toEqual([2, 0, 14, 27, 3, 18, 11, 11, 11, 11, 11, 11]);
  });

  it("has to be in options, and has to be bytes for pkgParams", () => {
    const { sspi } = noting(done);
    using credential = outbound(sspi);
    expect(() => new ClientContext(credential, { pkgParams: "x" as never })).toThrow(
      "pkgParams: expected a Uint8Array or Buffer",
    );
    using context = new ClientContext(credential);
    expect(() => context.stepSync(undefined, "x" as never)).toThrow(
      "options: expected { buffers, output }, got a string of 1 characters",
    );
    expect(context.stepSync().status).toBe("complete");
  });
});

describe("flags beyond 32 bits", () => {
  it("travel in a separate buffer with every leg, the lower 32 bits in the usual parameter", () => {
    const names = Object.keys(ISC_REQ_64) as IscReq64[];
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), (request) => {
        const { sspi, inputs } = noting(going, done);
        using credential = outbound(sspi);
        using context = new ClientContext(credential, { request: [...request, "mutualAuth"] });
        context.stepSync();
        context.stepSync(Buffer.from("token"));
        const bits = request.reduce((sum, name) => sum | ISC_REQ_64[name], 0n);
        const found = inputs.map((input) => input.find(({ type }) => type === SECBUFFER_FLAGS)?.bytes);
        expect(found.map((one) => one?.readBigUInt64LE())).toEqual([bits, bits]);
        expect(found[0]).toHaveLength(8);
        expect(sspi.legs.map(({ flags }) => flags)).toEqual([ISC_REQ_MUTUAL_AUTH, ISC_REQ_MUTUAL_AUTH]);
      }),
    );
  });

  it("are sent when they are required as well as when they are requested", () => {
    const names = Object.keys(ISC_REQ_64) as IscReq64[];
    const some = fc.subarray(names);
    fc.assert(
      fc.property(some, some, (request, require) => {
        const { sspi, inputs } = noting(done);
        using credential = outbound(sspi);
        using context = new ClientContext(credential, {
          request,
          require: require as never,
          acceptUnknown: require as never,
        });
        context.stepSync();
        const bits = [...request, ...require].reduce((sum, name) => sum | ISC_REQ_64[name], 0n);
        const found = inputs[0]?.find(({ type }) => type === SECBUFFER_FLAGS)?.bytes.readBigUInt64LE();
        expect(found).toBe(bits === 0n ? undefined : bits);
      }),
    );
  });

  it("have the server's names on a server, and no buffer where none are asked for", () => {
    const { sspi, inputs } = noting(done, done);
    using credential = inbound(sspi);
    using context = new ServerContext(credential, { request: ["messages"] });
    context.stepSync(Buffer.from("a"));
    using plain = new ServerContext(credential, { request: ["connection"] });
    plain.stepSync(Buffer.from("a"));
    expect(inputs[0]?.[2]?.bytes.readBigUInt64LE()).toBe(ASC_REQ_MESSAGES);
    expect(inputs[1]?.map(({ type }) => type)).toEqual([SECBUFFER_TOKEN, SECBUFFER_EMPTY]);
  });

  it("are reported by no function: one that is required has to be accepted as unknown", () => {
    const granted = { ...done, attributes: ISC_RET_MUTUAL_AUTH };
    const { sspi } = noting(granted, granted);
    using credential = outbound(sspi);
    using refused = new ClientContext(credential, { require: ["messages", "mutualAuth"] });
    expect(() => refused.stepSync()).toThrow(
      expect.objectContaining({ name: "RequirementError", missing: [], unknown: ["messages"] }),
    );
    using accepted = new ClientContext(credential, {
      require: ["messages", "mutualAuth"],
      acceptUnknown: ["messages"],
    });
    accepted.stepSync();
    expect([accepted.flags, accepted.hasFlag("messages"), accepted.hasFlag("mutualAuth")]).toEqual([
      ["mutualAuth"],
      "unknown",
      true,
    ]);
    expect(() => accepted.hasFlag("nothing" as never)).toThrow("flag: expected one of");
  });

  it("with an unknown name are refused, and the error lists all names", () => {
    const { sspi } = noting();
    using credential = outbound(sspi);
    expect(() => new ClientContext(credential, { request: ["message" as never] })).toThrow(
      /request: did you mean "messages"\? expected one of delegate, .*, messages, .*; got "message"/,
    );
  });
});
