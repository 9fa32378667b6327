import { SCH_CREDENTIALS_VERSION, SCHANNEL_CRED_VERSION } from "../../../generated/schannel/constants.ts";
import {
  SEC_WINNT_AUTH_IDENTITY_ANSI,
  SEC_WINNT_AUTH_IDENTITY_VERSION,
  SEC_WINNT_AUTH_IDENTITY_VERSION_2,
} from "../../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXW, SEC_WINNT_AUTH_IDENTITY_W } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { PackageError } from "./package-error.ts";
import type { SuppliedIdentity } from "./supplied-credentials.ts";
import type { SystemServices } from "./system-services.ts";

/** No system maps anything below this: what looks like such a pointer is part of another struct. */
const lowestAddress = 0x1_0000n;
/** What credentials begin with that are no user's name and password. */
const others: readonly number[] = [SEC_WINNT_AUTH_IDENTITY_VERSION_2, SCHANNEL_CRED_VERSION, SCH_CREDENTIALS_VERSION];

const { size: plainSize } = SEC_WINNT_AUTH_IDENTITY_W.layouts[hostAbi];
const { size: extendedSize } = SEC_WINNT_AUTH_IDENTITY_EXW.layouts[hostAbi];

/**
 * The `SEC_WINNT_AUTH_IDENTITY` that a caller passed, of either kind; undefined for NULL.
 *
 * @throws PackageError SEC_E_UNKNOWN_CREDENTIALS for packed credentials, and those of Schannel and CredSSP
 */
export function identityAt(services: SystemServices, address: bigint): SuppliedIdentity | undefined {
  if (address === 0n) return undefined;
  const version = services.fromClient(address, 4).readUInt32LE();
  if (others.includes(version)) throw new PackageError("SEC_E_UNKNOWN_CREDENTIALS");
  const fields =
    version === SEC_WINNT_AUTH_IDENTITY_VERSION
      ? SEC_WINNT_AUTH_IDENTITY_EXW.read(viewOf(services.fromClient(address, extendedSize)))
      : SEC_WINNT_AUTH_IDENTITY_W.read(viewOf(services.fromClient(address, plainSize)));
  const ansi = (fields.Flags & SEC_WINNT_AUTH_IDENTITY_ANSI) !== 0;
  const text = (at: bigint, length: number): string => {
    if (at !== 0n && at < lowestAddress) throw new PackageError("SEC_E_UNKNOWN_CREDENTIALS");
    if (at === 0n || length === 0) return "";
    const bytes = services.fromClient(at, ansi ? length : length * 2);
    const read = bytes.toString(ansi ? "utf8" : "utf16le");
    bytes.fill(0);
    return read;
  };
  const identity = { user: text(fields.User, fields.UserLength), domain: text(fields.Domain, fields.DomainLength) };
  // Not enumerable, so that it stays out of logs.
  return Object.defineProperty(identity as SuppliedIdentity, "password", {
    value: text(fields.Password, fields.PasswordLength),
  });
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
