import { createHash, timingSafeEqual } from "node:crypto";
import { basename } from "node:path";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import type { PackageName } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";

/** What is known of a context beside the library's own bytes. */
export interface PackedFacts {
  /** Whose bytes they are: another library would read something else in them. */
  readonly library: string;
  readonly package: PackageName;
  readonly initiator: boolean;
  readonly flags: number;
  /** Milliseconds since 1970; absent where it never ends. */
  readonly expiry?: number;
  readonly established?: number;
}

const magic = Buffer.from("sspi-ffi/GSSAPI\0");
const digestSize = 32;
const head = magic.length + digestSize + 4;

/** `magic ‖ SHA-256 of the rest ‖ length of facts ‖ facts ‖ context`: as secret as the context's keys, which are in it. */
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
 * What {@link packContext} packed. Libraries end the process on some bytes that are no context, so only bytes that are
 * unchanged reach them.
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

/** What tells one library from another: its file's name, which has its major version. */
export function libraryMark(file: string): string {
  return basename(file);
}
