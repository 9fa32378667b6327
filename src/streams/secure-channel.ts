import type { Duplex } from "node:stream";
import type { StreamRead } from "../messages/index.ts";
import { SspiError } from "../status/index.ts";
import { type CredentialSelection, farewellOf, handshake } from "./handshake.ts";
import { Received } from "./received.ts";
import { Renegotiations } from "./renegotiations.ts";
import { isSilentClose, type StreamContext } from "./stream-context.ts";
import { handshakeTooLate, SecureStreamError } from "./stream-error.ts";
import { Transport } from "./transport.ts";
import { Turns } from "./turns.ts";

/** How many bytes of an incomplete record are kept, if the package does not say how long records are. */
const longestRecord = 1 << 20;
/**
 * A peer's record may be longer than this side's longest one: TLS 1.2 allows a record to be 2 KiB longer than its data.
 */
const slack = 2048;
/** The number of bytes that are encrypted at once: four records of TLS. */
const longestWrite = 1 << 16;

export interface ChannelOptions {
  /** Accept a transport that ends without a closing message. */
  readonly allowMissingClose: boolean;
  /** The time limit of each handshake, also of later ones, in milliseconds; 0 for none. */
  readonly handshakeTimeout: number;
  /** Called when the peer asks for a certificate that the context's credential does not have. */
  readonly select?: CredentialSelection | undefined;
  /** Called after every handshake; throws if the peer must be refused. */
  readonly check?: (() => void) | undefined;
  /** Called if the transport fails while nobody is reading or writing, or if a handshake takes too long. */
  onFailure(error: Error): void;
}

/** A context and its transport: makes handshakes and records, and closes. Owns both from the start. */
export class SecureChannel {
  readonly #context: StreamContext;
  readonly #transport: Transport;
  readonly #allowMissingClose: boolean;
  readonly #select: CredentialSelection | undefined;
  readonly #check: (() => void) | undefined;
  readonly #handshakeTimeout: number;
  readonly #onFailure: (error: Error) => void;
  /** Aborted when the result of a leg is no longer needed. */
  readonly #ending = new AbortController();
  /** Runs one operation of the context at a time. */
  readonly #turns = new Turns();
  readonly #received = new Received();
  /** The number of received bytes from which decrypting can succeed. */
  #enough = 0;
  /** The maximum length of a record. */
  #longest = longestRecord;
  readonly #renegotiations = new Renegotiations();
  /** The bytes that came after the peer's request for a new handshake. */
  #renegotiation: Uint8Array | undefined;
  #peerClosed = false;
  /** The error of a failed handshake, whatever happens to the transport afterwards. */
  #failure: { readonly error: unknown } | undefined;

