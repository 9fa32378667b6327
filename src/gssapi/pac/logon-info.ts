import { checkAccountName } from "./account-name.ts";
import { NdrReader } from "./ndr-reader.ts";

/** A group that the user is a member of, according to the domain controller. */
export interface PacGroup {
  readonly sid: string;
  /** `SE_GROUP_*` bits. */
  readonly attributes: number;
}

/** The data about a user that a domain controller puts into the user's ticket: `KERB_VALIDATION_INFO` (MS-PAC, 2.5). */
export interface LogonInfo {
  /** The user's account, as in `AD\alice`. */
  readonly account: string;
  /** The NetBIOS name of the account's domain. */
  readonly domain: string;
  /** The user's security identifier. */
  readonly sid: string;
  /**
   * The groups in the order of the ticket: groups of the domain, identifiers from elsewhere, groups of the resource's
   * domain.
   */
  readonly groups: readonly PacGroup[];
}

/** Bits of `UserFlags` that say which of the later lists are valid. */
const hasExtraSids = 0x20;
const hasResourceGroups = 0x200;

/** `GROUP_MEMBERSHIP`: a group whose domain another field names. */
interface Membership {
  readonly id: number;
  readonly attributes: number;
}

interface List {
  readonly count: number;
  readonly there: boolean;
}

/** Reads the needed fields in the order of the struct; the targets of pointers follow them. */
function readFields(reader: NdrReader) {
  // Six times: logon, logoff, kick-off, and three about the password.
  reader.skip(6 * 8);
  const account = reader.stringHeader();
  // Full name, logon script, profile, home directory and its drive.
  const others = Array.from({ length: 5 }, () => reader.stringHeader());
  // The number of logons, and of logons with a bad password.
  reader.skip(2 * 2);
  const userId = reader.u32();
  // The primary group, which is also in the list of groups.
  reader.skip(4);
  const groups = readList(reader);
  const flags = reader.u32();
  // The session key.
  reader.skip(16);
  const [server, domain] = [reader.stringHeader(), reader.stringHeader()];
  const hasDomainSid = reader.pointer();
  // Reserved, account control, status, two times, failed logons, reserved.
  reader.skip(2 * 4 + 4 + 4 + 2 * 8 + 4 + 4);
  const extraSids = readList(reader);
  const hasResourceSid = reader.pointer();
  const resourceGroups = readList(reader);
  return {
    account,
    others,
    userId,
    groups,
    flags,
    server,
    domain,
    hasDomainSid,
    extraSids,
    hasResourceSid,
    resourceGroups,
  };
}

function readList(reader: NdrReader): List {
  const [count, there] = [reader.u32(), reader.pointer()];
  if (!there && count > 0) throw new RangeError(`PAC: a list of ${count} elements is not there`);
  return { count, there };
}

function readMemberships(reader: NdrReader, { count, there }: List): readonly Membership[] {
  if (!there) return [];
  return Array.from({ length: reader.count(count, 8) }, () => ({ id: reader.u32(), attributes: reader.u32() }));
}

function readExtraSids(reader: NdrReader, { count, there }: List): readonly PacGroup[] {
  if (!there) return [];
  const entries = Array.from({ length: reader.count(count, 8) }, () => {
    if (!reader.pointer()) throw new RangeError("PAC: a group from elsewhere has no SID");
    return reader.u32();
  });
  return entries.map((attributes) => ({ sid: reader.sid(), attributes }));
}

function inDomain(domain: string | undefined, memberships: readonly Membership[]): readonly PacGroup[] {
  if (memberships.length === 0) return [];
  if (domain === undefined) throw new RangeError(`PAC: ${memberships.length} groups have no domain`);
  return memberships.map(({ id, attributes }) => ({ sid: `${domain}-${id}`, attributes }));
}

/**
 * Returns the user's SID. A user without a relative identifier is from elsewhere, and is the first of the extra SIDs.
 */
function userSid(userId: number, domain: string | undefined, extraSids: readonly PacGroup[]): string {
  const sid = userId === 0 ? extraSids[0]?.sid : domain && `${domain}-${userId}`;
  if (sid === undefined) throw new RangeError("PAC: the user has no SID");
  return sid;
}

/**
 * Reads the attribute `urn:mspac:logon-info` of a client's name in GSSAPI. Trust its content only if the mechanism
 * reports the attribute as authenticated: only then the domain controller has signed it.
 *
 * @throws RangeError if the bytes do not have the required form.
 */
export function readLogonInfo(bytes: Uint8Array): LogonInfo {
  const reader = new NdrReader(bytes);
  if (!reader.pointer()) throw new RangeError("PAC: the logon information is not there");
  const fields = readFields(reader);
  const account = checkAccountName(reader.string(fields.account), "account");
  for (const other of fields.others) reader.string(other);
  const memberships = readMemberships(reader, fields.groups);
  reader.string(fields.server);
  const domain = checkAccountName(reader.string(fields.domain), "domain");
  const domainSid = fields.hasDomainSid ? reader.sid() : undefined;
  const extraSids = readExtraSids(reader, fields.extraSids);
  const resourceSid = fields.hasResourceSid ? reader.sid() : undefined;
  const resourceGroups = readMemberships(reader, fields.resourceGroups);
  reader.end();
  const extra = fields.flags & hasExtraSids ? extraSids : [];
  const resource = fields.flags & hasResourceGroups ? inDomain(resourceSid, resourceGroups) : [];
  const sid = userSid(fields.userId, domainSid, extra);
  const groups = [...inDomain(domainSid, memberships), ...extra.slice(fields.userId === 0 ? 1 : 0), ...resource];
  return { account, domain, sid, groups };
}
