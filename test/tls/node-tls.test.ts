import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import tls from "node:tls";
import { describe, expect, it } from "vitest";
import { TlsContext, TlsEngine } from "../../src/tls/index.ts";
import {
  clientCertificate,
  ecCertificate,
  elsewhereCertificate,
  expiredCertificate,
  rootPem,
  rsaCertificate,
} from "../fixtures/tls-certificates.ts";
import type { ClientOptions, ServerOptions } from "./engine-pair.ts";
import { EngineSocket } from "./engine-socket.ts";

const names = { "tls1.2": "TLSv1.2", "tls1.3": "TLSv1.3" } as const;
const matrix = (["tls1.2", "tls1.3"] as const).flatMap((version) => [
  { version, kind: "RSA", certificate: rsaCertificate },
  { version, kind: "EC", certificate: ecCertificate },
]);
const megabyte = Buffer.alloc(1_000_000, "sspi");

/** A server or socket that a test opened. */
type Opened = { close(): unknown } | Pick<Socket, "destroy">;

function closing(opened: readonly Opened[]): Disposable {
  return {
    [Symbol.dispose]() {
      for (const one of opened) "destroy" in one ? one.destroy() : one.close();
    },
  };
}

/** Connects a client engine to Node's TLS server. */
async function clientOf(options: tls.TlsOptions, client: ClientOptions = {}) {
  const server = tls.createServer(options);
  const accepted = once(server, "secureConnection").then(([socket]) => socket as tls.TLSSocket);
  accepted.catch(() => {});
  const refused = once(server, "tlsClientError").then(([error]) => error as NodeJS.ErrnoException);
  refused.catch(() => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  using context = new TlsContext({ side: "client", ca: rootPem, ...client });
  const engine = new TlsEngine(context, { servername: "localhost" });
  const opened = closing([socket, server]);
  const dispose = (): void => {
    opened[Symbol.dispose]();
    engine.close();
  };
  return { engine: new EngineSocket(engine, socket), accepted, refused, [Symbol.dispose]: dispose };
}

/** Connects Node's TLS client to a server engine. */
async function serverOf(options: ServerOptions, client: tls.ConnectionOptions) {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const peer = tls.connect({ port, host: "127.0.0.1", servername: "localhost", ca: rootPem, ...client });
  const secure = once(peer, "secureConnect");
  secure.catch(() => {});
  const [socket] = (await once(server, "connection")) as [Socket];
  using context = new TlsContext({ side: "server", certificate: ecCertificate, ...options });
  const engine = new TlsEngine(context);
  const opened = closing([socket, peer, server]);
  const dispose = (): void => {
    opened[Symbol.dispose]();
    engine.close();
  };
  return { engine: new EngineSocket(engine, socket), peer, secure, [Symbol.dispose]: dispose };
}

async function received(peer: tls.TLSSocket, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let left = size; left > 0; left -= (parts.at(-1) as Buffer).length)
    parts.push((await once(peer, "data"))[0] as Buffer);
  return Buffer.concat(parts);
}

describe.each(matrix)("an engine and node:tls, $version, $kind", ({ version, kind: _, certificate }) => {
  const protocols = [version];

  it("a client engine exchanges a megabyte each way and the closing alerts with a node:tls server", async () => {
    using pair = await clientOf(
      { ...certificate, minVersion: names[version], ALPNProtocols: ["h2"] },
      { protocols, alpn: ["h2"] },
    );
    const { engine } = pair;
    await engine.handshake();
    expect(engine.engine.agreement).toMatchObject({ version, alpn: "h2" });
    const peer = await pair.accepted;
    expect(peer).toMatchObject({ alpnProtocol: "h2", servername: "localhost" });
    const [got] = await Promise.all([received(peer, megabyte.length), engine.write(megabyte)]);
    expect(got.equals(megabyte)).toBe(true);
    // In TLS 1.3 two session tickets arrive before the data.
    peer.write(megabyte);
    expect((await engine.readAll(megabyte.length)).equals(megabyte)).toBe(true);
    peer.end();
    expect(await engine.read()).toBeUndefined();
    const ended = once(peer, "end");
    await engine.goodbye();
    peer.resume();
    await ended;
  });

  it("a server engine exchanges a megabyte each way and the closing alerts with a node:tls client", async () => {
    using pair = await serverOf(
      { protocols, certificate, alpn: ["h2"] },
      { maxVersion: names[version], ALPNProtocols: ["h2"] },
    );
    const { engine, peer } = pair;
    await Promise.all([engine.handshake(), pair.secure]);
    expect(peer).toMatchObject({ authorized: true, alpnProtocol: "h2" });
    expect(peer.getProtocol()).toBe(names[version]);
    peer.write(megabyte);
    expect((await engine.readAll(megabyte.length)).equals(megabyte)).toBe(true);
    const [got] = await Promise.all([received(peer, megabyte.length), engine.write(megabyte)]);
    expect(got.equals(megabyte)).toBe(true);
    const ended = once(peer, "end");
    await engine.goodbye();
    await ended;
    expect(await engine.read()).toBeUndefined();
  });

  it('B13: a node:tls server that closes without close_notify makes read() fail with "truncated"', async () => {
    using pair = await clientOf({ ...certificate }, { protocols });
    await pair.engine.handshake();
    const peer = await pair.accepted;
    peer.write("x");
    expect((await pair.engine.read())?.toString()).toBe("x");
    peer.destroy();
    await expect(pair.engine.read()).rejects.toMatchObject({ failure: "truncated" });
  });

  it("each side's client certificate reaches the other side", async () => {
    using out = await clientOf(
      { ...certificate, ca: rootPem, requestCert: true },
      { protocols, certificate: clientCertificate },
    );
    await out.engine.handshake();
    expect(await out.accepted).toMatchObject({ authorized: true });
    using inward = await serverOf({ protocols, ca: rootPem, clientCertificates: "require" }, clientCertificate);
    await Promise.all([inward.engine.handshake(), inward.secure]);
    expect(inward.engine.engine.peer.certificates[0]?.subject).toBe("CN=client");
  });
});

