import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Model } from "../model/types.ts";
import { type Compiler, compilerNamed, mingwRelease } from "./compiler.ts";
import { appleHeaders, type Family, familyOf, type HeaderSet, posixHeaders, windowsHeaders } from "./header-set.ts";
import type { Subject } from "./subject.ts";
import { subjectsOf } from "./subjects.ts";

/** Headers, with the compilers that check them. */
export interface Toolchain {
  readonly headers: HeaderSet;
  readonly compilers: readonly Compiler[];
  /** Selects the part of the metadata that the headers belong to. */
  readonly covers: (subject: Subject) => boolean;
  /**
   * Whether the headers are the ones that the lists of absent names were made for; a later release declares some of
   * those names.
   */
  readonly exact: boolean;
}

/** The release of mingw-w64 that `codegen/absent/mingw` describes: Debian 12's. */
const listedRelease = 10;
const mingw = ["x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc"];

/** The Windows headers. @throws Error saying what to install if there is no compiler for them */
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
  return {
    headers: windowsHeaders(headersOf(model, "windows"), include),
    compilers,
    covers: isOf("windows"),
    exact: include.length === 0 && compilers.every((compiler) => mingwRelease(compiler) === listedRelease),
  };
}

/** Headers that this machine may lack, and the part of the metadata that is then not checked. */
export interface Optional {
  readonly library: string;
  readonly family: Family;
  /** The toolchains, or the reason why there are none. */
  readonly found: readonly Toolchain[] | string;
}

/** The headers of libraries for Unix. */
export function posixToolchains(model: Model): readonly Optional[] {
  const compiler = compilerNamed("gcc");
  if (process.platform === "darwin")
    return [
      { library: "GSS.framework", family: "gssapi", found: compiler ? [appleToolchain(compiler)] : "there is no gcc" },
    ];
  const found = (folders: readonly string[], make: (folder: string, gcc: Compiler) => readonly Toolchain[]) => {
    const folder = folders.find((one) => existsSync(one));
    if (folder === undefined) return `${folders.join(" and ")} ${folders.length > 1 ? "are" : "is"} not there`;
    return compiler?.abi === "posix-64" ? make(folder, compiler) : "there is no gcc for a 64-bit system";
  };
  const headers = headersOf(model, "gssapi");
  const gssapi = (name: string) => (folder: string, gcc: Compiler) => {
    const toolchain = posixToolchain(posixHeaders(name, headers, folder), gcc, isOf("gssapi"));
    return name === "mit" ? [toolchain, ...packedForApple(toolchain, gcc)] : [toolchain];
  };
  return [
    {
      library: "WinPR",
      family: "winpr",
      found: found(["/usr/include/winpr3", "/usr/include/winpr2"], (folder, gcc) => [
        posixToolchain(posixHeaders(basename(folder), headersOf(model, "winpr"), folder), gcc, isOf("winpr")),
      ]),
    },
    {
      library: "OpenSSL",
      family: "openssl",
      found: found(["/usr/include/openssl"], (folder, gcc) => [
        posixToolchain(posixHeaders("openssl", headersOf(model, "openssl"), folder), gcc, isOf("openssl")),
      ]),
    },
    { library: "MIT's GSSAPI", family: "gssapi", found: found(["/usr/include/mit-krb5"], gssapi("mit")) },
    { library: "Heimdal's GSSAPI", family: "gssapi", found: found(["/usr/include/heimdal"], gssapi("heimdal")) },
  ];
}

function posixToolchain(headers: HeaderSet, compiler: Compiler, covers: Toolchain["covers"]): Toolchain {
  return { headers, compilers: [compiler], covers, exact: true };
}

/**
 * Apple's headers, which declare the structs of RFC 2744 but not all others. No list of absent names exists for their
 * releases.
 */
export function appleToolchain(compiler: Compiler, headers: HeaderSet = appleHeaders()): Toolchain {
  const covers: Toolchain["covers"] = ({ header, kind }) => familyOf(header) === "gssapi" && layouts.has(kind);
  return { headers, compilers: [compiler], covers, exact: false };
}

/**
 * Checks MIT's gssapi.h as for Apple's x86-64, where it packs its structs; its extension headers are not covered,
 * because they leave packing to Apple.
 */
function packedForApple({ headers }: Toolchain, gcc: Compiler): readonly Toolchain[] {
  if (process.arch !== "x64") return [];
  const compiler: Compiler = { ...gcc, abi: "darwin-x64", defines: ["__APPLE__"] };
  return [posixToolchain(headers, compiler, ({ header, kind }) => header === "gssapi/gssapi.h" && layouts.has(kind))];
}

const layouts: ReadonlySet<string> = new Set(["structs", "fields"]);

function isOf(family: Family): Toolchain["covers"] {
  return ({ header }) => familyOf(header) === family;
}

function headersOf(model: Model, family: Family): string[] {
  const headers = subjectsOf(model, "win32-x64").map(({ header }) => header);
  return headers.filter((header) => familyOf(header) === family);
}
