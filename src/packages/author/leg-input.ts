import {
  SEC_CHANNEL_BINDINGS_EX_MAGIC,
  SECBUFFER_CHANNEL_BINDINGS,
  SECBUFFER_EMPTY,
  SECBUFFER_FLAGS,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import { SEC_CHANNEL_BINDINGS, SEC_CHANNEL_BINDINGS_EX, SEC_FLAGS } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { findBuffer, type SecurityBuffer } from "../../interface/security-buffers.ts";
import type { LegInputBuffer } from "./definition.ts";
import { PackageError } from "./package-error.ts";

/** Buffer types that a request has its own members for. */
const known: readonly number[] = [SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_CHANNEL_BINDINGS, SECBUFFER_FLAGS];

/** The caller's remaining input buffers, for which a request has no member of its own. */
export function otherBuffers(input: readonly SecurityBuffer[]): readonly LegInputBuffer[] {
  return input
    .filter(({ type }) => !known.includes(type))
    .map((buffer) => ({ type: buffer.type, bytes: buffer.read() }));
}

/** The names of the flags that do not fit into the 32-bit flag word. @throws PackageError for a malformed buffer. */
export function wideFlagNames(
  group: Readonly<Record<string, bigint>>,
  input: readonly SecurityBuffer[],
): readonly string[] {
  const bytes = findBuffer(input, SECBUFFER_FLAGS)?.read();
  if (!bytes) return [];
  if (bytes.length < SEC_FLAGS.layouts[hostAbi].size) throw new PackageError("SEC_E_INVALID_TOKEN");
  const { Flags } = SEC_FLAGS.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  return Object.keys(group).filter((name) => (BigInt(Flags) & (group[name] as bigint)) !== 0n);
}

/** `applicationData` of the channel bindings in the input. @throws PackageError for a malformed buffer. */
export function channelBindings(input: readonly SecurityBuffer[]): Buffer | undefined {
  const bytes = findBuffer(input, SECBUFFER_CHANNEL_BINDINGS)?.read();
  if (!bytes) return undefined;
  const extended = bytes.length >= 4 && bytes.readUInt32LE() === SEC_CHANNEL_BINDINGS_EX_MAGIC;
  const struct = extended ? SEC_CHANNEL_BINDINGS_EX : SEC_CHANNEL_BINDINGS;
  if (bytes.length < struct.layouts[hostAbi].size) throw new PackageError("SEC_E_BAD_BINDINGS");
  const { dwApplicationDataOffset: start, cbApplicationDataLength: length } = struct.read(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  );
  if (start + length > bytes.length) throw new PackageError("SEC_E_BAD_BINDINGS");
  return bytes.subarray(start, start + length);
}
