import { assertEquals } from "@std/assert";
import { ECHO, parse, problems } from "../../tests/support/configs.ts";

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

Deno.test("parseConfig() finds ranges that overlap, each pair once", () => {
  const listen = ["tcp://*:7000-7099", "tcp://127.0.0.1:7050-7149"];
  assertEquals(problems({ services: [{ ...ECHO, listen }] }), [
    "services[0].listen[1]: tcp://127.0.0.1:7050-7149 overlaps tcp://*:7000-7099 at services[0].listen[0]",
  ]);
  const beside = [
    "tcp://*:7000-7099",
    "tcp://*:7100-7199",
    "udp://*:7000-7099",
  ];
  assertEquals(
    parse({ services: [{ ...ECHO, listen: beside }] }).services[0].listen
      .length,
    300,
  );
});

Deno.test("parseConfig() refuses more addresses than a process can have, at once", () => {
  const listen = Array.from({ length: 20_000 }, () => "udp://*:1-65535");
  assertEquals(problems({ services: [{ ...ECHO, listen }] }), [
    "services[0].listen[1]: more than 65535 addresses, with those before it",
  ]);
});

Deno.test("parseConfig() has port 0 as often as wanted", () => {
  const listen = ["tcp://127.0.0.1:0", "tcp://127.0.0.1:0"];
  assertEquals(parse({ services: [{ ...ECHO, listen }] }).services.length, 1);
});

Deno.test("parseConfig() finds the clash among as many addresses as a file holds", () => {
  const listen = Array.from(
    { length: 60_000 },
    (_, i) => `tcp://127.${i >> 8}.${i & 255}.1:7`,
  );
  listen.push("tcp://127.0.0.1:7");
  // Compared in pairs, this takes minutes.
  assertEquals(problems({ services: [{ ...ECHO, listen }] }), [
    "services[0].listen[60000]: tcp://127.0.0.1:7 is also at services[0].listen[0]",
  ]);
});
