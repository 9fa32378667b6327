import { SECBUFFER } from "../../../generated/sspi/constants.ts";
import { type Arena, inputCapacity, type Room, type Workspace, withWorkspace } from "../../memory/index.ts";
import { checkKey, checkText, type OptionNames, readOptions, shapeOf } from "../../values/index.ts";
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
  target: { names: { name: true }, write: writeName },
  targetHost: { names: { name: true }, write: writeName },
  ...tlsKinds,
  ...tlsExtensionKinds,
};

/** UTF-16; `cbBuffer` says where it ends. */
function writeName(arena: Arena, { name }: { readonly name: string }, argument: string): Room {
  return arena.write(Buffer.from(checkText(name, `${argument}.name`, { empty: false }), "utf16le"));
}

/** A buffer of the caller's, copied; its bytes stay the caller's. @throws TypeError or RangeError naming what is wrong */
function readLegBuffer(buffer: LegBuffer, argument: string): LegBuffer {
  if (typeof buffer !== "object" || buffer === null)
    throw new TypeError(`${argument}: expected { type: … }, got ${shapeOf(buffer)}`);
  const type = checkKey(buffer.type, `${argument}.type`, kinds);
  const names = { type: true, ...kinds[type].names } as OptionNames<LegBuffer>;
  return { ...readOptions<LegBuffer>(buffer, argument, names), type } as LegBuffer;
}

/** Adds buffers to a leg's input. @throws TypeError or RangeError naming what is wrong with one. */
export function writeLegBuffers({ arena, input }: Workspace, buffers: readonly LegBuffer[], argument: string): void {
  if (!Array.isArray(buffers))
    throw new TypeError(`${argument}: expected an array of buffers, got ${shapeOf(buffers)}`);
  const most = inputCapacity - input.length;
  if (buffers.length > most)
    throw new RangeError(`${argument}: expected at most ${most} buffers, got ${buffers.length}`);
  buffers.forEach((buffer: LegBuffer, index) => {
    const name = `${argument}[${index}]`;
    const given = readLegBuffer(buffer, name);
    const { write } = kinds[given.type] as ContentKind<LegBuffer>;
    const room = write(arena, given, name);
    input.add(SECBUFFER[given.type], room.address, room.size);
  });
}

/** What a leg may have besides: the token, an empty buffer, bindings, flags, parameters, protocols. */
const reserved = 6;

/** Copies of buffers of the caller's. Refuses what a leg would refuse, before there is a context. */
export function checkLegBuffers(buffers: readonly LegBuffer[], argument: string): readonly LegBuffer[] {
  if (!Array.isArray(buffers))
    throw new TypeError(`${argument}: expected an array of buffers, got ${shapeOf(buffers)}`);
  const copies = buffers.map((buffer: LegBuffer, index) => readLegBuffer(buffer, `${argument}[${index}]`));
  const write = (workspace: Workspace): void => {
    workspace.input.length = reserved;
    writeLegBuffers(workspace, copies, argument);
  };
  withWorkspace(write, { secret: true });
  return copies;
}
