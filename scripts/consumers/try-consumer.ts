import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Consumer, Tried, Way } from "./consumer.ts";

/** The time limit of one line in seconds, including all processes that it starts. */
const limit = ["--kill-after=5", "240"];

/** Files that every project gets in addition to its own. */
const programs = ["handshake.js", "main.js", "main.cjs", "typed.ts"];

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly said: string;
}

function run(line: string, cwd: string, env: NodeJS.ProcessEnv): Ran {
  const options = { cwd, env, encoding: "utf8", input: "" } as const;
  const { status, stdout, stderr } = spawnSync("timeout", [...limit, "sh", "-c", line], options);
  return { status, stdout, said: stdout + stderr };
}

/**
 * Installs a consumer as a user would, in a temporary folder, and tries its ways one after another.
 *
 * @param expected the lines that the program has to print; a tool may print other lines too
 */
export function tryConsumer(consumer: Consumer, tarball: string, expected: readonly string[]): readonly Tried[] {
  const folder = mkdtempSync(join(tmpdir(), `sspi-ffi-${consumer.name}-`));
  try {
    const project = join(folder, "project");
    const all = dirname(consumer.folder);
    for (const program of programs) cpSync(join(all, program), join(project, program));
    cpSync(consumer.folder, project, { recursive: true });
    const installed = run(`npm install --no-audit --no-fund ${tarball}`, project, environment(project, {}));
    if (installed.status !== 0) throw new Error(`${consumer.name}: ${installed.said}`);
    return consumer.ways.map((way, index) => {
      const elsewhere = join(folder, `elsewhere-${index}`);
      mkdirSync(elsewhere);
      const env = environment(project, { TARBALL: tarball, ELSEWHERE: elsewhere });
      return { consumer, way, ...tryWay(way, project, env, expected) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Puts the project's programs first in PATH, as npm does for its scripts, and removes the variables of the npm that
 * started this.
 */
function environment(project: string, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|NODE_(?!EXTRA_CA_CERTS$)|INIT_CWD$|CI$)/i.test(name),
  );
  const path = [join(project, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  return { ...Object.fromEntries(inherited), PATH: path, WLOG_LEVEL: "OFF", ...more };
}

function tryWay(way: Way, project: string, env: NodeJS.ProcessEnv, expected: readonly string[]) {
  let said = "";
  for (const [index, line] of way.run.entries()) {
    const ran = run(line, project, env);
    said += `$ ${line}\n${ran.said}`;
    const isProgram = index === way.run.length - 1 && !way.onlyCompiles;
    const printed = ran.stdout.split("\n").map((text) => text.trim());
    if (ran.status !== 0 || (isProgram && !expected.every((text) => printed.includes(text))))
      return { worked: false, said };
  }
  return { worked: true, said };
}
