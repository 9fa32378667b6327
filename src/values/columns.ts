/** Formats rows of short values as lines; each column is as wide as its longest value. */
export function columnLines(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((value, column) => value.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
}

/** Formats rows of short values as one text, with a line for each row. */
export function columns(rows: readonly (readonly string[])[]): string {
  return columnLines(rows).join("\n");
}
