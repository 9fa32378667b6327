import { TlsContext, TlsEngine, type TlsOptions } from "../../src/tls/index.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";

type Without<T> = T extends { readonly side: string } ? Partial<Omit<T, "side">> : never;
export type ClientOptions = Without<Extract<TlsOptions, { side: "client" }>>;
export type ServerOptions = Without<Extract<TlsOptions, { side: "server" }>>;

/** Two engines that talk to each other, in memory. */
export interface EnginePair extends Disposable {
  readonly client: TlsEngine;
  readonly server: TlsEngine;
}

/** A client that trusts the tests' root, and a server for `localhost`. */
export function enginePair(
  { servername = "localhost", ...client }: ClientOptions & { readonly servername?: string } = {},
  server: ServerOptions = {},
): EnginePair {
  using clientContext = new TlsContext({ side: "client", ca: rootPem, ...client });
  using serverContext = new TlsContext({ side: "server", certificate: ecCertificate, ...server });
  const engines = [new TlsEngine(clientContext, { servername }), new TlsEngine(serverContext)] as const;
  return {
    client: engines[0],
    server: engines[1],
    [Symbol.dispose]() {
      for (const engine of engines) engine.close();
    },
  };
}

/** Completes the handshake. If a side throws, the pair is closed and the error is thrown. */
export function completed(pair: EnginePair): EnginePair {
  const { client, server } = pair;
  try {
    for (let turn = 0; turn < 4 && !(client.complete && server.complete); turn += 1) {
      client.handshake();
      server.feed(client.take());
      server.handshake();
      client.feed(server.take());
    }
    return pair;
  } catch (error) {
    pair[Symbol.dispose]();
    throw error;
  }
}

/** Returns the error that `work` throws. */
export function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Sends data from `sender` to `receiver` and returns what `receiver` reads. */
export function through(sender: TlsEngine, receiver: TlsEngine, data: Uint8Array | string): Buffer {
  receiver.feed(sender.seal(Buffer.from(data)));
  return receiver.open();
}
