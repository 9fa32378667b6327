import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import { Duplex, PassThrough, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { SecureStream } from "../../../src/index.ts";
import { TlsContext, TlsEngine } from "../../../src/tls/index.ts";
import { localhostCertificate } from "../../fixtures/localhost-certificate.ts";
import {
  clientCertificate,
  ecCertificate,
  elsewhereCertificate,
  expiredCertificate,
  rootPem,
} from "../../fixtures/tls-certificates.ts";
import { EngineSocket } from "../../tls/engine-socket.ts";
import { credentialOf, fromNode, nodeServer, sockets, standIn, toNode, versions } from "./stand-in-ends.ts";

/** How many bytes go each way; `SSPI_TLS_MEGABYTES=100` is the long run. */
const size = Number(process.env["SSPI_TLS_MEGABYTES"] ?? 4) * 1_000_000;
const both = ["tls1.2", "tls1.3"] as const;

async function send(to: Writable, hash: ReturnType<typeof createHash>): Promise<void> {
  const chunk = Buffer.alloc(100_000);
  for (let left = size; left > 0; left -= chunk.length) {
    randomFillSync(chunk);
    hash.update(chunk);
    if (!to.write(Buffer.from(chunk))) await once(to, "drain");
  }
}

async function take(from: Readable): Promise<string> {
  const hash = createHash("sha256");
  let left = size;
  for await (const part of from) {
    hash.update(part);
    left -= part.length;
    if (left <= 0) break;
  }
  return hash.digest("hex");
}

async function closed(...streams: readonly Duplex[]): Promise<void> {
  await Promise.all(streams.map((stream) => (stream.closed ? undefined : once(stream, "close"))));
}

describe.each(both)("SecureStream over Schannel's stand-in and node:tls, %s", (version) => {
  it.each(["client", "server"] as const)(
    "carries data in both directions when the stand-in is the %s",
    { timeout: 300_000 },
    async (side) => {
      const { stream, peer } = side === "client" ? await toNode(version) : await fromNode(version);
      await Promise.all([once(stream, "secure"), once(peer, side === "client" ? "secure" : "secureConnect")]);
      const echo = pipeline(peer, peer).catch(() => {});
      const hash = createHash("sha256");
      const [taken] = await Promise.all([take(Duplex.from({ readable: stream })), send(stream, hash)]);
      expect(taken).toBe(hash.digest("hex"));
      stream.destroy();
      peer.destroy();
      await echo;
      await closed(stream, peer);
    },
  );

  it.each(["the client", "the server"])("ends both streams in order when %s ends first", async (first) => {
    const { stream, peer } = await toNode(version);
    await Promise.all([once(stream, "secure"), once(peer, "secure")]);
    // Node's server sends no close_notify if it ends in the same turn of the event loop as its handshake.
    await delay(10);
    const ends = [once(stream, "end"), once(peer, "end")];
    stream.resume();
    peer.resume();
    (first === "the client" ? stream : peer).end("last words");
    await Promise.all(ends);
    await closed(stream);
  });

  it("agrees on an application protocol as client and as server", async () => {
    const out = await toNode(version, { ALPNProtocols: ["h2"] } as never, { applicationProtocols: ["x", "h2"] });
    await once(out.stream, "secure");
    expect(out.stream.alpnProtocol).toBe("h2");
    const inward = await fromNode(version, { ALPNProtocols: ["x"] }, {}, { applicationProtocols: ["x"] });
    await Promise.all([once(inward.stream, "secure"), once(inward.peer, "secureConnect")]);
    expect([inward.stream.alpnProtocol, inward.peer.alpnProtocol]).toEqual(["x", "x"]);
    for (const one of [out, inward]) one.stream.destroy();
    await closed(out.stream, inward.stream);
  });

  it("shows a client certificate as client, and requests one as server", async () => {
    const server = { requestCert: true, rejectUnauthorized: true, ca: rootPem };
    const out = await toNode(version, server, {}, { clientCertificate });
    await Promise.all([once(out.stream, "secure"), once(out.peer, "secure")]);
    expect(out.peer.getPeerCertificate().subject.CN).toBe("client");
    const inward = await fromNode(version, clientCertificate, {}, { request: ["mutualAuth"] });
    await Promise.all([once(inward.stream, "secure"), once(inward.peer, "secureConnect")]);
    expect(inward.stream.getPeerX509Certificate()?.subject).toBe("CN=client");
    for (const one of [out, inward]) one.stream.destroy();
    await closed(out.stream, inward.stream);
  });

  it("B17: refuses a client certificate of an untrusted root with SEC_E_UNTRUSTED_ROOT, and delivers no data", async () => {
    const { stream, peer } = await fromNode(
      version,
      clientCertificate,
      { ca: localhostCertificate },
      { request: ["mutualAuth"] },
    );
    peer.on("error", () => {}).once("secureConnect", () => peer.write("let me in"));
    let data = false;
    stream.once("data", () => {
      data = true;
    });
    expect((await once(stream, "error"))[0]).toMatchObject({ code: "SEC_E_UNTRUSTED_ROOT" });
    expect(data).toBe(false);
    peer.destroy();
    await closed(stream);
  });

  it.each([
    { whose: "of another name", certificate: elsewhereCertificate, code: "SEC_E_WRONG_PRINCIPAL" },
    { whose: "that expired", certificate: expiredCertificate, code: "SEC_E_CERT_EXPIRED" },
  ])("B17: refuses a server with a certificate $whose: $code", async ({ certificate, code }) => {
    const { stream, peer } = await toNode(version, certificate);
    const told = once(peer, "error");
    const [error] = await once(stream, "error");
    expect(error).toMatchObject({ code });
    expect((await told)[0].message).toMatch(/alert/);
    await closed(stream);
  });

  it("B17: refuses a server certificate of an untrusted root with SEC_E_UNTRUSTED_ROOT", async () => {
    const { stream, peer } = await toNode(version, {}, {}, { ca: elsewhereCertificate.cert });
    peer.on("error", () => {});
    expect((await once(stream, "error"))[0]).toMatchObject({ code: "SEC_E_UNTRUSTED_ROOT" });
    await closed(stream);
  });
});

/** A transport that delays its input, so that several records arrive in one chunk. */
function inChunks(under: Duplex, milliseconds: number): Duplex {
  const readable = new PassThrough();
  let kept: Buffer[] = [];
  under.on("data", (part: Buffer) => {
    kept.push(part);
    if (kept.length > 1) return;
    void delay(milliseconds).then(() => {
      readable.write(Buffer.concat(kept));
      kept = [];
    });
  });
  under.once("close", () => readable.end());
  onTestFinished(() => void under.destroy());
  return Duplex.from({ readable, writable: under });
}

describe("TLS 1.3 after its handshake, through Schannel's stand-in", () => {
  it("reads two session tickets and data that arrive in one chunk", async () => {
    const [near, far] = await sockets();
    const peer = nodeServer(far, { ...ecCertificate, minVersion: versions["tls1.3"] } as never);
    peer.once("secure", () => peer.write("with the tickets"));
    using outbound = credentialOf(standIn(), "outbound", { protocols: ["tls1.3"] });
    const stream = SecureStream.connect(inChunks(near, 50), outbound, { target: "localhost" });
    expect(String((await once(stream, "data"))[0])).toBe("with the tickets");
    stream.destroy();
    await closed(stream);
  });

  it.each([false, true])(
    "processes KeyUpdates between data (peer asks for new keys of this side: %s)",
    async (askPeer) => {
      const [near, far] = await sockets();
      using context = new TlsContext({ side: "server", certificate: ecCertificate });
      using engine = new TlsEngine(context);
      const peer = new EngineSocket(engine, far);
      using outbound = credentialOf(standIn(), "outbound", { protocols: ["tls1.3"] });
      const stream = SecureStream.connect(near, outbound, { target: "localhost" });
      await Promise.all([peer.handshake(), once(stream, "secure")]);
      for (let turn = 0; turn < 5; turn += 1) {
        const answer = once(stream, "data");
        await peer.write(`before ${turn}`);
        expect(String((await answer)[0])).toBe(`before ${turn}`);
        engine.updateKeys({ askPeer });
        const next = once(stream, "data");
        await peer.write(`after ${turn}`);
        // This write may happen before the answer to the KeyUpdate is sent.
        stream.write(`meanwhile ${turn}`);
        expect(String((await next)[0])).toBe(`after ${turn}`);
        expect(String(await peer.read())).toBe(`meanwhile ${turn}`);
      }
      stream.destroy();
      await closed(stream);
    },
  );
});
