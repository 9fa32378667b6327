import { type OpenedRecord, PackageError, type SealedRecord } from "../packages/author/index.ts";
import { asSchannel, type ConnectionLeg, recordLength, SchannelConnection } from "../packages/schannel/index.ts";
import { ClientExchange } from "./client-exchange.ts";
import type { CredsspCredential } from "./credssp-credential.ts";
import { CredsspError } from "./credssp-error.ts";
import { delegationTarget } from "./delegation.ts";
import type { Answer, Running } from "./exchange.ts";
import { asCredssp, InnerLogon } from "./inner-logon.ts";
import { subjectPublicKey } from "./public-key-binding.ts";
import { RequestReader } from "./request-reader.ts";
import { ServerExchange } from "./server-exchange.ts";
import { needsKerberos } from "./server-trust.ts";
import type { Target } from "./target-patterns.ts";
import { encodeCredentials, type PasswordCredentials, passwordBytes } from "./ts-credentials.ts";

type Side = "client" | "server";

/** One connection of the package: TLS, then the exchange inside it, then TLS records with data. */
export class CredsspConnection {
  readonly id: bigint;
  readonly tls: SchannelConnection;
  readonly #credential: CredsspCredential;
  readonly #target: string | undefined;
  readonly #parsed: Target | undefined;
  readonly #reader = new RequestReader();
  #inner: InnerLogon | undefined;
  #exchange: ClientExchange | ServerExchange | undefined;
  #running: Running<Buffer | PasswordCredentials> | undefined;
  #complete = false;
  #proven = false;
  #claim: Buffer | undefined;

  /** @throws CredsspError for a target that gets no password, before anything is allocated */
  constructor(id: bigint, side: Side, credential: CredsspCredential, target: string | undefined) {
    this.id = id;
    this.#credential = credential;
    this.#target = target;
    if (side === "client") this.#parsed = delegationTarget(target, credential.settings.policy.delegate);
    this.tls = new SchannelConnection(
      id,
      side,
      credential,
      { alpn: [], clientCertificates: false },
      this.#parsed?.host,
    );
  }

  get side(): Side {
    return this.tls.side;
  }

  get complete(): boolean {
    return this.#complete;
  }

  /** On clients: whether the server has proved its identity, by a trusted or pinned certificate or by Kerberos. */
  get proven(): boolean {
    return this.#proven;
  }

  /** The logon inside TLS; undefined before TLS is complete. */
  get inner(): InnerLogon | undefined {
    return this.#inner;
  }

  /**
   * The credentials that a client has delegated: TSCredentials as in MS-CSSP 2.2.1.2, in bytes that the connection
   * owns. Undefined before the exchange is complete, and on clients.
   */
  get claim(): Buffer | undefined {
    return this.#claim;
  }

  leg(input: Buffer | undefined): ConnectionLeg | { readonly missing: number } {
    const made: Buffer[] = [];
    try {
      return this.#complete ? this.tls.leg(input) : this.#establish(input, made);
    } catch (error) {
      throw this.#farewell(error, made);
    }
  }

  seal(message: Buffer): SealedRecord {
    return this.tls.seal(message);
  }

  open(bytes: Buffer): OpenedRecord {
    return this.tls.open(bytes);
  }

  close(): void {
    this.#claim?.fill(0);
    this.#claim = undefined;
    this.#inner?.close();
    this.tls.close();
  }

  #establish(input: Buffer | undefined, made: Buffer[]): ConnectionLeg | { readonly missing: number } {
    let rest = input ?? Buffer.alloc(0);
    if (!this.tls.engine.complete) {
      const leg = this.tls.leg(input);
      if ("missing" in leg) return leg;
      if (!leg.complete) return leg;
      made.push(leg.token);
      rest = rest.subarray(rest.length - leg.extra);
      this.#begin(made);
    } else if (rest.length < recordLength(rest)) return { missing: recordLength(rest) - rest.length };
    while (!this.#complete && rest.length > 0) {
      const length = recordLength(rest);
      if (length > rest.length) break;
      this.#record(rest.subarray(0, length), made);
      rest = rest.subarray(length);
    }
    return { complete: this.#complete, token: Buffer.concat(made), extra: rest.length };
  }

