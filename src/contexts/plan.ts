import { SECURITY_NATIVE_DREP, SECURITY_NETWORK_DREP } from "../../generated/sspi/constants.ts";
import { checkText, checkUint, type FlagGroup, flagBits } from "../memory/index.ts";
import { checkProtocols } from "./application-protocols.ts";
import { type ChannelBindings, WrittenBindings } from "./channel-bindings.ts";
import { checkLegBuffers, type LegBuffer } from "./leg-buffers.ts";

/** What a caller asks of a context, of either side. `Request` and `Granted` are the side's flag names. */
export interface ContextOptions<Request extends string, Granted extends string> {
  /** Flags to ask for and be content without. `allocateMemory` makes the package allocate its tokens. */
  readonly request?: readonly Request[];
  /** Flags to ask for and insist on: a context that completes without one is deleted and the step fails. */
  readonly require?: readonly (Request & Granted)[];
  /** Required flags that may also be unknown: some providers do not report what they granted. */
  readonly acceptUnknown?: readonly (Request & Granted)[];
  /** Sent with every leg. */
  readonly channelBindings?: ChannelBindings;
  /** Protocols to agree on with ALPN (RFC 7301), the preferred one first; `query("applicationProtocol")` says which. */
  readonly applicationProtocols?: readonly string[];
  /** More input for the package, given to it with the first leg, also of a re-authentication. */
  readonly buffers?: readonly LegBuffer[];
  /** Byte order of what the package writes; `native` by default. */
  readonly dataRepresentation?: "native" | "network";
  /** After how many legs an exchange that does not end is given up; 64 by default. */
  readonly maxLegs?: number;
}

/** The flag groups of a side: what can be asked for, and what is answered. */
export class Side {
  readonly request: FlagGroup;
  readonly granted: FlagGroup;
  #reportable: FlagGroup | undefined;

  constructor(request: FlagGroup, granted: FlagGroup) {
    this.request = request;
    this.granted = granted;
  }

  /** What can be asked for and is answered. */
  get reportable(): FlagGroup {
    this.#reportable ??= Object.fromEntries(Object.entries(this.request).filter(([name]) => name in this.granted));
    return this.#reportable;
  }
}

/** Checked options. */
export interface Plan {
  /** `fContextReq` */
  readonly flags: number;
  readonly required: readonly string[];
  readonly acceptUnknown: readonly string[];
  /** Whether the package allocates its tokens. */
  readonly allocates: boolean;
  readonly dataRepresentation: number;
  readonly bindings: WrittenBindings | undefined;
  /** Given with the first leg. */
  readonly opening: readonly LegBuffer[] | undefined;
  readonly maxLegs: number;
}

const none: readonly string[] = [];

export function planOf(options: ContextOptions<string, string>, side: Side): Plan {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options: expected an object, got ${typeof options}`);
  const { request = none, require = none, acceptUnknown = none, maxLegs = 64 } = options;
  const asked = flagBits(side.request, request, "request");
  const insisted = flagBits(side.reportable, require, "require");
  flagBits(side.reportable, acceptUnknown, "acceptUnknown");
  const flags = (asked | insisted) >>> 0;
  const { channelBindings, dataRepresentation = "native" } = options;
  if (dataRepresentation !== "native" && dataRepresentation !== "network")
    throw new RangeError(`dataRepresentation: expected "native" or "network", got ${String(dataRepresentation)}`);
  return {
    flags,
    required: require,
    acceptUnknown,
    allocates: (flags & (side.request["allocateMemory"] ?? 0)) !== 0,
    dataRepresentation: dataRepresentation === "native" ? SECURITY_NATIVE_DREP : SECURITY_NETWORK_DREP,
    bindings: channelBindings === undefined ? undefined : new WrittenBindings(channelBindings),
    opening: openingOf(options),
    maxLegs: checkUint(maxLegs, "maxLegs", 0xffff),
  };
}

function openingOf({
  applicationProtocols,
  buffers,
}: ContextOptions<string, string>): readonly LegBuffer[] | undefined {
  if (applicationProtocols === undefined && buffers === undefined) return undefined;
  const opening: LegBuffer[] = buffers === undefined ? [] : checkLegBuffers(buffers, "buffers");
  if (applicationProtocols === undefined) return opening;
  checkProtocols(applicationProtocols, "applicationProtocols");
  return [{ type: "applicationProtocols", alpn: [...applicationProtocols] }, ...opening];
}

/** A target name, as `pszTargetName` takes it. */
export function checkTarget(target: unknown): string | undefined {
  return target === undefined ? undefined : checkText(target, "target", { empty: false });
}
