import { SECBUFFER } from "../../../generated/sspi/constants.ts";
import { type BufferList, type Room, readAndRelease, type Workspace } from "../../memory/index.ts";
import { copyHandedOut, type SecurityProvider } from "../../native/index.ts";
import { checkName, checkUint, type OptionNames, readOptions } from "../../values/index.ts";

/** Output of a leg besides its token. */
const kinds = [
  /** An alert of TLS for the peer. Where a leg fails without a token, it is the error's. */
  "alert",
  "appSessionState",
  "certificateRequestContext",
  "channelBindingsResult",
  "sessionTicket",
  /** Extensions of the peer, as the package hands them out. */
  "subscribeGenericTlsExtension",
  /** A `SEC_TRAFFIC_SECRETS`: secret. */
  "trafficSecrets",
] as const;

type LegOutputType = (typeof kinds)[number];

/** A buffer for the package to fill. */
export interface LegOutputRequest {
  /** What kind of output is wanted, `SECBUFFER_*` by name. */
  readonly type: LegOutputType;
  /** Room for it in bytes; not used where the package allocates (`allocateMemory`). */
  readonly size: number;
}

/** What the package put into a buffer: the struct of that kind as `sspi-ffi/raw` reads it, or bytes. */
export interface LegOutput {
  /** What kind of output it is, `SECBUFFER_*` by name. */
  readonly type: LegOutputType;
  /** A copy of what the package wrote. */
  readonly bytes: Buffer<ArrayBuffer>;
}

const requestNames: OptionNames<LegOutputRequest> = { type: true, size: true };

/** How many a leg takes besides its token. */
const most = 3;
/** Far more than any of them needs; larger ones would be a mistake. */
const largest = 0x1_0000;

/** A buffer that was asked for, and our room for it; none where the package allocates. */
interface Place {
  readonly type: LegOutputType;
  readonly room: Room | undefined;
}

/** Output that was asked for besides the token. */
export class OutputPlaces {
  readonly #places: readonly Place[];

  constructor({ arena, output }: Workspace, requests: readonly LegOutputRequest[], allocates: boolean) {
    if (!Array.isArray(requests)) throw new TypeError(`output: expected an array of buffers, got ${typeof requests}`);
    if (requests.length > most)
      throw new RangeError(`output: expected at most ${most} buffers, got ${requests.length}`);
    this.#places = requests.map((request: LegOutputRequest, index) => {
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

  /** How much room a package asks for that had too little, in bytes; undefined where it had enough. */
  needed(output: BufferList): number | undefined {
    const sizes = this.#places.map(({ room }, index) => (room ? excess(room, output.size(index + 1)) : 0));
    return Math.max(...sizes) || undefined;
  }

  /** Copies of what the package wrote. */
  read(provider: SecurityProvider, output: BufferList): readonly LegOutput[] {
    return this.#places.flatMap(({ type, room }, index) => {
      const bytes = room ? written(room, output.size(index + 1)) : handedOut(provider, output, index + 1);
      return bytes ? [{ type, bytes }] : [];
    });
  }
}

function excess(room: Room, size: number): number {
  return size > room.size ? size : 0;
}

/** A package that knows nothing of the buffer leaves its size and our zeros. */
function written(room: Room, size: number): Buffer<ArrayBuffer> | undefined {
  if (size === 0 || size > room.size) return undefined;
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
