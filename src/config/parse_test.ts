import { assert, assertEquals, assertThrows } from "@std/assert";
import { ECHO, parse, problems, TYPES } from "../../tests/support/configs.ts";
import { ConfigError } from "./problems.ts";

Deno.test("parseConfig() completes the smallest config with the defaults", () => {
  assertEquals(parse({ services: [ECHO] }), {
    log: { level: "info", format: "text" },
    workers: 1,
    admin: undefined,
    shutdownGraceMs: 10_000,
    services: [{
      name: "echo",
      type: "echo",
      listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 7 }],
      limits: {
        allow: undefined,
        deny: undefined,
        proxyProtocol: undefined,
        maxConnections: undefined,
        whenFull: undefined,
        maxConnectionsPerClient: undefined,
        idleTimeoutMs: 3_600_000,
        udpRepliesPerSecond: undefined,
        udpMinClientPort: undefined,
      },
      options: {},
    }],
  });
});

Deno.test("parseConfig() reads every setting", () => {
  const config = parse({
    log: { level: "debug", format: "json" },
    workers: "auto",
    admin: "[::1]:9090",
    shutdown_grace: "1m",
    services: [{
      name: "quotes",
      type: "qotd",
      listen: ["tcp://*:17", "udp://[::]:17"],
      allow: ["10.0.0.0/8", "::1"],
      deny: ["10.6.6.6"],
      proxy_protocol: "10.0.0.1",
      max_connections: 1024,
      when_full: "wait",
      max_connections_per_client: 64,
      idle_timeout: "5m",
      udp_replies_per_second: 100,
      udp_min_client_port: 32768,
      quotes: { file: "q.txt", format: "lines", pick: "random" },
    }],
  });
  assertEquals(config.log, { level: "debug", format: "json" });
  assertEquals(config.workers, "auto");
  assertEquals(config.admin, { transport: "tcp", hostname: "::1", port: 9090 });
  assertEquals(config.shutdownGraceMs, 60_000);
  assertEquals(config.services[0].listen, [
    { transport: "tcp", hostname: "*", port: 17 },
    { transport: "udp", hostname: "::", port: 17 },
  ]);
  assertEquals(config.services[0].limits, {
    allow: ["10.0.0.0/8", "::1"],
    deny: ["10.6.6.6"],
    proxyProtocol: ["10.0.0.1"],
    maxConnections: 1024,
    whenFull: "wait",
    maxConnectionsPerClient: 64,
    idleTimeoutMs: 300_000,
    udpRepliesPerSecond: 100,
    udpMinClientPort: 32768,
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
      "extra: unknown key; known here: log, workers, admin, shutdown_grace, services",
      'log.fromat: unknown key; did you mean "format"?',
      'log.level: found "loud", expected debug, info, warn or error',
      'services[0].listen[0]: found "tcp://127.0.0.1", expected an address with its port, such as "tcp://127.0.0.1:7"',
      'services[0].listen[2]: found 7, expected an address such as "tcp://0.0.0.0:7"',
      'services[1].allow: found "x", expected an IP address or a CIDR block such as 10.0.0.0/8',
      'services[1].listen: found "tcp://127.0.0.1:99999", expected a port from 0 to 65535',
      'services[1].name: "echo" is also the name at services[0].name',
      `services[1].type: found "ecoh", expected ${TYPES}; did you mean "echo"?`,
      `services[2]: found nothing, expected a service with the type ${TYPES}`,
      "shutdown_grace: found 10, expected a duration such as 250ms, 10s, 5m or 1h",
    ],
  );
});

Deno.test("parseConfig() ends idle connections after an hour, another time, or never", () => {
  const idle = (idle_timeout?: string) =>
    parse({ services: [{ ...ECHO, idle_timeout }] }).services[0].limits
      .idleTimeoutMs;
  assertEquals(idle(), 3_600_000);
  assertEquals(idle("90s"), 90_000);
  assertEquals(idle("never"), undefined);
});

Deno.test("parseConfig() refuses a duration of nothing where it must be positive", () => {
  for (const idle_timeout of ["0s", "0ms", "0.0h"]) {
    assertEquals(problems({ services: [{ ...ECHO, idle_timeout }] }), [
      `services[0].idle_timeout: found "${idle_timeout}", expected a duration above 0 such as 250ms, 10s, 5m or 1h`,
    ]);
  }
  const config = parse({ services: [ECHO], shutdown_grace: "0s" });
  assertEquals(config.shutdownGraceMs, 0);
});

Deno.test("parseConfig() takes one address block as it takes a list", () => {
  const service = { ...ECHO, allow: "10.0.0.0/8", deny: "10.6.6.6" };
  const { limits } = parse({ services: [service] }).services[0];
  assertEquals([limits.allow, limits.deny], [["10.0.0.0/8"], ["10.6.6.6"]]);
});

Deno.test("parseConfig() writes out a range of ports", () => {
  const listen = ["tcp://*:7000-7002", "udp://[::1]:9-9"];
  const [{ listen: addresses }] = parse({ services: [{ ...ECHO, listen }] })
    .services;
  assertEquals(addresses, [
    ...[7000, 7001, 7002].map((port) => ({
      transport: "tcp" as const,
      hostname: "*",
      port,
    })),
    { transport: "udp", hostname: "::1", port: 9 },
  ]);
});

Deno.test("parseConfig() names what is missing", () => {
  assertEquals(problems({}), ["services: missing"]);
  assertEquals(problems({ services: [{ type: "echo" }] }), [
    "services[0].name: missing",
    "services[0].listen: missing",
  ]);
});

Deno.test("parseConfig() finds mistyped keys of a service without a type", () => {
  const service = { name: "e", typ: "echo", listn: "tcp://*:7", quotes: 1 };
  assertEquals(problems({ services: [service] }), [
    `services[0].type: missing, expected ${TYPES}`,
    "services[0].listen: missing",
    'services[0].typ: unknown key; did you mean "type"?',
    'services[0].listn: unknown key; did you mean "listen"?',
  ]);
});

Deno.test("parseConfig() says where it wants a mapping or a list", () => {
  const expected = "expected a mapping with services";
  assertEquals(problems([]), [`: found an empty list, ${expected}`]);
  assertEquals(problems("echo"), [`: found "echo", ${expected}`]);
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
