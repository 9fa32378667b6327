import { deserialize, serialize } from "node:v8";

const headSize = 4;

/** A message as it goes over the socket: its length, then what V8 makes of it. */
export function frame(message: unknown): Buffer {
  const body = serialize(message);
  const head = Buffer.alloc(headSize);
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
}

/** Messages out of the pieces in which a socket delivers them. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #size = 0;

  /** The messages that are complete with this piece. */
  push(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#size += piece.length;
    const messages: unknown[] = [];
    for (let length = this.#length(); length !== undefined && this.#size >= length; length = this.#length())
      messages.push(deserialize(this.#take(length).subarray(headSize)));
    return messages;
  }

  /** Of the next message with its head, once the head is there. */
  #length(): number | undefined {
    if (this.#size < headSize) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < headSize) this.#pieces = [Buffer.concat(this.#pieces)];
    return headSize + (this.#pieces[0] as Buffer).readUInt32LE();
  }

  #take(length: number): Buffer {
    const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    this.#size -= length;
    this.#pieces = this.#size === 0 ? [] : [all.subarray(length)];
    return all.subarray(0, length);
  }
}
