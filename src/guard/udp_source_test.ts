import { assertEquals } from "@std/assert";
import { type OwnAddresses, unsafeSource } from "./udp_source.ts";

const OWN: OwnAddresses = {
  ports: new Set([10007, 40000]),
  broadcasts: new Set(["192.0.2.255"]),
};

type Row = readonly [
  hostname: string,
  port: number,
  expected: ReturnType<typeof unsafeSource>,
];

function check(rows: readonly Row[]): void {
  for (const [hostname, port, expected] of rows) {
    assertEquals(
      unsafeSource(hostname, port, OWN),
      expected,
      `${hostname} ${port}`,
    );
  }
}

Deno.test("a client's port and address are safe", () => {
  const ports = [1024, 2048, 2050, 10006, 10008, 32768, 49152, 65535];
  check(ports.map((port) => ["198.51.100.1", port, undefined]));
  const addresses = ["1.0.0.0", "127.0.0.1", "192.0.2.254", "223.255.255.255"];
  check(addresses.map((hostname) => [hostname, 40001, undefined]));
});

Deno.test("every port below 1024 is unsafe, 0 included", () => {
  for (let port = 0; port < 1024; port++) {
    assertEquals(unsafeSource("198.51.100.1", port, OWN), "source_port");
    assertEquals(unsafeSource("2001:db8::1", port, OWN), "source_port");
  }
});

Deno.test("the well-known responders above port 1024 are unsafe", () => {
  const ports = [1434, 1900, 2049, 3702, 4789, 5353, 11211, 27032];
  check(ports.map((port) => ["198.51.100.1", port, "source_port"]));
  check(ports.map((port) => ["2001:db8::1", port, "source_port"]));
});

Deno.test("below the lowest port of clients that is set, every port is unsafe", () => {
  for (const minPort of [1024, 32_768, 49_152, 65_535]) {
    const reason = (port: number) =>
      unsafeSource("198.51.100.1", port, OWN, minPort);
    assertEquals(reason(minPort - 1), "source_port");
    assertEquals(reason(minPort), undefined);
    assertEquals(reason(65_535), undefined);
  }
});

Deno.test("the ports of our own listeners are unsafe, whatever the address", () => {
  check([
    ["127.0.0.1", 10007, "own_port"],
    ["198.51.100.1", 40000, "own_port"],
    ["2001:db8::1", 10007, "own_port"],
    ["::ffff:198.51.100.1", 40000, "own_port"],
  ]);
});

Deno.test("addresses that are not one host's are unsafe in IPv4", () => {
  check([
    ["0.0.0.0", 40001, "source_address"],
    ["0.255.255.255", 40001, "source_address"],
    ["224.0.0.1", 40001, "source_address"],
    ["239.255.255.255", 40001, "source_address"],
    ["240.0.0.1", 40001, "source_address"],
    ["255.255.255.255", 40001, "source_address"],
    ["192.0.2.255", 40001, "source_address"],
  ]);
});

Deno.test("addresses that are not one host's are unsafe in IPv6", () => {
  check([
    ["::", 40001, "source_address"],
    ["ff01::1", 40001, "source_address"],
    ["ff02::fb", 40001, "source_address"],
    ["ff0e::1", 40001, "source_address"],
    ["ffff::1", 40001, "source_address"],
    ["::1", 40001, undefined],
    ["ff::1", 40001, undefined],
    ["fd00::1", 40001, undefined],
    ["fe80::1", 40001, undefined],
    ["2001:db8::1", 40001, undefined],
  ]);
});

Deno.test("a mapped address is as safe as its IPv4 address", () => {
  check([
    ["::ffff:198.51.100.1", 40001, undefined],
    ["::ffff:127.0.0.1", 40001, undefined],
    ["::ffff:0.0.0.0", 40001, "source_address"],
    ["::ffff:224.0.0.1", 40001, "source_address"],
    ["::ffff:255.255.255.255", 40001, "source_address"],
    ["::ffff:192.0.2.255", 40001, "source_address"],
    ["::ffff:e000:1", 40001, "source_address"],
    ["::ffff:198.51.100.1", 7, "source_port"],
  ]);
});
