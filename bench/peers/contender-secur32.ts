import { Credential, packages } from "../../src/index.ts";
import { kerberosHandshake } from "../api-contexts.ts";
import { type Contender, expect } from "../contender.ts";

/** This package as its users call it on Windows, in calls that block. */
export function secur32Contender(): Contender {
  const acquire = (use: "inbound" | "outbound"): Credential => Credential.acquireSync({ package: "Negotiate", use });
  const [outbound, inbound] = [acquire("outbound"), acquire("inbound")];
  return {
    name: "public API",
    handshakes(count) {
      for (let index = 0; index < count; index += 1) {
        const [client, server] = kerberosHandshake(outbound, inbound);
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
