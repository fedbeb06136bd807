/**
 * Describes everything that would be in force: what is served where, to whom and
 * how much, including the defaults.
 *
 * @module
 */

import { formatHostPort } from "../base/address.ts";
import { formatAddresses } from "../config/address_range.ts";
import type { AdminConfig, Config, ServiceConfig } from "../config/config.ts";
import type { AccessList, Limits } from "../config/limits.ts";
import { formatDuration } from "../base/duration.ts";
import { DEFAULT_REPLIES_PER_SECOND } from "../guard/udp_guard.ts";
import { DEFAULT_MAX_LINES_PER_SECOND } from "../config/config.ts";
import { FIRST_CLIENT_PORT } from "../guard/udp_source.ts";
import { type Plan, type PlannedService, warningsOf } from "../config/plan.ts";
import { printable } from "../base/printable.ts";
import { type Cell, table } from "../base/table.ts";

/** A longer list of blocks is cut: it is in the file. */
const MAX_ENTRIES = 5;
/** In the place of a limit on what the service has no address for. */
const NOT_SERVED = "-";

/** Describes a plan as tables and lists, each line short enough to be read. */
export function describePlan({ config, services }: Plan): string {
  const warnings = services.flatMap((planned) =>
    warningsOf(planned).map((warning) =>
      `warning: ${planned.spec.config.name}: ${warning}\n`
    )
  );
  return [
    table(["SERVICE", "TYPE", "ADDRESS", "SERVES"], services.map(addressRow)),
    limitsTable(services.map(({ spec }) => spec.config)),
    describeSettings(config),
    ...(warnings.length > 0 ? [warnings.join("")] : []),
  ].join("\n");
}

function addressRow(
  { spec: { config: { name, type, listen } }, service }: PlannedService,
): Cell[] {
  return [[name], [type], formatAddresses(listen), [service.summary]];
}

function limitsTable(services: readonly ServiceConfig[]): string {
  // Few have load balancers: the column is for those who do.
  const isProxied = services.some(({ limits }) => limits.proxyProtocol);
  return table(
    [
      "SERVICE",
      "ALLOW",
      "DENY",
      ...(isProxied ? ["PROXY PROTOCOL"] : []),
      "CONNECTIONS",
      "PER CLIENT",
      "IDLE TIMEOUT",
      "UDP REPLIES",
    ],
    services.map((config) => limitsRow(config, isProxied)),
  );
}

function limitsRow(
  { name, listen, limits }: ServiceConfig,
  isProxied: boolean,
): Cell[] {
  const has = (wanted: "tcp" | "udp") =>
    listen.some(({ transport }) => transport === wanted);
  const { whenFull = "refuse", idleTimeoutMs } = limits;
  const tcp = [
    describeCount(limits.maxConnections, `, ${whenFull}`),
    describeCount(limits.maxConnectionsPerClient),
    idleTimeoutMs === undefined ? "never" : formatDuration(idleTimeoutMs),
  ];
  return [
    [name],
    limits.allow ? describeList(limits.allow) : ["everyone"],
    describeList(limits.deny ?? []),
    ...(isProxied
      ? [has("tcp") ? describeList(limits.proxyProtocol ?? []) : [NOT_SERVED]]
      : []),
    ...tcp.map((cell) => [has("tcp") ? cell : NOT_SERVED]),
    has("udp") ? describeReplies(limits) : [NOT_SERVED],
  ];
}

function describeCount(count: number | undefined, whenFull = ""): string {
  return count === undefined ? "no limit" : `${count}${whenFull}`;
}

function describeList(list: AccessList): string[] {
  if (list.length === 0) return ["nobody"];
  const entries = list.slice(0, MAX_ENTRIES).map((entry) =>
    typeof entry === "string" ? entry : `file "${printable(entry.file)}"`
  );
  const more = list.length - entries.length;
  return more > 0 ? [...entries, `and ${more} more`] : entries;
}

function describeReplies(
  { udpRepliesPerSecond: perSecond, udpMinClientPort }: Limits,
): string[] {
  return [
    `${perSecond ?? DEFAULT_REPLIES_PER_SECOND}/s`,
    ...(perSecond === undefined ? ["loopback: no limit"] : []),
    `to ports from ${udpMinClientPort ?? FIRST_CLIENT_PORT}`,
  ];
}

function describeSettings(
  { log, workers, admin, shutdownGraceMs }: Config,
): string {
  return table(["SETTING", "VALUE"], [
    [["log"], describeLog(log)],
    [["workers"], [String(workers)]],
    [["admin"], admin ? describeAdmin(admin) : ["off"]],
    [["shutdown_grace"], [formatDuration(shutdownGraceMs)]],
  ]);
}

function describeLog(
  { level, format, maxLinesPerSecond }: Config["log"],
): string[] {
  const most = maxLinesPerSecond ?? DEFAULT_MAX_LINES_PER_SECOND;
  return [`${level}, ${format}`, `${most} lines/s of a service`];
}

function describeAdmin({ hostname, port, hosts = [] }: AdminConfig): string[] {
  return [formatHostPort(hostname, port), ...hosts];
}
