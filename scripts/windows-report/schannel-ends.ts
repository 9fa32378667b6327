import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { ASC_REQ, ISC_REQ, SECBUFFER_EXTRA } from "../../generated/sspi/constants.ts";
import { Certificate, Credential, type SchannelProtocol, systemProvider } from "../../src/index.ts";
import { localhostPassword, localhostPfx } from "../../test/fixtures/localhost-certificate.ts";
import type { Seen } from "./experiment.ts";
import { type RawAnswer, RawSide } from "./raw-side.ts";

const clientFlags =
  ISC_REQ.confidentiality | ISC_REQ.stream | ISC_REQ.replayDetect | ISC_REQ.sequenceDetect | ISC_REQ.extendedError;
const serverFlags =
  ASC_REQ.confidentiality | ASC_REQ.stream | ASC_REQ.replayDetect | ASC_REQ.sequenceDetect | ASC_REQ.extendedError;

/**
 * Runs an experiment only if the system reads SCH_CREDENTIALS, which TLS 1.3 requires; Wine reads an older struct
 * instead.
 */
export async function askedWhereRead(run: () => Promise<Seen> | Seen): Promise<Seen> {
  return systemProvider().traits.readsSchCredentials ? run() : { notAsked: "SCH_CREDENTIALS is not read here" };
}

/** Makes Schannel's client; no authority has signed the server's certificate, which is the one of the tests. */
export function clientSide(protocols: readonly SchannelProtocol[], flags = clientFlags): RawSide {
  const schannel = { protocols, flags: ["credManualCredValidation", "credNoDefaultCreds"] } as const;
  return new RawSide(Credential.acquireSync({ package: "Schannel", use: "outbound", schannel }), flags, "localhost");
}

/** Makes Schannel's server with the certificate of the tests. */
export function serverSide(
  protocols: readonly SchannelProtocol[],
  flags = serverFlags,
  open = () => Certificate.fromPfx(localhostPfx, localhostPassword),
): RawSide {
  using certificate = open();
  const schannel = { protocols, certificates: [certificate] };
  return new RawSide(Credential.acquireSync({ package: "Schannel", use: "inbound", schannel }), flags);
}

/** A connection to Node's TLS server, which uses OpenSSL. */
export interface NodeConnection extends Disposable {
  readonly socket: Socket;
  readonly served: Promise<TLSSocket>;
}

export async function nodeServer(options: TlsOptions): Promise<NodeConnection> {
  const server = createServer({ pfx: localhostPfx, passphrase: localhostPassword, ...options });
  server.on("tlsClientError", () => {});
  const served = once(server, "secureConnection").then(([socket]) => socket as TLSSocket);
  served.catch(() => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  return {
    socket,
    served,
    [Symbol.dispose]() {
      socket.destroy();
      server.close();
      served.then(
        (side) => side.destroy(),
        () => {},
      );
    },
  };
}

/** A handshake that has ended, successfully or not. */
export interface Handshake {
  readonly last: RawAnswer;
  readonly statuses: readonly string[];
  /** The bytes that followed the handshake. */
  readonly rest: Buffer;
}

const incomplete = "SEC_E_INCOMPLETE_MESSAGE";

/** Returns the bytes at the end of a call's input that the call left for the next one. */
export function extraOf(answer: Pick<RawAnswer, "input">, given: Uint8Array): Buffer {
  const extra = answer.input.find(({ type }) => type === SECBUFFER_EXTRA);
  return extra ? Buffer.from(given.subarray(given.length - extra.size)) : Buffer.alloc(0);
}

/** Runs a handshake of Schannel's client with the server at the other end of a socket. */
export async function greet(side: RawSide, socket: Socket): Promise<Handshake> {
  let last = side.leg({});
  let rest: Buffer = Buffer.alloc(0);
  const statuses = [last.status];
  for (;;) {
    const token = last.output[0];
    if (token && token.size > 0 && last.status !== incomplete) socket.write(token.bytes);
    if (last.status !== "SEC_I_CONTINUE_NEEDED" && last.status !== incomplete) break;
    if (rest.length === 0 || last.status === incomplete)
      rest = Buffer.concat([rest, ((await once(socket, "data")) as [Buffer])[0]]);
    last = side.step(rest);
    statuses.push(last.status);
    if (last.status !== incomplete) rest = extraOf(last, rest);
  }
  return { last, statuses, rest };
}

/** Runs a handshake of both sides in this process, until one of them fails or both are complete. */
export function meet(client: RawSide, server: RawSide): { readonly client: RawAnswer; readonly server?: RawAnswer } {
  let ours = client.leg({});
  let theirs: RawAnswer | undefined;
  for (let round = 0; round < 8; round += 1) {
    const token = ours.output[0];
    if (!token || token.size === 0) break;
    theirs = server.step(token.bytes);
    const answer = theirs.output[0];
    if (theirs.status.startsWith("SEC_E_") || !answer || answer.size === 0) break;
    ours = client.step(answer.bytes);
    if (ours.status.startsWith("SEC_E_")) break;
  }
  return theirs ? { client: ours, server: theirs } : { client: ours };
}
