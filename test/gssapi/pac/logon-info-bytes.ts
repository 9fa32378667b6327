/** The facts that a domain controller may state about a user, for {@link logonInfoBytes}. */
export interface WrittenLogonInfo {
  readonly account: string;
  readonly fullName: string;
  readonly domain: string;
  readonly userId: number;
  /** Sub-authorities of the domain's SID; a domain without one has none of its groups. */
  readonly domainSid: readonly number[] | undefined;
  readonly groups: readonly Member[];
  readonly flags: number;
  readonly extraSids: readonly { readonly sid: readonly number[]; readonly attributes: number }[];
  readonly resourceSid: readonly number[] | undefined;
  readonly resourceGroups: readonly Member[];
}

interface Member {
  readonly id: number;
  readonly attributes: number;
}

/** Writes fields one after the other, aligned as NDR demands, and queues the data that pointers refer to. */
class NdrWriter {
  #parts: number[] = [];
  #later: (() => void)[] = [];
  #referent = 0x2_0000;

  u16(value: number): void {
    this.#align(2);
    this.#parts.push(value & 0xff, value >>> 8);
  }

  u32(value: number): void {
    this.#align(4);
    for (let shift = 0; shift < 32; shift += 8) this.#parts.push((value >>> shift) & 0xff);
  }

  zeros(count: number): void {
    for (let index = 0; index < count; index++) this.#parts.push(0);
  }

  pointer(what: (() => void) | undefined): void {
    if (what) this.#later.push(what);
    this.u32(what ? this.#referent++ : 0);
  }

  string(text: string): void {
    this.u16(2 * text.length);
    this.u16(2 * text.length + 2);
    this.pointer(() => {
      for (const value of [text.length + 1, 0, text.length]) this.u32(value);
      for (const unit of text.split("")) this.u16(unit.charCodeAt(0));
    });
  }

  sid(subAuthorities: readonly number[]): void {
    this.u32(subAuthorities.length);
    this.#parts.push(1, subAuthorities.length, 0, 0, 0, 0, 0, 5);
    for (const value of subAuthorities) this.u32(value);
  }

  members(members: readonly Member[]): void {
    this.u32(members.length);
    this.pointer(() => {
      this.u32(members.length);
      for (const { id, attributes } of members) {
        this.u32(id);
        this.u32(attributes);
      }
    });
  }

  /** The headers, the fields, and the data that they refer to. */
  bytes(): Uint8Array {
    for (const write of this.#later.splice(0)) {
      write();
      // The data of an element comes before the data of the next field.
      for (const inner of this.#later.splice(0)) inner();
    }
    this.#align(8);
    const header = [1, 0x10, 8, 0, 0xcc, 0xcc, 0xcc, 0xcc];
    const size = Buffer.alloc(8);
    size.writeUInt32LE(this.#parts.length);
    return Uint8Array.from([...header, ...size, ...this.#parts]);
  }

  #align(size: number): void {
    while (this.#parts.length % size !== 0) this.#parts.push(0);
  }
}

/** `KERB_VALIDATION_INFO` as MS-PAC, 2.5, has it. */
export function logonInfoBytes(info: WrittenLogonInfo): Uint8Array {
  const writer = new NdrWriter();
  writer.u32(0x2_0000);
  writer.zeros(48);
  for (const text of [info.account, info.fullName, "", "", "", ""]) writer.string(text);
  writer.u16(7);
  writer.u16(0);
  writer.u32(info.userId);
  writer.u32(513);
  writer.members(info.groups);
  writer.u32(info.flags);
  writer.zeros(16);
  writer.string("DC");
  writer.string(info.domain);
  const { domainSid, extraSids, resourceSid } = info;
  writer.pointer(domainSid && (() => writer.sid(domainSid)));
  writer.zeros(40);
  writer.u32(extraSids.length);
  writer.pointer(() => {
    writer.u32(extraSids.length);
    for (const { sid, attributes } of extraSids) {
      writer.pointer(() => writer.sid(sid));
      writer.u32(attributes);
    }
  });
  writer.pointer(resourceSid && (() => writer.sid(resourceSid)));
  writer.members(info.resourceGroups);
  return writer.bytes();
}
