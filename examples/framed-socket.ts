import type { Socket } from "node:net";

const largest = 1 << 20;

/** Tokens and messages on a stream: each with its length before it. */
export class FramedSocket {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    // Who waits hears of it through `close`.
    socket.on("error", () => {});
  }

  send(bytes: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    this.#socket.write(Buffer.concat([length, bytes]));
  }

  /** The next one; undefined when the peer has hung up. */
  async receive(): Promise<Buffer | undefined> {
    const length = (await this.#read(4))?.readUInt32BE();
    if (length === undefined) return undefined;
    if (length === 0 || length > largest) throw new RangeError(`a message of ${length} bytes`);
    return this.#read(length);
  }

  async #read(size: number): Promise<Buffer | undefined> {
    for (;;) {
      const bytes = this.#socket.read(size) as Buffer | null;
      // What is left when the stream ends is less than was asked for.
      if (bytes) return bytes.length === size ? bytes : undefined;
      if (this.#socket.readableEnded || this.#socket.destroyed) return undefined;
      await this.#change();
    }
  }

  #change(): Promise<void> {
    const events = ["readable", "end", "close"] as const;
    return new Promise((resolve) => {
      const changed = (): void => {
        for (const event of events) this.#socket.off(event, changed);
        resolve();
      };
      for (const event of events) this.#socket.on(event, changed);
    });
  }
}
