import { Validator } from "@cfworker/json-schema";
import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { parseConfig } from "../../src/config/parse.ts";
import { registry } from "../../src/services/registry.ts";
import { runMynah } from "../support/cli.ts";

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, import.meta.url));
}

const SCHEMA = read("../../config/mynah.schema.json");
const validator = new Validator(JSON.parse(SCHEMA), "7");

/** What the schema has against a config; empty when it is good. */
function schemaErrors(config: unknown): string[] {
  const { errors } = validator.validate(config);
  return errors.map(({ instanceLocation, error }) =>
    `${instanceLocation}: ${error}`
  );
}

const ECHO = { name: "echo", type: "echo", listen: "tcp://127.0.0.1:7" };
const QOTD = { name: "qotd", type: "qotd", listen: "udp://[::]:17" };

Deno.test("mynah schema prints config/mynah.schema.json, byte for byte", async () => {
  const { code, stdout, stderr } = await runMynah(["schema"]);
  assertEquals([code, stderr], [0, ""]);
  assert(
    stdout === SCHEMA,
    "differs: write the output of `mynah schema` to config/mynah.schema.json",
  );
});

Deno.test("the schema accepts the config that comes with the program", () => {
  assertEquals(schemaErrors(parse(read("../../config/mynah.yaml"))), []);
});

Deno.test("the schema accepts every setting", () => {
  const config = {
    log: { level: "debug", format: "json" },
    admin: "127.0.0.1:9090",
    shutdown_grace: "250ms",
    services: [
      {
        ...ECHO,
        listen: [
          "tcp://*:7",
          "udp://[2001:db8::7]:7",
          "tcp://localhost:0",
          "tcp://*:7000-7099",
        ],
        allow: ["10.0.0.0/8", "::1"],
        deny: ["10.6.6.6", { file: "blocked.txt" }],
        max_connections: 1024,
        when_full: "wait",
        max_connections_per_client: 64,
        idle_timeout: "never",
        udp_replies_per_second: 100,
        udp_min_client_port: 49152,
      },
      {
        ...QOTD,
        quotes: { file: "quotes.txt", format: "lines", pick: "sequential" },
      },
      { ...QOTD, name: "q", listen: "tcp://*:17", quotes: { inline: ["a"] } },
    ],
  };
  assertEquals(parseConfig(config, registry).problems, []);
  assertEquals(schemaErrors(config), []);
});

const service = (keys: Record<string, unknown>) => ({
  services: [{ ...ECHO, ...keys }],
});
const quotes = (keys: Record<string, unknown>) => ({
  services: [{ ...QOTD, quotes: keys }],
});

/** Configs that both the schema and the program refuse. */
const REFUSED: Readonly<Record<string, unknown>> = {
  "a list": [],
  "no services": {},
  "an empty list of services": { services: [] },
  "an unknown key": { services: [ECHO], servces: [] },
  "an unknown key of a service": service({ lisen: "tcp://*:7" }),
  "an unknown key of the log": { services: [ECHO], log: { fromat: "text" } },
  "a key of another type": service({ quotes: { inline: ["a"] } }),
  "an unknown type": service({ type: "ecoh" }),
  "an unknown level": { services: [ECHO], log: { level: "loud" } },
  "a service without an address": { services: [{ name: "e", type: "echo" }] },
  "an empty list of addresses": service({ listen: [] }),
  "an address without a transport": service({ listen: "127.0.0.1:7" }),
  "an address without a port": service({ listen: ["tcp://127.0.0.1"] }),
  "a port for an address": service({ listen: 7 }),
  "a name with a space": service({ name: "a b" }),
  "a count of none": service({ max_connections: 0 }),
  "a count that is not whole": service({ max_connections: 1.5 }),
  "a count beyond bounds": service({ max_connections: 1_000_001 }),
  "a count in octal": service({ udp_replies_per_second: "0o144" }),
  "a duration without a unit": service({ idle_timeout: 300 }),
  "a duration of an unknown unit": { services: [ECHO], shutdown_grace: "1d" },
  "an admin address that is none": { services: [ECHO], admin: "here" },
  "an unknown choice": service({ when_full: "panic" }),
  "a port in octal": service({ listen: "tcp://*:010" }),
  "a range from port 0": service({ listen: "tcp://*:7-0" }),
  "a range without an end": service({ listen: "tcp://*:7000-" }),
  "a client port below 1024": service({ udp_min_client_port: 1023 }),
  "a client port above 65535": service({ udp_min_client_port: 65_536 }),
  "a number for an access list": service({ allow: 10 }),
  "an access list without the file's name": service({ deny: { file: "" } }),
  "an unknown key of an access list's file": service({ deny: [{ fiel: "x" }] }),
  "an unknown key of the quotes": quotes({ fiel: "q.txt" }),
  "an unknown pick": quotes({ inline: ["a"], pick: "hourly" }),
  "an empty list of quotes": quotes({ inline: [] }),
};

for (const [name, config] of Object.entries(REFUSED)) {
  Deno.test(`the schema and the program refuse ${name}`, () => {
    assert(schemaErrors(config).length > 0);
    assert(parseConfig(config, registry).problems.length > 0);
  });
}

Deno.test("the schema describes every setting, for editors to show", () => {
  const bare: string[] = [];
  function walk(schema: Record<string, unknown>, path: string) {
    const properties = schema.properties as typeof schema ?? {};
    for (const [key, value] of Object.entries(properties)) {
      const property = value as Record<string, unknown>;
      if (!property.description) bare.push(`${path}${key}`);
      walk(property, `${path}${key}.`);
      const variants = (property.items as { oneOf?: [] })?.oneOf ?? [];
      for (const variant of variants) walk(variant, `${path}${key}.`);
    }
  }
  walk(JSON.parse(SCHEMA), "");
  assertEquals(bare, []);
});
