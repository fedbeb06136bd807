/**
 * The figures of each flow, as a table.
 *
 * @module
 */

import { formatMs, formatPercent, formatRtt } from "./format.ts";
import type { Figures } from "../figures/summary.ts";

/** Of more flows than this only the worst are shown. */
const MOST_ROWS = 64;
const WORST_ROWS = 16;

const HEAD = [
  "flow",
  "sent",
  "received",
  "loss",
  "dup",
  "order",
  "damaged",
  "min/avg/max/mdev ms",
  "p99",
  "jitter",
];

/** Draws the table, a line each. */
export function flowTable(flows: readonly Figures[]): string[] {
  const numbered = flows.map((figures, i) => ({ figures, number: i + 1 }));
  const shown = flows.length <= MOST_ROWS
    ? numbered
    : numbered.sort((a, b) => badness(b.figures) - badness(a.figures))
      .slice(0, WORST_ROWS);
  const rows = [HEAD, ...shown.map(row)];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((row) => row[column].length))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padStart(widths[column])).join("  ")
  );
  return shown.length === flows.length
    ? lines
    : [`the worst ${WORST_ROWS} of ${flows.length} flows:`, ...lines];
}

function row(
  { figures: { counts, lossPercent, rtt, jitterMs }, number }: {
    figures: Figures;
    number: number;
  },
): string[] {
  return [
    `${number}`,
    `${counts.sent}`,
    `${counts.received}`,
    lossPercent === undefined ? "-" : formatPercent(lossPercent),
    `${counts.duplicated}`,
    `${counts.reordered}`,
    `${counts.damaged}`,
    rtt ? formatRtt(rtt) : "-",
    rtt ? formatMs(rtt.p99) : "-",
    rtt ? formatMs(jitterMs) : "-",
  ];
}

/** First by loss, then by how slow it is. */
function badness({ lossPercent, rtt }: Figures): number {
  return (lossPercent ?? 0) * 1e9 + (rtt?.p99 ?? 0);
}
