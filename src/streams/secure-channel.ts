import type { Duplex } from "node:stream";
import type { StreamRead } from "../messages/index.ts";
import { SspiError } from "../status/index.ts";
import { type CredentialSelection, farewellOf, handshake } from "./handshake.ts";
import { isSilentClose, type StreamContext } from "./stream-context.ts";
import { SecureStreamError } from "./stream-error.ts";
import { Transport } from "./transport.ts";
import { Turns } from "./turns.ts";

/** What is kept of a record that is not all there, in bytes: a peer must not fill memory. */
const longestRecord = 1 << 20;
/** How much is encrypted at once, in bytes: four records of TLS. */
const longestWrite = 1 << 16;

export interface ChannelOptions {
  /** Whether the transport's end is the peer's, which said nothing of it. */
  readonly allowMissingClose: boolean;
  /** The peer asks for a certificate that the context's credential does not have. */
  readonly select?: CredentialSelection | undefined;
  /** Called after every handshake: throws where the peer is not to be talked to. */
  readonly check?: (() => void) | undefined;
  /** A transport that failed while nobody was reading or writing. */
  onFailure(error: Error): void;
}

/** A context and its transport: handshakes, records, the end. Owns both from the beginning. */
export class SecureChannel {
  readonly #context: StreamContext;
  readonly #transport: Transport;
  readonly #allowMissingClose: boolean;
  readonly #select: CredentialSelection | undefined;
  readonly #check: (() => void) | undefined;
  /** A context does one thing at a time. */
  readonly #turns = new Turns();
  /** Bytes of the peer's that have not been decrypted. */
  #received: Uint8Array = new Uint8Array();
  /** What came after the peer's request for a new handshake. */
  #renegotiation: Uint8Array | undefined;
  #peerClosed = false;
  /** A handshake has failed, whatever the transport comes to. */
  #failed = false;

  constructor(context: StreamContext, transport: Duplex, options: ChannelOptions) {
    this.#select = options.select;
    this.#check = options.check;
    this.#context = context;
    this.#allowMissingClose = options.allowMissingClose;
    // A peer that has said it is done may hang up as it likes.
    this.#transport = new Transport(transport, (error) => {
      if (!this.#peerClosed && !this.#failed) options.onFailure(error);
    });
  }

  /** The first handshake. A failing leg's token is sent before this rejects. */
  open(begins: boolean): Promise<void> {
    return this.#agree(async () => {
      const first = begins ? undefined : await this.#transport.read();
      if (!begins && !first)
        throw new SecureStreamError("SSPI_TRUNCATED", "the transport ended before the handshake began");
      return handshake(this.#context, this.#transport, first, this.#select);
    });
  }

  /** The next plaintext, at least a byte; undefined when the peer has closed. */
  async read(): Promise<Buffer | undefined> {
    while (!this.#peerClosed) {
      if (this.#renegotiation) await this.#renegotiate(this.#renegotiation);
      const read = this.#received.length > 0 ? await this.#turns.take(() => this.#decrypt()) : undefined;
      if (read === undefined || read.status === "incomplete-message") await this.#receive();
      else if (read.data && read.data.length > 0) return read.data;
    }
    return undefined;
  }

  /** Resolves when more may be written. */
  async write(message: Uint8Array): Promise<void> {
    for (let start = 0; start < message.length; start += longestWrite) {
      const part = message.subarray(start, start + longestWrite);
      // Records reach the transport in the order in which they were numbered: both happen in one turn.
      const { written } = await this.#turns.take(() => ({
        written: this.#transport.write(this.#context.encrypt(part)),
      }));
      await written;
    }
  }

  /** Tells the peer that nothing more comes, and ends this side of the transport. */
  async close(): Promise<void> {
    try {
      const { written } = await this.#turns.take(async () => ({
        written: this.#transport.write(await this.#shutdown()),
      }));
      await written;
      await this.#transport.end();
    } catch (error) {
      // A peer that has closed may be gone, and owes nobody an answer.
      if (!this.#peerClosed || error instanceof SspiError) throw error;
    }
  }

  /** Destroys the transport and closes the context, after the leg that is under way. */
  async dispose(reason: Error): Promise<void> {
    this.#transport.destroy(reason);
    this.#context.close();
    await this.#turns.idle();
  }

  async #agree(legs: () => Promise<Uint8Array>): Promise<void> {
    try {
      this.#received = await this.#turns.take(async () => {
        const rest = await legs();
        // Before anything is encrypted for it.
        this.#check?.();
        return rest;
      });
    } catch (error) {
      this.#failed = true;
      await this.#transport.farewell(farewellOf(error));
      throw error;
    }
  }

  #renegotiate(extra: Uint8Array): Promise<void> {
    this.#renegotiation = undefined;
    return this.#agree(() => {
      this.#context.reauthenticate();
      return handshake(this.#context, this.#transport, extra, this.#select);
    });
  }

  #decrypt(): StreamRead {
    const read = this.#context.decryptStream(this.#received);
    if (read.status === "incomplete-message") return read;
    const record = this.#received;
    this.#received = read.extra ?? new Uint8Array();
    if (read.status === "renegotiate") {
      this.#renegotiation = this.#received;
      this.#received = new Uint8Array();
    }
    const silent = read.status === "data" && read.data.length === 0 && isSilentClose(this.#context, record);
    if (silent || read.status === "closed") this.#peerClosed = true;
    return read;
  }

  async #receive(): Promise<void> {
    if (this.#received.length > longestRecord)
      throw new SecureStreamError(
        "SSPI_RECORD_TOO_LONG",
        `the peer's message has no end, ${this.#received.length} bytes so far`,
      );
    const bytes = await this.#transport.read();
    if (bytes) this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    else if (this.#allowMissingClose && this.#received.length === 0) this.#peerClosed = true;
    else throw new SecureStreamError("SSPI_TRUNCATED", "the transport ended, and the peer had not closed the stream");
  }

  /** What tells the peer; nothing of packages that have no such message. */
  async #shutdown(): Promise<Uint8Array> {
    try {
      return await this.#context.shutdown();
    } catch (error) {
      if (error instanceof SspiError && error.code === "SEC_E_UNSUPPORTED_FUNCTION") return new Uint8Array();
      throw error;
    }
  }
}
