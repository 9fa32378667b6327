import { describe, expect, it } from "vitest";
import {
  ISC_RET,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_TOKEN,
  SECPKG_ATTR_SIZES,
  SECPKG_ATTR_STREAM_SIZES,
} from "../../generated/sspi/constants.ts";
import { SecPkgContext_Sizes, SecPkgContext_StreamSizes } from "../../generated/sspi/structs.ts";
import {
  SEC_E_INVALID_HANDLE,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import { grantedStyle } from "../../src/contexts/message-channel.ts";
import { ownedHandle } from "../../src/ctypes/index.ts";
import { ClientContext, ContextStateError, DisposedError, type MessageBuffer } from "../../src/index.ts";
import { outbound, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";
import { sealedRecord, windowsTls13 } from "../scripted/windows-tls.ts";

const message = Buffer.from("a message");
/** The largest size in bytes that a package may announce. */
const most = 1 << 24;

type Sizes = Partial<Record<"cbSecurityTrailer" | "cbBlockSize" | "cbMaxSignature", number>>;
type Records = Partial<Record<"cbHeader" | "cbTrailer" | "cbMaximumMessage", number>>;

/** What a package answers to each of the two questions: a struct, a status, or nothing that comes back. */
interface Answers {
  readonly sizes?: Sizes | number | Error;
  readonly records?: Records | number | Error;
  /** `pfContextAttr` of the leg that completed the context. */
  readonly granted?: number;
  readonly handlesStreams?: boolean;
}

const sized: Sizes = { cbSecurityTrailer: 16, cbBlockSize: 1, cbMaxSignature: 16 };
const recorded: Records = { cbHeader: 5, cbTrailer: 7, cbMaximumMessage: 100 };

/** A package with these answers, and the attributes that it was asked for. */
function answering({ sizes = SEC_E_UNSUPPORTED_FUNCTION, records = SEC_E_UNSUPPORTED_FUNCTION, ...rest }: Answers) {
  const asked: number[] = [];
  const kinds: number[] = [];
  const script: Script = {
    legs: Array(2).fill({
      status: SEC_E_OK,
      ...(rest.granted !== undefined && { attributes: rest.granted }),
    }),
    handlesStreams: rest.handlesStreams ?? false,
    contextAttributes({ attribute, address }) {
      asked.push(attribute);
      const [struct, answer] =
        attribute === SECPKG_ATTR_SIZES
          ? ([SecPkgContext_Sizes, sizes] as const)
          : ([SecPkgContext_StreamSizes, records] as const);
      if (answer instanceof Error) throw answer;
      if (typeof answer === "number") return answer;
      writeNativeStruct<object>(struct as never, address, answer);
      return SEC_E_OK;
    },
    encrypt({ buffers }) {
      kinds.push(buffers.types[0] as number);
      return SEC_E_OK;
    },
    sign: ({ buffers }) => {
      kinds.push(buffers.types[0] as number);
      return SEC_E_OK;
    },
  };
  return { sspi: scripted(script), asked, kinds };
}

/** A client that its first leg has completed. */
function completeOn(sspi: ScriptedSspi): ClientContext {
  using credential = outbound(sspi);
  const client = new ClientContext(credential);
  client.stepSync();
  return client;
}

const both = [SECPKG_ATTR_SIZES, SECPKG_ATTR_STREAM_SIZES];

describe("the granted style of a context", () => {
  it("is unknown where the flags are not reported, or have no bit for it", () => {
    const { stream, datagram } = ISC_RET;
    expect(grantedStyle({ stream, datagram }, undefined)).toEqual({ stream: undefined, datagram: undefined });
    expect(grantedStyle({ stream }, stream)).toEqual({ stream: true, datagram: undefined });
    expect(grantedStyle({ stream, datagram }, datagram)).toEqual({ stream: false, datagram: true });
  });
});

describe("the first message of a context", () => {
  const { stream, connection } = ISC_RET;
  const cases: readonly (readonly [string, Answers, "records" | "messages", readonly number[]])[] = [
    ["answers sizes", { sizes: sized }, "messages", both.slice(0, 1)],
    ["answers sizes, and was granted a stream", { sizes: sized, granted: stream }, "messages", both.slice(0, 1)],
    ["answers sizes, and handles streams", { sizes: sized, handlesStreams: true }, "messages", both],
    ["answers stream sizes", { records: recorded }, "records", both],
    [
      "answers stream sizes, and was granted something else",
      { records: recorded, granted: connection },
      "records",
      both,
    ],
    ["answers both, and handles streams", { sizes: sized, records: recorded, handlesStreams: true }, "records", both],
    [
      "answers both, handles streams and was granted one",
      { sizes: sized, records: recorded, handlesStreams: true, granted: stream },
      "records",
      both,
    ],
    [
      "answers both, handles streams and was granted something else",
      { sizes: sized, records: recorded, handlesStreams: true, granted: connection },
      "messages",
      both.slice(0, 1),
    ],
    [
      "answers both, and handles no streams",
      { sizes: sized, records: recorded, granted: stream },
      "messages",
      both.slice(0, 1),
    ],
    [
      "answers both, where records hold nothing",
      { sizes: sized, records: { ...recorded, cbMaximumMessage: 0 }, handlesStreams: true },
      "messages",
      both,
    ],
  ];

  it.each(cases)(
    "of a package that %s: has its style, and no later message asks for sizes",
    (_, answers, style, questions) => {
      const { sspi, asked, kinds } = answering(answers);
      using client = completeOn(sspi);
      for (let count = 0; count < 2; count += 1) client.encrypt(message);
      expect(kinds).toEqual(Array(2).fill(style === "records" ? SECBUFFER_STREAM_HEADER : SECBUFFER_TOKEN));
      expect(asked).toEqual(questions);
    },
  );

  it.each([
    ["answers no sizes", {}, "SEC_E_UNSUPPORTED_FUNCTION"],
    [
      "answers only records that hold nothing",
      { records: { ...recorded, cbMaximumMessage: 0 } },
      "SEC_E_UNSUPPORTED_FUNCTION",
    ],
    ["refuses the first question", { sizes: SEC_E_INVALID_HANDLE, records: recorded }, "SEC_E_INVALID_HANDLE"],
    [
      "refuses the second question",
      { sizes: sized, records: SEC_E_INVALID_HANDLE, handlesStreams: true },
      "SEC_E_INVALID_HANDLE",
    ],
  ] as const)("of a package that %s: is an error, and is not protected", (_, answers, code) => {
    const { sspi, kinds } = answering(answers);
    using client = completeOn(sspi);
    expect(() => client.encrypt(message)).toThrow(expect.objectContaining({ code }));
    expect(kinds).toEqual([]);
  });

  it.each(["sizes", "records"] as const)("is the provider's own error where it throws: %s", (what) => {
    // Its code is that of a refusal, and it is none.
    const code = "SEC_E_UNSUPPORTED_FUNCTION";
    const broken = Object.assign(new Error("the call did not come back"), { code });
    const { sspi } = answering({ sizes: sized, records: recorded, handlesStreams: true, [what]: broken });
    using client = completeOn(sspi);
    expect(() => client.encrypt(message)).toThrow(broken);
  });

  it.each([
    ["cbSecurityTrailer", "sizes"],
    ["cbBlockSize", "sizes"],
    ["cbMaxSignature", "sizes"],
    ["cbHeader", "records"],
    ["cbTrailer", "records"],
  ] as const)("D2 is refused where %s is larger than anything that a package needs", (field, kind) => {
    const base = kind === "sizes" ? sized : recorded;
    const { sspi, kinds } = answering({ [kind]: { ...base, [field]: most + 1 } });
    using client = completeOn(sspi);
    expect(() => client.encrypt(message)).toThrow(
      expect.objectContaining({ code: "SEC_E_INTERNAL_ERROR", operation: "QueryContextAttributesW" }),
    );
    expect(kinds).toEqual([]);
    const { sspi: greedy } = answering({ [kind]: { ...base, [field]: most } });
    using patient = completeOn(greedy);
    expect(() => patient.encrypt(message)).not.toThrow();
  });

  it("asks for the sizes of each agreement once: new keys may have other sizes", () => {
    const { sspi, asked } = answering({ sizes: sized });
    using client = completeOn(sspi);
    client.sign(message);
    client.reauthenticate();
    client.stepSync(message);
    for (let count = 0; count < 2; count += 1) client.sign(message);
    expect(asked).toEqual([SECPKG_ATTR_SIZES, SECPKG_ATTR_SIZES]);
  });

  it.each([
    ["a stream", { granted: stream }, 2],
    ["a stream, flags unknown", {}, 2],
    ["datagrams, which are not split", { granted: ISC_RET.datagram }, undefined],
  ])("is as many records as it needs where they are longer than one: %s", (_, answers, records) => {
    const { sspi, kinds } = answering({ records: recorded, ...answers });
    using client = completeOn(sspi);
    client.encrypt(Buffer.alloc(100));
    expect(kinds).toHaveLength(1);
    const long = () => client.encrypt(Buffer.alloc(101));
    if (records === undefined) expect(long).toThrow(/^message: expected at most 100 bytes/);
    else long();
    expect(kinds).toHaveLength(1 + (records ?? 0));
  });

  it("has a room of the announced sizes", () => {
    const rooms: (readonly number[])[] = [];
    const sspi = scripted({
      sizes: { trailer: 12, block: 8, signature: 20 },
      encrypt({ buffers }) {
        rooms.push(buffers.all.map(({ size }) => size));
        return SEC_E_OK;
      },
      sign({ buffers }) {
        rooms.push(buffers.all.map(({ size }) => size));
        return SEC_E_OK;
      },
    });
    using client = completeOn(sspi);
    client.encrypt(message);
    client.sign(message);
    expect(rooms).toEqual([
      [12, message.length, 8],
      [message.length, 20],
    ]);
  });
});

const inverted = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));

