import { Duplex } from "node:stream";

/** What happens to bytes on their way: as they are, changed, in other pieces, or not at all. */
export type Tamper = (bytes: Buffer) => readonly Buffer[];

/** One end of a wire: what is written to it is read at the other end, no faster than it is read there. */
export class WireEnd extends Duplex {
  other: WireEnd | undefined;
  tamper: Tamper = (bytes) => [bytes];
  /** How many bytes have been written to it. */
  carried = 0;
  #wanted: (() => void) | undefined;

  override _read(): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    wanted?.();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: (error?: Error) => void): void {
    const other = this.other as WireEnd;
    if (other.destroyed) {
      callback(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      return;
    }
    this.carried += bytes.length;
    this.#deliver(this.tamper(bytes), 0, callback);
  }

  /** Piece by piece: what is there at once is read at once. */
  #deliver(pieces: readonly Buffer[], index: number, callback: () => void): void {
    const other = this.other as WireEnd;
    const piece = pieces[index];
    const more = piece === undefined || other.push(piece);
    if (index + 1 < pieces.length) setImmediate(() => this.#deliver(pieces, index + 1, callback));
    else if (more) callback();
    else other.#wanted = callback;
  }

  override _final(callback: () => void): void {
    this.other?.push(null);
    callback();
  }

  /** As a socket: the other end is reset unless this one has ended. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { other } = this;
    if (other && !other.destroyed && !this.writableFinished)
      other.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    callback(error);
  }
}

/** A wire; what its ends hold is bounded by `highWaterMark` each way. */
export function wire(highWaterMark = 16_384): readonly [WireEnd, WireEnd] {
  const [one, other] = [new WireEnd({ highWaterMark }), new WireEnd({ highWaterMark })];
  one.other = other;
  other.other = one;
  return [one, other];
}

/** Pieces of at most `size` bytes. */
export function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
