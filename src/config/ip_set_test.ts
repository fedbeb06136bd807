import { assert, assertEquals } from "@std/assert";
import { parseIp, parseIpBlock } from "./ip_block.ts";
import { hasIp, type IpSet, ipSet, sameIps, union } from "./ip_set.ts";

function setOf(...texts: readonly string[]): IpSet {
  return ipSet(texts.map((text) => parseIpBlock(text)!));
}

function has(set: IpSet, text: string): boolean {
  return hasIp(set, parseIp(text)!);
}

Deno.test("an empty set has nobody in it", () => {
  assertEquals(has(setOf(), "10.0.0.1"), false);
  assertEquals(has(setOf(), "::"), false);
});

Deno.test("a set has the addresses of its blocks, from the first to the last", () => {
  const set = setOf("192.0.2.0/24", "10.0.0.0/8", "2001:db8:1::/48", "::1");
  for (
    const text of [
      "192.0.2.0",
      "192.0.2.255",
      "10.0.0.0",
      "10.255.255.255",
      "2001:db8:1::",
      "2001:db8:1:ffff:ffff:ffff:ffff:ffff",
      "::1",
    ]
  ) assert(has(set, text), text);
  for (
    const text of [
      "192.0.1.255",
      "192.0.3.0",
      "9.255.255.255",
      "11.0.0.0",
      "2001:db8:0:ffff:ffff:ffff:ffff:ffff",
      "2001:db8:2::",
      "::",
      "::2",
      "::a00:1",
      "255.255.255.255",
    ]
  ) assert(!has(set, text), text);
});

Deno.test("blocks that overlap or touch become one range", () => {
  for (
    const [texts, ipv4, ipv6] of [
      [["10.0.0.0/9", "10.128.0.0/9"], 1, 0],
      [["10.0.0.0/8", "10.1.2.3", "10.0.0.0/16"], 1, 0],
      [["255.255.255.255", "0.0.0.0/0", "1.2.3.4"], 1, 0],
      [["0.0.0.0", "0.0.0.2"], 2, 0],
      [["::/0", "ffff::/16"], 0, 1],
      [["2001:db8:0:ffff::/64", "2001:db8:1::/64"], 0, 1],
      [["2001:db8::/128", "2001:db8::2"], 0, 2],
      [["::ffff:ffff:ffff:ffff", "0:0:0:1::"], 0, 1],
    ] as const
  ) {
    for (const order of [texts, texts.toReversed()]) {
      const set = setOf(...order);
      assertEquals(set.ipv4.length / 2, ipv4, texts.join());
      assertEquals(set.ipv6.length / 8, ipv6, texts.join());
    }
  }
});

/** Blocks of which many overlap. */
function randomBlocks(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = crypto.getRandomValues(new Uint8Array(2));
    return i % 2 === 0
      ? `10.${a}.${b}.0/${16 + i % 17}`
      : `2001:db8:${a.toString(16)}:${b.toString(16)}::/${40 + i % 89}`;
  });
}

Deno.test("a union has the addresses of both sets, and is the set of all blocks", () => {
  for (let round = 0; round < 50; round++) {
    const [a, b] = [randomBlocks(round), randomBlocks(100)];
    const both = union(setOf(...a), setOf(...b));
    assert(sameIps(both, setOf(...a, ...b)));
    assert(sameIps(both, union(setOf(...b), setOf(...a))));
    for (const text of [...a, ...b]) {
      assert(has(both, text.slice(0, text.indexOf("/"))));
    }
  }
});

Deno.test("a set answers as a scan of them does", () => {
  const texts = randomBlocks(500);
  const blocks = texts.map((text) => parseIpBlock(text)!);
  const set = setOf(...texts);
  for (let i = 0; i < 2000; i++) {
    const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
    const text = i % 2 === 0
      ? `10.${a}.${b}.${c}`
      : `2001:db8:${a.toString(16)}:${b.toString(16)}::${c}`;
    const address = parseIp(text)!;
    const inOne = blocks.some(({ first, last }) =>
      first.length === address.length &&
      hasIp(ipSet([{ first, last }]), address)
    );
    assertEquals(hasIp(set, address), inOne, text);
  }
});
