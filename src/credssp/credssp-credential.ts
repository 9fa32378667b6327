import { CREDSPP_SUBMIT_TYPE } from "../../generated/credssp/constants.ts";
import { Credential, type CredentialOptions } from "../credentials/index.ts";
import { copyOfSecret } from "../memory/index.ts";
import {
  type CredentialRequest,
  PackageError,
  type SuppliedIdentity,
  type SuppliedSchannel,
} from "../packages/author/index.ts";
import { protocolsOf, type TlsSource } from "../packages/schannel/index.ts";
import { TlsContext, type TlsOptions } from "../tls/index.ts";
import { CredsspError } from "./credssp-error.ts";
import { asCredssp } from "./inner-logon.ts";
import { type DelegatedIdentity, inboundOptions, innerPackageFor, outboundOptions } from "./inner-package.ts";
import type { CredsspPackageSettings } from "./package-settings.ts";

/** A client's name and its password in UTF-8, in memory that is zeroed when the credential is closed. */
type KeptIdentity = DelegatedIdentity & { readonly password: Uint8Array };

/** A credential of the package: the settings and keys for TLS and for the logon inside it. */
export class CredsspCredential implements TlsSource {
  /** The connection checks its server itself. */
  readonly manual = true;
  readonly settings: CredsspPackageSettings;
  readonly #use: CredentialRequest["use"];
  readonly #schannel: SuppliedSchannel | undefined;
  readonly #tls = new Map<string, TlsContext>();
  /** The credentials of the logon inside: one for any mechanism of the identity's package, one for Kerberos only. */
  readonly #outbound = new Map<boolean, Credential>();
  readonly #inbound: Credential | undefined;
  #identity: KeptIdentity | undefined;

  /** @throws PackageError for credentials that this package cannot use */
  constructor({ credssp, use }: CredentialRequest, settings: CredsspPackageSettings) {
    this.settings = settings;
    this.#use = use;
    this.#schannel = checkSchannel(credssp?.schannel);
    if (credssp && credssp.type !== CREDSPP_SUBMIT_TYPE.CredsspPasswordCreds)
      throw new CredsspError("SEC_E_UNKNOWN_CREDENTIALS", "only a name and password are delegated (passwordCreds)");
    this.#identity = credssp?.spnego && keptIdentity(credssp.spnego);
    if (use !== "inbound" && !this.#identity)
      throw new CredsspError("SEC_E_NO_CREDENTIALS", "a name and password to delegate are needed (credssp.spnego)");
    if (use === "outbound") return;
    if (!settings.server)
      throw new CredsspError("SEC_E_NO_CREDENTIALS", "a server needs the option `server` of credsspHost()");
    this.#inbound = acquired(() => inboundOptions(settings.inner, settings.server ?? {}));
  }

  /**
   * The package that a client logs on with.
   *
   * @throws CredsspError if neither the options nor the identity determine it
   */
  get innerPackage(): string {
    return innerPackageFor(this.settings.inner, this.identity);
  }

  /** @throws PackageError SEC_E_NO_CREDENTIALS for a side that the credential was not acquired for */
  context(side: "client" | "server"): TlsContext {
    this.#check(side);
    const context = this.#tls.get(side) ?? new TlsContext(this.#options(side));
    this.#tls.set(side, context);
    return context;
  }

  /** @throws CredsspError, PackageError */
  outbound(kerberosOnly: boolean): Credential {
    const known = this.#outbound.get(kerberosOnly);
    if (known) return known;
    const options = () => outboundOptions(this.settings.inner, this.identity, kerberosOnly);
    const credential = acquired(options, kerberosOnly);
    this.#outbound.set(kerberosOnly, credential);
    return credential;
  }

  get inbound(): Credential {
    if (!this.#inbound) throw new PackageError("SEC_E_NO_CREDENTIALS");
    return this.#inbound;
  }

  /** @throws PackageError for a server's credential */
  get identity(): DelegatedIdentity {
    if (!this.#identity) throw new PackageError("SEC_E_NO_CREDENTIALS");
    return this.#identity;
  }

  close(): void {
    this.#identity?.password.fill(0);
    this.#identity = undefined;
    for (const context of this.#tls.values()) context.close();
    for (const credential of this.#outbound.values()) credential.close();
    this.#inbound?.close();
  }

  #check(side: "client" | "server"): void {
    if (this.#use !== "both" && (this.#use === "inbound") !== (side === "server"))
      throw new PackageError("SEC_E_NO_CREDENTIALS");
  }

  #options(side: "client" | "server"): TlsOptions {
    const { tls, ca, server } = this.settings;
    const shared = { showMessages: true, ...tls, ...protocolsOf(this.#schannel, side) };
    if (side === "client") return { side, verify: "report", ...shared, ...(ca === undefined ? {} : { ca }) };
    if (!server) throw new PackageError("SEC_E_NO_CREDENTIALS");
    return { side, certificate: server.certificate, ...shared };
  }
}

/** Copies the identity: each connection needs the password, and the caller's copy is zeroed after the acquisition. */
function keptIdentity({ user, domain, passwordBytes }: SuppliedIdentity): KeptIdentity {
  return { user, domain, password: copyOfSecret(passwordBytes) };
}

/**
 * Refuses settings that would weaken the checks of a server, which have their own options, and client certificates,
 * which CredSSP does not have.
 */
function checkSchannel(schannel: SuppliedSchannel | undefined): SuppliedSchannel | undefined {
  if (schannel && schannel.certificates.length > 0)
    throw new CredsspError(
      "SEC_E_UNKNOWN_CREDENTIALS",
      "a server's certificate is the option `server` of credsspHost()",
    );
  if (schannel?.flags.some((flag) => flag === "credNoServernameCheck" || flag === "credManualCredValidation"))
    throw new CredsspError(
      "SEC_E_UNSUPPORTED_FUNCTION",
      "the server's certificate is judged here; name it with the option `certificate` of credsspHost()",
    );
  return schannel;
}

/** @throws CredsspError for any failure to acquire the credential of the logon inside */
function acquired(options: () => CredentialOptions, kerberosOnly = false): Credential {
  try {
    return Credential.acquireSync(options());
  } catch (error) {
    const failure = asCredssp(error, kerberosOnly);
    if (failure instanceof PackageError) throw failure;
    const message = error instanceof Error ? error.message : String(error);
    throw new CredsspError("SEC_E_NO_CREDENTIALS", `the logon inside cannot be prepared: ${message}`, { cause: error });
  }
}
