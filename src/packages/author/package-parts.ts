import type { Answers } from "./answers.ts";
import type { PackageDefinition } from "./definition.ts";
import type { HandleNumbers, HandleTable } from "./handle-table.ts";
import type { SystemServices } from "./system-services.ts";

/** The parts of a package that LSA mode and user mode share. */
export interface PackageParts<Credential, Context> {
  readonly definition: PackageDefinition<Credential, Context>;
  readonly answers: Answers;
  readonly services: SystemServices;
  readonly numbers: HandleNumbers;
}

/** The handles that a package's LSA mode has returned. */
export interface LsaHandles<Credential, Context> {
  readonly credentials: HandleTable<Credential>;
  readonly contexts: HandleTable<Context>;
}
