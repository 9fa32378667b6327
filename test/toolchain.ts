import { reaches } from "./local-imports.ts";

const programs = new Set(["node:child_process", "node:v8", "esbuild", "typescript"]);

/**
 * Whether a test compiles, starts other processes, runs the generator or asks V8 to collect: what takes long, or leaves
 * its mark on the process. Its imports say so.
 */
export function usesToolchain(test: string): boolean {
  return reaches(
    test,
    (target, importer) => programs.has(target) || (target === "ts-morph" && importer.startsWith("codegen/")),
  );
}
