import type { Address } from "../../ctypes/index.ts";
import { copyOut } from "../../native/index.ts";
import { type SecurityBuffer, securityBuffers } from "../interface/security-buffers.ts";
import type { HostCore } from "./host-core.ts";

/**
 * The output of a leg: the caller's buffers, which the package fills or puts its own allocation in place of. What
 * the package allocated is copied to the caller's buffer and released, unless the caller asked for allocations:
 * then it is handed over, for FreeContextBuffer.
 */
export class OutputBuffers {
  readonly #core: HostCore;
  readonly #given: readonly SecurityBuffer[];
  readonly #address: Address;
  readonly #handsOver: boolean;

  constructor(core: HostCore, address: Address, handsOver: boolean) {
    this.#core = core;
    this.#address = address;
    this.#handsOver = handsOver;
    this.#given = securityBuffers(address);
  }

  /** After the call; false where the package's answer cannot be used. */
  settle(): boolean {
    const now = securityBuffers(this.#address);
    return this.#given.map((given, index) => this.#one(given, now[index])).every(Boolean);
  }

  #one(given: SecurityBuffer, now: SecurityBuffer | undefined): boolean {
    if (!now) return true;
    if (now.pointer === given.pointer) return this.#fits(now, given.size);
    if (now.pointer === 0n) {
      now.change({ pointer: given.pointer, size: 0 });
      return true;
    }
    return this.#allocated(given, now);
  }

  #fits(now: SecurityBuffer, room: number): boolean {
    if (now.size <= room || now.pointer === 0n) return true;
    this.#complain(`${now.size} bytes in an output buffer of ${room}`);
    now.change({ size: 0 });
    return false;
  }

  /** The package put an allocation of its own there. */
  #allocated(given: SecurityBuffer, now: SecurityBuffer): boolean {
    const { heap, diagnostics } = this.#core;
    const size = heap.sizeOf(now.pointer);
    if (size === undefined)
      diagnostics.misdeed(
        "unknown-pointer",
        `output at 0x${now.pointer.toString(16)} is of none of the host's heaps: copied and leaked`,
      );
    const wrong = size !== undefined && now.size > size;
    if (wrong) this.#complain(`${now.size} bytes in an allocation of ${size}`);
    if (this.#handsOver && size !== undefined && !wrong) return true;
    const bytes = wrong ? new Uint8Array() : copyOut(now.pointer, now.size);
    heap.take(now.pointer);
    if (this.#handsOver && !wrong) {
      now.change({ pointer: heap.allocateBytes("client buffer", bytes) });
      return true;
    }
    now.change({ pointer: given.pointer, size: 0 });
    if (wrong || bytes.length > given.size) return false;
    if (bytes.length > 0) given.fill(bytes);
    return true;
  }

  #complain(text: string): void {
    this.#core.diagnostics.misdeed("wrong-size", `claims ${text}`);
  }
}
