import { createRequire } from "node:module";
import { type Contender, expect } from "../contender.ts";

/** One side of npm's `kerberos`; a step takes a token in base64, and leaves one in `response`. */
interface Side {
  readonly contextComplete: boolean;
  readonly response: string | null;
  step(challenge: string): Promise<string>;
}

interface NpmKerberos {
  readonly GSS_C_MUTUAL_FLAG: number;
  readonly GSS_C_REPLAY_FLAG: number;
  readonly GSS_C_SEQUENCE_FLAG: number;
  readonly GSS_C_CONF_FLAG: number;
  readonly GSS_C_INTEG_FLAG: number;
  initializeClient(service: string, options: { readonly flags: number }): Promise<Side>;
  initializeServer(service: string): Promise<Side>;
}

/** npm's `kerberos`, whose functions are all asynchronous, in the given folder. */
export function npmKerberosContender(name: string, folder: string): Contender {
  const kerberos = createRequire(import.meta.url)(folder) as NpmKerberos;
  const flags =
    kerberos.GSS_C_MUTUAL_FLAG |
    kerberos.GSS_C_REPLAY_FLAG |
    kerberos.GSS_C_SEQUENCE_FLAG |
    kerberos.GSS_C_CONF_FLAG |
    kerberos.GSS_C_INTEG_FLAG;
  return {
    name,
    async handshakes(count) {
      for (let index = 0; index < count; index += 1) {
        const client = await kerberos.initializeClient("HTTP@localhost", { flags });
        const server = await kerberos.initializeServer("HTTP@localhost");
        await client.step("");
        await server.step(client.response ?? "");
        await client.step(server.response ?? "");
        expect(client.contextComplete && server.contextComplete, "handshake of npm's kerberos");
      }
    },
  };
}
