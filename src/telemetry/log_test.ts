import { assert, assertEquals, assertMatch } from "@std/assert";
import type { LogFormat, LogLevel } from "../config/config.ts";
import { LineWriter } from "./line_writer.ts";
import {
  type ConfigurableLog,
  createLog,
  type Fields,
  type Log,
} from "./log.ts";

/** The lines that a log writes while `fn` uses it. */
async function linesOf(
  options: { level?: LogLevel; format?: LogFormat; color?: boolean },
  fn: (log: ConfigurableLog) => void,
): Promise<string[]> {
  let text = "";
  const writer = new LineWriter({
    write(bytes) {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  });
  fn(createLog(writer, { level: "debug", format: "text", ...options }));
  await writer.flush();
  return text.split("\n").slice(0, -1);
}

function logAtEveryLevel(log: Log): void {
  log.debug("d");
  log.info("i");
  log.warn("w");
  log.error("e");
}

Deno.test("a text line has time, level, message and fields in order", async () => {
  const [line] = await linesOf({}, (log) =>
    log.info("connection ended", {
      service: "echo",
      bytes_in: 12,
      seconds: 0.5,
      once: true,
      listening: ["tcp://127.0.0.1:7", "udp://[::]:7"],
    }));
  assertMatch(
    line,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info {2}connection ended service=echo bytes_in=12 seconds=0\.5 once=true listening=tcp:\/\/127\.0\.0\.1:7,udp:\/\/\[::\]:7$/,
  );
});

Deno.test("a json line is an object with time, level, message and the fields as they are", async () => {
  const fields = { service: "a b", bytes_in: 12, listening: ["x", "y"] };
  const [line] = await linesOf(
    { format: "json" },
    (log) => log.warn('a "message"\n', fields),
  );
  const { time, ...rest } = JSON.parse(line);
  assertEquals(new Date(time).toISOString(), time);
  assertEquals(rest, { level: "warn", message: 'a "message"\n', ...fields });
});

Deno.test("text values are quoted where they could be misread", async () => {
  const cases: [Fields[string], string][] = [
    ["plain-1.2/x:y", "plain-1.2/x:y"],
    ["größe", "größe"],
    ["", '""'],
    ["a b", '"a b"'],
    ["a=b", '"a=b"'],
    ['a"b', '"a\\"b"'],
    ["a\\b", '"a\\\\b"'],
    ["a\nb", '"a\\nb"'],
    ["\x1b[31m", '"\\u001b[31m"'],
    ["\x9b31m", '"\\u{9b}31m"'],
    ["\u202eabc", '"\\u{202e}abc"'],
    [["a b", "c"], '"a b",c'],
    [[], "none"],
  ];
  const lines = await linesOf({}, (log) => {
    for (const [value] of cases) log.info("m", { value });
  });
  const shown = lines.map((line) => line.replace(/^.* m value=/, ""));
  assertEquals(shown, cases.map(([, expected]) => expected));
});

Deno.test("an event is one line, whatever its fields hold", async () => {
  for (const format of ["text", "json"] as const) {
    const lines = await linesOf(
      { format },
      (log) => log.info("m", { reason: "a\r\nb\u2028c", list: ["d\ne"] }),
    );
    assertEquals(lines.length, 1);
  }
});

Deno.test("a level shows itself and the ones after it", async () => {
  const levels = ["debug", "info", "warn", "error"] as const;
  for (const [i, level] of levels.entries()) {
    const lines = await linesOf({ level }, logAtEveryLevel);
    const shown = lines.map((line) => line.split(/\s+/)[1]);
    assertEquals(shown, levels.slice(i));
  }
});

Deno.test("only a log at level debug is debugging", async () => {
  const seen: Record<string, boolean> = {};
  for (const level of ["debug", "info", "warn", "error"] as const) {
    await linesOf({ level }, (log) => {
      seen[level] = log.debugging;
    });
  }
  assertEquals(seen, { debug: true, info: false, warn: false, error: false });
});

Deno.test("color is put around the level of text lines alone, and only if asked for", async () => {
  const colored = await linesOf({ color: true }, logAtEveryLevel);
  assertEquals(
    // deno-lint-ignore no-control-regex
    colored.map((line) => /\x1b\[\d+m(\w+) *\x1b\[0m \w$/.exec(line)?.[1]),
    ["debug", "info", "warn", "error"],
  );
  for (const options of [{}, { color: true, format: "json" as const }]) {
    for (const line of await linesOf(options, logAtEveryLevel)) {
      assert(!line.includes("\x1b"));
    }
  }
});

Deno.test("a log takes a new level and format while it is in use", async () => {
  const lines = await linesOf({ level: "warn" }, (log) => {
    log.info("before");
    log.configure({ level: "debug", format: "json" });
    assert(log.debugging);
    log.debug("after");
  });
  assertEquals(lines.map((line) => JSON.parse(line).message), ["after"]);
});
