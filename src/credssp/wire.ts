import { SecureStreamError } from "../streams/index.ts";
import type { Transport } from "../streams/transport.ts";
import { CredsspError } from "./credssp-error.ts";
import type { Deadline } from "./deadline.ts";
import type { Answer, Running } from "./exchange.ts";
import type { InnerLogon } from "./inner-logon.ts";
import { RequestReader } from "./request-reader.ts";

/** Exchanges messages over a stream, with the legs off the event loop. */
export class Wire {
  readonly #transport: Transport;
  readonly #deadline: Deadline;
  readonly #reader = new RequestReader();

  constructor(transport: Transport, deadline: Deadline) {
    this.#transport = transport;
    this.#deadline = deadline;
  }

  /** The bytes that followed the exchange's last message. */
  get rest(): Buffer {
    return this.#reader.rest;
  }

  send(message: Uint8Array): Promise<void> {
    return this.#deadline.race(this.#transport.write(message));
  }

  /** Runs an exchange to its end. @throws CredsspError, SecureStreamError */
  async run<T>(running: Running<T>, inner: InnerLogon): Promise<T> {
    let next = running.next(undefined as unknown as Answer);
    while (!next.done) {
      const { value } = next;
      if (value.ask === "leg") next = running.next(await this.#deadline.race(inner.step(value.token)));
      else {
        if (value.request) await this.send(value.request);
        next = running.next(await this.#receive());
      }
    }
    return next.value;
  }

  async #receive(): Promise<Buffer> {
    // The sides take turns: no bytes may follow a message.
    if (this.#reader.rest.length > 0)
      throw new CredsspError("SEC_E_INVALID_TOKEN", "the peer's message has bytes behind its end");
    for (;;) {
      const bytes = await this.#deadline.race(this.#transport.read());
      if (!bytes)
        throw new SecureStreamError(
          "SSPI_TRUNCATED",
          "the peer hung up during the handshake: a server of version 2 or 5 that refuses a logon does not say so",
        );
      this.#reader.push(bytes);
      const message = this.#reader.take();
      if (message) return Buffer.from(message);
    }
  }
}
