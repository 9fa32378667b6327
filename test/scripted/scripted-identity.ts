import { SEC_WINNT_AUTH_IDENTITY_W } from "../../generated/sspi/structs.ts";
import { type Address, hostAbi } from "../../src/ctypes/index.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";

/** A `SEC_WINNT_AUTH_IDENTITY_W` as the package finds it, and where each piece of it is. */
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
