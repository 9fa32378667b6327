import { describe, expect, it } from "vitest";
import { ClientContext, Credential, type StreamRead } from "../../src/index.ts";
import { definePackage, type OpenedRecord, type SealedRecord, type Session } from "../../src/packages.ts";
import { hosted } from "./hosted.ts";

const sizes = { cbHeader: 2, cbTrailer: 1, cbMaximumMessage: 10, cBuffers: 4, cbBlockSize: 1 };
const whole = { header: Buffer.from("<<"), trailer: Buffer.from(">") };

/** A client's context of a package with the test's session. */
function context(session: Omit<Session, "query">): {
  readonly client: ClientContext;
  readonly faults: () => unknown[];
} {
  const defined = definePackage({
    name: "Test",
    maxToken: 16,
    capabilities: ["stream"],
    acquireCredentials: () => "me",
    initContext: () => ({ status: "complete", context: "", session: Buffer.from("x"), granted: ["stream"] }),
    openSession: () => ({ query: { streamSizes: () => sizes }, ...session }),
  });
  const { provider } = hosted(defined);
  using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
  const client = new ClientContext(credential);
  client.stepSync();
  return { client, faults: () => defined.faults.map(({ error }) => String(error)) };
}

function sealing(record: (message: Buffer) => Partial<SealedRecord>): ReturnType<typeof context> {
  return context({ sealRecord: (message) => ({ ...whole, data: message, ...record(message) }) });
}

function opened(record: OpenedRecord, bytes = "<<data>rest"): StreamRead {
  const { client } = context({ openRecord: () => record });
  using _ = client;
  return client.decryptStream(Buffer.from(bytes));
}

describe("a session with sealRecord", () => {
  it("gets at most one record's data per call, and its records are joined", () => {
    const messages: string[] = [];
    const { client } = sealing((message) => {
      messages.push(message.toString());
      return { data: Buffer.from(message.toString().toUpperCase()) };
    });
    using _ = client;
    expect(client.encrypt(Buffer.from("twelve bytes")).toString()).toBe("<<TWELVE BYT><<ES>");
    expect(messages).toEqual(["twelve byt", "es"]);
  });

  it("may return a shorter header or trailer than its sizes", () => {
    const { client } = sealing(() => ({ header: Buffer.from("<"), trailer: new Uint8Array() }));
    using _ = client;
    expect(client.encrypt(Buffer.from("short")).toString()).toBe("<short");
  });

  it.each([
    ["more header than there is room for", { header: Buffer.from("<<<") }, "SEC_E_BUFFER_TOO_SMALL", []],
    ["more trailer", { trailer: Buffer.from(">>") }, "SEC_E_BUFFER_TOO_SMALL", []],
    [
      "other data",
      { data: Buffer.from("longer") },
      "SEC_E_INTERNAL_ERROR",
      ["RangeError: sealRecord: expected 4 bytes of data, got 6"],
    ],
    ["no bytes", { trailer: ">" as never }, "SEC_E_INTERNAL_ERROR", [expect.stringContaining("sealRecord: trailer")]],
  ])("makes encrypt() fail when it returns %s", (_, record, code, faults) => {
    const sealed = sealing(() => record);
    using client = sealed.client;
    expect(() => client.encrypt(Buffer.from("four"))).toThrow(code);
    expect(sealed.faults()).toEqual(faults);
  });

  it("is needed for records: without sealRecord and openRecord they throw SEC_E_UNSUPPORTED_FUNCTION", () => {
    const { client } = context({});
    using _ = client;
    expect(() => client.encrypt(Buffer.from("four"))).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
    expect(() => client.decryptStream(Buffer.from("<<data>"))).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
  });
});

describe("a session with openRecord", () => {
  const data = Buffer.from("DATA");
  it.each([
    ["data", { status: "data", length: 7, start: 2, data }, { status: "data", data, extra: Buffer.from("rest") }],
    ["shorter data", { status: "data", length: 11, start: 5, data }, { status: "data", data }],
    ["no data", { status: "data", length: 11 }, { status: "data", data: Buffer.alloc(0) }],
    ["a part", { status: "incomplete-message", missing: 3 }, { status: "incomplete-message", missing: 3 }],
    ["a part of something", { status: "incomplete-message" }, { status: "incomplete-message" }],
    ["the end", { status: "closed", length: 7 }, { status: "closed", extra: Buffer.from("rest") }],
    ["a request", { status: "renegotiate", length: 0 }, { status: "renegotiate", extra: Buffer.from("<<data>rest") }],
    ["data and a request", { status: "renegotiate", length: 11, start: 2, data }, { status: "renegotiate", data }],
  ] as const)("can return %s", (_, record, read) => {
    const found = opened(record);
    expect(found).toMatchObject(read);
    expect("extra" in found).toBe("extra" in read);
  });

  it.each([
    ["a record longer than what there is", { status: "data", length: 12 }, "length"],
    ["data outside its record", { status: "data", length: 7, start: 4, data }, "start"],
    ["something else", { status: "else", length: 7 } as never, "expected one of data"],
  ] as const)("makes decryptStream() fail when it returns %s", (_, record, message) => {
    const reading = context({ openRecord: () => record });
    using client = reading.client;
    expect(() => client.decryptStream(Buffer.from("<<data>rest"))).toThrow("SEC_E_INTERNAL_ERROR");
    expect(reading.faults()).toEqual([expect.stringContaining(message)]);
  });
});
