import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpAuthenticator } from "../src/http.ts";
import { gssapiProvider } from "../src/index.ts";

/** Where the servers of this process listen; it prints that as JSON, and ends with its input. */
export interface BenchServers {
  /** Asks nobody. */
  readonly bare: string;
  /** Knows a connection once its user has authenticated. */
  readonly guarded: string;
}

const text = "x".repeat(100);
const authenticator = new HttpAuthenticator({
  schemes: ["Negotiate"],
  persist: "connection",
  credential: { provider: gssapiProvider() },
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(authenticator.serverOptions, listener);
  server.keepAliveTimeout = 600_000;
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

const servers: BenchServers = {
  bare: await listen((_, response) => response.end(text)),
  guarded: await listen(authenticator.guard((_, response) => response.end(text))),
};
console.log(JSON.stringify(servers));
process.stdin.resume().once("end", () => process.exit());
