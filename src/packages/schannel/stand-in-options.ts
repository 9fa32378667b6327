import type { Pem, TlsCertificate } from "../../tls/index.ts";
import { type OptionNames, readOptions } from "../../values/index.ts";
import { hostOptionNames } from "../host/host-options.ts";
import type { HostOptions } from "../host/index.ts";

/** The certificates that the stand-in trusts, and those that it sends. */
export interface SchannelStandInOptions extends HostOptions {
  /** A server's certificate and private key, in PEM or a PFX; credentials for `inbound` need it. */
  readonly certificate?: TlsCertificate;
  /** A client's certificate and private key, sent to servers that ask for one. */
  readonly clientCertificate?: TlsCertificate;
  /** Trusted roots in PEM, in place of those that Node trusts. */
  readonly ca?: Pem | readonly Pem[];
}

const standInNames: OptionNames<SchannelStandInOptions> = {
  certificate: true,
  clientCertificate: true,
  ca: true,
  ...hostOptionNames,
};

/** Returns a copy of the caller's options. @throws TypeError */
export function readStandInOptions(options: SchannelStandInOptions): SchannelStandInOptions {
  return readOptions<SchannelStandInOptions>(options, "options", standInNames);
}
