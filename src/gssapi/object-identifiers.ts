import { gss_OID_desc, gss_OID_set_desc } from "../../generated/gssapi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import { copyMemory, copyOut, readStruct } from "../native/index.ts";
import { mechanisms, objectIdentifierBytes } from "../values/index.ts";

/** Object identifiers in DER, without tag and length, in hex. */
export const encodings = {
  kerberos: encoded(mechanisms.kerberos),
  spnego: encoded(mechanisms.spnego),
  /** GSS_C_NT_USER_NAME */
  userName: encoded("1.2.840.113554.1.2.1.1"),
  /** GSS_KRB5_NT_PRINCIPAL_NAME */
  principalName: encoded("1.2.840.113554.1.2.2.1"),
  /** GSS_C_INQ_SSPI_SESSION_KEY */
  sessionKey: encoded("1.2.840.113554.1.2.2.5.5"),
} as const;

function encoded(dotted: string): string {
  return objectIdentifierBytes(dotted).toString("hex");
}

export type OidName = keyof typeof encodings;

const oid = gss_OID_desc.layouts[hostAbi];
const set = gss_OID_set_desc.layouts[hostAbi];

/** The identifiers, and sets of identifiers, that are passed to calls, in memory that is never released. */
class Identifiers {
  readonly #arena = new Arena(1024);
  /** A cell for a copy of a library's identifier, to compare it. */
  readonly #cell = this.#arena.allocate(32);
  readonly #addresses = new Map<string, number>();

  /** The address of a `gss_OID_desc`. */
  address(name: OidName): number {
    return this.#addresses.get(name) ?? this.#once(name, () => this.#write([name]).elements);
  }

  /** The address of a `gss_OID_set_desc`. */
  set(...names: readonly OidName[]): number {
    return this.#once(`set of ${names.join(" ")}`, () => {
      const { count, elements } = this.#write(names);
      const room = this.#arena.allocate(set.size);
      gss_OID_set_desc.write(this.#arena.view, { count: BigInt(count), elements: BigInt(elements) }, room.offset);
      return room.address;
    });
  }

  /** Whether the identifier at an address is the named one. */
  matches(address: number, name: OidName): boolean {
    const { view, bytes } = this.#arena;
    const known = this.address(name) - this.#arena.base;
    const cell = this.#cell;
    copyMemory(cell.address, address, oid.size);
    const length = view.getUint32(cell.offset + oid.offsets.length, true);
    if (length !== view.getUint32(known + oid.offsets.length, true)) return false;
    copyMemory(cell.address + 16, cell.arena.getPointer(cell.offset + oid.offsets.elements), length);
    const elements = this.#arena.getPointer(known + oid.offsets.elements) - this.#arena.base;
    for (let index = 0; index < length; index += 1)
      if (bytes[elements + index] !== bytes[cell.offset + 16 + index]) return false;
    return true;
  }

  #once(key: string, make: () => number): number {
    const known = this.#addresses.get(key) ?? make();
    this.#addresses.set(key, known);
    return known;
  }

  #write(names: readonly OidName[]): { readonly count: number; readonly elements: number } {
    const room = this.#arena.allocate(oid.size * names.length);
    names.forEach((name, index) => {
      const bytes = this.#arena.write(Buffer.from(encodings[name], "hex"));
      const value = { length: bytes.size, elements: BigInt(bytes.address) };
      gss_OID_desc.write(this.#arena.view, value, room.offset + index * oid.size);
    });
    return { count: names.length, elements: room.address };
  }
}

let identifiers: Identifiers | undefined;

/** The address of a `gss_OID_desc`. */
export function oidAddress(name: OidName): number {
  identifiers ??= new Identifiers();
  return identifiers.address(name);
}

/** The address of a `gss_OID_set_desc`. */
export function oidSetAddress(...names: readonly OidName[]): number {
  identifiers ??= new Identifiers();
  return identifiers.set(...names);
}

/** Whether an identifier from the library is the named one. Every logon checks its mechanism with it. */
export function isOid(address: number, name: OidName): boolean {
  identifiers ??= new Identifiers();
  return address !== 0 && identifiers.matches(address, name);
}

/** Returns the encoding of an identifier from the library, in hex; empty for NULL. */
export function readOid(address: number): string {
  if (address === 0) return "";
  const { length, elements } = readStruct(gss_OID_desc, address);
  return Buffer.from(copyOut(elements, length).buffer).toString("hex");
}