describe("B17: a node:tls server", () => {
  const strangers = [
    {
      whose: "another name's",
      certificate: elsewhereCertificate,
      client: {},
      failure: "name",
      alert: "BAD_CERTIFICATE",
    },
    {
      whose: "an expired",
      certificate: expiredCertificate,
      client: {},
      failure: "untrusted",
      alert: "CERTIFICATE_EXPIRED",
    },
    {
      whose: "an untrusted",
      certificate: ecCertificate,
      client: { ca: elsewhereCertificate.cert },
      failure: "untrusted",
      alert: "UNKNOWN_CA",
    },
  ];
  const all = strangers.flatMap((one) => (["tls1.2", "tls1.3"] as const).map((version) => ({ ...one, version })));

  it.each(all)(
    "with $whose certificate is refused and gets the matching alert ($version)",
    async ({ version, certificate, client, failure, alert }) => {
      using pair = await clientOf({ ...certificate }, { protocols: [version], ...client });
      await expect(pair.engine.handshake()).rejects.toMatchObject({ failure });
      expect((await pair.refused).code).toMatch(new RegExp(`ALERT_${alert}$`));
    },
  );
});

describe("a TLS engine with node:tls does not", () => {
  it("renegotiate as a server", async () => {
    using pair = await serverOf({ protocols: ["tls1.2"] }, {});
    await Promise.all([pair.engine.handshake(), pair.secure]);
    const refused = once(pair.peer, "error");
    pair.peer.renegotiate({}, () => {});
    const read = pair.engine.read();
    expect((await refused)[0]).toMatchObject({ reason: "no renegotiation" });
    await expect(read).rejects.toMatchObject({ code: "SSPI_TLS" });
  });

  it("resume a session", async () => {
    for (const version of ["tls1.2", "tls1.3"] as const) {
      using pair = await serverOf({ protocols: [version] }, {});
      const tickets: Buffer[] = [];
      pair.peer.on("session", (session) => tickets.push(session));
      await Promise.all([pair.engine.handshake(), pair.secure]);
      expect((await serverSession(pair.engine, pair.peer)).toString()).toBe("x");
      const session = tickets[0] ?? pair.peer.getSession();
      using again = await serverOf({ protocols: [version] }, session ? { session } : {});
      await Promise.all([again.engine.handshake(), again.secure]);
      expect(again.peer.isSessionReused()).toBe(false);
    }
  });

  it("use versions below node:tls's default minimum", async () => {
    const before = tls.DEFAULT_MIN_VERSION;
    tls.DEFAULT_MIN_VERSION = "TLSv1.3";
    try {
      using context = new TlsContext({ side: "client", ca: rootPem });
      using _ = new TlsEngine(context, { servername: "localhost" });
      using pair = await clientOf({ ...ecCertificate, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
      await expect(pair.engine.handshake()).rejects.toMatchObject({ failure: "alert" });
    } finally {
      tls.DEFAULT_MIN_VERSION = before;
    }
  });
});

/** Sends first data, with which the session arrives. */
async function serverSession(engine: EngineSocket, peer: tls.TLSSocket): Promise<Buffer> {
  const [[data]] = await Promise.all([once(peer, "data"), engine.write("x")]);
  return data as Buffer;
}
