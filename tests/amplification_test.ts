import { assert, assertLessOrEqual } from "@std/assert";
import { registry } from "../src/services/registry.ts";
import type { ServiceType } from "../src/services/service.ts";
import { MINUTE, Target, Traffic, WORST_OPTIONS } from "./amplification.ts";
import { UdpClient } from "./clients.ts";
import { forged } from "./guards.ts";
import { Mynah } from "./mynah.ts";
import { scrapeUntil } from "./scrape.ts";

// What `src/guard/budget.ts` and `src/guard/source_table.ts` promise.
const TIMES = 3;
const FREE_BYTES = 8 * 1024;
const NEWCOMERS_SHARE = 32;
const MAX_REGULARS = 4096;

/** From the smallest datagram to one that fills an Ethernet frame; 152 bytes and headers are a third of the longest quote. */
const SIZES = [0, 1, 12, 64, 151, 152, 153, 512, 1472];
const VICTIM = "192.0.2.1";

function figure({ name }: ServiceType, what: string, traffic: Traffic): void {
  const kib = Math.ceil(traffic.answered / 1024);
  const ratio = traffic.ratio.toFixed(1);
  console.log(`amplification: ${name}, ${what}: ${ratio} times, ${kib} KiB`);
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

/** Those that answer datagrams: discard takes them in silence. */
const ANSWERING = registry.filter(({ name, noUdp }) =>
  name !== "discard" && !noUdp
);

for (const type of ANSWERING) {
  const { name } = type;

  Deno.test(`${name} answers a datagram with at most 20 times its bytes`, async () => {
    const target = await Target.of(type);
    const single = worst(SIZES.map((size) => {
      const traffic = new Traffic();
      const answer = target.ask(forged(size), size, 0);
      if (answer !== null) traffic.add(size, answer);
      return traffic;
    }));
    figure(type, "one datagram", single);
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
    figure(type, "one source, first minute", worst(first));
    figure(type, "one source, each minute after", worst(later));
    figure(type, "one source, most bytes in a minute", most(later));
    SIZES.forEach((_, i) => {
      assertBounded(first[i], 2);
      assertBounded(later[i], 2);
      const sent = first[i].sent + later[i].sent;
      const answered = first[i].answered + later[i].answered;
      assertBounded({ sent, answered }, 3);
    });
  });

  Deno.test(`${name} keeps to that whatever the sizes and pauses`, async () => {
    for (let round = 0; round < 20; round++) {
      const target = await Target.of(type);
      const total = new Traffic();
      for (let now = 0; now < 10 * MINUTE; now += 2000 * Math.random() ** 8) {
        const size = Math.floor(600 * Math.random() ** 4);
        const answer = target.ask(VICTIM, size, now);
        if (answer === null) continue;
        total.add(size, answer);
        assertBounded(total, 1 + now / MINUTE);
      }
    }
  });

  Deno.test(`${name} sends any number of new sources together at most 32 times what it sends one`, async () => {
    const target = await Target.of(type);
    const traffic = new Traffic();
    const COUNT = 300_000;
    for (let i = 0; i < COUNT; i++) {
      const answer = target.ask(forged(i), 0, i / COUNT * MINUTE);
      if (answer !== null) traffic.add(0, answer);
    }
    figure(type, "all new sources, first minute", traffic);
    assertBounded(traffic, 2 * NEWCOMERS_SHARE);
  });

  Deno.test(`${name} is bounded even when every place is taken by a forged sender`, async () => {
    const target = await Target.of(type);
    const sources = Array.from({ length: MAX_REGULARS }, (_, i) => forged(i));
    // Large requests at first, which leave the allowances as they are.
    for (const now of [0, 5000, 10_000]) {
      for (const source of sources) target.ask(source, 512, now);
    }
    const options = { everyMs: MINUTE / 4, atOnce: 20 };
    const first = target.minute(sources, 0, { from: MINUTE, ...options });
    const later = target.minute(sources, 0, { from: 2 * MINUTE, ...options });
    figure(type, `${MAX_REGULARS} regulars, first minute`, first);
    figure(type, `${MAX_REGULARS} regulars, each minute after`, later);
    assertBounded(first, 2 * (MAX_REGULARS + NEWCOMERS_SHARE));
    assertBounded(later, MAX_REGULARS + NEWCOMERS_SHARE);
  });

  Deno.test(`${name} keeps to that on a real socket`, async () => {
    const options = WORST_OPTIONS[name] ?? {};
    const service = {
      name,
      type: name,
      listen: "udp://127.0.0.1:0",
      udp_replies_per_second: 100, // Loopback has no budget otherwise.
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
      const metrics = await scrapeUntil(
        mynah,
        (metrics) => metrics.answered + metrics.dropped() === sent,
      );
      for (; answered < metrics.answered; answered++) {
        traffic.add(0, (await client.receive()).length);
      }
    }
    assert(await client.heardNothing());
    figure(type, "one source, on a real socket", traffic);
    const minutes = (performance.now() - startedAt) / MINUTE;
    assertBounded(traffic, 1 + minutes);
  });
}
