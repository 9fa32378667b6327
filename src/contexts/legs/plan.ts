import { SECURITY_NATIVE_DREP, SECURITY_NETWORK_DREP } from "../../../generated/sspi/constants.ts";
import type { ProviderTraits } from "../../native/index.ts";
import { checkBytes, checkName, checkUint, type OptionHints, type OptionNames } from "../../values/index.ts";
import { checkProtocols } from "./application-protocols.ts";
import { type ChannelBindings, WrittenBindings } from "./channel-bindings.ts";
import { checkLegBuffers, type LegBuffer } from "./leg-buffers.ts";
import type { SideFlags } from "./side-flags.ts";

/** The options of contexts of both sides. `Request` are the side's flags, `Requirable` those that can be granted. */
export interface ContextOptions<Request extends string, Requirable extends string> {
  /**
   * Flags to request; the context may complete without them. `allocateMemory` makes the package allocate its tokens.
   */
  readonly request?: readonly Request[];
  /**
   * Flags to request and require: a context that completes without one is deleted and the step fails. No function
   * reports the flags beyond 32 bits (`messages` …), so these have to be in `acceptUnknown` too.
   */
  readonly require?: readonly Requirable[];
  /** Required flags that may also be unknown, because some providers do not report what they granted. */
  readonly acceptUnknown?: readonly Requirable[];
  /**
   * Binds the authentication to its TLS connection; passed to the package with every leg. A server with bindings
   * refuses clients that are bound to another connection, and also clients without bindings unless it requests
   * `allowMissingBindings`.
   */
  readonly channelBindings?: ChannelBindings;
  /**
   * Protocols to negotiate with ALPN (RFC 7301), the preferred one first; `query("applicationProtocol")` returns the
   * result.
   */
  readonly applicationProtocols?: readonly string[];
  /**
   * Parameters in the package's own format (`SECBUFFER_PKG_PARAMS`), passed to it with every leg: with
   * `useSuppliedCreds` they contain the credentials to use. The caller keeps the bytes; each leg reads them, and zeroes
   * its copies afterwards.
   */
  readonly pkgParams?: Uint8Array;
  /**
   * Additional input for the package, passed to it with the first leg of each authentication, also of a
   * re-authentication.
   */
  readonly buffers?: readonly LegBuffer[];
  /** Byte order of what the package writes; `native` by default. */
  readonly dataRepresentation?: "native" | "network";
  /** After how many legs an exchange that has not ended is aborted; 64 by default. */
  readonly maxLegs?: number;
}

/** Checked options. */
export interface Plan {
  /** `pszTargetName`, of a client. */
  readonly target: string | undefined;
  /** `fContextReq` */
  readonly flags: number;
  /** Flags above bit 31, sent in SECBUFFER_FLAGS; 0 if none. */
  readonly wideFlags: bigint;
  readonly required: readonly string[];
  readonly acceptUnknown: readonly string[];
  /** Whether the package allocates its tokens. */
  readonly allocates: boolean;
  readonly dataRepresentation: number;
  readonly bindings: WrittenBindings | undefined;
  /** Additional input buffers for every leg. */
  readonly always: readonly LegBuffer[] | undefined;
  /** Additional input buffers for the first leg. */
  readonly opening: readonly LegBuffer[] | undefined;
  readonly maxLegs: number;
}

const none: readonly string[] = [];

/** The names of the options that both sides have. */
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

/** Hints for option names of other libraries: what the caller probably means. */
export const contextOptionHints: OptionHints = {
  spn: "target",
  targetName: "target",
  flags: "request or require",
  mutualAuth: 'require: ["mutualAuth"]',
  confidentiality: 'require: ["confidentiality"]',
  integrity: 'require: ["integrity"]',
};

/** Checks `options`, which have been copied from the caller's object with {@link readOptions}. */
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
  // If the package does not allocate tokens, remove the flag and give it a buffer of our own.
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
