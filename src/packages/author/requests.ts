import type { SuppliedIdentity } from "./supplied-credentials.ts";

/** The input of `ApplyControlToken`: a request of the caller about an exchange, such as to shut it down. */
export interface ControlRequest<Context> {
  /** The context that the last leg returned. */
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
  /** The context that the last leg returned. */
  readonly context: Context;
}

/** `SetCredentialsAttributes` */
export interface CredentialSetting<Credential> extends SettingRequest {
  /** The value that `acquireCredentials` returned. */
  readonly credential: Credential;
}

/** The input of `AddCredentials`: additional credentials for an existing handle. */
export interface AddedCredentials<Credential> {
  /** The value that `acquireCredentials` returned. */
  readonly credential: Credential;
  /** The side that the credentials are for. */
  readonly use: "inbound" | "outbound" | "both";
  /** `pszPrincipal`; undefined if the caller passes none. */
  readonly principal: string | undefined;
  /** The package that the credentials are for, if the handle belongs to a negotiating package. */
  readonly package: string | undefined;
  /** The name and password that the caller passed. */
  readonly identity: SuppliedIdentity | undefined;
}

/** The sender of a message of a package's own protocol, which is not part of SSPI. */
export type PackageCaller = "trusted" | "untrusted" | "pass-through";

/** The input of `LsaCallAuthenticationPackage`, as the package receives it. */
export interface PackageCall {
  /** A copy of the caller's message. */
  readonly message: Buffer;
  /**
   * `trusted`: the sender has connected to the LSA with the right to (CallPackage). `untrusted`: any sender
   * (CallPackageUntrusted). `pass-through`: the message comes from another machine (CallPackagePassthrough).
   */
  readonly caller: PackageCaller;
}
