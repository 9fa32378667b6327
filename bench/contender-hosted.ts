import { ClientContext, Credential, ServerContext } from "../src/index.ts";
import { embeddedHost, embeddedPackage } from "../src/packages.ts";
import { type Contender, expect, target } from "./contender.ts";

export const hostedKeys = { alice: Buffer.alloc(32, "bench") };
export const hostedServer = "bench";
/** What the embedded package puts before a message. */
export const embeddedToken = 44;

const request = ["mutualAuth", "replayDetect", "sequenceDetect", "confidentiality", "integrity"] as const;

/** The embedded package in a host, as its users call it. */
export function hostedContender(): Contender {
  const host = embeddedHost({ keys: hostedKeys, server: hostedServer });
  const common = { package: embeddedPackage, provider: host.provider };
  const outbound = Credential.acquireSync({ ...common, use: "outbound", principal: "alice" });
  const inbound = Credential.acquireSync({ ...common, use: "inbound" });

  function handshake(): readonly [ClientContext, ServerContext] {
    const client = new ClientContext(outbound, { target, request });
    const server = new ServerContext(inbound, { request });
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
      const [client, server] = handshake();
      expect(client.query("sizes").cbSecurityTrailer === embeddedToken, "token of the embedded package");
      return {
        protect(count, bytes) {
          const [token, data] = [bytes.subarray(0, embeddedToken), bytes.subarray(embeddedToken)];
          for (let index = 0; index < count; index += 1) {
            client.encryptInPlace(token, data);
            server.decryptInPlace(token, data);
          }
        },
        close() {
          for (const context of [client, server]) context.close();
        },
      };
    },
    close() {
      for (const owned of [outbound, inbound, host]) owned.close();
    },
  };
}
