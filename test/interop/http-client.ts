import { Agent, get, type IncomingMessage } from "node:http";
import type { ClientContext } from "../../src/index.ts";

export interface Authenticated {
  readonly status: number;
  /** The user that the server took us for. */
  readonly user: string | undefined;
}

/** Gets a page with a client's context, on one connection; the server's last token completes the context. */
export async function getAs(
  context: ClientContext,
  url: string,
  scheme: "Negotiate" | "NTLM",
  onTheWay: (token: Buffer) => Buffer = (token) => token,
): Promise<Authenticated> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (let token: Uint8Array | undefined; ; ) {
      const leg = await context.step(token);
      if (!leg.token) throw new Error(`the client has nothing to send (${leg.code})`);
      const response = await request(agent, url, `${scheme} ${onTheWay(leg.token).toString("base64")}`);
      token = tokenIn(response.headers["www-authenticate"], scheme);
      if (response.statusCode === 401 && token && leg.status === "continue") continue;
      if (response.statusCode === 200 && token && leg.status === "continue") await context.step(token);
      return { status: response.statusCode ?? 0, user: response.headers["x-user"] as string | undefined };
    }
  } finally {
    agent.destroy();
  }
}

function request(agent: Agent, url: string, authorization: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Apache listens on one of the addresses of `localhost`, which is what its key is for.
    const options = { agent, headers: { authorization }, family: 4 };
    get(url, options, (response) => {
      response.resume().once("end", () => resolve(response));
    }).once("error", reject);
  });
}

function tokenIn(header: string | undefined, scheme: string): Buffer | undefined {
  const [, token] = new RegExp(`${scheme} ([A-Za-z0-9+/=]+)`).exec(header ?? "") ?? [];
  return token === undefined ? undefined : Buffer.from(token, "base64");
}
