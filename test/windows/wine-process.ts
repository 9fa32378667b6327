import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wine } from "../../scripts/windows/wine.ts";

export interface WineCommand {
  /** The Windows program. */
  readonly program: string;
  /** The arguments; the port to connect to is appended. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** More environment variables, which may refer to files in the process's own folder. */
  own?(folder: string): Readonly<Record<string, string>>;
}

/** Unhandled exceptions by the lower 8 bits of their status, which is all that Wine 10 reports. */
const crashes: Readonly<Record<number, string>> = {
  5: "an access violation",
  29: "an illegal instruction",
  116: "a damaged heap",
  253: "a stack overflow",
};

/** Describes how a process ended. Wine passes on only the lower 8 bits of a Windows exit code. */
export function endingOf(code: number | null, signal: string | null, log: string): string {
  const crash = /wine: (Unhandled [^\n]*?)(?: \(thread \w+\))?, starting debugger/.exec(log);
  if (crash) return `crashed: ${crash[1]}`;
  if (signal) return `was ended by ${signal}`;
  if (code === 134) return "aborted (exit code 134)";
  const likely = crashes[code ?? 0];
  return `exited with code ${code}${likely ? `, as after ${likely}` : ""}`;
}

/** A Windows program under Wine that connects back to this process and writes its output to a file. */
export class WineProcess {
  readonly socket: Socket;
  /** Resolves to a description of the end when the process has ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, socket: Socket, ended: Promise<string>, folder: string) {
    this.#child = child;
    this.socket = socket;
    this.ended = ended;
    this.#folder = folder;
  }

  /** Resolves when the program has connected. @throws Error with its ending if it ended before that. */
  static async start({ program, args, cwd, env, own: more }: WineCommand): Promise<WineProcess> {
    // The folder is in the prefix, which is removed even if this process is killed; wineserver leaves one there too.
    const prefix = env["WINEPREFIX"] ?? tmpdir();
    const folder = mkdtempSync(join(prefix, "worker-"));
    const own = { ...env, ...more?.(folder), TMPDIR: prefix };
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const child = startChild(program, [...args, String(port)], cwd, own, folder);
    const ended = endOf(child, folder);
    try {
      const socket = await connection(server, ended);
      return new WineProcess(child, socket, ended, folder);
    } finally {
      server.close();
    }
  }

  get output(): string {
    return readLog(this.#folder);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Closes the socket, which ends the worker, and kills the worker if it still runs after `patience` milliseconds. */
  async stop(patience: number): Promise<void> {
    this.socket.end();
    const impatient = setTimeout(() => this.kill(), patience);
    await this.ended;
    clearTimeout(impatient);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function startChild(
  program: string,
  args: readonly string[],
  cwd: string,
  env: WineCommand["env"],
  folder: string,
): ChildProcess {
  const log = openSync(join(folder, "log"), "w");
  try {
    // With --pdeathsig the kernel ends the child whenever Vitest ends, even by a signal.
    const command = ["--pdeathsig", "KILL", wine(), program, ...args];
    return spawn("setpriv", command, { cwd, env: { ...env }, stdio: ["ignore", log, log] });
  } finally {
    closeSync(log);
  }
}

async function endOf(child: ChildProcess, folder: string): Promise<string> {
  const [code, signal] = await once(child, "exit").catch((error: Error): [null, string] => [null, error.message]);
  return endingOf(code, signal, readLog(folder));
}

async function connection(server: Server, ended: Promise<string>): Promise<Socket> {
  const early = ended.then((ending) => {
    throw new Error(`the worker ${ending} before it connected`);
  });
  const [socket] = (await Promise.race([once(server, "connection"), early])) as [Socket];
  early.catch(() => {});
  socket.setNoDelay(true);
  return socket;
}

function readLog(folder: string): string {
  try {
    return readFileSync(join(folder, "log"), "utf8");
  } catch {
    return "";
  }
}
