import { assert, assertEquals, assertMatch } from "@std/assert";
import { MemoryLog } from "../../tests/support/fakes.ts";
import { planOf } from "../../tests/support/configs.ts";
import { PrometheusText } from "../../tests/support/prometheus_text.ts";
import { clientOf } from "../guard/client_key.ts";
import { ClientTable } from "../guard/client_table.ts";
import { UdpMemory } from "../guard/udp_guard.ts";
import { MachineAddresses } from "../listeners/machine_addresses.ts";
import { RunningService } from "../listeners/running_service.ts";
import { SINGLE_THREAD } from "../base/thread_slot.ts";
import {
  AT,
  type CounterName,
  DURATION_BOUNDS,
} from "../telemetry/counters.ts";
import { formatMetrics, type Metric } from "../base/prometheus_text.ts";
import { createMetrics } from "./metrics.ts";

async function contexts(): Promise<[RunningService, RunningService]> {
  const listen = "tcp://127.0.0.1:0";
  const { services } = await planOf({
    services: [
      { name: "mirror", type: "echo", listen },
      { name: "wisdom", type: "qotd", listen },
    ],
  });
  const shared = {
    log: new MemoryLog(),
    own: new MachineAddresses(),
    threads: SINGLE_THREAD,
    clients: new ClientTable(SINGLE_THREAD),
    udpMemory: new UdpMemory(),
  };
  const [echo, qotd] = services.map((planned) =>
    new RunningService(planned, shared)
  );
  return [echo, qotd];
}

function scrape(
  services: readonly RunningService[],
  others: readonly Metric[] = [],
): PrometheusText {
  return read(createMetrics(() => services, others));
}

function read(metrics: readonly Metric[]): PrometheusText {
  return new PrometheusText(formatMetrics(metrics));
}

Deno.test("metrics are named as Prometheus advises", async () => {
  const { families } = scrape(await contexts());
  for (const { name, type, help } of families) {
    assertMatch(name, /^(mynah|process)(_[a-z]+)+$/);
    assertEquals(name.endsWith("_total"), type === "counter", name);
    assert(!/_(ms|milliseconds|kb|count|sum|bucket)$/.test(name), name);
    assertMatch(help, /^[A-Z].*\.$/, name);
  }
  const names = families.map(({ name }) => name);
  assertEquals(names, [...new Set(names)]);
});

Deno.test("every counter of a service is in some metric", async () => {
  const [echo] = await contexts();
  const names = Object.keys(AT) as CounterName[];
  for (const [i, name] of names.entries()) {
    echo.counters.values[AT[name]] = 1_000_001 + i;
  }
  const { families } = scrape([echo]);
  const values = families.flatMap(({ samples }) => samples)
    .map(({ value }) => value);
  for (const [i, name] of names.entries()) {
    assert(values.includes(1_000_001 + i), name);
  }
});

Deno.test("metrics tell services, transports and reasons apart by label", async () => {
  const [echo, qotd] = await contexts();
  const set = ({ counters }: RunningService, name: CounterName, to: number) => {
    counters.values[AT[name]] = to;
  };
  set(echo, "accepted", 1);
  set(qotd, "accepted", 2);
  set(echo, "stream_bytes_in", 3);
  set(echo, "datagram_bytes_in", 4);
  set(echo, "silent_rate", 5);
  set(echo, "refused_denied", 6);
  const metrics = scrape([echo, qotd]);
  const mirror = { service: "mirror", type: "echo" };
  const wisdom = { service: "wisdom", type: "qotd" };
  const accepted = "mynah_connections_accepted_total";
  assertEquals(metrics.value(accepted, mirror), 1);
  assertEquals(metrics.value(accepted, wisdom), 2);
  const received = "mynah_received_bytes_total";
  assertEquals(metrics.value(received, { ...mirror, transport: "tcp" }), 3);
  assertEquals(metrics.value(received, { ...mirror, transport: "udp" }), 4);
  const dropped = "mynah_datagrams_dropped_total";
  assertEquals(metrics.value(dropped, { ...mirror, reason: "rate" }), 5);
  assertEquals(metrics.value(dropped, { ...mirror, reason: "denied" }), 0);
  const refused = "mynah_connections_refused_total";
  assertEquals(metrics.value(refused, { ...mirror, reason: "denied" }), 6);
});

