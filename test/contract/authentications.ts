import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  type CredentialOptions,
  ServerContext,
  type ServerContextOptions,
} from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { kerberosProviders } from "../live/kerberos-providers.ts";
import { tokenOf } from "../live/ntlm.ts";
import { alice, ntlmFacts, providers } from "../live/providers.ts";
import { Witness } from "./witness.ts";

/** An authentication that a real provider completes, and what it can show. */
export interface Authentication {
  readonly label: string;
  /** Makes each test check that the lab's services for it are running. */
  readonly prepare: () => void;
  readonly witness: () => Witness;
  /** Whether contexts can be exported: only the system's GSSAPI does that here. */
  readonly exports: boolean;
  readonly client: Omit<CredentialOptions, "use" | "provider">;
  readonly server: Omit<CredentialOptions, "use" | "provider">;
}

const ntlm: readonly Authentication[] = providers.map((provider) => ({
  label: `NTLM on ${provider.label}`,
  prepare: () => needsForNtlm(provider),
  witness: () => new Witness(provider),
  exports: false,
  client: { package: "NTLM", identity: alice },
  server: { package: "NTLM", ...ntlmFacts(provider).server },
}));

const kerberos: readonly Authentication[] = kerberosProviders.map(({ provider }) => ({
  label: `Kerberos on ${provider.label}`,
  prepare: freshTickets,
  witness: () => new Witness(provider),
  exports: provider.kind === "gssapi",
  client: { package: "Kerberos" },
  server: { package: "Kerberos" },
}));

export const authentications: readonly Authentication[] = [...ntlm, ...kerberos];

/** One authentication whose two sides are recorded by one witness. */
export class Witnessed implements Disposable {
  readonly witness: Witness;
  readonly client: ClientContext;
  readonly server: ServerContext;
  /** The tokens that each side sent, in order, beginning with the client. */
  readonly sent: Buffer[] = [];

  constructor(
    { witness, client, server }: Authentication,
    options: { readonly client?: ClientContextOptions; readonly server?: ServerContextOptions } = {},
  ) {
    this.witness = witness();
    const { provider } = this.witness;
    using outbound = Credential.acquireSync({ ...client, use: "outbound", provider });
    using inbound = Credential.acquireSync({ ...server, use: "inbound", provider });
    this.client = new ClientContext(outbound, { target: "HTTP/localhost", request: ["mutualAuth"], ...options.client });
    this.server = new ServerContext(inbound, options.server);
  }

  async handshake(): Promise<void> {
    for (let leg = await this.client.step(), ours = false; ; ours = !ours) {
      const token = tokenOf(leg);
      if (!token) return;
      this.sent.push(token);
      leg = await (ours ? this.client.step(token) : this.server.step(token));
    }
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
  }
}
