/**
 * Results as tables: aligned text, which is Markdown at the same time.
 *
 * @module
 */

import type { Sample } from "./measure.ts";
import type { Peer } from "./peers.ts";
import type { Metric, Scenario } from "./scenarios.ts";
import { format, formatRatio, summarize, type Summary } from "./statistics.ts";

/** Every run of one server in one scenario. */
export interface Result {
  readonly scenario: Scenario;
  readonly peer: Peer;
  readonly samples: readonly Sample[];
}

/** What one figure of a result came to. */
export function summaryOf({ samples }: Result, { key }: Metric): Summary {
  return summarize(samples.map((sample) => sample[key] ?? NaN));
}

/** Aligns the columns of a Markdown table: the first to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) =>
    Math.max(3, ...rows.map((row) => [...row[column]].length))
  );
  const line = (row: readonly string[]) =>
    `| ${
      row.map((cell, column) => {
        const gap = " ".repeat(widths[column] - [...cell].length);
        return column === 0 ? cell + gap : gap + cell;
      }).join(" | ")
    } |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  const [head, ...body] = rows.map(line);
  return [head, `| ${rule.join(" | ")} |`, ...body].join("\n");
}

function rowOf(result: Result, results: readonly Result[]): string[] {
  const [main, ...others] = result.scenario.metrics;
  const summary = summaryOf(result, main);
  const base = (is: Peer["is"]) => {
    const found = results.find(({ peer }) => peer.is === is);
    return found ? summaryOf(found, main).median : NaN;
  };
  return [
    result.peer.name,
    format(summary.median),
    `${format(summary.least)} – ${format(summary.most)}`,
    formatRatio(summary.median, base("bare")),
    formatRatio(summary.median, base("c")),
    ...others.map((metric) => format(summaryOf(result, metric).median)),
  ];
}

/** The table of one scenario, with its title. */
export function scenarioTable(results: readonly Result[]): string {
  const [{ scenario: { title, metrics } }] = results;
  const [main, ...others] = metrics;
  const head = [
    "",
    main.unit,
    "least – most",
    "÷ bare",
    "÷ C",
    ...others.map(({ unit }) => unit),
  ];
  const rows = results.map((result) => rowOf(result, results));
  return `### ${title}\n\n${table([head, ...rows])}`;
}

/** Groups results by scenario, in their order. */
export function byScenario(results: readonly Result[]): Result[][] {
  return [...Map.groupBy(results, ({ scenario }) => scenario).values()];
}

/** What was not as it should be, in a sentence each. */
export function remarks(results: readonly Result[], limit: number): string[] {
  const samples = results.flatMap(({ samples }) => samples);
  const disturbed = samples.filter((sample) => sample.disturbed >= limit);
  const wrong = results.filter(({ samples }) =>
    samples.some((sample) => sample.errors > 0)
  );
  return [
    ...(disturbed.length === 0 ? [] : [
      `Other programs used the cores in ${disturbed.length} of ${samples.length} runs.`,
    ]),
    ...wrong.map(({ peer, scenario }) =>
      `${peer.name} had errors: ${scenario.title}.`
    ),
  ];
}
