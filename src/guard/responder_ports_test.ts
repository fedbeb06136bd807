import {
  assert,
  assertEquals,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { isResponderPort, RESPONDERS } from "./responder_ports.ts";

/** The least that must be there. */
const KNOWN = [
  [1194, 1434, 1701, 1812, 1813, 1900, 2049, 2152, 3283, 3389, 3478, 3702],
  [4500, 4789, 5060, 5061, 5353, 5683, 5684, 6081, 8472, 10001, 11211],
  [27015, 27032, 27050, 37810],
].flat();

Deno.test("the ports of known services are in the list, and their neighbors are not", () => {
  for (const port of KNOWN) assert(isResponderPort(port), `${port}`);
  for (const port of [1024, 1435, 4501, 4788, 8080, 11210, 27014, 27051]) {
    assertEquals(isResponderPort(port), false, `${port}`);
  }
});

Deno.test("of the ports that systems give to clients, the list has one", () => {
  const ports = Array.from({ length: 65_536 }, (_, port) => port)
    .filter(isResponderPort);
  assertEquals(ports.filter((port) => port >= 32_768), [37_810]);
  // A NAT may give out all ports from 1024 on: 1 in 600 of them.
  assertLess(ports.length, (65_536 - 1024) / 600);
});

Deno.test("the list is in the order of the ports, and names each once", () => {
  let before = 1023;
  for (const [name, , first, last = first] of RESPONDERS) {
    assert(first > before && last >= first, name);
    before = last;
  }
});

Deno.test("docs/responder_ports.md is the list", () => {
  const file = new URL("../../docs/responder_ports.md", import.meta.url);
  const rows = Deno.readTextFileSync(file).matchAll(
    /^\| *(\d+)(?:–(\d+))? *\| (.*?) *\| (.*?) *\|$/gm,
  );
  const found = Array.from(rows, ([, first, last, name, source]) => {
    const ports = [first, last].filter((port) => port !== undefined);
    return [name, source, ...ports.map(Number)];
  });
  assertEquals(found, RESPONDERS.map((responder) => [...responder]));
  const security = new URL("../../SECURITY.md", import.meta.url);
  const count = `[the ports of ${RESPONDERS.length} services]`;
  assertStringIncludes(Deno.readTextFileSync(security), count);
});
