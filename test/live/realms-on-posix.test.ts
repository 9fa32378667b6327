import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { silentRealm } from "../../scripts/lab/accounts.ts";
import type { Tickets } from "../../scripts/lab/description.ts";
import { ClientContext, Credential, PeerNameError } from "../../src/index.ts";
import { runScript } from "../run-script.ts";
import { freshTickets, Kerberos } from "./kerberos.ts";
import { gssapi } from "./kerberos-providers.ts";
import type { SilentLegs } from "./silent-legs.ts";

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

/** A KDC that accepts connections and never answers, until it hangs up; from now on it is the silent realm's KDC. */
async function silentKdc(): Promise<{ readonly connections: () => number; readonly hangUp: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.add(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const lab = readFileSync(process.env["KRB5_CONFIG"] ?? "", "utf8");
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-silent-"));
  const file = join(folder, "krb5.conf");
  const realm = new RegExp(`(${silentRealm} = \\{\\s+kdc = 127\\.0\\.0\\.1:)\\d+`);
  expect(lab).toMatch(realm);
  writeFileSync(file, lab.replace(realm, `$1${port}`));
  const before = process.env["KRB5_CONFIG"];
  process.env["KRB5_CONFIG"] = file;
  onTestFinished(() => {
    process.env["KRB5_CONFIG"] = before;
    rmSync(folder, { recursive: true });
  });
  const hangUp = (): void => {
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return { connections: () => sockets.size, hangUp };
}

describe("on GSSAPI, legs that wait for a KDC that never answers", () => {
  freshTickets();

  it("F10 keep neither the event loop waiting nor files nor names, eight of them, and end when the KDC is gone", async () => {
    const kdc = await silentKdc();
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
    await expect.poll(kdc.connections).toBeGreaterThan(0);
    const begun = Date.now();
    for (let round = 0; round < 20; round++) {
      await Promise.all([readFile("package.json"), lookup("localhost"), pause(10)]);
    }
    expect([Date.now() - begun < 10_000, ended]).toEqual([true, 0]);
    kdc.hangUp();
    expect(await Promise.all(legs)).toEqual(clients.map(() => "SspiError"));
    for (const client of clients) client.close();
  });

  it("F15 hold up neither another leg of that credential nor a question whose it is", async () => {
    const kdc = await silentKdc();
    using credential = await Credential.acquire({ package: "Kerberos", use: "outbound", provider });
    const [silent, answered] = [`HTTP/web.silent.test@${silentRealm}`, "HTTP/localhost"].map(
      (target) => new ClientContext(credential, { target }),
    ) as [ClientContext, ClientContext];
    let ended = false;
    const leg = silent.step().catch((error: Error) => {
      ended = true;
      return error.name;
    });
    await expect.poll(kdc.connections).toBe(1);
    // This call runs on this thread: a locked credential would block it until the library gives up on that KDC.
    expect(answered.stepSync().token?.length).toBeGreaterThan(0);
    expect(credential.query("names")).toEqual({ sUserName: "alice@EXAMPLE.TEST" });
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    kdc.hangUp();
    expect(await leg).toBe("SspiError");
    for (const client of [silent, answered]) client.close();
  });

  it("end by themselves, and are gone when their context was closed meanwhile", async () => {
    using credential = await Credential.acquire({ package: "Negotiate", use: "outbound", provider });
    const clients = [1, 2].map(() => new ClientContext(credential, { target: `HTTP/web.silent.test@${silentRealm}` }));
    const legs = clients.map((client) => client.step());
    clients[1]?.close();
    const refused = { name: "SspiError", code: "SEC_E_NO_AUTHENTICATING_AUTHORITY" };
    for (const outcome of await Promise.allSettled(legs))
      expect(outcome).toMatchObject({ status: "rejected", reason: refused });
    for (const client of clients) client.close();
  }, 120_000);
});

describe("on GSSAPI, the alice of two realms", () => {
  freshTickets();

  it.each(["mechanism", "windows"] as const)("never compares equal by name, in the form of %s", async (form) => {
    // The controllers of both realms give their domain the same name.
    const clientAccount = () => ({ account: "alice", domain: "EXAMPLE", sid: "S-1-5-21-1-2-3-1103", groups: [] });
    const signing = Object.assign(Object.create(provider) as typeof provider, { clientAccount });
    const names: string[] = [];
    for (const whose of ["alice", "otherAlice"] as const) {
      copyFileSync(inject("lab").tickets[whose], (process.env["KRB5CCNAME"] ?? "").replace("FILE:", ""));
      using sides = new Kerberos(signing, { target: "HTTP/localhost@EXAMPLE.TEST" });
      await sides.handshake();
      try {
        names.push(sides.server.peer({ form }).name);
      } catch (error) {
        expect(error).toBeInstanceOf(PeerNameError);
        names.push("nobody");
      }
    }
    expect(names).toEqual(
      form === "windows" ? ["EXAMPLE\\alice", "nobody"] : ["alice@EXAMPLE.TEST", "alice@OTHER.TEST"],
    );
  });
});

describe("F10 twelve legs of three worker threads that wait for a KDC which never answers", () => {
  freshTickets();

  it("keep neither files nor names nor accepting legs waiting, and end when their time is over, not the KDC's", async () => {
    const script = new URL("silent-legs.ts", import.meta.url);
    const { stdout, stderr } = await runScript(script, []);
    expect(stderr).toBe("");
    const report = JSON.parse(stdout) as SilentLegs;
    expect(report).toMatchObject({ others: { files: 100, name: true, accepted: "complete" }, ended: 0 });
    expect(report.codes).toEqual(Array(12).fill("SSPI_TIMEOUT"));
    // MIT's library waits for some 25 s.
    expect(report.after).toBeLessThan(15_000);
  });
});
