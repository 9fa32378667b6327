import { Credential, type CredentialOptions } from "../../credentials/index.ts";
import { DisposedError } from "../../memory/index.ts";
import { includesPackage } from "../../native/index.ts";
import type { HttpScheme } from "../scheme.ts";
import type { LogonPolicy } from "./logon-options.ts";

/** Credentials are acquired again this many milliseconds before they expire. */
const margin = 60_000;

/** One user's credentials, acquired when the first server asks, and again when they expire. */
export class LogonCredentials implements Disposable {
  readonly #policy: LogonPolicy;
  readonly #acquired = new Map<HttpScheme, Promise<Credential>>();
  #closed = false;

  constructor(policy: LogonPolicy) {
    this.#policy = policy;
  }

  /** @throws SspiError if the user has no credentials, DisposedError after {@link LogonCredentials.close}. */
  async for(scheme: HttpScheme): Promise<Credential> {
    const held = this.#acquired.get(scheme);
    const credential = await held;
    const expires = credential?.expiry?.getTime() ?? Number.POSITIVE_INFINITY;
    if (credential && expires > Date.now() + margin) return credential;
    if (this.#acquired.get(scheme) === held) this.#acquire(scheme, credential);
    return await (this.#acquired.get(scheme) as Promise<Credential>);
  }

  #acquire(scheme: HttpScheme, expired: Credential | undefined): void {
    const acquiring = this.#acquireOnce(scheme).then((credential) => {
      // Contexts that already began keep the expired credential alive themselves.
      expired?.close();
      if (this.#closed) credential.close();
      return credential;
    });
    this.#acquired.set(scheme, acquiring);
    // Forget the failure, so that the next server that asks causes another try.
    acquiring.catch(() => this.#acquired.delete(scheme));
  }

  async #acquireOnce(scheme: HttpScheme): Promise<Credential> {
    const credential = await Credential.acquire(this.#options(scheme));
    const { sendsBindings } = credential.provider.traits;
    if (scheme === "NTLM" || includesPackage(sendsBindings, scheme) || !includesPackage(sendsBindings, "Kerberos"))
      return credential;
    // This Negotiate drops bindings and takes one more leg. Its servers also accept Kerberos' own tokens (RFC 4559).
    credential.close();
    return await Credential.acquire({ ...this.#options("Kerberos"), provider: credential.provider });
  }

  /**
   * Refuses after close: the password is then zeroed, and sending zeroes would count as an attempt with a wrong
   * password.
   */
  #options(name: string): CredentialOptions {
    if (this.#closed) throw new DisposedError("the agent or dispatcher");
    const { identity, provider } = this.#policy;
    return {
      package: name,
      use: "outbound",
      ...(identity && { identity: identity.identity }),
      ...(provider && { provider }),
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#policy.identity?.wipe();
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
