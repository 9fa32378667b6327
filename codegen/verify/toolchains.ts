import { existsSync } from "node:fs";
import type { Model } from "../model/types.ts";
import { type Compiler, compilerNamed, mingwRelease } from "./compiler.ts";
import { type HeaderSet, isWinpr, windowsHeaders, winprHeaders } from "./header-set.ts";
import type { Subject } from "./subject.ts";
import { subjectsOf } from "./subjects.ts";

/** Headers with the compilers that judge them. */
export interface Toolchain {
  readonly headers: HeaderSet;
  readonly compilers: readonly Compiler[];
  /** Which metadata they are the headers of. */
  readonly covers: (subject: Subject) => boolean;
  /** Whether the headers are the ones that the lists of absent names were made for; a later release has some of them. */
  readonly exact: boolean;
}

/** The release of mingw-w64 whose headers `codegen/absent/mingw` tells about: Debian 12's. */
const listedRelease = 10;
const mingw = ["x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc"];

/** The Windows headers. @throws Error saying what to install where there is no compiler for them */
export function windowsToolchain(model: Model, include: readonly string[]): Toolchain {
  const onWindows = process.platform === "win32";
  const named = process.env["CC"];
  const commands = onWindows ? [named ?? "gcc"] : mingw;
  const compilers = commands.flatMap((command) => compilerNamed(command) ?? []).filter(({ abi }) => abi !== "posix-64");
  if (compilers.length < commands.length)
    throw new Error(
      onWindows
        ? `${commands[0]} does not run: CC has to name a gcc or a clang`
        : `${mingw.join(" and ")} are needed: apt-get install gcc-mingw-w64-x86-64 gcc-mingw-w64-i686`,
    );
  const headers = headersOf(model).filter((header) => !isWinpr(header));
  return {
    headers: windowsHeaders(headers, include),
    compilers,
    covers: ({ header }) => !isWinpr(header),
    exact: include.length === 0 && compilers.every((compiler) => mingwRelease(compiler) === listedRelease),
  };
}

/** WinPR's own headers, or why they cannot be asked. */
export function winprToolchain(model: Model): Toolchain | { readonly unchecked: string } {
  const name = ["winpr3", "winpr2"].find((version) => existsSync(`/usr/include/${version}`));
  if (name === undefined) return { unchecked: "neither /usr/include/winpr3 nor /usr/include/winpr2 is there" };
  const compiler = compilerNamed("gcc");
  if (compiler?.abi !== "posix-64") return { unchecked: "there is no gcc for a 64-bit system" };
  const headers = headersOf(model).filter(isWinpr);
  return {
    headers: winprHeaders(name, headers, `/usr/include/${name}`),
    compilers: [compiler],
    covers: ({ header }) => isWinpr(header),
    exact: true,
  };
}

function headersOf(model: Model): string[] {
  return subjectsOf(model, "win32-x64").map(({ header }) => header);
}
