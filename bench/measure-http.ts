import { Agent, get } from "node:http";
import { Client, type Dispatcher } from "undici";
import { NegotiateDispatcher } from "../src/http-undici.ts";
import { ClientContext, Credential, gssapiProvider } from "../src/index.ts";
import type { BenchServers } from "./http-server.ts";

export interface HttpTask extends BenchServers {
  /** Apache's mod_auth_gssapi, with the same KDC and the same keys. */
  readonly apache: string;
  readonly rounds: number;
  /** Requests of each contender in a round. */
  readonly slice: number;
  /** Logons at each server in a round. */
  readonly logons: number;
}

export interface HttpMeasured {
  /** Microseconds of a request, by contender. */
  readonly requests: Readonly<Record<string, readonly number[]>>;
  /** Logons in a second, by server. */
  readonly logons: Readonly<Record<string, readonly number[]>>;
}

const task = JSON.parse(process.argv[2] ?? "") as HttpTask;
const provider = gssapiProvider();
using credential = Credential.acquireSync({ package: "Negotiate", use: "outbound", provider });

/** A first token, which is all that Kerberos needs; each can be used once. */
function ticket(): string {
  using context = new ClientContext(credential, { target: "HTTP/localhost", request: ["mutualAuth"] });
  return `Negotiate ${context.stepSync().token?.toString("base64")}`;
}

async function ask(dispatcher: Dispatcher, origin: string, headers: Record<string, string> = {}): Promise<void> {
  const { statusCode, body } = await dispatcher.request({ origin, path: "/", method: "GET", headers });
  await body.text();
  if (statusCode !== 200) throw new Error(`${origin}: ${statusCode}`);
}

/** Every contender has one connection, on which it is known, and sends one request after the other. */
async function measureRequests(): Promise<HttpMeasured["requests"]> {
  const clients = [new Client(task.bare), new Client(task.bare), new Client(task.guarded)] as const;
  const dispatcher = new NegotiateDispatcher({ origins: [task.guarded], provider, connections: 1 });
  await ask(clients[2], task.guarded, { authorization: ticket() });
  const contenders: readonly (readonly [string, Dispatcher, string])[] = [
    ["bare server", clients[0], task.bare],
    ["bare server again", clients[1], task.bare],
    ["HttpAuthenticator", clients[2], task.guarded],
    ["HttpAuthenticator, NegotiateDispatcher", dispatcher, task.guarded],
  ];
  const times = contenders.map((): number[] => []);
  for (let round = -Math.ceil(task.rounds / 5); round < task.rounds; round += 1)
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (turn + Math.abs(round)) % contenders.length;
      const [, client, origin] = contenders[index] as (typeof contenders)[number];
      const start = performance.now();
      for (let count = 0; count < task.slice; count += 1) await ask(client, origin);
      if (round >= 0) times[index]?.push(((performance.now() - start) * 1000) / task.slice);
    }
  await Promise.all([...clients.map((client) => client.close()), dispatcher.close()]);
  return Object.fromEntries(contenders.map(([name], index) => [name, times[index] ?? []]));
}

/** One logon, on a connection of its own. */
function logOn(url: string, authorization: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const agent = new Agent();
    get(url, { agent, family: 4, headers: { authorization } }, (response) => {
      response.resume().once("end", () => {
        agent.destroy();
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url}: ${response.statusCode}`));
      });
    }).once("error", reject);
  });
}

async function measureLogons(): Promise<HttpMeasured["logons"]> {
  const servers = { HttpAuthenticator: task.guarded, "Apache's mod_auth_gssapi": task.apache };
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  // V8 compiles what a logon runs for some thousand of them: a server that has just started takes twice the time.
  const warmUp = Math.ceil(3000 / task.logons);
  for (let round = -warmUp; round < Math.ceil(task.rounds / 20); round += 1)
    for (const [name, url] of Object.entries(servers)) {
      const tickets = Array.from({ length: task.logons }, ticket);
      const start = performance.now();
      // Eight at a time.
      const workers = Array.from({ length: 8 }, async () => {
        for (let next = tickets.pop(); next; next = tickets.pop()) await logOn(url, next);
      });
      await Promise.all(workers);
      if (round >= 0) rates[name]?.push((task.logons * 1000) / (performance.now() - start));
    }
  return rates;
}

const measured: HttpMeasured = { requests: await measureRequests(), logons: await measureLogons() };
console.log(JSON.stringify(measured));
process.exit();
