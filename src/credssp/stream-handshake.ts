import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { type Peer, PeerNameError } from "../contexts/index.ts";
import { Credential, type CredentialOptions } from "../credentials/index.ts";
import { Transport } from "../streams/transport.ts";
import { ClientExchange } from "./client-exchange.ts";
import { CredsspError } from "./credssp-error.ts";
import { readPolicy, readVersions } from "./credssp-options.ts";
import { Deadline } from "./deadline.ts";
import { DelegatedCredentials } from "./delegated-credentials.ts";
import { delegationTarget } from "./delegation.ts";
import { asCredssp, InnerLogon } from "./inner-logon.ts";
import { type DelegatedIdentity, inboundOptions, innerPackageFor, outboundOptions } from "./inner-package.ts";
import { ownKey, secureClient, secureServer, shownBy, tlsServer } from "./node-tls.ts";
import { subjectPublicKey } from "./public-key-binding.ts";
import { ServerExchange } from "./server-exchange.ts";
import { needsKerberos } from "./server-trust.ts";
import type { CredsspAcceptOptions, CredsspConnectOptions } from "./stream-options.ts";
import { passwordBytes } from "./ts-credentials.ts";
import { Wire } from "./wire.ts";

interface Outcome {
  readonly version: number;
  /** The peer, or why its name is not known. */
  readonly peer: Peer | PeerNameError;
  /** The delegated credentials, on servers. */
  readonly delegated?: DelegatedCredentials;
  /** The server's certificate, on clients. */
  readonly certificate?: X509Certificate;
  /** The bytes that followed the last message. */
  readonly rest: Buffer;
}

/** The result of a handshake; its receiver owns it. */
export interface Established extends Outcome {
  readonly socket: TLSSocket;
  readonly transport: Transport;
  /** The logon inside, open on servers, which query it for their client's groups; closed on clients. */
  readonly inner: InnerLogon;
  /** Registers a listener for a transport that fails while no call waits for it. */
  onFailure(listener: (error: Error) => void): void;
}

type ConnectOptions = CredsspConnectOptions & { readonly identity: DelegatedIdentity };

export async function connectServer(stream: Duplex, options: ConnectOptions): Promise<Established> {
  const policy = readPolicy(options);
  const versions = readVersions(options);
  const target = delegationTarget(options.target, policy.delegate);
  const innerPackage = innerPackageFor(options, options.identity);
  await using attempt = new Attempt(stream, options);
  const socket = await attempt.secure(secureClient(stream, target.host, options));
  const shown = shownBy(socket);
  const kerberosOnly = needsKerberos(policy, shown, target, innerPackage);
  const credential = await attempt.acquire(outboundOptions(options, options.identity, kerberosOnly), kerberosOnly);
  const inner = attempt.own(InnerLogon.client(credential, options.target, kerberosOnly));
  const credentials = () => ({ ...options.identity, password: passwordBytes(options.identity.password) });
  const exchange = new ClientExchange({ ...versions, key: subjectPublicKey(shown.x509.publicKey), inner, credentials });
  const wire = attempt.wire();
  const last = await wire.run(exchange.run(), inner);
  // A server sends nothing before it has the password.
  if (wire.rest.length > 0)
    throw new CredsspError("SEC_E_INVALID_TOKEN", "the server's message has bytes behind its end");
  await wire.send(last);
  const peer = peerOf(inner);
  // Close it now: while it is open, its library keeps the password.
  inner.close();
  return attempt.established({
    version: exchange.version as number,
    peer,
    certificate: shown.x509,
    rest: wire.rest,
  });
}

export async function acceptClient(stream: Duplex, options: CredsspAcceptOptions): Promise<Established> {
  const versions = readVersions(options);
  const server = tlsServer(options.certificate, options);
  await using attempt = new Attempt(stream, options);
  const key = ownKey(await attempt.secure(secureServer(stream, server)), options.certificate);
  const inner = attempt.own(InnerLogon.server(await attempt.acquire(inboundOptions(options, options))));
  const exchange = new ServerExchange({ ...versions, key, inner });
  const wire = attempt.wire();
  try {
    const claim = await wire.run(exchange.run(), inner);
    const peer = peerOf(inner);
    const delegated = new DelegatedCredentials(claim, peer instanceof PeerNameError ? undefined : peer);
    return attempt.established({ version: exchange.version as number, peer, delegated, rest: wire.rest });
  } catch (error) {
    if (error instanceof CredsspError) await attempt.farewell(exchange.refusal(error));
    throw error;
  }
}

/** One handshake. It closes everything that it made unless it is established. */
class Attempt implements AsyncDisposable {
  readonly #stream: Duplex;
  readonly #deadline: Deadline;
  #transport: Transport | undefined;
  #socket: TLSSocket | undefined;
  #inner: InnerLogon | undefined;
  #credential: Credential | undefined;
  #kept = false;
  #failed: (error: Error) => void = () => {};

  /** @throws TypeError or RangeError; the stream is then untouched */
  constructor(stream: Duplex, options: ConstructorParameters<typeof Deadline>[0]) {
    this.#stream = stream;
    this.#deadline = new Deadline(options);
    // Ignore errors below TLS here, because TLS reports them.
    stream.on("error", () => {});
  }

  async secure(securing: Promise<TLSSocket>): Promise<TLSSocket> {
    const socket = await this.#deadline.race(securing, (late) => late.destroy());
    this.#socket = socket;
    this.#transport = new Transport(socket, (error) => this.#failed(error));
    return socket;
  }

  /** Acquires a credential that is closed when the handshake ends; the context keeps it alive. */
  async acquire(options: CredentialOptions, kerberosOnly = false): Promise<Credential> {
    try {
      this.#credential = await this.#deadline.race(Credential.acquire(options), (late) => late.close());
      return this.#credential;
    } catch (error) {
      throw asCredssp(error, kerberosOnly);
    }
  }

  own(inner: InnerLogon): InnerLogon {
    this.#inner = inner;
    return inner;
  }

  wire(): Wire {
    return new Wire(this.#transport as Transport, this.#deadline);
  }

  /** Sends the message that tells the peer about a failure; gives up after a second. */
  async farewell(message: Buffer | undefined): Promise<void> {
    await this.#transport?.farewell(message);
  }

  /** Passes ownership of everything that the handshake made to the caller. */
  established(outcome: Outcome): Established {
    this.#kept = true;
    return {
      socket: this.#socket as TLSSocket,
      transport: this.#transport as Transport,
      inner: this.#inner as InnerLogon,
      ...outcome,
      onFailure: (listener) => {
        this.#failed = listener;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#deadline.stop();
    this.#credential?.close();
    if (this.#kept) return;
    this.#inner?.close();
    this.#transport?.destroy(new Error("the handshake failed"));
    this.#socket?.destroy();
    this.#stream.destroy();
  }
}

function peerOf(inner: InnerLogon): Peer | PeerNameError {
  try {
    return inner.peer;
  } catch (error) {
    if (error instanceof PeerNameError) return error;
    throw error;
  }
}
