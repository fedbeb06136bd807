import { assert, assertEquals, assertThrows } from "@std/assert";
import { registry } from "../services/registry.ts";
import { parseConfig } from "./parse.ts";
import { ConfigError } from "./problems.ts";

const ECHO = { name: "echo", type: "echo", listen: "tcp://127.0.0.1:7" };

function parse(value: unknown) {
  return parseConfig(value, "test.yaml", registry);
}

/** The problems of a value, without the name of the file. */
function problems(value: unknown): string[] {
  const error = assertThrows(() => parse(value), ConfigError);
  return error.problems.map(({ where, message }) => `${where}: ${message}`);
}

/** The problems of the one service of a config that is otherwise good. */
function serviceProblems(settings: Record<string, unknown>): string[] {
  return problems({ services: [{ ...ECHO, ...settings }] });
}

Deno.test("parseConfig() completes the smallest config with the defaults", () => {
  assertEquals(parse({ services: [ECHO] }), {
    log: { level: "info", format: "text" },
    admin: undefined,
    shutdownGraceMs: 10_000,
    services: [{
      name: "echo",
      type: "echo",
      listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 7 }],
      limits: {
        allow: undefined,
        deny: undefined,
        maxConnections: undefined,
        whenFull: undefined,
        maxConnectionsPerClient: undefined,
        idleTimeoutMs: undefined,
        udpRepliesPerSecond: undefined,
      },
      options: {},
    }],
  });
});

Deno.test("parseConfig() reads every setting", () => {
  const config = parse({
    log: { level: "debug", format: "json" },
    admin: "[::1]:9090",
    shutdown_grace: "1m",
    services: [{
      name: "quotes",
      type: "qotd",
      listen: ["tcp://*:17", "udp://[::]:17"],
      allow: ["10.0.0.0/8", "::1"],
      deny: ["10.6.6.6"],
      max_connections: 1024,
      when_full: "wait",
      max_connections_per_client: 64,
      idle_timeout: "5m",
      udp_replies_per_second: 100,
      quotes: { file: "q.txt", format: "lines", pick: "random" },
    }],
  });
  assertEquals(config.log, { level: "debug", format: "json" });
  assertEquals(config.admin, { transport: "tcp", hostname: "::1", port: 9090 });
  assertEquals(config.shutdownGraceMs, 60_000);
  assertEquals(config.services[0].listen, [
    { transport: "tcp", hostname: "*", port: 17 },
    { transport: "udp", hostname: "::", port: 17 },
  ]);
  assertEquals(config.services[0].limits, {
    allow: ["10.0.0.0/8", "::1"],
    deny: ["10.6.6.6"],
    maxConnections: 1024,
    whenFull: "wait",
    maxConnectionsPerClient: 64,
    idleTimeoutMs: 300_000,
    udpRepliesPerSecond: 100,
  });
  assertEquals(config.services[0].options, {
    quotes: { file: "q.txt", format: "lines", pick: "random" },
  });
});

Deno.test("parseConfig() reports every problem at once, each with its key path", () => {
  assertEquals(
    problems({
      log: { level: "loud", fromat: "json" },
      admin: 9090,
      shutdown_grace: 10,
      services: [
        { ...ECHO, listen: ["tcp://127.0.0.1", "udp://127.0.0.1:7", 7] },
        { ...ECHO, type: "ecoh", listen: "tcp://127.0.0.1:99999", allow: "x" },
        null,
      ],
      extra: 1,
    }).sort(),
    [
      'admin: found 9090, expected HOST:PORT, such as "127.0.0.1:9090"',
      "extra: unknown key; known here: log, admin, shutdown_grace, services",
      'log.fromat: unknown key; did you mean "format"?',
      'log.level: found "loud", expected debug, info, warn or error',
      'services[0].listen[0]: found "tcp://127.0.0.1", expected an address such as "tcp://0.0.0.0:7" or "udp://[::]:7"',
      'services[0].listen[2]: found 7, expected an address such as "tcp://0.0.0.0:7"',
      'services[1].allow: found "x", expected a list of IP addresses or CIDR blocks',
      'services[1].listen: found "tcp://127.0.0.1:99999", expected a port from 0 to 65535',
      'services[1].name: "echo" is also the name at services[0].name',
      'services[1].type: found "ecoh", expected echo or qotd; did you mean "echo"?',
      "services[2]: found nothing, expected a service with the type echo or qotd",
      "shutdown_grace: found 10, expected a duration such as 250ms, 10s, 5m or 1h",
    ],
  );
});

