import { recordLength } from "../packages/schannel/index.ts";
import { explanation, type TokenExplanation, type TokenFact } from "./explanation.ts";

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
const handshake = 22;

/** Whether bytes begin with the head of a record of TLS. */
export function isTls(token: Buffer): boolean {
  return token.length >= 5 && contents[token[0] as number] !== undefined && token[1] === 3;
}

/** Records: their types, and which message a handshake begins with. */
export function explainTls(token: Buffer): TokenExplanation {
  const records: string[] = [];
  for (let at = 0; isTls(token.subarray(at)); ) {
    const rest = token.subarray(at);
    const size = rest.readUInt16BE(3);
    const first = rest[0] === handshake ? handshakes[rest[5] ?? -1] : undefined;
    records.push(`${contents[rest[0] as number]}${first === undefined ? "" : ` ${first}`} of ${size} bytes`);
    try {
      at += recordLength(rest);
    } catch (error) {
      const why = (error as Error).message;
      return tls(token, { records }, [{ by: "the stand-in for Schannel", why }]);
    }
    if (at > token.length) return tls(token, { records, missing: `${at - token.length} bytes of the last record` });
  }
  return tls(token, { records });
}

function tls(
  token: Buffer,
  facts: Record<string, TokenFact>,
  refusals: TokenExplanation["refusals"] = [],
): TokenExplanation {
  return explanation({ mechanism: "TLS", message: "records", size: token.length, facts, refusals });
}
