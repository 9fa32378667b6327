import { ClientContext, Credential, type SecurityProvider, ServerContext } from "../src/index.ts";
import { establishedApi } from "./api-contexts.ts";
import { alice, type Contender, expect, type Setting, target, tokenSize } from "./contender.ts";

/** This package as its users call it, all checks and all bookkeeping included. */
export function apiContender(setting: Setting, provider: SecurityProvider): Contender {
  return {
    name: "public API",
    handshakes(count, reuse) {
      const shared = reuse ? acquireClient(provider) : undefined;
      for (let index = 0; index < count; index += 1) {
        const clientCredential = shared ?? acquireClient(provider);
        const serverCredential = acquireServer(setting, provider);
        const [client, server] = handshake(clientCredential, serverCredential);
        client.close();
        server.close();
        if (!shared) clientCredential.close();
        serverCredential.close();
      }
      shared?.close();
    },
    establish() {
      const contexts = establishContexts(setting, provider);
      const [client] = contexts;
      return {
        ...establishedApi(contexts, tokenSize),
        sizes(count) {
          let trailer = 0;
          for (let index = 0; index < count; index += 1) trailer += client.query("sizes").cbSecurityTrailer;
          expect(trailer === count * tokenSize, "sizes through the API");
        },
      };
    },
  };
}

/** A client and a server that have completed a handshake. */
export function establishContexts(setting: Setting, provider: SecurityProvider): [ClientContext, ServerContext] {
  using clientCredential = acquireClient(provider);
  using serverCredential = acquireServer(setting, provider);
  return handshake(clientCredential, serverCredential);
}

function acquireClient(provider: SecurityProvider): Credential {
  return Credential.acquireSync({ package: "NTLM", use: "outbound", identity: alice, provider });
}

function acquireServer({ samFile }: Setting, provider: SecurityProvider): Credential {
  return Credential.acquireSync({ package: "NTLM", use: "inbound", winpr: { samFile }, provider });
}

function handshake(clientCredential: Credential, serverCredential: Credential): [ClientContext, ServerContext] {
  const client = new ClientContext(clientCredential, { target, request: ["confidentiality"] });
  const server = new ServerContext(serverCredential, { request: ["confidentiality"] });
  const challenge = server.stepSync(tokenOf(client.stepSync()));
  const end = server.stepSync(tokenOf(client.stepSync(tokenOf(challenge))));
  expect(client.complete && end.status === "complete", "handshake through the API");
  return [client, server];
}

function tokenOf(leg: { readonly token?: Buffer }): Buffer {
  if (!leg.token) throw new Error("a leg of the handshake has no token");
  return leg.token;
}
