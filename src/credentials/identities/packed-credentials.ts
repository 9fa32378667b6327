import * as sspi from "../../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_DATA_PASSWORD, SEC_WINNT_AUTH_PACKED_CREDENTIALS } from "../../../generated/sspi/structs.ts";
import type { GUID } from "../../../generated/windef/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { putWideSecret, secretUnits } from "../../memory/index.ts";
import { checkBytes, checkSecret, type OptionNames, readOptions, type Secret, shapeOf } from "../../values/index.ts";

/** Kinds of packed secrets, with the header's constants. */
const types = {
  certificate: sspi.SEC_WINNT_AUTH_DATA_TYPE_CERT,
  credentialManagerCertificate: sspi.SEC_WINNT_AUTH_DATA_TYPE_CREDMAN_CERT,
  cspData: sspi.SEC_WINNT_AUTH_DATA_TYPE_CSP_DATA,
  delegationToken: sspi.SEC_WINNT_AUTH_DATA_TYPE_DELEGATION_TOKEN,
  fido: sspi.SEC_WINNT_AUTH_DATA_TYPE_FIDO,
  keytab: sspi.SEC_WINNT_AUTH_DATA_TYPE_KEYTAB,
  ngc: sspi.SEC_WINNT_AUTH_DATA_TYPE_NGC,
  password: sspi.SEC_WINNT_AUTH_DATA_TYPE_PASSWORD,
  smartcardContexts: sspi.SEC_WINNT_AUTH_DATA_TYPE_SMARTCARD_CONTEXTS,
} as const;

/** Kinds of packed secrets: `SEC_WINNT_AUTH_DATA_TYPE_*` by name. */
export type PackedCredentialType = keyof typeof types;

/**
 * A secret that need not be a password: `SEC_WINNT_AUTH_DATA_TYPE_*` by name, or another type by its GUID, and the
 * bytes of that type's struct. A password may be given as text, or as its UTF-8 bytes.
 */
export type PackedCredentials =
  | {
      /** The kind of secret, by name or by GUID. */
      readonly type: PackedCredentialType | (string & {});
      /** The bytes of that type's struct. */
      readonly data: Uint8Array;
    }
  | {
      readonly type: "password";
      /** The password as text, or its UTF-8 bytes. */
      readonly password: Secret;
    };

const guidPattern = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i;
const { size: head } = SEC_WINNT_AUTH_PACKED_CREDENTIALS.layouts[hostAbi];
const { size: passwordHead } = SEC_WINNT_AUTH_DATA_PASSWORD.layouts[hostAbi];
/** The largest size, because the struct stores sizes in 16 bits. */
const most = 0xffff;

type PackedBytes = Extract<PackedCredentials, { data: Uint8Array }>;
type PackedPassword = Extract<PackedCredentials, { password: Secret }>;

const bytesNames: OptionNames<PackedBytes> = { type: true, data: true };
const passwordNames: OptionNames<PackedPassword> = { type: true, password: true };

/** Returns a checked copy. @throws TypeError, RangeError; the secret is never part of the message. */
export function readPackedCredentials(given: PackedCredentials, argument: string): PackedCredentials {
  const isPassword = typeof given === "object" && given !== null && Object.hasOwn(given, "password");
  const packed = isPassword
    ? readOptions<PackedPassword>(given, argument, passwordNames)
    : readOptions<PackedBytes>(given, argument, bytesNames);
  // Do not show the value: it may be the secret, passed in the wrong member.
  if (typeof packed.type !== "string" || !(Object.hasOwn(types, packed.type) || guidPattern.test(packed.type)))
    throw new RangeError(
      `${argument}.type: expected one of ${Object.keys(types).join(", ")}, or a GUID; got ${shapeOf(packed.type)}`,
    );
  if ("password" in packed) {
    if (packed.type !== "password") throw new TypeError(`${argument}.password: only for the type "password"`);
    checkSecret(packed.password, `${argument}.password`);
  } else checkBytes(packed.data, `${argument}.data`);
  const size = packedSize(packed);
  if (size > most) throw new RangeError(`${argument}: expected at most ${most} bytes once packed, got ${size}`);
  return packed;
}

function dataSize(packed: PackedCredentials): number {
  return "password" in packed ? passwordHead + secretUnits(packed.password) * 2 : packed.data.length;
}

/** The size in bytes, including the header. */
export function packedSize(packed: PackedCredentials): number {
  return head + dataSize(packed);
}

/** Writes `SEC_WINNT_AUTH_PACKED_CREDENTIALS` and its data at offset `at`. */
export function writePackedCredentials(view: DataView<ArrayBuffer>, packed: PackedCredentials, at: number): void {
  const size = dataSize(packed);
  const fields: SEC_WINNT_AUTH_PACKED_CREDENTIALS = {
    cbHeaderLength: head,
    cbStructureLength: head + size,
    AuthData: { CredType: guidOf(packed.type), CredData: { ByteArrayOffset: head, ByteArrayLength: size } },
  };
  SEC_WINNT_AUTH_PACKED_CREDENTIALS.write(view, fields, at);
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at + head, size);
  if (!("password" in packed)) bytes.set(packed.data);
  else writePassword(view, packed.password, at + head);
}

/** Writes a password; its offset is relative to the password's own struct. */
function writePassword(view: DataView<ArrayBuffer>, password: Secret, at: number): void {
  const vector = { ByteArrayOffset: passwordHead, ByteArrayLength: secretUnits(password) * 2 };
  SEC_WINNT_AUTH_DATA_PASSWORD.write(view, { UnicodePassword: vector }, at);
  putWideSecret(view, password, at + passwordHead);
}

function guidOf(type: string): GUID {
  const text = Object.hasOwn(types, type) ? types[type as PackedCredentialType] : type;
  const [, one = "", two = "", three = "", four = "", five = ""] = guidPattern.exec(text) ?? [];
  const number = (digits: string): number => Number.parseInt(digits, 16);
  return { Data1: number(one), Data2: number(two), Data3: number(three), Data4: Buffer.from(four + five, "hex") };
}
