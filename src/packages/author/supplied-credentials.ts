import type { Sch } from "../../../generated/schannel/constants.ts";

/**
 * A name and password that a caller passed. The password is hidden when the object is printed. It is available only
 * until the package has returned: it is zeroed then, and reading it later throws.
 */
export interface SuppliedIdentity {
  /** The account's name. */
  readonly user: string;
  /** The account's domain; empty if the caller gave none. */
  readonly domain: string;
  /** The password as text. Each read makes a new string, which cannot be zeroed. */
  readonly password: string;
  /** The password in UTF-8, not copied. */
  readonly passwordBytes: Uint8Array;
}

/** The structs of Schannel, the older one first. */
export const schannelStructs = ["SCHANNEL_CRED", "SCH_CREDENTIALS"] as const;
/** The structs other than `SEC_WINNT_AUTH_IDENTITY` that a package may list in `reads`. */
export const readableCredentials = [...schannelStructs, "CREDSSP_CRED"] as const;
/** The structs other than `SEC_WINNT_AUTH_IDENTITY` that a package may list in `reads`. */
export type ReadableCredentials = (typeof readableCredentials)[number];

/** A `SCHANNEL_CRED` or `SCH_CREDENTIALS` of the caller. */
export interface SuppliedSchannel {
  /** Which struct the caller passed. */
  readonly struct: "SCHANNEL_CRED" | "SCH_CREDENTIALS";
  /**
   * The certificates as the caller passed them, encoded. Their private keys belong to the system; a package in
   * TypeScript cannot read them.
   */
  readonly certificates: readonly Buffer[];
  /** `SCH_*` flags by name. */
  readonly flags: readonly Sch[];
  /** `SP_PROT_*` bits that may be used; 0 if the caller leaves the choice to the package. Only in `SCHANNEL_CRED`. */
  readonly enabledProtocols: number;
  /** `SP_PROT_*` bits that must not be used. Only in `SCH_CREDENTIALS`. */
  readonly disabledProtocols: number;
}

/** A `CREDSSP_CRED` of the caller. */
export interface SuppliedCredssp {
  /** `CREDSSP_SUBMIT_TYPE` */
  readonly type: number;
  /** The credentials for TLS. */
  readonly schannel: SuppliedSchannel | undefined;
  /** The logon credentials, of `CredsspPasswordCreds` only: other types have formats of their own for this member. */
  readonly spnego: SuppliedIdentity | undefined;
}

/** The content of `pAuthData`: at most one of these members. */
export interface SuppliedCredentials {
  readonly identity: SuppliedIdentity | undefined;
  readonly schannel: SuppliedSchannel | undefined;
  readonly credssp: SuppliedCredssp | undefined;
}
