import { ClientContext, Credential, type SecurityProvider, ServerContext } from "../src/index.ts";
import { type Contender, expect, target } from "./contender.ts";
import { type GssapiSetting, kerberosToken } from "./gssapi-setting.ts";

const request = ["mutualAuth", "replayDetect", "sequenceDetect", "confidentiality", "integrity"] as const;

/** This package as its users call it; each of its contexts acquires a credential of MIT's, too. */
export function gssapiApiContender({ package: name }: GssapiSetting, provider: SecurityProvider): Contender {
  const acquire = (use: "inbound" | "outbound"): Credential => Credential.acquireSync({ package: name, use, provider });

  function handshake(outbound: Credential, inbound: Credential): [ClientContext, ServerContext] {
    const client = new ClientContext(outbound, { target, request });
    const server = new ServerContext(inbound, { request });
    const answer = server.stepSync(client.stepSync().token as Buffer);
    client.stepSync(answer.token as Buffer);
    expect(client.complete && server.complete, "handshake through the API");
    return [client, server];
  }

  const shared: Credential[] = [];
  return {
    name: "public API",
    handshakes(count, reuse) {
      if (reuse && shared.length === 0) shared.push(acquire("outbound"), acquire("inbound"));
      for (let index = 0; index < count; index += 1) {
        const [outbound, inbound] = reuse
          ? (shared as [Credential, Credential])
          : [acquire("outbound"), acquire("inbound")];
        const [client, server] = handshake(outbound, inbound);
        client.close();
        server.close();
        if (reuse) continue;
        outbound.close();
        inbound.close();
      }
    },
    close() {
      for (const credential of shared) credential.close();
    },
    establish() {
      using outbound = acquire("outbound");
      using inbound = acquire("inbound");
      const [client, server] = handshake(outbound, inbound);
      return {
        protect(count, bytes) {
          const [token, data] = [bytes.subarray(0, kerberosToken), bytes.subarray(kerberosToken)];
          for (let index = 0; index < count; index += 1) {
            client.encryptInPlace(token, data);
            server.decryptInPlace(token, data);
          }
        },
        close() {
          client.close();
          server.close();
        },
      };
    },
  };
}

/** The same off the event loop, one leg after the other. */
export function gssapiAsyncContender({ package: name }: GssapiSetting, provider: SecurityProvider): Contender {
  const acquire = (use: "inbound" | "outbound"): Promise<Credential> =>
    Credential.acquire({ package: name, use, provider });
  const shared = Promise.all([acquire("outbound"), acquire("inbound")]);
  return {
    name: "public API, async",
    async handshakes(count) {
      const [outbound, inbound] = await shared;
      for (let index = 0; index < count; index += 1) {
        const client = new ClientContext(outbound, { target, request });
        const server = new ServerContext(inbound, { request });
        const answer = await server.step((await client.step()).token as Buffer);
        await client.step(answer.token as Buffer);
        expect(client.complete && server.complete, "handshake through the API");
        client.close();
        server.close();
      }
    },
    async close() {
      for (const credential of await shared) credential.close();
    },
  };
}
