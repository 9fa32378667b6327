/** One that is always the same, and one of this run: `SSPI_FUZZ_SEED` tries that again. */
export function chosenSeeds(): readonly [number, number] {
  const given = process.env["SSPI_FUZZ_SEED"];
  return [1, given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)];
}
