import { SECBUFFER_APPLICATION_PROTOCOLS, SECBUFFER_PKG_PARAMS } from "../../generated/sspi/constants.ts";
import {
  type Arena,
  checkBytes,
  checkKey,
  inputCapacity,
  leaseWorkspace,
  type Room,
  returnWorkspace,
  type Workspace,
} from "../memory/index.ts";
import { type ApplicationProtocols, applicationProtocolBytes } from "./application-protocols.ts";

/** What a leg may give the package besides the peer's token, by the content of the buffer. */
export interface LegBufferContents {
  /** `SECBUFFER_PKG_PARAMS`: parameters in a form of the package's own. */
  packageParameters: { readonly bytes: Uint8Array };
  /** `SECBUFFER_APPLICATION_PROTOCOLS` */
  applicationProtocols: ApplicationProtocols;
}

/** One more input buffer of a leg. */
export type LegBuffer = {
  [T in keyof LegBufferContents]: { readonly type: T } & LegBufferContents[T];
}[keyof LegBufferContents];

interface Kind<C> {
  /** `BufferType` */
  readonly type: number;
  write(arena: Arena, content: C, argument: string): Room;
}

const kinds: { readonly [T in keyof LegBufferContents]: Kind<LegBufferContents[T]> } = {
  packageParameters: {
    type: SECBUFFER_PKG_PARAMS,
    write: (arena, { bytes }, argument) => arena.write(checkBytes(bytes, `${argument}.bytes`)),
  },
  applicationProtocols: {
    type: SECBUFFER_APPLICATION_PROTOCOLS,
    write: (arena, content, argument) => arena.write(applicationProtocolBytes(content, argument)),
  },
};

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
    const { type, write } = kinds[checkKey(buffer.type, `${name}.type`, kinds)] as Kind<LegBuffer>;
    const room = write(arena, buffer, name);
    input.add(type, room.address, room.size);
  });
}

/** Refuses what a leg would refuse, before there is a context. */
export function checkLegBuffers(buffers: readonly LegBuffer[], argument: string): LegBuffer[] {
  const workspace = leaseWorkspace();
  try {
    workspace.input.length = 0;
    writeLegBuffers(workspace, buffers, argument);
  } finally {
    workspace.arena.wipe();
    returnWorkspace(workspace);
  }
  return [...buffers];
}
