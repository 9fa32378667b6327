import { SECBUFFER } from "../../../generated/sspi/constants.ts";
import { type Arena, inputCapacity, type Room, type Workspace, withWorkspace } from "../../memory/index.ts";
import { checkArray, checkKey, checkText, type OptionNames, readOptions, shapeOf } from "../../values/index.ts";
import { type ContentKind, type ContentKinds, plainContent } from "./buffer-content.ts";
import { type TlsContents, tlsKinds } from "./tls-buffers.ts";
import { type TlsExtensionContents, tlsExtensionKinds } from "./tls-extensions.ts";

/** The additional input buffers of a leg, with the content of each type. */
export interface LegBufferContents extends TlsContents, TlsExtensionContents {
  /** `SECBUFFER_PKG_PARAMS`: parameters in the package's own format. */
  pkgParams: { readonly bytes: Uint8Array };
  /** `SECBUFFER_MECHLIST`: the list of mechanisms, as the negotiation encodes it. */
  mechlist: { readonly bytes: Uint8Array };
  /** `SECBUFFER_MECHLIST_SIGNATURE`: the signature of the list of mechanisms. */
  mechlistSignature: { readonly bytes: Uint8Array };
  /** `SECBUFFER_TARGET`: the service principal name that a client named, for Digest. */
  target: { readonly name: string };
  /** `SECBUFFER_TARGET_HOST`: the name of the target host, for Digest. */
  targetHost: { readonly name: string };
}

/** One additional input buffer of a leg: its `type` and its content. */
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

/** Writes a name as UTF-16 without a terminator; `cbBuffer` is its length. */
function writeName(arena: Arena, { name }: { readonly name: string }, argument: string): Room {
  return arena.write(Buffer.from(checkText(name, `${argument}.name`, { empty: false }), "utf16le"));
}

/**
 * Copies the description of a caller's buffer, but not its bytes.
 *
 * @throws TypeError or RangeError naming what is wrong
 */
function readLegBuffer(buffer: LegBuffer, argument: string): LegBuffer {
  if (typeof buffer !== "object" || buffer === null)
    throw new TypeError(`${argument}: expected { type: … }, got ${shapeOf(buffer)}`);
  const type = checkKey(buffer.type, `${argument}.type`, kinds);
  const names = { type: true, ...kinds[type].names } as OptionNames<LegBuffer>;
  return { ...readOptions<LegBuffer>(buffer, argument, names), type } as LegBuffer;
}

/** Adds buffers to a leg's input. @throws TypeError or RangeError naming what is wrong with one. */
export function writeLegBuffers({ arena, input }: Workspace, buffers: readonly LegBuffer[], argument: string): void {
  const list = checkArray<LegBuffer>(buffers, argument, "an array of buffers");
  const most = inputCapacity - input.length;
  if (list.length > most) throw new RangeError(`${argument}: expected at most ${most} buffers, got ${list.length}`);
  list.forEach((buffer, index) => {
    const name = `${argument}[${index}]`;
    const given = readLegBuffer(buffer, name);
    const { write } = kinds[given.type] as ContentKind<LegBuffer>;
    const room = write(arena, given, name);
    input.add(SECBUFFER[given.type], room.address, room.size);
  });
}

/** Input buffers that legs add themselves (6): token, empty buffer, bindings, flags, parameters, protocols. */
const reserved = 6;

/** Copies the descriptions of a caller's buffers, and refuses what a leg would refuse before a context exists. */
export function checkLegBuffers(buffers: readonly LegBuffer[], argument: string): readonly LegBuffer[] {
  const list = checkArray<LegBuffer>(buffers, argument, "an array of buffers");
  const copies = list.map((buffer, index) => readLegBuffer(buffer, `${argument}[${index}]`));
  const write = (workspace: Workspace): void => {
    workspace.input.length = reserved;
    writeLegBuffers(workspace, copies, argument);
  };
  withWorkspace(write, { secret: true });
  return copies;
}
