import { assert, assertEquals } from "@std/assert";
import { accessOf, type Lists } from "../../tests/support/guards.ts";
import { accessRule } from "./access.ts";

function check(
  lists: Lists,
  expected: { allowed?: readonly string[]; refused?: readonly string[] },
): void {
  const rule = accessRule(accessOf(lists));
  for (const hostname of expected.allowed ?? []) {
    assert(rule(hostname), `${hostname} should be allowed`);
  }
  for (const hostname of expected.refused ?? []) {
    assertEquals(rule(hostname), false, `${hostname} should be refused`);
  }
}

Deno.test("without allow and deny, everyone is allowed", () => {
  const allowed = ["10.0.0.1", "::1", "2001:db8::1", "::ffff:10.0.0.1"];
  check({}, { allowed });
  check({ deny: [] }, { allowed });
});

Deno.test("an empty allow list lets nobody in", () => {
  check({ allow: [] }, { refused: ["10.0.0.1", "::1"] });
});

Deno.test("with deny alone, whoever is not denied is allowed", () => {
  check({ deny: ["10.0.0.1", "2001:db8::/32"] }, {
    allowed: ["10.0.0.2", "2001:db9::1"],
    refused: ["10.0.0.1", "2001:db8:ffff::1"],
  });
});

Deno.test("deny wins over allow, whichever is narrower", () => {
  check({ allow: ["10.0.0.0/8"], deny: ["10.6.6.6"] }, {
    allowed: ["10.6.6.5", "10.6.6.7"],
    refused: ["10.6.6.6"],
  });
  check({ allow: ["10.6.6.6"], deny: ["10.0.0.0/8"] }, {
    refused: ["10.6.6.6", "10.6.6.7"],
  });
});

Deno.test("an IPv4 block ends where its bits say", () => {
  check({ allow: ["172.16.0.0/12"] }, {
    allowed: ["172.16.0.0", "172.31.255.255"],
    refused: ["172.15.255.255", "172.32.0.0"],
  });
  check({ allow: ["192.0.2.77/25"] }, {
    allowed: ["192.0.2.0", "192.0.2.127"],
    refused: ["192.0.2.128"],
  });
});

Deno.test("an IPv6 block ends where its bits say", () => {
  check({ allow: ["2001:db8:0:10::/60"] }, {
    allowed: ["2001:db8:0:10::", "2001:db8:0:1f:ffff:ffff:ffff:ffff"],
    refused: ["2001:db8:0:f:ffff::", "2001:db8:0:20::"],
  });
});

Deno.test("an address is a block of one", () => {
  for (const allow of [["10.0.0.1"], ["10.0.0.1/32"]]) {
    check({ allow }, {
      allowed: ["10.0.0.1"],
      refused: ["10.0.0.0", "10.0.0.2", "::1"],
    });
  }
  for (const allow of [["2001:db8::1"], ["2001:DB8:0::1/128"]]) {
    check({ allow }, {
      allowed: ["2001:db8::1"],
      refused: ["2001:db8::", "2001:db8::2", "10.0.0.1"],
    });
  }
});

Deno.test("0.0.0.0/0 is all of IPv4 and nothing else", () => {
  check({ allow: ["0.0.0.0/0"] }, {
    allowed: ["0.0.0.0", "10.0.0.1", "255.255.255.255", "::ffff:10.0.0.1"],
    refused: ["::1", "2001:db8::1", "::a00:1"],
  });
});

Deno.test("::/0 is all of IPv6 and nothing else", () => {
  check({ allow: ["::/0"] }, {
    allowed: ["::1", "2001:db8::1", "::a00:1"],
    refused: ["10.0.0.1", "::ffff:10.0.0.1"],
  });
});

Deno.test("a mapped client is its IPv4 address", () => {
  check({ allow: ["10.0.0.0/8"], deny: ["10.6.6.6"] }, {
    allowed: ["::ffff:10.0.0.1", "::ffff:a00:1"],
    refused: ["::ffff:10.6.6.6", "::ffff:a06:606", "::ffff:11.0.0.1"],
  });
});

Deno.test("a mapped rule is its IPv4 rule", () => {
  for (const rule of ["::ffff:10.0.0.0/104", "::ffff:a00:0/104"]) {
    check({ deny: [rule] }, {
      allowed: ["11.0.0.1", "2001:db8::1"],
      refused: ["10.0.0.1", "::ffff:10.255.255.255"],
    });
  }
  check({ deny: ["::ffff:10.0.0.1"] }, {
    allowed: ["10.0.0.2"],
    refused: ["10.0.0.1", "::ffff:10.0.0.1"],
  });
  check({ deny: ["::ffff:0:0/96"] }, {
    allowed: ["::1"],
    refused: ["10.0.0.1", "::ffff:10.0.0.1"],
  });
});

Deno.test("a rule that denies an IPv4 host denies it behind NAT64, 6to4 and Teredo", () => {
  check({ deny: ["10.0.0.0/8"] }, {
    allowed: ["64:ff9b::11.0.0.1", "2002:b00:1::1", "2001:db8::10.0.0.1"],
    refused: [
      "64:ff9b::10.0.0.1",
      "64:ff9b:1::10.0.0.1",
      "2002:a00:1::1",
      "2001::f5ff:fffe",
      "::10.0.0.1",
    ],
  });
  check({ deny: ["64:ff9b::10.0.0.1"] }, {
    allowed: ["10.0.0.1", "64:ff9b::10.0.0.2"],
    refused: ["64:ff9b::10.0.0.1"],
  });
});

Deno.test("a rule that allows an IPv4 host lets nobody in who writes its address into an IPv6 one", () => {
  check({ allow: ["10.0.0.0/8"] }, {
    allowed: ["10.0.0.1", "::ffff:10.0.0.1"],
    refused: ["64:ff9b::10.0.0.1", "2002:a00:1::1", "2001::f5ff:fffe"],
  });
  check({ allow: ["64:ff9b::10.0.0.0/104"] }, {
    allowed: ["64:ff9b::10.0.0.1"],
    refused: ["10.0.0.1", "64:ff9b::11.0.0.1"],
  });
});

Deno.test("the interface of a link-local address does not matter", () => {
  check({ deny: ["fe80::/10"] }, { refused: ["fe80::1%eth0", "fe80::1"] });
  check({ allow: ["fe80::1"] }, {
    allowed: ["fe80::1%eth0"],
    refused: ["fe80::2%eth0"],
  });
});

Deno.test("what is no address is nobody's", () => {
  check({ deny: ["10.0.0.1"] }, { refused: ["", "localhost"] });
});
