import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const metadata = join(import.meta.dirname, "../../metadata");
const nm = "x86_64-w64-mingw32-nm";
const installed = spawnSync(nm, ["--version"]).status === 0;

interface HeaderFile {
  readonly functions?: Readonly<Record<string, { readonly libraries?: readonly string[] }>>;
}

/** Functions of the metadata, with the DLLs that they name. */
function functionsOf(dll: string): readonly string[] {
  return readdirSync(metadata).flatMap((file) => {
    const { functions = {} } = JSON.parse(readFileSync(join(metadata, file), "utf8")) as HeaderFile;
    return Object.entries(functions).flatMap(([name, { libraries }]) => (libraries?.includes(dll) ? [name] : []));
  });
}

/** The exports of a DLL of Windows, as mingw-w64 knows them. */
function exportsOf(name: string): ReadonlySet<string> {
  const { stdout } = spawnSync(nm, [`/usr/x86_64-w64-mingw32/lib/lib${name}.a`], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return new Set([...stdout.matchAll(/ T (\w+)$/gm)].map(([, symbol]) => symbol as string));
}

describe.runIf(installed)("the DLLs that the metadata names for functions", () => {
  it("match mingw-w64's import library of secur32.dll, except for two functions that it does not know yet", () => {
    const known = exportsOf("secur32");
    expect(known.size).toBeGreaterThan(80);
    const missing = functionsOf("secur32.dll").filter((name) => !known.has(name));
    expect(missing.sort()).toEqual(["DelegateSecurityContext", "SspiSetChannelBindingFlags"]);
  });

  it("are sspicli.dll for the functions that only sspicli.dll exports", () => {
    const [secur32, sspicli] = [exportsOf("secur32"), exportsOf("sspicli")];
    const only = ["SspiEncryptAuthIdentityEx", "SspiDecryptAuthIdentityEx"];
    expect(only.filter((name) => sspicli.has(name) && !secur32.has(name))).toEqual(only);
    const named = new Set(functionsOf("secur32.dll"));
    expect(only.filter((name) => named.has(name))).toEqual([]);
    expect(functionsOf("sspicli.dll")).toEqual(expect.arrayContaining(only));
  });
});
