import { assert, assertEquals, assertMatch } from "@std/assert";
import { TYPES } from "../support/configs.ts";
import { runInProcess, runMynah } from "../support/cli.ts";
import { Mynah } from "../support/mynah.ts";
import { LINUX, testWith } from "../support/needs.ts";
import { TempFolder } from "../support/temp_folder.ts";
import denoJson from "../../deno.json" with { type: "json" };

/** The names of all commands, from the help itself. */
async function commandNames(): Promise<string[]> {
  const { stdout } = await runInProcess(["--help"]);
  const [, list] = /\nCommands:\n((?: {2}.+\n)+)/.exec(stdout) ?? [];
  return list.trim().split("\n").map((line) => line.trim().split(" ")[0]);
}

const USAGE_ERRORS: readonly (readonly [string[], string])[] = [
  [[], "A command is missing"],
  [["serv"], 'Unknown command "serv"; did you mean "serve"?'],
  [["Check"], 'Unknown command "Check"; did you mean "check"?'],
  [["frobnicate"], 'Unknown command "frobnicate"'],
  [["constructor"], 'Unknown command "constructor"'],
  [["--verbose"], 'Unknown command "--verbose"'],
  [["\x1b[2J\n"], 'Unknown command "\\u{1b}[2J\\n"'],
  [["check"], "A config file is missing"],
  [["check", "a", "b"], 'Unexpected argument "b"'],
  [
    ["check", "--confg", "a"],
    'Unknown option "--confg"; did you mean "--config"?',
  ],
  [["schema", "a"], 'Unexpected argument "a"'],
  [["version", "--shrt"], 'Unknown option "--shrt"'],
  [
    ["serve", "--confg", "a"],
    'Unknown option "--confg"; did you mean "--config"?',
  ],
  [["serve", "--config"], 'Option "--config" needs a value'],
  [["serve", "a.yaml", "b.yaml"], 'Unexpected argument "b.yaml"'],
  [
    ["serve", "a.yaml", "-c", "a.yaml"],
    'Use either "FILE" or "--config FILE", not both',
  ],
  [["help", "chekc"], 'Unknown command "chekc"; did you mean "check"?'],
  [
    ["serve", "--config", "a", "--service", "echo=tcp://127.0.0.1:0"],
    'Use either a config file or "--service", not both',
  ],
  [
    ["serve", "a", "--service", "echo=tcp://127.0.0.1:0"],
    'Use either a config file or "--service", not both',
  ],
  [
    ["serve", "--service", "echo"],
    'Cannot read service "echo": expected TYPE=ADDRESS, such as echo=tcp://127.0.0.1:7777',
  ],
];

/** The help that an error points to: that of the command, if it is one. */
async function helpFor([name]: readonly string[]): Promise<string> {
  return (await commandNames()).includes(name)
    ? `mynah ${name} --help`
    : "mynah --help";
}

for (const [args, message] of USAGE_ERRORS) {
  const line = ["mynah", ...args.map((arg) => JSON.stringify(arg))].join(" ");
  Deno.test(`${line} is wrong usage`, async () => {
    assertEquals(await runInProcess(args), {
      code: 64,
      stdout: "",
      stderr: `mynah: ${message}\nTry "${await helpFor(args)}".\n`,
    });
  });
}

Deno.test("a process ends with 64 for wrong usage", async () => {
  const { code, stdout, stderr } = await runMynah(["serve", "--onec"]);
  assertEquals(code, 64);
  assertEquals(stdout, "");
  assertMatch(stderr, /did you mean "--once"\?\n/);
});

const BAD_SERVICES: Readonly<Record<string, string>> = {
  "ecoh=tcp://127.0.0.1:0": `the type ${TYPES}; did you mean "echo"?`,
  "constructor=tcp://127.0.0.1:0": `the type ${TYPES}`,
  "echo=127.0.0.1:7":
    'an address with its transport, such as "tcp://127.0.0.1:7"',
  "echo": "TYPE=ADDRESS, such as echo=tcp://127.0.0.1:7777",
};

for (const [service, expected] of Object.entries(BAD_SERVICES)) {
  Deno.test(`--service ${service} is wrong usage`, async () => {
    const refused = await runInProcess(["serve", "--service", service]);
    assertEquals(refused, {
      code: 64,
      stdout: "",
      stderr:
        `mynah: Cannot read service "${service}": expected ${expected}\nTry "mynah serve --help".\n`,
    });
  });
}

