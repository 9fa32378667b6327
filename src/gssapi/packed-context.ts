import { createHash, timingSafeEqual } from "node:crypto";
import { basename } from "node:path";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import type { PackageName } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";

/** The facts about a context that the library's own bytes do not contain. */
export interface PackedFacts {
  /** The library that made the bytes: another library would misread them. */
  readonly library: string;
  readonly package: PackageName;
  readonly initiator: boolean;
  readonly flags: number;
  /** Milliseconds since 1970; absent if the context never expires. */
  readonly expiry?: number;
  readonly established?: number;
}

const magic = Buffer.from("sspi-ffi/GSSAPI\0");
const digestSize = 32;
const head = magic.length + digestSize + 4;

/**
 * `magic ‖ SHA-256 of the rest ‖ length of facts ‖ facts ‖ context`: as secret as the context's keys, which it
 * contains.
 */
export function packContext(facts: PackedFacts, context: Uint8Array): Buffer<ArrayBuffer> {
  const text = Buffer.from(JSON.stringify(facts));
  const packed = Buffer.from(new ArrayBuffer(head + text.length + context.length));
  packed.set(magic);
  packed.writeUInt32LE(text.length, head - 4);
  packed.set(text, head);
  packed.set(context, head + text.length);
  packed.set(digest(packed.subarray(head - 4)), magic.length);
  return packed;
}

/**
 * Unpacks the bytes of {@link packContext}. Libraries end the process on some bytes that are not a context, so only
 * unchanged bytes reach them.
 *
 * @throws ProviderError SEC_E_INVALID_TOKEN
 */
export function unpackContext(packed: Buffer): { readonly facts: PackedFacts; readonly context: Buffer } {
  if (packed.length < head || !packed.subarray(0, magic.length).equals(magic))
    throw new ProviderError(SEC_E_INVALID_TOKEN, "the bytes are no context that this provider exported");
  const stated = packed.subarray(magic.length, magic.length + digestSize);
  if (!timingSafeEqual(stated, digest(packed.subarray(head - 4))))
    throw new ProviderError(SEC_E_INVALID_TOKEN, "the exported context was changed or cut");
  const length = packed.readUInt32LE(head - 4);
  return {
    facts: JSON.parse(packed.subarray(head, head + length).toString()) as PackedFacts,
    context: packed.subarray(head + length),
  };
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** Identifies a library by its file's name, which contains its major version. */
export function libraryMark(file: string): string {
  return basename(file);
}
