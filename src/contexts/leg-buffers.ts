import { SECBUFFER } from "../../generated/sspi/constants.ts";
import {
  type Arena,
  inputCapacity,
  leaseWorkspace,
  type Room,
  returnWorkspace,
  type Workspace,
} from "../memory/index.ts";
import { checkKey, checkText } from "../values/index.ts";
import { type ContentKind, type ContentKinds, plainContent } from "./buffer-content.ts";
import { type TlsContents, tlsKinds } from "./tls-buffers.ts";
import { type TlsExtensionContents, tlsExtensionKinds } from "./tls-extensions.ts";

/** What a leg may give the package besides the peer's token, by the content of the buffer. */
export interface LegBufferContents extends TlsContents, TlsExtensionContents {
  /** `SECBUFFER_PKG_PARAMS`: parameters in a form of the package's own. */
  pkgParams: { readonly bytes: Uint8Array };
  /** `SECBUFFER_MECHLIST`: the mechanisms of a negotiation, as it encodes them. */
  mechlist: { readonly bytes: Uint8Array };
  /** `SECBUFFER_MECHLIST_SIGNATURE`: their signature. */
  mechlistSignature: { readonly bytes: Uint8Array };
  /** `SECBUFFER_TARGET`: the service principal name that a client named, for Digest. */
  target: { readonly name: string };
  /** `SECBUFFER_TARGET_HOST`: the host that is meant, for Digest. */
  targetHost: { readonly name: string };
}

/** One more input buffer of a leg: `type`, and its content. */
export type LegBuffer = {
  [T in keyof LegBufferContents]: { readonly type: T } & LegBufferContents[T];
}[keyof LegBufferContents];

const kinds: ContentKinds<LegBufferContents> = {
  pkgParams: plainContent,
  mechlist: plainContent,
  mechlistSignature: plainContent,
  target: { write: writeName },
  targetHost: { write: writeName },
  ...tlsKinds,
  ...tlsExtensionKinds,
};

/** UTF-16; `cbBuffer` says where it ends. */
function writeName(arena: Arena, { name }: { readonly name: string }, argument: string): Room {
  return arena.write(Buffer.from(checkText(name, `${argument}.name`, { empty: false }), "utf16le"));
}

/** Adds buffers to a leg's input. @throws TypeError or RangeError naming what is wrong with one. */
export function writeLegBuffers({ arena, input }: Workspace, buffers: readonly LegBuffer[], argument: string): void {
  if (!Array.isArray(buffers)) throw new TypeError(`${argument}: expected an array of buffers, got ${typeof buffers}`);
  const most = inputCapacity - input.length;
  if (buffers.length > most)
    throw new RangeError(`${argument}: expected at most ${most} buffers, got ${buffers.length}`);
  buffers.forEach((buffer: LegBuffer, index) => {
    const name = `${argument}[${index}]`;
    if (typeof buffer !== "object" || buffer === null)
      throw new TypeError(`${name}: expected { type: … }, got ${buffer === null ? "null" : typeof buffer}`);
    const type = checkKey(buffer.type, `${name}.type`, kinds);
    const { write } = kinds[type] as ContentKind<LegBuffer>;
    const room = write(arena, buffer, name);
    input.add(SECBUFFER[type], room.address, room.size);
  });
}

/** What a leg may have besides: the token, an empty buffer, bindings, flags, parameters, protocols. */
const reserved = 6;

/** Refuses what a leg would refuse, before there is a context. */
export function checkLegBuffers(buffers: readonly LegBuffer[], argument: string): LegBuffer[] {
  const workspace = leaseWorkspace();
  try {
    workspace.input.length = reserved;
    writeLegBuffers(workspace, buffers, argument);
  } finally {
    workspace.arena.wipe();
    returnWorkspace(workspace);
  }
  return [...buffers];
}
