/**
 * The limits of a service, one row each: the key in the file, the field in the
 * program, the values and the description. The type, the schema and the reading
 * of limits follow from this table.
 *
 * @module
 */

import * as v from "valibot";
import { DURATION_EXAMPLES } from "../base/duration.ts";
import {
  accessList,
  clientPort,
  count,
  described,
  positiveDuration,
} from "./values.ts";

/** Deno has no keep-alive option: without an idle timeout a client that vanished would stay for ever. */
const DEFAULT_IDLE_TIMEOUT_MS = 60 * 60 * 1000;

type AccessEntry = string | { readonly file: string };

/** Addresses and CIDR blocks, and files of them. */
export type AccessList = readonly AccessEntry[];

/** One entry stands for a list of one. */
function listed(
  value: AccessEntry | AccessEntry[] | undefined,
): AccessList | undefined {
  return value === undefined ? undefined : [value].flat();
}

/** A row whose field holds what the file does. */
function limit<const Field extends string, Schema extends v.GenericSchema>(
  field: Field,
  schema: Schema,
  description: string,
) {
  return readLimit(
    field,
    schema,
    description,
    (value: v.InferOutput<Schema> | undefined) => value,
  );
}

/** A row whose field holds what `read` makes of the value in the file. */
function readLimit<
  const Field extends string,
  Schema extends v.GenericSchema,
  Value,
>(
  field: Field,
  schema: Schema,
  description: string,
  read: (value: v.InferOutput<Schema> | undefined) => Value | undefined,
) {
  return { field, schema: described(schema, description), read };
}

const rows = {
  allow: readLimit(
    "allow",
    accessList,
    "Who may use the service: IP addresses, CIDR blocks, and files of them with one entry on each line. Default: everyone.",
    listed,
  ),
  deny: readLimit(
    "deny",
    accessList,
    "Who may not use the service, written as in `allow`, which it overrides. Default: nobody.",
    listed,
  ),
  proxy_protocol: readLimit(
    "proxyProtocol",
    accessList,
    "Load balancers, written as in `allow`: their TCP connections begin with a PROXY header (version 1 or 2), which names the client. Default: none.",
    listed,
  ),
  max_connections: limit(
    "maxConnections",
    count,
    "The most TCP connections at once. Default: no limit.",
  ),
  when_full: limit(
    "whenFull",
    v.picklist(["refuse", "wait"], "refuse or wait"),
    "What happens to a new connection when there are `max_connections`: `refuse` closes it, `wait` leaves it in the system's queue. Default: `refuse`.",
  ),
  max_connections_per_client: limit(
    "maxConnectionsPerClient",
    count,
    "The most TCP connections at once from one client, which is an IPv4 address or an IPv6 /64. A /56 may have 4 times as many, a /48 16 times. Default: no limit.",
  ),
  idle_timeout: readLimit(
    "idleTimeoutMs",
    v.union(
      [v.literal("never"), positiveDuration],
      `never or ${DURATION_EXAMPLES}`,
    ),
    "Closes a TCP connection after this long without traffic in either direction. `never` leaves it open: Deno cannot turn on TCP keep-alive, so a client that vanished then holds its connection for ever. Default: `1h`.",
    (value: number | "never" = DEFAULT_IDLE_TIMEOUT_MS) =>
      value === "never" ? undefined : value,
  ),
  udp_replies_per_second: limit(
    "udpRepliesPerSecond",
    count,
    "The most UDP replies each second to one IPv4 address or IPv6 /64, from all services together. A burst may be twice as many. Of a reply larger than 1,500 bytes, every 1,500 bytes count as one. Default: `100`, but no limit for loopback.",
  ),
  udp_min_client_port: limit(
    "udpMinClientPort",
    clientPort,
    "The lowest source port that gets a UDP reply. `32768` leaves only the ports that systems give to clients. The ports of well-known services never get one. Default: `1024`.",
  ),
};

type Rows = typeof rows;
type Key = keyof Rows;

const KEYS = Object.keys(rows) as Key[];

/** Who may use a service, and how much. An absent limit means no limit, except for UDP replies: see `guard/udp_guard.ts`. */
export type Limits = {
  readonly [K in Key as Rows[K]["field"]]?: NonNullable<
    ReturnType<Rows[K]["read"]>
  >;
};

/** The limits as keys of the schema of a service. */
export const limitEntries = Object.fromEntries(
  KEYS.map((key) => [key, rows[key].schema]),
) as { [K in Key]: Rows[K]["schema"] };

/** Who may use a service and who speaks for others, for a look at the files that it names whatever else is wrong. */
export const accessSchema = v.object({
  allow: limitEntries.allow,
  deny: limitEntries.deny,
  proxy_protocol: limitEntries.proxy_protocol,
});

/** The limits among the checked settings of a service, and its other settings. */
export function readLimits(
  settings: Readonly<Record<string, unknown>>,
): { limits: Limits; others: Record<string, unknown> } {
  const others = { ...settings };
  for (const key of KEYS) delete others[key];
  const limits = KEYS.map((key) => {
    const { field, read } = rows[key];
    return [field, (read as (value: unknown) => unknown)(settings[key])];
  });
  return { limits: Object.fromEntries(limits), others };
}
