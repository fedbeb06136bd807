import { assertEquals, assertThrows } from "@std/assert";
import { readOptions } from "./args.ts";
import { UsageError } from "./command.ts";

const NAMES = {
  string: ["config"],
  collect: ["service"],
  boolean: ["once"],
  positional: 1,
};

Deno.test("readOptions() reads options of every kind, in any order", () => {
  assertEquals(
    readOptions(
      ["--service", "a=1", "FILE", "--once", "--config=x=y", "--service=b"],
      NAMES,
    ),
    {
      string: { config: "x=y" },
      collect: { service: ["a=1", "b"] },
      boolean: { once: true },
      positional: ["FILE"],
    },
  );
});

Deno.test("readOptions() has a value for every option that is not given", () => {
  assertEquals(readOptions([], NAMES), {
    string: { config: undefined },
    collect: { service: [] },
    boolean: { once: false },
    positional: [],
  });
});

Deno.test("readOptions() reads an option whose name begins with no-", () => {
  const names = { boolean: ["no-color", "color"] };
  assertEquals(readOptions(["--no-color"], names).boolean, {
    "no-color": true,
    color: false,
  });
  assertEquals(readOptions(["--color"], names).boolean["no-color"], false);
});

Deno.test("readOptions() leaves values as they are written", () => {
  assertEquals(readOptions(["--config", "007"], NAMES).string.config, "007");
  assertEquals(readOptions(["0x10"], NAMES).positional, ["0x10"]);
  for (const value of ["-", "=", "a=b", "--once", "-1", "\n", "null", " "]) {
    const { config } = readOptions([`--config=${value}`], NAMES).string;
    assertEquals(config, value);
  }
  for (const value of ["-", "=", "1e3", "true", "\n"]) {
    const { config } = readOptions(["--config", value], NAMES).string;
    assertEquals(config, value);
  }
  for (const before of [[], ["--help"], ["--once"], ["--config", "a"]]) {
    assertEquals(readOptions([...before, "-"], NAMES).positional, ["-"]);
    assertEquals(readOptions([...before, ""], NAMES).positional, [""]);
  }
});

Deno.test("readOptions() takes what follows -- for arguments", () => {
  assertEquals(readOptions(["--", "--once"], NAMES).positional, ["--once"]);
});

const REFUSED: readonly (readonly [string[], string])[] = [
  [["--confg", "x"], 'Unknown option "--confg"; did you mean "--config"?'],
  [["--Config=x"], 'Unknown option "--Config"; did you mean "--config"?'],
  [["--hepl"], 'Unknown option "--hepl"; did you mean "--help"?'],
  [["--colour"], 'Unknown option "--colour"'],
  [["-c", "x"], 'Unknown option "-c"'],
  [["-xyz"], 'Unknown option "-xyz"'],
  [["--no-once"], 'Unknown option "--no-once"'],
  [["--__proto__=x"], 'Unknown option "--__proto__"'],
  [["--constructor"], 'Unknown option "--constructor"'],
  [["--a\nb"], 'Unknown option "--a\\nb"'],
  [["--config"], 'Option "--config" needs a value'],
  [["--config="], 'Option "--config" needs a value'],
  [["--config", ""], 'Option "--config" needs a value'],
  [["--config", "--"], 'Option "--config" needs a value'],
  [["--config", "", "a"], 'Option "--config" needs a value'],
  [["--config", "-1"], 'Option "--config" needs a value'],
  [["--config", "--once"], 'Option "--config" needs a value'],
  [["--service"], 'Option "--service" needs a value'],
  [["--config=a", "--config=b"], 'Option "--config" is given twice'],
  [["--once=false"], 'Option "--once" takes no value'],
  [["--once="], 'Option "--once" takes no value'],
  [["a", "b"], 'Unexpected argument "b"'],
  [["a", "--", "-b"], 'Unexpected argument "-b"'],
];

for (const [args, message] of REFUSED) {
  Deno.test(`readOptions() refuses ${JSON.stringify(args)}`, () => {
    const error = assertThrows(() => readOptions(args, NAMES), UsageError);
    assertEquals(error.message, message);
  });
}

Deno.test("readOptions() cuts what it refuses to a readable length", () => {
  for (const args of [["--" + "x".repeat(1e5)], ["a", "x".repeat(1e5)]]) {
    const { message } = assertThrows(
      () => readOptions(args, NAMES),
      UsageError,
    );
    assertEquals(message.length < 120, true);
  }
});
