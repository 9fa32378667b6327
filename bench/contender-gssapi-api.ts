import { ClientContext, Credential, type SecurityProvider, ServerContext } from "../src/index.ts";
import { establishedApi, kerberosFlags, kerberosHandshake } from "./api-contexts.ts";
import { type Contender, expect, target } from "./contender.ts";
import { type GssapiSetting, kerberosToken } from "./gssapi-setting.ts";

/** This package as its users call it; each of its contexts acquires a credential of MIT's, too. */
export function gssapiApiContender({ package: name }: GssapiSetting, provider: SecurityProvider): Contender {
  const acquire = (use: "inbound" | "outbound"): Credential => Credential.acquireSync({ package: name, use, provider });
  const shared: Credential[] = [];
  return {
    name: "public API",
    handshakes(count, reuse) {
      if (reuse && shared.length === 0) shared.push(acquire("outbound"), acquire("inbound"));
      for (let index = 0; index < count; index += 1) {
        const [outbound, inbound] = reuse
          ? (shared as [Credential, Credential])
          : [acquire("outbound"), acquire("inbound")];
        const [client, server] = kerberosHandshake(outbound, inbound);
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
      return establishedApi(kerberosHandshake(outbound, inbound), kerberosToken);
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
        const client = new ClientContext(outbound, { target, request: kerberosFlags });
        const server = new ServerContext(inbound, { request: kerberosFlags });
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