  /** Called when TLS is complete. A client checks its server before it sends a message. */
  #begin(made: Buffer[]): void {
    const { settings } = this.#credential;
    if (this.side === "server") {
      const inner = InnerLogon.server(this.#credential.inbound);
      this.#inner = inner;
      const exchange = new ServerExchange({ ...settings.versions, key: settings.serverKey as Buffer, inner });
      this.#exchange = exchange;
      this.#running = exchange.run();
    } else this.#running = this.#client();
    this.#advance(undefined, made);
  }

  #client(): Running<Buffer> {
    const { identity, settings, innerPackage } = this.#credential;
    const { certificates, chainError, nameError } = this.tls.engine.peer;
    const [own] = certificates;
    if (!own) throw new CredsspError("SEC_E_CERT_UNKNOWN", "the server has shown no certificate");
    const problem = (chainError ?? nameError)?.message;
    const shown = { certificate: own.raw, problem };
    const kerberosOnly = needsKerberos(settings.policy, shown, this.#parsed, innerPackage);
    this.#proven = kerberosOnly || problem === undefined || settings.policy.pin !== undefined;
    const inner = InnerLogon.client(this.#credential.outbound(kerberosOnly), this.#target as string, kerberosOnly);
    this.#inner = inner;
    const { user, domain } = identity;
    const credentials = () => ({ user, domain, password: passwordBytes(this.#credential.identity.password) });
    const key = subjectPublicKey(own.publicKey);
    const exchange = new ClientExchange({ ...settings.versions, key, inner, credentials });
    this.#exchange = exchange;
    return exchange.run();
  }

  #record(record: Buffer, made: Buffer[]): void {
    const { engine } = this.tls;
    engine.feed(record);
    this.#reader.push(asSchannel("record", () => engine.open()));
    engine.messages();
    const message = this.#reader.take();
    if (!message) {
      if (engine.closed)
        throw new CredsspError("SEC_E_INVALID_TOKEN", "the peer hangs up, which may mean that it refuses the logon");
      return;
    }
    // The sides take turns: a peer sends nothing after a message until that message has been answered.
    if (this.#reader.rest.length > 0)
      throw new CredsspError("SEC_E_INVALID_TOKEN", "the peer's message has bytes behind its end");
    this.#advance(Buffer.from(message), made);
  }

  #advance(answer: Answer | undefined, made: Buffer[]): void {
    const running = this.#running as Running<Buffer | PasswordCredentials>;
    let next = running.next(answer as Answer);
    while (!next.done && next.value.ask === "leg") {
      const { token } = next.value;
      next = running.next((this.#inner as InnerLogon).stepSync(token));
    }
    if (!next.done) {
      const request = (next.value as { readonly request: Buffer | undefined }).request;
      if (request) made.push(this.#sealed(request));
      return;
    }
    this.#complete = true;
    if (next.value instanceof Uint8Array) made.push(this.#sealed(next.value));
    else this.#claim = taken(next.value);
  }

  #sealed(request: Buffer): Buffer {
    return asSchannel("record", () => this.tls.engine.seal(request));
  }

  /** Returns the failure, with the message that tells the peer about it. */
  #farewell(error: unknown, made: readonly Buffer[]): unknown {
    const failure = asCredssp(error);
    const { engine } = this.tls;
    if (!(failure instanceof CredsspError) || !engine.complete) return failure;
    const refusal = this.#exchange instanceof ServerExchange ? this.#exchange.refusal(failure) : undefined;
    try {
      const said = refusal ? [engine.seal(refusal)] : [];
      engine.goodbye();
      const token = Buffer.concat([...made, ...said, engine.take()]);
      const { code, message, errorCode, cause } = failure;
      const told = new CredsspError(code, message.replace(/^CredSSP: /, ""), {
        ...(errorCode === undefined ? {} : { errorCode }),
        token,
        cause,
      });
      return told;
    } catch (broken) {
      // TLS itself has failed, so no message can be sent.
      return broken instanceof PackageError ? broken : failure;
    }
  }
}

/** Encodes the credentials and zeroes the password, so that memory holds them only once. */
function taken(credentials: PasswordCredentials): Buffer {
  try {
    return encodeCredentials(credentials);
  } finally {
    credentials.password.fill(0);
  }
}
