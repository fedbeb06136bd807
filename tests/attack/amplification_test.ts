import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { registry } from "../../src/services/registry.ts";
import type { ServiceType } from "../../src/services/service.ts";
import {
  HEADERS,
  LARGEST,
  MINUTE,
  Target,
  Traffic,
  WORST_OPTIONS,
} from "./amplification.ts";
import { UdpClient } from "../support/clients.ts";
import { forged } from "../support/guards.ts";
import { Mynah } from "../support/mynah.ts";
import { metricsWhen } from "../support/admin.ts";

// What `src/guard/budget.ts` and `src/guard/source_table.ts` promise.
const TIMES = 3;
const FREE_BYTES = 8 * 1024;
const NEWCOMERS_SHARE = 32;
const MAX_REGULARS = 4096;
const REPLIES = 100;
const REPLY_BYTES = 1500;

/** From the smallest datagram to the largest, with the neighbors of those at which something changes: a third of the longest quote, and a reply's bytes. */
const SIZES = [
  [0, 1, 12, 64, 151, 152, 153, 512, 1471, 1472, 1473, 2972, 2973],
  [9000, 32_000, LARGEST - 1, LARGEST],
].flat();
const VICTIM = "192.0.2.1";
const SERVICES = 50;

const SECURITY = Deno.readTextFileSync(
  new URL("../../SECURITY.md", import.meta.url),
);

/** What SECURITY.md says of a type of service, in the table whose first column is `what`; nothing of a type that it does not name. */
function promised(what: string, { name }: ServiceType): string | undefined {
  const rows = SECURITY.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const head = rows.find(([, first]) => first === "Over a minute")!;
  const row = rows.find(([, first]) => first === what);
  assert(row, `SECURITY.md has no "${what}"`);
  const column = head.indexOf(`\`${name}\``);
  return column === -1 ? undefined : row[column];
}

/** Prints a figure, and fails when SECURITY.md has another. */
function figure(type: ServiceType, what: string, traffic: Traffic): void {
  const kib = Math.ceil(traffic.answered / 1024);
  const size = kib < 10_000 ? `${kib} KiB` : `${Math.ceil(kib / 1024)} MiB`;
  const times = `${traffic.ratio.toFixed(1)} times`;
  // Where nothing is gained, the size is that of what the attacker sent.
  const isGain = traffic.ratio > 1 || what.includes("bytes");
  const text = isGain ? `${times}, ${size}` : times;
  console.log(`amplification: ${type.name}, ${what}: ${text}`);
  assertEquals(promised(what, type) ?? text, text);
}

/** The one that gets the most for what is sent. */
function worst(all: readonly Traffic[]): Traffic {
  return all.reduce((a, b) => b.ratio > a.ratio ? b : a);
}

function most(all: readonly Traffic[]): Traffic {
  return all.reduce((a, b) => b.answered > a.answered ? b : a);
}

/** Fails when more is answered than three times what was sent and so many free allowances. */
function assertBounded(
  { sent, answered }: Pick<Traffic, "sent" | "answered">,
  allowances: number,
): void {
  assertLessOrEqual(answered, TIMES * sent + allowances * FREE_BYTES);
}

/** Fails when more is answered than the budgets of so many sources let through in some minutes: two seconds' worth at once, and the largest reply, for each. */
function assertBytesBounded(
  { answered }: Traffic,
  minutes: number,
  sources = 1,
): void {
  const perSource = REPLIES * REPLY_BYTES * (60 * minutes + 2) + LARGEST +
    HEADERS;
  assertLessOrEqual(answered, sources * perSource);
}

/** Those that answer datagrams: discard takes them in silence. */
const ANSWERING = registry.filter(({ name, noUdp }) =>
  name !== "discard" && !noUdp
);

