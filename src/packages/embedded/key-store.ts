import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { copyOfSecret } from "../../memory/index.ts";
import { checkBytes, checkText, isPlain, shapeOf } from "../../values/index.ts";

/** Shorter ones could be guessed by somebody who recorded an exchange. */
const minKey = 16;
/** In bytes; what names of users, servers and targets have room for in a token. */
export const maxName = 1024;

/** The shared keys, copied: zeroed on {@link KeyStore.wipe}, and never shown. */
export class KeyStore {
  readonly #keys = new Map<string, Uint8Array>();
  /** Stands in for the key of a user that there is not, so that the answer does not tell. */
  readonly #nobody = randomBytes(32);

  /** @throws TypeError or RangeError naming the entry by its place, and never the key. */
  constructor(keys: Readonly<Record<string, Uint8Array>>) {
    if (!isPlain(keys)) throw new TypeError(`keys: expected { user: key, … }, got ${shapeOf(keys)}`);
    Object.entries(keys).forEach(([user, key], index) => {
      // Whoever has names and keys the wrong way round has a key in the place of the name.
      const place = `keys, entry ${index + 1}`;
      checkPackageName(user, `${place}: the user's name`);
      const given = checkBytes(key, place);
      if (given.length < minKey)
        throw new RangeError(`${place}: expected at least ${minKey} bytes, got ${given.length}`);
      this.#keys.set(user, copyOfSecret(given));
    });
  }

  has(user: string): boolean {
    return this.#keys.has(user);
  }

  /** The key itself, not a copy; one that proves nothing for a user that there is not. */
  find(user: string): Uint8Array {
    return this.#keys.get(user) ?? this.#nobody;
  }

  wipe(): void {
    for (const key of this.#keys.values()) key.fill(0);
    this.#keys.clear();
  }

  [inspect.custom](): string {
    return `KeyStore { ${this.#keys.size} keys }`;
  }
}

/** A name that fits a token. @throws TypeError or RangeError */
export function checkPackageName(value: string, name: string): string {
  checkText(value, name, { empty: false });
  if (Buffer.byteLength(value) > maxName) throw new RangeError(`${name}: expected at most ${maxName} bytes of UTF-8`);
  return value;
}
