import type { Sch } from "../../../generated/schannel/constants.ts";

/**
 * A name and password that a caller passed. The password does not show when it is printed, and is there only until the
 * package has answered: it is zeroed then, and whoever reads it later gets an error.
 */
export interface SuppliedIdentity {
  /** The account's name. */
  readonly user: string;
  /** The account's domain; empty where the caller gave none. */
  readonly domain: string;
  /** The password as text, made each time that it is read; nobody can zero a string. */
  readonly password: string;
  /** The password in UTF-8; not a copy. */
  readonly passwordBytes: Uint8Array;
}

/** The structs of Schannel, the older one first. */
export const schannelStructs = ["SCHANNEL_CRED", "SCH_CREDENTIALS"] as const;
/** The structs beside `SEC_WINNT_AUTH_IDENTITY` that a package may say it reads. */
export const readableCredentials = [...schannelStructs, "CREDSSP_CRED"] as const;
/** The structs beside `SEC_WINNT_AUTH_IDENTITY` that a package may say it reads. */
export type ReadableCredentials = (typeof readableCredentials)[number];

/** A `SCHANNEL_CRED` or `SCH_CREDENTIALS` of the caller. */
export interface SuppliedSchannel {
  /** Which struct the caller passed. */
  readonly struct: "SCHANNEL_CRED" | "SCH_CREDENTIALS";
  /** Encoded, as they are; their private keys are the system's, and no package in TypeScript reads them. */
  readonly certificates: readonly Buffer[];
  /** `SCH_*` by name. */
  readonly flags: readonly Sch[];
  /** `SP_PROT_*` that may be used; 0 where the caller leaves it to the package. `SCHANNEL_CRED` says so. */
  readonly enabledProtocols: number;
  /** `SP_PROT_*` that may not be used. `SCH_CREDENTIALS` says so. */
  readonly disabledProtocols: number;
}

/** A `CREDSSP_CRED` of the caller. */
export interface SuppliedCredssp {
  /** `CREDSSP_SUBMIT_TYPE` */
  readonly type: number;
  /** The credentials for TLS. */
  readonly schannel: SuppliedSchannel | undefined;
  /** Of `CredsspPasswordCreds` only: what other types have in its place is in forms of their own. */
  readonly spnego: SuppliedIdentity | undefined;
}

/** What `pAuthData` holds: at most one of them. */
export interface SuppliedCredentials {
  readonly identity: SuppliedIdentity | undefined;
  readonly schannel: SuppliedSchannel | undefined;
  readonly credssp: SuppliedCredssp | undefined;
}
