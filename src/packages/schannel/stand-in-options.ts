import type { Pem, TlsCertificate } from "../../tls/index.ts";
import { type OptionNames, readOptions } from "../../values/index.ts";
import { hostOptionNames } from "../host/host-options.ts";
import type { HostOptions } from "../host/index.ts";

/** What the stand-in trusts, and the certificates that it shows. */
export interface SchannelStandInOptions extends HostOptions {
  /** A server's certificate and private key, in PEM or a PFX; credentials for `inbound` need it. */
  readonly certificate?: TlsCertificate;
  /** A client's certificate and private key, shown to servers that ask for one. */
  readonly clientCertificate?: TlsCertificate;
  /** Trusted in place of the roots that Node trusts, in PEM. */
  readonly ca?: Pem | readonly Pem[];
}

const standInNames: OptionNames<SchannelStandInOptions> = {
  certificate: true,
  clientCertificate: true,
  ca: true,
  ...hostOptionNames,
};

/** A copy of what the caller gives. @throws TypeError */
export function readStandInOptions(options: SchannelStandInOptions): SchannelStandInOptions {
  return readOptions<SchannelStandInOptions>(options, "options", standInNames);
}
