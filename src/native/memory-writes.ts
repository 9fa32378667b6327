import { types } from "node:util";
import { type Address, hostAbi, pointerSize, type Struct, u32 } from "../ctypes/index.ts";
import { checkAddress, checkBytes, shapeOf } from "../values/index.ts";
import { addressOfBuffer, copyMemory } from "./memory-access.ts";

/**
 * Writes through pointers that a native caller passed to us. As for reading, the address is trusted: pass only one that
 * the caller has just handed over.
 */

/** Memory for one small value that is copied to an out-parameter. */
const cell = new DataView(new ArrayBuffer(8));
let cellAddress = 0;

/** Copies bytes to `target`. @throws TypeError for anything but a Uint8Array */
export function writeBytes(target: Address, bytes: Uint8Array): void {
  const view = checkBytes(bytes, "bytes");
  if (view.length === 0) return;
  const own = types.isArrayBuffer(view.buffer) ? view : new Uint8Array(view);
  copyMemory(checkAddress(target, "target"), addressOfBuffer(own.buffer as ArrayBuffer) + own.byteOffset, own.length);
}

function writeCell(target: Address, bytes: number): void {
  cellAddress ||= addressOfBuffer(cell.buffer);
  copyMemory(checkAddress(target, "target"), cellAddress, bytes);
}

export function writeUint8(target: Address, value: number): void {
  cell.setUint8(0, value);
  writeCell(target, 1);
}

/** Writes a `ULONG`, such as a count. */
export function writeUint32(target: Address, value: number): void {
  u32.set(cell, 0, value, "value");
  writeCell(target, 4);
}

/** Writes a `LARGE_INTEGER`, such as a `TimeStamp`. */
export function writeInt64(target: Address, value: bigint): void {
  if (typeof value !== "bigint") throw new TypeError(`value: expected a bigint, got ${shapeOf(value)}`);
  cell.setBigInt64(0, BigInt.asIntN(64, value), true);
  writeCell(target, 8);
}

/** Writes a pointer or a handle, with the width of a pointer. */
export function writePointer(target: Address, value: Address): void {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value))
    throw new TypeError(`value: expected a bigint or an integer, got ${shapeOf(value)}`);
  cell.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  writeCell(target, pointerSize(hostAbi));
}

/** Writes a struct; missing members become zero. */
export function writeStruct<T>(struct: Struct<T>, target: Address, value: Partial<T>): void {
  const bytes = new Uint8Array(struct.layouts[hostAbi].size);
  struct.write(new DataView(bytes.buffer), value);
  writeBytes(target, bytes);
}

export function readUint16(source: Address): number {
  cellAddress ||= addressOfBuffer(cell.buffer);
  copyMemory(cellAddress, checkAddress(source, "source"), 2);
  return cell.getUint16(0, true);
}

export function readUint32(source: Address): number {
  cellAddress ||= addressOfBuffer(cell.buffer);
  copyMemory(cellAddress, checkAddress(source, "source"), 4);
  return cell.getUint32(0, true);
}
