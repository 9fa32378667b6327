import { ClientContext, Credential, type SecurityProvider, ServerContext } from "../../src/index.ts";
import { everything } from "../live/kerberos.ts";
import type { GssapiPeer } from "./peer.ts";

export interface HandshakeOptions {
  /** Channel bindings of either side. */
  readonly ours?: string;
  readonly theirs?: string;
  /** The service's name, with its realm if that is another one. */
  readonly target?: string;
  /** A third leg, and messages as DCE RPC seals them. */
  readonly dce?: boolean;
}

function requested(dce: boolean) {
  return dce ? ([...everything, "useDceStyle"] as const) : everything;
}

function bindingsOf(data: string | undefined) {
  return data === undefined ? {} : { channelBindings: { applicationData: Buffer.from(data), acceptUnenforced: true } };
}

/** Our client, MIT's server. */
export async function towards(
  provider: SecurityProvider,
  peer: GssapiPeer,
  package_: string,
  given: HandshakeOptions = {},
) {
  using credential = Credential.acquireSync({ package: package_, use: "outbound", provider });
  const { target = "HTTP/localhost", ours, theirs, dce = false } = given;
  const options = { target, request: requested(dce), ...bindingsOf(ours) };
  const client = new ClientContext(credential, options);
  await peer.ask({ command: "accept", bindings: theirs, dce });
  try {
    for (let leg = await client.step(); ; ) {
      if (!leg.token || leg.token.length === 0) return client;
      const answer = await peer.bytes("step", leg.token);
      if (answer.length === 0) return client;
      leg = await client.step(answer);
    }
  } catch (error) {
    client.close();
    throw error;
  }
}

/** MIT's client, our server. */
export async function from(
  provider: SecurityProvider,
  peer: GssapiPeer,
  package_: string,
  given: HandshakeOptions = {},
) {
  using credential = Credential.acquireSync({ package: package_, use: "inbound", provider });
  const { target = "HTTP@localhost", ours, theirs, dce = false } = given;
  const server = new ServerContext(credential, { request: requested(dce), ...bindingsOf(ours) });
  const mechanism = package_ === "Kerberos" ? "krb5" : "spnego";
  await peer.ask({ command: "initiate", target, mechanism, bindings: theirs, dce });
  try {
    for (let token = await peer.bytes("step", Buffer.alloc(0)); ; ) {
      const leg = await server.step(token);
      if (!leg.token || leg.token.length === 0) return server;
      token = await peer.bytes("step", leg.token);
      if (token.length === 0) return server;
    }
  } catch (error) {
    server.close();
    throw error;
  }
}
