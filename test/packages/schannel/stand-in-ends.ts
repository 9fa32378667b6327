import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import tls from "node:tls";
import { onTestFinished } from "vitest";
import { Credential, type SchannelOptions, SecureStream } from "../../../src/index.ts";
import { type SchannelStandInOptions, schannelStandIn } from "../../../src/packages.ts";
import { ecCertificate, rootPem } from "../../fixtures/tls-certificates.ts";

export const versions = { "tls1.2": "TLSv1.2", "tls1.3": "TLSv1.3" } as const;
export type Version = keyof typeof versions;

/** Schannel's stand-in with the tests' certificates, closed after the test. */
export function standIn(options: SchannelStandInOptions = {}) {
  const host = schannelStandIn({ certificate: ecCertificate, ca: rootPem, ...options });
  onTestFinished(() => host.close());
  return host;
}

/** A credential of the stand-in; a stream keeps it alive after its owner closed it. */
export function credentialOf(
  host: ReturnType<typeof standIn>,
  use: "inbound" | "outbound",
  schannel: SchannelOptions = {},
): Credential {
  return Credential.acquireSync({ package: "Schannel", use, provider: host.provider, schannel });
}

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

/** Node's TLS server on an existing socket. */
export function nodeServer(socket: Socket, options: tls.TLSSocketOptions): tls.TLSSocket {
  const secureContext = tls.createSecureContext(options as tls.SecureContextOptions);
  return new tls.TLSSocket(socket, { isServer: true, ...options, secureContext });
}

type StreamOptions = Parameters<typeof SecureStream.connect>[2];

/** The stand-in as the client of Node's TLS server. */
export async function toNode(
  version: Version,
  server: tls.TLSSocketOptions & tls.SecureContextOptions = {},
  client: StreamOptions = {},
  options: SchannelStandInOptions = {},
) {
  const [near, far] = await sockets();
  const limits = { minVersion: versions[version], maxVersion: versions[version] };
  const peer = nodeServer(far, { ...ecCertificate, ...limits, ...server } as tls.TLSSocketOptions);
  using outbound = credentialOf(standIn(options), "outbound", { protocols: ["tls1.2", "tls1.3"] });
  const stream = SecureStream.connect(near, outbound, { target: "localhost", ...client });
  return { stream, peer };
}

/** The stand-in as the server of Node's TLS client. */
export async function fromNode(
  version: Version,
  client: tls.ConnectionOptions = {},
  options: SchannelStandInOptions = {},
  server: Parameters<typeof SecureStream.accept>[2] = {},
) {
  const [near, far] = await sockets();
  using inbound = credentialOf(standIn(options), "inbound", { protocols: [version] });
  const stream = SecureStream.accept(far, inbound, server);
  const peer = tls.connect({ socket: near, servername: "localhost", ca: rootPem, ...client });
  return { stream, peer };
}
