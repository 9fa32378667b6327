import { checkArray, checkName, type FlagGroup, isArray } from "../../values/index.ts";

/** Flags beyond 32 bits, which are sent in a separate buffer, `SECBUFFER_FLAGS`. */
export type WideFlagGroup<Name extends string = string> = Readonly<Record<Name, bigint>>;

/** Named flags, converted to the bits that a package receives. */
export interface RequestedFlags {
  readonly bits: number;
  readonly wide: bigint;
}

/** The flags that can be requested, by name. */
interface Requestable {
  readonly request: FlagGroup;
  readonly wideRequest: WideFlagGroup;
}

/** A side's flag groups, as the headers define them. */
interface FlagGroups<Granted extends string, WideGranted extends string> extends Requestable {
  readonly granted: FlagGroup<Granted>;
  readonly wideGranted: WideFlagGroup<WideGranted>;
}

/** The flags that a side can request, and those that it can be granted. */
export class SideFlags<Granted extends string = string, WideGranted extends string = string>
  implements FlagGroups<Granted, WideGranted>
{
  readonly request: FlagGroup;
  readonly granted: FlagGroup<Granted>;
  readonly wideRequest: WideFlagGroup;
  readonly wideGranted: WideFlagGroup<WideGranted>;
  #reportable: Requestable | undefined;

  constructor({ request, granted, wideRequest, wideGranted }: FlagGroups<Granted, WideGranted>) {
    this.request = request;
    this.granted = granted;
    this.wideRequest = wideRequest;
    this.wideGranted = wideGranted;
  }

  /** @throws TypeError or RangeError naming `argument` */
  requested(names: readonly string[], argument: string): RequestedFlags {
    return flagsOf(this, names, argument);
  }

  /**
   * Accepts only flags that can be requested and have a granted flag of the same name.
   *
   * @throws TypeError or RangeError naming `argument`
   */
  insisted(names: readonly string[], argument: string): RequestedFlags {
    return isArray(names) && names.length === 0 ? none : flagsOf(this.reportable, names, argument);
  }

  private get reportable(): Requestable {
    this.#reportable ??= {
      request: inBoth(this.request, this.granted),
      wideRequest: inBoth(this.wideRequest, this.wideGranted),
    };
    return this.#reportable;
  }
}

const none: RequestedFlags = { bits: 0, wide: 0n };

function inBoth<T>(asked: Readonly<Record<string, T>>, answered: object): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(asked).filter(([name]) => Object.hasOwn(answered, name)));
}

function flagsOf({ request, wideRequest }: Requestable, names: readonly string[], argument: string): RequestedFlags {
  let bits = 0;
  let wide = 0n;
  for (const name of checkArray(names, argument, "an array of flag names")) {
    // An object that converts to a name could convert to another one when the flags that were granted are checked.
    const known = typeof name === "string" ? name : "";
    if (Object.hasOwn(request, known)) bits |= request[known] as number;
    else if (Object.hasOwn(wideRequest, known)) wide |= wideRequest[known] as bigint;
    else checkName(name, argument, [...Object.keys(request), ...Object.keys(wideRequest)]);
  }
  return { bits: bits >>> 0, wide };
}
