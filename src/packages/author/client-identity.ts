import { SCH_CREDENTIALS_VERSION, SCHANNEL_CRED_VERSION } from "../../../generated/schannel/constants.ts";
import {
  SEC_WINNT_AUTH_IDENTITY_ANSI,
  SEC_WINNT_AUTH_IDENTITY_VERSION,
  SEC_WINNT_AUTH_IDENTITY_VERSION_2,
} from "../../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXW, SEC_WINNT_AUTH_IDENTITY_W } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { encodeUtf8, secretRoom } from "../../memory/index.ts";
import { lowestAddress } from "../../values/index.ts";
import { PackageError } from "./package-error.ts";
import type { SuppliedIdentity } from "./supplied-credentials.ts";
import type { SystemServices } from "./system-services.ts";

/** First members of the credential structs that hold no user name and password. */
const others: readonly number[] = [SEC_WINNT_AUTH_IDENTITY_VERSION_2, SCHANNEL_CRED_VERSION, SCH_CREDENTIALS_VERSION];

const { size: plainSize } = SEC_WINNT_AUTH_IDENTITY_W.layouts[hostAbi];
const { size: extendedSize } = SEC_WINNT_AUTH_IDENTITY_EXW.layouts[hostAbi];

/**
 * Reads the `SEC_WINNT_AUTH_IDENTITY` (ANSI or Unicode) that a caller passed; undefined for NULL.
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
  const bytesOf = (at: bigint, length: number): Buffer => {
    if (at !== 0n && at < lowestAddress) throw new PackageError("SEC_E_UNKNOWN_CREDENTIALS");
    return services.fromClient(at, at === 0n ? 0 : ansi ? length : length * 2);
  };
  const text = (at: bigint, length: number): string => bytesOf(at, length).toString(ansi ? "utf8" : "utf16le");
  const names = { user: text(fields.User, fields.UserLength), domain: text(fields.Domain, fields.DomainLength) };
  const password = bytesOf(fields.Password, fields.PasswordLength);
  return new ClientIdentity(names, ansi ? password : utf8Of(password));
}

/** Converts UTF-16 to UTF-8, and zeroes the UTF-16. */
function utf8Of(wide: Buffer): Uint8Array {
  const room = secretRoom((wide.length / 2) * 3);
  const end = encodeUtf8(new Uint16Array(wide.buffer, wide.byteOffset, wide.length / 2), room);
  wide.fill(0);
  return room.subarray(0, end);
}

/** The identity that a package sees while it acquires credentials. */
class ClientIdentity implements SuppliedIdentity {
  readonly user: string;
  readonly domain: string;
  // A private field with a getter of the class, so that the password stays out of logs.
  #password: Uint8Array | undefined;

  constructor({ user, domain }: Pick<SuppliedIdentity, "user" | "domain">, password: Uint8Array) {
    this.user = user;
    this.domain = domain;
    this.#password = password;
  }

  get passwordBytes(): Uint8Array {
    if (!this.#password)
      throw new Error("identity.password: it is zeroed when the package has answered; copy what is needed later");
    return this.#password;
  }

  get password(): string {
    return Buffer.from(this.passwordBytes.buffer, 0, this.passwordBytes.length).toString();
  }

  static forget(identity: SuppliedIdentity | undefined): void {
    if (!(identity instanceof ClientIdentity)) return;
    identity.#password?.fill(0);
    identity.#password = undefined;
  }
}

/** Calls `answer` with the identities available, and zeroes their passwords afterwards, also if it throws. */
export function withIdentities<T>(identities: readonly (SuppliedIdentity | undefined)[], answer: () => T): T {
  try {
    return answer();
  } finally {
    for (const identity of identities) ClientIdentity.forget(identity);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
