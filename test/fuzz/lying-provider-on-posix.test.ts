import { afterAll, describe, expect, it } from "vitest";
import { CompiledLibraries, canCompile } from "../fixtures/compiled-library.ts";
import { fuzz } from "./fuzz-run.ts";
import type { Lied } from "./lying-provider-child.ts";
import { chosenSeeds } from "./seeds.ts";

const script = new URL("lying-provider-child.ts", import.meta.url);

describe.runIf(canCompile())("a library that lies", () => {
  const libraries = new CompiledLibraries();
  afterAll(() => libraries.remove());

  it("D2 is answered with typed errors, never ends the process, and leaves nothing alive", {
    timeout: 300_000,
  }, async () => {
    const library = libraries.compile("lying-provider.c", "lying-provider.so", {});
    const seeds = chosenSeeds();
    console.log(`a library that lies: seeds ${seeds.join(" and ")}; SSPI_FUZZ_SEED=${seeds[1]} tries them again`);
    const { cases, fatal } = await fuzz<Lied>(script, { library, seeds, rows: 150 });
    expect(fatal).toEqual([]);
    expect(cases.filter(({ flaws, held }) => flaws.length > 0 || held !== 0).slice(0, 5)).toEqual([]);
    const calls = cases.reduce((sum, one) => sum + one.calls, 0);
    const errors = cases.reduce((sum, one) => sum + one.errors, 0);
    expect([cases.length, calls > 3_000, errors > 1_000 && errors < calls]).toEqual([300, true, true]);
  });
});
