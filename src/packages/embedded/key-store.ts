import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { copyOfSecret } from "../../memory/index.ts";
import { checkBytes, checkText, isPlain, shapeOf } from "../../values/index.ts";

/** The minimum length of keys: somebody who recorded an exchange could guess shorter ones. */
const minKey = 16;
/** The maximum length of names of users, servers and targets in a token, in bytes. */
export const maxName = 1024;

/** The shared keys, copied: zeroed on {@link KeyStore.wipe}, and never shown. */
export class KeyStore {
  readonly #keys = new Map<string, Uint8Array>();
  /** Used as the key of an unknown user, so that the reply does not reveal whether the user exists. */
  readonly #nobody = randomBytes(32);

  /** @throws TypeError or RangeError naming the entry by its position, and never the key. */
  constructor(keys: Readonly<Record<string, Uint8Array>>) {
    if (!isPlain(keys)) throw new TypeError(`keys: expected { user: key, … }, got ${shapeOf(keys)}`);
    Object.entries(keys).forEach(([user, key], index) => {
      // Name the entry by its position: a caller who swaps names and keys has a key in place of the name.
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

  /** The key itself, not a copy; for an unknown user a random key, which proves nothing. */
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

/** Checks that a name fits into a token. @throws TypeError or RangeError */
export function checkPackageName(value: string, name: string): string {
  checkText(value, name, { empty: false });
  if (Buffer.byteLength(value) > maxName) throw new RangeError(`${name}: expected at most ${maxName} bytes of UTF-8`);
  return value;
}
