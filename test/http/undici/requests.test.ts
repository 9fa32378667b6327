import { PassThrough, Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import * as undici from "undici";
import { describe, expect, it } from "vitest";
import { askingServer } from "../client/asking-server.ts";
import { dispatching } from "./dispatching.ts";

describe("a request through a NegotiateDispatcher", () => {
  it("of Node's fetch is answered after one logon, and a second request needs no logon", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    for (const path of ["/one", "/two"]) {
      const response = await client.get(server.origin + path);
      expect([response.status, await response.text()]).toEqual([200, "hello alice: 0"]);
    }
    const ticket = "Negotiate ticket alice HTTP/localhost - -";
    expect(server.seen.map(({ url, authorization }) => [url, authorization])).toEqual([
      ["/one", undefined],
      ["/one", ticket],
      ["/two", undefined],
    ]);
    expect(server.connections).toBe(1);
  });

  it("of undici's fetch, request, stream and pipeline is answered", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin] });
    const { dispatcher } = client;
    const fetched = await undici.fetch(server.origin, { dispatcher });
    expect(await fetched.text()).toBe("hello alice: 0");
    const requested = await undici.request(server.origin, { dispatcher, method: "PUT", body: "12345" });
    expect([requested.statusCode, await requested.body.text()]).toEqual([200, "hello alice: 5"]);
    const into = new PassThrough();
    await undici.stream(server.origin, { dispatcher, method: "GET" }, () => into);
    expect(String(into.read())).toBe("hello alice: 0");
    const piped = undici.pipeline(server.origin, { dispatcher, method: "POST" }, ({ body }) => body);
    expect(String(await Readable.from(["1", "23"]).pipe(piped).toArray())).toBe("hello alice: 3");
  });

  it("over NTLM takes three legs on one connection, where NTLM is named", async () => {
    await using server = await askingServer({ schemes: ["NTLM"] });
    await using client = dispatching("alice", { origins: [server.origin], schemes: ["NTLM"] });
    const response = await client.get(server.origin, { method: "POST", body: "abc" });
    expect([response.status, await response.text()]).toEqual([200, "hello alice: 3"]);
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  });

  it("follows a 307 and sends the body to each server", async () => {
    await using server = await askingServer({
      handler({ url, user }, _, response) {
        if (url !== "/there" || !user) return false;
        response.writeHead(307, { Location: "/here" }).end();
        return true;
      },
    });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    const response = await client.get(`${server.origin}/there`, { method: "POST", body: "abc" });
    expect(await response.text()).toBe("hello alice: 3");
    expect(server.seen.map(({ url, body }) => [url, body])).toEqual([
      ["/there", "abc"],
      ["/there", "abc"],
      ["/here", "abc"],
    ]);
  });

  it("can be one of many simultaneous requests", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], connections: 4 });
    const all = Array.from({ length: 50 }, async (_, index) => {
      const response = await client.get(server.origin, { method: "POST", body: "x".repeat(index) });
      return await response.text();
    });
    expect(await Promise.all(all)).toEqual(all.map((_, index) => `hello alice: ${index}`));
    expect(server.connections).toBe(4);
  });
});

describe("a body that can be read only once", () => {
  const stream = (size: number) => Readable.from([Buffer.alloc(size - 1, "a"), "b"]);
  const post = (dispatcher: undici.Dispatcher, url: string, body: Readable) =>
    undici.request(url, { dispatcher, method: "POST", body });

  it("is kept up to keepBody bytes, and sent again", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], keepBody: 1000 });
    const response = await post(client.dispatcher, server.origin, stream(1000));
    expect(await response.body.text()).toBe("hello alice: 1000");
    expect(server.seen.map(({ body }) => body.length)).toEqual([1000, 1000]);
  });

  it("is refused above keepBody before anything is sent, and accepted once the server knows the connection", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], keepBody: 1000 });
    await expect(post(client.dispatcher, server.origin, stream(1001))).rejects.toMatchObject({
      name: "HttpAuthenticationError",
      reason: "body-not-kept",
    });
    expect(server.seen).toEqual([]);
    await (await client.get(server.origin)).text();
    const response = await post(client.dispatcher, server.origin, stream(100_000));
    expect(await response.body.text()).toBe("hello alice: 100000");
  });

  it("is an error where the server asks again on a connection that it knew, and is kept from then on", async () => {
    await using server = await askingServer({ perRequest: true });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    await (await client.get(server.origin)).text();
    await expect(post(client.dispatcher, server.origin, stream(10))).rejects.toMatchObject({ reason: "body-not-kept" });
    const response = await post(client.dispatcher, server.origin, stream(10));
    expect(await response.body.text()).toBe("hello alice: 10");
  });

  it("is kept from the start where the server says that no logon persists", async () => {
    await using server = await askingServer({ perRequest: true, fields: { "Persistent-Auth": "false" } });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    await (await client.get(server.origin)).text();
    const response = await post(client.dispatcher, server.origin, stream(10));
    expect(await response.body.text()).toBe("hello alice: 10");
  });
});

