import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ServerContext } from "../../../src/index.ts";
import { inbound, scripted } from "../../scripted/scripted.ts";
import { thrownBy } from "../../thrown-by.ts";

const unbounded = { boundsTokens: false, survivesTgtReq: false } as const;

/** Whether the library passes a client's token to a server's package. */
function shown(token: Uint8Array, traits: Partial<typeof unbounded> | Record<string, boolean> = unbounded): boolean {
  const sspi = scripted({ traits, legs: [{ status: SEC_E_OK }] });
  using credential = inbound(sspi);
  using server = new ServerContext(credential);
  try {
    server.stepSync(token);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "SEC_E_INVALID_TOKEN", operation: "AcceptSecurityContext" });
    expect(sspi.count("AcceptSecurityContext")).toBe(0);
    return false;
  }
}

interface Fields {
  readonly type: number;
  readonly size: number;
  readonly flags?: readonly [at: number, value: number];
  /** The place of a field, its size and its offset. */
  readonly field?: readonly [at: number, size: number, offset: number];
}

function ntlm({ type, size, flags, field }: Fields): Buffer {
  const message = Buffer.alloc(size);
  message.write("NTLMSSP\0", "latin1");
  message.writeUInt32LE(type, 8);
  if (flags) message.writeUInt32LE(flags[1], flags[0]);
  if (!field) return message;
  message.writeUInt16LE(field[1], field[0]);
  message.writeUInt16LE(field[1], field[0] + 2);
  message.writeUInt32LE(field[2], field[0] + 4);
  // The content of a field behind the head is text.
  if (field[2] >= 64) message.subarray(field[2], field[2] + field[1]).fill("a");
  return message;
}

/** One element of DER. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const spnego = Buffer.from("06062b0601050502", "hex");
const userToUser = Buffer.from("060a2a864886f71201020203", "hex");
const krb5 = Buffer.from("06092a864886f712010202", "hex");
const mechTypes = der(0xa0, der(0x30, Buffer.from("060a2b06010401823702020a", "hex")));
const init = (mechToken: Uint8Array): Buffer =>
  der(0x60, spnego, der(0xa0, der(0x30, mechTypes, der(0xa2, der(0x04, mechToken)))));
const response = (token: Uint8Array): Buffer =>
  der(0xa1, der(0x30, der(0xa0, Buffer.from("0a0101", "hex")), der(0xa2, der(0x04, token))));

/** The ways in which a token can wrap a mechanism's token. */
const wrappings = [
  ["bare", (token: Uint8Array) => Buffer.from(token)],
  ["as SPNEGO's mechToken", init],
  ["as SPNEGO's responseToken", response],
] as const;

/** The fields of each message type, and where the payload may begin. */
const fields = [
  [1, 16, 32],
  [1, 24, 32],
  [2, 12, 48],
  [2, 40, 48],
  [3, 12, 64],
  [3, 28, 64],
  [3, 36, 64],
  [3, 44, 64],
  [3, 52, 88],
] as const;

