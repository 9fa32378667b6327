import { closeSync, openSync, readSync } from "node:fs";

const machines: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  PE: { 332: "ia32", 34404: "x64", 43620: "arm64" },
  ELF: { 3: "ia32", 62: "x64", 183: "arm64", 40: "arm" },
};

/**
 * The platform that a library file was built for, in Node's words (`"ELF x64"`); undefined if the format is unknown.
 */
export function moduleArchitecture(file: string): { readonly format: string; readonly arch: string } | undefined {
  const head = Buffer.alloc(4096);
  try {
    const descriptor = openSync(file, "r");
    try {
      readSync(descriptor, head, 0, head.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
  if (head.toString("latin1", 0, 4) === "\x7fELF") return named("ELF", head.readUInt16LE(18));
  if (head.toString("latin1", 0, 2) !== "MZ") return undefined;
  const start = head.readUInt32LE(0x3c);
  if (start + 6 > head.length || head.toString("latin1", start, start + 4) !== "PE\0\0") return undefined;
  return named("PE", head.readUInt16LE(start + 4));
}

function named(format: "PE" | "ELF", machine: number): { readonly format: string; readonly arch: string } {
  return { format, arch: machines[format]?.[machine] ?? `machine 0x${machine.toString(16)}` };
}

/** The reason why this process cannot load a file, if the file's first bytes show one. */
export function mismatch(file: string, { platform, arch }: { platform: string; arch: string }): string | undefined {
  const built = moduleArchitecture(file);
  if (!built) return undefined;
  const format = platform === "win32" ? "PE" : platform === "darwin" ? "Mach-O" : "ELF";
  if (built.format === format && built.arch === arch) return undefined;
  return `it is built for ${built.format} ${built.arch}, and this is a process of ${format} ${arch}`;
}