  constructor(context: StreamContext, transport: Duplex, options: ChannelOptions) {
    this.#select = options.select;
    this.#check = options.check;
    this.#context = context;
    this.#allowMissingClose = options.allowMissingClose;
    this.#handshakeTimeout = options.handshakeTimeout;
    this.#onFailure = options.onFailure;
    // A transport error after the peer's close is not a failure of the stream.
    this.#transport = new Transport(transport, (error) => {
      if (!this.#peerClosed && !this.#failure) options.onFailure(error);
    });
  }

  /** Makes the first handshake. The token of a failing leg is sent before this rejects. */
  open(begins: boolean): Promise<void> {
    return this.#agree(async () => {
      const first = begins ? undefined : await this.#transport.read();
      if (!begins && !first)
        throw new SecureStreamError("SSPI_TRUNCATED", "the transport ended before the handshake began");
      return this.#handshake(first);
    });
  }

  /** Returns the next plaintext, at least one byte; undefined when the peer has closed. */
  async read(): Promise<Buffer | undefined> {
    while (!this.#peerClosed) {
      if (this.#renegotiation) await this.#renegotiate(this.#renegotiation);
      const worth = this.#received.length > 0 && this.#received.length >= this.#enough;
      const read = worth ? await this.#turns.take(() => this.#decrypt()) : undefined;
      if (read === undefined || read.status === "incomplete-message") await this.#receive();
      else if (read.data && read.data.length > 0) return read.data;
    }
    return undefined;
  }

  /** Resolves when more may be written. */
  async write(message: Uint8Array): Promise<void> {
    for (let start = 0; start < message.length; start += longestWrite) {
      const part = message.subarray(start, start + longestWrite);
      // Encrypting and writing happen in one turn, so that records reach the transport in the order of their numbers.
      const { written } = await this.#turns.take(() => {
        this.#refuseFailed();
        return { written: this.#transport.write(this.#context.encrypt(part)) };
      });
      await written;
    }
  }

  /** Sends the closing message, and ends this side of the transport. */
  async close(): Promise<void> {
    try {
      const { written } = await this.#turns.take(async () => {
        this.#refuseFailed();
        return { written: this.#transport.write(await this.#shutdown()) };
      });
      await written;
      await this.#transport.end();
    } catch (error) {
      // After its close the peer may be gone, so a failure to send the closing message does not matter.
      if (!this.#peerClosed || error instanceof SspiError) throw error;
    }
  }

  /** Destroys the transport and closes the context, without waiting for a leg in progress. */
  async dispose(reason: Error): Promise<void> {
    this.#transport.destroy(reason);
    this.#ending.abort(reason);
    this.#context.close();
    await this.#turns.idle();
  }

  #handshake(first: Uint8Array | undefined): Promise<Uint8Array> {
    return handshake(this.#context, this.#transport, first, this.#select, this.#ending.signal);
  }

  async #agree(legs: () => Promise<Uint8Array>): Promise<void> {
    const time = this.#handshakeTimeout;
    const timer = time > 0 ? setTimeout(() => this.#onFailure(handshakeTooLate(time)), time).unref() : undefined;
    try {
      const rest = await this.#turns.take(() => this.#agreed(legs));
      this.#enough = 0;
      this.#received.replace(rest);
    } finally {
      clearTimeout(timer);
    }
  }

  async #agreed(legs: () => Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      const bytes = await legs();
      // Check the peer before anything is encrypted for it.
      this.#check?.();
      this.#longest = longestOf(this.#context);
      return bytes;
    } catch (error) {
      // Record the failure within the turn, so that the next turn throws this error and not a consequence of it.
      this.#failure = { error };
      await this.#transport.farewell(farewellOf(error));
      throw error;
    }
  }

  #refuseFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #renegotiate(extra: Uint8Array): Promise<void> {
    this.#renegotiation = undefined;
    return this.#agree(() => {
      this.#context.reauthenticate();
      return this.#handshake(extra);
    });
  }

  #decrypt(): StreamRead {
    const record = this.#received.bytes;
    const read = this.#context.decryptStream(record);
    this.#enough = read.status === "incomplete-message" ? record.length + (read.missing ?? 0) : 0;
    if (read.status === "incomplete-message") return read;
    const silent = read.status === "data" && read.data.length === 0 && isSilentClose(this.#context, record);
    const rest = read.extra ?? new Uint8Array();
    if (read.status === "renegotiate") {
      this.#renegotiations.count(record[0]);
      this.#renegotiation = rest;
    }
    this.#received.replace(read.status === "renegotiate" ? new Uint8Array() : rest);
    if (silent || read.status === "closed") this.#peerClosed = true;
    return read;
  }

  async #receive(): Promise<void> {
    if (this.#received.length > this.#longest)
      throw new SecureStreamError(
        "SSPI_RECORD_TOO_LONG",
        `the peer's message has no end, ${this.#received.length} bytes so far`,
      );
    const bytes = await this.#transport.read();
    if (bytes) this.#received.append(bytes);
    else if (this.#allowMissingClose && this.#received.length === 0) this.#peerClosed = true;
    else throw new SecureStreamError("SSPI_TRUNCATED", "the transport ended, and the peer had not closed the stream");
  }

  /** Makes the closing message; empty if the package has none. */
  async #shutdown(): Promise<Uint8Array> {
    try {
      return await this.#context.shutdown({ signal: this.#ending.signal });
    } catch (error) {
      if (error instanceof SspiError && error.code === "SEC_E_UNSUPPORTED_FUNCTION") return new Uint8Array();
      throw error;
    }
  }
}

/** The longest record that a peer may send. */
function longestOf(context: StreamContext): number {
  try {
    const { cbHeader, cbMaximumMessage, cbTrailer } = context.query("streamSizes");
    return cbHeader + cbMaximumMessage + cbTrailer + slack;
  } catch (error) {
    if (error instanceof SspiError) return longestRecord;
    throw error;
  }
}
