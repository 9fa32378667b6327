/** Rows of short values, each column as wide as it has to be. */
export function columns(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) =>
      row
        .map((value, column) => value.padEnd(width(column)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