describe("a request that is aborted", () => {
  it("before the server answers ends at once, and its connection is not used again", async () => {
    await using server = await askingServer({ handler: ({ url, user }) => url === "/slow" && user !== undefined });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    const controller = new AbortController();
    const slow = client.get(`${server.origin}/slow`, { signal: controller.signal });
    const waiting = client.get(server.origin);
    while (server.seen.length < 2) await pause(5);
    controller.abort();
    await expect(slow).rejects.toMatchObject({ name: "AbortError" });
    expect(await (await waiting).text()).toBe("hello alice: 0");
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1, 2, 2]);
  });

  it("in the middle of its handshake sends no further token, and the next request begins one of its own", async () => {
    const controller = new AbortController();
    const abort = ({ authorization }: { readonly authorization: string | undefined }): boolean => {
      if (authorization === "NTLM begin alice") controller.abort();
      return false;
    };
    await using server = await askingServer({ schemes: ["NTLM"], handler: abort });
    await using client = dispatching("alice", { origins: [server.origin], schemes: ["NTLM"], connections: 1 });
    await expect(client.get(server.origin, { signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    const sent = server.seen.length;
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined, "NTLM begin alice"]);
    expect(await (await client.get(server.origin)).text()).toBe("hello alice: 0");
    expect(server.seen.slice(sent).map(({ connection }) => connection)).toEqual([2, 2, 2]);
  });

  it("sends no token if it is aborted while its token is made, and the next request is logged on", async () => {
    const controller = new AbortController();
    await using server = await askingServer();
    const target = (): string => {
      controller.abort();
      return "HTTP/localhost";
    };
    await using client = dispatching("alice", { origins: [server.origin], connections: 1, target });
    await expect(client.get(server.origin, { signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(await (await client.get(server.origin)).text()).toBe("hello alice: 0");
    const ticket = "Negotiate ticket alice HTTP/localhost - -";
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined, ticket]);
  });

  it("in the middle of its response ends the body with the error, and the next request has another connection", async () => {
    await using server = await askingServer({
      handler({ url, user }, _, response) {
        if (url !== "/endless" || user === undefined) return false;
        response.write("the beginning");
        return true;
      },
    });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    const controller = new AbortController();
    const response = await client.get(`${server.origin}/endless`, { signal: controller.signal });
    expect(response.status).toBe(200);
    controller.abort();
    await expect(response.text()).rejects.toMatchObject({ name: "AbortError" });
    expect(await (await client.get(server.origin)).text()).toBe("hello alice: 0");
    expect(server.seen.at(-1)?.connection).toBe(2);
  });

  it("while it waits for a connection is never sent", async () => {
    await using server = await askingServer({ handler: ({ url, user }) => url === "/slow" && user !== undefined });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    const controller = new AbortController();
    const slow = client.get(`${server.origin}/slow`, { signal: AbortSignal.timeout(500) });
    const waiting = client.get(`${server.origin}/waiting`, { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await expect(slow).rejects.toMatchObject({ name: "TimeoutError" });
    expect(server.seen.map(({ url }) => url)).toEqual(["/slow", "/slow"]);
  });
});

describe("a NegotiateDispatcher that ends", () => {
  it("lets requests under way finish when it is closed, and takes no more", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    const all = [1, 2, 3].map(() => client.get(server.origin).then((response) => response.text()));
    await Promise.all([client.dispatcher.close(), ...all]);
    expect(await Promise.all(all)).toEqual(all.map(() => "hello alice: 0"));
    await expect(client.get(server.origin)).rejects.toMatchObject({ cause: { code: "UND_ERR_DESTROYED" } });
  });

  it("fails requests under way and those that wait when it is destroyed", async () => {
    await using server = await askingServer({ handler: () => true });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    const all = Promise.allSettled([1, 2].map(() => client.get(server.origin)));
    while (server.seen.length < 1) await pause(5);
    await client.dispatcher.destroy(new Error("enough"));
    for (const { status, reason } of (await all) as PromiseRejectedResult[])
      expect([status, String(reason.cause)]).toEqual(["rejected", "Error: enough"]);
  });

  it("can be composed with interceptors, and closed through what that makes", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin] });
    const composed = client.dispatcher.compose(undici.interceptors.retry());
    const response = await undici.request(server.origin, { dispatcher: composed });
    expect(await response.body.text()).toBe("hello alice: 0");
    await composed.close();
  });
});
