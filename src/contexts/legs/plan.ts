import { SECURITY_NATIVE_DREP, SECURITY_NETWORK_DREP } from "../../../generated/sspi/constants.ts";
import type { ProviderTraits } from "../../native/index.ts";
import { checkBytes, checkName, checkUint, type OptionHints, type OptionNames } from "../../values/index.ts";
import { checkProtocols } from "./application-protocols.ts";
import { type ChannelBindings, WrittenBindings } from "./channel-bindings.ts";
import { checkLegBuffers, type LegBuffer } from "./leg-buffers.ts";
import type { SideFlags } from "./side-flags.ts";

/** What a caller asks of a context, of either side. `Request` are the side's flags, `Requirable` those that can be granted. */
export interface ContextOptions<Request extends string, Requirable extends string> {
  /** Flags to ask for and be content without. `allocateMemory` makes the package allocate its tokens. */
  readonly request?: readonly Request[];
  /**
   * Flags to ask for and insist on: a context that completes without one is deleted and the step fails. No function
   * reports those beyond 32 bits (`messages` …), so they have to be in `acceptUnknown` too.
   */
  readonly require?: readonly Requirable[];
  /** Required flags that may also be unknown: some providers do not report what they granted. */
  readonly acceptUnknown?: readonly Requirable[];
  /**
   * What ties the authentication to its TLS connection, sent with every leg. A server that is given some refuses clients
   * that bound themselves to another connection, and those that did not at all unless it requests `allowMissingBindings`.
   */
  readonly channelBindings?: ChannelBindings;
  /** Protocols to agree on with ALPN (RFC 7301), the preferred one first; `query("applicationProtocol")` says which. */
  readonly applicationProtocols?: readonly string[];
  /**
   * Parameters in a form of the package's own (`SECBUFFER_PKG_PARAMS`), given to it with every leg: with
   * `useSuppliedCreds` they say whose credentials to use. The bytes stay the caller's, are read at each leg, and the
   * copies are zeroed after it.
   */
  readonly pkgParams?: Uint8Array;
  /** More input for the package, given to it with the first leg, also of a re-authentication. */
  readonly buffers?: readonly LegBuffer[];
  /** Byte order of what the package writes; `native` by default. */
  readonly dataRepresentation?: "native" | "network";
  /** After how many legs an exchange that does not end is given up; 64 by default. */
  readonly maxLegs?: number;
}

/** Checked options. */
export interface Plan {
  /** `pszTargetName`, of a client. */
  readonly target: string | undefined;
  /** `fContextReq` */
  readonly flags: number;
  /** What does not fit there: 0 where there is nothing. */
  readonly wideFlags: bigint;
  readonly required: readonly string[];
  readonly acceptUnknown: readonly string[];
  /** Whether the package allocates its tokens. */
  readonly allocates: boolean;
  readonly dataRepresentation: number;
  readonly bindings: WrittenBindings | undefined;
  /** Given with every leg. */
  readonly always: readonly LegBuffer[] | undefined;
  /** Given with the first leg. */
  readonly opening: readonly LegBuffer[] | undefined;
  readonly maxLegs: number;
}

const none: readonly string[] = [];

/** The options of both sides. */
export const contextOptionNames: OptionNames<ContextOptions<string, string>> = {
  request: true,
  require: true,
  acceptUnknown: true,
  channelBindings: true,
  applicationProtocols: true,
  pkgParams: true,
  buffers: true,
  dataRepresentation: true,
  maxLegs: true,
};

/** What callers mean by names that other libraries have. */
export const contextOptionHints: OptionHints = {
  spn: "target",
  targetName: "target",
  flags: "request or require",
  mutualAuth: 'require: ["mutualAuth"]',
  confidentiality: 'require: ["confidentiality"]',
  integrity: 'require: ["integrity"]',
};

/** `options` are the caller's no more: they have been read with {@link readOptions}. */
export function planOf(
  options: ContextOptions<string, string>,
  sideFlags: SideFlags,
  traits: ProviderTraits,
  target?: string,
): Plan {
  const { request = none, require = none, acceptUnknown = none, maxLegs = 64 } = options;
  const asked = sideFlags.requested(request, "request");
  const insisted = sideFlags.insisted(require, "require");
  sideFlags.insisted(acceptUnknown, "acceptUnknown");
  const allocate = sideFlags.request["allocateMemory"] ?? 0;
  // Where the package would not, tokens go to a buffer of ours, as without the flag.
  const flags = ((asked.bits | insisted.bits) & ~(traits.allocatesTokens ? 0 : allocate)) >>> 0;
  const { channelBindings, dataRepresentation = "native" } = options;
  checkName(dataRepresentation, "dataRepresentation", ["native", "network"]);
  return {
    target,
    flags,
    wideFlags: asked.wide | insisted.wide,
    required: require,
    acceptUnknown,
    allocates: (flags & allocate) !== 0,
    dataRepresentation: dataRepresentation === "native" ? SECURITY_NATIVE_DREP : SECURITY_NETWORK_DREP,
    bindings: channelBindings === undefined ? undefined : new WrittenBindings(channelBindings),
    always: alwaysOf(options),
    opening: openingOf(options),
    maxLegs: checkUint(maxLegs, "maxLegs", 0xffff),
  };
}

type Options = ContextOptions<string, string>;

function alwaysOf({ pkgParams: bytes }: Options): readonly LegBuffer[] | undefined {
  if (bytes === undefined) return undefined;
  return [{ type: "pkgParams", bytes: checkBytes(bytes, "pkgParams") }];
}

function openingOf({ applicationProtocols, buffers }: Options): readonly LegBuffer[] | undefined {
  if (applicationProtocols === undefined && buffers === undefined) return undefined;
  const opening: readonly LegBuffer[] = buffers === undefined ? [] : checkLegBuffers(buffers, "buffers");
  if (applicationProtocols === undefined) return opening;
  checkProtocols(applicationProtocols, "applicationProtocols");
  return [{ type: "applicationProtocols", alpn: applicationProtocols }, ...opening];
}
