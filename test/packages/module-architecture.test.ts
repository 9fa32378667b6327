import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mismatch, moduleArchitecture } from "../../src/packages/host/module-architecture.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-modules-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(bytes: Uint8Array): string {
  const file = join(folder, "module");
  writeFileSync(file, bytes);
  return file;
}

function elf(machine: number, size = 64): string {
  const head = Buffer.alloc(size);
  head.write("\x7fELF\x02\x01\x01", "latin1");
  if (size >= 20) head.writeUInt16LE(machine, 18);
  return fileOf(head);
}

function pe(machine: number, { start = 64, size = 4096, mark = "PE\0\0", dos = "MZ" } = {}): string {
  const head = Buffer.alloc(size);
  head.write(dos, "latin1");
  head.writeUInt32LE(start, 0x3c);
  if (start + 6 <= size) {
    head.write(mark, start, "latin1");
    head.writeUInt16LE(machine, start + 4);
  }
  return fileOf(head);
}

describe("the platform of a library file", () => {
  it.each([
    [3, "ia32"],
    [62, "x64"],
    [183, "arm64"],
    [40, "arm"],
    [243, "machine 0xf3"],
  ])("is the machine %i of an ELF file: %s", (machine, arch) => {
    expect(moduleArchitecture(elf(machine))).toEqual({ format: "ELF", arch });
  });

  it.each([
    [332, "ia32"],
    [34404, "x64"],
    [43620, "arm64"],
    [62, "machine 0x3e"],
  ])("is the machine %i of a PE file: %s", (machine, arch) => {
    expect(moduleArchitecture(pe(machine))).toEqual({ format: "PE", arch });
    expect(moduleArchitecture(pe(machine, { start: 4090 }))).toEqual({ format: "PE", arch });
    expect(moduleArchitecture(pe(machine, { start: 64, size: 70 }))).toEqual({ format: "PE", arch });
  });

  it("is unknown for other files, and for a file that cannot be read", () => {
    for (const file of [
      fileOf(Buffer.alloc(0)),
      fileOf(Buffer.from("#!/bin/sh\n")),
      fileOf(Buffer.from("\x7fELE\x02".padEnd(100, "\x3e"), "latin1")),
      pe(332, { dos: "ZM" }),
      pe(332, { mark: "NE\0\0" }),
      pe(332, { mark: "PE\0\x01" }),
      pe(332, { start: 4091 }),
      pe(332, { start: 0xffff_ffff }),
      join(folder, "nowhere"),
      folder,
    ])
      expect(moduleArchitecture(file), file).toBeUndefined();
  });
});

describe("the reason why a process cannot load a file", () => {
  it.each([
    ["linux", "x64", "ELF"],
    ["win32", "x64", "PE"],
    ["darwin", "x64", "Mach-O"],
    ["linux", "arm64", "ELF"],
  ])("is told on %s %s for a library of another format or machine, and for no other", (platform, arch, format) => {
    const process = { platform, arch };
    const reason = (built: string) => `it is built for ${built}, and this is a process of ${format} ${arch}`;
    const [own, other] = arch === "x64" ? [62, 183] : [183, 62];
    const [named, otherNamed] = arch === "x64" ? ["x64", "arm64"] : ["arm64", "x64"];
    const [ownPe, otherPe] = arch === "x64" ? [34404, 43620] : [43620, 34404];
    expect(mismatch(elf(own), process)).toBe(format === "ELF" ? undefined : reason(`ELF ${named}`));
    expect(mismatch(elf(other), process)).toBe(reason(`ELF ${otherNamed}`));
    expect(mismatch(pe(ownPe), process)).toBe(format === "PE" ? undefined : reason(`PE ${named}`));
    expect(mismatch(pe(otherPe), process)).toBe(reason(`PE ${otherNamed}`));
    expect(mismatch(fileOf(Buffer.from("text")), process)).toBeUndefined();
  });
});
