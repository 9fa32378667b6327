import { copyOfSecret, putWideSecret, secretRoom, secretUnits } from "../memory/index.ts";
import { DerReader, type Secret } from "../values/index.ts";
import { CredsspError } from "./credssp-error.ts";
import { integer, octetString, sequence, tagged, writeDer } from "./der-writer.ts";
import { alone, decoded, readOctets, readUint32 } from "./ts-request.ts";

/** A name and password in the form in which they are delegated. The password's bytes are UTF-16LE. */
export interface PasswordCredentials {
  readonly domain: string;
  readonly user: string;
  readonly password: Uint8Array;
}

const passwordType = 1;

/** Encodes TSCredentials with a TSPasswordCreds; the caller zeroes the bytes. @see MS-CSSP, 2.2.1.2 */
export function encodeCredentials({ domain, user, password }: PasswordCredentials): Buffer {
  const texts = [utf16(domain), utf16(user), password];
  const credentials = writeDer(sequence(...texts.map((text, index) => tagged(index, octetString(text)))));
  try {
    return writeDer(sequence(tagged(0, integer(passwordType)), tagged(1, octetString(credentials))));
  } finally {
    credentials.fill(0);
  }
}

/**
 * Decodes credentials. The password is a copy: the caller zeroes it, and `bytes` too.
 *
 * @throws CredsspError `SEC_E_INVALID_TOKEN`; `SEC_E_UNSUPPORTED_FUNCTION` for smart cards and Remote Credential Guard
 */
export function decodeCredentials(bytes: Uint8Array): PasswordCredentials {
  return decoded("TSCredentials", () => {
    const outer = alone(new DerReader(bytes, "any"), (reader) => reader.enter(0x30));
    const type = alone(outer.enter(0xa0), readUint32);
    if (type !== passwordType)
      throw new CredsspError("SEC_E_UNSUPPORTED_FUNCTION", `credentials of type ${type} are not read, only passwords`);
    const content = alone(outer.enter(0xa1), readOctets);
    outer.end();
    const fields = alone(new DerReader(content, "any"), (reader) => reader.enter(0x30));
    const [domain, user, password] = [0xa0, 0xa1, 0xa2].map((tag) => alone(fields.enter(tag), readOctets));
    fields.end();
    return {
      domain: readName(domain as Uint8Array, "the domain"),
      user: readName(user as Uint8Array, "the user"),
      password: copyOfSecret(readText(password as Uint8Array, "the password")),
    };
  });
}

/** Returns a password's UTF-16LE in new memory, which can be zeroed. */
export function passwordBytes(password: Secret): Uint8Array {
  const bytes = secretRoom(secretUnits(password) * 2);
  putWideSecret(new DataView(bytes.buffer), password, 0);
  return bytes;
}

function utf16(text: string): Uint8Array {
  return Buffer.from(text, "utf16le");
}

function readName(bytes: Uint8Array, what: string): string {
  const text = readText(bytes, what);
  try {
    return new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    throw new RangeError(`${what} is no UTF-16`);
  }
}

/**
 * Accepts a NUL at the end, which rdesktop writes, and no other: a NUL inside would hide the following text from C
 * programs.
 */
function readText(bytes: Uint8Array, what: string): Uint8Array {
  if (bytes.length % 2 !== 0) throw new RangeError(`${what} has ${bytes.length} bytes`);
  const ends = bytes.length >= 2 && bytes.at(-1) === 0 && bytes.at(-2) === 0;
  const text = ends ? bytes.subarray(0, -2) : bytes;
  for (let at = 0; at < text.length; at += 2)
    if (text[at] === 0 && text[at + 1] === 0) throw new RangeError(`${what} has a NUL inside`);
  return text;
}
