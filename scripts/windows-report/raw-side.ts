import { SECBUFFER_EMPTY, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { acquiredOf, type Credential } from "../../src/credentials/index.ts";
import { Arena, BufferList, bufferListSize, HandleSlot, writeWideString } from "../../src/memory/index.ts";
import { copyOut, type SecurityProvider } from "../../src/native/index.ts";
import { statusFact } from "../../src/status/index.ts";

/** One buffer of a call: initial bytes, or room filled with 0xA5, which shows the bytes that the call did not write. */
export interface RawBuffer {
  readonly type: number;
  readonly bytes?: Uint8Array;
  readonly room?: number;
}

/** One buffer after a call. */
export interface RawResult {
  readonly type: number;
  /** `cbBuffer`, in bytes. */
  readonly size: number;
  readonly bytes: Buffer;
  /** The offset within the first buffer that was passed, or undefined if the data is elsewhere. */
  readonly offset: number | undefined;
}

export interface RawAnswer {
  readonly status: string;
  /** `pfContextAttr` */
  readonly attributes: number;
  /** `ptsExpiry`, in 100 ns ticks. */
  readonly expiry: bigint;
  readonly input: readonly RawResult[];
  readonly output: readonly RawResult[];
}

export interface RawLeg {
  readonly input?: readonly RawBuffer[];
  readonly output?: readonly RawBuffer[];
  readonly flags?: number;
}

const capacity = 8;
const listSize = bufferListSize(capacity);
const untouched = 0xa5;
/** The size of a token buffer: larger than any token. */
export const tokenRoom = 0x1_0000;

/** The buffers of one call, in an arena of their own. */
class RawBuffers {
  readonly list: BufferList;
  readonly #arena: Arena;
  readonly #first: number;
  readonly #end: number;

  constructor(buffers: readonly RawBuffer[]) {
    const bytes = buffers.reduce((sum, { bytes, room }) => sum + (bytes?.length ?? room ?? 0) + 16, 0);
    // Typed arrays over the arena require a multiple of their element size.
    this.#arena = new Arena((listSize + 16 + bytes + 15) & ~15, listSize);
    this.list = new BufferList(this.#arena, 0);
    this.list.length = 0;
    let first = 0;
    for (const { type, bytes, room } of buffers) {
      const size = bytes?.length ?? room ?? 0;
      const place = size === 0 ? undefined : this.#arena.write(bytes ?? new Uint8Array(size).fill(untouched));
      first ||= place?.address ?? 0;
      this.list.add(type, place?.address ?? 0, size);
    }
    this.#first = first;
    this.#end = this.#arena.base + this.#arena.bytes.length;
  }

  results(): readonly RawResult[] {
    return Array.from({ length: this.list.length }, (_, index) => {
      const [type, size, pointer] = [this.list.type(index), this.list.size(index), this.list.pointer(index)];
      const inside = pointer >= this.#arena.base && pointer + size <= this.#end;
      const readable = pointer !== 0 && size <= tokenRoom;
      return {
        type,
        size,
        bytes: readable ? Buffer.from(copyOut(pointer, size)) : Buffer.alloc(0),
        offset: inside && this.#first !== 0 ? pointer - this.#first : undefined,
      };
    });
  }
}

/**
 * One side of a conversation at the level of `SecBuffer`s, which shows the contents that the package leaves in each.
 */
export class RawSide implements Disposable {
  readonly provider: SecurityProvider;
  readonly slot = HandleSlot.lease();
  readonly #credential: Credential;
  readonly #initiates: boolean;
  readonly #target: string | undefined;
  readonly #flags: number;

  /** Takes ownership of the credential, and closes it. */
  constructor(credential: Credential, flags: number, target?: string) {
    this.provider = credential.provider;
    this.#credential = credential;
    this.#initiates = credential.use === "outbound";
    this.#flags = flags;
    this.#target = target;
  }

  leg({ input, output = [{ type: SECBUFFER_TOKEN, room: tokenRoom }], flags = this.#flags }: RawLeg): RawAnswer {
    const given = input && new RawBuffers(input);
    const made = new RawBuffers(output);
    const out = new Arena(64);
    const name = new Arena(1024);
    const target = this.#target === undefined ? 0 : writeWideString(name, this.#target).address;
    const credential = acquiredOf(this.#credential).handle.slot.address;
    const context = this.slot.filled ? this.slot.address : 0;
    const [into, from] = [given?.list.address ?? 0, made.list.address];
    const status = this.#initiates
      ? this.provider.InitializeSecurityContextW(
          ...([credential, context, target, flags, 0, 0, into, 0] as const),
          ...([this.slot.address, from, out.base, out.base + 8] as const),
        )
      : this.provider.AcceptSecurityContext(
          ...([credential, context, into, flags, 0, this.slot.address] as const),
          ...([from, out.base, out.base + 8] as const),
        );
    return {
      status: statusFact(status).code,
      attributes: out.u32[0] as number,
      expiry: out.view.getBigInt64(8, true),
      input: given?.results() ?? [],
      output: made.results(),
    };
  }

  /** Runs a leg with a token and an empty buffer, as Schannel's documentation describes. */
  step(token: Uint8Array): RawAnswer {
    return this.leg({ input: [{ type: SECBUFFER_TOKEN, bytes: token }, { type: SECBUFFER_EMPTY }] });
  }

  /** Calls DecryptMessage on a record, with the three empty buffers that Schannel's documentation requires. */
  decrypt(dataType: number, record: Uint8Array): Pick<RawAnswer, "status" | "input"> {
    const empty = { type: SECBUFFER_EMPTY };
    const buffers = new RawBuffers([{ type: dataType, bytes: record }, empty, empty, empty]);
    const status = this.provider.DecryptMessage(this.slot.address, buffers.list.address, 0, 0);
    return { status: statusFact(status).code, input: buffers.results() };
  }

  control(bytes: Uint8Array): string {
    const buffers = new RawBuffers([{ type: SECBUFFER_TOKEN, bytes }]);
    return statusFact(this.provider.ApplyControlToken(this.slot.address, buffers.list.address)).code;
  }

  /** Returns the package's status for an attribute query; its struct is not read. */
  asked(attribute: number): string {
    const room = new Arena(1024);
    return statusFact(this.provider.QueryContextAttributesW(this.slot.address, attribute, room.base)).code;
  }

  [Symbol.dispose](): void {
    if (this.slot.filled) this.provider.DeleteSecurityContext(this.slot.address);
    this.slot.giveBack();
    this.#credential.close();
  }
}
