import { type NtlmMessage, readNtlm } from "../contexts/index.ts";
import { utcDateOfTicks } from "../values/index.ts";
import { explanation, type TokenExplanation, type TokenFact } from "./explanation.ts";
import { ntlmFlagNames } from "./ntlm-flags.ts";

const messages = ["", "NEGOTIATE_MESSAGE", "CHALLENGE_MESSAGE", "AUTHENTICATE_MESSAGE"] as const;
const oem = 0x2;
const unicode = 0x1;

/** The name and the reader of each kind of AV_PAIR (MS-NLMP 2.2.2.1). */
const pairs: Readonly<Record<number, readonly [name: string, read: (value: Buffer) => TokenFact]>> = {
  1: ["computer", utf16],
  2: ["computerDomain", utf16],
  3: ["computerDns", utf16],
  4: ["domainDns", utf16],
  5: ["forestDns", utf16],
  7: ["time", instant],
  9: ["target", utf16],
  10: [
    "channelBindings",
    (value) => (value.every((byte) => byte === 0) ? "none sent" : `hash of ${value.length} bytes`),
  ],
};

function utf16(bytes: Buffer): string {
  return bytes.toString("utf16le");
}

/** Formats a FILETIME, which is in UTC here. */
function instant(bytes: Buffer): string {
  if (bytes.length < 8) return `${bytes.length} bytes`;
  const date = utcDateOfTicks(bytes.readBigUInt64LE());
  return Number.isNaN(date.getTime()) ? "no time" : date.toISOString();
}

export function explainNtlm(token: Buffer): TokenExplanation {
  const message = readNtlm(token);
  return explanation({
    mechanism: "NTLM",
    message: (message && messages[message.type]) ?? "message of a type that there is not",
    size: token.length,
    facts: message ? factsOf(message) : {},
  });
}

function factsOf(message: NtlmMessage): Record<string, TokenFact> {
  const facts: Record<string, TokenFact> = {};
  for (const name of ["user", "domain", "workstation", "targetName"] as const) {
    const bytes = message.fields.get(name);
    if (bytes?.length) facts[name] = textOf(message, bytes);
  }
  for (const [id, value] of message.pairs) {
    const [name, read] = pairs[id] ?? [];
    if (name && read) facts[name] = read(value);
  }
  Object.assign(facts, proofsOf(message));
  if (message.flags !== undefined) facts["flags"] = ntlmFlagNames(message.flags);
  return facts;
}

/** Decodes text. A NEGOTIATE_MESSAGE has its sender's names in the OEM character set, whatever the flags say. */
function textOf({ type, flags = 0 }: NtlmMessage, bytes: Buffer): string {
  const isUnicode = type !== 1 && ((flags & unicode) !== 0 || (flags & oem) === 0);
  return bytes.toString(isUnicode ? "utf16le" : "latin1");
}

/** The proofs that the sender knows the password: sizes only, because proofs allow guessing the password. */
function proofsOf({ type, fields, hasMic }: NtlmMessage): Record<string, TokenFact> {
  if (type !== 3) return {};
  const size = (name: "lmResponse" | "ntResponse" | "sessionKey"): number => fields.get(name)?.length ?? 0;
  const [lm, nt, key] = [size("lmResponse"), size("ntResponse"), size("sessionKey")];
  const version = nt > 24 ? "NTLMv2" : nt === 24 ? "NTLMv1" : nt === 0 ? "anonymous" : "of no version";
  return {
    response: nt === 0 ? version : `${version}, ${nt} bytes`,
    ...(lm > 0 && { lmResponse: `${lm} bytes` }),
    ...(key > 0 && { sessionKey: `${key} bytes` }),
    integrityCode: hasMic,
  };
}
