import { inspect } from "node:util";
import { readProviderOptions } from "../credentials/index.ts";
import { type DefinedPackage, definePackage } from "../packages/author/index.ts";
import { hostOptionNames } from "../packages/host/host-options.ts";
import { type HostOptions, PackageHost } from "../packages/host/index.ts";
import { TlsContext } from "../tls/index.ts";
import { type OptionNames, readOptions } from "../values/index.ts";
import { credsspDefinition } from "./credssp-definition.ts";
import {
  type CredsspServerSettings,
  type CredsspTlsOptions,
  type CredsspTrustOptions,
  type CredsspVersionOptions,
  innerNames,
  readPolicy,
  readVersions,
  serverNames,
  tlsNames,
  trustNames,
  versionNames,
} from "./credssp-options.ts";
import { checkInner, type InnerPackageOptions } from "./inner-package.ts";
import type { CredsspPackageSettings } from "./package-settings.ts";
import { KeptCertificate, keyOf, readCertificate } from "./server-certificate.ts";

/** The trust, the versions and the server settings of the package CREDSSP. */
export interface CredsspHostOptions
  extends HostOptions,
    InnerPackageOptions,
    CredsspVersionOptions,
    CredsspTlsOptions,
    CredsspTrustOptions {
  /** The server's settings; credentials for `inbound` need them. */
  readonly server?: CredsspServerSettings;
}

const optionNames: OptionNames<CredsspHostOptions> = {
  ...hostOptionNames,
  ...innerNames,
  ...versionNames,
  ...tlsNames,
  ...trustNames,
  server: true,
};

/** A {@link PackageHost} with CredSSP loaded; other packages can be added. */
export class CredsspHost extends PackageHost {
  readonly #package: DefinedPackage;
  readonly #certificate: KeptCertificate | undefined;

  /** @throws TypeError or RangeError naming the option that is wrong. */
  constructor(given: CredsspHostOptions) {
    const options = readOptions<CredsspHostOptions>(given, "options", optionNames);
    const server = options.server === undefined ? undefined : readServer(options.server);
    const kept = server && new KeptCertificate(server.certificate);
    const settings = settingsOf(options, server && kept && { ...server, certificate: kept.certificate });
    super(hostOptions(options));
    this.#certificate = kept;
    this.#package = definePackage(credsspDefinition(settings)) as DefinedPackage;
    this.add(this.#package);
  }

  /** Deletes all open handles. Harmless when repeated. */
  override close(): void {
    super.close();
    this.#package.close();
    this.#certificate?.close();
  }

  override [inspect.custom](): string {
    return super[inspect.custom]().replace("PackageHost", "CredsspHost");
  }
}

/**
 * Hosts the package `CREDSSP` of MS-CSSP, versions 2 to 6, client and server, over the OpenSSL inside Node, with
 * another package for the logon inside: for machines whose SSPI has no CredSSP, and for a view of the exchange. On
 * Windows the default stays secur32's own. The package is synchronous, so a logon that asks a domain controller blocks
 * the event loop; `CredsspStream` does not. It has no access tokens, no impersonation and no export.
 *
 * A client sends its password to the server, and therefore only to targets in `delegate`.
 *
 * @throws TypeError or RangeError naming the option that is wrong; TlsError for a certificate that cannot be used;
 *   TlsUnavailableError if this program has no OpenSSL that can be called (Electron, Bun).
 */
export function credsspHost(options: CredsspHostOptions = {}): CredsspHost {
  return new CredsspHost(options);
}

function settingsOf(options: CredsspHostOptions, server: CredsspServerSettings | undefined): CredsspPackageSettings {
  const { inner, innerProvider, ca, protocols, ciphers } = options;
  checkInner(options);
  const tls = { ...(protocols !== undefined && { protocols }), ...(ciphers !== undefined && { ciphers }) };
  return {
    versions: readVersions(options),
    policy: readPolicy(options),
    inner: { ...(inner !== undefined && { inner }), ...(innerProvider !== undefined && { innerProvider }) },
    server,
    serverKey: tryTls({ tls, ca, server }),
    ca,
    tls,
  };
}

const serverCertificate = "server.certificate";

function readServer(given: CredsspServerSettings): CredsspServerSettings {
  const server = readOptions<CredsspServerSettings>(given, "server", serverNames);
  const certificate = readCertificate(server.certificate, serverCertificate);
  return { ...server, ...readProviderOptions(server, "server."), certificate };
}

/**
 * Opens TLS once to report errors in certificates and ciphers when the options are given, not in a leg; returns the
 * server's key.
 */
function tryTls({ tls, ca, server }: Pick<CredsspPackageSettings, "tls" | "ca" | "server">): Buffer | undefined {
  new TlsContext({ side: "client", ...tls, ...(ca === undefined ? {} : { ca }) }).close();
  if (!server) return undefined;
  using context = new TlsContext({ side: "server", certificate: server.certificate, ...tls }, serverCertificate);
  return keyOf(context.certificate as Buffer, serverCertificate);
}

function hostOptions({ client, impersonation, watchdog }: CredsspHostOptions): HostOptions {
  return {
    ...(client !== undefined && { client }),
    ...(impersonation !== undefined && { impersonation }),
    ...(watchdog !== undefined && { watchdog }),
  };
}
