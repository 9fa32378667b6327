const name = "SSPI_MUTATED_FOLDER";

/** Tells the processes that Stryker starts which folder of `src` is mutated. */
export function tellMutatedFolder(folder: string): void {
  process.env[name] = folder;
}

/** Returns the folder that {@link tellMutatedFolder} set. */
export function mutatedFolder(): string {
  const folder = process.env[name];
  if (!folder) throw new Error(`${name}: expected the folder of src whose tests are to run`);
  return folder;
}
