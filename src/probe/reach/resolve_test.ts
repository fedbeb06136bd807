import { assertEquals, assertRejects } from "@std/assert";
import { familyOf, parseAddress } from "../../base/address.ts";
import { ReachError } from "./reach_error.ts";
import { NAME_SERVER, testWith } from "../../../tests/support/needs.ts";
import { explainLookup, type Family, resolve, takeTurns } from "./resolve.ts";

/** Not a name, as no label has more than 63 bytes (RFC 1035 §2.3.4): the system knows without a name server. */
const IMPOSSIBLE = `${"a".repeat(64)}.invalid`;

const never = new AbortController().signal;

function resolveText(text: string, family: Family) {
  return resolve(parseAddress(text), family, never);
}

Deno.test("resolve() leaves addresses as they are", async () => {
  assertEquals(await resolveText("tcp://192.0.2.1:7", "any"), ["192.0.2.1"]);
  assertEquals(await resolveText("tcp://[2001:db8::1]:7", 6), ["2001:db8::1"]);
});

Deno.test("resolve() knows the names that the system knows", async () => {
  assertEquals(await resolveText("udp://localhost:7", 4), ["127.0.0.1"]);
});

Deno.test("resolve() refuses an address of the other family", async () => {
  await assertRejects(
    () => resolveText("tcp://[::1]:7", 4),
    ReachError,
    'Cannot reach "tcp://[::1]:7": "::1" is not an IPv4 address',
  );
});

for (
  const [needs, name] of [[[NAME_SERVER], "nobody.invalid"], [
    [],
    IMPOSSIBLE,
  ]] as const
) {
  testWith(
    needs,
    `resolve() says that there is no such name: ${name}`,
    async () => {
      await assertRejects(
        () => resolveText(`tcp://${name}:7`, "any"),
        ReachError,
        `Cannot reach "tcp://${name}:7": no such host name`,
      );
    },
  );
}

Deno.test("explainLookup() says that no name server answers", () => {
  assertEquals(
    explainLookup({ code: "EAI_AGAIN" }),
    "the name server does not answer, or has failed",
  );
});

Deno.test("takeTurns() alternates the families, the system's first one first", () => {
  assertEquals(
    takeTurns(["::1", "::2", "::3", "127.0.0.1", "127.0.0.2"]),
    ["::1", "127.0.0.1", "::2", "127.0.0.2", "::3"],
  );
  assertEquals(takeTurns(["127.0.0.1", "::1"]), ["127.0.0.1", "::1"]);
});

Deno.test("familyOf() tells IPv4 from IPv6", () => {
  assertEquals(["127.0.0.1", "::1"].map(familyOf), [4, 6]);
});
