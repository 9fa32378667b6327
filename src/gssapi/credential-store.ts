import { gss_key_value_element_desc, gss_key_value_set_desc } from "../../generated/gssapi/structs.ts";
import { SEC_E_INVALID_PARAMETER } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import { readAnsiString, readStruct } from "../native/index.ts";
import { ProviderError } from "./gssapi-error.ts";

/**
 * The allowed entries of a credential store. MIT ignores unknown entries, and then uses the process's own credentials.
 */
const storeKeys = ["ccache", "keytab", "client_keytab", "rcache"] as const;
export type StoreKey = (typeof storeKeys)[number];
export type StoreEntries = Readonly<Partial<Record<StoreKey, string>>>;

const element = gss_key_value_element_desc.layouts[hostAbi].size;
/** The most entries of a store: one per key. */
const mostEntries = storeKeys.length;

/** A `gss_key_value_set_desc` at a fixed address. */
export class CredentialStore {
  readonly address: number;
  readonly #arena: Arena;

  constructor(entries: StoreEntries) {
    const pairs = Object.entries(entries);
    const texts = pairs.map((pair) => pair.map((text) => Buffer.from(`${text}\0`)));
    const bytes = texts.flat().reduce((sum, text) => sum + text.length + 16, 0);
    this.#arena = new Arena(Math.ceil((bytes + 16 + element * pairs.length) / 16) * 16 + 16);
    const elements = this.#arena.allocate(element * pairs.length);
    const addresses = texts.map((pair) => pair.map((text) => BigInt(this.#arena.write(text).address)));
    addresses.forEach(([key = 0n, value = 0n], index) => {
      gss_key_value_element_desc.write(this.#arena.view, { key, value }, elements.offset + index * element);
    });
    const room = this.#arena.allocate(gss_key_value_set_desc.layouts[hostAbi].size);
    const set = { count: pairs.length, elements: BigInt(elements.address) };
    gss_key_value_set_desc.write(this.#arena.view, set, room.offset);
    this.address = room.address;
  }
}

/**
 * Reads the entries of a `gss_key_value_set_desc`, which AcquireCredentialsHandleW gets as `pvGetKeyArgument`; NULL has
 * none.
 *
 * @throws ProviderError for entries that GSSAPI would ignore
 */
export function readStore(address: Address): StoreEntries {
  if (BigInt(address) === 0n) return {};
  const { count, elements } = readStruct(gss_key_value_set_desc, address);
  if (count > mostEntries) throw new ProviderError(SEC_E_INVALID_PARAMETER, `a credential store of ${count} entries`);
  const pairs = Array.from({ length: count }, (_, index) => {
    const pair = readStruct(gss_key_value_element_desc, elements + BigInt(index * element));
    return [readAnsiString(pair.key), readAnsiString(pair.value)] as const;
  });
  const unknown = pairs.find(([key]) => !(storeKeys as readonly string[]).includes(key));
  if (unknown)
    throw new ProviderError(
      SEC_E_INVALID_PARAMETER,
      `a credential store with an entry that is none of ${storeKeys.join(", ")}`,
    );
  return Object.fromEntries(pairs);
}
