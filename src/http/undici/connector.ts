import { isIP, type Socket } from "node:net";
import { buildConnector } from "undici";
import type { Tunnels } from "../client/tunnels.ts";
import type { DispatcherPolicy } from "./dispatcher-options.ts";
import type { Connector } from "./pooled-connection.ts";

/**
 * Opens connections through undici, without HTTP/2, whose streams share a connection. The certificate has to have the
 * name of the URL, not of a `Host` header.
 */
export function connectorOf({ tls }: DispatcherPolicy, tunnels: Tunnels | undefined): Connector {
  // Do not resume TLS sessions: in a resumed session Node lacks the server's certificate, so channel bindings are
  // impossible.
  const connect = buildConnector({ ...tls, allowH2: false, maxCachedSessions: 0 } as buildConnector.BuildOptions);
  const named: Connector = (where, done) => {
    const { hostname } = where;
    const servername = tls.servername ?? (isIP(hostname) ? "" : hostname);
    connect({ ...where, servername }, done);
  };
  if (!tunnels) return named;
  return (where, done) => {
    const { hostname, protocol } = where;
    const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
    const port = where.port || (protocol === "https:" ? "443" : "80");
    tunnels
      .open(`${host}:${port}`)
      .then((socket) => (protocol === "https:" ? secured(named, { ...where, httpSocket: socket }) : socket))
      .then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      );
  };
}

/** @throws the errors of node:tls for options that it does not take. */
async function secured(connect: Connector, where: buildConnector.Options & { httpSocket: Socket }): Promise<Socket> {
  try {
    return await new Promise<Socket>((resolve, reject) => {
      connect(where, (...[error, socket]) => (error ? reject(error) : resolve(socket)));
    });
  } catch (error) {
    where.httpSocket.destroy();
    throw error;
  }
}