describe.each(wrappings)("an NTLM message %s, for a provider that follows its offsets", (_, wrap) => {
  it.each(fields)("A1 type %i, field at %i: reaches it only if the field lies behind the head and inside", (...row) => {
    const [type, at, start] = row;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.oneof(fc.nat(300), fc.nat(0xffff_ffff)), (size, offset) => {
        const message = ntlm({ type, size: 256, field: [at, size, offset] });
        expect(shown(wrap(message))).toBe(offset >= start && offset + size <= message.length);
      }),
      {
        numRuns: 40,
        examples: [
          [16, 0],
          [16, 1],
          [16, start - 1],
          [16, start],
          [1, 255],
          [2, 255],
        ],
      },
    );
  });

  it("A1 an empty field may lie anywhere: clients leave its offset at 0", () => {
    expect(shown(wrap(ntlm({ type: 3, size: 88, field: [52, 0, 0] })))).toBe(true);
  });

  it("A1 a head with a version is 8 bytes longer", () => {
    const flags = [20, 0x0200_0000] as const;
    expect(shown(wrap(ntlm({ type: 2, size: 80, flags, field: [40, 8, 48] })))).toBe(false);
    expect(shown(wrap(ntlm({ type: 2, size: 80, flags, field: [40, 8, 56] })))).toBe(true);
  });

  it.each([
    ["a MIC", [6, 4, 2], false],
    ["no MIC", [6, 4, 0], true],
    ["nothing", [0, 0, 0], true],
    ["a pair that runs over the end", [9, 0xfff0, 0], false],
  ] as const)(
    "A1 a name at offset 64 in an NTLMv2 message that announces %s: reaches the provider or not",
    (_what, pair, reaches) => {
      const message = ntlm({ type: 3, size: 256, field: [36, 8, 64] });
      message.writeUInt16LE(60, 20);
      message.writeUInt32LE(100, 24);
      for (const [index, value] of pair.entries()) message.writeUInt16LE(value, 144 + 2 * index);
      expect(shown(wrap(message))).toBe(reaches);
    },
  );

  it.each([
    [28, "domain", false],
    [36, "user", false],
    [44, "workstation", true],
  ] as const)("B45 a NUL in field %i, the %s: reaches the provider: %j", (at, _field, reaches) => {
    for (const place of [96, 98, 102]) {
      const message = ntlm({ type: 3, size: 256, field: [at, 8, 96] });
      message.writeUInt16LE(0, place);
      expect(shown(wrap(message))).toBe(reaches);
    }
    const straddling = ntlm({ type: 3, size: 256, field: [at, 8, 96] });
    straddling.writeUInt16LE(0, 97);
    expect(shown(wrap(straddling))).toBe(true);
  });

  it.each([0, 4, 0xffff_ffff])("A1 a message of type %i is refused", (type) => {
    expect(shown(wrap(ntlm({ type, size: 64 })))).toBe(false);
  });

  it("A1 a message that ends within its header is refused, except a NEGOTIATE that ends after its flags", () => {
    for (const size of [12, 15]) expect(shown(wrap(ntlm({ type: 1, size })))).toBe(false);
    for (const [type, size] of [
      [2, 47],
      [3, 63],
    ] as const)
      expect(shown(wrap(ntlm({ type, size })))).toBe(false);
    expect(shown(wrap(ntlm({ type: 1, size: 16 })))).toBe(true);
  });

  it("A1 a provider that checks tokens itself receives all of them", () => {
    const evil = ntlm({ type: 3, size: 256, field: [52, 16, 1] });
    expect(shown(wrap(evil), { boundsTokens: true, survivesTgtReq: true })).toBe(true);
    expect(shown(wrap(evil), { boundsTokens: true, survivesTgtReq: false })).toBe(true);
  });
});

describe("a token in SPNEGO's frame", () => {
  const evil = ntlm({ type: 3, size: 256, field: [52, 16, 1] });

  it("A1 an NTLM message in a place that a reader of DER skips is refused", () => {
    const sound = ntlm({ type: 3, size: 88 });
    expect(shown(Buffer.concat([sound, evil]))).toBe(false);
    expect(shown(init(der(0x04, evil)))).toBe(false);
    expect(shown(der(0x60, spnego, der(0xa0, der(0x30, der(0x82, evil)))))).toBe(false);
  });

  it("A1 anything but DER is refused", () => {
    const good = init(ntlm({ type: 3, size: 88 }));
    expect(shown(good)).toBe(true);
    for (let size = 1; size < good.length; size += 1) expect(shown(good.subarray(0, size))).toBe(false);
    const indefinite = Buffer.from(good);
    indefinite[1] = 0x80;
    expect(shown(indefinite)).toBe(false);
    expect(shown(der(0x60, spnego, der(0xa0, der(0xbf))))).toBe(false);
    let deep = Buffer.from([0x30, 0]);
    for (let level = 0; level < 40; level += 1) deep = der(0xa0, deep) as Buffer<ArrayBuffer>;
    expect(shown(deep)).toBe(false);
  });

  it.each([
    ["elements", 12, der(0xa0), (inner: Buffer) => der(0xa0, inner)],
    ["frames", 12, der(0xa0), (inner: Buffer) => der(0x60, spnego, inner)],
    [
      "tokens in octet strings",
      5,
      der(0x60, spnego),
      (inner: Buffer) => der(0x60, spnego, der(0xa0, der(0x04, inner))),
    ],
  ])("A1 %s are nested at most %i deep, or the token is refused", (_, most, innermost, nest) => {
    let token: Buffer = innermost;
    for (let level = 1; level <= most + 2; level += 1) {
      expect([level, shown(token)]).toEqual([level, level <= most]);
      token = nest(token);
    }
  });

  it("A1 a message that contains the signature of another one is refused", () => {
    const message = ntlm({ type: 3, size: 256, field: [36, 8, 96] });
    message.write("NTLMSSP\0", 200, "latin1");
    for (const [, wrap] of wrappings) expect(shown(wrap(message))).toBe(false);
  });

  it("A1 an empty token, and one of no known kind, are the package's to judge", () => {
    for (const token of [Buffer.alloc(0), Buffer.of(0), Buffer.from("NTLMSSP"), Buffer.from("0500", "hex")])
      expect(shown(token)).toBe(true);
  });

  it("A1 a frame that names no mechanism is refused", () => {
    for (const content of [Buffer.alloc(0), der(0x30), der(0x04, spnego)])
      expect(shown(der(0x60, content))).toBe(false);
  });

  it("A1 the reader ends normally for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (noise) => {
        expect([true, false]).toContain(shown(init(noise)));
        expect([true, false]).toContain(shown(noise));
      }),
      { numRuns: 60 },
    );
  });

  it("a checksum of the offered mechanisms that looks like DER is the package's to judge", () => {
    const mic = der(0xa3, der(0x04, Buffer.from("a0ff010203", "hex")));
    expect(shown(der(0xa1, der(0x30, mic)))).toBe(true);
  });
});

