import { randomBytes } from "node:crypto";
import { expect, onTestFinished } from "vitest";
import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  ServerContext,
  type ServerContextOptions,
} from "../../src/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { type EmbeddedHost, type EmbeddedOptions, embeddedHost, embeddedPackage } from "../../src/packages.ts";
import type { Pair } from "./hosted.ts";

export const aliceKey = randomBytes(32);

/** A host of the embedded package. When the test ends, it is closed, and nothing of it may remain. */
export function pskHost(options: Partial<EmbeddedOptions> = {}): EmbeddedHost {
  const before = callbackSlots();
  const host = embeddedHost({ keys: { alice: aliceKey }, server: "house", ...options });
  onTestFinished(() => {
    host.close();
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [], open: { credentials: 0, contexts: 0 } });
    expect(callbackSlots()).toBe(before);
  });
  return host;
}

interface Sides {
  readonly clientHost: EmbeddedHost;
  readonly serverHost?: EmbeddedHost;
  readonly user?: string;
  readonly service?: string;
  readonly client?: Partial<ClientContextOptions>;
  readonly server?: Partial<ServerContextOptions>;
}

/** Both sides, before the first leg. */
export function sides({ clientHost, serverHost = clientHost, user = "alice", ...given }: Sides): Pair {
  const { service } = given;
  using outbound = Credential.acquireSync({
    package: embeddedPackage,
    use: "outbound",
    principal: user,
    provider: clientHost.provider,
  });
  using inbound = Credential.acquireSync({
    package: embeddedPackage,
    use: "inbound",
    provider: serverHost.provider,
    ...(service && { principal: service }),
  });
  const client = new ClientContext(outbound, { target: "app/house", ...given.client });
  const server = new ServerContext(inbound, { ...given.server });
  const close = (): void => {
    client.close();
    server.close();
  };
  return { client, server, [Symbol.dispose]: close };
}

type Token = Buffer<ArrayBufferLike>;

/** Exchanges the three tokens of a handshake; `change` may replace each one, by its number, before the peer gets it. */
export function shake({ client, server }: Pair, change: (token: Token, leg: number) => Token = (token) => token): void {
  const greeting = client.stepSync().token as Token;
  const challenge = server.stepSync(change(greeting, 0)).token as Token;
  const proof = client.stepSync(change(challenge, 1)).token as Token;
  server.stepSync(change(proof, 2));
}

/** Both sides of a completed handshake. */
export function shaken(given: Sides): Pair {
  const pair = sides(given);
  try {
    shake(pair);
  } catch (error) {
    pair[Symbol.dispose]();
    throw error;
  }
  return pair;
}

export function flipped(bytes: Uint8Array, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x01;
  return changed;
}
