import type { Pem, TlsVersion } from "../tls/index.ts";
import type { ClientPolicy, CredsspServerSettings } from "./credssp-options.ts";
import type { ExchangeSettings } from "./exchange.ts";
import type { InnerPackageOptions } from "./inner-package.ts";

/** The checked options of a package. */
export interface CredsspPackageSettings {
  readonly versions: ExchangeSettings;
  readonly policy: ClientPolicy;
  readonly inner: InnerPackageOptions;
  readonly server: CredsspServerSettings | undefined;
  /** SubjectPublicKey of the server's certificate. */
  readonly serverKey: Buffer | undefined;
  readonly ca: Pem | readonly Pem[] | undefined;
  readonly tls: { readonly protocols?: readonly TlsVersion[]; readonly ciphers?: string };
}
