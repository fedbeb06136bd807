/**
 * The text format of Prometheus, version 0.0.4:
 * {@link https://prometheus.io/docs/instrumenting/exposition_formats/}.
 *
 * @module
 */

/** The media type of the format, for an HTTP response. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One value of a metric. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Follows the name of the metric in what belongs to a histogram or summary. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
}

/** A metric, and how to get its samples when it is scraped. */
export interface Metric {
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  readonly name: string;
  readonly help: string;
  readonly samples: () => Iterable<Sample>;
}

/** Writes metrics as they are now. One without samples has its help and type alone. */
export function formatMetrics(metrics: Iterable<Metric>): string {
  let text = "";
  for (const { name, help, type, samples } of metrics) {
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const { suffix = "", labels, value } of samples()) {
      text += `${name}${suffix}${formatLabels(labels)} ${formatValue(value)}\n`;
    }
  }
  return text;
}

function formatLabels(labels: Sample["labels"] = {}): string {
  const pairs = Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(String(value))}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function formatValue(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
