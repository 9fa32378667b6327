import { type DerElement, octetString, sequence, tagged, writeDer } from "../../src/credssp/der-writer.ts";

/** Object identifiers in DER, without their tag and length. */
const identifiers = {
  spnego: "2b0601050502",
  kerberos: "2a864886f712010202",
  ntlm: "2b06010401823702020a",
} as const;

function oid(name: keyof typeof identifiers): DerElement {
  return { tag: 0x06, content: Buffer.from(identifiers[name], "hex") };
}

/** An element that is encoded already. */
export function raw(bytes: Uint8Array): DerElement {
  return { tag: bytes[0] as number, content: contentOf(Buffer.from(bytes)) };
}

function contentOf(bytes: Buffer): Buffer {
  const first = bytes[1] as number;
  return bytes.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}

/** [APPLICATION 0] with SPNEGO's identifier and a NegTokenInit. */
export function negTokenInit(mechToken: Uint8Array): Buffer {
  const list = tagged(0, sequence(oid("kerberos"), oid("ntlm")));
  const init = tagged(0, sequence(list, tagged(2, octetString(mechToken))));
  return writeDer({ tag: 0x60, content: [oid("spnego"), init] });
}

export function negTokenResp(state: number, token: Uint8Array): Buffer {
  const negState = tagged(0, { tag: 0x0a, content: Buffer.from([state]) });
  const fields = [
    negState,
    tagged(1, oid("ntlm")),
    tagged(2, octetString(token)),
    tagged(3, octetString(new Uint8Array(16))),
  ];
  return writeDer(tagged(1, sequence(...fields)));
}

/** A first token of Kerberos: [APPLICATION 0], its identifier, the token id and a message. */
export function framedKerberos(tokenId: number, message: Uint8Array): Buffer {
  const id = Buffer.alloc(2);
  id.writeUInt16BE(tokenId);
  const mechanism = writeDer(oid("kerberos"));
  return writeDer({ tag: 0x60, content: Buffer.concat([mechanism, id, message]) });
}

function number(value: number): DerElement {
  return { tag: 0x02, content: Buffer.from([value]) };
}

function text(value: string): DerElement {
  return { tag: 0x1b, content: Buffer.from(value) };
}

function encrypted(type: number, version: number | undefined, cipher: Uint8Array): DerElement {
  const fields = [tagged(0, number(type)), ...(version === undefined ? [] : [tagged(1, number(version))])];
  return sequence(...fields, tagged(2, octetString(cipher)));
}

function name(...parts: readonly string[]): DerElement {
  return sequence(tagged(0, number(2)), tagged(1, sequence(...parts.map(text))));
}

export const cipher = Buffer.from("cipher that nobody is shown");

/** AP-REQ for HTTP/web.example.test@EXAMPLE.TEST, with mutual authentication. */
export function apReq(service = "HTTP"): Buffer {
  const ticket: DerElement = {
    tag: 0x61,
    content: [
      sequence(
        tagged(0, number(5)),
        tagged(1, text("EXAMPLE.TEST")),
        tagged(2, name(service, "web.example.test")),
        tagged(3, encrypted(18, 3, cipher)),
      ),
    ],
  };
  const options: DerElement = { tag: 0x03, content: Buffer.from([0, 0x20, 0, 0, 0]) };
  const fields = [number(5), number(14), options, ticket, encrypted(18, undefined, cipher)];
  return writeDer({ tag: 0x6e, content: [sequence(...fields.map((field, index) => tagged(index, field)))] });
}

export function krbError(code: number): Buffer {
  const time: DerElement = { tag: 0x18, content: Buffer.from("20261130080000Z") };
  const fields = [
    tagged(0, number(5)),
    tagged(1, number(30)),
    tagged(4, time),
    tagged(5, number(0)),
    tagged(6, number(code)),
    tagged(9, text("EXAMPLE.TEST")),
    tagged(10, name("HTTP", "web.example.test")),
  ];
  return writeDer({ tag: 0x7e, content: [sequence(...fields)] });
}

/** Names of an NTLM message are UTF-16. */
const wide = (value: string): Buffer => Buffer.from(value, "utf16le");

