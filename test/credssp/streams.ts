import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import { type CredsspAcceptOptions, type CredsspConnectOptions, CredsspStream } from "../../src/credssp.ts";
import { pipes as unowned } from "../fixtures/pipes.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { alice, target } from "./ends.ts";
import { innerPackages } from "./inner-packages.ts";

/** A pair of sockets. */
export async function sockets(): Promise<readonly [client: Socket, server: Socket]> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [other] = await accepted;
  onTestFinished(() => {
    for (const socket of [client, other]) socket.destroy();
    server.close();
  });
  return [client, other];
}

/** A pair of {@link unowned} pipes, destroyed after the test. */
export function pipes(size?: number): readonly [client: Duplex, server: Duplex] {
  const ends = unowned(size);
  onTestFinished(() => {
    for (const end of ends) end.destroy();
  });
  return ends;
}

export function clientOptions(options: Partial<CredsspConnectOptions> = {}): CredsspConnectOptions {
  const innerProvider = options.innerProvider ?? innerPackages();
  return { target, identity: alice, delegate: [target], inner: "NTLM", innerProvider, ca: rootPem, ...options };
}

export function serverOptions(options: Partial<CredsspAcceptOptions> = {}): CredsspAcceptOptions {
  const innerProvider = options.innerProvider ?? innerPackages();
  return { certificate: ecCertificate, inner: "NTLM", innerProvider, ...options };
}

/** Both sides over a pair of streams; closed after the test. */
export async function established(
  client: Partial<CredsspConnectOptions> = {},
  server: Partial<CredsspAcceptOptions> = {},
  [one, other]: readonly [Duplex, Duplex] = pipes(),
): Promise<readonly [client: CredsspStream, server: CredsspStream]> {
  const innerProvider = innerPackages();
  const made = await Promise.all([
    CredsspStream.connect(one, clientOptions({ innerProvider, ...client })),
    CredsspStream.accept(other, serverOptions({ innerProvider, ...server })),
  ]);
  // One of them is destroyed before the other.
  for (const stream of made) stream.on("error", () => {});
  return made;
}

/** The error that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was not rejected");
}
