import { Credential } from "../../credentials/index.ts";
import { includesPackage } from "../../native/index.ts";
import type { HttpScheme } from "../scheme.ts";
import type { LogonPolicy } from "./logon-options.ts";

/** How long before they expire credentials are acquired anew, in milliseconds. */
const margin = 60_000;

/** One user's credentials, acquired when the first server asks, and again when they expire. */
export class LogonCredentials implements Disposable {
  readonly #policy: LogonPolicy;
  readonly #acquired = new Map<HttpScheme, Promise<Credential>>();
  #closed = false;

  constructor(policy: LogonPolicy) {
    this.#policy = policy;
  }

  /** @throws SspiError where the user has none. */
  async for(scheme: HttpScheme): Promise<Credential> {
    const held = this.#acquired.get(scheme);
    const credential = await held;
    const expires = credential?.expiry?.getTime() ?? Number.POSITIVE_INFINITY;
    if (credential && expires > Date.now() + margin) return credential;
    if (this.#acquired.get(scheme) === held) this.#acquire(scheme, credential);
    return await (this.#acquired.get(scheme) as Promise<Credential>);
  }

  #acquire(scheme: HttpScheme, expired: Credential | undefined): void {
    const acquiring = acquire(this.#policy, scheme).then((credential) => {
      // Contexts that were begun keep the credential that they have.
      expired?.close();
      if (this.#closed) credential.close();
      return credential;
    });
    this.#acquired.set(scheme, acquiring);
    // The next server that asks is worth another try.
    acquiring.catch(() => this.#acquired.delete(scheme));
  }

  close(): void {
    this.#closed = true;
    for (const acquiring of this.#acquired.values())
      acquiring.then(
        (credential) => credential.close(),
        () => {},
      );
    this.#acquired.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

async function acquire({ identity, provider }: LogonPolicy, scheme: HttpScheme): Promise<Credential> {
  const options = { use: "outbound", ...(identity && { identity }), ...(provider && { provider }) } as const;
  const credential = await Credential.acquire({ ...options, package: scheme });
  const { sendsBindings } = credential.provider.traits;
  if (scheme === "NTLM" || includesPackage(sendsBindings, scheme) || !includesPackage(sendsBindings, "Kerberos"))
    return credential;
  // This Negotiate drops bindings, and takes a leg more. Servers of the scheme take Kerberos' own tokens too (RFC 4559).
  credential.close();
  return await Credential.acquire({ ...options, package: "Kerberos", provider: credential.provider });
}
