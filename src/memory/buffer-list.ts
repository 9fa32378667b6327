import { SECBUFFER_VERSION } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { type Arena, getPointer, putPointer, wordsPerPointer } from "./arena.ts";

const descriptor = SecBufferDesc.layouts[hostAbi];
const buffer = SecBuffer.layouts[hostAbi];
const { size: stride } = buffer;
const { cbBuffer: sizeAt, BufferType: typeAt, pvBuffer: pointerAt } = buffer.offsets;
const [wordsPerBuffer, sizeWord, typeWord, pointerWord] = [stride >> 2, sizeAt >> 2, typeAt >> 2, pointerAt >> 2];
/** Buffers follow their descriptor at the next multiple of 8. */
const first = (descriptor.size + 7) & ~7;

/** Bytes that a `SecBufferDesc` with room for `capacity` buffers takes in an arena. */
export function bufferListSize(capacity: number): number {
  return first + capacity * stride;
}

/** A `SecBufferDesc` and its `SecBuffer`s, laid out once in an arena and filled for every call. */
export class BufferList {
  /** The value for a `PSecBufferDesc` parameter. */
  readonly address: number;
  /** The address of the first `SecBuffer`. */
  readonly buffersAddress: number;
  readonly #words: Uint32Array;
  /** The index of the first buffer's first word. */
  readonly #first: number;
  readonly #count: number;
  readonly #version: number;
  /** The index of `pBuffers` in the arena's words, and its value as one or two words. */
  readonly #buffers: number;
  readonly #low: number;
  readonly #high: number | undefined;
  #given = 0;

  constructor(arena: Arena, offset: number) {
    this.#words = arena.u32;
    this.#first = (offset + first) >> 2;
    this.#count = (offset + descriptor.offsets.cBuffers) >> 2;
    this.#version = (offset + descriptor.offsets.ulVersion) >> 2;
    this.#buffers = (offset + descriptor.offsets.pBuffers) >> 2;
    this.buffersAddress = arena.base + offset + first;
    this.#low = this.buffersAddress >>> 0;
    this.#high = wordsPerPointer === 2 ? (this.buffersAddress / 0x1_0000_0000) >>> 0 : undefined;
    this.address = arena.base + offset;
  }

  /** The number of buffers, never more than the caller set, whatever the package writes. */
  get length(): number {
    return Math.min(this.#words[this.#count] as number, this.#given);
  }

  /**
   * Starts the list for a call and rewrites the descriptor, because the package of the previous call may have changed
   * it.
   */
  set length(count: number) {
    this.#given = count;
    this.#words[this.#version] = SECBUFFER_VERSION;
    this.#words[this.#count] = count;
    this.#words[this.#buffers] = this.#low;
    if (this.#high !== undefined) this.#words[this.#buffers + 1] = this.#high;
  }

  set(index: number, type: number, address: number, size: number): void {
    const at = this.#first + index * wordsPerBuffer;
    this.#words[at + sizeWord] = size;
    this.#words[at + typeWord] = type;
    putPointer(this.#words, at + pointerWord, address);
  }

  /** Appends a buffer. */
  add(type: number, address: number, size: number): void {
    const index = this.length;
    this.set(index, type, address, size);
    this.length = index + 1;
  }

  type(index: number): number {
    return this.#words[this.#first + index * wordsPerBuffer + typeWord] as number;
  }

  /** `cbBuffer`, in bytes. */
  size(index: number): number {
    return this.#words[this.#first + index * wordsPerBuffer + sizeWord] as number;
  }

  setSize(index: number, size: number): void {
    this.#words[this.#first + index * wordsPerBuffer + sizeWord] = size;
  }

  /** Copies the size and address of a buffer to the words of an in-process provider. */
  copyOut(index: number, words: Uint32Array, size: number, pointer: number): void {
    const own = this.#first + index * wordsPerBuffer;
    words[size] = this.#words[own + sizeWord] as number;
    words[pointer] = this.#words[own + pointerWord] as number;
    if (wordsPerPointer === 2) words[pointer + 1] = this.#words[own + pointerWord + 1] as number;
  }

  /** Sets the size and address of a buffer from the words of an in-process provider. */
  copyIn(index: number, words: Uint32Array, size: number, pointer: number): void {
    const own = this.#first + index * wordsPerBuffer;
    this.#words[own + sizeWord] = words[size] as number;
    this.#words[own + pointerWord] = words[pointer] as number;
    if (wordsPerPointer === 2) this.#words[own + pointerWord + 1] = words[pointer + 1] as number;
  }

  pointer(index: number): number {
    return getPointer(this.#words, this.#first + index * wordsPerBuffer + pointerWord);
  }

  setPointer(index: number, address: number): void {
    putPointer(this.#words, this.#first + index * wordsPerBuffer + pointerWord, address);
  }

  /** Whether a buffer is empty, or still at the address of its room and within `room` bytes. */
  isInside(index: number, address: number, room: number): boolean {
    const size = this.size(index);
    return size === 0 || (size <= room && this.pointer(index) === address);
  }

  /** The first buffer of a type, or -1. */
  find(type: number): number {
    for (let index = 0; index < this.length; index += 1) if (this.type(index) === type) return index;
    return -1;
  }
}
