/** One seed that is always the same, and one of this run: `SSPI_FUZZ_SEED` repeats a run. */
export function chosenSeeds(): readonly [number, number] {
  const given = process.env["SSPI_FUZZ_SEED"];
  return [1, given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)];
}
