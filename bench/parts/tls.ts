import { table } from "../report.ts";
import type { Found, Run } from "../run.ts";
import { tlsThroughput } from "../tls-throughput.ts";

/** Both sides are in this process, and all are Node's own OpenSSL; the fastest of the rounds. */
export async function tls({ size: { tls } }: Run): Promise<Found> {
  const rows = (await tlsThroughput(tls.handshakes, tls.chunks, tls.rounds)).map((row) => [
    row.contender,
    `${row.handshakesPerSecond.toFixed(0)}/s`,
    `${row.cpuPerHandshake.toFixed(2)} ms`,
    `${row.mebibytesPerSecond.toFixed(0)} MiB/s`,
    `${row.cpuPerMebibyte.toFixed(2)} ms`,
  ]);
  console.log(`${table([["TLS 1.3, P-256", "handshakes", "CPU of one", "64 KiB one way", "CPU a MiB"], ...rows])}\n`);
  return { goals: [] };
}
