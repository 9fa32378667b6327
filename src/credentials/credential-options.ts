import type { SecurityProvider } from "../native/index.ts";
import type { CancelOptions } from "../values/index.ts";
import type { CredentialUse } from "./credential-use.ts";
import type { CredsspOptions } from "./credssp/credssp-options.ts";
import type { AnyIdentity } from "./identities/any-identity.ts";
import type { KerberosOptions } from "./kerberos-options.ts";
import type { SchannelOptions } from "./schannel/schannel-options.ts";
import type { SecurityPackage } from "./security-package.ts";

/** What WinPR takes beside what the headers have. An object without any of it, `{}`, says that WinPR is meant, too. */
export interface WinprOptions {
  /** NTLM servers only: the SAM file (`user:domain:lm:nthash:::` lines) in which they look their users up. */
  readonly samFile?: string;
}

/** The name of a security package: one of those that Windows has, or any other. */
export type PackageName = "Negotiate" | "Kerberos" | "NTLM" | "Schannel" | "CREDSSP" | (string & {});

/** Whose credentials are acquired, for which package and which side. */
export interface CredentialOptions {
  /** The package to acquire them for; `packages()` lists what a machine has. */
  readonly package: PackageName;
  /** Which side: `"outbound"` is a client, `"inbound"` a server, `"both"` either. */
  readonly use: CredentialUse;
  /** Left out: the user that the process runs as. */
  readonly identity?: AnyIdentity;
  /** Schannel only: certificates, protocols, flags. */
  readonly schannel?: SchannelOptions;
  /** CredSSP only: credentials for TLS, and those for the logon inside it. */
  readonly credssp?: CredsspOptions;
  /** `pszPrincipal`; most packages want it left out. */
  readonly principal?: string;
  /** Where Kerberos of the system's GSSAPI finds tickets and keys. */
  readonly kerberos?: KerberosOptions;
  /** What only WinPR reads. Beside `use: "inbound"` it says by name that the server is WinPR's, also as `{}`. */
  readonly winpr?: WinprOptions;
  /**
   * Whose SSPI; by default the system's GSSAPI for Kerberos and Negotiate off Windows, else the machine's library. A
   * server gets WinPR only by name: here, in `SSPI_LIBRARY`, or with {@link winpr}.
   */
  readonly provider?: SecurityProvider;
}

/** What is asked for off the event loop, and how long the caller waits for it. */
export interface AcquireOptions extends CredentialOptions, CancelOptions {}

/** What was asked for, after it was checked. */
export interface Request {
  readonly provider: SecurityProvider;
  readonly package: SecurityPackage;
  readonly options: AcquireOptions;
}
