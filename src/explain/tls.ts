import { TLS1_ALERT } from "../../generated/schannel/constants.ts";
import { recordLength } from "../packages/schannel/index.ts";
import { ByteReader } from "./byte-reader.ts";
import { explanation, type TokenExplanation, type TokenFact } from "./explanation.ts";
import { clientHelloFacts, serverHelloFacts } from "./tls-hello.ts";

/** ContentType and HandshakeType of RFC 8446. */
const contents: Readonly<Record<number, string>> = {
  20: "ChangeCipherSpec",
  21: "Alert",
  22: "Handshake",
  23: "ApplicationData",
};
const handshakes: Readonly<Record<number, string>> = {
  0: "HelloRequest",
  1: "ClientHello",
  2: "ServerHello",
  4: "NewSessionTicket",
  8: "EncryptedExtensions",
  11: "Certificate",
  12: "ServerKeyExchange",
  13: "CertificateRequest",
  14: "ServerHelloDone",
  15: "CertificateVerify",
  16: "ClientKeyExchange",
  20: "Finished",
};
const alert = 21;
const handshake = 22;
/** Readers of the handshake messages that are sent before encryption starts. */
const readers: Readonly<Record<number, (content: Uint8Array) => Record<string, TokenFact>>> = {
  1: clientHelloFacts,
  2: serverHelloFacts,
};
const levels: Readonly<Record<number, string>> = { 1: "warning", 2: "fatal" };

/** Whether bytes begin with the head of a TLS record. */
export function isTls(token: Buffer): boolean {
  return token.length >= 5 && contents[token[0] as number] !== undefined && token[1] === 3;
}

/** Explains records: their types, and the first message of a handshake. */
export function explainTls(token: Buffer): TokenExplanation {
  const records: string[] = [];
  const facts: Record<string, TokenFact> = {};
  for (let at = 0; isTls(token.subarray(at)); ) {
    const rest = token.subarray(at);
    const size = rest.readUInt16BE(3);
    const first = rest[0] === handshake ? handshakes[rest[5] ?? -1] : undefined;
    Object.assign(facts, factsOf(rest[0] as number, rest.subarray(5, 5 + size)));
    records.push(`${contents[rest[0] as number]}${first === undefined ? "" : ` ${first}`} of ${size} bytes`);
    try {
      at += recordLength(rest);
    } catch (error) {
      const why = (error as Error).message;
      return tls(token, { records, ...facts }, [{ by: "the stand-in for Schannel", why }]);
    }
    if (at > token.length)
      return tls(token, { records, missing: `${at - token.length} bytes of the last record`, ...facts });
  }
  return tls(token, { records, ...facts });
}

/**
 * The unencrypted content. An alert of two bytes is not encrypted; a message that continues in another record is not
 * read.
 */
function factsOf(content: number, record: Buffer): Record<string, TokenFact> {
  const [level = 0, code = 0] = record;
  if (content === alert && record.length === 2) {
    const name = Object.entries(TLS1_ALERT).find(([, value]) => value === code)?.[0] ?? `${code}`;
    return { alert: `${levels[level] ?? level} ${name}` };
  }
  const read = content === handshake ? readers[level] : undefined;
  if (read === undefined) return {};
  try {
    return read(new ByteReader(record.subarray(1)).vector(3).rest());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return {};
  }
}

function tls(
  token: Buffer,
  facts: Record<string, TokenFact>,
  refusals: TokenExplanation["refusals"] = [],
): TokenExplanation {
  return explanation({ mechanism: "TLS", message: "records", size: token.length, facts, refusals });
}
