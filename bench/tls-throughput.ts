import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import tls from "node:tls";
import { TlsContext, TlsEngine } from "../src/tls/index.ts";
import { ecCertificate, rootPem } from "../test/fixtures/tls-certificates.ts";
import { EngineSocket } from "../test/tls/engine-socket.ts";

/** What one way of speaking TLS manages, both sides in this process. */
export interface TlsThroughput {
  readonly contender: string;
  readonly handshakesPerSecond: number;
  readonly mebibytesPerSecond: number;
  /** CPU time of the whole process, in milliseconds. */
  readonly cpuPerMebibyte: number;
}

const chunk = Buffer.alloc(64 << 10, "sspi");

interface Work {
  readonly contender: string;
  handshake(): Promise<void> | void;
  /** Carries so many chunks one way, and resolves when all have been decrypted. */
  transfer(chunks: number): Promise<void> | void;
}

/** TLS 1.3 with a P-256 certificate: the engine and node:tls, both on loopback sockets, and the engine alone; in turns. */
export async function tlsThroughput(handshakes: number, chunks: number, rounds: number): Promise<TlsThroughput[]> {
  const contenders = [await nodeWork(), await engineSocketWork(), engineWork()];
  const rows = contenders.map(({ contender }) => ({ contender, perSecond: [0], rate: [0], cpu: [Number.MAX_VALUE] }));
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, work] of contenders.entries()) {
      const row = rows[index] as (typeof rows)[number];
      const shaking = await timed(async () => {
        for (let count = 0; count < handshakes; count += 1) await work.handshake();
      });
      const carrying = await timed(() => work.transfer(chunks));
      // The first round warms up.
      if (round === 0) continue;
      const mebibytes = (chunks * chunk.length) / (1 << 20);
      row.perSecond.push(handshakes / shaking.seconds);
      row.rate.push(mebibytes / carrying.seconds);
      row.cpu.push((carrying.cpuSeconds * 1000) / mebibytes);
    }
  for (const work of contenders) if ("close" in work) (work as { close(): void }).close();
  return rows.map(({ contender, perSecond, rate, cpu }) => ({
    contender,
    handshakesPerSecond: Math.max(...perSecond),
    mebibytesPerSecond: Math.max(...rate),
    cpuPerMebibyte: Math.min(...cpu),
  }));
}

async function timed(work: () => Promise<void> | void): Promise<{ seconds: number; cpuSeconds: number }> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

function engineWork(): Work & { close(): void } {
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
    handshake: () => closing(pair()),
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
async function engineSocketWork(): Promise<Work & { close(): void }> {
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
    handshake: async () => (await pair()).closing(),
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

async function nodeWork(): Promise<Work & { close(): void }> {
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
    handshake: async () => closing(await pair()),
    async transfer(chunks) {
      const [near, far] = await pair();
      let left = chunks * chunk.length;
      const arrived = new Promise<void>((resolve) => {
        far.on("data", (data: Buffer) => {
          left -= data.length;
          if (left === 0) resolve();
        });
      });
      for (let count = 0; count < chunks; count += 1) if (!near.write(chunk)) await once(near, "drain");
      await arrived;
      closing([near, far]);
    },
    close: () => sockets.close(),
  };
}
