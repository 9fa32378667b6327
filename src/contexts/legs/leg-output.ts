import { SECBUFFER } from "../../../generated/sspi/constants.ts";
import { type BufferList, type Room, readAndRelease, type Workspace } from "../../memory/index.ts";
import { copyHandedOut, type SecurityProvider } from "../../native/index.ts";
import { checkArray, checkName, checkUint, type OptionNames, readOptions } from "../../values/index.ts";
import { type Ending, outputSize } from "./output-size.ts";

/** The kinds of additional output that a leg can have. */
const kinds = [
  /** A TLS alert for the peer. If a leg fails without a token, the alert becomes the token of its error. */
  "alert",
  "appSessionState",
  "certificateRequestContext",
  "channelBindingsResult",
  "sessionTicket",
  /** TLS extensions of the peer, as the package returns them. */
  "subscribeGenericTlsExtension",
  /** A `SEC_TRAFFIC_SECRETS`: secret. */
  "trafficSecrets",
] as const;

type LegOutputType = (typeof kinds)[number];

/** A buffer for the package to fill. */
export interface LegOutputRequest {
  /** The kind of output, `SECBUFFER_*` by name. */
  readonly type: LegOutputType;
  /** The size of the room for the output in bytes; not used where the package allocates (`allocateMemory`). */
  readonly size: number;
}

/** What the package wrote into a buffer: the struct of that kind, which `sspi-ffi/raw` can read, or plain bytes. */
export interface LegOutput {
  /** The kind of output, `SECBUFFER_*` by name. */
  readonly type: LegOutputType;
  /** A copy of what the package wrote. */
  readonly bytes: Buffer<ArrayBuffer>;
}

const requestNames: OptionNames<LegOutputRequest> = { type: true, size: true };

/** How many outputs a leg can have in addition to its token. */
const most = 3;
/** The largest room in bytes: no output needs this much, so a larger size is a mistake of the caller. */
const largest = 0x1_0000;

/** A requested output, with our room for it; without room where the package allocates. */
interface Place {
  readonly type: LegOutputType;
  readonly room: Room | undefined;
}

/** The additional outputs that the caller of a leg requested. */
export class OutputPlaces {
  readonly #places: readonly Place[];

  constructor({ arena, output }: Workspace, requests: readonly LegOutputRequest[], allocates: boolean) {
    const list = checkArray<LegOutputRequest>(requests, "output", "an array of buffers");
    if (list.length > most) throw new RangeError(`output: expected at most ${most} buffers, got ${list.length}`);
    this.#places = list.map((request, index) => {
      const name = `output[${index}]`;
      const given = readOptions<LegOutputRequest>(request, name, requestNames);
      const type = checkName(given.type, `${name}.type`, kinds);
      const size = checkUint(given.size, `${name}.size`, largest);
      const room = allocates ? undefined : arena.allocate(size);
      room?.zero();
      output.add(SECBUFFER[type], room?.address ?? 0, room?.size ?? 0);
      return { type, room };
    });
  }

  /** The room in bytes that a package needs if it had too little; undefined if it had enough. */
  needed(output: BufferList): number | undefined {
    const sizes = this.#places.map(({ room }, index) => (room ? excess(room, output.size(index + 1)) : 0));
    return Math.max(...sizes) || undefined;
  }

  /** Returns copies of what the package wrote. @throws SspiError `SEC_E_INTERNAL_ERROR` for bytes outside the room */
  read(provider: SecurityProvider, output: BufferList, ending: Ending): readonly LegOutput[] {
    return this.#places.flatMap(({ type, room }, index) => {
      const bytes = room
        ? written(room, outputSize(output, index + 1, room, ending))
        : handedOut(provider, output, index + 1);
      return bytes ? [{ type, bytes }] : [];
    });
  }
}

function excess(room: Room, size: number): number {
  return size > room.size ? size : 0;
}

/** Returns undefined for a buffer that the package ignored: its size and our zeros are unchanged. */
function written(room: Room, size: number): Buffer<ArrayBuffer> | undefined {
  if (size === 0) return undefined;
  const bytes = room.bytes(size);
  return size === room.size && bytes.every((byte) => byte === 0) ? undefined : Buffer.from(bytes);
}

function handedOut(provider: SecurityProvider, output: BufferList, index: number): Buffer<ArrayBuffer> | undefined {
  const address = output.pointer(index);
  if (address === 0) return undefined;
  return readAndRelease(provider, "FreeContextBuffer", address, () =>
    Buffer.from(copyHandedOut(address, output.size(index)).buffer),
  );
}