Deno.test("mynah --help, -h and help list every command", async () => {
  const help = await runMynah(["--help"]);
  assertEquals(help.code, 0);
  assertEquals(help.stderr, "");
  assertMatch(help.stdout, /^mynah answers on the network/);
  for (const name of ["serve", "check", "schema", "version"]) {
    assert((await commandNames()).includes(name));
  }
  assertEquals(await runInProcess(["-h"]), help);
  assertEquals(await runInProcess(["help"]), help);
});

Deno.test("--help and -h on each command show its usage, whatever else is given", async () => {
  for (const name of await commandNames()) {
    const help = await runInProcess([name, "--help"]);
    assertEquals({ ...help, stdout: "" }, { code: 0, stdout: "", stderr: "" });
    assert(help.stdout.startsWith(`Usage: mynah ${name}`), help.stdout);
    assertEquals(await runInProcess([name, "-h"]), help);
    assertEquals(await runInProcess(["help", name]), help);
    assertEquals(await runInProcess([name, "--wrong", "x", "--help"]), help);
  }
});

Deno.test("a help text fits into 80 columns", async () => {
  const args = (await commandNames()).map((name) => [name, "--help"]);
  for (const one of [["--help"], ...args]) {
    const { stdout } = await runInProcess(one);
    const long = stdout.split("\n").filter((line) => line.length > 80);
    assertEquals(long, [], one.join(" "));
  }
});

Deno.test("--help after -- is an argument", async () => {
  assertEquals((await runInProcess(["version", "--", "--help"])).code, 64);
});

Deno.test("version, --version and -V print the version in deno.json", async () => {
  const { code, stdout, stderr } = await runMynah(["version"]);
  assertEquals([code, stderr], [0, ""]);
  const [name, version] = stdout.split(" ");
  assertEquals([name, version], ["mynah", denoJson.version]);
  assertMatch(stdout, /^\S+ \S+ \(Deno \d+\.\d+\.\d+, \w+ \w+\)\n$/);
  const inProcess = await runInProcess(["version"]);
  assertEquals(await runInProcess(["--version"]), inProcess);
  assertEquals(await runInProcess(["-V"]), inProcess);
});

testWith(["bash"], "a reader that leaves early is no error", async () => {
  const script = '"$@" | true; exit "${PIPESTATUS[0]}"';
  const through = ["bash", "-c", script, "bash"];
  assertEquals(await runMynah(["schema"], { through }), {
    code: 0,
    stdout: "",
    stderr: "",
  });
});

testWith([LINUX, "sh"], "a full disk is an error of one line", async () => {
  const through = ["sh", "-c", '"$@" > /dev/full', "sh"];
  const { code, stderr } = await runMynah(["schema"], { through });
  assertMatch(stderr, /^mynah: Cannot write to standard output: .+\n$/);
  assertEquals(code, 74);
});

Deno.test("what init prints can be checked and served wherever it is put, as FILE and as -c FILE", async () => {
  const { code, stdout, stderr } = await runMynah(["init"]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^# yaml-language-server: \$schema=\S+$/m);
  using folder = new TempFolder();
  const file = folder.write("copy.yaml", stdout.replaceAll(/:100\d7$/gm, ":0"));
  for (const args of [[file], ["-c", file], [`--config=${file}`]]) {
    assertEquals((await runMynah(["check", ...args])).code, 0);
    await using mynah = await Mynah.serve(args);
    assertEquals(mynah.addresses.length, 4);
    assertEquals(await mynah.stop(), 0);
  }
});

Deno.test("every setting that init shows as a comment can be used", async () => {
  const { stdout } = await runInProcess(["init"]);
  const settings = stdout.replaceAll(/^( *)# ((?: {2})?[a-z_]+:.*)$/gm, "$1$2")
    .replace("quotes.txt", "own.txt");
  using folder = new TempFolder();
  folder.write("own.txt", "Festina lente.\n");
  const file = folder.write("all.yaml", settings);
  const checked = await runInProcess(["check", file]);
  assertEquals([checked.code, checked.stderr], [0, ""]);
  for (const shown of ["9090", "1 quote"]) {
    assertMatch(checked.stdout, new RegExp(shown));
  }
});
