import { assertEquals, assertMatch } from "@std/assert";
import { explainAll } from "./connect.ts";
import { ReachError, socketReason } from "./reach_error.ts";

function refused(): Error {
  const message = "Connection refused (os error 111)";
  return Object.assign(new Error(message), { code: "ECONNREFUSED" });
}

Deno.test("explainAll() says of each address why it cannot be reached", () => {
  const errors = new AggregateError([
    refused(),
    new Error("broken (os error 5)"),
  ]);
  assertEquals(
    explainAll(["192.0.2.1", "2001:db8::1"], errors),
    "connection refused (192.0.2.1), broken (2001:db8::1)",
  );
});

Deno.test("explainAll() says once what is the same for all", () => {
  const errors = new AggregateError([refused(), refused()]);
  assertEquals(explainAll(["a", "b"], errors), "connection refused");
  assertEquals(explainAll(["a"], refused()), "connection refused");
});

Deno.test("socketReason() says when this Deno knows no zones", () => {
  // As Deno 2.5 words it.
  const message = "invalid host 'fe80::7%one': invalid char found in FQDN";
  assertMatch(socketReason(new URIError(message)), /^Deno .* knows no zones/);
});

Deno.test("socketReason() has no control characters", () => {
  assertEquals(socketReason(new Error("a\x1b[2Jb")), "a\\u{1b}[2Jb");
  assertEquals(socketReason("odd\n"), "odd\\n");
});

Deno.test("a ReachError names the target as it was given", () => {
  const target = { transport: "tcp", hostname: "::1", port: 7 } as const;
  assertEquals(
    new ReachError(target, "connection refused").message,
    'Cannot reach "tcp://[::1]:7": connection refused',
  );
});
