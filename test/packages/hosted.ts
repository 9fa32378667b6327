import { expect, onTestFinished } from "vitest";
import { ClientContext, Credential, type ImportedContext, ServerContext } from "../../src/index.ts";
import type { SecurityProvider } from "../../src/native/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { type DefinedPackage, type HostOptions, PackageHost } from "../../src/packages.ts";
import { testPackage } from "./test-package.ts";

/**
 * A host with one package. When the test ends, both are closed, and no handle, allocation or callback of either may
 * remain.
 */
export function hosted<C, X>(
  defined: DefinedPackage<C, X> = testPackage() as never,
  options: HostOptions = {},
): { readonly host: PackageHost; readonly provider: SecurityProvider; readonly defined: DefinedPackage<C, X> } {
  const host = new PackageHost(options);
  onTestFinished(() => {
    host.close();
    defined.close();
    expect(defined.open).toEqual({ credentials: 0, contexts: 0, sessions: 0 });
    expect(host.diagnostics()).toMatchObject({ held: [], open: { credentials: 0, contexts: 0, tokens: 0 } });
    expect(callbackSlots()).toBe(0);
  });
  host.add(defined);
  return { host, provider: host.provider, defined };
}

export interface Pair extends Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;
}

/** Both sides of a completed exchange. */
export function handshake(provider: SecurityProvider, user = "alice", name = "Test"): Pair {
  const identity = { user, password: "userpw" };
  // Contexts keep their credentials alive, so this function can close its own references.
  using alice = Credential.acquireSync({ package: name, use: "outbound", provider, identity });
  using house = Credential.acquireSync({ package: name, use: "inbound", provider });
  const client = new ClientContext(alice, { target: "HTTP/localhost", request: ["confidentiality"] });
  const server = new ServerContext(house);
  const close = (): void => {
    client.close();
    server.close();
  };
  try {
    let leg = client.stepSync();
    while (leg.status === "continue") leg = client.stepSync(server.stepSync(leg.token).token as Buffer);
  } catch (error) {
    close();
    throw error;
  }
  return { client, server, [Symbol.dispose]: close };
}

/** Checks that each side decrypts and verifies the other's messages. */
export function expectUnderstanding(one: Speaker, other: Speaker): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    expect(to.decrypt(from.encrypt(Buffer.from("a message"))).toString()).toBe("a message");
    to.verify(Buffer.from("signed"), from.sign(Buffer.from("signed")));
  }
}

type Speaker = ClientContext | ServerContext | ImportedContext;