describe("the state in an answer of SPNEGO", () => {
  it("A13 is one of SPNEGO's four, in one byte, or the token is refused", () => {
    const state = (...bytes: readonly number[]): Buffer =>
      der(0xa1, der(0x30, der(0xa0, der(0x0a, Buffer.from(bytes))), der(0xa1, krb5)));
    for (const known of [0, 1, 2, 3]) expect(shown(state(known))).toBe(true);
    for (const other of [[4], [0x7f], [0x80], [0xfc], [0xff], [], [0, 1], [0, 0, 0, 0, 1]])
      expect(shown(state(...other))).toBe(false);
    expect(shown(state(4), { boundsTokens: true, survivesTgtReq: true })).toBe(true);
  });
});

describe("a TGT-REQ of user-to-user Kerberos", () => {
  const request = (mechanism: Uint8Array, id: string): Buffer =>
    der(0x60, mechanism, Buffer.from(id, "hex"), der(0x30, Buffer.from("a003020105", "hex")));

  it.each([
    ["user-to-user", userToUser],
    ["Kerberos", krb5],
    ["Kerberos as Microsoft first wrote it", Buffer.from("06092a864882f712010202", "hex")],
  ])("A2 under the identifier of %s: is refused, bare and in SPNEGO", (_, mechanism) => {
    const token = request(mechanism, "0400");
    for (const [, wrap] of wrappings) {
      expect(shown(wrap(token))).toBe(false);
      expect(shown(wrap(token), { boundsTokens: false, survivesTgtReq: true })).toBe(true);
    }
  });

  it("A2 is refused also where the provider checks tokens for everything else", () => {
    for (const [, wrap] of wrappings)
      expect(shown(wrap(request(krb5, "0400")), { boundsTokens: true, survivesTgtReq: false })).toBe(false);
  });

  it("A2 is known by its first two bytes, and a token without them is the package's to judge", () => {
    expect(shown(der(0x60, krb5, Buffer.from("0400", "hex")))).toBe(false);
    for (const id of ["", "04"]) expect(shown(der(0x60, krb5, Buffer.from(id, "hex")))).toBe(true);
  });

  it("A2 is Kerberos' alone: the same bytes behind another mechanism are that one's", () => {
    for (const other of ["06092a864886f712010203", "06082a864886f7120102", "06012a"])
      expect(shown(request(Buffer.from(other, "hex"), "0400"))).toBe(true);
  });

  it("A2 an AP-REQ is not taken for one, and reaches the provider", () => {
    for (const [, wrap] of wrappings) expect(shown(wrap(request(krb5, "0100")))).toBe(true);
  });
});

describe("an exchange whose token is refused before it reaches the package", () => {
  it("A1 has failed: its context is deleted, and a further step is refused", () => {
    using credential = inbound(scripted({ traits: unbounded, legs: [{ status: SEC_I_CONTINUE_NEEDED }] }));
    using server = new ServerContext(credential);
    server.stepSync(ntlm({ type: 1, size: 16 }));
    const error = thrownBy(() => server.stepSync(ntlm({ type: 3, size: 256, field: [52, 16, 1] })));
    expect((error.cause as Error).message).toBe("a field of an NTLM message of type 3 lies at 1, 16 bytes, of 256");
    expect(() => server.stepSync(ntlm({ type: 3, size: 88 }))).toThrow("the exchange has failed");
  });

  it("A1 also rejects the promise of a step off the event loop", async () => {
    using credential = inbound(scripted({ traits: unbounded, legs: [{ status: SEC_E_OK }] }));
    using server = new ServerContext(credential);
    await expect(server.step(ntlm({ type: 9, size: 64 }))).rejects.toMatchObject({ code: "SEC_E_INVALID_TOKEN" });
  });
});