Deno.test("no label of a metric depends on who connects", async () => {
  const { families } = scrape(await contexts());
  const labels = new Set(
    families.flatMap(({ samples }) =>
      samples.flatMap((sample) => Object.keys(sample.labels))
    ),
  );
  const bounded = ["service", "type", "reason", "transport", "le"];
  assertEquals([...labels].sort(), bounded.sort());
});

Deno.test("a connection's duration is counted within every bound that it keeps", async () => {
  const [echo] = await contexts();
  for (const seconds of [0.01, 0.011, 30, 5000]) {
    echo.counters.addDuration(seconds);
  }
  const metrics = scrape([echo]);
  const name = "mynah_connection_duration_seconds";
  const buckets = metrics.samples(`${name}_bucket`)
    .map(({ labels, value }) => [labels.le, value]);
  assertEquals(buckets, [
    ["0.01", 1],
    ["0.1", 2],
    ["1", 2],
    ["10", 2],
    ["60", 3],
    ["600", 3],
    ["3600", 3],
    ["+Inf", 4],
  ]);
  assertEquals(buckets.length, DURATION_BOUNDS.length + 1);
  assertEquals(metrics.value(`${name}_count`), 4);
  assertEquals(metrics.value(`${name}_sum`), 0.01 + 0.011 + 30 + 5000);
});

Deno.test("quotes are counted where there are quotes", async () => {
  const [echo, qotd] = await contexts();
  const name = "mynah_quotes_served_total";
  for (const { counters } of [echo, qotd]) {
    counters.values[AT.accepted] = 1;
    counters.values[AT.datagrams_out] = 2;
  }
  const metrics = scrape([echo, qotd]);
  assertEquals(metrics.samples(name).length, 1);
  assertEquals(metrics.value(name, { service: "wisdom" }), 3);
});

Deno.test("each scrape shows the services and numbers of its moment", async () => {
  const [echo, qotd] = await contexts();
  let services = [echo];
  const metrics = createMetrics(() => services, []);
  const name = "mynah_connections_open";
  const open = () =>
    read(metrics).samples(name)
      .map(({ labels, value }) => `${labels.service} ${value}`);
  assertEquals(open(), ["mirror 0"]);
  echo.connections.enter(clientOf("192.0.2.1"));
  services = [echo, qotd];
  assertEquals(open(), ["mirror 1", "wisdom 0"]);
  services = [qotd];
  assertEquals(open(), ["wisdom 0"]);
});

Deno.test("metrics of other parts of the program stand beside those of the services", () => {
  let value = 1;
  const other: Metric = {
    type: "gauge",
    name: "mynah_moon_phase",
    help: "Phase of the moon.",
    samples: () => [{ labels: { side: "near" }, value: value++ }],
  };
  const metrics = createMetrics(() => [], [other]);
  for (const expected of [1, 2]) {
    const { families } = read(metrics);
    assertEquals(families.find(({ name }) => name === "mynah_moon_phase"), {
      name: "mynah_moon_phase",
      type: "gauge",
      help: "Phase of the moon.",
      samples: [{
        name: "mynah_moon_phase",
        labels: { side: "near" },
        value: expected,
      }],
    });
  }
});

Deno.test("the process figures are those of this process", () => {
  const metrics = scrape([]);
  const started = metrics.value("process_start_time_seconds");
  assert(Math.abs(started - Date.now() / 1000) < 3600);
  assert(metrics.value("process_resident_memory_bytes") > 1024 * 1024);
  assert(metrics.value("process_cpu_seconds_total") > 0);
  for (const { value } of metrics.samples("process_open_fds")) {
    assert(value >= 3);
  }
});
