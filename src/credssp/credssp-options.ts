import type { Pem, TlsCertificate, TlsVersion } from "../tls/index.ts";
import { checkUint, type OptionNames } from "../values/index.ts";
import type { ExchangeSettings } from "./exchange.ts";
import type { InnerPackageOptions, InnerServerOptions } from "./inner-package.ts";
import { type CertificatePin, readPin, type ServerTrust } from "./server-trust.ts";
import { TargetPatterns } from "./target-patterns.ts";

/** Versions of MS-CSSP. */
export interface CredsspVersionOptions {
  /** What this side announces, 2 to 6; 6 by default. */
  readonly version?: number;
  /** What the peer has to speak; 5 by default, the first in which a relay is noticed (CVE-2018-0886). */
  readonly minimumVersion?: number;
}

/** How the TLS around the logon is spoken. */
export interface CredsspTlsOptions {
  /** Which versions of TLS are spoken; Node's own limits where it is left out. WinRM wants `["tls1.2"]`. */
  readonly protocols?: readonly TlsVersion[];
  /** Cipher suites in OpenSSL's notation; Node's own choice where it is left out. */
  readonly ciphers?: string;
}

/** Whom a client talks to, and whom it hands a password. */
export interface CredsspTrustOptions {
  /**
   * Whom the password is handed to: `"TERMSRV/host.example"`, `"TERMSRV/*.corp.example"`. The server learns the password
   * itself, and can be the user anywhere. Nobody by default.
   */
  readonly delegate?: readonly string[];
  /** Where NTLM may log on although the server's certificate is not trusted, in the same form. Nowhere by default. */
  readonly allowNtlmTo?: readonly string[];
  /** The only certificate to talk to, whoever vouches for it: its SHA-256, or a function that judges its bytes. */
  readonly certificate?: CertificatePin;
  /** Trusted in place of the roots that Node trusts, in PEM. */
  readonly ca?: Pem | readonly Pem[];
}

/** What a server shows, and logs its clients on with. */
export interface CredsspServerSettings extends InnerServerOptions {
  /** Its certificate and private key, in PEM or a PFX; the certificates above it stand behind it in `cert`, or in the PFX. */
  readonly certificate: TlsCertificate;
}

export const versionNames: OptionNames<CredsspVersionOptions> = { version: true, minimumVersion: true };
export const tlsNames: OptionNames<CredsspTlsOptions> = { protocols: true, ciphers: true };
export const innerNames: OptionNames<InnerPackageOptions> = { inner: true, innerProvider: true };
export const trustNames: OptionNames<CredsspTrustOptions> = {
  delegate: true,
  allowNtlmTo: true,
  certificate: true,
  ca: true,
};
export const serverNames: OptionNames<CredsspServerSettings> = { certificate: true, winpr: true, kerberos: true };

/** @throws TypeError or RangeError naming the option */
export function readVersions({ version = 6, minimumVersion = 5 }: CredsspVersionOptions): ExchangeSettings {
  for (const [name, value] of Object.entries({ version, minimumVersion }))
    if (checkUint(value, name, 6) < 2) throw new RangeError(`${name}: expected a version from 2 to 6, got ${value}`);
  if (version < minimumVersion)
    throw new RangeError(`version: expected at least minimumVersion (${minimumVersion}), got ${version}`);
  return { version, minimumVersion };
}

export interface ClientPolicy extends ServerTrust {
  readonly delegate: TargetPatterns;
}

/** @throws TypeError or RangeError naming the option */
export function readPolicy({ delegate = [], allowNtlmTo = [], certificate }: CredsspTrustOptions): ClientPolicy {
  return {
    delegate: new TargetPatterns(delegate, "delegate"),
    allowNtlmTo: new TargetPatterns(allowNtlmTo, "allowNtlmTo"),
    pin: readPin(certificate),
  };
}
