import { ClientContext, Credential, ServerContext } from "../../src/index.ts";
import { wineVersion } from "../windows/wine-version.ts";

/** Under Wine the user is alice, whose only credentials are her Kerberos tickets. */
export const wine = wineVersion() !== undefined;

/** Whether Schannel supports servers: Wine 8's does not, Wine 10's does. */
export const schannelServes = Number.parseInt(wineVersion() ?? "10", 10) >= 10;

/** The packages with which this process's user can log on to this process, on Wine and on Windows. */
export const loopbackPackages = wine ? ["Negotiate", "Kerberos"] : ["Negotiate", "NTLM"];

/** The flags that both sides request. */
export const agreed = ["confidentiality", "integrity", "sequenceDetect", "replayDetect"] as const;

export interface Sides extends Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;
}

/** Logs this process's user on to this process, and returns both contexts. */
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
