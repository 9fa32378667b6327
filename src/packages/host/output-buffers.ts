import { SECBUFFER_TOKEN } from "../../../generated/sspi/constants.ts";
import { SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../../generated/status/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import { type SecurityBuffer, securityBuffers } from "../../interface/security-buffers.ts";
import { copyOut } from "../../native/index.ts";
import type { HostCore } from "./host-core.ts";

/** The state of one output buffer before the call. */
interface Given {
  readonly buffer: SecurityBuffer;
  /** Whether this is a host allocation that the package may fill, because the caller asked for an allocation. */
  readonly lent: boolean;
}

/**
 * The output of a leg: the caller's buffers, which the package fills or replaces with its own allocations. A package's
 * allocation is copied to the caller's buffer and released, unless the caller asked for allocations: then the caller
 * gets it, for FreeContextBuffer. Packages that do not allocate get a host buffer in that case too.
 */
export class OutputBuffers {
  readonly #core: HostCore;
  readonly #given: readonly Given[];
  readonly #address: Address;
  readonly #handsOver: boolean;
  #status: number = SEC_E_OK;

  constructor(core: HostCore, address: Address, handsOver: boolean, maxToken: number) {
    this.#core = core;
    this.#address = address;
    this.#handsOver = handsOver;
    this.#given = securityBuffers(address).map((buffer) => {
      if (!handsOver || buffer.pointer !== 0n || buffer.type !== SECBUFFER_TOKEN) return { buffer, lent: false };
      const pointer = core.heap.allocate("client buffer", maxToken);
      if (pointer === 0n) this.#status = SEC_E_INSUFFICIENT_MEMORY;
      if (pointer === 0n) return { buffer, lent: false };
      return { buffer: buffer.as({ pointer, size: maxToken }), lent: true };
    });
  }

  /** A failure if there is no memory for the package's output: do not call the package then. */
  get status(): number {
    return this.#status;
  }

  /** Processes the buffers after the call. Returns a failure if the package's output cannot be used. */
  settle(failed: boolean): number {
    const now = securityBuffers(this.#address);
    this.#given.forEach((given, index) => {
      this.#one(given, now[index], failed);
    });
    return this.#status;
  }

  #one({ buffer, lent }: Given, now: SecurityBuffer | undefined, failed: boolean): void {
    if (!now) return;
    if (now.pointer !== buffer.pointer) {
      if (lent) this.#core.heap.take(buffer.pointer);
      this.#replaced(lent ? 0n : buffer.pointer, lent ? 0 : buffer.size, now);
      return;
    }
    const fits = now.size <= buffer.size || now.pointer === 0n;
    if (!fits) this.#complain(`${now.size} bytes in an output buffer of ${buffer.size}`);
    if (!fits && !lent) now.change({ size: 0 });
    // A failed call without a token leaves the size unchanged.
    if (lent && (!fits || now.size === 0 || (failed && now.size === buffer.size))) {
      this.#core.heap.take(now.pointer);
      now.change({ pointer: 0n, size: 0 });
    }
  }

  /**
   * Handles a pointer, or NULL, with which the package replaced the caller's; `pointer` and `room` are the caller's.
   */
  #replaced(pointer: bigint, room: number, now: SecurityBuffer): void {
    if (now.pointer === 0n) {
      now.change({ pointer, size: 0 });
      return;
    }
    const { heap, diagnostics } = this.#core;
    const size = heap.sizeOf(now.pointer);
    if (size === undefined) {
      const at = `0x${now.pointer.toString(16)}`;
      diagnostics.misdeed("unknown-pointer", `output at ${at} is of none of the host's heaps: copied and leaked`);
    }
    const wrong = size !== undefined && now.size > size;
    if (wrong) this.#complain(`${now.size} bytes in an allocation of ${size}`);
    if (this.#handsOver && size !== undefined && !wrong) return;
    const bytes = wrong ? new Uint8Array() : copyOut(now.pointer, now.size);
    heap.take(now.pointer);
    if (this.#handsOver && !wrong) {
      const copy = heap.allocateBytes("client buffer", bytes);
      if (copy === 0n) this.#status = SEC_E_INSUFFICIENT_MEMORY;
      now.change({ pointer: copy, size: copy === 0n ? 0 : now.size });
      return;
    }
    const emptied = now.as({ pointer, size: room });
    const fits = !wrong && bytes.length <= room;
    if (fits && bytes.length > 0) emptied.fill(bytes);
    else emptied.change({ size: 0 });
    if (!fits) this.#status = SEC_E_INTERNAL_ERROR;
  }

  #complain(text: string): void {
    this.#core.diagnostics.misdeed("wrong-size", `claims ${text}`);
    this.#status = SEC_E_INTERNAL_ERROR;
  }
}
