import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { PoolOptions, PoolRunnerInitializer, PoolWorker, WorkerRequest } from "vitest/node";
import { root } from "../../scripts/windows/cache.ts";
import { nodeExecutable } from "../../scripts/windows/node-for-windows.ts";
import type { NodeMajor } from "../../scripts/windows/releases.ts";
import { makePrefix, stopPrefix, wineDrive } from "../../scripts/windows/wine.ts";
import { FrameReader, frame } from "./frames.ts";
import { mapStrings, WindowsPaths } from "./windows-paths.ts";
import { WineProcess } from "./wine-process.ts";
import { workerEntry } from "./worker-entry.ts";

const paths = new WindowsPaths([root, dirname(realpathSync(join(root, "node_modules")))]);

/**
 * A Vitest pool that runs test files in Node for Windows, under Wine. It ends a file that takes longer than `timeout`
 * milliseconds, because in an endless loop the file's own timers do not run.
 */
export function windowsPool(major: NodeMajor, timeout = 180_000): PoolRunnerInitializer {
  return {
    name: `node-${major}-for-windows`,
    createPoolWorker: (options) => new WindowsWorker(major, timeout, options),
  };
}

class WindowsWorker implements PoolWorker {
  readonly name: string;
  /** False, because Vitest would pass paths of its cache files that are only valid on this system. */
  readonly cacheFs = false;
  readonly #major: NodeMajor;
  readonly #timeout: number;
  readonly #options: PoolOptions;
  readonly #events = new EventEmitter();
  #process: WineProcess | undefined;
  /**
   * The worker's own prefix: Wine keeps all imported private keys in one container of the user, so two processes of one
   * prefix overwrite each other's keys.
   */
  #prefix: string | undefined;
  /** The files for error messages: first all files that were sent, then the one that started last. */
  #files: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(major: NodeMajor, timeout: number, options: PoolOptions) {
    this.name = `node-${major}-for-windows`;
    this.#major = major;
    this.#timeout = timeout;
    this.#options = options;
  }

  on(event: string, listener: (value: unknown) => void): void {
    this.#events.on(event, listener);
  }

  off(event: string, listener: (value: unknown) => void): void {
    this.#events.off(event, listener);
  }

  deserialize(message: unknown): unknown {
    return message;
  }

  send(message: WorkerRequest): void {
    if (message.type === "run" || message.type === "collect") {
      this.#begin(...message.context.files.map(({ filepath }) => filepath));
    }
    this.#process?.socket.write(frame(mapStrings(message, (text) => paths.toWindows(text))));
  }

  async start(): Promise<void> {
    const prefix = this.#options.env["WINEPREFIX"];
    if (!prefix || !existsSync(prefix)) throw new Error(`the Wine prefix of the lab is gone (${prefix})`);
    const { worker, preload } = await workerEntry();
    this.#prefix = makePrefix(mkdtempSync(join(prefix, "prefix-")));
    this.#process = await WineProcess.start({
      program: nodeExecutable(this.#major),
      args: [...this.#options.execArgv, worker],
      cwd: root,
      env: { ...this.#options.env, WINEPREFIX: this.#prefix, NODE_OPTIONS: `--require ${wineDrive}${preload}` },
      own: (folder) => ({ KRB5CCNAME: `FILE:${join(folder, "ccache")}`, SSPI_TICKETS: join(folder, "ccache") }),
    });
    this.#listen(this.#process);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const running = this.#process;
    await running?.stop(3000);
    this.#removePrefix();
    if (!running) return;
    if (running.output.trim() !== "") this.#options.project.vitest.logger.outputStream.write(running.output);
    this.#process = undefined;
  }

  #removePrefix(): void {
    const prefix = this.#prefix;
    if (prefix === undefined) return;
    stopPrefix(prefix);
    rmSync(prefix, { recursive: true, force: true, maxRetries: 5 });
    this.#prefix = undefined;
  }

  #listen({ socket, ended }: WineProcess): void {
    const reader = new FrameReader();
    socket.on("data", (piece: Buffer) => {
      for (const message of reader.push(piece)) this.#receive(mapStrings(message, (text) => paths.toHost(text)));
    });
    // Socket errors are ignored, because the end of the process says more.
    socket.on("error", () => {});
    void ended.then((ending) => {
      if (!this.#stopping) this.#fail(ending);
    });
  }

  #receive(message: unknown): void {
    const { type, m: method, a: [first] = [] } = message as { type?: string; m?: string; a?: unknown[] };
    if (type === "testfileFinished") clearTimeout(this.#timer);
    if (method === "onQueued") this.#begin((first as { filepath: string }).filepath);
    if (method === "onAfterSuiteRun") rewriteCoverage((first as { coverage?: unknown }).coverage);
    this.#events.emit("message", message);
  }

  #begin(...files: readonly string[]): void {
    this.#files = files.map((file) => relative(root, file));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(`hung (no result for ${this.#timeout / 1000} s)`), this.#timeout);
  }

  /** Reports which Node ended, how, and in which test file. */
  #fail(ending: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#process?.kill();
    const output = this.#process?.output.trim();
    const where = this.#files.length > 0 ? ` in ${this.#files.join(", ")}` : "";
    const error = new Error(`Node ${this.#major} for Windows ${ending}${where}${output ? `\n${output}` : ""}`);
    error.stack = error.message;
    this.#events.emit("error", error);
  }
}

/** Changes the Windows paths in V8's coverage file to paths of this system. */
function rewriteCoverage(file: unknown): void {
  if (typeof file === "string") writeFileSync(file, paths.toHost(readFileSync(file, "utf8")));
}
