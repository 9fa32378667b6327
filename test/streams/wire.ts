import { Duplex } from "node:stream";

/** Changes bytes in transit: returns them unchanged, altered, in other pieces, or not at all. */
export type Tamper = (bytes: Buffer) => readonly Buffer[];

/** One end of a wire: data written to it is read at the other end, and the reader's pace limits the writer. */
export class WireEnd extends Duplex {
  other: WireEnd | undefined;
  tamper: Tamper = (bytes) => [bytes];
  /** How many bytes have been written to this end. */
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

  /** Delivers each piece in its own turn, because pieces delivered together would be read as one. */
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

  /** Resets the other end, as a socket does, unless this end has finished. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { other } = this;
    if (other && !other.destroyed && !this.writableFinished)
      other.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    callback(error);
  }
}

/** Makes a wire; `highWaterMark` limits the bytes that its ends buffer in each direction. */
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
