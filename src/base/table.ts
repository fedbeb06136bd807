/**
 * Tables for a terminal.
 *
 * @module
 */

/** What stands in one cell: a text a line. */
export type Cell = readonly string[];

/** Draws a table: each column as wide as its widest line, a cell of several lines over as many. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const lines = [headings, ...rows.flatMap(linesOf)];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => line[column].length))
  );
  return lines.map((line) =>
    line.map((text, column) => text.padEnd(widths[column])).join("  ")
      .trimEnd() + "\n"
  ).join("");
}

function linesOf(row: readonly Cell[]): string[][] {
  const height = Math.max(...row.map((cell) => cell.length));
  return Array.from(
    { length: height },
    (_, i) => row.map((cell) => cell.at(i) ?? ""),
  );
}
