import { assert, assertEquals, assertLess } from "@std/assert";
import { Neighbours } from "./neighbours.ts";

const SECOND = 1000;
const SMALL = 20;
/** What a socket's buffer holds on Linux, and what a small datagram takes of it. */
const BUFFER_BYTES = 212_992;
const SMALL_COST = 768;

/** Neighbours of 192.0.2.0/24 and 2001:db8::/64, of which these are there. */
class Link {
  now = 10 * SECOND;
  readonly asked: string[] = [];
  readonly neighbours: Neighbours;

  constructor(
    here: (
      hostname: string,
    ) => boolean | undefined | Promise<boolean | undefined>,
  ) {
    this.neighbours = new Neighbours(
      (hostname) => {
        this.asked.push(hostname);
        return Promise.resolve(here(hostname));
      },
      () => this.now,
    );
    this.neighbours.update({
      networks: ["192.0.2.1/24", "2001:db8::1/64"],
      hostnames: ["192.0.2.1", "2001:db8::1"],
    });
  }

  /** Whether a host may be answered now; then it is. */
  answers(hostname: string, bytes = SMALL): boolean {
    const neighbour = this.neighbours.find(hostname, this.now);
    if (neighbour === null) return true;
    if (!this.neighbours.admits(neighbour, bytes, this.now)) return false;
    this.neighbours.sent(neighbour, bytes, this.now);
    return true;
  }

  /** How many of as many absent hosts are answered within a time, at so many a second. */
  attack(seconds: number, perSecond: number): number {
    let answered = 0;
    for (let i = 0; i < seconds * perSecond; i++) {
      if (this.answers(`192.0.2.${100 + i % 64}`)) answered++;
      this.now += SECOND / perSecond;
    }
    return answered;
  }
}

const UNKNOWN = () => undefined;

Deno.test("hosts behind a router, and this one, are no neighbours", () => {
  const link = new Link(UNKNOWN);
  for (
    const other of ["198.51.100.1", "2001:db9::1", "192.0.2.1", "127.0.0.1"]
  ) {
    assertEquals(link.neighbours.find(other, 0), null);
  }
  for (const neighbour of ["192.0.2.2", "2001:db8::2", "::ffff:192.0.2.2"]) {
    assert(link.neighbours.find(neighbour, 0));
  }
});

Deno.test("what goes to hosts of whom nothing is known never fills the buffer", () => {
  const link = new Link(UNKNOWN);
  const answered = link.attack(3, 1000);
  assertLess(answered * SMALL_COST, BUFFER_BYTES / 2);
});

Deno.test("hosts that were there before an attack and those that were not do not fill it together either", () => {
  const link = new Link(UNKNOWN);
  for (let i = 2; i < 66; i++) link.answers(`192.0.2.${i}`);
  link.now += 5 * SECOND;
  let answered = 0;
  for (let i = 0; i < 3000; i++) {
    if (link.answers(`192.0.2.${2 + i % 250}`)) answered++;
    link.now += SECOND / 1000;
  }
  assertLess(answered * SMALL_COST, BUFFER_BYTES);
});

Deno.test("large datagrams to unknown hosts do not fill the buffer either", () => {
  const link = new Link(UNKNOWN);
  const sizes = [60_000, 60_000, 60_000, 20, 1400];
  const sent = sizes.filter((size) => link.answers("192.0.2.7", size));
  assertEquals(sent, [60_000]);
});

Deno.test("a few answers to neighbours are a reason to ask nobody", () => {
  const link = new Link(UNKNOWN);
  for (let i = 0; i < 100; i++) {
    assert(link.answers("192.0.2.2"));
    link.now += SECOND / 5;
  }
  assertEquals(link.asked, []);
});

Deno.test("a neighbour that is there gets every answer, once it was asked", async () => {
  const link = new Link(() => true);
  while (link.asked.length === 0) assert(link.answers("192.0.2.2"));
  await Promise.resolve();
  for (let i = 0; i < 10_000; i++) assert(link.answers("192.0.2.2"));
  assertEquals(link.asked, ["192.0.2.2"]);
});

