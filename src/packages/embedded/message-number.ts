import { randomBytes } from "node:crypto";
import { PackageError } from "../author/index.ts";
import type { Position } from "./session-state.ts";

const keyIdSize = 16;
const maxGeneration = 0xffff_ffff;
export const headerSize = keyIdSize + 4 + 8;

/** The header of every message: the key that protects it, and the message's number. */
export interface Header {
  /** The salt of the message's key: the key id and the generation. */
  readonly keySalt: Buffer;
  readonly position: Position;
  /**
   * The message's number in 96 bits: unique enough, because a key belongs to one sender, one session and one
   * generation.
   */
  readonly nonce: Buffer;
  readonly bytes: Buffer;
}

/** @throws PackageError SEC_E_INVALID_TOKEN if a token does not have the required length. */
export function readHeader(token: Buffer, size: number): Header {
  if (token.length !== size) throw new PackageError("SEC_E_INVALID_TOKEN");
  const bytes = token.subarray(0, headerSize);
  const number = bytes.subarray(keyIdSize + 4);
  const position = { generation: bytes.readUInt32BE(keyIdSize), next: Number(number.readBigUInt64BE()) };
  const nonce = Buffer.concat([Buffer.alloc(4), number]);
  return { keySalt: bytes.subarray(0, keyIdSize + 4), position, nonce, bytes };
}

/**
 * Numbers outgoing messages. Every session sends with its own key, which a random id identifies: otherwise the same
 * packed bytes imported twice, or a context used in parallel with its copy, would use a nonce twice.
 */
export class Outgoing {
  readonly #keyId = randomBytes(keyIdSize);
  #position: Position;

  constructor(position: Position) {
    this.#position = position;
  }

  get position(): Position {
    return this.#position;
  }

  next(): Header {
    const { generation, next } = this.#position;
    const bytes = Buffer.alloc(headerSize);
    this.#keyId.copy(bytes);
    bytes.writeUInt32BE(generation, keyIdSize);
    bytes.writeBigUInt64BE(BigInt(next), keyIdSize + 4);
    this.#position = { generation, next: next + 1 };
    return readHeader(bytes, headerSize);
  }
}

/** Detects repeated, missing and reordered messages. */
export class Incoming {
  #position: Position;

  constructor(position: Position) {
    this.#position = position;
  }

  get position(): Position {
    return this.#position;
  }

  /** Call this only for messages that are proven to be the peer's. @throws PackageError SEC_E_OUT_OF_SEQUENCE */
  accept({ generation, next }: Position): void {
    const follows = generation === this.#position.generation && next === this.#position.next;
    const anew = generation > this.#position.generation && next === 0;
    if (!follows && !anew) throw new PackageError("SEC_E_OUT_OF_SEQUENCE");
    this.#position = { generation, next: next + 1 };
  }
}

/** The first position of a context that was exported with RESET_NEW. @throws PackageError after 2³² times */
export function anew({ generation }: Position): Position {
  if (generation >= maxGeneration) throw new PackageError("SEC_E_CONTEXT_EXPIRED");
  return { generation: generation + 1, next: 0 };
}
