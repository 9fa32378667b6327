import type { Pem, TlsCertificate } from "../../tls/index.ts";
import { checkKey } from "../../values/index.ts";
import type { HostOptions } from "../host/index.ts";

export interface SchannelStandInOptions extends HostOptions {
  /** A server's certificate and private key, in PEM or a PFX; credentials for `inbound` need it. */
  readonly certificate?: TlsCertificate;
  /** A client's certificate and private key, shown to servers that ask for one. */
  readonly clientCertificate?: TlsCertificate;
  /** Trusted in place of the roots that Node trusts, in PEM. */
  readonly ca?: Pem | readonly Pem[];
}

const known: Readonly<Record<keyof SchannelStandInOptions, true>> = {
  certificate: true,
  clientCertificate: true,
  ca: true,
  client: true,
  impersonation: true,
  watchdog: true,
};

export function checkStandInOptions(options: SchannelStandInOptions): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options: expected { certificate, ca, … }, got ${options === null ? "null" : typeof options}`);
  for (const name of Object.keys(options)) checkKey(name, "options", known);
}
