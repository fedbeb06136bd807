import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

/** Reads arguments as src/cli/args.ts does, which has seen that every option is declared. */
function read(...args: string[]): Record<string, unknown> {
  return parseArgs(args, {
    string: ["_", "config", "service"],
    boolean: ["once"],
    collect: ["config", "service"],
  });
}

const NOTHING = { _: [], config: [], service: [], once: false };

Deno.test("parseArgs() has a value for every option that is not given", () => {
  assertEquals(read(), NOTHING);
});

Deno.test("parseArgs() reads options between arguments", () => {
  assertEquals(
    read("7", "--config=0x1", "8", "-", "", "--service=a=b", "--once"),
    { _: ["7", "8", "-", ""], config: ["0x1"], service: ["a=b"], once: true },
  );
});

Deno.test("parseArgs() collects values in their order", () => {
  const service = ["b", "-", "\n"];
  assertEquals(
    read("--service=b", "--service=-", "--service=\n"),
    { ...NOTHING, service },
  );
});

Deno.test("parseArgs() does not read what follows --", () => {
  const _ = ["--once", "-x", "--", "7"];
  assertEquals(read("--", ..._), { ...NOTHING, _ });
});
