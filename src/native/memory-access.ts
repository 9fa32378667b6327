import { types } from "node:util";
import { type Address, hostAbi, type Struct } from "../ctypes/index.ts";
import { checkAddress, checkUint, extentOf, shapeOf } from "../values/index.ts";
import { koffi, type NativeFunction } from "./koffi.ts";

/**
 * Reads native memory. What cannot be an address is refused, and any other address is trusted: pass only one that a
 * native function has just handed out, because a wrong one crashes the process.
 */

let memcpy: NativeFunction | undefined;

function bindMemcpy(): NativeFunction {
  const libc = process.platform === "win32" ? "ntdll.dll" : process.platform === "darwin" ? "libSystem.B.dylib" : null;
  return koffi()
    .load(libc)
    .func("memcpy", "uintptr_t", ["uintptr_t", "uintptr_t", "size_t"]) as unknown as NativeFunction;
}

/** Copies native memory to native memory; the bytes of an ArrayBuffer count as native memory too. */
export function copyMemory(target: number | bigint, source: number | bigint, bytes: number): void {
  memcpy ??= bindMemcpy();
  memcpy(target, source, bytes);
}

/** A copy of `bytes` bytes at `source`. */
export function copyOut(source: number | bigint, bytes: number): Uint8Array<ArrayBuffer> {
  // Give the copy its own ArrayBuffer, because V8 creates the buffer of a small array only on request.
  const copy = new Uint8Array(new ArrayBuffer(checkUint(bytes, "bytes")));
  if (bytes > 0) copyMemory(addressOfBuffer(copy.buffer), checkAddress(source, "source"), bytes);
  return copy;
}

/** The largest accepted size in bytes: no function of SSPI hands out this much. */
const mostHandedOut = 1 << 24;

/**
 * A provider reports that it has handed out more memory than any provider does; reading that much would read other
 * memory.
 */
export class HandedOutError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_HANDED_OUT";

  constructor(bytes: number) {
    super(`The provider says that it has handed out ${bytes} bytes, which no function of SSPI does`);
    this.name = "HandedOutError";
  }
}

/** Copies memory that a provider has handed out, with the size that the provider reports. @throws HandedOutError */
export function copyHandedOut(source: number | bigint, bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes > mostHandedOut) throw new HandedOutError(bytes);
  return BigInt(source) === 0n ? new Uint8Array() : copyOut(source, bytes);
}

/** NUL-terminated UTF-16 at `source`; an empty string for NULL. */
export function readWideString(source: Address): string {
  return source === 0n || source === 0 ? "" : koffi().decode.string16(checkAddress(source, "source"));
}

/** NUL-terminated bytes at `source` as UTF-8; an empty string for NULL. */
export function readAnsiString(source: Address): string {
  return source === 0n || source === 0 ? "" : koffi().decode.string(checkAddress(source, "source"));
}

/**
 * The address of an ArrayBuffer's bytes. They do not move while the buffer is reachable and not detached; the address
 * does not keep the buffer alive, so the caller must.
 */
export function addressOfBuffer(buffer: ArrayBuffer): number {
  return Number(koffi().address(buffer));
}

/** The address of bytes, for a pointer field. Keep the view reachable while native code may use the address. */
export function addressOf(view: ArrayBufferView<ArrayBuffer>): bigint {
  if (!ArrayBuffer.isView(view)) throw new TypeError(`view: expected bytes, got ${shapeOf(view)}`);
  const { buffer, offset } = extentOf(view, "view");
  if (!types.isArrayBuffer(buffer) || buffer.byteLength === 0)
    throw new TypeError("view: expected bytes of an ArrayBuffer that is neither empty nor detached");
  return BigInt(addressOfBuffer(buffer) + offset);
}

/** Memory to which structs are copied while they are read; almost all structs fit. */
const scratch = new DataView(new ArrayBuffer(256));
let scratchAddress = 0;

/** A plain copy of the struct at an address. */
export function readStruct<T>(struct: Struct<T>, address: number | bigint): T {
  const { size } = struct.layouts[hostAbi];
  if (size > scratch.byteLength) return struct.read(new DataView(copyOut(address, size).buffer));
  scratchAddress ||= addressOfBuffer(scratch.buffer);
  copyMemory(scratchAddress, checkAddress(address, "address"), size);
  return struct.read(scratch);
}
