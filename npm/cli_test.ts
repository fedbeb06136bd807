import { assertEquals } from "@std/assert";
import { parseArgs, type ParseOptions } from "@std/cli/parse-args";

const OPTIONS = {
  string: ["config", "service"],
  collect: ["service"],
  boolean: ["once", "help"],
  alias: { help: "h", config: "c", service: "s" },
} as const;

/** What the parser finds besides what OPTIONS give when nothing is given. */
function read(...args: string[]): Record<string, unknown> {
  const found: Record<string, unknown> = parseArgs(args, {
    ...OPTIONS,
    string: [...OPTIONS.string],
    collect: [...OPTIONS.collect],
    boolean: [...OPTIONS.boolean],
  });
  const nothing: [string, unknown][] = [
    ["_", []],
    ["service", []],
    ["s", []],
    ["once", false],
    ["help", false],
    ["h", false],
  ];
  for (const [key, value] of nothing) {
    if (JSON.stringify(found[key]) === JSON.stringify(value)) delete found[key];
  }
  return found;
}

Deno.test("parseArgs() types declared options so that they can be used unchecked", () => {
  const args = parseArgs(["--service", "echo", "--once", "rest"], {
    string: ["config", "service"],
    collect: ["service"],
    boolean: ["once", "help"],
    alias: { h: "help" },
  });
  const config: string | undefined = args.config;
  const services: string[] = args.service;
  const once: boolean = args.once;
  const rest: (string | number)[] = args._;
  assertEquals(config, undefined);
  assertEquals(services, ["echo"]);
  assertEquals(once, true);
  assertEquals(rest, ["rest"]);
});

Deno.test("parseArgs() types defaults, aliases and untyped lists", () => {
  const args = parseArgs(["-f", "json", "--", "x"], {
    string: ["format"],
    collect: ["tag"],
    alias: { format: "f" },
    default: { format: "text", count: 3 },
    "--": true,
  });
  const format: string = args.format;
  const short: string = args.f;
  const tags: unknown[] | undefined = args.tag;
  const count: unknown = args.count;
  const rest: string[] = args["--"];
  assertEquals([format, short, tags, count, rest], [
    "json",
    "json",
    undefined,
    3,
    ["x"],
  ]);
});

Deno.test("parseArgs() types everything as any when nothing is declared", () => {
  const args = parseArgs(["--port", "7"]);
  const port: number = args.port;
  assertEquals(port, 7);
});

Deno.test("parseArgs() accepts options in a variable", () => {
  const options: ParseOptions = { string: ["a"], boolean: ["b"] };
  const args: Record<string, unknown> = parseArgs(["--a", "1", "--b"], options);
  assertEquals(args, { _: [], a: "1", b: true });
});

Deno.test("parseArgs() leaves out strings that are not given", () => {
  const args: Record<string, unknown> = parseArgs([], {
    string: ["config"],
    boolean: ["once"],
    collect: ["x"],
  });
  assertEquals(args, { _: [], once: false });
});

Deno.test("parseArgs() gives an empty list for typed lists that are not given", () => {
  const args: Record<string, unknown> = parseArgs([], {
    string: ["a"],
    boolean: ["b"],
    collect: ["a", "b", "c"],
  });
  assertEquals(args, { _: [], a: [], b: [] });
});

Deno.test("parseArgs() reads a value after a space or an equals sign", () => {
  assertEquals(read("--config", "a"), { config: "a", c: "a" });
  assertEquals(read("--config=a=b"), { config: "a=b", c: "a=b" });
  assertEquals(read("-c", "a"), { config: "a", c: "a" });
  assertEquals(read("-c=a"), { config: "a", c: "a" });
  assertEquals(read("-c7"), { config: "7", c: "7" });
  assertEquals(read("-c/tmp"), { config: "/tmp", c: "/tmp" });
});

Deno.test("parseArgs() gives an empty string for a string without a value", () => {
  assertEquals(read("--config"), { config: "", c: "" });
  assertEquals(read("--config", "--once"), { config: "", c: "", once: true });
  assertEquals(read("--config", ""), { config: "", c: "", _: [""] });
  assertEquals(read("-c"), { config: "", c: "" });
});

Deno.test("parseArgs() keeps strings that look like numbers", () => {
  assertEquals(read("--config", "0x10"), { config: "0x10", c: "0x10" });
});

Deno.test("parseArgs() turns numbers into numbers where no string is declared", () => {
  const numbers = ["7", "-1", "0x1f", "1e3", ".5", "0b11"];
  assertEquals(parseArgs(["--", ...numbers])._, numbers);
  assertEquals(parseArgs(["7", "0x1f", "1e3", "0b11", " ", "", "NaN"])._, [
    7,
    31,
    1000,
    3,
    " ",
    "",
    "NaN",
  ]);
  const { _: texts }: Record<string, unknown> = parseArgs(["7", "a"], {
    string: ["_"],
  });
  assertEquals(texts, ["7", "a"]);
  assertEquals(parseArgs(["--n=7", "-m8", "-k", "9"]), {
    _: [],
    n: 7,
    m: 8,
    k: 9,
  });
});

