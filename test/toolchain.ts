import { reaches } from "./local-imports.ts";

const programs = new Set(["node:child_process", "node:v8", "esbuild", "typescript"]);

/**
 * Whether a test's imports show that it compiles, starts other processes, runs the generator or makes V8 collect
 * garbage, which takes long or has lasting effects on the process.
 */
export function usesToolchain(test: string): boolean {
  return reaches(
    test,
    (target, importer) => programs.has(target) || (target === "ts-morph" && importer.startsWith("codegen/")),
  );
}

/** Whether a test reads the types of the library's declarations, for which TypeScript reads all files of the library. */
export function readsTypes(test: string): boolean {
  return reaches(test, (target) => /\/(source-project|public-members)\.ts$/.test(target));
}
