import { once } from "node:events";
import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { type Dispatcher, FormData, request } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ClientContext, serverEndPoint } from "../../../src/index.ts";
import { localhostCertificate, localhostPassword, localhostPfx } from "../../fixtures/localhost-certificate.ts";
import { askingServer } from "../client/asking-server.ts";
import { rawServer } from "../raw-server.ts";
import { dispatching } from "./dispatching.ts";

const tls = { pfx: localhostPfx, passphrase: localhostPassword };
const asks = "HTTP/1.1 401 Who\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n";
const welcome = `WWW-Authenticate: Negotiate ${Buffer.from("welcome alice").toString("base64")}`;
const page = (text: string) => `Content-Length: ${text.length}\r\n\r\n${text}`;
const hasToken = (head: string) => /\r\nauthorization: /i.test(head);

describe("a server that closes the connection after its 401", () => {
  it.each(["Negotiate", "NTLM"] as const)("is logged on to over the next connection, by %s", async (scheme) => {
    await using server = await askingServer({ schemes: [scheme], hangsUp: true });
    await using client = dispatching("alice", { origins: [server.origin], schemes: [scheme], connections: 1 });
    for (const _ of [1, 2]) expect(await (await client.get(server.origin)).text()).toBe("hello alice: 0");
    const legs = scheme === "NTLM" ? [1, 2, 2, 2] : [1, 2, 2];
    expect(server.seen.map(({ connection }) => connection)).toEqual(legs);
  });

  it("S12 gets a token that is bound to the next connection", async () => {
    await using server = await askingServer({ tls, hangsUp: true });
    await using client = dispatching("alice", { origins: [server.origin], tls: { ca: localhostCertificate } });
    expect(await (await client.get(server.origin)).text()).toBe("hello alice: 0");
    const raw = Buffer.from(localhostCertificate.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const bound = Buffer.from(serverEndPoint(raw).applicationData).toString("hex");
    expect(server.seen.at(-1)?.authorization).toBe(`Negotiate ticket alice HTTP/localhost ${bound} -`);
  });

  it("while the body is still being sent gets all of it over the next connection", async () => {
    let received = 0;
    let end = "";
    await using server = await rawServer((socket, head) => {
      // Not read from here on: a body that was sent before the answer came would not be under way.
      if (!hasToken(head)) socket.pause().write(asks);
      else
        socket.removeAllListeners("data").on("data", (chunk) => {
          received += chunk.length;
          end = `${end}${chunk.toString("latin1")}`.slice(-4);
          if (end === "--\r\n") socket.write(`HTTP/1.1 200 OK\r\n${welcome}\r\n${page("thanks")}`);
        });
    });
    const origin = `http://localhost:${server.port}`;
    await using client = dispatching("alice", { origins: [origin] });
    const body = new FormData();
    body.set("file", new Blob(Array.from({ length: 256 }, () => Buffer.alloc(1 << 16))));
    const response = await request(origin, { dispatcher: client.dispatcher, method: "POST", body });
    expect(await response.body.text()).toBe("thanks");
    expect(received).toBeGreaterThan(16_000_000);
    expect(server.connections).toBe(2);
  });
});

describe("a server that hangs up while a token for it is made", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("S1 gets that token over no other connection", async () => {
    const heads: string[] = [];
    let gone: Promise<unknown> = Promise.resolve();
    await using server = await rawServer((socket, head) => {
      heads.push(head);
      gone = once(socket, "close");
      socket.write(asks, () => socket.resetAndDestroy());
    });
    const { step } = ClientContext.prototype;
    vi.spyOn(ClientContext.prototype, "step").mockImplementation(async function (this: ClientContext, ...given) {
      await gone;
      // The least time that a domain controller takes.
      for (let turns = 0; turns < 5; turns += 1) await turn();
      return await step.apply(this, given);
    });
    const origin = `http://localhost:${server.port}`;
    await using client = dispatching("alice", { origins: [origin] });
    await expect(client.get(origin)).rejects.toMatchObject({ cause: { reason: "connection-lost" } });
    expect(heads.filter(hasToken)).toEqual([]);
  });
});

describe("a request that waits for a connection", () => {
  it("does not take one that the server closes if the request's body is a stream", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    const { dispatcher } = client;
    const closing = request(server.origin, { dispatcher, headers: { "x-close": "1" } });
    const waiting = request(server.origin, { dispatcher, method: "POST", body: Readable.from(["ab", "c"]) });
    expect(await (await closing).body.text()).toBe("hello alice: 0");
    expect(await (await waiting).body.text()).toBe("hello alice: 3");
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1, 2, 2]);
  });
});

describe("an informational response", () => {
  it.each([
    ["S7 is not shown while it is open whether the server is the right one", true, []],
    ["is shown where nobody is asked", false, [103]],
  ] as const)("%s", async (_, listed, shown) => {
    await using server = await rawServer((socket, head) => {
      if (listed && !hasToken(head)) socket.write(asks);
      else socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </evil>\r\n\r\nHTTP/1.1 200 OK\r\n${page("hello")}`);
    });
    const origin = `http://localhost:${server.port}`;
    await using client = dispatching("alice", { origins: listed ? [origin] : [] });
    const seen: number[] = [];
    const onInfo = ({ statusCode }: { readonly statusCode: number }) => seen.push(statusCode);
    const got = request(origin, { dispatcher: client.dispatcher, onInfo } as Parameters<typeof request>[1]);
    if (listed) await expect(got).rejects.toMatchObject({ reason: "server-not-proven" });
    else expect(await (await got).body.text()).toBe("hello");
    expect(seen).toEqual(shown);
  });
});

it("an error that a caller's handler throws at the end of a response is reported to that handler, as undici does", async () => {
  await using server = await askingServer();
  await using client = dispatching("alice", { origins: [server.origin] });
  const told = new Promise((resolve) => {
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData() {},
      onResponseEnd() {
        throw new Error("of the caller's own");
      },
      onResponseError: (_, error) => resolve(error),
    };
    client.dispatcher.dispatch({ origin: server.origin, path: "/", method: "GET" }, handler);
  });
  expect(await told).toMatchObject({ message: "of the caller's own" });
});
