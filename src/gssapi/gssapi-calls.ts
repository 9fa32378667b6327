import { GSS_C_GSS_CODE, GSS_C_MECH_CODE } from "../../generated/gssapi/constants.ts";
import { Arena } from "../memory/index.ts";
import { copyOut } from "../native/index.ts";
import { GssapiError } from "./gssapi-error.ts";
import type { GssapiFunction, GssapiLibrary } from "./gssapi-library.ts";
import { type OidName, oidAddress } from "./object-identifiers.ts";
import { routineError, statusOf } from "./statuses.ts";

// Arena offsets of calls that do not wait: these run one at a time, on this thread.
const minorAt = 0;
const cellAt = 16;
const outputAt = 32;
const inputAt = 48;
const secondAt = 64;
const size = 80;
/** Bytes behind them for names, which are hardly ever longer. */
const textRoom = 1024;
/** The most lines that are read of a status text, which the library splits into lines. */
const mostLines = 8;

/** A message to sign: its address and size, or a copy. */
type Signed = Uint8Array | { readonly address: number; readonly size: number };

export type StatusOf = (major: number, minor: number, text: string) => number;

/** GSSAPI calls that do not wait for other machines, with their memory; failures are thrown as errors. */
export class GssapiCalls {
  readonly library: GssapiLibrary;
  readonly #arena = new Arena(size + textRoom, size);
  /** The name that was imported last; the next import mostly asks for the same one. */
  #text: string | undefined;
  #textAt = 0;
  #textLength = 0;

  constructor(library: GssapiLibrary) {
    this.library = library;
  }

  /** A `minor_status` that no code reads. */
  get minorAddress(): number {
    return this.#arena.base + minorAt;
  }

  /** Makes the error for a failure of the given function; the text of the minor status depends on the mechanism. */
  failure(operation: string, major: number, minor: number, mechanism: OidName, map: StatusOf = statusOf): GssapiError {
    const [general, precise] = [
      this.#statusText(major, GSS_C_GSS_CODE, mechanism),
      minor === 0 ? "" : this.#statusText(minor, GSS_C_MECH_CODE, mechanism),
    ];
    const text = [general, precise].filter((one) => one !== "").join(": ");
    return new GssapiError(map(major, minor, precise), operation, major, minor, text);
  }

  /** @throws GssapiError if `major` is a failure */
  check(operation: GssapiFunction, major: number, minor: number, mechanism: OidName, map?: StatusOf): number {
    if (routineError(major) !== 0) throw this.failure(operation, major, minor, mechanism, map);
    return major;
  }