Deno.test("parseArgs() takes the last value of an option that is no list", () => {
  assertEquals(read("--config=a", "--config=b", "-c", "d"), {
    config: "d",
    c: "d",
  });
});

Deno.test("parseArgs() collects all values of a list", () => {
  assertEquals(read("--service=a", "-s", "b", "--service", "c"), {
    service: ["a", "b", "c"],
    s: ["a", "b", "c"],
  });
  assertEquals(
    parseArgs(["--x", "1", "--x", "--x=y"], { collect: ["x"] }),
    { _: [], x: [1, true, "y"] },
  );
});

Deno.test("parseArgs() gives booleans no value but true and false", () => {
  assertEquals(read("--once", "a"), { once: true, _: ["a"] });
  assertEquals(read("--once", "true"), { once: true });
  assertEquals(read("--once", "false", "a"), { _: ["a"] });
  assertEquals(read("--once=false"), {});
  assertEquals(read("--once=no"), { once: true });
  assertEquals(read("-h", "a"), { help: true, h: true, _: ["a"] });
});

Deno.test("parseArgs() reads joined short options", () => {
  assertEquals(read("-hc", "a"), { help: true, h: true, config: "a", c: "a" });
  assertEquals(read("-hc=a"), { help: "a", h: "a" });
  assertEquals(parseArgs(["-abc"]), { _: [], a: true, b: true, c: true });
  assertEquals(parseArgs(["-a-"]), { _: [], a: "-" });
});

Deno.test("parseArgs() treats a lone dash as an argument", () => {
  assertEquals(read("-"), { _: ["-"] });
  assertEquals(read("-c", "-"), { config: "-", c: "-" });
  assertEquals(read("--config", "-"), { config: "", c: "", _: ["-"] });
});

Deno.test("parseArgs() does not negate options", () => {
  assertEquals(read("--no-once"), { "no-once": true });
  assertEquals(read("--no-once=x"), { once: true });
});

Deno.test("parseArgs() does not change the case of names", () => {
  assertEquals(parseArgs(["--idle-timeout=5m", "--Idle"]), {
    _: [],
    "idle-timeout": "5m",
    Idle: true,
  });
});

Deno.test("parseArgs() does not read what follows a double dash", () => {
  assertEquals(read("--once", "--", "--config", "7"), {
    once: true,
    _: ["--config", "7"],
  });
  assertEquals(parseArgs(["a", "--", "b", "--", "c"], { "--": true }), {
    _: ["a"],
    "--": ["b", "--", "c"],
  });
  assertEquals(parseArgs(["a"], { "--": true }), { _: ["a"], "--": [] });
});

Deno.test("parseArgs() with stopEarly does not read what follows an argument", () => {
  assertEquals(
    parseArgs(["--once", "serve", "--config", "7"], {
      boolean: ["once"],
      stopEarly: true,
    }),
    { _: ["serve", "--config", "7"], once: true },
  );
});

Deno.test("parseArgs() fills in defaults, for aliases too", () => {
  assertEquals(
    parseArgs([], {
      boolean: ["once"],
      string: ["config"],
      alias: { config: ["c", "file"] },
      default: { config: "x", once: true, count: 3 },
    }),
    { _: [], config: "x", c: "x", file: "x", once: true, count: 3 },
  );
  assertEquals(
    parseArgs(["-c", "y"], {
      string: ["config"],
      alias: { config: "c" },
      default: { config: "x" },
    }),
    { _: [], config: "y", c: "y" },
  );
});

Deno.test("parseArgs() asks unknown() about what is not declared", () => {
  const asked: unknown[][] = [];
  const args = parseArgs(
    ["a", "--x", "1", "--y=2", "-z", "--config", "c", "-h", "--service=s", "5"],
    {
      ...OPTIONS,
      string: ["config"],
      collect: ["service"],
      boolean: ["once"],
      unknown: (...question: unknown[]) => {
        asked.push(question);
        return question.length === 1;
      },
    },
  );
  assertEquals(asked, [
    ["a"],
    ["--x", "x", "1"],
    ["--y=2", "y", "2"],
    ["-z", "z", true],
    ["5"],
  ]);
  assertEquals({ ...args }, {
    _: ["a", 5],
    once: false,
    config: "c",
    c: "c",
    help: true,
    h: true,
    service: ["s"],
    s: ["s"],
  });
});

Deno.test("parseArgs() leaves out only what unknown() answers with false", () => {
  assertEquals(parseArgs(["--x", "a"], { unknown: () => {} }), {
    _: [],
    x: "a",
  });
  assertEquals(parseArgs(["a", "--x"], { unknown: () => false }), { _: [] });
});

Deno.test("parseArgs() asks unknown() about lists that have no type", () => {
  const asked: unknown[] = [];
  parseArgs(["--tag", "a"], {
    collect: ["tag"],
    unknown: (arg) => asked.push(arg),
  });
  assertEquals(asked, ["--tag"]);
});

Deno.test("parseArgs() calls an option with nothing after its equals sign unknown", () => {
  const asked: unknown[][] = [];
  parseArgs(["--config="], {
    string: ["config"],
    unknown: (...question: unknown[]) => asked.push(question),
  });
  assertEquals(asked, [["--config=", "config=", true]]);
});
