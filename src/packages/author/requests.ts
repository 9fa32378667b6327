import type { SuppliedIdentity } from "./supplied-credentials.ts";

/** `ApplyControlToken`: what the caller says of an exchange, such as that it is to be shut down. */
export interface ControlRequest<Context> {
  /** What the last leg returned. */
  readonly context: Context;
  /** The content of the TOKEN buffer. */
  readonly token: Buffer;
}

/** A value that a caller sets. */
export interface SettingRequest {
  /** `SECPKG_ATTR_*` or `SECPKG_CRED_ATTR_*` */
  readonly attribute: number;
  /** The caller's struct, copied; pointers in it are the caller's. */
  readonly value: Buffer;
}

/** `SetContextAttributes` */
export interface ContextSetting<Context> extends SettingRequest {
  /** What the last leg returned. */
  readonly context: Context;
}

/** `SetCredentialsAttributes` */
export interface CredentialSetting<Credential> extends SettingRequest {
  /** What `acquireCredentials` returned. */
  readonly credential: Credential;
}

/** `AddCredentials`: more of them, for a handle that is there already. */
export interface AddedCredentials<Credential> {
  /** What `acquireCredentials` returned. */
  readonly credential: Credential;
  /** Which side they are for. */
  readonly use: "inbound" | "outbound" | "both";
  /** `pszPrincipal`; undefined where the caller passes none. */
  readonly principal: string | undefined;
  /** The package that they are for, where the handle is a negotiator's. */
  readonly package: string | undefined;
  /** The name and password that the caller passed. */
  readonly identity: SuppliedIdentity | undefined;
}

/** Who sends a package a message that is none of SSPI's. */
export type PackageCaller = "trusted" | "untrusted" | "pass-through";

/** `LsaCallAuthenticationPackage`, as the package gets it. */
export interface PackageCall {
  /** The caller's message: a copy. */
  readonly message: Buffer;
  /**
   * `trusted` has connected to the LSA with a right to (CallPackage), `untrusted` is anybody (CallPackageUntrusted),
   * `pass-through` is a message from another machine (CallPackagePassthrough).
   */
  readonly caller: PackageCaller;
}
