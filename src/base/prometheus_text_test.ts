import { assertEquals } from "@std/assert";
import { PrometheusText } from "../../tests/support/prometheus_text.ts";
import { formatMetrics, type Metric, type Sample } from "./prometheus_text.ts";

function metric(...samples: readonly Sample[]): Metric {
  return {
    type: "gauge",
    name: "size",
    help: "A size.",
    samples: () => samples,
  };
}

Deno.test("formatMetrics() writes the help, the type and a line for each sample", () => {
  const labels = { service: "echo", le: 0.5 };
  assertEquals(
    formatMetrics([metric({ value: 1 }, { labels, value: 2.5 })]),
    "# HELP size A size.\n# TYPE size gauge\n" +
      'size 1\nsize{service="echo",le="0.5"} 2.5\n',
  );
});

Deno.test("formatMetrics() writes the parts of a histogram", () => {
  const samples: Sample[] = [
    { suffix: "_bucket", labels: { le: 1 }, value: 2 },
    { suffix: "_bucket", labels: { le: "+Inf" }, value: 3 },
    { suffix: "_sum", value: 4.5 },
    { suffix: "_count", value: 3 },
  ];
  assertEquals(
    formatMetrics([{ ...metric(...samples), type: "histogram" }]).split("\n")
      .slice(1, -1),
    [
      "# TYPE size histogram",
      'size_bucket{le="1"} 2',
      'size_bucket{le="+Inf"} 3',
      "size_sum 4.5",
      "size_count 3",
    ],
  );
});

Deno.test("formatMetrics() writes a metric without samples", () => {
  assertEquals(
    formatMetrics([metric()]),
    "# HELP size A size.\n# TYPE size gauge\n",
  );
});

Deno.test("formatMetrics() escapes what would end a text", () => {
  const labels = { path: 'C:\\"new"\n' };
  const help = "Two lines\nand a \\.";
  assertEquals(
    formatMetrics([{ ...metric({ labels, value: 0 }), help }]),
    "# HELP size Two lines\\nand a \\\\.\n# TYPE size gauge\n" +
      'size{path="C:\\\\\\"new\\"\\n"} 0\n',
  );
});

Deno.test("formatMetrics() writes every number", () => {
  const values = [0, -1.5, 1e21, 5e-324, Infinity, -Infinity, NaN];
  const text = formatMetrics(values.map((value) => metric({ value })));
  const lines = text.split("\n").filter((line) => /^size /.test(line));
  assertEquals(lines.map((line) => line.slice("size ".length)), [
    ...["0", "-1.5", "1e+21", "5e-324", "+Inf", "-Inf", "NaN"],
  ]);
});

Deno.test("formatMetrics() and the parser of the tests agree", () => {
  const labels = { service: 'a "b" \\ c\nd', transport: "udp" };
  const { families } = new PrometheusText(
    formatMetrics([metric({ labels, value: 7 })]),
  );
  assertEquals(families, [{
    name: "size",
    type: "gauge",
    help: "A size.",
    samples: [{ name: "size", labels, value: 7 }],
  }]);
});
