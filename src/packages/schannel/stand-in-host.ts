import { inspect } from "node:util";
import { TlsContext } from "../../tls/index.ts";
import { type DefinedPackage, definePackage } from "../author/index.ts";
import { PackageHost } from "../host/index.ts";
import { standInDefinition } from "./stand-in-definition.ts";
import { readStandInOptions, type SchannelStandInOptions } from "./stand-in-options.ts";

/** A {@link PackageHost} with Schannel's stand-in loaded; other packages can be added. */
export class SchannelStandIn extends PackageHost {
  readonly #package: DefinedPackage;

  /** @throws TypeError or RangeError naming the option that is wrong. */
  constructor(given: SchannelStandInOptions) {
    const options = readStandInOptions(given);
    const { certificate: _, clientCertificate: _client, ca: _ca, ...host } = options;
    tryCertificates(options);
    super(host);
    this.#package = definePackage(standInDefinition(options)) as DefinedPackage;
    this.add(this.#package);
  }

  /** Deletes open handles. Harmless when repeated. */
  override close(): void {
    super.close();
    this.#package.close();
  }

  override [inspect.custom](): string {
    return super[inspect.custom]().replace("PackageHost", "SchannelStandIn");
  }
}

/** Checks the certificates here, where they were given, so that the error does not appear only in a leg. */
function tryCertificates({ certificate, clientCertificate, ca }: SchannelStandInOptions): void {
  const trust = ca === undefined ? {} : { ca };
  const own = clientCertificate === undefined ? {} : { certificate: clientCertificate };
  new TlsContext({ side: "client", ...trust, ...own }, "clientCertificate").close();
  if (certificate !== undefined) new TlsContext({ side: "server", certificate, ...trust }).close();
}

/**
 * A package called `Schannel` that behaves as Windows' does (statuses, buffers, alerts, tickets and KeyUpdates of TLS
 * 1.3), client and server, TLS 1.2 and 1.3, over the OpenSSL inside Node. It is for code that is written for Schannel
 * and runs elsewhere, and for its tests. It is not a Windows component, and is used only if it is named. Certificates
 * are its options, in PEM; it neither renegotiates nor resumes, and exports nothing.
 *
 * @throws TypeError or RangeError naming the option that is wrong; TlsError for a certificate that cannot be used;
 *   TlsUnavailableError where this program has no OpenSSL that can be called (Electron, Bun).
 */
export function schannelStandIn(options: SchannelStandInOptions = {}): SchannelStandIn {
  return new SchannelStandIn(options);
}