Deno.test("parseConfig() names what is missing", () => {
  assertEquals(problems({}), ["services: missing"]);
  assertEquals(problems({ services: [{ type: "echo" }] }), [
    "services[0].name: missing",
    "services[0].listen: missing",
  ]);
});

Deno.test("parseConfig() says where it wants a mapping or a list", () => {
  const expected = "expected a mapping with services";
  assertEquals(problems([]), [`: found an empty list, ${expected}`]);
  assertEquals(problems("echo"), [`: found "echo", ${expected}`]);
  assertEquals(problems(new Date(0)), [`: found a date, ${expected}`]);
  assertEquals(problems({ services: ECHO }), [
    "services: found a mapping with name, type, listen, expected a list of services",
  ]);
  assertEquals(problems({ services: [] }), [
    "services: found an empty list, expected at least one service",
  ]);
  assertEquals(problems({ services: [ECHO], log: [] }), [
    "log: found an empty list, expected a mapping with level and format",
  ]);
  assertEquals(problems({ services: [ECHO], log: null }), [
    "log: found nothing, expected a mapping with level and format",
  ]);
});

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
  for (const key of ["name", "type", "listen", "max_connections", "allow"]) {
    const [problem] = serviceProblems({ [key]: tricky });
    assert(
      problem.startsWith(
        `services[0].${key}: found a mapping with toString, valueOf, expected`,
      ),
      problem,
    );
  }
  assert(problems({ admin: tricky, services: [ECHO] })[0].startsWith("admin:"));
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
    const count of [0, -1, 1.5, 1_000_001, Infinity, NaN, 1e300, "5", true]
  ) {
    const [problem] = serviceProblems({ max_connections: count });
    assert(problem.endsWith("expected a whole number from 1 to 1000000"));
  }
  for (const count of [1, 1_000_000]) {
    const services = [{ ...ECHO, max_connections: count }];
    assertEquals(parse({ services }).services[0].limits.maxConnections, count);
  }
});

Deno.test("parseConfig() takes addresses and blocks in full for access rules", () => {
  const good = ["10.0.0.0/8", "1.2.3.4", "::1", "2001:db8::/32", "::/0"];
  const services = [{ ...ECHO, allow: good }];
  assertEquals(parse({ services }).services[0].limits.allow, good);
  const bad = [
    "10",
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
});

Deno.test("parseConfig() takes a service's name for logs and metrics alone", () => {
  for (const name of ["", "a b", "-a", "a\nb", "a".repeat(64), "ä", 7]) {
    const [problem] = serviceProblems({ name });
    assert(problem.startsWith("services[0].name: found"), problem);
  }
});

Deno.test("parseConfig() finds two services on one address, each spelled its own way", () => {
  const at = (...listens: unknown[]) =>
    listens.map((listen, i) => ({ name: `s${i}`, type: "echo", listen }));
  assertEquals(
    problems({
      services: at("tcp://[::1]:7", ["udp://*:9", "tcp://[0::1]:7"]),
    }),
    ["services[1].listen[1]: tcp://[::1]:7 is also at services[0].listen"],
  );
  assertEquals(problems({ services: at("udp://*:7", "udp://127.0.0.1:7") }), [
    "services[1].listen: udp://127.0.0.1:7 overlaps udp://*:7 at services[0].listen",
  ]);
  assertEquals(
    problems({ admin: "127.0.0.1:7", services: at("tcp://0.0.0.0:7") }),
    ["services[0].listen: tcp://0.0.0.0:7 overlaps tcp://127.0.0.1:7 at admin"],
  );
});

Deno.test("parseConfig() has port 0 as often as wanted", () => {
  const listen = ["tcp://127.0.0.1:0", "tcp://127.0.0.1:0"];
  assertEquals(parse({ services: [{ ...ECHO, listen }] }).services.length, 1);
});

Deno.test("parseConfig() shows a short, harmless piece of what it refuses", () => {
  const nasty = "\x1b[2J\n" + "x".repeat(1e6);
  const { message } = assertThrows(
    () =>
      parse({
        [nasty]: nasty,
        admin: nasty,
        services: [{ name: nasty, type: nasty, listen: [nasty], [nasty]: 1 }],
      }),
    ConfigError,
  );
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f]/.test(message));
  for (const line of message.split("\n")) {
    assert(line.startsWith("test.yaml: "), line);
    assert(line.length < 500, line);
  }
});
