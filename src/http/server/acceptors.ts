import { Credential, type CredentialOptions } from "../../credentials/index.ts";
import { includesPackage } from "../../native/index.ts";
import { SspiError } from "../../status/index.ts";
import { type OptionNames, readOptions } from "../../values/index.ts";
import type { HttpScheme } from "../scheme.ts";
import type { BindingPolicy } from "./socket-bindings.ts";

/** Accepts the tokens of one scheme. */
export interface Acceptor {
  readonly scheme: HttpScheme;
  readonly credential: Credential;
}

/**
 * The credential that accepts clients: the options of {@link Credential.acquireSync} without the package and the use.
 */
export type AcceptingCredential = Omit<CredentialOptions, "package" | "use" | "schannel" | "credssp">;

const credentialNames: OptionNames<AcceptingCredential> = {
  identity: true,
  principal: true,
  kerberos: true,
  winpr: true,
  provider: true,
};

/**
 * Opens the credentials of all schemes.
 *
 * @throws RangeError if a provider does not enforce what the policy demands, SspiError if there are no credentials.
 */
export function openAcceptors(
  schemes: readonly HttpScheme[],
  given: AcceptingCredential,
  bindings: BindingPolicy,
  ntlm: boolean,
): readonly Acceptor[] {
  const options = readOptions<AcceptingCredential>(given, "credential", credentialNames);
  const opened: Acceptor[] = [];
  try {
    for (const scheme of schemes) {
      const credential = openAcceptor(scheme, options, ntlm);
      opened.push({ scheme, credential });
      checkBindings(credential, bindings);
    }
    return opened;
  } catch (error) {
    for (const { credential } of opened) credential.close();
    throw error;
  }
}

function openAcceptor(scheme: HttpScheme, options: AcceptingCredential, ntlm: boolean): Credential {
  const acquire = (more: Pick<CredentialOptions, "identity">): Credential =>
    Credential.acquireSync({ ...options, ...more, package: scheme, use: "inbound" });
  const credential = acquire({});
  const limited = scheme === "Negotiate" && !ntlm && options.identity === undefined;
  if (!limited || !credential.provider.traits.honoursPackageList) return credential;
  try {
    const withoutNtlm = acquire({ identity: { packageList: "!ntlm" } });
    credential.close();
    return withoutNtlm;
  } catch (error) {
    // The credential is usable without the list: NTLM tokens are refused before any package sees them.
    if (error instanceof SspiError) return credential;
    credential.close();
    throw error;
  }
}

function checkBindings({ provider, package: name }: Credential, bindings: BindingPolicy): void {
  if (bindings === "off" || includesPackage(provider.traits.enforcesBindings, name)) return;
  throw new RangeError(
    `bindings: ${name} of ${provider.label} lets clients in whose channel bindings are those of another connection; accept that with "off"`,
  );
}
