import { hostname } from "node:os";
import { inspect } from "node:util";
import { checkUint, type OptionNames, readOptions } from "../../values/index.ts";
import { type DefinedPackage, definePackage } from "../author/index.ts";
import { hostOptionNames } from "../host/host-options.ts";
import { type HostOptions, PackageHost } from "../host/index.ts";
import { embeddedDefinition, embeddedPackage } from "./embedded-definition.ts";
import { checkPackageName, KeyStore } from "./key-store.ts";

/** The keys of the embedded package, and its settings. */
export interface EmbeddedOptions extends HostOptions {
  /**
   * The key that each user shares with the server: at least 16 random bytes, not a password. Keys are copied, and
   * zeroed on `close`. A client needs its own key; a process that only imports contexts needs none.
   */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  /** The server's name for itself; the machine's name by default. */
  readonly server?: string;
  /** How long sessions last, in seconds: the shorter of both sides' values counts. Ten hours by default. */
  readonly lifetime?: number;
}

const embeddedNames: OptionNames<EmbeddedOptions> = { keys: true, server: true, lifetime: true, ...hostOptionNames };

const tenHours = 36_000;
/** A hundred years in seconds, within the range of a FILETIME. */
const longest = 3_155_760_000;

/** A {@link PackageHost} with the embedded package loaded; other packages can be added. */
export class EmbeddedHost extends PackageHost {
  readonly #keys: KeyStore;
  readonly #package: DefinedPackage;

  /** @throws TypeError or RangeError naming the option that is wrong. */
  constructor(given: EmbeddedOptions) {
    const {
      keys,
      server = hostname(),
      lifetime = tenHours,
      ...options
    } = readOptions<EmbeddedOptions>(given, "options", embeddedNames);
    checkPackageName(server, "server");
    if (checkUint(lifetime, "lifetime", longest) === 0) throw new RangeError("lifetime: expected seconds, got 0");
    const store = new KeyStore(keys);
    super(options);
    this.#keys = store;
    this.#package = definePackage(embeddedDefinition({ keys: store, server, lifetime })) as DefinedPackage;
    this.add(this.#package);
  }

  /** Deletes open handles and zeroes the keys. Harmless when repeated. */
  override close(): void {
    super.close();
    this.#package.close();
    this.#keys.wipe();
  }

  override [inspect.custom](): string {
    return super[inspect.custom]().replace("PackageHost", "EmbeddedHost");
  }
}

/**
 * The embedded package, `SspiFfiPsk`: client and server authenticate each other with a shared key (HMAC-SHA-256 over
 * both nonces, both names, the target and the channel bindings) and protect messages with AES-256-GCM. It needs no SSPI
 * library. It is this project's own protocol, neither NTLM nor Kerberos: it works only between two programs that both
 * have it, has no forward secrecy, and is used only if it is named.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function embeddedHost(options: EmbeddedOptions): EmbeddedHost {
  return new EmbeddedHost(options);
}

export { embeddedPackage };
