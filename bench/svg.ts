/**
 * Results as a picture: a bar chart for each scenario, side by side, in one SVG
 * that looks right on a light and on a dark page.
 *
 * @module
 */

import { byScenario, type Result, summaryOf } from "./report.ts";
import type { Metric } from "./scenarios.ts";
import { format } from "./statistics.ts";

const COLUMNS = 2;
const CHART_WIDTH = 480;
const GAP = 30;
const LABEL_WIDTH = 200;
const VALUE_WIDTH = 75;
const BAR = 15;
const PITCH = 21;
const HEAD = 30;
const MARGIN = 20;
const FOOT = 24;

const STYLE = `
  svg { font: 12px system-ui, sans-serif; }
  .page { fill: #ffffff; }
  text { fill: #24292f; }
  .title { font-weight: 600; font-size: 13px; }
  .quiet { fill: #57606a; font-size: 11px; }
  .bar { fill: #b6bec9; }
  .bare { fill: #8c959f; }
  .mynah { fill: #2f6fdb; }
  .spread { stroke: #57606a; stroke-width: 1; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; }
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .bar { fill: #4b535d; }
    .bare { fill: #6e7681; }
    .mynah { fill: #4f8ff7; }
    .spread { stroke: #9198a1; }
  }`;

interface Bar {
  readonly name: string;
  readonly style: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

interface Chart {
  readonly title: string;
  readonly note: string;
  readonly bars: readonly Bar[];
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

function chartOf(results: readonly Result[], metric: Metric): Chart {
  const bars = results.map((result) => {
    const { median, least, most } = summaryOf(result, metric);
    const { name, is } = result.peer;
    const style = is === "mynah" || is === "bare" ? is : "bar";
    return { name, style, value: median, least, most };
  }).filter(({ value }) => Number.isFinite(value));
  const more = metric.better === "more";
  bars.sort((a, b) => more ? b.value - a.value : a.value - b.value);
  return {
    title: metric.chart ?? "",
    note: `${metric.unit}; ${more ? "more" : "less"} is better`,
    bars,
  };
}

function drawBar(bar: Bar, y: number, scale: number): string {
  const x = (value: number) => (LABEL_WIDTH + value * scale).toFixed(1);
  const middle = y + BAR / 2;
  const width = Math.max(1, bar.value * scale).toFixed(1);
  const weight = bar.style === "mynah" ? ' font-weight="600"' : "";
  return `
    <text x="${LABEL_WIDTH - 8}" y="${middle + 4}" text-anchor="end"${weight}>${
    escape(bar.name)
  }</text>
    <rect class="${bar.style}" x="${LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR}" rx="2"/>
    <line class="spread" x1="${x(bar.least)}" x2="${
    x(bar.most)
  }" y1="${middle}" y2="${middle}"/>
    <text x="${Number(x(Math.max(bar.value, bar.most))) + 6}" y="${
    middle + 4
  }"${weight}>${format(bar.value)}</text>`;
}

function drawChart({ title, note, bars }: Chart): string {
  const most = Math.max(...bars.map((bar) => Math.max(bar.value, bar.most)));
  const scale = most > 0 ? (CHART_WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most : 0;
  const drawn = bars.map((bar, i) => drawBar(bar, HEAD + i * PITCH, scale));
  return `
    <text class="title" x="0" y="10">${escape(title)}</text>
    <text class="quiet" x="0" y="24">${escape(note)}</text>${drawn.join("")}`;
}

/** Draws every metric that has a chart, with `caption` below. */
export function draw(results: readonly Result[], caption: string): string {
  const charts = byScenario(results).flatMap((group) =>
    group[0].scenario.metrics.filter(({ chart }) => chart)
      .map((metric) => chartOf(group, metric))
  ).filter(({ bars }) => bars.length > 0);

  const heights: number[] = Array(COLUMNS).fill(MARGIN);
  const placed = charts.map((chart) => {
    const column = heights.indexOf(Math.min(...heights));
    const [x, y] = [MARGIN + column * (CHART_WIDTH + GAP), heights[column]];
    heights[column] += HEAD + chart.bars.length * PITCH + GAP;
    return `
  <g transform="translate(${x} ${y})">${drawChart(chart)}
  </g>`;
  });
  const width = 2 * MARGIN + COLUMNS * CHART_WIDTH + (COLUMNS - 1) * GAP;
  const height = Math.max(...heights) + FOOT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="mynah beside other echo servers">
  <style>${STYLE}
  </style>
  <rect class="page" width="${width}" height="${height}" rx="6"/>${
    placed.join("")
  }
  <text class="quiet" x="${MARGIN}" y="${height - MARGIN + 4}">${
    escape(caption)
  }</text>
</svg>
`;
}
