import { SECBUFFER_EMPTY, SECPKG_CONTEXT_EXPORT } from "../../generated/sspi/constants.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { readAndRelease, type Workspace, withWorkspace } from "../memory/index.ts";
import { copyHandedOut, type SecurityProvider } from "../native/index.ts";
import { check } from "../status/index.ts";
import { type OptionNames, readOptions } from "../values/index.ts";
import { type AccessToken, ownToken } from "./access-token.ts";
import type { ContextLife } from "./context-life.ts";

/** What happens to the context that is exported, and to the one that is imported. */
export interface ExportOptions {
  /** The imported context begins with its initial state: sequence numbers from zero. */
  readonly resetNew?: boolean;
  /** The context is deleted with the export. */
  readonly deleteOld?: boolean;
  /**
   * Keeps this context usable beside the imported one although both count their messages in one sequence, as on the
   * system's GSSAPI. There each of them sends messages under numbers that the other also uses, and each accepts a
   * message that the other has already accepted, because each has a replay window of its own. Without this option such
   * an export is refused.
   */
  readonly keepOld?: boolean;
  /** A flag of the header for kernel-mode callers; it is refused here. */
  readonly toKernel?: boolean;
  /** Also opens the client's token, for the process that imports the context. */
  readonly withToken?: boolean;
}

/** A context that can be imported. */
export interface ExportedContext {
  /** The package that has to import it. */
  readonly package: string;
  /** The context in the package's own format, as secret as the context's keys. */
  readonly packed: Buffer<ArrayBuffer>;
  /** With `withToken`: a token handle, owned by the caller. */
  readonly token?: AccessToken;
}

/** `SECPKG_CONTEXT_EXPORT_TO_KERNEL` was asked for: there is no kernel-mode caller here that could import it. */
export class KernelExportError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_KERNEL_EXPORT";
  /** The flag that was asked for, as the header calls it. */
  readonly flag = "SECPKG_CONTEXT_EXPORT_TO_KERNEL";

  constructor() {
    super("toKernel: SECPKG_CONTEXT_EXPORT_TO_KERNEL is for kernel-mode callers and cannot be used from here");
    this.name = "KernelExportError";
  }
}

const exportOptionNames: OptionNames<ExportOptions> = {
  resetNew: true,
  deleteOld: true,
  keepOld: true,
  toKernel: true,
  withToken: true,
};

/** @throws TypeError naming the option that is wrong */
export function readExportOptions(options: ExportOptions): ExportOptions {
  return readOptions<ExportOptions>(options, "options", exportOptionNames);
}

/** Checks the options and returns them as `fFlags`. */
function flagsOf(options: ExportOptions): number {
  for (const name of Object.keys(exportOptionNames) as (keyof ExportOptions)[])
    if (options[name] !== undefined && typeof options[name] !== "boolean")
      throw new TypeError(`${name}: expected a boolean, got ${typeof options[name]}`);
  if (options.toKernel) throw new KernelExportError();
  if (options.deleteOld && options.keepOld)
    throw new RangeError("keepOld: expected one of deleteOld and keepOld, got both");
  const { resetNew, deleteOld } = SECPKG_CONTEXT_EXPORT;
  return (options.resetNew ? resetNew : 0) | (options.deleteOld ? deleteOld : 0);
}

export function exportContext(life: ContextLife, options: ExportOptions): ExportedContext {
  const flags = flagsOf(options);
  const { provider, slot } = life.established("export");
  if (provider.traits.exportsShareSequence && !options.deleteOld && !options.keepOld)
    throw new RangeError(
      `deleteOld: on ${provider.label} a context that stays shares one sequence with its copy; say deleteOld: true, or keepOld: true to have both`,
    );
  return withWorkspace((workspace) => {
    workspace.clearPointer();
    const { arena, valueOffset, valueAddress, pointerAddress } = workspace;
    SecBuffer.write(arena.view, { cbBuffer: 0, BufferType: SECBUFFER_EMPTY, pvBuffer: 0n }, valueOffset);
    const token = options.withToken ? pointerAddress : 0;
    const status = provider.ExportSecurityContext(slot.address, flags, valueAddress, token);
    check("ExportSecurityContext", status, provider);
    return readBack(workspace, provider, life.package, options, () => life.exported());
  });
}

/** Takes ownership of all native results before anything can throw, and releases them when something throws. */
function readBack(
  workspace: Workspace,
  provider: SecurityProvider,
  name: string,
  options: ExportOptions,
  gone: () => void,
): ExportedContext {
  const { pvBuffer, cbBuffer } = SecBuffer.read(workspace.arena.view, workspace.valueOffset);
  const token = workspace.handle === 0n ? undefined : ownToken(provider, workspace.handle);
  if (options.deleteOld) gone();
  try {
    const packed =
      pvBuffer === 0n
        ? Buffer.alloc(0)
        : readAndRelease(provider, "FreeContextBuffer", pvBuffer, () =>
            Buffer.from(copyHandedOut(pvBuffer, cbBuffer).buffer),
          );
    return { package: name, packed, ...(token && { token }) };
  } catch (error) {
    token?.close();
    throw error;
  }
}
