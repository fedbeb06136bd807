/**
 * The config files of the servers that want one.
 *
 * @module
 */

/** Where a server listens: echo over TCP and UDP on one port, quotes on the other. */
export interface Ports {
  readonly echo: number;
  readonly quote: number;
  /** For mynah's health and metrics. */
  readonly admin: number;
}

/** The most connections of any scenario, and some. */
export const MANY = 20_000;

/**
 * Everything on, and nothing so low that it trips: what is measured is the
 * program that one would put on a server.
 */
export function mynahConfig({ echo, quote, admin }: Ports): string {
  const limits = `
    allow: [127.0.0.0/8]
    deny: [127.9.9.9]
    max_connections: ${MANY}
    max_connections_per_client: ${MANY}
    idle_timeout: 5m
    udp_replies_per_second: 1000000`;
  return `
log: { level: info, max_lines_per_second: 1000000 }
admin: 127.0.0.1:${admin}
services:
  - name: echo
    type: echo
    listen: [tcp://127.0.0.1:${echo}, udp://127.0.0.1:${echo}]${limits}
  - name: quotes
    type: qotd
    listen: [tcp://127.0.0.1:${quote}, udp://127.0.0.1:${quote}]${limits}
`;
}

/** xinetd's own echo; daytime stands in for quotes: one short line a connection, too. */
export function xinetdConfig({ echo, quote }: Ports): string {
  const common = `type = INTERNAL UNLISTED
  bind = 127.0.0.1
  instances = UNLIMITED
  cps = 1000000 1
  log_on_success =
  log_on_failure =
  disable = no`;
  const service = (name: string, kind: string, port: number) =>
    `service ${name}\n{\n  id = ${name}-${kind}\n  port = ${port}\n` +
    `  socket_type = ${kind}\n  protocol = ${
      kind === "dgram" ? "udp" : "tcp"
    }\n` +
    `  wait = ${kind === "dgram" ? "yes" : "no"}\n  ${common}\n}\n`;
  return service("echo", "stream", echo) + service("echo", "dgram", echo) +
    service("daytime", "stream", quote);
}
