import { ClientContext, Credential, packages, ServerContext } from "../../src/index.ts";
import { type Contender, expect, target } from "../contender.ts";

const request = ["mutualAuth", "replayDetect", "sequenceDetect", "confidentiality", "integrity"] as const;

/** This package as its users call it on Windows, in calls that block. */
export function secur32Contender(): Contender {
  const acquire = (use: "inbound" | "outbound"): Credential => Credential.acquireSync({ package: "Negotiate", use });
  const [outbound, inbound] = [acquire("outbound"), acquire("inbound")];
  return {
    name: "public API",
    handshakes(count) {
      for (let index = 0; index < count; index += 1) {
        const client = new ClientContext(outbound, { target, request });
        const server = new ServerContext(inbound, { request });
        const answer = server.stepSync(client.stepSync().token as Buffer);
        client.stepSync(answer.token as Buffer);
        expect(client.complete && server.complete, "handshake through the API");
        client.close();
        server.close();
      }
    },
    lists(count) {
      for (let index = 0; index < count; index += 1) expect(packages().length > 1, "list through the API");
    },
    acquisitions(count) {
      for (let index = 0; index < count; index += 1) acquire("outbound").close();
    },
    close() {
      for (const credential of [outbound, inbound]) credential.close();
    },
  };
}
