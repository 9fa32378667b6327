import { once } from "node:events";
import { Agent, createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { live } from "../../../src/index.ts";
import { guardedServer } from "./guarded-server.ts";
import { RawConnection, tokenOf } from "./raw-connection.ts";

interface Proxy extends AsyncDisposable {
  readonly port: number;
}

/** A reverse proxy that sends the requests of all users over a few connections, and marks them or not. */
async function poolingProxy(target: number, mark: Readonly<Record<string, string>>): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const upstream = httpRequest({ agent, port: target, method, path: url, headers: { ...headers, ...mark } });
    upstream.on("response", (answer: IncomingMessage) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on("error", () => response.writeHead(502).end());
    request.pipe(upstream);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * For each of many simultaneous requests: its sender, and the user that the server took it for; with one leg, two legs
 * or no token.
 */
async function crowd(port: number, size: number): Promise<readonly (readonly [sender: string, taken: string])[]> {
  return await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      const sender = index % 2 === 0 ? "alice" : "bob";
      using client = await RawConnection.open(port);
      if (index % 5 === 4) return ["nobody", (await client.get()).body] as const;
      if (index % 5 < 3) return [sender, (await client.get(`\`ticket ${sender}`)).body] as const;
      const challenge = await client.get(`\`begin ${sender}`);
      return [sender, (await client.get(`prove ${tokenOf(challenge)?.split(" ")[1]}`)).body] as const;
    }),
  );
}

function mistaken(answers: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return answers.filter(([sender, taken]) => taken !== "" && taken !== `hello ${sender}`);
}

describe("two users behind a proxy that pools connections", () => {
  it.each([
    ["says so", { via: "1.1 proxy" }, { persist: "connection" }],
    ["says nothing", {}, { persist: false }],
  ] as const)("S3 400 requests at once through one that %s: no user is taken for another", async (_, mark, options) => {
    await using server = await guardedServer(options);
    await using proxy = await poolingProxy(server.port, mark);
    const answers = await crowd(proxy.port, 400);
    expect(mistaken(answers)).toEqual([]);
    // Only senders that need one leg are admitted: three of five.
    expect(answers.filter(([, taken]) => taken !== "").length).toBeGreaterThanOrEqual(240);
  });
});

describe("a flood of handshakes that clients do not finish", () => {
  it("S14 10,000 of them keep 100 contexts at most, and other clients are served meanwhile", async () => {
    await using server = await guardedServer({ pending: 100 });
    let [most, contexts] = [0, 0];
    const begin = async (): Promise<void> => {
      for (let round = 0; round < 500; round++) {
        const mallory = await RawConnection.open(server.port);
        // The server hangs up on the oldest connections; the client sockets in this test close with them.
        await mallory.get("begin mallory").catch(() => {});
        most = Math.max(most, server.authenticator.pending);
        contexts = Math.max(contexts, live().contexts);
      }
    };
    const flood = Promise.all(Array.from({ length: 20 }, begin));
    for (let round = 0; round < 20; round++) {
      using honest = await RawConnection.open(server.port);
      expect((await honest.get("ticket alice")).body).toBe("hello alice");
    }
    await flood;
    expect(most).toBe(100);
    // The context of the honest client lives until its connection closes.
    expect(contexts).toBeLessThanOrEqual(100 + 20);
    expect(server.refusals.length).toBe(9_900);
  }, 120_000);
});
