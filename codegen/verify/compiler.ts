import { spawn, spawnSync } from "node:child_process";
import { text as textOf } from "node:stream/consumers";
import type { Abi } from "../../src/ctypes/abi.ts";
import type { Unit } from "./subject.ts";

/** A C compiler and the ABI it compiles for. */
export interface Compiler {
  readonly abi: Abi;
  readonly command: string;
  readonly clang: boolean;
  /** Macros that make a header use the layout of another system. */
  readonly defines?: readonly string[];
}

const macros: readonly (readonly [string, Abi])[] = [
  ["_M_ARM64", "win32-arm64"],
  ["__aarch64__", "win32-arm64"],
  ["__x86_64__", "win32-x64"],
  ["__i386__", "win32-ia32"],
];

/** Asks a compiler for its kind and ABI; returns undefined if there is no compiler of that name. */
export function compilerNamed(command: string): Compiler | undefined {
  const { status, stdout } = spawnSync(command, ["-dM", "-E", "-x", "c", "-"], { input: "", encoding: "utf8" });
  if (status !== 0) return undefined;
  const defined = new Set([...stdout.matchAll(/^#define (\w+)/gm)].map(([, name]) => name));
  const windows = macros.find(([name]) => defined.has(name))?.[1];
  const unix = defined.has("__APPLE__") && defined.has("__x86_64__") ? "darwin-x64" : "posix-64";
  const abi = defined.has("_WIN32") ? windows : defined.has("__LP64__") ? unix : undefined;
  return abi && { abi, command, clang: defined.has("__clang__") };
}

/** Returns the mingw-w64 release of a compiler's headers; undefined for other headers. */
export function mingwRelease({ command }: Compiler): number | undefined {
  const args = ["-dM", "-E", "-x", "c", "-include", "_mingw.h", "-"];
  const { stdout } = spawnSync(command, args, { input: "", encoding: "utf8" });
  const [, major] = /^#define __MINGW64_VERSION_MAJOR (\d+)/m.exec(stdout) ?? [];
  return major === undefined ? undefined : Number(major);
}

/** C source, and the folders of the headers that it includes. */
export interface Compiled {
  readonly include: readonly string[];
  readonly text: string;
}

/** Returns the compiler's messages about a source. */
export async function messagesOf(compiler: Compiler, unit: Unit, source: Compiled): Promise<string> {
  const args = [...common, ...(compiler.clang ? clangOnly : gccOnly), ...perUnit[unit], "-o", "-"];
  const { code, messages } = await run(compiler, args, source);
  if (code !== 0 && !/error:/.test(messages))
    throw new Error(`${compiler.command} failed without an error:\n${messages}`);
  return messages;
}

/** Returns a source after the preprocessor, with the definitions of macros. */
export async function preprocessed(compiler: Compiler, source: Compiled): Promise<string> {
  const { output } = await run(compiler, ["-E", "-dD", "-P"], source);
  return output;
}

interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly messages: string;
}

/**
 * Results by command and source: a compiler gives the same messages for the same source, so a repeated request does not
 * run it again.
 */
const ran = new Map<string, Promise<Ran>>();

function run({ command, defines = [] }: Compiler, args: readonly string[], { include, text }: Compiled): Promise<Ran> {
  const options = [...include.map((folder) => `-I${folder}`), ...defines.map((macro) => `-D${macro}`)];
  const all = [...args, ...options, "-x", "c", "-"];
  const key = JSON.stringify([command, all, text]);
  const known = ran.get(key) ?? started(command, all, text);
  ran.set(key, known);
  return known;
}

/** Passes the source through standard input, so that no file is written. */
async function started(command: string, args: readonly string[], text: string): Promise<Ran> {
  const child = spawn(command, args, { env: { ...process.env, LC_ALL: "C" } });
  child.stdin.on("error", () => {}); // The compiler stopped reading: its exit code and messages say why.
  child.stdin.end(text);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [output, messages, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
  return { code, output, messages };
}

const common = [
  "-std=gnu11",
  "-fms-extensions",
  "-Wno-builtin-declaration-mismatch",
  "-Werror=incompatible-pointer-types",
];
const gccOnly = ["-fmax-errors=0", "-ftrack-macro-expansion=0", "-fno-diagnostics-show-caret"];
const clangOnly = [
  "-ferror-limit=0",
  "-fno-caret-diagnostics",
  "-Wno-unknown-warning-option",
  "-Werror=incompatible-function-pointer-types",
];
const perUnit: Readonly<Record<Unit, readonly string[]>> = {
  facts: ["-fsyntax-only"],
  types: ["-fsyntax-only", "-fno-builtin", "-Dconst="],
  values: ["-S", "-O2"],
};
