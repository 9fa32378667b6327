import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { Credential, SecureStream } from "../src/index.ts";
import { schannelStandIn } from "../src/packages.ts";
import { TlsContext, TlsEngine } from "../src/tls/index.ts";
import { ecCertificate, rootPem } from "../test/fixtures/tls-certificates.ts";
import { EngineSocket } from "../test/tls/engine-socket.ts";
import { processorTimeSince } from "./processor-time.ts";

/** What one way of speaking TLS manages, both sides in this process. */
export interface TlsThroughput {
  readonly contender: string;
  readonly handshakesPerSecond: number;
  readonly mebibytesPerSecond: number;
  /** CPU time of the whole process, in milliseconds. */
  readonly cpuPerHandshake: number;
  readonly cpuPerMebibyte: number;
}

const chunk = Buffer.alloc(64 << 10, "sspi");

interface Work {
  readonly contender: string;
  /** Makes a connection, and returns the strength of the key that its sides agree on in TLS 1.3. */
  handshake(): Promise<number> | number;
  /** Carries so many chunks one way, and resolves when all have been decrypted. */
  transfer(chunks: number): Promise<void> | void;
  close(): void;
}

/**
 * TLS 1.3 with a P-256 certificate: node:tls, `SecureStream` and the engine on loopback sockets, and the engine alone; in
 * turns. Node's server sends two session tickets with a handshake, which it offers no way to leave out; the others none.
 */
export async function tlsThroughput(handshakes: number, chunks: number, rounds: number): Promise<TlsThroughput[]> {
  const contenders = [await nodeWork(), await secureStreamWork(), await engineSocketWork(), engineWork()];
  const rows = contenders.map(({ contender }) => ({ contender, shaking: [] as Timed[], carrying: [] as Timed[] }));
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, work] of contenders.entries()) {
      const row = rows[index] as (typeof rows)[number];
      const shaking = await timed(async () => {
        for (let count = 0; count < handshakes; count += 1)
          if ((await work.handshake()) !== 256) throw new Error(`${work.contender}: not the cipher of the others`);
      });
      const carrying = await timed(() => work.transfer(chunks));
      // The first round warms up.
      if (round === 0) continue;
      row.shaking.push(shaking);
      row.carrying.push(carrying);
    }
  for (const work of contenders) work.close();
  const mebibytes = (chunks * chunk.length) / (1 << 20);
  const least = (times: readonly Timed[], of: keyof Timed): number => Math.min(...times.map((time) => time[of]));
  return rows.map(({ contender, shaking, carrying }) => ({
    contender,
    handshakesPerSecond: handshakes / least(shaking, "seconds"),
    mebibytesPerSecond: mebibytes / least(carrying, "seconds"),
    cpuPerHandshake: (least(shaking, "cpuSeconds") * 1000) / handshakes,
    cpuPerMebibyte: (least(carrying, "cpuSeconds") * 1000) / mebibytes,
  }));
}

interface Timed {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function timed(work: () => Promise<void> | void): Promise<Timed> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  return { seconds, cpuSeconds: processorTimeSince(cpu) / 1e6 };
}

function engineWork(): Work {
  const outbound = new TlsContext({ side: "client", ca: rootPem, protocols: ["tls1.3"] });
  const inbound = new TlsContext({ side: "server", certificate: ecCertificate, protocols: ["tls1.3"] });
  const pair = (): readonly [TlsEngine, TlsEngine] => {
    const [client, server] = [new TlsEngine(outbound, { servername: "localhost" }), new TlsEngine(inbound)] as const;
    while (!client.complete || !server.complete) {
      client.handshake();
      server.feed(client.take());
      server.handshake();
      client.feed(server.take());
    }
    return [client, server];
  };
  const closing = (engines: readonly TlsEngine[]): void => {
    for (const engine of engines) engine.close();
  };
  return {
    contender: "TlsEngine, in memory",
    handshake() {
      const engines = pair();
      const bits = bitsOf(engines[0]);
      closing(engines);
      return bits;
    },
    transfer(chunks) {
      const [client, server] = pair();
      for (let count = 0; count < chunks; count += 1) {
        server.feed(client.seal(chunk));
        if (server.open().length !== chunk.length) throw new Error("data was lost");
      }
      closing([client, server]);
    },
    close() {
      outbound.close();
      inbound.close();
    },
  };
}

/** Connected sockets on loopback, for whoever speaks TLS over them. */
async function loopback(): Promise<{ connected(): Promise<readonly [Socket, Socket]>; close(): void }> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    async connected() {
      const accepted = once(server, "connection") as Promise<[Socket]>;
      const near = connect(port, "127.0.0.1");
      const [far] = await accepted;
      return [near, far];
    },
    close: () => void server.close(),
  };
}

