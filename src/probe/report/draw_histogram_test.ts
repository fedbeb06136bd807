import { assert, assertEquals } from "@std/assert";
import { drawHistogram } from "./draw_histogram.ts";
import { Distribution } from "../figures/histogram.ts";

function draw(times: readonly number[], width = 60): string[] {
  const distribution = new Distribution();
  for (const time of times) distribution.add(time);
  return drawHistogram(distribution, width);
}

Deno.test("a histogram has a bar for each step, and one for the slowest", () => {
  const times = [
    ...Array(60).fill(10.5),
    ...Array(30).fill(12.5),
    ...Array(9).fill(19.5),
    500,
  ];
  assertEquals(draw(times), [
    "  10–11 ms  █████████████████████████████████████ 60 60%",
    "  11–12 ms                                         0 0%",
    "  12–13 ms  ███████████████████                   30 30%",
    "  13–14 ms                                         0 0%",
    "  14–15 ms                                         0 0%",
    "  15–16 ms                                         0 0%",
    "  16–17 ms                                         0 0%",
    "  17–18 ms                                         0 0%",
    "  18–19 ms                                         0 0%",
    "  19–20 ms  ██████                                 9 9%",
    "over 20 ms  █                                      1 1%",
  ]);
});

Deno.test("the bars have all times, and fit the width", () => {
  const times = Array.from({ length: 5000 }, (_, i) => 0.02 * 1.001 ** i);
  for (const width of [60, 80, 200]) {
    const lines = draw(times, width);
    const counts = lines.map((line) => Number(/(\d+) [\d.]+%$/.exec(line)![1]));
    assertEquals(counts.reduce((sum, count) => sum + count, 0), 5000);
    for (const line of lines) assert(line.length <= width, line);
    assert(lines.length <= 16);
  }
});

for (const times of [[1], [1, 1, 1], [0, 0], [0.000001], [1e9, 1e9]]) {
  Deno.test(`a histogram of ${times} is a bar`, () => {
    const lines = draw(times);
    assertEquals(lines.length, 1, lines.join("\n"));
    assert(lines[0].includes("█"));
  });
}
