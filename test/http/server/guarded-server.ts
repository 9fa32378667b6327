import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureContextOptions } from "node:tls";
import {
  type HttpAuthenticationError,
  HttpAuthenticator,
  type HttpAuthenticatorOptions,
  type HttpUser,
} from "../../../src/http.ts";
import { type HttpPackageOptions, httpProvider } from "./http-package.ts";
import { RawConnection } from "./raw-connection.ts";

export interface GuardedServer extends AsyncDisposable {
  readonly authenticator: HttpAuthenticator;
  readonly server: Server;
  readonly port: number;
  /** The reasons of refusals, in order. */
  readonly refusals: readonly HttpAuthenticationError[];
  /** The users that the handler was called with. */
  readonly users: readonly HttpUser[];
  connect(): Promise<RawConnection>;
}

export interface ServerSettings {
  readonly tls?: SecureContextOptions;
  readonly package?: HttpPackageOptions;
  readonly handler?: (request: IncomingMessage, response: ServerResponse, user: HttpUser) => void;
  readonly onPreflight?: (request: IncomingMessage, response: ServerResponse) => void;
}

const greet = (_: IncomingMessage, response: ServerResponse, user: HttpUser): void => {
  const text = `hello ${user.name}`;
  response.setHeader("Content-Length", text.length);
  response.end(text);
};

/** A web server that greets the users whom the authenticator admits; disposing of it closes everything. */
export async function guardedServer(
  options: Partial<HttpAuthenticatorOptions> = {},
  settings: ServerSettings = {},
): Promise<GuardedServer> {
  const refusals: HttpAuthenticationError[] = [];
  const users: HttpUser[] = [];
  const host = httpProvider(settings.package);
  const authenticator = new HttpAuthenticator({
    schemes: ["Negotiate"],
    credential: { provider: host.provider },
    onRefusal: (refusal) => refusals.push(refusal),
    ...options,
  });
  const handler = settings.handler ?? greet;
  const listener = authenticator.guard((request, response, user) => {
    users.push(user);
    handler(request, response, user);
  }, settings.onPreflight);
  const server = settings.tls
    ? createHttps({ ...authenticator.serverOptions, ...settings.tls }, listener)
    : createHttp(authenticator.serverOptions, listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connections: RawConnection[] = [];
  const { port } = server.address() as AddressInfo;
  return {
    authenticator,
    server,
    port,
    refusals,
    users,
    async connect() {
      const connection = await RawConnection.open(port, { tls: settings.tls !== undefined });
      connections.push(connection);
      return connection;
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection[Symbol.dispose]();
      authenticator.close();
      server.closeAllConnections();
      server.close();
      host[Symbol.dispose]();
    },
  };
}
