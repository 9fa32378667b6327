import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startBenchLab } from "./bench-lab.ts";
import type { BenchServers } from "./http-server.ts";
import type { HttpMeasured, HttpTask } from "./measure-http.ts";

export type HttpSize = Pick<HttpTask, "rounds" | "slice" | "logons">;

/** Starts a lab, servers in one process and clients in another, all with Kerberos of the system's GSSAPI. */
export async function measureHttp(native: string, size: HttpSize): Promise<HttpMeasured> {
  const { lab, stop } = await startBenchLab();
  try {
    const env = { ...process.env, ...lab.environment, KRB5CCNAME: `FILE:${lab.tickets.alice}` };
    const start = (name: string, ...args: readonly string[]) =>
      spawn(process.execPath, [join(native, `${name}.mjs`), ...args], { env, stdio: ["pipe", "pipe", "inherit"] });
    const server = start("http-server");
    const servers = JSON.parse(await firstLine(server.stdout)) as BenchServers;
    const task: HttpTask = { ...servers, apache: lab.web.kerberosUrl, ...size };
    const measured = JSON.parse(await firstLine(start("measure-http", JSON.stringify(task)).stdout)) as HttpMeasured;
    server.stdin.end();
    await once(server, "exit");
    return measured;
  } finally {
    await stop();
  }
}

async function firstLine(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  throw new Error("a process of the benchmark ended without a word");
}
