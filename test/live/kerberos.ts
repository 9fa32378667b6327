import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, inject } from "vitest";
import type { Tickets } from "../../scripts/lab/description.ts";
import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  type CredentialOptions,
  type Leg,
  type SecurityProvider,
  ServerContext,
} from "../../src/index.ts";
import { needs } from "../lab/needs.ts";

/** Flags of Kerberos that both sides understand. */
export const everything = [
  "mutualAuth",
  "confidentiality",
  "integrity",
  "sequenceDetect",
  "replayDetect",
] as const satisfies ClientContextOptions["request"];

/** For tests that log on with Kerberos: a user's tickets, and a running KDC. */
export function freshTickets(whose?: keyof Tickets): void {
  needs("krb5kdc");
  ticketCopy(whose);
}

/**
 * Tickets as they were when their user logged on: packages write to the cache. On Wine the cache's name cannot change,
 * since MIT's library reads the environment in which Wine was started; the pool names the cache in `SSPI_TICKETS`.
 */
export function ticketCopy(whose: keyof Tickets | (() => string) = "alice"): void {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-tickets-"));
  const file = process.env["SSPI_TICKETS"] ?? join(folder, "ccache");
  beforeEach(() => {
    if (process.platform !== "win32") process.env["KRB5CCNAME"] = `FILE:${file}`;
    copyFileSync(typeof whose === "string" ? inject("lab").tickets[whose] : whose(), file);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

export interface KerberosOptions {
  readonly package?: "Kerberos" | "Negotiate";
  readonly identity?: CredentialOptions["identity"];
  readonly kerberos?: CredentialOptions["kerberos"];
  readonly target?: string;
  readonly request?: ClientContextOptions["request"];
  readonly require?: ClientContextOptions["require"];
}

/** Both sides of a Kerberos authentication. */
export class Kerberos implements Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;

  constructor(provider: SecurityProvider, options: KerberosOptions = {}) {
    const { package: name = "Kerberos", identity, target = "HTTP/localhost", request = everything } = options;
    using outbound = Credential.acquireSync({
      package: name,
      use: "outbound",
      provider,
      ...(identity && { identity }),
      ...(options.kerberos && { kerberos: options.kerberos }),
    });
    using inbound = Credential.acquireSync({ package: name, use: "inbound", provider });
    this.client = new ClientContext(outbound, { target, request, require: options.require ?? [] });
    const dce = request.includes("useDceStyle") ? (["useDceStyle"] as const) : [];
    this.server = new ServerContext(inbound, { request: [...everything, ...dce] });
  }

  /** Passes tokens until a side has none for the other; returns how the legs ended, in order. */
  async handshake(): Promise<readonly Leg["status"][]> {
    const states: Leg["status"][] = [];
    for (let leg = await this.client.step(), client = false; ; client = !client) {
      states.push(leg.status);
      if (!leg.token || leg.token.length === 0) return states;
      leg = await (client ? this.client.step(leg.token) : this.server.step(leg.token));
    }
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
  }
}
