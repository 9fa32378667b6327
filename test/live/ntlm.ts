import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  type Identity,
  type Leg,
  type SecurityProvider,
  ServerContext,
  type ServerContextOptions,
} from "../../src/index.ts";
import { alice, ntlmFacts } from "./providers.ts";

export interface NtlmOptions {
  readonly identity?: Identity;
  readonly samFile?: string;
  readonly client?: ClientContextOptions;
  readonly server?: ServerContextOptions;
}

/** Both sides of an NTLM authentication, each with a credential of its own. */
export class Ntlm implements Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;

  constructor(provider: SecurityProvider, options: NtlmOptions = {}) {
    const { identity = alice } = options;
    using outbound = Credential.acquireSync({ package: "NTLM", use: "outbound", identity, provider });
    const settings = {
      ...ntlmFacts(provider).server,
      ...(options.samFile && { winpr: { samFile: options.samFile } }),
      provider,
    };
    using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound", ...settings });
    this.client = new ClientContext(outbound, {
      target: "HTTP/localhost",
      request: ["confidentiality"],
      ...options.client,
    });
    this.server = new ServerContext(inbound, { request: ["confidentiality"], ...options.server });
  }

  /** Passes tokens until a side has none for the other; returns the legs of both, in order. */
  handshakeSync(): readonly Leg[] {
    const legs: Leg[] = [];
    for (let side: "client" | "server" = "client"; ; side = side === "client" ? "server" : "client") {
      const token = tokenOf(legs.at(-1));
      if (legs.length > 0 && !token) return legs;
      legs.push(side === "client" ? this.client.stepSync(token) : this.server.stepSync(token as Buffer));
    }
  }

  async handshake(): Promise<readonly Leg[]> {
    const legs: Leg[] = [];
    for (let side: "client" | "server" = "client"; ; side = side === "client" ? "server" : "client") {
      const token = tokenOf(legs.at(-1));
      if (legs.length > 0 && !token) return legs;
      legs.push(await (side === "client" ? this.client.step(token) : this.server.step(token as Buffer)));
    }
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
  }
}

/** The token of a leg for the other side; undefined where the leg has none. */
export function tokenOf(leg: Leg | undefined): Buffer | undefined {
  return leg && "token" in leg && leg.token && leg.token.length > 0 ? leg.token : undefined;
}

/** Both sides of a complete authentication. */
export function established(provider: SecurityProvider, options?: NtlmOptions): Ntlm {
  const ntlm = new Ntlm(provider, options);
  try {
    ntlm.handshakeSync();
    return ntlm;
  } catch (error) {
    ntlm[Symbol.dispose]();
    throw error;
  }
}

/** Decrypts in place a message that one side sealed in place. */
export function openedInPlace(from: Ntlm["client" | "server"], to: Ntlm["client" | "server"], text: string): string {
  const token = Buffer.alloc(from.query("sizes").cbSecurityTrailer);
  const data = Buffer.from(text);
  const used = from.encryptInPlace(token, data);
  to.decryptInPlace(token.subarray(0, used), data);
  return data.toString();
}
