import type { Answers } from "./answers.ts";
import type { PackageDefinition } from "./definition.ts";
import type { HandleNumbers, HandleTable } from "./handle-table.ts";
import type { SystemServices } from "./system-services.ts";

/** What both sides of a package share. */
export interface PackageParts<Credential, Context> {
  readonly definition: PackageDefinition<Credential, Context>;
  readonly answers: Answers;
  readonly services: SystemServices;
  readonly numbers: HandleNumbers;
}

/** What the LSA's side of a package has handed out. */
export interface LsaHandles<Credential, Context> {
  readonly credentials: HandleTable<Credential>;
  readonly contexts: HandleTable<Context>;
}
