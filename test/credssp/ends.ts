import { onTestFinished } from "vitest";
import { type CredsspHost, type CredsspHostOptions, credsspHost } from "../../src/credssp.ts";
import { ClientContext, Credential, type Leg, ServerContext } from "../../src/index.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { type InnerFaults, innerPackages } from "./inner-packages.ts";

export const target = "TERMSRV/localhost";
export const alice = { user: "alice", domain: "EXAMPLE.TEST", password: "userpw" } as const;

export interface EndOptions extends CredsspHostOptions {
  readonly faults?: InnerFaults;
}

/** A host whose server is trusted, with a package of tests inside; closed after the test. */
export function credssp({ faults = {}, ...options }: EndOptions = {}): CredsspHost {
  const host = credsspHost({
    inner: "NTLM",
    innerProvider: options.innerProvider ?? innerPackages(faults),
    server: { certificate: ecCertificate },
    ca: rootPem,
    delegate: [target],
    ...options,
  });
  onTestFinished(() => host.close());
  return host;
}

interface Ends extends Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;
}

interface EndSettings {
  readonly identity?: { readonly user: string; readonly domain: string; readonly password: string };
  readonly target?: string;
}

/** A client of one host and a server of another, or of the same. */
export function ends(clientHost: CredsspHost, serverHost: CredsspHost = clientHost, settings: EndSettings = {}): Ends {
  const client = clientOf(clientHost, settings);
  const server = serverOf(serverHost);
  const dispose = (): void => {
    client.close();
    server.close();
  };
  return { client, server, [Symbol.dispose]: dispose };
}

export function clientOf(
  host: CredsspHost,
  { identity = alice, target: named = target }: EndSettings = {},
): ClientContext {
  const { provider } = host;
  using credential = Credential.acquireSync({
    package: "CREDSSP",
    use: "outbound",
    provider,
    credssp: { spnego: identity },
  });
  return new ClientContext(credential, { target: named, require: ["confidentiality", "stream"] });
}

export function serverOf(host: CredsspHost): ServerContext {
  const { provider } = host;
  using credential = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider });
  return new ServerContext(credential, { require: ["confidentiality", "stream"] });
}

export type Side = "client" | "server";
/** Sees each flight before the peer receives it, and may change it. */
export type Between = (flight: Buffer, from: Side, number: number) => Buffer;

/** Exchanges flights until both sides are complete. */
export function shake({ client, server }: Ends, between: Between = (flight) => flight): void {
  let number = 0;
  let flight: Buffer | undefined = client.stepSync().token;
  let from: Side = "client";
  while (flight && flight.length > 0) {
    const given = between(flight, from, number);
    number += 1;
    const peer = from === "client" ? server : client;
    from = from === "client" ? "server" : "client";
    flight = stepped(peer, given);
  }
  if (!client.complete || !server.complete) throw new Error(`incomplete: ${client.complete}, ${server.complete}`);
}

/** Runs all legs that one flight allows; returns their output for the peer. */
export function stepped(side: ClientContext | ServerContext, flight: Buffer): Buffer {
  const made: Buffer[] = [];
  let rest: Buffer | undefined = flight;
  while (rest && rest.length > 0) {
    const leg: Leg = side.stepSync(rest);
    if (leg.token) made.push(leg.token);
    rest = "extra" in leg ? leg.extra : undefined;
    if (leg.status === "complete") break;
  }
  return Buffer.concat(made);
}
