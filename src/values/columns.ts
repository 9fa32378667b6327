/** Rows of short values as lines, each column as wide as it has to be. */
export function columnLines(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((value, column) => value.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
}

/** The same as one text. */
export function columns(rows: readonly (readonly string[])[]): string {
  return columnLines(rows).join("\n");
}
