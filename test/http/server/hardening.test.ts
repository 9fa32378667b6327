import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpAuthenticator } from "../../../src/http.ts";
import { guardedServer } from "./guarded-server.ts";
import { httpProvider } from "./http-package.ts";
import { authorization, RawConnection, tokenOf } from "./raw-connection.ts";

const persistent = { persist: "connection" } as const;
const failure = new Error("the log is full");
const refuses = (): never => {
  throw failure;
};

/** Warnings of the process, which report an error that no caller waits for. */
const warned: unknown[] = [];
const note = (warning: unknown): void => void warned.push(warning);
beforeEach(() => {
  warned.length = 0;
  process.on("warning", note);
});
afterEach(() => void process.off("warning", note));

describe("a request that reaches an HttpAuthenticator which is closed", () => {
  it("S24 is answered with 500 by guard(), on a connection that was open and authenticated before", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    expect((await client.get("ticket alice")).status).toBe(200);
    server.authenticator.close();
    expect((await client.get()).status).toBe(500);
    expect((await client.get("ticket alice")).status).toBe(500);
    await expect.poll(() => warned).toContainEqual(expect.objectContaining({ name: "DisposedError" }));
    expect(server.users).toHaveLength(1);
  });

  it("S24 ends with its connection in upgrade()", async () => {
    await using server = await upgradingServer();
    server.authenticator.close();
    using client = await RawConnection.open(server.port);
    expect((await client.get("ticket alice", upgrade)).status).toBe(500);
    await client.untilEnded();
    expect(server.opened).toEqual([]);
  });

  it("S24 is an error of the framework's in middleware()", () => {
    using host = httpProvider();
    const authenticator = new HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider: host.provider } });
    const middleware = authenticator.middleware();
    authenticator.close();
    const passed: unknown[] = [];
    middleware({ headers: {} } as never, {} as never, (error) => passed.push(error));
    expect(passed).toEqual([expect.objectContaining({ name: "DisposedError" })]);
  });
});

describe("an onRefusal that throws", () => {
  it.each([
    ["another site's request", ["Sec-Fetch-Site: cross-site"]],
    ["a damaged token", ["Authorization: Negotiate !!!"]],
  ])("S24 fails the request that it was called for, and no other: %s", async (_, fields) => {
    await using server = await guardedServer({ onRefusal: refuses });
    const client = await server.connect();
    client.write("POST /", fields);
    expect((await client.read()).status).toBe(500);
    await expect.poll(() => warned).toContain(failure);
    expect((await client.get("ticket alice")).status).toBe(200);
  });

  it("S24 does not fail the client for whose handshake another one was dropped", async () => {
    await using server = await guardedServer({ pending: 1, onRefusal: refuses });
    const mallory = await server.connect();
    await mallory.get("begin mallory");
    const client = await server.connect();
    expect((await client.get("ticket alice")).status).toBe(200);
    await mallory.untilEnded();
    await expect.poll(() => warned).toContain(failure);
  });

  it("S24 does not end the process where a handshake took too long", async () => {
    await using server = await guardedServer({ timeout: 20, onRefusal: refuses });
    const client = await server.connect();
    await client.get("begin alice");
    await client.untilEnded();
    await expect.poll(() => warned).toContain(failure);
    expect(server.authenticator.pending).toBe(0);
  });
});

describe("a request that is hidden in another one", () => {
  const hidden = `GET /hidden HTTP/1.1\r\nHost: localhost\r\n${authorization("ticket bob")}\r\n\r\n`;

  it("S13 is treated as the body of the outer request, and never as a request", async () => {
    const urls: (string | undefined)[] = [];
    await using server = await guardedServer(persistent, {
      handler: (request, response) => {
        urls.push(request.url);
        request.resume().on("end", () => response.writeHead(200, { "Content-Length": "0" }).end());
      },
    });
    const client = await server.connect();
    client.write("POST /", [authorization("ticket alice")], hidden);
    expect((await client.read()).status).toBe(200);
    const chunk = `${Buffer.byteLength(hidden).toString(16)}\r\n${hidden}\r\n0\r\n${authorization("ticket bob")}\r\n\r\n`;
    client.socket.write(`POST /chunked HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
    expect((await client.read()).status).toBe(200);
    expect((await client.get()).status).toBe(200);
    expect(urls).toEqual(["/", "/chunked", "/"]);
    expect(new Set(server.users.map(({ name }) => name))).toEqual(new Set(["alice"]));
  });

  it.each([
    ["two lengths", "Content-Length: 0\r\nContent-Length: 5"],
    ["a length and chunks", `Content-Length: ${Buffer.byteLength(hidden)}\r\nTransfer-Encoding: chunked`],
    ["a folded header", `X-Part: one\r\n ${authorization("ticket bob")}`],
    ["a header with a space before its colon", "Authorization : Negotiate YQ=="],
    ["a header that ends with CR alone", `X-Part: one\r${authorization("ticket bob")}`],
  ])("S13 has no effect, and closes the connection, where its length has two readings: %s", async (_, fields) => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    await client.get("ticket alice");
    client.socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n${hidden}`);
    expect((await client.read()).status).toBe(400);
    await client.untilEnded();
    expect(server.users.map(({ name }) => name)).toEqual(["alice"]);
  });
});

