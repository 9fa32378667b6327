import { SEC_WINNT_AUTH_IDENTITY_VERSION_2 } from "../../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EX2 } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import type { Arena, Room } from "../../memory/index.ts";
import { checkText, type OptionNames, readOptions } from "../../values/index.ts";
import { checkIdentityOptions, type IdentityOptions, identityFlags, packageListText } from "./identity-options.ts";
import {
  type PackedCredentials,
  packedSize,
  readPackedCredentials,
  writePackedCredentials,
} from "./packed-credentials.ts";

/** The user to log on as, with a secret of any kind: a certificate, a smart card, a key of Windows Hello … */
export interface PackedIdentity extends IdentityOptions {
  /** The account's name, if the secret does not contain it. */
  readonly user?: string;
  /** The account's domain, if the secret does not contain it. */
  readonly domain?: string;
  /** The secret; it is copied into this library's memory for the call, and zeroed afterwards. */
  readonly packedCredentials: PackedCredentials;
}

const { size: head } = SEC_WINNT_AUTH_IDENTITY_EX2.layouts[hostAbi];
/** The largest number of UTF-16 code units, because the struct stores the size in bytes in 16 bits. */
const mostUnits = 0x7fff;

const packedNames: OptionNames<PackedIdentity> = {
  user: true,
  domain: true,
  packedCredentials: true,
  packageList: true,
  flags: true,
};

/** Returns a checked copy. @throws TypeError, RangeError; the secret is never part of the message. */
export function readPackedIdentity(given: PackedIdentity, argument: string): PackedIdentity {
  const identity = readOptions<PackedIdentity>(given, argument, packedNames);
  const { user, domain, packageList } = identity;
  if (user !== undefined) checkText(user, `${argument}.user`);
  if (domain !== undefined) checkText(domain, `${argument}.domain`);
  checkIdentityOptions(identity, argument);
  const packedCredentials = readPackedCredentials(identity.packedCredentials, `${argument}.packedCredentials`);
  const texts = { user: user ?? "", domain: domain ?? "", packageList: packageListText(packageList) };
  for (const [name, text] of Object.entries(texts))
    if (text.length > mostUnits)
      throw new RangeError(`${argument}.${name}: expected at most ${mostUnits} characters, got ${text.length}`);
  return { ...identity, packedCredentials };
}

/** Writes `SEC_WINNT_AUTH_IDENTITY_EX2` and its data as one block into an arena that the caller wipes. */
export function writePackedIdentity(arena: Arena, identity: PackedIdentity): Room {
  const { user = "", domain = "", packageList, packedCredentials, flags } = identity;
  const list = packageListText(packageList);
  const places = layOut([user.length * 2, domain.length * 2, packedSize(packedCredentials), list.length * 2]);
  const [userAt, domainAt, packedAt, listAt] = places.offsets as [number, number, number, number];
  const room = arena.allocate(places.size);
  room.zero();
  const { view } = room.arena;
  const fields: SEC_WINNT_AUTH_IDENTITY_EX2 = {
    Version: SEC_WINNT_AUTH_IDENTITY_VERSION_2,
    cbHeaderLength: head,
    cbStructureLength: places.size,
    UserOffset: user === "" ? 0 : userAt,
    UserLength: user.length * 2,
    DomainOffset: domain === "" ? 0 : domainAt,
    DomainLength: domain.length * 2,
    PackedCredentialsOffset: packedAt,
    PackedCredentialsLength: packedSize(packedCredentials),
    Flags: identityFlags(flags),
    PackageListOffset: list === "" ? 0 : listAt,
    PackageListLength: list.length * 2,
  };
  SEC_WINNT_AUTH_IDENTITY_EX2.write(view, fields, room.offset);
  writeText(view, user, room.offset + userAt);
  writeText(view, domain, room.offset + domainAt);
  writePackedCredentials(view, packedCredentials, room.offset + packedAt);
  writeText(view, list, room.offset + listAt);
  return room;
}

/** Computes the offsets of pieces behind the header, each aligned so that a struct may begin there. */
function layOut(sizes: readonly number[]): { readonly offsets: readonly number[]; readonly size: number } {
  let end = head;
  const offsets = sizes.map((size) => {
    const start = (end + 3) & ~3;
    end = start + size;
    return start;
  });
  return { offsets, size: end };
}

function writeText(view: DataView, text: string, at: number): void {
  for (let index = 0; index < text.length; index += 1) view.setUint16(at + index * 2, text.charCodeAt(index), true);
}
