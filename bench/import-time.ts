import { execFileSync } from "node:child_process";

const program = `
  const start = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - start);
`;

/** What an import takes in a fresh process beyond the import of an empty module: the medians, in ms. */
export function importTime(module: string, processes: number): { readonly empty: number; readonly module: number } {
  const times = { empty: [] as number[], module: [] as number[] };
  for (let round = 0; round < processes; round += 1) {
    times.empty.push(importOnce("data:text/javascript,"));
    times.module.push(importOnce(module));
  }
  return { empty: median(times.empty), module: median(times.module) };
}

function importOnce(module: string): number {
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", program, module], { encoding: "utf8" }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
