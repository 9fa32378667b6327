import { SECBUFFER_EMPTY, SECPKG_CONTEXT_EXPORT } from "../../generated/sspi/constants.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import {
  SEC_E_INVALID_HANDLE,
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../generated/status/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import { copyOut, readStruct, writeStruct } from "../native/index.ts";
import { GssapiContext } from "./gssapi-context.ts";
import type { PackageName } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";
import { libraryMark, packContext, unpackContext } from "./packed-context.ts";
import type { ProviderCore } from "./provider-core.ts";

/**
 * ExportSecurityContext. The library's export deletes the context. A context that has to stay is imported again at
 * once; the copies then share one sequence.
 */
export function exportContext(core: ProviderCore, at: Address, flags: number, packed: Address, token: Address): number {
  const context = core.contexts.find(at);
  if (context?.state !== "complete")
    // A library may end the process when it exports an incomplete context.
    throw new ProviderError(SEC_E_INVALID_HANDLE, "only a complete context can be exported");
  if (BigInt(token) !== 0n)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "there are no access tokens where GSSAPI is");
  if ((flags & SECPKG_CONTEXT_EXPORT.resetNew) !== 0)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "an exported context keeps its sequence numbers");
  if ((flags & SECPKG_CONTEXT_EXPORT.toKernel) !== 0)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "there is no kernel that would take the context");
  const bytes = takeContext(core, context);
  try {
    const blob = packContext(factsOf(core, context), bytes);
    const pvBuffer = core.heap.allocate(blob);
    writeStruct(SecBuffer, packed, { BufferType: SECBUFFER_EMPTY, cbBuffer: blob.length, pvBuffer });
    blob.fill(0);
    if ((flags & SECPKG_CONTEXT_EXPORT.deleteOld) === 0) putContext(core, context, bytes);
    else core.contexts.take(at)?.release();
    return SEC_E_OK;
  } finally {
    bytes.fill(0);
  }
}

function factsOf({ library }: ProviderCore, { package: name, initiator, flags, expiry, established }: GssapiContext) {
  return {
    library: libraryMark(library.file),
    package: name,
    initiator,
    flags,
    ...(Number.isFinite(expiry) && { expiry }),
    ...(established && { established: established.getTime() }),
  };
}

function takeContext({ calls }: ProviderCore, { cells }: GssapiContext): Buffer<ArrayBuffer> {
  return calls.outputOf("gss_export_sec_context", (output) => [calls.minorAddress, cells.contextAddress, output]);
}

function putContext({ calls }: ProviderCore, context: GssapiContext, bytes: Uint8Array): void {
  const { cells } = context;
  const arena = new Arena(Math.ceil(bytes.length / 16) * 16);
  try {
    cells.clearLeg();
    cells.forgetContext();
    cells.setInput(arena.write(bytes).address, bytes.length);
    const take = calls.library.get("gss_import_sec_context");
    const major = Number(take(cells.minorAddress, cells.inputBufferAddress, cells.contextAddress)) >>> 0;
    calls.check("gss_import_sec_context", major, cells.minor, "kerberos", () => SEC_E_INVALID_TOKEN);
  } finally {
    arena.wipe();
  }
}

/** ImportSecurityContextW */
export function importContext(
  core: ProviderCore,
  name: PackageName,
  packed: Address,
  token: Address,
  at: Address,
): number {
  if (BigInt(token) !== 0n)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "there are no access tokens where GSSAPI is");
  const { cbBuffer, pvBuffer } = readStruct(SecBuffer, packed);
  const copy = Buffer.from(copyOut(pvBuffer, pvBuffer === 0n ? 0 : cbBuffer).buffer);
  try {
    const { facts, context: bytes } = unpackContext(copy);
    if (facts.library !== libraryMark(core.library.file) || facts.package !== name)
      throw new ProviderError(
        SEC_E_INVALID_TOKEN,
        `a context of ${facts.package} of ${facts.library} is not one of ${name} of ${libraryMark(core.library.file)}`,
      );
    const context = new GssapiContext(core.calls, name, facts.initiator);
    try {
      putContext(core, context, bytes);
    } catch (error) {
      context.release();
      throw error;
    }
    context.complete(facts.flags, facts.expiry, facts.established);
    core.contexts.issue(at, context);
    return SEC_E_OK;
  } finally {
    copy.fill(0);
  }
}
