import fs, { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { isUnchanged, type SamState, samStateAt } from "../../src/credentials/sam-state.ts";

const hash = "2e24f97bff26b2458887a9b16a3c2c39";
const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-sam-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

let files = 0;
function fileOf(user: string): string {
  files += 1;
  const path = join(folder, String(files));
  write(path, user);
  return path;
}

function write(path: string, user: string): void {
  writeFileSync(path, `${user}:::${hash}:::\n`);
}

const users = ({ lines }: SamState): readonly string[] => lines.map(({ user }) => user);

/** Makes files that were just written old enough for their times to tell of every change. */
function later(): void {
  const now = Date.now() + 60_000;
  vi.spyOn(Date, "now").mockReturnValue(now);
}

/** Runs `work` while a file shows the same times, as it does within one step of its file system's clock. */
function withinOneStep(path: string, work: () => void): void {
  const { statSync: stat, fstatSync } = fs;
  const stats = statSync(path, { bigint: true });
  Object.assign(fs, { statSync: () => stats, fstatSync: () => stats });
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(fs, { statSync: stat, fstatSync });
    syncBuiltinESMExports();
  }
}

describe("the state of a file of users", () => {
  it("is read once while the file keeps the times of long ago, whoever looks", () => {
    const path = fileOf("alice");
    later();
    const state = samStateAt(path);
    expect(users(state)).toEqual(["alice"]);
    expect(samStateAt(path)).toBe(state);
  });

  it("is read again when the file has changed, or another has got its name", () => {
    const path = fileOf("alice");
    later();
    const first = samStateAt(path);
    write(path, "carol");
    const second = samStateAt(path);
    expect(users(second)).toEqual(["carol"]);
    renameSync(fileOf("david"), path);
    const third = samStateAt(path);
    expect(users(third)).toEqual(["david"]);
    expect([isUnchanged(first, second), isUnchanged(second, third), isUnchanged(third, samStateAt(path))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("is read again where the file changed twice within one step of its times", () => {
    const path = fileOf("alice");
    withinOneStep(path, () => {
      const before = samStateAt(path);
      expect(isUnchanged(before, samStateAt(path))).toBe(true);
      write(path, "carol");
      const after = samStateAt(path);
      expect(users(after)).toEqual(["carol"]);
      expect(isUnchanged(before, after)).toBe(false);
    });
  });

  it("is read again while the file's times are of the future, where they tell nothing", () => {
    const path = fileOf("alice");
    const next = (Date.now() + 60_000) / 1000;
    fs.utimesSync(path, next, next);
    later();
    withinOneStep(path, () => {
      samStateAt(path);
      write(path, "carol");
      expect(users(samStateAt(path))).toEqual(["carol"]);
    });
  });

  it("is kept for a few files only", () => {
    later();
    const path = fileOf("alice");
    const first = samStateAt(path);
    for (let others = 0; others < 15; others += 1) samStateAt(fileOf("bob"));
    expect(samStateAt(path)).toBe(first);
    samStateAt(fileOf("bob"));
    expect(samStateAt(path)).not.toBe(first);
    expect(isUnchanged(first, samStateAt(path))).toBe(true);
  });

  it("says why the file cannot be read, and is the same as long as it cannot", () => {
    const path = join(folder, "none");
    const missing = samStateAt(path);
    expect(missing).toMatchObject({ lines: [], error: { code: "ENOENT" } });
    expect(isUnchanged(missing, samStateAt(path))).toBe(true);
    write(path, "alice");
    const present = samStateAt(path);
    expect([isUnchanged(missing, present), isUnchanged(present, missing)]).toEqual([false, false]);
  });

  it.each([
    ["all of its lines have a hash", `alice:::${hash}:::\nbob:::${hash}:::\n`, true],
    ["one of its lines has none", `alice:::${hash}:::\nbob::::::\n`, false],
  ])("says whether everybody could log on: %s", (_, text, hashed) => {
    const path = fileOf("alice");
    writeFileSync(path, text);
    expect(samStateAt(path).hashed).toBe(hashed);
  });
});

describe("two looks at a file of users", () => {
  const stats = { ctimeNs: 5n, mtimeNs: 4n, size: 60n, ino: 7n, dev: 8n };
  const line = { user: "alice", domain: "CORP", hasHash: true };
  const look = (changed: object = {}, lines: SamState["lines"] = [line]): SamState => ({
    stats: { ...stats, ...changed } as SamState["stats"],
    lines,
    hashed: true,
    error: undefined,
  });

  it("found the same where the times, the file and its lines are the same", () => {
    expect(isUnchanged(look(), look({}, [{ ...line }]))).toBe(true);
  });

  it.each(Object.keys(stats))("found another file where %s alone differs", (name) => {
    expect(isUnchanged(look(), look({ [name]: 9n }))).toBe(false);
  });

  it.each([
    ["user", { ...line, user: "bob" }],
    ["domain", { ...line, domain: "" }],
    ["hash", { ...line, hasHash: false }],
  ])("found another file where the %s of one line alone differs", (_, other) => {
    expect(isUnchanged(look({}, [line, line]), look({}, [line, other]))).toBe(false);
    expect(isUnchanged(look({}, [line, other]), look({}, [line, line]))).toBe(false);
  });

  it("found another file where there is a line more, or none that can be read", () => {
    expect(isUnchanged(look(), look({}, [line, line]))).toBe(false);
    expect(isUnchanged(look({}, [line, line]), look())).toBe(false);
    expect(isUnchanged(look(), { ...look(), stats: undefined })).toBe(false);
    expect(isUnchanged({ ...look(), stats: undefined }, look())).toBe(false);
  });
});
