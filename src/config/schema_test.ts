import { assert, assertEquals } from "@std/assert";
import {
  ECHO,
  parse,
  problems,
  serviceProblems,
} from "../../tests/support/configs.ts";

Deno.test("parseConfig() reports keys that JavaScript objects have by themselves", () => {
  for (
    const key of [
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "valueOf",
    ]
  ) {
    const odd = JSON.parse(`{"${key}": {"level": "debug"}}`);
    const found = [
      ...problems({ ...ECHO, services: [ECHO], ...odd }),
      ...problems({ services: [ECHO], log: odd }),
      ...serviceProblems(odd),
    ].filter((problem) => problem.includes(`${key}: unknown key`));
    // The spread above sets a prototype instead of a key named __proto__.
    assertEquals(found.length, 3, key);
  }
});

Deno.test("parseConfig() takes a mapping for nothing else, even one with methods' names", () => {
  const tricky = JSON.parse('{"toString": 1, "valueOf": 2}');
  for (
    const key of ["name", "type", "listen", "max_connections", "when_full"]
  ) {
    const [problem] = serviceProblems({ [key]: tricky });
    assert(
      problem.startsWith(
        `services[0].${key}: found a mapping with toString, valueOf, expected`,
      ),
      problem,
    );
  }
  assertEquals(problems({ admin: tricky, services: [ECHO] }), [
    "admin.listen: missing",
    "admin.toString: unknown key; known here: listen, hosts",
    "admin.valueOf: unknown key; known here: listen, hosts",
  ]);
});

Deno.test("parseConfig() reports a key of another type of service", () => {
  assertEquals(serviceProblems({ quotes: {} }).length, 1);
  assertEquals(
    serviceProblems({ type: "qotd", quotes: { fiel: "x" } }),
    ['services[0].quotes.fiel: unknown key; did you mean "file"?'],
  );
});

Deno.test("parseConfig() refuses quotes from two places, whatever else is wrong", () => {
  const both = { file: "a", inline: ["b"], format: "lines" };
  const found = serviceProblems({ type: "qotd", quotes: both }).join("\n");
  assert(found.includes("expected either file or inline, not both"));
  assert(found.includes("expected no format beside inline"));
  const quotes = { ...both, extra: 1 };
  assertEquals(serviceProblems({ type: "qotd", quotes }).length, 2);
});

Deno.test("parseConfig() refuses empty quotes and names", () => {
  assertEquals(
    serviceProblems({ type: "qotd", quotes: { inline: ["a", " "] } }),
    [
      'services[0].quotes.inline[1]: found " ", expected a quote that is not empty',
    ],
  );
  assertEquals(serviceProblems({ type: "qotd", quotes: { file: "" } }), [
    'services[0].quotes.file: found "", expected a file name',
  ]);
});

Deno.test("parseConfig() takes whole numbers within bounds for counts", () => {
  for (
    const count of [
      0,
      -1,
      1.5,
      1_000_001,
      Infinity,
      NaN,
      1e300,
      "0",
      "-5",
      "five",
      true,
    ]
  ) {
    const [problem] = serviceProblems({ max_connections: count });
    assert(problem.endsWith("expected a whole number from 1 to 1000000"));
  }
  for (const count of [1, 1_000_000, "1", "1000000"]) {
    const services = [{ ...ECHO, max_connections: count }];
    assertEquals(
      parse({ services }).services[0].limits.maxConnections,
      Number(count),
    );
  }
});

Deno.test("parseConfig() refuses numbers that are not decimal, and says what to write", () => {
  const COUNT = "expected a whole number from 1 to 1000000, in decimal";
  const cases = {
    "010": "10 (8 if it was octal)",
    "0x10": "16",
    "0o17": "15",
    "0b1": "1",
    "1_000": "1000",
    "1e3": "1000",
    "+5": "5",
    "09": "9",
  };
  for (const [count, decimal] of Object.entries(cases)) {
    assertEquals(serviceProblems({ udp_replies_per_second: count }), [
      `services[0].udp_replies_per_second: found ${count}, ${COUNT}: ${decimal}`,
    ]);
    assertEquals(problems({ services: [ECHO], workers: count }), [
      `workers: found ${count}, expected auto or a whole number from 1 to 256, in decimal: ${decimal}`,
    ]);
  }
});

Deno.test("parseConfig() takes addresses and blocks in full for access rules", () => {
  const good = ["10.0.0.0/8", "1.2.3.4", "::1", "2001:db8::/32", "::/0"];
  const services = [{ ...ECHO, allow: good }];
  assertEquals(parse({ services }).services[0].limits.allow, good);
  const bad = [
    "10",
    "10.0.0.0/08",
    "10.1/16",
    "010.0.0.1",
    "0x7f.0.0.1",
    "10.0.0.0/33",
    "10.0.0.0/",
    "::/129",
    "fe80::1%eth0",
    "example.org",
    "",
    " 1.2.3.4",
  ];
  assertEquals(serviceProblems({ deny: bad }).length, bad.length);
  assertEquals(serviceProblems({ deny: "010.0.0.0/8" }), [
    'services[0].deny: found "010.0.0.0/8", expected an IPv4 address of four numbers, 0 to 255 each, in decimal: 10.0.0.0',
  ]);
});

Deno.test("parseConfig() takes a service's name for logs and metrics alone", () => {
  for (const name of ["", "a b", "-a", "a\nb", "a".repeat(64), "ä", 7]) {
    const [problem] = serviceProblems({ name });
    assert(problem.startsWith("services[0].name: found"), problem);
  }
});
