import { ClientContext, Credential, ServerContext } from "../../src/index.ts";
import { wineVersion } from "../windows/wine-version.ts";

/** There the user is alice with her Kerberos tickets, which is all that she can show. */
export const wine = wineVersion() !== undefined;

/** Whether Schannel is a server too: Wine 8's is none, Wine 10's is one. */
export const schannelServes = Number.parseInt(wineVersion() ?? "10", 10) >= 10;

/** What the user of this process can log on to this process with: on Windows, and under Wine. */
export const loopbackPackages = wine ? ["Negotiate", "Kerberos"] : ["Negotiate", "NTLM"];

/** What both sides ask for. */
export const agreed = ["confidentiality", "integrity", "sequenceDetect", "replayDetect"] as const;

export interface Sides extends Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;
}

/** The user of this process logs on to this process. */
export async function logOn(name: string): Promise<Sides> {
  using outbound = Credential.acquireSync({ package: name, use: "outbound" });
  using inbound = Credential.acquireSync({ package: name, use: "inbound" });
  const target = wine ? { target: "HTTP/localhost" } : {};
  const client = new ClientContext(outbound, { ...target, request: [...agreed], require: ["confidentiality"] });
  const server = new ServerContext(inbound, { request: [...agreed] });
  const close = (): void => {
    client.close();
    server.close();
  };
  try {
    for (let leg = await client.step(), ours = false; leg.token && leg.token.length > 0; ours = !ours)
      leg = await (ours ? client.step(leg.token) : server.step(leg.token));
    return { client, server, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}
