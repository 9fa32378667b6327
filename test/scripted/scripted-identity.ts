import { CREDSSP_CRED, CREDSSP_CRED_EX } from "../../generated/credssp/structs.ts";
import {
  SEC_WINNT_AUTH_DATA_PASSWORD,
  SEC_WINNT_AUTH_IDENTITY_EX2,
  SEC_WINNT_AUTH_IDENTITY_EXW,
  SEC_WINNT_AUTH_IDENTITY_W,
  SEC_WINNT_AUTH_PACKED_CREDENTIALS,
} from "../../generated/sspi/structs.ts";
import type { GUID } from "../../generated/windef/structs.ts";
import { type Address, hostAbi } from "../../src/ctypes/index.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";

/** A `SEC_WINNT_AUTH_IDENTITY_W` as the package finds it, with the memory of its parts. */
export interface ScriptedIdentity {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly flags: number;
  /** Address and size of the struct and of each string, in bytes. */
  readonly places: readonly { readonly address: bigint; readonly size: number }[];
}

export function identityAt(address: Address): ScriptedIdentity | undefined {
  if (BigInt(address) === 0n) return undefined;
  const found = readStruct(SEC_WINNT_AUTH_IDENTITY_W, address);
  const text = (at: bigint, units: number): string => Buffer.from(copyOut(at, units * 2)).toString("utf16le");
  return {
    user: text(found.User, found.UserLength),
    domain: text(found.Domain, found.DomainLength),
    password: text(found.Password, found.PasswordLength),
    flags: found.Flags,
    places: [
      { address: BigInt(address), size: SEC_WINNT_AUTH_IDENTITY_W.layouts[hostAbi].size },
      { address: found.User, size: found.UserLength * 2 },
      { address: found.Domain, size: found.DomainLength * 2 },
      { address: found.Password, size: found.PasswordLength * 2 },
    ],
  };
}

function wide(at: bigint, bytes: number): string {
  return Buffer.from(copyOut(at, bytes)).toString("utf16le");
}

/** A `SEC_WINNT_AUTH_IDENTITY_EXW` as the package finds it. */
export function extendedIdentityAt(address: bigint): Record<string, unknown> {
  const found = readStruct(SEC_WINNT_AUTH_IDENTITY_EXW, address);
  return {
    version: found.Version,
    length: found.Length,
    user: wide(found.User, found.UserLength * 2),
    domain: wide(found.Domain, found.DomainLength * 2),
    password: wide(found.Password, found.PasswordLength * 2),
    flags: found.Flags,
    packageList: wide(found.PackageList, found.PackageListLength * 2),
  };
}

/** A `SEC_WINNT_AUTH_IDENTITY_EX2` as the package finds it; everything has to be within its own length. */
export function packedIdentityAt(address: bigint): Record<string, unknown> {
  const found = readStruct(SEC_WINNT_AUTH_IDENTITY_EX2, address);
  const all = Buffer.from(copyOut(address, found.cbStructureLength));
  const piece = (offset: number, length: number): Buffer => {
    if (length > 0 && (offset < found.cbHeaderLength || offset + length > all.length))
      throw new RangeError(`a piece of ${length} bytes at ${offset} is outside of the ${all.length}`);
    return all.subarray(offset, offset + length);
  };
  if (found.PackedCredentialsOffset % 4 !== 0) throw new RangeError("a struct begins where none may");
  const packed = Buffer.from(piece(found.PackedCredentialsOffset, found.PackedCredentialsLength));
  const credentials = SEC_WINNT_AUTH_PACKED_CREDENTIALS.read(new DataView(Uint8Array.from(packed).buffer));
  const { ByteArrayOffset, ByteArrayLength } = credentials.AuthData.CredData;
  return {
    version: found.Version,
    headerLength: found.cbHeaderLength,
    user: piece(found.UserOffset, found.UserLength).toString("utf16le"),
    domain: piece(found.DomainOffset, found.DomainLength).toString("utf16le"),
    flags: found.Flags,
    packageList: piece(found.PackageListOffset, found.PackageListLength).toString("utf16le"),
    packedLength: [packed.length, credentials.cbStructureLength],
    packedHeaderLength: credentials.cbHeaderLength,
    type: guidText(credentials.AuthData.CredType),
    data: packed.subarray(ByteArrayOffset, ByteArrayOffset + ByteArrayLength),
    /** The two-byte holes after the sixteen-bit fields. */
    holes: [6, 18, 26, 34, 46].map((at) => all.readUInt16LE(at)),
    place: { address, size: found.cbStructureLength },
  };
}

/** The text of a packed password. */
export function packedPassword(data: Uint8Array): string {
  const { UnicodePassword } = SEC_WINNT_AUTH_DATA_PASSWORD.read(new DataView(Uint8Array.from(data).buffer));
  const { ByteArrayOffset, ByteArrayLength } = UnicodePassword;
  return Buffer.from(data.subarray(ByteArrayOffset, ByteArrayOffset + ByteArrayLength)).toString("utf16le");
}

function guidText({ Data1, Data2, Data3, Data4 }: GUID): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  const rest = Buffer.from(Data4).toString("hex");
  return [hex(Data1, 8), hex(Data2, 4), hex(Data3, 4), rest.slice(0, 4), rest.slice(4)].join("-");
}

/** A `CREDSSP_CRED`, or a `CREDSSP_CRED_EX` with one inside. */
export function credsspAt(address: bigint): CREDSSP_CRED & Partial<CREDSSP_CRED_EX> {
  const plain = readStruct(CREDSSP_CRED, address);
  if (plain.Type !== 100) return plain;
  const extended = readStruct(CREDSSP_CRED_EX, address);
  return { ...extended, ...extended.Cred };
}
