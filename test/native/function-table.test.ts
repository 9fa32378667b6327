import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providerSlots } from "../../generated/provider.ts";
import { SecurityFunctionTableW } from "../../generated/sspi/structs.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { runChild } from "../fixtures/child.ts";
import { CompiledLibraries, canCompile, type Defines } from "../fixtures/compiled-library.ts";

interface Report {
  readonly tableVersion: number | null;
  readonly members: Readonly<Record<string, number | null>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly has: readonly string[];
  readonly kind: string;
  readonly label: string;
  readonly version: string | null;
}

const unsupported = 0x8009_0302;
const freeContextBuffer = 16;
const libraries: Readonly<Record<string, Defines>> = {
  version1: { TABLE_VERSION: 1 },
  version2: { TABLE_VERSION: 2 },
  version3: { TABLE_VERSION: 3 },
  version4: { TABLE_VERSION: 4 },
  version5: { TABLE_VERSION: 5 },
  none: { TABLE_VERSION: 0 },
  hole: { TABLE_VERSION: 5, NULL_MEMBER: freeContextBuffer },
  winpr2: { TABLE_VERSION: 1, EXPORTS_TOO: true, WINPR_STRING: true },
  winpr3: { TABLE_VERSION: 5, WINPR_ENTRY: true, WINPR_STRING: true },
  libsspi: { TABLE_VERSION: 5 },
};

const slots = Object.entries(providerSlots).filter(([, { member }]) => member !== undefined);

/** The number that a member returns: 0x1000 plus its index in the table. */
function answerOf(name: string): number {
  const { offsets } = SecurityFunctionTableW.layouts[hostAbi];
  return 0x1000 + offsets[name as keyof typeof offsets] / pointerSize(hostAbi);
}

describe.runIf(canCompile())("the function table of a library", { timeout: 60_000 }, () => {
  const compiled = new CompiledLibraries();
  const reports = new Map<string, Report>();
  const report = (name: string): Report => reports.get(name) as Report;

  beforeAll(() => {
    const names = Object.keys(libraries);
    const files = names.map((name) => compiled.compile("function-table.c", `${name}.so`, libraries[name] as Defines));
    // The tables are read in a child process, because reading beyond a table would end the process.
    const { code, signal, stdout, stderr } = runChild("report-function-table.ts", { args: files });
    if (code !== 0) throw new Error(`reading a function table ended the process (${signal ?? code})\n${stderr}`);
    for (const [index, one] of (JSON.parse(stdout) as Report[]).entries()) reports.set(names[index] as string, one);
  }, 60_000);
  afterAll(() => compiled.remove());

  it.each([1, 2, 3, 4, 5])("of version %d is read to its end and no further", (version) => {
    const { tableVersion, members, answers, has } = report(`version${version}`);
    const there = slots.filter(([, { since }]) => (since ?? 1) <= version).map(([name]) => name);
    expect(tableVersion).toBe(version);
    expect(there.length).toBe([22, 23, 24, 25, 27][version - 1]);
    expect(members).toEqual(
      Object.fromEntries(slots.map(([name]) => [name, there.includes(name) ? answerOf(name) : null])),
    );
    expect(has).toEqual(there);
    for (const [name] of slots) expect(answers[name]).toBe(there.includes(name) ? answerOf(name) : unsupported);
  });

  it("may be missing, and then every function is absent", () => {
    const { tableVersion, has, answers } = report("none");
    expect([tableVersion, has]).toEqual([null, []]);
    expect(new Set(Object.values(answers))).toEqual(new Set([unsupported, 0]));
  });

  it("may contain a NULL member, and then only that function is absent", () => {
    const { has, answers, members } = report("hole");
    expect(slots.map(([name]) => name).filter((name) => !has.includes(name))).toEqual(["FreeContextBuffer"]);
    expect([members["FreeContextBuffer"], answers["FreeContextBuffer"]]).toEqual([null, unsupported]);
  });

  it("yields to exports, which may exist although the table's version is too old", () => {
    const { members, answers, has } = report("winpr2");
    expect(members["SetContextAttributesW"]).toBeNull();
    expect(has).toContain("SetContextAttributesW");
    expect([answers["SetContextAttributesW"], answers["FreeContextBuffer"]]).toEqual([0x2222, 0x2222]);
    expect(answers["MakeSignature"]).toBe(answerOf("MakeSignature"));
  });

  it("is read through WinPR's own entry point when the library has no other one", () => {
    expect(report("winpr3")).toMatchObject({ tableVersion: 5, kind: "winpr", version: "3.99.0" });
    expect(report("winpr3").members).toEqual(report("version5").members);
  });

  it("leaves the library's kind to its exports and file name, not to its folder", () => {
    const kinds = Object.fromEntries([...reports].map(([name, { kind }]) => [name, kind]));
    expect(kinds).toMatchObject({
      winpr2: "winpr",
      winpr3: "winpr",
      libsspi: "sspi-rs",
      version5: "other",
      none: "other",
    });
    expect(report("version5").label).toContain("sspi-ffi-");
    expect(basename(report("version5").label)).toBe("version5.so");
  });
});
