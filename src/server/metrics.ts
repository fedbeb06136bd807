/**
 * Metrics for Prometheus, made at each scrape from what was counted.
 *
 * Labels are bounded: names from the config and reasons from the code, never a
 * client's address.
 *
 * @module
 */

import type { Metric, Sample } from "../base/prometheus_text.ts";
import type { RunningService } from "../listeners/running_service.ts";
import {
  AT,
  type CounterName,
  DURATION_BOUNDS,
} from "../telemetry/counters.ts";
import { processMetrics } from "../telemetry/process_metrics.ts";

type Services = () => readonly RunningService[];

/** All metrics: those of the services, and of other parts of the program. */
export function createMetrics(
  services: Services,
  others: readonly Metric[],
): readonly Metric[] {
  return [...serviceMetrics(services), ...others, ...processMetrics()];
}

function serviceMetrics(services: Services): Metric[] {
  return [
    {
      type: "gauge",
      name: "mynah_connections_open",
      help: "TCP connections open now.",
      samples: eachService(services, ({ connections }) => connections.open),
    },
    {
      type: "counter",
      name: "mynah_connections_accepted_total",
      help: "TCP connections accepted and served.",
      samples: eachService(
        services,
        ({ totals }) => totals.get("accepted"),
      ),
    },
    {
      type: "counter",
      name: "mynah_connections_refused_total",
      help: "TCP connections refused, by reason.",
      samples: eachReason(services, "refused_"),
    },
    {
      type: "histogram",
      name: "mynah_connection_duration_seconds",
      help: "How long TCP connections that have ended were open.",
      samples: () => services().flatMap(durationSamples),
    },
    {
      type: "counter",
      name: "mynah_received_bytes_total",
      help: "Bytes received, without headers.",
      samples: eachTransport(services, "stream_bytes_in", "datagram_bytes_in"),
    },
    {
      type: "counter",
      name: "mynah_sent_bytes_total",
      help: "Bytes sent, without headers.",
      samples: eachTransport(
        services,
        "stream_bytes_out",
        "datagram_bytes_out",
      ),
    },
    {
      type: "counter",
      name: "mynah_datagrams_received_total",
      help: "UDP datagrams received.",
      samples: eachService(
        services,
        ({ totals }) => totals.get("datagrams_in"),
      ),
    },
    {
      type: "counter",
      name: "mynah_datagrams_answered_total",
      help: "UDP datagrams answered.",
      samples: eachService(
        services,
        ({ totals }) => totals.get("datagrams_out"),
      ),
    },
    {
      type: "counter",
      name: "mynah_datagrams_dropped_total",
      help: "UDP datagrams that got no answer, by reason.",
      samples: eachReason(services, "silent_"),
    },
    {
      type: "counter",
      name: "mynah_quotes_served_total",
      help: "Quotes sent, over TCP and UDP.",
      // Counted by the listeners, which know what was sent: the service also picks quotes that a guard then holds back.
      samples: eachService(
        () => services().filter(({ service }) => service.serves === "quotes"),
        ({ totals }) => totals.get("accepted") + totals.get("datagrams_out"),
      ),
    },
  ];
}

function labelsOf({ name, type }: RunningService) {
  return { service: name, type };
}

function eachService(
  services: Services,
  value: (context: RunningService) => number,
): () => Sample[] {
  return () =>
    services().map((context) => ({
      labels: labelsOf(context),
      value: value(context),
    }));
}

/** One sample for each counter whose name starts with `prefix`; the rest of the name is its reason. */
function eachReason(services: Services, prefix: string): () => Sample[] {
  const names = (Object.keys(AT) as CounterName[])
    .filter((name) => name.startsWith(prefix));
  return () =>
    services().flatMap((context) =>
      names.map((name) => ({
        labels: { ...labelsOf(context), reason: name.slice(prefix.length) },
        value: context.totals.get(name),
      }))
    );
}

function eachTransport(
  services: Services,
  tcp: CounterName,
  udp: CounterName,
): () => Sample[] {
  return () =>
    services().flatMap((context) =>
      Object.entries({ tcp, udp }).map(([transport, name]) => ({
        labels: { ...labelsOf(context), transport },
        value: context.totals.get(name),
      }))
    );
}

function durationSamples(context: RunningService): Sample[] {
  const labels = labelsOf(context);
  const counts = context.totals.durations();
  return [
    ...counts.map((value, i): Sample => ({
      suffix: "_bucket",
      labels: { ...labels, le: DURATION_BOUNDS[i] ?? "+Inf" },
      value,
    })),
    {
      suffix: "_sum",
      labels,
      value: context.totals.get("seconds_sum"),
    },
    {
      suffix: "_count",
      labels,
      value: context.totals.get("ended"),
    },
  ];
}
