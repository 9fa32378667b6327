import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { callbackSlots } from "../../src/native/index.ts";
import { PackageHost, PackageLoadError } from "../../src/packages.ts";
import { CompiledLibraries, canCompile, type Defines } from "../fixtures/compiled-library.ts";
import { hosted } from "./hosted.ts";
import { testPackage } from "./test-package.ts";

const libraries = new CompiledLibraries();
afterAll(() => libraries.remove());
let compiled = 0;

function fixture(defines: Defines): string {
  compiled += 1;
  return libraries.compile("package.c", `loading-${compiled}.so`, defines);
}

/** A host that loads nothing, and keeps nothing of what it refused. */
function refusing(file: string, options = {}): unknown {
  const host = new PackageHost();
  try {
    host.load(file, options);
  } catch (error) {
    expect(host.packages).toEqual([]);
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
    return error;
  } finally {
    host.close();
    expect(callbackSlots()).toBe(0);
  }
  return undefined;
}

function refusal(reason: RegExp): object {
  return expect.objectContaining({
    name: "PackageLoadError",
    code: "SSPI_PACKAGE_LOAD",
    message: expect.stringMatching(reason),
  });
}

describe("what is no package", () => {
  it("a file that is not there", () => {
    expect(refusing("/nowhere/package.so")).toEqual(
      refusal(/^\/nowhere\/package\.so: it cannot be loaded: .*No such file/),
    );
  });

  it("a file that is no library", () => {
    expect(refusing(import.meta.filename)).toEqual(refusal(/it cannot be loaded/));
  });

  it.runIf(canCompile())("a library for another architecture", () => {
    const foreign = join(fixture({}), "..", "foreign.so");
    const head = Buffer.alloc(4096);
    head.write("\x7fELF\x02\x01\x01", "latin1");
    head.writeUInt16LE(183, 18);
    writeFileSync(foreign, head);
    expect(refusing(foreign)).toEqual(refusal(/it is built for ELF arm64, and this is a process of ELF x64/));
    head.fill(0);
    head.write("MZ", "latin1");
    head.writeUInt32LE(64, 0x3c);
    head.write("PE\0\0\x64\x86", 64, "latin1");
    writeFileSync(foreign, head);
    expect(refusing(foreign)).toEqual(refusal(/it is built for PE x64, and this is a process of ELF x64/));
  });

  it.runIf(canCompile()).each<[string, Defines, RegExp]>([
    [
      "a library without the entry point",
      { NO_ENTRY: true },
      /it is no security package: it does not export SpLsaModeInitialize/,
    ],
    ["an entry point that refuses", { REFUSE: true }, /SpLsaModeInitialize answered STATUS_ACCESS_DENIED/],
    ["no table", { ZERO_TABLES: true }, /SpLsaModeInitialize gave no function table/],
    ["a version that is none", { GARBAGE_VERSION: true }, /gave a version that is none: .* got 0x7/],
    ["a table without GetInfo", { NO_INFO: true }, /no GetInfo, so it has no name/],
    ["an Initialize that fails", { FAIL_INITIALIZE: true }, /Initialize answered STATUS_UNSUCCESSFUL/],
    ["two packages of one name", { TABLES: 2, SAME_NAME: 1 }, /there is a package "Fixture" already/],
  ])("%s", (_what, defines, reason) => {
    expect(refusing(fixture(defines))).toEqual(refusal(reason));
  });

  it("a path that is none", () => {
    using host = new PackageHost();
    for (const path of ["", "a\0b", 5]) expect(() => host.load(path as string)).toThrow(TypeError);
  });
});

describe("what is one", () => {
  it.runIf(canCompile())("with positive statuses from its initialisers", () => {
    using host = new PackageHost();
    expect(host.load(fixture({ POSITIVE: true }))).toMatchObject([{ name: "Fixture" }]);
  });

  it.runIf(canCompile())("with the LSA's side alone", () => {
    using host = new PackageHost();
    expect(host.load(fixture({ LSA_ONLY: true }))).toMatchObject([{ name: "Fixture" }]);
  });

  it.runIf(canCompile())("with a table longer or shorter than its version says, where that is said", () => {
    using host = new PackageHost();
    host.load(fixture({ TABLES: 2 }), { tableSize: 27 * 8, userTableSize: 14 * 8 });
    expect(host.packages.map(({ name }) => name)).toEqual(["Fixture", "Fixture2"]);
  });
});

describe("names and ends", () => {
  it("a name is taken once, whatever its case, and the other package stays", () => {
    const { host } = hosted();
    const other = testPackage({ name: "TEST" });
    onTestFinished(() => other.close());
    expect(() => host.add(other)).toThrow(PackageLoadError);
    expect(() => host.add(other)).toThrow('TEST: there is a package "Test" already, from Test');
    expect(host.packages).toHaveLength(1);
  });

  it("several packages live in one host", () => {
    const { host } = hosted();
    const other = testPackage({ name: "Other", capabilities: [] });
    host.add(other);
    expect(host.packages.map(({ name }) => name)).toEqual(["Test", "Other"]);
    expect(host.negotiable).toEqual(["Test"]);
    host.close();
    other.close();
  });

  it("a closed host loads nothing, and closing is harmless when repeated", () => {
    const host = new PackageHost();
    using defined = testPackage();
    host.close();
    host.close();
    expect(() => host.add(defined)).toThrow(/has been closed/);
  });

  it("a package that is loaded cannot be closed, and one that is closed cannot be loaded", () => {
    const host = new PackageHost();
    const defined = testPackage();
    host.add(defined);
    expect(() => defined.close()).toThrow(/still loaded by a host/);
    host.close();
    defined.close();
    defined.close();
    using second = new PackageHost();
    expect(() => second.add(defined)).toThrow(/has been closed/);
  });

  it("callbacks come from a process's own, and go back", () => {
    const before = callbackSlots();
    const host = new PackageHost();
    expect(callbackSlots() - before).toBe(70);
    host.close();
    expect(callbackSlots()).toBe(before);
  });
});
