import { describe, expect, it } from "vitest";
import { guardedServer } from "./guarded-server.ts";
import { authorization, tokenOf } from "./raw-connection.ts";

const alice = "alice@EXAMPLE.TEST";

describe("a server that authenticates with Negotiate", () => {
  it("asks a stranger for a token without saying why, and forbids everybody to store the answer", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    const { status, headers, body } = await client.get();
    expect([status, headers["www-authenticate"], headers["cache-control"], body]).toEqual([
      401,
      "Negotiate",
      "no-store",
      "",
    ]);
    expect(server.refusals).toEqual([]);
  });

  it("greets a user by name after one leg, with its own last token", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    const response = await client.get(`ticket ${alice}`);
    expect([response.status, response.body, tokenOf(response)]).toEqual([200, `hello ${alice}`, `welcome ${alice}`]);
    expect(response.headers["persistent-auth"]).toBe("false");
    expect(server.users).toMatchObject([{ name: alice, account: "alice", realm: "EXAMPLE.TEST", scheme: "Negotiate" }]);
    expect(server.authenticator.pending).toBe(0);
  });

  it("continues a handshake of several legs on its connection, and on no other", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    const challenge = await client.get(`begin ${alice}`);
    expect([challenge.status, server.authenticator.pending]).toEqual([401, 1]);
    const nonce = tokenOf(challenge)?.split(" ")[1];
    const stranger = await server.connect();
    expect((await stranger.get(`prove ${nonce}`)).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: "refused", cause: { code: "SEC_E_INVALID_TOKEN" } }]);
    expect(await client.get(`prove ${nonce}`)).toMatchObject({ status: 200, body: `hello ${alice}` });
    expect(server.authenticator.pending).toBe(0);
  });

  it("takes a body with the request that brings the last token", async () => {
    await using server = await guardedServer(
      {},
      {
        handler: (request, response, user) => {
          const parts: Buffer[] = [];
          request.on("data", (part) => parts.push(part));
          request.on("end", () => {
            const text = `${user.account} sent ${Buffer.concat(parts).length}`;
            response.setHeader("Content-Length", text.length);
            response.end(text);
          });
        },
      },
    );
    const client = await server.connect();
    client.write("POST /", [authorization(`ticket ${alice}`)], "x".repeat(300_000));
    expect(await client.read()).toMatchObject({ status: 200, body: "alice sent 300000" });
  });

  it("sends the package's last token to a client that it refuses", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    const response = await client.get("ticket !mallory");
    expect([response.status, tokenOf(response), response.body]).toEqual([401, "denied !mallory", ""]);
    expect(server.refusals).toMatchObject([{ reason: "refused", cause: { code: "SEC_E_LOGON_DENIED" } }]);
    expect(server.refusals[0]?.message).toMatch(
      /^refused: .*the password is wrong, or the account may not log on here$/,
    );
  });

  it("offers several schemes in the order of its options, each in a header of its own", async () => {
    await using server = await guardedServer({ schemes: ["NTLM", "Negotiate"] });
    const client = await server.connect();
    expect((await client.get()).headers["www-authenticate"]).toBe("NTLM, Negotiate");
    expect(await client.get("ticket alice", [], "ntlm")).toMatchObject({ status: 200, body: "hello alice" });
  });
});
