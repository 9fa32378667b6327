import { once } from "node:events";
import type { Duplex } from "node:stream";
import { type TlsEngine, TlsError } from "../../src/tls/index.ts";

/** Runs an engine over a socket, for peers that need a socket. */
export class EngineSocket {
  readonly engine: TlsEngine;
  readonly #socket: Duplex;
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(engine: TlsEngine, socket: Duplex) {
    this.engine = engine;
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    socket.on("error", () => {});
  }

  /** @throws TlsError, after the alert was sent to the peer */
  async handshake(): Promise<void> {
    for (;;) {
      const complete = await this.#telling(() => this.engine.handshake());
      await this.flush();
      if (complete) return;
      await this.#receive();
    }
  }

  /** Reads the next data; undefined after the peer's close_notify. @throws TlsError for an end without close_notify */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      const data = await this.#telling(() => this.engine.open());
      await this.flush();
      if (data.length > 0) return data;
      if (this.engine.closed) return undefined;
      await this.#receive();
    }
  }

  /** Reads exactly `size` bytes. */
  async readAll(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = size; left > 0; left -= (parts.at(-1) as Buffer).length) {
      const data = await this.read();
      if (!data) throw new Error(`the peer's data ended ${left} bytes early`);
      parts.push(data);
    }
    return Buffer.concat(parts);
  }

  async write(data: Uint8Array | string): Promise<void> {
    await this.#send(this.engine.seal(Buffer.from(data)));
  }

  async goodbye(): Promise<void> {
    this.engine.goodbye();
    await this.flush();
  }

  async flush(): Promise<void> {
    await this.#send(this.engine.take());
  }

  async #receive(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) this.engine.end();
    else this.engine.feed(value);
  }

  async #telling<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      if (error instanceof TlsError) await this.#send(error.farewell);
      throw error;
    }
  }

  async #send(bytes: Buffer): Promise<void> {
    if (bytes.length > 0 && !this.#socket.write(bytes)) await once(this.#socket, "drain");
  }
}
