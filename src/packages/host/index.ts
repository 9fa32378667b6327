export type { Audit, DiagnosticsReport, Holding, Misdeed } from "./diagnostics.ts";
export { PackageLoadError } from "./errors.ts";
export type { HostOptions } from "./host-options.ts";
export type { PackageCallOptions } from "./package-calls.ts";
export { type LoadedPackage, PackageHost } from "./package-host.ts";
export type { EntryPoints, ModuleOptions } from "./package-module.ts";
export type { ClientIdentity, Impersonator } from "./surroundings.ts";
