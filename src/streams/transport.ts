import type { Duplex } from "node:stream";
import { isRevoked, shapeOf } from "../values/index.ts";
import { SecureStreamError } from "./stream-error.ts";

/** How long a failed stream waits until its last token is sent, in milliseconds. */
const farewellTime = 1000;

/**
 * The stream below a secure stream. It is read only on demand, and written no faster than it sends, so its buffers stay
 * within their high-water marks.
 */
export class Transport {
  readonly #stream: Duplex;
  readonly #onFailure: (error: Error) => void;
  #failure: Error | undefined;
  #ended = false;
  /** Resolved at every change; each waiting call then checks its own condition again. */
  #changed: { readonly promise: Promise<void>; resolve(): void } | undefined;

  /** @throws TypeError if `stream` cannot carry bytes both ways. */
  constructor(stream: Duplex, onFailure: (error: Error) => void) {
    checkTransport(stream);
    this.#stream = stream;
    this.#onFailure = onFailure;
    // The peer's end does not end this side: tokens for the peer are still sent.
    stream.allowHalfOpen = true;
    stream.on("readable", this.#wake).on("drain", this.#wake).on("end", this.#end);
    stream.on("error", this.#fail).on("close", this.#closed);
  }

  /** Returns the received bytes, at least one; undefined at the end. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      const bytes = this.#stream.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.#ended) return undefined;
      this.#refuseFailed();
      await this.#change();
    }
  }

  /** Writes in the order of the calls. Resolves when more may be written. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#refuseFailed();
    if (bytes.length === 0) return;
    this.#stream.write(bytes);
    while (this.#stream.writableNeedDrain) {
      await this.#change();
      this.#refuseFailed();
    }
  }

  /** Resolves with the result of `work`, or rejects if the transport fails before that. */
  async during<T>(work: Promise<T>): Promise<T> {
    for (;;) {
      this.#refuseFailed();
      const ended = await Promise.race([work.then(() => true), this.#change()]);
      if (ended) return work;
    }
  }

  /** Ends this side; resolves when all data is sent. */
  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.end((error?: Error | null) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends a failing handshake's token and ends this side, or gives up after a second. */
  async farewell(token: Uint8Array | undefined): Promise<void> {
    if (this.#failure || !token || token.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, farewellTime);
    });
    this.#stream.write(token);
    await Promise.race([this.end().catch(() => {}), late]);
    clearTimeout(timer);
  }

  /** Destroys the stream below; waiting calls reject with `reason`. */
  destroy(reason: Error): void {
    this.#failure ??= reason;
    const stream = this.#stream;
    stream.off("readable", this.#wake).off("drain", this.#wake).off("end", this.#end).off("close", this.#closed);
    stream.off("error", this.#fail).on("error", () => {});
    stream.destroy();
    this.#wake();
  }

  readonly #wake = (): void => {
    this.#changed?.resolve();
    this.#changed = undefined;
  };

  readonly #end = (): void => {
    this.#ended = true;
    this.#wake();
  };

  readonly #fail = (error: Error): void => {
    if (this.#failure) return;
    this.#failure = error;
    this.#wake();
    this.#onFailure(error);
  };

  /** Closing is not a failure if the transport has ended in both directions. */
  readonly #closed = (): void => {
    if (this.#ended && this.#stream.writableFinished) return;
    this.#fail(new SecureStreamError("SSPI_TRANSPORT_CLOSED", "the transport was closed under the stream"));
  };

  #change(): Promise<void> {
    if (!this.#changed) {
      let resolve = (): void => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.#changed = { promise, resolve };
    }
    return this.#changed.promise;
  }

  #refuseFailed(): void {
    if (this.#failure) throw this.#failure;
  }
}

/** @throws TypeError if `stream` cannot carry bytes both ways */
export function checkTransport(stream: Duplex): void {
  if (isRevoked(stream)) throw new TypeError(`transport: expected a Duplex, got ${shapeOf(stream)}`);
  const functions = ["read", "write", "end", "on", "off", "destroy"] as const;
  const missing = functions.find((name) => typeof (stream as Partial<Duplex> | undefined)?.[name] !== "function");
  if (missing) throw new TypeError(`transport: expected a Duplex, got something without ${missing}()`);
  if (stream.readableObjectMode || stream.writableObjectMode)
    throw new TypeError("transport: expected a Duplex of bytes, got one in object mode");
  if (stream.readableEncoding)
    throw new TypeError(`transport: expected a Duplex of bytes, got one that reads ${stream.readableEncoding} text`);
  if (stream.destroyed || !stream.readable || !stream.writable)
    throw new TypeError("transport: expected a Duplex that is open both ways, got one that has ended");
}
