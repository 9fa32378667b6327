import { statusFact } from "../status/index.ts";
import { explanation, type TokenExplanation, type TokenFact } from "./explanation.ts";

/** The first bytes of every message of NEGOEX. */
const signature = "NEGOEXTS";
/** `MESSAGE_TYPE` (MS-NEGOEX 2.2.6.1). */
const types = [
  "INITIATOR_NEGO",
  "ACCEPTOR_NEGO",
  "INITIATOR_META_DATA",
  "ACCEPTOR_META_DATA",
  "CHALLENGE",
  "AP_REQUEST",
  "VERIFY",
  "ALERT",
];
const verify = 6;
const alert = 7;
/** `MESSAGE_HEADER`: signature, type, number, sizes of header and message, conversation. */
const header = 40;
const scheme = 16;

export function isNegoex(token: Buffer): boolean {
  return token.toString("latin1", 0, signature.length) === signature;
}

/** Explains a sequence of messages. @throws RangeError for an incomplete one */
export function explainNegoex(token: Buffer, inner: (part: Buffer) => TokenExplanation): TokenExplanation {
  const inside: TokenExplanation[] = [];
  for (let rest = token; rest.length > 0; ) {
    if (!isNegoex(rest)) throw new RangeError(`NEGOEX: expected a message at byte ${token.length - rest.length}`);
    const message = part(rest, 0, part(rest, 20, 4).readUInt32LE());
    if (message.length < header) throw new RangeError(`NEGOEX: a message of ${message.length} bytes`);
    inside.push(explainMessage(message, inner));
    rest = rest.subarray(message.length);
  }
  return explanation({ mechanism: "NEGOEX", message: "messages", size: token.length, inside });
}

function explainMessage(message: Buffer, inner: (part: Buffer) => TokenExplanation): TokenExplanation {
  const type = message.readUInt32LE(8);
  const common = { number: message.readUInt32LE(12), conversation: guid(part(message, 24, 16)) };
  const [facts, exchanged] = type < 2 ? [offered(message)] : chosen(message, type);
  return explanation({
    mechanism: "NEGOEX",
    message: types[type] ?? `message of type ${type}`,
    size: message.length,
    facts: { ...common, ...facts },
    inside: exchanged?.length ? [inner(exchanged)] : [],
  });
}

/** The mechanisms' identifiers, in the list after `Random` and `ProtocolVersion` (2.2.6.3). */
function offered(message: Buffer): Record<string, TokenFact> {
  const vector = part(message, header + 40, 6);
  const list = part(message, vector.readUInt32LE(), vector.readUInt16LE(4) * scheme);
  const schemes: string[] = [];
  for (let at = 0; at < list.length; at += scheme) schemes.push(guid(list.subarray(at, at + scheme)));
  return { schemes };
}

/** The contents of a mechanism's message (2.2.6.4 and later): its identifier, and its data. */
function chosen(message: Buffer, type: number): [Record<string, TokenFact>, Buffer?] {
  const facts = { scheme: guid(part(message, header, scheme)) };
  const body = header + scheme;
  if (type === alert) {
    const { code, text } = statusFact(part(message, body, 4).readUInt32LE());
    return [{ ...facts, error: `${code}: ${text}` }];
  }
  // A checksum's own header precedes its offset and size.
  const at = type === verify ? body + 12 : body;
  const vector = part(message, at, 8);
  const content = part(message, vector.readUInt32LE(), vector.readUInt32LE(4));
  return type === verify ? [{ ...facts, checksum: `${content.length} bytes` }] : [facts, content];
}

/** @throws RangeError if the part is not within the message */
function part(message: Buffer, at: number, size: number): Buffer {
  if (at + size > message.length) throw new RangeError(`NEGOEX: ${size} bytes at ${at}, of ${message.length}`);
  return message.subarray(at, at + size);
}

/** Formats a GUID as Windows does. */
function guid(bytes: Buffer): string {
  const [a, b, c] = [bytes.readUInt32LE(0), bytes.readUInt16LE(4), bytes.readUInt16LE(6)];
  const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
  const tail = bytes.toString("hex", 8);
  return `${hex(a, 8)}-${hex(b, 4)}-${hex(c, 4)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
