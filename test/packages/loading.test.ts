import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { PackageHost, PackageLoadError } from "../../src/packages.ts";
import { libc } from "../native/libc.ts";
import { hosted } from "./hosted.ts";
import { refusal, refusing } from "./refused-modules.ts";
import { testPackage } from "./test-package.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-loading-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pointer = pointerSize(hostAbi);
const ownFormat = process.platform === "win32" ? "PE" : "ELF";

/** Writes only a library's header, which no loader accepts, and returns the file's path. */
function libraryHead(format: "ELF" | "PE", arch: "x64" | "arm64"): string {
  const head = Buffer.alloc(4096);
  if (format === "ELF") {
    head.write("\x7fELF\x02\x01\x01", "latin1");
    head.writeUInt16LE({ x64: 62, arm64: 183 }[arch], 18);
  } else {
    head.write("MZ", "latin1");
    head.writeUInt32LE(64, 0x3c);
    head.write("PE\0\0", 64, "latin1");
    head.writeUInt16LE({ x64: 0x8664, arm64: 0xaa64 }[arch], 68);
  }
  const file = join(folder, `${format}-${arch}`);
  writeFileSync(file, head);
  return file;
}

describe("PackageHost.load() refuses", () => {
  it("a file that does not exist", () => {
    expect(refusing("/nowhere/package.so")).toEqual(
      refusal(/^\/nowhere\/package\.so: it cannot be loaded: .*(No such file|Module not found)/),
    );
  });

  it("a file that is no library", () => {
    const error = refusing(import.meta.filename);
    expect(error).toEqual(refusal(/it cannot be loaded/));
    expect(error).toHaveProperty("cause", expect.any(Error));
  });

  it.each(["ELF", "PE"] as const)("a library for another architecture: %s arm64", (format) => {
    const file = libraryHead(format, "arm64");
    expect(refusing(file)).toEqual(
      refusal(new RegExp(`it is built for ${format} arm64, and .* of ${ownFormat} ${process.arch}`)),
    );
  });

  it("a library for another system", () => {
    const format = ownFormat === "PE" ? "ELF" : "PE";
    const file = libraryHead(format, "x64");
    expect(refusing(file)).toEqual(
      refusal(new RegExp(`it is built for ${format} x64, and .* of ${ownFormat} ${process.arch}`)),
    );
  });

  it("a system library that is no package", () => {
    expect(refusing(libc)).toEqual(refusal(/it is no security package: it does not export SpLsaModeInitialize/));
  });

  it("a path that is empty, contains NUL or is no string", () => {
    using host = new PackageHost();
    for (const path of ["", "a\0b", 5]) expect(() => host.load(path as string)).toThrow(/^file: expected/);
  });
});

describe("PackageHost refuses", () => {
  const name = "x";
  const SpLsaModeInitialize = 0x1000n;

  it.each<[unknown, RegExp]>([
    [undefined, /module: expected { name, SpLsaModeInitialize, … }, got undefined/],
    [null, /module: expected .* got null/],
    [{ SpLsaModeInitialize }, /module\.name: expected/],
    [{ name }, /module\.SpLsaModeInitialize: expected a function pointer \(a bigint\), got undefined/],
    [{ name, SpLsaModeInitialize: 5 }, /SpLsaModeInitialize: expected a function pointer \(a bigint\), got number/],
    [{ name, SpLsaModeInitialize: 0n }, /SpLsaModeInitialize: expected a function pointer, got 0/],
    [{ name, SpLsaModeInitialize: -8n }, /SpLsaModeInitialize: expected a function pointer, got -8/],
    [
      { name, SpLsaModeInitialize: 1n << 64n },
      /SpLsaModeInitialize: expected a function pointer, got 18446744073709551616/,
    ],
    [
      { name, SpLsaModeInitialize, SpUserModeInitialize: 0n },
      /SpUserModeInitialize: expected a function pointer, got 0/,
    ],
  ])("a module without a callable entry point: %o", (module, reason) => {
    using host = new PackageHost();
    expect(() => host.add(module as never)).toThrow(reason);
  });

  it.each<[unknown, RegExp]>([
    [null, /options: expected \{ tableSize, userTableSize, .*, got null/],
    [{ nullInput: 1 }, /nullInput: expected a boolean, got number/],
    [{ tableSize: "27" }, /tableSize: expected a number of bytes, got string/],
    ...[0, -8, 7, 8.5, Number.NaN, 1e9].map((size): [unknown, RegExp] => [
      { userTableSize: size },
      new RegExp(`userTableSize: expected whole pointers of ${pointer} bytes, at most ${60 * pointer} bytes, got`),
    ]),
  ])("wrong options: %o", (options, reason) => {
    using host = new PackageHost();
    using defined = testPackage();
    expect(() => host.add(defined, options as never)).toThrow(reason);
    expect(() => host.load("/nowhere", options as never)).toThrow(reason);
  });

  it.each([undefined, -1, 0.5, "1"])("a wrong number of allocations in failAllocation(): %s", (count) => {
    using host = new PackageHost();
    if (count !== undefined) expect(() => host.failAllocation(count as number)).toThrow(/succeeding: expected/);
    else host.failAllocation();
  });
});

describe("a PackageHost", () => {
  it("refuses a second package of the same name, whatever its case, and keeps the first", () => {
    const { host } = hosted();
    const other = testPackage({ name: "TEST" });
    onTestFinished(() => other.close());
    expect(() => host.add(other)).toThrow(PackageLoadError);
    expect(() => host.add(other)).toThrow('TEST: there is a package "Test" already, from Test');
    expect(host.packages).toHaveLength(1);
  });

  it("holds several packages", () => {
    const { host } = hosted();
    const other = testPackage({ name: "Other", capabilities: [] });
    host.add(other);
    expect(host.packages.map(({ name }) => name)).toEqual(["Test", "Other"]);
    expect(host.negotiable).toEqual(["Test"]);
    host.close();
    other.close();
  });

  it("loads nothing after close(), which may be called twice", () => {
    const host = new PackageHost();
    using defined = testPackage();
    host.close();
    host.close();
    expect(() => host.add(defined)).toThrow(/has been closed/);
  });

  it("keeps a loaded package from being closed, and refuses a closed package", () => {
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

  it("takes 70 of the process's callback slots and returns them at close()", () => {
    const before = callbackSlots();
    const host = new PackageHost();
    expect(callbackSlots() - before).toBe(70);
    host.close();
    expect(callbackSlots()).toBe(before);
  });
});
