import { ClientContext, type Credential, ServerContext } from "../src/index.ts";
import { type Established, expect, target } from "./contender.ts";

/** What contexts of Kerberos, and of packages like it, ask for on both sides. */
export const kerberosFlags = ["mutualAuth", "replayDetect", "sequenceDetect", "confidentiality", "integrity"] as const;

/** A handshake of Kerberos: one token each way. */
export function kerberosHandshake(outbound: Credential, inbound: Credential): [ClientContext, ServerContext] {
  const client = new ClientContext(outbound, { target, request: kerberosFlags });
  const server = new ServerContext(inbound, { request: kerberosFlags });
  const answer = server.stepSync(client.stepSync().token as Buffer);
  client.stepSync(answer.token as Buffer);
  expect(client.complete && server.complete, "handshake through the API");
  return [client, server];
}

/** Established contexts whose messages have a token of so many bytes. */
export function establishedApi(
  [client, server]: readonly [ClientContext, ServerContext],
  tokenSize: number,
): Established {
  return {
    protect(count, bytes) {
      const [token, data] = [bytes.subarray(0, tokenSize), bytes.subarray(tokenSize)];
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
}