for (const type of ANSWERING) {
  const { name } = type;

  Deno.test(`${name} answers a datagram with at most 20 times its bytes, whatever its size`, async () => {
    const sizes = [...Array(2000).keys(), ...SIZES];
    const target = await Target.of(type);
    const single = worst(sizes.map((size) => {
      const traffic = new Traffic();
      const answer = target.ask(forged(size), size, size);
      if (answer !== null) traffic.add(size, answer);
      return traffic;
    }));
    figure(type, "One datagram", single);
    assertLessOrEqual(single.ratio, 20);
  });

  Deno.test(`${name} sends one source at most three times what it sent, 8 KiB, and 8 KiB a minute`, async () => {
    const first: Traffic[] = [];
    const later: Traffic[] = [];
    for (const size of SIZES) {
      const target = await Target.of(type);
      first.push(target.minute([VICTIM], size));
      later.push(target.minute([VICTIM], size, { from: MINUTE }));
    }
    figure(type, "One victim, the first minute", worst(first));
    figure(type, "One victim, each minute after", worst(later));
    SIZES.forEach((_, i) => {
      assertBounded(first[i], 2);
      assertBounded(later[i], 2);
      const sent = first[i].sent + later[i].sent;
      const answered = first[i].answered + later[i].answered;
      assertBounded({ sent, answered }, 3);
    });
  });

  Deno.test(`${name} sends one source what its budget of replies has in bytes, from however many services`, async () => {
    const first: Traffic[] = [];
    for (const services of [1, SERVICES]) {
      for (const size of SIZES) {
        const target = await Target.of(type, services);
        first.push(target.minute([VICTIM], size));
      }
    }
    figure(
      type,
      "One victim, as many bytes as possible in the first minute",
      most(first),
    );
    for (const each of first) {
      assertBounded(each, 2);
      assertBytesBounded(each, 1);
    }
  });

  Deno.test(`${name} keeps to that whatever the sizes, pauses and services`, async () => {
    for (let round = 0; round < 20; round++) {
      const target = await Target.of(type, SERVICES);
      const total = new Traffic();
      const largest = round % 2 === 0 ? 600 : LARGEST;
      for (let now = 0; now < 10 * MINUTE; now += 2000 * Math.random() ** 8) {
        const size = Math.floor(largest * Math.random() ** 4);
        const service = Math.floor(SERVICES * Math.random());
        const answer = target.ask(VICTIM, size, now, service);
        if (answer === null) continue;
        total.add(size, answer);
        assertBounded(total, 1 + now / MINUTE);
        assertBytesBounded(total, now / MINUTE);
      }
    }
  });

  Deno.test(`${name} keeps to that however many others come and push out whom it remembers`, async () => {
    const target = await Target.of(type);
    const total = new Traffic();
    let others = 0;
    for (let now = 0; now < 5 * MINUTE; now += 15_000) {
      for (let answer; (answer = target.ask(VICTIM, 0, now)) !== null;) {
        total.add(0, answer);
      }
      assertBounded(total, 1 + now / MINUTE);
      // Each comes three times with requests that cost nothing but replies, and is a regular if there is a place.
      for (const ms of [0, 1000, 2000]) {
        for (let i = others; i < others + 5000; i++) {
          target.ask(forged(i), 512, now + 4000 + ms);
        }
      }
      others += 5000;
    }
    assertEquals(target.memory.sources.regulars, MAX_REGULARS);
  });

  Deno.test(`${name} sends any number of new sources together at most 32 times what it sends one`, async () => {
    const COUNT = 210_000;
    async function flood(size: number): Promise<Traffic> {
      const target = await Target.of(type);
      const traffic = new Traffic();
      for (let i = 0; i < COUNT; i++) {
        const answer = target.ask(forged(i), size, i / COUNT * MINUTE);
        if (answer !== null) traffic.add(size, answer);
      }
      assertBounded(traffic, 2 * NEWCOMERS_SHARE);
      assertBytesBounded(traffic, 1, NEWCOMERS_SHARE);
      return traffic;
    }
    const traffics = [await flood(0), await flood(152), await flood(1472)];
    figure(
      type,
      "Any number of new victims, the first minute",
      worst(traffics),
    );
    figure(
      type,
      "Any number of new victims, as many bytes as possible",
      most(traffics),
    );
  });

  Deno.test(`${name} is bounded even when every place is taken by a forged sender`, async () => {
    const target = await Target.of(type);
    // More than there are places for: some share one in the count of visits.
    const all = Array.from({ length: MAX_REGULARS + 500 }, (_, i) => forged(i));
    // Large requests at first, which leave the allowances as they are.
    for (const now of [0, 5000, 10_000]) {
      for (const source of all) target.ask(source, 512, now);
    }
    assertEquals(target.memory.sources.regulars, MAX_REGULARS);
    const regulars = all.filter((source) => target.isRegular(source, 10_000));
    const options = { everyMs: MINUTE / 4, atOnce: 20 };
    const first = target.minute(regulars, 0, { from: MINUTE, ...options });
    const later = target.minute(regulars, 0, { from: 2 * MINUTE, ...options });
    figure(type, "4096 victims that have long been there, each minute", later);
    assertBounded(first, 2 * (MAX_REGULARS + NEWCOMERS_SHARE));
    assertBounded(later, MAX_REGULARS + NEWCOMERS_SHARE);
  });

  Deno.test(`${name} keeps to that on a real socket`, async () => {
    const options = WORST_OPTIONS[name] ?? {};
    const service = {
      name,
      type: name,
      listen: "udp://127.0.0.1:0",
      udp_replies_per_second: REPLIES, // Loopback has no budget otherwise.
      ...options,
    };
    const startedAt = performance.now();
    await using mynah = await Mynah.configured(
      `{ admin: "127.0.0.1:0", services: [${JSON.stringify(service)}] }`,
    );
    using client = new UdpClient(mynah.address("udp"));
    let answered = 0;
    const traffic = new Traffic();
    for (let sent = 0; sent < 1000;) {
      // Not more than fit into the systems' queues for the sockets.
      for (const end = sent + 50; sent < end; sent++) {
        await client.send(new Uint8Array());
      }
      const metrics = await metricsWhen(
        mynah,
        (metrics) => metrics.answered + metrics.dropped() === sent,
      );
      for (; answered < metrics.answered; answered++) {
        traffic.add(0, (await client.receive()).length);
      }
    }
    assert(await client.heardNothing());
    const minutes = (performance.now() - startedAt) / MINUTE;
    assertBounded(traffic, 1 + minutes);
  });
}