describe("a header that a proxy adds", () => {
  it.each([
    "X-Forwarded-Port: 443",
    "X-Forwarded-Prefix: /app",
    "x-forwarded-anything: x",
    "X-Client-IP: 10.0.0.1",
    "True-Client-IP: 10.0.0.1",
    "CF-Connecting-IP: 10.0.0.1",
    "CDN-Loop: cdn",
    "X-Envoy-External-Address: 10.0.0.1",
    "X-Original-Forwarded-For: 10.0.0.1",
    "X-ARR-LOG-ID: 0",
    "Via:",
  ])("S3 keeps a connection from being authenticated: %s", async (mark) => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    expect((await client.get("ticket alice", [mark])).headers["persistent-auth"]).toBe("false");
    expect((await client.get()).status).toBe(401);
  });
});

describe("a browser's statement of where a request comes from", () => {
  it.each(["cross-site", "cross-site, same-origin", "same-origin, cross-site", "elsewhere", ""])(
    "S18 counts as another site where it is %j",
    async (site) => {
      await using server = await guardedServer();
      const client = await server.connect();
      client.write("POST /", [authorization("ticket alice"), `Sec-Fetch-Site: ${site}`]);
      expect((await client.read()).status).toBe(403);
    },
  );
});

describe("a user whose connection has closed", () => {
  it("keeps its name, and refuses groups, token and impersonation", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    await client.get("ticket alice");
    client.socket.destroy();
    const [user] = server.users;
    await expect.poll(() => user?.groups().catch(({ name }: Error) => name)).toBe("DisposedError");
    expect(() => user?.accessToken()).toThrow("closed");
    expect(() => user?.impersonate(() => expect.fail("work ran as nobody"))).toThrow("closed");
    expect(user?.name).toBe("alice");
  });
});

const upgrade = ["Connection: Upgrade", "Upgrade: websocket"];

interface UpgradingServer extends AsyncDisposable {
  readonly authenticator: HttpAuthenticator;
  readonly port: number;
  /** The users whose connections were opened. */
  readonly opened: readonly string[];
}

/** A server of WebSockets that answers other requests without authentication. */
async function upgradingServer(): Promise<UpgradingServer> {
  const host = httpProvider();
  const authenticator = new HttpAuthenticator({
    schemes: ["Negotiate"],
    ...persistent,
    credential: { provider: host.provider },
  });
  const opened: string[] = [];
  const guarded = authenticator.guard((_, response) => void response.writeHead(200, { "Content-Length": "0" }).end());
  const server: Server = createServer(authenticator.serverOptions, guarded);
  const open = authenticator.upgrade((_, socket, head, user) => {
    opened.push(`${user.name} ${head.length}`);
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.resume();
  });
  server.on("upgrade", open);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connections = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => connections.add(socket));
  return {
    authenticator,
    port: (server.address() as AddressInfo).port,
    opened,
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy();
      authenticator.close();
      server.close();
      host[Symbol.dispose]();
    },
  };
}

describe("an upgrade to a WebSocket", () => {
  it("S13 on an authenticated connection is its user's, and the bytes that follow are no HTTP request", async () => {
    await using server = await upgradingServer();
    using client = await RawConnection.open(server.port);
    expect((await client.get("ticket alice")).status).toBe(200);
    expect((await client.get(undefined, upgrade)).status).toBe(101);
    client.write("GET /", [authorization("ticket bob"), ...upgrade]);
    using other = await RawConnection.open(server.port);
    expect((await other.get("ticket bob", upgrade)).status).toBe(101);
    expect(server.opened).toEqual(["alice 0", "bob 0"]);
  });

  it("S13 between two legs ends the handshake and its connection", async () => {
    await using server = await upgradingServer();
    using client = await RawConnection.open(server.port);
    const nonce = tokenOf(await client.get("begin alice"))?.split(" ")[1];
    client.write("GET /", upgrade);
    client.write("GET /", [authorization(`prove ${nonce}`), ...upgrade]);
    expect((await client.read()).status).toBe(401);
    await client.untilEnded();
    expect([server.opened, server.authenticator.pending]).toEqual([[], 0]);
  });

  it("S14 that needs a second leg is refused with its connection, and nothing is kept", async () => {
    await using server = await upgradingServer();
    using client = await RawConnection.open(server.port);
    expect((await client.get("begin alice", upgrade)).status).toBe(401);
    await client.untilEnded();
    await expect.poll(() => server.authenticator.pending).toBe(0);
    expect(server.opened).toEqual([]);
  });
});
