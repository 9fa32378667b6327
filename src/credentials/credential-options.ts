import type { SecurityProvider } from "../native/index.ts";
import type { CancelOptions } from "../values/index.ts";
import type { CredentialUse } from "./credential-use.ts";
import type { CredsspOptions } from "./credssp/credssp-options.ts";
import type { AnyIdentity } from "./identities/any-identity.ts";
import type { KerberosOptions } from "./kerberos-options.ts";
import type { SchannelOptions } from "./schannel/schannel-options.ts";
import type { SecurityPackage } from "./security-package.ts";

/** WinPR's options that the headers do not have. An empty object, `{}`, also says that WinPR is meant. */
export interface WinprOptions {
  /**
   * NTLM servers only: the SAM file (`user:domain:lm:nthash:::` lines) with the server's users. A line without a domain
   * accepts its user under any domain that the client claims, so `peer()` tells the account alone there; it tells the
   * domain of a line that has one. Nobody logs on by a line without an NT hash.
   */
  readonly samFile?: string;
}

/** The name of a security package: one of Windows, or any other. */
export type PackageName = "Negotiate" | "Kerberos" | "NTLM" | "Schannel" | "CREDSSP" | (string & {});

/** Options for acquiring credentials: the user, the package and the side. */
export interface CredentialOptions {
  /** The package that the credentials are for; `packages()` lists those of a machine. */
  readonly package: PackageName;
  /** The side: `"outbound"` is a client, `"inbound"` a server, `"both"` either. */
  readonly use: CredentialUse;
  /** The user; by default the one that the process runs as. */
  readonly identity?: AnyIdentity;
  /** Schannel only: certificates, protocols, flags. */
  readonly schannel?: SchannelOptions;
  /** CredSSP only: credentials for TLS, and those for the logon inside it. */
  readonly credssp?: CredsspOptions;
  /** `pszPrincipal`; most packages require that it is omitted. */
  readonly principal?: string;
  /** Where Kerberos in the system's GSSAPI finds tickets and keys. */
  readonly kerberos?: KerberosOptions;
  /** Options that only WinPR reads. With `use: "inbound"` this names WinPR as the server's provider, also as `{}`. */
  readonly winpr?: WinprOptions;
  /**
   * The SSPI provider; by default the system's GSSAPI for Kerberos and Negotiate off Windows, else the machine's
   * library. A server gets WinPR only if it is named: here, in `SSPI_LIBRARY`, or with {@link winpr}.
   */
  readonly provider?: SecurityProvider;
}

/** Options for acquiring credentials off the event loop, and how long the caller waits. */
export interface AcquireOptions extends CredentialOptions, CancelOptions {}

/** The checked options of an acquisition. */
export interface Request {
  readonly provider: SecurityProvider;
  readonly package: SecurityPackage;
  readonly options: AcquireOptions;
}
