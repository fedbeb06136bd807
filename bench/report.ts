/**
 * Results as tables: aligned text, which is Markdown at the same time.
 *
 * @module
 */

import { isFar, type Sample } from "./measure.ts";
import type { Peer } from "./peers.ts";
import type { Metric, Scenario } from "./scenarios.ts";
import {
  format,
  formatRatio,
  medianRatio,
  summarize,
  type Summary,
} from "./statistics.ts";

/** Every run of one server in one scenario. */
export interface Result {
  readonly scenario: Scenario;
  readonly peer: Peer;
  /** One a round; nothing where it failed. */
  readonly samples: readonly (Sample | undefined)[];
}

/** What one figure of a result came to. */
export function summaryOf(result: Result, metric: Metric): Summary {
  return summarize(valuesOf(result, metric));
}

/** One figure of every round. */
function valuesOf({ samples }: Result, { key }: Metric): number[] {
  return samples.map((sample) => sample?.[key] ?? NaN);
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
  const ratioTo = (is: Peer["is"]) => {
    const base = results.find(({ peer }) => peer.is === is);
    const bases = base ? valuesOf(base, main) : [];
    return formatRatio(medianRatio(valuesOf(result, main), bases));
  };
  return [
    result.peer.name,
    format(summary.median),
    `${format(summary.least)} – ${format(summary.most)}`,
    ratioTo("bare"),
    ratioTo("c"),
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
export function byScenario<R extends Result>(results: readonly R[]): R[][] {
  return [...Map.groupBy(results, ({ scenario }) => scenario).values()];
}

/** What was not as it should be, in a sentence each. */
export function remarks(results: readonly Result[], limit: number): string[] {
  const samples = results.flatMap(({ samples }) => samples)
    .filter((sample) => sample !== undefined);
  const disturbed = samples.filter((sample) => sample.disturbed >= limit);
  const far = samples.filter(isFar);
  const wrong = results.filter(({ samples }) =>
    samples.some((sample) => sample && sample.errors > 0)
  );
  return [
    ...(far.length === 0 ? [] : [
      `The two cores were far from each other in ${far.length} of ${samples.length} runs, which are left out where there are others.`,
    ]),
    ...(disturbed.length === 0 ? [] : [
      `Other programs used the cores in ${disturbed.length} of ${samples.length} runs.`,
    ]),
    ...wrong.map(({ peer, scenario }) =>
      `${peer.name} had errors: ${scenario.title}.`
    ),
  ];
}