  /** Imports a `gss_name_t`. @throws GssapiError */
  importName(text: string, type: OidName): number {
    if (text !== this.#text) {
      this.#arena.reset();
      const { address, size: length } = this.#arena.write(Buffer.from(text));
      this.#text = text;
      this.#textAt = address;
      this.#textLength = length;
    }
    this.#putBuffer(inputAt, this.#textAt, this.#textLength);
    this.#arena.putPointer(cellAt, 0);
    const cell = this.#at(cellAt);
    const major = Number(
      this.library.get("gss_import_name")(this.minorAddress, this.#at(inputAt), oidAddress(type), cell),
    );
    this.check("gss_import_name", major >>> 0, this.#arena.u32[minorAt >> 2] as number, "kerberos");
    return this.#arena.getPointer(cellAt);
  }

  /** Returns the text of a `gss_name_t`; undefined for NULL. Some mechanisms count a NUL at its end. */
  displayName(name: number): string | undefined {
    if (name === 0) return undefined;
    const bytes = this.outputOf("gss_display_name", (output) => [this.minorAddress, name, output, 0]);
    return bytes.toString().replace(/\0+$/, "");
  }

  /** Calls a function and returns a copy of its output `gss_buffer_t`, which is released. @throws GssapiError */
  outputOf(
    operation: GssapiFunction,
    args: (output: number) => readonly number[],
    mechanism: OidName = "kerberos",
  ): Buffer<ArrayBuffer> {
    const output = this.#at(outputAt);
    this.#putBuffer(outputAt, 0, 0);
    const major = Number(this.library.get(operation)(...args(output))) >>> 0;
    const minor = this.#arena.u32[minorAt >> 2] as number;
    const bytes = this.takeBuffer(this.#arena, outputAt);
    this.check(operation, major, minor, mechanism);
    return bytes;
  }

  /** Copies the content of a `gss_buffer_desc` that the library filled, and releases it. */
  takeBuffer(arena: Arena, offset: number): Buffer<ArrayBuffer> {
    const address = arena.getPointer(offset + 8);
    if (address === 0) return Buffer.alloc(0);
    try {
      return Buffer.from(copyOut(address, arena.u32[offset >> 2] as number).buffer);
    } finally {
      this.releaseBuffer(arena.base + offset);
    }
  }

  /** Releases the content of a `gss_buffer_desc`, and empties it. */
  releaseBuffer(address: number): void {
    this.library.get("gss_release_buffer")(this.minorAddress, address);
  }

  /** `gss_get_mic`. @throws GssapiError */
  signature(context: number, message: Signed): Buffer<ArrayBuffer> {
    return this.#withMessage(message, (input) =>
      this.outputOf("gss_get_mic", (output) => [this.minorAddress, context, 0, input, output]),
    );
  }

  /**
   * `gss_verify_mic`: returns its major status, which may report that the message is out of order.
   *
   * @throws GssapiError
   */
  verify(context: number, message: Signed, signature: number, length: number): number {
    return this.#withMessage(message, (input) => {
      this.#putBuffer(secondAt, signature, length);
      const args = [this.minorAddress, context, input, this.#at(secondAt), 0];
      const major = Number(this.library.get("gss_verify_mic")(...args)) >>> 0;
      return this.check("gss_verify_mic", major, this.#arena.u32[minorAt >> 2] as number, "kerberos");
    });
  }

  #withMessage<T>(message: Signed, work: (input: number) => T): T {
    const arena =
      message instanceof Uint8Array ? new Arena(Math.max(16, Math.ceil(message.length / 16) * 16)) : undefined;
    const room = message instanceof Uint8Array ? arena?.write(message) : message;
    this.#putBuffer(inputAt, room?.address ?? 0, room?.size ?? 0);
    try {
      return work(this.#at(inputAt));
    } finally {
      arena?.wipe();
    }
  }

  releaseName(name: number): void {
    if (name === 0) return;
    this.#arena.putPointer(cellAt, name);
    this.library.get("gss_release_name")(this.minorAddress, this.#at(cellAt));
  }

  releaseCredential(credential: number): void {
    if (credential === 0) return;
    this.#arena.putPointer(cellAt, credential);
    this.library.get("gss_release_cred")(this.minorAddress, this.#at(cellAt));
  }

  deleteContext(context: number): void {
    if (context === 0) return;
    this.#arena.putPointer(cellAt, context);
    this.library.get("gss_delete_sec_context")(this.minorAddress, this.#at(cellAt), 0);
  }

  #statusText(status: number, kind: number, mechanism: OidName): string {
    const lines: string[] = [];
    this.#arena.u32[secondAt >> 2] = 0;
    do {
      this.#putBuffer(outputAt, 0, 0);
      const args = [this.minorAddress, status, kind, oidAddress(mechanism), this.#at(secondAt), this.#at(outputAt)];
      const major = Number(this.library.get("gss_display_status")(...args)) >>> 0;
      const text = this.takeBuffer(this.#arena, outputAt);
      if (routineError(major) !== 0) break;
      lines.push(text.toString().replace(/\0+$/, ""));
    } while (this.#arena.u32[secondAt >> 2] !== 0 && lines.length < mostLines);
    return lines.join(" ");
  }

  #at(offset: number): number {
    return this.#arena.base + offset;
  }

  #putBuffer(offset: number, address: number, length: number): void {
    this.#arena.putPointer(offset, length);
    this.#arena.putPointer(offset + 8, address);
  }
}