Deno.test("a neighbour that is not there gets no answer for a while, and does not use up those of others", async () => {
  const link = new Link((hostname) => hostname === "192.0.2.2");
  link.attack(1, 300);
  await Promise.resolve();
  assertEquals(link.attack(3, 300), 0);
  assert(link.answers("192.0.2.2"));
  link.now += 60 * SECOND;
  assert(link.answers("192.0.2.100"));
});

Deno.test("a client that was there before has room of its own while it cannot be asked", () => {
  const link = new Link(UNKNOWN);
  assert(link.answers("192.0.2.2"));
  link.now += 2 * SECOND;
  for (let i = 0; i < 10; i++) {
    link.attack(0.1, 300);
    assert(link.answers("192.0.2.2"));
  }
});

Deno.test("when sends wait, who was found to be there is asked again, once a minute at most", async () => {
  let left = false;
  const link = new Link(() => !left);
  link.attack(1, 300);
  await Promise.resolve();
  assertEquals(link.attack(1, 300), 300);
  left = true;
  link.neighbours.blocked(link.now);
  assertLess(link.attack(1, 300) * SMALL_COST, BUFFER_BYTES / 2);
  await Promise.resolve();
  assertEquals(link.attack(1, 300), 0);

  const asked = link.asked.length;
  left = false;
  link.now += 30 * SECOND;
  link.attack(1, 300);
  await Promise.resolve();
  link.neighbours.blocked(link.now);
  assertEquals(link.attack(1, 300), 300);
  assertEquals(link.asked.length, asked + 64);
});

Deno.test("after sends have waited, who says nothing when asked is not taken to be there", async () => {
  const answers: ((isHere: boolean) => void)[] = [];
  const link = new Link(() =>
    new Promise<boolean>((resolve) => answers.push(resolve))
  );
  link.neighbours.blocked(link.now);
  link.attack(4, 300);
  for (const answer of answers) answer(true);
  await Promise.resolve();
  assertLess(link.attack(1, 300) * SMALL_COST, BUFFER_BYTES / 2);
});

Deno.test("no more than 128 are asked at once", () => {
  const link = new Link(() => true);
  for (let i = 0; i < 250; i++) link.answers(`192.0.2.${i + 2}`);
  assertEquals(link.asked.length, 128);
});

Deno.test("who comes while as many are asked takes the turn of the first, after a while", async () => {
  const silent = new Map<string, AbortSignal>();
  let now = 10 * SECOND;
  const neighbours = new Neighbours((hostname, signal) => {
    if (hostname === "192.0.2.2") return Promise.resolve(true);
    silent.set(hostname, signal);
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(undefined));
    });
  }, () => now);
  neighbours.update({ networks: ["192.0.2.1/24"], hostnames: ["192.0.2.1"] });
  function admits(hostname: string): boolean {
    const neighbour = neighbours.find(hostname, now)!;
    const admitted = neighbours.admits(neighbour, SMALL, now);
    if (admitted) neighbours.sent(neighbour, SMALL, now);
    return admitted;
  }
  for (let i = 0; i < 250; i++) admits(`192.0.2.${i + 3}`);
  assertEquals([silent.size, admits("192.0.2.2")], [128, false]);
  now += 300;
  admits("192.0.2.2");
  await Promise.resolve();
  assert(admits("192.0.2.2"));
  assertEquals([...silent.values()].filter(({ aborted }) => aborted).length, 1);
});

Deno.test("a million addresses are remembered in bounded memory, and whoever comes again is not forgotten", async () => {
  const link = new Link((hostname) => hostname === "192.0.2.2");
  while (link.asked.length === 0) link.answers("192.0.2.2");
  await Promise.resolve();
  for (let i = 0; i < 20_000; i++) {
    link.answers(`2001:db8::${i.toString(16)}`);
    if (i % 1000 === 0) assert(link.answers("192.0.2.2"));
  }
  assertLess(link.neighbours.size, 10_000);
});
