import { Arena } from "../memory/index.ts";
import type { GssapiLibrary } from "./gssapi-library.ts";

let caches = 0;

/**
 * A ticket cache in memory that only one credential uses. It outlives the native credentials made from it, so its
 * creator destroys it.
 */
export class PrivateCache {
  /** The Kerberos library's name for the cache. */
  readonly name: string;
  readonly #library: GssapiLibrary;

  constructor(library: GssapiLibrary) {
    caches += 1;
    this.name = `MEMORY:sspi-ffi-${process.pid}-${caches}`;
    this.#library = library;
  }

  /** Call it only when no leg uses the cache: destroying it removes the tickets from such legs. */
  destroy(): void {
    const arena = new Arena(128);
    const [context, cache] = [arena.allocate(8), arena.allocate(8)];
    context.zero();
    cache.zero();
    const name = arena.write(Buffer.from(`${this.name}\0`));
    if (this.#call("krb5_init_context", context.address) !== 0) return;
    const kerberos = arena.getPointer(context.offset);
    if (this.#call("krb5_cc_resolve", kerberos, name.address, cache.address) === 0)
      this.#call("krb5_cc_destroy", kerberos, arena.getPointer(cache.offset));
    this.#call("krb5_free_context", kerberos);
  }

  #call(
    name: "krb5_init_context" | "krb5_cc_resolve" | "krb5_cc_destroy" | "krb5_free_context",
    ...args: readonly number[]
  ): number {
    return Number(this.#library.get(name)(...args));
  }
}
