import { findPackage } from "../credentials/index.ts";
import type { SharedHandle } from "../memory/index.ts";
import { type Channel, messageNumbers, type RecordSizes } from "../messages/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { SspiError } from "../status/index.ts";
import type { TracedContext } from "../tracing/index.ts";
import type { FlagGroup } from "../values/index.ts";
import { checkAnnounced } from "./announced-size.ts";
import { queryContext } from "./query-context.ts";

/** Which of these flags a context was granted; undefined where the provider does not report it. */
export interface GrantedStyle {
  readonly stream: boolean | undefined;
  readonly datagram: boolean | undefined;
}

export function grantedStyle(group: FlagGroup, bits: number | undefined): GrantedStyle {
  const granted = (name: string): boolean | undefined => {
    const bit = group[name];
    return bit === undefined || bits === undefined ? undefined : (bits & bit) !== 0;
  };
  return { stream: granted("stream"), datagram: granted("datagram") };
}

type Sizes = Omit<Channel, "handle" | "context">;

/** One class for all contexts, so that V8 knows where each object keeps its sizes. */
class OpenChannel implements Channel {
  readonly context: TracedContext;
  readonly provider: SecurityProvider;
  readonly trailer: number;
  readonly block: number;
  readonly signature: number;
  readonly numbers: Channel["numbers"];
  readonly records: RecordSizes | undefined;
  readonly #opened: () => SharedHandle;

  constructor(of: TracedContext, sizes: Sizes, opened: () => SharedHandle) {
    this.context = of;
    this.provider = sizes.provider;
    this.trailer = sizes.trailer;
    this.block = sizes.block;
    this.signature = sizes.signature;
    this.numbers = sizes.numbers;
    this.records = sizes.records;
    this.#opened = opened;
  }

  /** Read again for each call, because reading the call's arguments may have closed the context. */
  get handle(): number {
    return this.#opened().slot.address;
  }
}

/** @param context returns the context while it is open, and throws afterwards. */
export function openChannel(of: TracedContext, context: () => SharedHandle, granted: GrantedStyle): Channel {
  return new OpenChannel(of, sizesOf(of.package, context(), granted), context);
}

/**
 * A context is a stream if the package answers only the stream sizes, or if it answers both kinds of sizes and its
 * capabilities include streams. The granted flag alone proves little, because packages that protect messages grant it
 * too.
 */
function sizesOf(name: string, context: SharedHandle, granted: GrantedStyle): Sizes {
  const { provider } = context;
  const channel = {
    provider,
    trailer: 0,
    block: 0,
    signature: 0,
    numbers: messageNumbers(provider),
  };
  const sizes = unlessUnsupported(() => queryContext(context, "sizes"));
  if (sizes instanceof SspiError) {
    const records = recordSizes(context, granted);
    if (!records) throw sizes;
    return { ...channel, records };
  }
  const { cbSecurityTrailer: trailer, cbBlockSize: block, cbMaxSignature: signature } = sizes;
  checkSizes({ trailer, block, signature });
  const records = granted.stream !== false && handlesStreams(name, context) ? recordSizes(context, granted) : undefined;
  return { ...channel, trailer, block, signature, records };
}

function handlesStreams(name: string, { provider }: SharedHandle): boolean {
  return findPackage(provider, name).capabilities.includes("stream");
}

function recordSizes(context: SharedHandle, { datagram }: GrantedStyle): RecordSizes | undefined {
  // For datagrams the same attribute has another name.
  const sizes = unlessUnsupported(() => queryContext(context, "streamSizes"));
  if (sizes instanceof SspiError || sizes.cbMaximumMessage === 0) return undefined;
  checkSizes({ header: sizes.cbHeader, trailer: sizes.cbTrailer });
  return {
    header: sizes.cbHeader,
    trailer: sizes.cbTrailer,
    maximum: sizes.cbMaximumMessage,
    datagrams: datagram === true,
  };
}

function unlessUnsupported<T>(query: () => T): T | SspiError {
  try {
    return query();
  } catch (error) {
    if (error instanceof SspiError && error.code === "SEC_E_UNSUPPORTED_FUNCTION") return error;
    throw error;
  }
}

/** @throws SspiError `SEC_E_INTERNAL_ERROR` for a size above the limit */
function checkSizes(sizes: Readonly<Record<string, number>>): void {
  for (const [what, size] of Object.entries(sizes)) checkAnnounced("QueryContextAttributesW", `a ${what}`, size);
}
