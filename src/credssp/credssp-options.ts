import type { Pem, TlsCertificate, TlsVersion } from "../tls/index.ts";
import { checkUint, type OptionNames } from "../values/index.ts";
import type { ExchangeSettings } from "./exchange.ts";
import type { InnerPackageOptions, InnerServerOptions } from "./inner-package.ts";
import { type CertificatePin, readPin, type ServerTrust } from "./server-trust.ts";
import { TargetPatterns } from "./target-patterns.ts";

/** The versions of MS-CSSP that an exchange allows. */
export interface CredsspVersionOptions {
  /** The version that this side announces, 2 to 6; 6 by default. */
  readonly version?: number;
  /** The lowest version that the peer may have; 5 by default, the first that detects a relay (CVE-2018-0886). */
  readonly minimumVersion?: number;
}

/** The settings of the TLS around the logon. */
export interface CredsspTlsOptions {
  /** The versions of TLS; Node's own limits by default. WinRM requires `["tls1.2"]`. */
  readonly protocols?: readonly TlsVersion[];
  /** The cipher suites in OpenSSL's notation; Node's own choice by default. */
  readonly ciphers?: string;
}

/** The servers that a client trusts, and those that get its password. */
export interface CredsspTrustOptions {
  /**
   * The targets that get the password: `"TERMSRV/host.example"`, `"TERMSRV/*.corp.example"`. The server learns the
   * password itself, and can act as the user anywhere. None by default.
   */
  readonly delegate?: readonly string[];
  /**
   * The targets, in the same form, where NTLM may log on although the server's certificate is not trusted. None by
   * default.
   */
  readonly allowNtlmTo?: readonly string[];
  /** Accepts only this certificate, whoever signed it: its SHA-256, or a function that judges its bytes. */
  readonly certificate?: CertificatePin;
  /** Trusted roots in PEM, in place of the roots that Node trusts. */
  readonly ca?: Pem | readonly Pem[];
}

/** A server's certificate, and the settings of its logons. */
export interface CredsspServerSettings extends InnerServerOptions {
  /**
   * The server's certificate and private key, in PEM or a PFX; intermediate certificates follow it in `cert` or in the
   * PFX.
   */
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
