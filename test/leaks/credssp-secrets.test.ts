import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { realmName, users } from "../../scripts/lab/accounts.ts";
import { CredsspStream } from "../../src/credssp.ts";
import { ClientContext, Credential, gssapiProvider, type SecurityProvider } from "../../src/index.ts";
import { rsaCertificate } from "../fixtures/tls-certificates.ts";
import { logOnByHand } from "../interop/credssp-by-hand.ts";
import { needs } from "../lab/needs.ts";
import { providers, samFile } from "../live/providers.ts";
import { ntHash } from "./nt-hash.ts";
import { randomSecret, scansOf } from "./scanned-logon.ts";
import { addScannedUser, scannedUser } from "./scanned-secrets.ts";

const script = join(import.meta.dirname, "scanned-credssp.ts");
/** Short enough for V8's own heap, in which the collector copies small arrays. */
const secretSize = 16;
const target = "TERMSRV/localhost";
const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-credssp-secrets-"));
/** The file in which the secret is alice's password. */
const secretFile = join(folder, "SAM");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Logon {
  readonly library: string;
  readonly innerProvider: SecurityProvider;
  readonly inner: string;
  readonly domain: string;
  /** The user whose password the secret is. */
  readonly user: string;
  /** The further settings of a server, for clients with the secret. */
  readonly server: { readonly winpr?: { readonly samFile: string } };
  /** How many copies the library keeps while a client's credential is open. */
  readonly kept: number;
  enrol(secret: string): void;
}

const ntlm = providers.map(
  (innerProvider): Logon => ({
    library: innerProvider.label.replace(/ .*/, ""),
    innerProvider,
    inner: "NTLM",
    domain: "",
    user: "alice",
    server: { winpr: { samFile: secretFile } },
    kept: 1,
    enrol: (secret) => writeFileSync(secretFile, `alice:::${ntHash(secret)}:::\n`, { mode: 0o600 }),
  }),
);
const kerberos: Logon = {
  library: "gssapi",
  innerProvider: gssapiProvider(),
  inner: "Kerberos",
  domain: realmName,
  user: scannedUser,
  server: {},
  kept: 0,
  enrol: addScannedUser,
};

/** The client in the inspected process: it logs on as alice, and delegates the secret. */
async function handOver(socket: Socket, { inner, innerProvider, domain }: Logon, secret: string): Promise<void> {
  const identity = { user: "alice", domain, password: users.alice };
  using credential = Credential.acquireSync({ package: inner, use: "outbound", provider: innerProvider, identity });
  using context = new ClientContext(credential, { target, request: ["mutualAuth", "confidentiality", "integrity"] });
  const secure = await logOnByHand(socket, context, { domain, user: "alice", password: secret });
  await once(secure.resume(), "close");
}

/** The server for that client. */
async function takeOver(socket: Socket, { inner, innerProvider, server }: Logon): Promise<void> {
  await using stream = await CredsspStream.accept(socket, {
    certificate: rsaCertificate,
    inner,
    innerProvider,
    ...server,
  });
  await once(stream.resume(), "close");
}

/** The places where the process waited, and how often the secret was in its memory: two clients, then two servers. */
async function scansWith(logon: Logon): Promise<Readonly<Record<string, number>>> {
  const secret = randomSecret(secretSize);
  logon.enrol(secret.toString());
  const outcomes: Promise<void>[] = [];
  const listener = createServer((socket) => {
    socket.on("error", () => {});
    const outcome = outcomes.length < 2 ? takeOver(socket, logon) : handOver(socket, logon, secret.toString());
    outcome.catch(() => socket.destroy());
    outcomes.push(outcome);
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  try {
    const { port } = listener.address() as AddressInfo;
    const args = [logon.library, logon.user, logon.domain, samFile, String(port)];
    const node = ["--import", "tsx", "--expose-gc", script];
    return Object.fromEntries(await scansOf(process.execPath, [...node, ...args], secret));
  } finally {
    listener.close();
    await Promise.all(outcomes);
  }
}

describe.each([...ntlm, kerberos])("a process with CredSSP, $inner of $library inside", (logon) => {
  if (logon === kerberos) needs("krb5kdc");

  it("N13: has passwords given as bytes and delegated ones where they are said to be, and nowhere when it closes", async () => {
    const given = 1;
    expect(await scansWith(logon)).toEqual({
      given,
      // The logon's library keeps no copy any more, although the connection is open.
      "stream client, open": given,
      "stream client, closed": given,
      // The credential keeps its own copy, for further connections.
      "package client, open": given + 1 + logon.kept,
      "package client, closed": given,
      zeroed: 0,
      "stream server, open": 1,
      "stream server, taken": 0,
      "stream server, closed": 0,
      // The context keeps the password for its caller.
      "package server, open": 1,
      "package server, taken": 1,
      "package server, closed": 0,
    });
  });
});
