import { deserialize, serialize } from "node:v8";

const headSize = 4;

/** Encodes a message for the socket: its length, then V8's serialization. */
export function frame(message: unknown): Buffer {
  const body = serialize(message);
  const head = Buffer.alloc(headSize);
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
}

/** Decodes messages from a socket's pieces. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #size = 0;

  /** Adds a piece and returns the messages that are now complete. */
  push(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#size += piece.length;
    const messages: unknown[] = [];
    for (let length = this.#length(); length !== undefined && this.#size >= length; length = this.#length())
      messages.push(deserialize(this.#take(length).subarray(headSize)));
    return messages;
  }

  /** The length of the next message including its head; undefined until the head is complete. */
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
