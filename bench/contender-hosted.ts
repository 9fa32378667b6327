import { ClientContext, Credential, ServerContext } from "../src/index.ts";
import { embeddedHost, embeddedPackage } from "../src/packages.ts";
import { establishedApi, kerberosFlags } from "./api-contexts.ts";
import { type Contender, expect, target } from "./contender.ts";

export const hostedKeys = { alice: Buffer.alloc(32, "bench") };
export const hostedServer = "bench";
/** What the embedded package puts before a message. */
export const embeddedToken = 44;

/** The embedded package in a host, as its users call it. */
export function hostedContender(): Contender {
  const host = embeddedHost({ keys: hostedKeys, server: hostedServer });
  const common = { package: embeddedPackage, provider: host.provider };
  const outbound = Credential.acquireSync({ ...common, use: "outbound", principal: "alice" });
  const inbound = Credential.acquireSync({ ...common, use: "inbound" });

  function handshake(): readonly [ClientContext, ServerContext] {
    const client = new ClientContext(outbound, { target, request: kerberosFlags });
    const server = new ServerContext(inbound, { request: kerberosFlags });
    const challenge = server.stepSync(client.stepSync().token as Buffer);
    server.stepSync(client.stepSync(challenge.token as Buffer).token as Buffer);
    expect(client.complete && server.complete, "handshake of the hosted package");
    return [client, server];
  }

  return {
    name: "public API",
    handshakes(count) {
      for (let index = 0; index < count; index += 1) for (const context of handshake()) context.close();
    },
    establish() {
      const contexts = handshake();
      expect(contexts[0].query("sizes").cbSecurityTrailer === embeddedToken, "token of the embedded package");
      return establishedApi(contexts, embeddedToken);
    },
    close() {
      for (const owned of [outbound, inbound, host]) owned.close();
    },
  };
}
