import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { silentRealm } from "../../scripts/lab/accounts.ts";
import type { Tickets } from "../../scripts/lab/description.ts";
import { ClientContext, Credential } from "../../src/index.ts";
import { freshTickets, Kerberos } from "./kerberos.ts";
import { gssapi } from "./kerberos-providers.ts";

const { provider } = gssapi();

describe.each([
  ["alice", "alice@EXAMPLE.TEST"],
  ["otherAlice", "alice@OTHER.TEST"],
] as const)("on GSSAPI, with the tickets of %s", (whose: keyof Tickets, name) => {
  freshTickets(whose);

  it.each(["Kerberos", "Negotiate"] as const)(
    "the peer of a server is the alice of her realm, by %s",
    async (name_) => {
      using sides = new Kerberos(provider, { package: name_, target: "HTTP/localhost@EXAMPLE.TEST" });
      await sides.handshake();
      expect(sides.server.peer()).toMatchObject({ name, account: "alice", realm: name.split("@")[1] });
    },
  );
});

describe("on GSSAPI, eight legs that wait for a KDC that never answers", () => {
  freshTickets();

  it("keep neither the event loop waiting nor files nor names, and end with an error", async () => {
    using credential = await Credential.acquire({ package: "Kerberos", use: "outbound", provider });
    const target = `HTTP/web.silent.test@${silentRealm}`;
    const clients = Array.from({ length: 8 }, () => new ClientContext(credential, { target }));
    let ended = 0;
    const legs = clients.map((client) =>
      client.step().then(
        () => "a token",
        (error: Error) => {
          ended += 1;
          return error.name;
        },
      ),
    );
    const begun = Date.now();
    for (let round = 0; round < 20; round++) {
      await Promise.all([readFile("package.json"), lookup("localhost"), pause(10)]);
    }
    expect([Date.now() - begun < 10_000, ended]).toEqual([true, 0]);
    expect(await Promise.all(legs)).toEqual(clients.map(() => "SspiError"));
    for (const client of clients) client.close();
  }, 240_000);
});
