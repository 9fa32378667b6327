import { type Acquired, acquiredOf, type Credential } from "../../credentials/index.ts";
import { checkName, type FlagGroup } from "../../values/index.ts";

/** Flags beyond 32 bits: they have a buffer of their own, `SECBUFFER_FLAGS`. */
export type WideFlagGroup<Name extends string = string> = Readonly<Record<Name, bigint>>;

/** A side's flag groups, as the headers have them. */
export interface SideFlags<Granted extends string = string, WideGranted extends string = string> {
  readonly request: FlagGroup;
  readonly granted: FlagGroup<Granted>;
  readonly wideRequest: WideFlagGroup;
  readonly wideGranted: WideFlagGroup<WideGranted>;
}

/** Flags by name, as they reach a package. */
export interface RequestedFlags {
  readonly bits: number;
  readonly wide: bigint;
}

/** What the two sides of an exchange differ in besides their native function. */
export class Side<Granted extends string = string, WideGranted extends string = string> {
  readonly flags: SideFlags<Granted, WideGranted>;
  readonly #party: string;
  readonly #use: "inbound" | "outbound";
  #reportable: SideFlags | undefined;

  constructor(party: string, use: "inbound" | "outbound", flags: SideFlags<Granted, WideGranted>) {
    this.#party = party;
    this.#use = use;
    this.flags = flags;
  }

  /** Whether a credential is of use to this side. @throws RangeError, DisposedError for a closed one. */
  acquiredOf(credential: Credential): Acquired {
    const acquired = acquiredOf(credential);
    if (acquired.use !== this.#use && acquired.use !== "both")
      throw new RangeError(
        `credential: a ${this.#party} needs credentials with use "${this.#use}" or "both", got "${acquired.use}"`,
      );
    return acquired;
  }

  /** How a context of this side gets a credential of its own, where it must not share one. */
  separateCredential({ separate }: Acquired): Acquired["separate"] {
    return this.#use === "inbound" ? separate : undefined;
  }

  /** @throws TypeError or RangeError naming `argument` */
  requested(names: readonly string[], argument: string): RequestedFlags {
    return flagsOf(this.flags, names, argument);
  }

  /** Of flags that can be asked for and are answered. @throws TypeError or RangeError naming `argument` */
  insisted(names: readonly string[], argument: string): RequestedFlags {
    return names.length === 0 && Array.isArray(names) ? none : flagsOf(this.reportable, names, argument);
  }

  private get reportable(): SideFlags {
    const { request, granted, wideRequest, wideGranted } = this.flags;
    this.#reportable ??= {
      ...this.flags,
      request: inBoth(request, granted),
      wideRequest: inBoth(wideRequest, wideGranted),
    };
    return this.#reportable;
  }
}

const none: RequestedFlags = { bits: 0, wide: 0n };

function inBoth<T>(asked: Readonly<Record<string, T>>, answered: object): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(asked).filter(([name]) => Object.hasOwn(answered, name)));
}

function flagsOf({ request, wideRequest }: SideFlags, names: readonly string[], argument: string): RequestedFlags {
  if (!Array.isArray(names)) throw new TypeError(`${argument}: expected an array of flag names, got ${typeof names}`);
  let bits = 0;
  let wide = 0n;
  for (const name of names) {
    if (Object.hasOwn(request, name)) bits |= request[name] as number;
    else if (Object.hasOwn(wideRequest, name)) wide |= wideRequest[name] as bigint;
    else checkName(name, argument, [...Object.keys(request), ...Object.keys(wideRequest)]);
  }
  return { bits: bits >>> 0, wide };
}