/** A package that inverts data, and whose token is never looked at. */
const inverting: Script = {
  encrypt({ buffers }) {
    buffers.all.forEach(({ bytes }, index) => {
      buffers.fill(index, inverted(bytes));
    });
    return SEC_E_OK;
  },
  decrypt: ({ buffers }) => {
    buffers.all.forEach(({ bytes }, index) => {
      buffers.fill(index, inverted(bytes));
    });
    return SEC_E_OK;
  },
  sign: () => SEC_E_OK,
  verify: () => SEC_E_OK,
  applyControl: () => SEC_E_OK,
};

const buffers = (): MessageBuffer[] => [
  { type: "token", bytes: Buffer.alloc(16) },
  { type: "data", bytes: Buffer.from(message) },
];

describe("buffers of messages", () => {
  it.each([
    ["encryptBuffers", "EncryptMessage", false],
    ["encryptBuffersInPlace", "EncryptMessage", true],
    ["decryptBuffers", "DecryptMessage", false],
    ["decryptBuffersInPlace", "DecryptMessage", true],
  ] as const)("%s() is one call of %s, and changes the caller's bytes: %j", (name, native, inPlace) => {
    const sspi = scripted(inverting);
    using client = completeOn(sspi);
    const given = buffers();
    const result = client[name](given);
    const parts = "parts" in result ? result.parts : result;
    expect(parts[1]?.bytes).toEqual(inverted(message));
    expect(given[1]?.bytes?.toString() === "a message").toBe(!inPlace);
    expect(sspi.count(native)).toBe(1);
  });

  it.each([
    ["signBuffers", "MakeSignature"],
    ["verifyBuffers", "VerifySignature"],
  ] as const)("%s() is one call of %s", (name, native) => {
    const sspi = scripted(inverting);
    using client = completeOn(sspi);
    client[name](buffers());
    expect(sspi.count(native)).toBe(1);
  });
});