/** The same sockets and the same bytes as node:tls has. */
async function engineSocketWork(): Promise<Work> {
  const sockets = await loopback();
  const outbound = new TlsContext({ side: "client", ca: rootPem, protocols: ["tls1.3"] });
  const inbound = new TlsContext({ side: "server", certificate: ecCertificate, protocols: ["tls1.3"] });
  const pair = async () => {
    const [near, far] = await sockets.connected();
    const client = new EngineSocket(new TlsEngine(outbound, { servername: "localhost" }), near);
    const server = new EngineSocket(new TlsEngine(inbound), far);
    await Promise.all([client.handshake(), server.handshake()]);
    const closing = (): void => {
      for (const { engine } of [client, server]) engine.close();
      for (const socket of [near, far]) socket.destroy();
    };
    return { client, server, closing };
  };
  return {
    contender: "TlsEngine, on loopback",
    async handshake() {
      const { client, closing } = await pair();
      const bits = bitsOf(client.engine);
      closing();
      return bits;
    },
    async transfer(chunks) {
      const { client, server, closing } = await pair();
      const sending = async (): Promise<void> => {
        for (let count = 0; count < chunks; count += 1) await client.write(chunk);
      };
      const taking = async (): Promise<void> => {
        let left = chunks * chunk.length;
        while (left > 0) left -= (await server.read())?.length ?? Number.NaN;
        if (left !== 0) throw new Error("data was lost");
      };
      await Promise.all([sending(), taking()]);
      closing();
    },
    close() {
      sockets.close();
      outbound.close();
      inbound.close();
    },
  };
}

async function nodeWork(): Promise<Work> {
  const sockets = await loopback();
  const inbound = tls.createSecureContext({ ...ecCertificate, minVersion: "TLSv1.3" });
  const outbound = tls.createSecureContext({ ca: rootPem, minVersion: "TLSv1.3" });
  const pair = async (): Promise<readonly [tls.TLSSocket, tls.TLSSocket]> => {
    const [socket, other] = await sockets.connected();
    const far = new tls.TLSSocket(other, { isServer: true, secureContext: inbound });
    const near = tls.connect({ socket, servername: "localhost", secureContext: outbound });
    await Promise.all([once(near, "secureConnect"), once(far, "secure")]);
    return [near, far];
  };
  const closing = (sockets: readonly tls.TLSSocket[]): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    contender: "node:tls, on loopback",
    async handshake() {
      const [near, far] = await pair();
      const bits = near.getProtocol() === "TLSv1.3" ? Number(/AES_(\d+)/.exec(near.getCipher().name)?.[1]) : 0;
      closing([near, far]);
      return bits;
    },
    async transfer(chunks) {
      const [near, far] = await pair();
      await carry(near, far, chunks);
      closing([near, far]);
    },
    close: () => sockets.close(),
  };
}

/** The Schannel stand-in, whose records are the engine's. */
async function secureStreamWork(): Promise<Work> {
  const sockets = await loopback();
  const host = schannelStandIn({ ca: rootPem, certificate: ecCertificate });
  const options = { package: "Schannel", provider: host.provider, schannel: { protocols: ["tls1.3"] } } as const;
  const outbound = Credential.acquireSync({ ...options, use: "outbound" });
  const inbound = Credential.acquireSync({ ...options, use: "inbound" });
  const pair = async () => {
    const [socket, other] = await sockets.connected();
    const far = SecureStream.accept(other, inbound);
    const near = SecureStream.connect(socket, outbound, { target: "localhost" });
    await Promise.all([once(near, "secure"), once(far, "secure")]);
    return [near, far] as const;
  };
  return {
    contender: "SecureStream, on loopback",
    async handshake() {
      const [near, far] = await pair();
      const { dwCipherStrength } = near.context.query("connectionInfo");
      near.destroy();
      far.destroy();
      return dwCipherStrength;
    },
    async transfer(chunks) {
      const [near, far] = await pair();
      await carry(near, far, chunks);
      near.destroy();
      far.destroy();
    },
    close() {
      sockets.close();
      for (const owned of [outbound, inbound, host]) owned.close();
    },
  };
}

function bitsOf({ agreement }: TlsEngine): number {
  return agreement.version === "tls1.3" ? agreement.cipher.bits : 0;
}

/** Writes as fast as one stream takes it, until all of it has come out of the other. */
async function carry(near: Duplex, far: Duplex, chunks: number): Promise<void> {
  let left = chunks * chunk.length;
  const arrived = new Promise<void>((resolve) => {
    far.on("data", (data: Buffer) => {
      left -= data.length;
      if (left === 0) resolve();
    });
  });
  for (let count = 0; count < chunks; count += 1) if (!near.write(chunk)) await once(near, "drain");
  await arrived;
}
