import { assertEquals } from "@std/assert";
import { decide, type Occupant } from "./eviction.ts";

const LIMITS = { places: 4, placesPerClient: 2 };

/** `a:speak` is the client `a`, whose turn it is to speak; `lo…` is on this machine. */
function occupant(text: string): Occupant & { text: string } {
  const [client, turn = "speak"] = text.split(":");
  return {
    text,
    client,
    loopback: client.startsWith("lo"),
    turn: turn as Occupant["turn"],
  };
}

function whoLeaves(newcomer: string, ...occupants: string[]): string {
  const all = occupants.map(occupant);
  const { limit, leaves } = decide(occupant(newcomer), all, LIMITS);
  if (limit === undefined) return "nobody";
  return `${leaves?.text ?? "newcomer"} by ${limit}`;
}

Deno.test("nobody leaves while there is room", () => {
  assertEquals(whoLeaves("a"), "nobody");
  assertEquals(whoLeaves("a", "a", "b", "c"), "nobody");
});

Deno.test("a client past its limit takes its own oldest place, and nobody else's", () => {
  assertEquals(
    whoLeaves("a", "b", "a:service", "a", "c"),
    "a by max_connections_per_client",
  );
  assertEquals(
    whoLeaves("a", "a:service", "a:service"),
    "a:service by max_connections_per_client",
  );
});

Deno.test("where all places are taken, who has an answer leaves, then who was to speak, then who does not listen, and who waits for an answer where most do", () => {
  const limit = "by max_connections";
  assertEquals(
    whoLeaves("e", "a", "b:leave", "c:leave", "d"),
    `b:leave ${limit}`,
  );
  assertEquals(whoLeaves("e", "a:listen", "b", "c", "d"), `b ${limit}`);
  assertEquals(
    whoLeaves("e", "a:service", "b:listen", "c:service", "d:listen"),
    `b:listen ${limit}`,
  );
  const busy = ["a", "b", "c", "d"].map((client) => `${client}:service`);
  assertEquals(whoLeaves("e", ...busy), `a:service ${limit}`);
  assertEquals(whoLeaves("e", "a", ...busy.slice(1)), `b:service ${limit}`);
});

Deno.test("this machine has places that nobody else takes, and takes none of theirs", () => {
  const outside = ["a", "b", "c", "d"];
  assertEquals(whoLeaves("lo", ...outside), "nobody");
  assertEquals(whoLeaves("lo", ...outside, "lo", "lo", "lo"), "nobody");
  const full = ["lo1", "lo1", "lo1", "lo2"];
  assertEquals(whoLeaves("lo3", ...full), "lo1 by max_connections");
  assertEquals(whoLeaves("a", ...full), "nobody");
});