/** Every method that protects a message, and whether it sends. */
const protecting: readonly (readonly [string, boolean, (client: ClientContext) => unknown])[] = [
  ["encrypt", true, (client) => client.encrypt(message)],
  ["encryptInPlace", true, (client) => client.encryptInPlace(Buffer.alloc(16), Buffer.from(message))],
  ["encryptBuffers", true, (client) => client.encryptBuffers(buffers())],
  ["encryptBuffersInPlace", true, (client) => client.encryptBuffersInPlace(buffers())],
  ["sign", true, (client) => client.sign(message)],
  ["signBuffers", true, (client) => client.signBuffers(buffers())],
  ["decryptInPlace", false, (client) => client.decryptInPlace(Buffer.alloc(16), Buffer.from(message))],
  ["decryptBuffers", false, (client) => client.decryptBuffers(buffers())],
  ["decryptBuffersInPlace", false, (client) => client.decryptBuffersInPlace(buffers())],
  ["verify", false, (client) => client.verify(message, Buffer.alloc(16))],
  ["verifyBuffers", false, (client) => client.verifyBuffers(buffers())],
];

describe.each(protecting)("%s()", (_, sends, work) => {
  it(`is ${sends ? "refused" : "possible"} after shutdown, which ends sending and not receiving`, () => {
    const sspi = scripted({ ...inverting, legs: Array(2).fill({ status: SEC_E_OK }) });
    using client = completeOn(sspi);
    work(client);
    client.shutdownSync();
    const calls = sspi.calls.length;
    if (sends) expect(() => work(client)).toThrow(/needs a context that has not been shut down/);
    else work(client);
    expect(sspi.calls.length - calls).toBe(sends ? 0 : 1);
  });

  it("needs a complete context that is open", () => {
    const sspi = scripted({ ...inverting, legs: [{ status: SEC_I_CONTINUE_NEEDED }] });
    const client = completeOn(sspi);
    expect(() => work(client)).toThrow(ContextStateError);
    client.close();
    expect(() => work(client)).toThrow(DisposedError);
  });
});

describe("a record of a stream", () => {
  it.each([
    ["decryptStream", false],
    ["decryptStreamInPlace", true],
  ] as const)("%s() decrypts it, and changes the caller's bytes: %j", (name, inPlace) => {
    const sspi = scripted(windowsTls13());
    const client = completeOn(sspi);
    const sealed = sealedRecord("data", message);
    const given = Buffer.from(sealed);
    const read = client[name](given);
    expect(read).toMatchObject({ status: "data", data: message });
    expect(given.equals(sealed)).toBe(!inPlace);
    client.close();
    expect(() => client[name](sealed)).toThrow(DisposedError);
  });
});

describe("a context in place of a native handle", () => {
  it("is the handle of its provider while it is open", () => {
    const sspi = scripted();
    const client = completeOn(sspi);
    const handle = client[ownedHandle];
    expect(handle).toMatchObject({ kind: "context", provider: client.provider });
    expect(sspi.handles.read("context", handle.address, "the test")).toBe(2);
    client.close();
    expect(() => client[ownedHandle]).toThrow(DisposedError);
  });
});