/** An NTLM message of a type with its fields behind its head, in the order of the head's descriptors. */
export function ntlm(
  type: number,
  headSize: number,
  flagsAt: number,
  flags: number,
  fields: readonly (readonly [at: number, value: Buffer])[],
): Buffer {
  const head = Buffer.alloc(headSize);
  head.write("NTLMSSP\0", "latin1");
  head.writeUInt32LE(type, 8);
  head.writeUInt32LE(flags, flagsAt);
  let offset = headSize;
  for (const [at, value] of fields) {
    head.writeUInt16LE(value.length, at);
    head.writeUInt16LE(value.length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    offset += value.length;
  }
  return Buffer.concat([head, ...fields.map(([, value]) => value)]);
}

export function pair(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** 2026-11-30T08:00:00.000Z in ticks. */
function filetime(): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Date.UTC(2026, 10, 30, 8)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}

/** The proof of the password, which no explanation may show. */
export const proof = Buffer.from("0123456789abcdef, the proof of it");

export function challenge(): Buffer {
  const info = Buffer.concat([
    pair(2, wide("EXAMPLE")),
    pair(3, wide("web.example.test")),
    pair(7, filetime()),
    pair(0, Buffer.alloc(0)),
  ]);
  return ntlm(2, 56, 20, 0x00a2_8235, [
    [12, wide("EXAMPLE")],
    [40, info],
  ]);
}

export function authenticate(user = "alice"): Buffer {
  const pairs = [
    pair(6, Buffer.from([2, 0, 0, 0])),
    pair(9, wide("HTTP/web.example.test")),
    pair(10, Buffer.alloc(16)),
    pair(0, Buffer.alloc(0)),
  ];
  const response = Buffer.concat([proof.subarray(0, 16), Buffer.alloc(28), ...pairs]);
  return ntlm(3, 88, 60, 0xa088_8205, [
    [28, wide("EXAMPLE")],
    [36, wide(user)],
    [44, wide("PC1")],
    [12, Buffer.alloc(24)],
    [20, response],
    [52, proof.subarray(0, 16)],
  ]);
}

/** A record of TLS with a message of a handshake in it. */
export function tlsHandshake(type: number, content: Buffer): Buffer {
  return tlsRecord(22, Buffer.concat([Buffer.from([type]), sized(content, 3)]));
}

export function tlsRecord(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3]), sized(content, 2)]);
}

/** Bytes after their size, in network byte order. */
function sized(content: Buffer, width: number): Buffer {
  const size = Buffer.alloc(width);
  size.writeUIntBE(content.length, 0, width);
  return Buffer.concat([size, content]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, type]), sized(content, 2)]);
}

const random = Buffer.alloc(32, 7);

export function clientHello(name: string): Buffer {
  const serverName = Buffer.concat([Buffer.from([0]), sized(Buffer.from(name), 2)]);
  const protocols = ["h2", "http/1.1"].map((protocol) => sized(Buffer.from(protocol), 1));
  const extensions = [
    extension(0, sized(serverName, 2)),
    extension(16, sized(Buffer.concat(protocols), 2)),
    extension(43, sized(Buffer.from("0a0a03040303", "hex"), 1)),
  ];
  const suites = sized(Buffer.from("13011302c02f", "hex"), 2);
  const parts = [Buffer.from([3, 3]), random, sized(random, 1), suites, sized(Buffer.alloc(1), 1)];
  return tlsHandshake(1, Buffer.concat([...parts, sized(Buffer.concat(extensions), 2)]));
}

export function serverHello(): Buffer {
  const extensions = extension(43, Buffer.from("0304", "hex"));
  const parts = [Buffer.from([3, 3]), random, sized(random, 1), Buffer.from("130100", "hex")];
  return tlsHandshake(2, Buffer.concat([...parts, sized(extensions, 2)]));
}

/** A message of NEGOEX: its header, the fields behind it, and the data that they refer to. */
export function negoex(type: number, fixed: Buffer, ...content: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(40);
  header.write("NEGOEXTS", "latin1");
  header.writeUInt32LE(type, 8);
  header.writeUInt32LE(3, 12);
  header.writeUInt32LE(40 + fixed.length, 16);
  header.writeUInt32LE(40 + fixed.length + Buffer.concat(content).length, 20);
  header.fill(0x11, 24);
  return Buffer.concat([header, fixed, ...content]);
}
