import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, it } from "vitest";
import { type AuthenticatedRequest, HttpAuthenticator, type HttpUser } from "../../../src/http.ts";
import type { SecurityProvider } from "../../../src/index.ts";
import { httpProvider } from "./http-package.ts";
import { RawConnection, tokenOf } from "./raw-connection.ts";

type Application = (authenticator: HttpAuthenticator) => RequestListener | Promise<RequestListener>;

const greeting = (user: HttpUser | undefined): string => `hello ${user?.name}`;

function expressApplication(make: typeof express): Application {
  return (authenticator) => {
    const app = make();
    app.use(authenticator.middleware());
    app.use((request, response) => void response.send(greeting((request as unknown as AuthenticatedRequest).user)));
    return app;
  };
}

const applications: Readonly<Record<string, Application>> = {
  "node:http": (authenticator) => authenticator.guard((_, response, user) => response.end(greeting(user))),
  "Express 5": expressApplication(express),
  "Express 4": expressApplication(createRequire(import.meta.url)("express4")),
  "Fastify 5": async (authenticator) => {
    const app = fastify();
    app.addHook("onRequest", authenticator.fastify());
    app.all("/", async (request) => greeting((request as unknown as { user: HttpUser }).user));
    await app.ready();
    return (request, response) => app.routing(request, response);
  },
  "Koa 3": (authenticator) => {
    const app = new Koa();
    app.use(authenticator.koa());
    app.use((context) => {
      context.body = greeting(context.state["user"]);
    });
    return app.callback();
  },
  "Hono 4": (authenticator) => {
    const app = new Hono<{ Variables: { user: HttpUser } }>();
    app.use(authenticator.hono());
    app.all("/", (context) => context.text(greeting(context.get("user"))));
    return getRequestListener(app.fetch);
  },
};

async function withServer(listener: RequestListener, use: (port: number) => Promise<void>): Promise<void> {
  const server: Server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe.each(Object.entries(applications))("HttpAuthenticator in %s", (_, application) => {
  it("asks strangers for a token, greets users, continues handshakes, and remembers a user only where it may", async () => {
    using host = httpProvider();
    using authenticator = new HttpAuthenticator({
      schemes: ["Negotiate", "NTLM"],
      persist: "connection",
      credential: { provider: host.provider },
    });
    await withServer(await application(authenticator), async (port) => {
      using client = await RawConnection.open(port);
      const stranger = await client.get();
      expect([stranger.status, stranger.headers["www-authenticate"], stranger.body]).toEqual([
        401,
        "Negotiate, NTLM",
        "",
      ]);
      const challenge = await client.get("begin alice");
      expect(challenge.status).toBe(401);
      const welcome = await client.get(`prove ${tokenOf(challenge)?.split(" ")[1]}`);
      expect([welcome.status, welcome.body, tokenOf(welcome)]).toEqual([200, "hello alice", "welcome alice"]);
      expect(await client.get()).toMatchObject({ status: 200, body: "hello alice" });
      client.write("POST /", ["Content-Type: text/plain"], "a body");
      expect(await client.read()).toMatchObject({ status: 200, body: "hello alice" });
      expect((await client.get("ticket !bob")).status).toBe(401);
      expect((await client.get()).status).toBe(401);
    });
  });

  it("S5 passes an error that onUser throws to the framework, and authenticates nobody", async () => {
    using host = httpProvider();
    using authenticator = new HttpAuthenticator({
      schemes: ["Negotiate"],
      persist: "connection",
      credential: { provider: host.provider },
      onUser: () => Promise.reject(new Error("no session store")),
    });
    await withServer(await application(authenticator), async (port) => {
      using client = await RawConnection.open(port);
      expect((await client.get("ticket alice")).status).toBe(500);
      using again = await RawConnection.open(port);
      expect((await again.get()).status).toBe(401);
    });
  });
});

describe("a request that a framework has made up for a test", () => {
  const options = (provider: SecurityProvider) => ({ schemes: ["Negotiate"], credential: { provider } }) as const;
  const authorization = `Negotiate ${Buffer.from("ticket alice").toString("base64")}`;

  it("B9 is an error, and has no user, in every adapter where it came on no connection", async () => {
    using host = httpProvider();
    using authenticator = new HttpAuthenticator(options(host.provider));
    const request = { headers: { authorization } } as never;
    const wanted = "request.socket: expected the connection that the request came on, got undefined";
    const fail = (): never => expect.fail("somebody was let in");
    const context = {
      req: request,
      res: {},
      state: {},
      env: { incoming: request, outgoing: {} },
      set: fail,
      header: fail,
    };
    await expect(authenticator.koa()({ ...context, status: 404, body: "" }, fail)).rejects.toThrow(wanted);
    await expect(authenticator.hono()(context, fail)).rejects.toThrow(wanted);
    const reply = { raw: {}, code: fail, header: fail, hijack: fail, send: fail };
    await expect(authenticator.fastify()({ raw: request }, reply)).rejects.toThrow(wanted);
    const passed: unknown[] = [];
    authenticator.middleware()(request, {} as never, (error) => passed.push(error));
    expect(passed).toEqual([expect.objectContaining({ message: wanted })]);
  });

  it("B9 is refused by Fastify and Hono where its connection is made up too, or missing", async () => {
    using host = httpProvider();
    using authenticator = new HttpAuthenticator(options(host.provider));
    const app = fastify();
    app.addHook("onRequest", authenticator.fastify());
    app.get("/", async (request) => greeting((request as unknown as { user: HttpUser }).user));
    expect((await app.inject({ url: "/" })).statusCode).toBe(401);
    const hono = new Hono().use(authenticator.hono()).all("/", (context) => context.text("in"));
    hono.onError(({ message }, context) => context.text(message, 500));
    const answer = await hono.request("/", { headers: { authorization } });
    expect([answer.status, await answer.text()]).toEqual([
      500,
      "context.env: expected Hono on @hono/node-server, whose requests have a socket",
    ]);
    await app.close();
  });
});

describe("HttpAuthenticator on upgrades", () => {
  it("opens WebSockets for users only, and not for other sites", async () => {
    using host = httpProvider();
    using authenticator = new HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider: host.provider } });
    const server = createServer((_: IncomingMessage, response: ServerResponse) => response.end());
    const opened: string[] = [];
    const open = authenticator.upgrade((_, socket, __, user) => {
      opened.push(user.name);
      socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    });
    server.on("upgrade", open);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const statusOf = async (token: string | undefined, fields: readonly string[] = []): Promise<number> => {
      using client = await RawConnection.open(port);
      return (await client.get(token, ["Connection: Upgrade", "Upgrade: websocket", ...fields])).status;
    };
    expect(await statusOf(undefined)).toBe(401);
    expect(await statusOf("ticket !alice")).toBe(401);
    expect(await statusOf("ticket alice", ["Origin: https://evil.example"])).toBe(403);
    expect(await statusOf("ticket alice", ["Origin: http://localhost"])).toBe(101);
    expect(opened).toEqual(["alice"]);
    server.closeAllConnections();
    server.close();
  });
});
