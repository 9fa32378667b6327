import { reaches } from "./local-imports.ts";

const programs = new Set(["node:child_process", "esbuild", "typescript"]);

/**
 * Whether a test compiles, starts other processes or runs the generator: what takes long, and leaves its mark on the
 * process. Its imports say so.
 */
export function usesToolchain(test: string): boolean {
  return reaches(
    test,
    (target, importer) => programs.has(target) || (target === "ts-morph" && importer.startsWith("codegen/")),
  );
}
