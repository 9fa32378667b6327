import {
  KERB_ETYPE_AES128_CTS_HMAC_SHA1_96,
  KERB_ETYPE_AES128_CTS_HMAC_SHA256,
  KERB_ETYPE_AES256_CTS_HMAC_SHA1_96,
  KERB_ETYPE_AES256_CTS_HMAC_SHA384,
  KERB_ETYPE_DES_CBC_CRC,
  KERB_ETYPE_DES_CBC_MD5,
  KERB_ETYPE_DES3_CBC_SHA1_KD,
  KERB_ETYPE_RC4_HMAC_NT,
  KERB_ETYPE_RC4_HMAC_NT_EXP,
} from "../../generated/ntsecapi/constants.ts";
import { namesOf } from "../ctypes/index.ts";
import { derReader, numberIn, sequenceFields, stringIn } from "./der-fields.ts";
import { explanation, type TokenExplanation, type TokenFact } from "./explanation.ts";
import { kerberosErrors } from "./kerberos-errors.ts";

type Fields = ReadonlyMap<number, Uint8Array>;

/**
 * Encryption types of tickets, named one by one: importing all constants of the header would make every import of the
 * library larger.
 */
const encryption = {
  KERB_ETYPE_DES_CBC_CRC,
  KERB_ETYPE_DES_CBC_MD5,
  KERB_ETYPE_DES3_CBC_SHA1_KD,
  KERB_ETYPE_AES128_CTS_HMAC_SHA1_96,
  KERB_ETYPE_AES256_CTS_HMAC_SHA1_96,
  KERB_ETYPE_AES128_CTS_HMAC_SHA256,
  KERB_ETYPE_AES256_CTS_HMAC_SHA384,
  KERB_ETYPE_RC4_HMAC_NT,
  KERB_ETYPE_RC4_HMAC_NT_EXP,
};

/** `TOK_ID` (RFC 4121, 4.1, and the draft for user-to-user), which precedes the message. */
const tokenIds: Readonly<Record<number, string>> = {
  256: "AP-REQ",
  512: "AP-REP",
  768: "KRB-ERROR",
  1024: "TGT-REQ",
  1025: "TGT-REP",
};

/** Messages by their first tag (RFC 4120, 5.10). */
const messages: Readonly<
  Record<number, readonly [name: string, facts: (fields: Fields) => Record<string, TokenFact>]>
> = {
  110: ["AP-REQ", requestFacts],
  111: ["AP-REP", (fields) => ({ encrypted: encrypted(fields.get(0xa2)) })],
  126: ["KRB-ERROR", errorFacts],
};

export function isKerberosMessage(token: Buffer): boolean {
  return token[0] !== undefined && messages[token[0]] !== undefined;
}

/** Explains the bytes after the mechanism's identifier. @throws RangeError for bytes that are not DER */
export function explainFramedKerberos(token: Buffer): TokenExplanation {
  const id = token.length < 2 ? 0 : token.readUInt16BE(0);
  const rest = token.subarray(2);
  if (isKerberosMessage(rest)) return explainKerberos(rest);
  const message = tokenIds[id] ?? `message with the token id 0x${id.toString(16).padStart(4, "0")}`;
  return explanation({ mechanism: "Kerberos", message, size: rest.length });
}

/** Explains a message of RFC 4120. @throws RangeError for bytes that are not DER */
export function explainKerberos(token: Buffer): TokenExplanation {
  const tag = token[0] as number;
  const [message, facts] = messages[tag] as NonNullable<(typeof messages)[number]>;
  const fields = sequenceFields(derReader(token).take(tag));
  return explanation({ mechanism: "Kerberos", message, size: token.length, facts: facts(fields) });
}

/** `APOptions` of RFC 4120, 5.5.1, by their bits. */
const useSessionKey = 0x40;
const mutualRequired = 0x20;

function requestFacts(fields: Fields): Record<string, TokenFact> {
  const ticket = fields.get(0xa3);
  const inTicket = ticket && sequenceFields(derReader(ticket).take(0x61));
  const options = fields.get(0xa2);
  const bits = options ? (derReader(options).take(0x03)[1] ?? 0) : 0;
  return {
    ...(inTicket && {
      target: principal(inTicket.get(0xa2), inTicket.get(0xa1)),
      ticket: encrypted(inTicket.get(0xa3)),
    }),
    authenticator: encrypted(fields.get(0xa4)),
    mutual: (bits & mutualRequired) !== 0,
    ...((bits & useSessionKey) !== 0 && { userToUser: true }),
  };
}

function errorFacts(fields: Fields): Record<string, TokenFact> {
  const code = numberIn(fields.get(0xa6)) ?? -1;
  const text = stringIn(fields.get(0xab));
  const time = fields.get(0xa4);
  return {
    error: kerberosErrors[code] ?? `${code}`,
    ...(text !== undefined && { text }),
    ...(fields.has(0xaa) && { target: principal(fields.get(0xaa), fields.get(0xa9)) }),
    ...(fields.has(0xa8) && { client: principal(fields.get(0xa8), fields.get(0xa7)) }),
    ...(time && { serverTime: Buffer.from(derReader(time).take(0x18)).toString("latin1") }),
  };
}

/** Formats PrincipalName and Realm as `kinit` and `klist` do. */
function principal(name: Uint8Array | undefined, realm: Uint8Array | undefined): string {
  const parts: string[] = [];
  const list = name && derReader(sequenceFields(name).get(0xa1) ?? new Uint8Array()).enter(0x30);
  while (list?.tag !== undefined) parts.push(Buffer.from(list.take(0x1b)).toString());
  return `${parts.join("/")}@${stringIn(realm) ?? ""}`;
}

/** Formats EncryptedData: encryption type, key version and size. */
function encrypted(content: Uint8Array | undefined): string {
  if (!content) return "none";
  const fields = sequenceFields(content);
  const [type, version] = [numberIn(fields.get(0xa0)) ?? 0, numberIn(fields.get(0xa1))];
  const name = namesOf(encryption, type, "KERB_ETYPE_")[0]?.slice("KERB_ETYPE_".length) ?? `encryption type ${type}`;
  const cipher = fields.get(0xa2);
  const size = cipher ? derReader(cipher).take(0x04).length : 0;
  return `${name}, ${version === undefined ? "" : `key version ${version >>> 0}, `}${size} bytes`;
}
