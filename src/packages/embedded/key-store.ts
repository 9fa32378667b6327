import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { copyOfSecret } from "../../memory/index.ts";
import { checkBytes, checkText } from "../../values/index.ts";

/** Shorter ones could be guessed by somebody who recorded an exchange. */
const minKey = 16;
/** In bytes; what names of users, servers and targets have room for in a token. */
export const maxName = 1024;

/** The shared keys, copied: zeroed on {@link KeyStore.wipe}, and never shown. */
export class KeyStore {
  readonly #keys = new Map<string, Uint8Array>();
  /** Stands in for the key of a user that there is not, so that the answer does not tell. */
  readonly #nobody = randomBytes(32);

  /** @throws TypeError or RangeError naming the user, never the key. */
  constructor(keys: Readonly<Record<string, Uint8Array>>) {
    if (typeof keys !== "object" || keys === null)
      throw new TypeError(`keys: expected { user: key, … }, got ${typeof keys}`);
    for (const [user, key] of Object.entries(keys)) {
      checkPackageName(user, "keys: a user's name");
      const given = checkBytes(key, `keys.${user}`);
      if (given.length < minKey)
        throw new RangeError(`keys.${user}: expected at least ${minKey} bytes, got ${given.length}`);
      this.#keys.set(user, copyOfSecret(given));
    }
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
