import { TlsContext, type TlsOptions } from "../../tls/index.ts";
import { type CredentialRequest, PackageError } from "../author/index.ts";
import { protocolsOf } from "./protocols.ts";
import type { SchannelStandInOptions } from "./stand-in-options.ts";

/** The requirements of one connection, in addition to the credential's settings. */
export interface ConnectionNeeds {
  readonly alpn: readonly string[];
  /** For servers: whether clients are asked for their certificates. */
  readonly clientCertificates: boolean;
}

/** A credential: the TLS contexts that its connections share. */
export class SchannelCredential {
  /** Whether the caller validates the peer's certificate itself. */
  readonly manual: boolean;
  readonly #request: CredentialRequest;
  readonly #options: SchannelStandInOptions;
  readonly #contexts = new Map<string, TlsContext>();

  /** @throws PackageError for credentials that this package cannot use */
  constructor(request: CredentialRequest, options: SchannelStandInOptions) {
    const { schannel, identity, use } = request;
    if (identity || (schannel && schannel.certificates.length > 0))
      throw new PackageError("SEC_E_UNKNOWN_CREDENTIALS", {
        message: "Schannel's stand-in takes its certificates as options of schannelStandIn()",
      });
    if (schannel?.flags.includes("credNoServernameCheck")) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
    if (use !== "outbound" && !options.certificate)
      throw new PackageError("SEC_E_NO_CREDENTIALS", {
        message: "a server needs the option `certificate` of schannelStandIn()",
      });
    this.manual = schannel?.flags.includes("credManualCredValidation") ?? false;
    this.#request = request;
    this.#options = options;
  }

  /** @throws PackageError SEC_E_NO_CREDENTIALS for a side that the credential was not acquired for */
  context(side: "client" | "server", needs: ConnectionNeeds): TlsContext {
    const { use } = this.#request;
    if (use !== "both" && (use === "inbound") !== (side === "server")) throw new PackageError("SEC_E_NO_CREDENTIALS");
    const key = JSON.stringify([side, needs.alpn, needs.clientCertificates]);
    let context = this.#contexts.get(key);
    if (!context) {
      context = new TlsContext(side === "client" ? this.#client(needs) : this.#server(needs));
      this.#contexts.set(key, context);
    }
    return context;
  }

  close(): void {
    for (const context of this.#contexts.values()) context.close();
  }

  #client(needs: ConnectionNeeds): TlsOptions {
    const { clientCertificate } = this.#options;
    return {
      side: "client",
      verify: this.manual ? "report" : "refuse",
      ...this.#both("client", needs),
      ...(clientCertificate ? { certificate: clientCertificate } : {}),
    };
  }

  #server(needs: ConnectionNeeds): TlsOptions {
    const { certificate } = this.#options;
    if (!certificate) throw new PackageError("SEC_E_NO_CREDENTIALS");
    const ask = needs.clientCertificates ? { clientCertificates: "request" as const } : {};
    return { side: "server", certificate, ...this.#both("server", needs), ...ask };
  }

  #both(side: "client" | "server", { alpn }: ConnectionNeeds) {
    const { ca } = this.#options;
    return {
      showMessages: true,
      ...protocolsOf(this.#request.schannel, side),
      ...(ca === undefined ? {} : { ca }),
      ...(alpn.length === 0 ? {} : { alpn }),
    };
  }
}
