import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  type CredentialOptions,
  type SecurityProvider,
  ServerContext,
  type ServerContextOptions,
  SspiError,
} from "../../../src/index.ts";
import { documentedTraits, type ProviderTraits } from "../../../src/native/index.ts";
import { embeddedPackage } from "../../../src/packages.ts";
import { everything } from "../kerberos.ts";
import { ntlmFacts } from "../providers.ts";

/** A provider with another provider's traits: the library's guards depend on the traits. */
export function taken(provider: SecurityProvider, traits: Partial<ProviderTraits>): SecurityProvider {
  return { ...provider, traits: { ...provider.traits, ...traits } };
}

/** A provider whose traits claim, in one respect, that it behaves as the headers say. */
export function unguarded(provider: SecurityProvider, trait: keyof ProviderTraits): SecurityProvider {
  return taken(provider, { [trait]: documentedTraits[trait] });
}

const passwords: Readonly<Record<string, string>> = { alice: "userpw", bob: "bobpw" };

/** How a user logs on with a package. */
export function userOf(name: string, user: string): Partial<CredentialOptions> {
  if (name === embeddedPackage) return { principal: user };
  const password = name === "NTLM" ? "userpw" : (passwords[user] as string);
  return { identity: { user, domain: name === "NTLM" ? "" : "EXAMPLE.TEST", password } };
}

export interface Ends {
  readonly package: string;
  readonly provider: SecurityProvider;
  /** The server's provider, where it is another one. */
  readonly serverProvider?: SecurityProvider;
  readonly user?: string;
  readonly outbound?: Partial<CredentialOptions>;
  readonly inbound?: Partial<CredentialOptions>;
  readonly client?: ClientContextOptions;
  readonly server?: ServerContextOptions;
}

export function acquireInbound({ package: name, provider, serverProvider = provider, inbound }: Ends): Credential {
  const known = name === "NTLM" ? ntlmFacts(serverProvider).server : {};
  return Credential.acquireSync({ package: name, use: "inbound", provider: serverProvider, ...known, ...inbound });
}

/** Both sides of an authentication. */
export class Authentication implements Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;

  constructor(ends: Ends, house?: Credential) {
    const { package: name, provider, user = "alice", outbound = userOf(name, user) } = ends;
    const target = name === embeddedPackage ? "app/house" : "HTTP/localhost";
    const request = name === "NTLM" ? (["confidentiality"] as const) : everything;
    using credential = Credential.acquireSync({ package: name, use: "outbound", provider, ...outbound });
    using own = house ? undefined : acquireInbound(ends);
    this.client = new ClientContext(credential, { target, request, ...ends.client });
    try {
      this.server = new ServerContext((house ?? own) as Credential, { request, ...ends.server });
    } catch (error) {
      this.client.close();
      throw error;
    }
  }

  /** Passes tokens until a side has none for the other. */
  run(): this {
    for (let leg = this.client.stepSync(), ours = false; leg.token && leg.token.length > 0; ours = !ours)
      leg = ours ? this.client.stepSync(leg.token) : this.server.stepSync(leg.token);
    return this;
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
  }
}

/** Both sides of a complete authentication. */
export function loggedOn(ends: Ends, house?: Credential): Authentication {
  const sides = new Authentication(ends, house);
  try {
    return sides.run();
  } catch (error) {
    sides[Symbol.dispose]();
    throw error;
  }
}

/** Whether the work succeeds, and is not refused by the provider. Its result is closed. */
export function succeeds(work: () => unknown): boolean {
  try {
    (work() as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
    return true;
  } catch (error) {
    if (error instanceof SspiError) return false;
    throw error;
  }
}
