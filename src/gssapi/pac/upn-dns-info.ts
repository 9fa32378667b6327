import { readSid } from "../../values/index.ts";

/** The names that a domain controller gives its user: `UPN_DNS_INFO` (MS-PAC, 2.10). */
export interface UpnDnsInfo {
  /** The user principal name, as in `alice@ad.test`. */
  readonly upn: string;
  /** Whether the user has no principal name, and this one was made from the account and the domain. */
  readonly constructed: boolean;
  /** The domain's name in DNS. */
  readonly dnsDomain: string;
  /** The account and the user's security identifier; domain controllers send them since 2021. */
  readonly sam?: { readonly account: string; readonly sid: string };
}

const isConstructed = 1;
const hasSam = 2;

/**
 * Reads the attribute `urn:mspac:upn-dns-info` of a client's name in GSSAPI; `readLogonInfo` says when to trust it.
 *
 * @throws RangeError if the bytes do not have the required form.
 */
export function readUpnDnsInfo(bytes: Uint8Array): UpnDnsInfo {
  const upn = text(bytes, 0, "user principal name");
  const dnsDomain = text(bytes, 4, "domain");
  const flags = viewOf(bytes).getUint32(fits(bytes, 8, 4, "flags"), true);
  const names = { upn, dnsDomain, constructed: (flags & isConstructed) !== 0 };
  if ((flags & hasSam) === 0) return names;
  return { ...names, sam: { account: text(bytes, 12, "account"), sid: readSid(part(bytes, 16, "SID")) } };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Returns the offset if that many bytes are present. */
function fits(bytes: Uint8Array, offset: number, length: number, what: string): number {
  if (offset + length > bytes.length)
    throw new RangeError(`PAC: the ${what} ends at byte ${offset + length} of ${bytes.length}`);
  return offset;
}

/** Returns the bytes that the length and the offset at a position describe. */
function part(bytes: Uint8Array, at: number, what: string): Uint8Array {
  const header = fits(bytes, at, 4, what);
  const [length, offset] = [viewOf(bytes).getUint16(header, true), viewOf(bytes).getUint16(header + 2, true)];
  return bytes.subarray(fits(bytes, offset, length, what), offset + length);
}

function text(bytes: Uint8Array, at: number, what: string): string {
  const characters = part(bytes, at, what);
  if (characters.length % 2 !== 0) throw new RangeError(`PAC: the ${what} has half a UTF-16 code unit`);
  const found = Buffer.from(characters).toString("utf16le");
  if (/[\0\p{Cs}]/u.test(found)) throw new RangeError(`PAC: the ${what} is no text`);
  return found;
}
