import { secretRoom } from "../memory/index.ts";

/** An element of DER: its tag, and its content or its inner elements. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array | readonly DerElement[];
}

export function sequence(...content: readonly DerElement[]): DerElement {
  return { tag: 0x30, content };
}

/** An explicit tag: `[number]`. */
export function tagged(number: number, content: DerElement): DerElement {
  return { tag: 0xa0 | number, content: [content] };
}

export function octetString(content: Uint8Array): DerElement {
  return { tag: 0x04, content };
}

/** A non-negative number of at most 32 bits. */
export function integer(value: number): DerElement {
  const content = Buffer.alloc(5);
  content.writeUInt32BE(value, 1);
  let start = 0;
  // Keep a leading zero if the number would otherwise look negative.
  while (start < 4 && content[start] === 0 && (content[start + 1] as number) < 0x80) start += 1;
  return { tag: 0x02, content: content.subarray(start) };
}

/** Writes an element into new memory, without any other copy of the secrets inside it. */
export function writeDer(element: DerElement): Buffer {
  const bytes = Buffer.from(secretRoom(sizeOf(element)).buffer);
  put(bytes, 0, element);
  return bytes;
}

function put(bytes: Buffer, at: number, { tag, content }: DerElement): number {
  const length = contentSize(content);
  bytes[at] = tag;
  let next = putLength(bytes, at + 1, length);
  if (content instanceof Uint8Array) bytes.set(content, next);
  else for (const inner of content) next = put(bytes, next, inner);
  return content instanceof Uint8Array ? next + length : next;
}

function putLength(bytes: Buffer, at: number, length: number): number {
  if (length < 0x80) return bytes.writeUInt8(length, at);
  const count = digits(length);
  bytes.writeUInt8(0x80 | count, at);
  return bytes.writeUIntBE(length, at + 1, count);
}

function sizeOf({ content }: DerElement): number {
  const length = contentSize(content);
  return 2 + (length < 0x80 ? 0 : digits(length)) + length;
}

function contentSize(content: DerElement["content"]): number {
  if (content instanceof Uint8Array) return content.length;
  return content.reduce((size, inner) => size + sizeOf(inner), 0);
}

/** Returns the number of bytes that a length takes. */
function digits(length: number): number {
  return Math.ceil((32 - Math.clz32(length)) / 8);
}
