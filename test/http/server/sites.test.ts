import { describe, expect, it } from "vitest";
import { guardedServer } from "./guarded-server.ts";
import { authorization } from "./raw-connection.ts";

const alice = authorization("ticket alice");

describe("a request that another site makes a browser send", () => {
  it.each([
    ["POST", ["Sec-Fetch-Site: cross-site"], 403],
    ["PUT", ["Sec-Fetch-Site: cross-site"], 403],
    ["DELETE", ["Sec-Fetch-Site: cross-site", "Origin: http://localhost"], 403],
    ["POST", ["Origin: https://evil.example"], 403],
    ["POST", ["Origin: http://localhost:81"], 403],
    ["POST", ["Origin: null"], 403],
    ["POST", ["Sec-Fetch-Site: cross-site", "Origin: https://friend.example"], 200],
    ["POST", ["Origin: https://friend.example"], 200],
    ["POST", ["Sec-Fetch-Site: same-origin", "Origin: http://localhost"], 200],
    ["POST", ["Sec-Fetch-Site: same-site", "Origin: https://sister.example"], 200],
    ["POST", ["Sec-Fetch-Site: none"], 200],
    ["POST", ["Origin: http://LOCALHOST"], 200],
    ["POST", [], 200],
    ["GET", ["Sec-Fetch-Site: cross-site"], 200],
    ["HEAD", ["Sec-Fetch-Site: cross-site"], 200],
    ["OPTIONS", ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example"], 200],
  ])("S18 %s with %j is answered with %i", async (method, fields, status) => {
    await using server = await guardedServer({ csrf: { allow: ["https://friend.example"] } });
    const client = await server.connect();
    client.write(`${method} /`, [alice, ...fields]);
    if (method === "HEAD") return expect((await onlyHead(client)).status).toBe(status);
    expect((await client.read()).status).toBe(status);
    expect(server.users).toHaveLength(status === 200 ? 1 : 0);
    if (status === 403) expect(server.refusals).toMatchObject([{ reason: "cross-site", status: 403 }]);
  });

  it("S18 is let through where csrf is false", async () => {
    await using server = await guardedServer({ csrf: false });
    const client = await server.connect();
    client.write("POST /", [alice, "Sec-Fetch-Site: cross-site"]);
    expect((await client.read()).status).toBe(200);
  });
});

/** A response to HEAD has a length and no body. */
async function onlyHead(client: { read(): Promise<{ status: number }>; socket: { end(): void } }) {
  client.socket.end();
  return await client.read().catch((error: Error) => ({ status: Number(/HTTP\/1\.1 (\d+)/.exec(error.message)?.[1]) }));
}

describe("a CORS preflight", () => {
  const preflight = ["Origin: https://app.example", "Access-Control-Request-Method: PUT"];
  const onPreflight = (_: unknown, response: { writeHead(status: number): { end(): void } }): void =>
    void response.writeHead(204).end();

  it("is asked for credentials by default, which browsers never send with it", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    client.write("OPTIONS /", preflight);
    expect((await client.read()).status).toBe(401);
  });

  it("passes without a user where that was asked for, also on the connection of one", async () => {
    await using server = await guardedServer({ preflight: "pass", persist: "connection" }, { onPreflight });
    const client = await server.connect();
    await client.get("ticket alice");
    client.write("OPTIONS /", preflight);
    expect((await client.read()).status).toBe(204);
    expect(server.users).toHaveLength(1);
  });

  it.each([
    ["no Origin", "OPTIONS", preflight.slice(1)],
    ["no method that it asks for", "OPTIONS", preflight.slice(0, 1)],
    ["another method", "GET", preflight],
  ])("is not recognised with %s, and does not pass", async (_, method, fields) => {
    await using server = await guardedServer({ preflight: "pass" }, { onPreflight });
    const client = await server.connect();
    client.write(`${method} /`, fields);
    expect((await client.read()).status).toBe(401);
  });

  it("needs a handler of its own exactly where it passes", async () => {
    await using server = await guardedServer();
    expect(() =>
      server.authenticator.guard(
        () => {},
        () => {},
      ),
    ).toThrow(TypeError);
    await using passing = await guardedServer({ preflight: "pass" }, { onPreflight });
    expect(() => passing.authenticator.guard(() => {})).toThrow(TypeError);
  });
});
