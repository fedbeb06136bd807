/**
 * The shape of a config file. One schema does three things: it checks the file,
 * words what was expected, and becomes the JSON Schema for editors.
 *
 * Every message here completes the sentence "found X, expected …".
 *
 * @module
 */

import * as v from "valibot";
import { alternatives } from "../base/list_words.ts";
import type { ServiceType } from "../services/service.ts";
import { strictObject } from "../base/strict_object.ts";
import { parseAdminAddress, parseHostName } from "../base/address.ts";
import { parseAddressRange, RANGE_PATTERN } from "./address_range.ts";
import {
  DURATION_EXAMPLES,
  DURATION_PATTERN,
  parseDuration,
  parsePositiveDuration,
} from "../base/duration.ts";
import { IP_BLOCK, ipBlockProblem } from "./ip_block.ts";

/** How the text of a value looks: `title` names the kind of value, `expected` is for errors. */
interface TextForm {
  readonly description?: string;
  readonly title: string;
  readonly pattern: RegExp;
  readonly expected: string;
}

/** A text that `parse` turns into a value, or refuses with a `SyntaxError` that says what was expected. */
function parsed<T>(
  parse: (text: string) => T,
  { pattern, expected, ...texts }: TextForm,
) {
  return v.pipe(
    v.string(expected),
    v.metadata({ ...texts, pattern: pattern.source }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        addIssue({ message: error.message });
        return NEVER;
      }
    }),
  );
}

const addressForm = {
  title: "address",
  pattern: RANGE_PATTERN,
  expected: 'an address such as "tcp://0.0.0.0:7"',
};
const address = parsed(parseAddressRange, addressForm);

/** The address of a service that is not served over UDP, for a reason. */
function tcpAddress(reason: string) {
  return parsed((text) => {
    const address = parseAddressRange(text);
    if (address.transport === "tcp") return address;
    throw new SyntaxError(`a tcp:// address: ${reason}`);
  }, {
    ...addressForm,
    pattern: new RegExp(RANGE_PATTERN.source.replace("tcp|udp", "tcp")),
  });
}

const durationForm = {
  title: "duration",
  pattern: DURATION_PATTERN,
  expected: DURATION_EXAMPLES,
};
const duration = parsed(parseDuration, durationForm);
const positiveDuration = parsed(parsePositiveDuration, durationForm);

const ADMIN_ADDRESS = 'HOST:PORT, such as "127.0.0.1:9090"';
const adminAddress = parsed(parseAdminAddress, {
  title: "`HOST:PORT`",
  description: "The address that `admin` listens on.",
  pattern: /^[^/\s]+:(0|[1-9]\d{0,4})$/,
  expected: ADMIN_ADDRESS,
});
const hostName = parsed(parseHostName, {
  title: "host name",
  pattern: /^[A-Za-z0-9_.-]{1,253}$/,
  expected: "a host name",
});
const admin = described(
  v.union([
    adminAddress,
    strictObject({
      listen: adminAddress,
      hosts: described(
        v.union(
          [hostName, v.array(hostName, "a list of host names")],
          "a host name or a list of host names",
        ),
        "Host names by which clients may reach `admin` on a loopback address, besides `localhost` and IP addresses. Default: none.",
      ),
    }, "a mapping with listen and hosts"),
  ], ADMIN_ADDRESS),
  "The address for `/healthz`, `/readyz`, `/metrics` and `POST /-/reload`, or a mapping with `listen` and `hosts`. Default: off.",
);

const block = v.pipe(
  v.string(IP_BLOCK),
  v.title("IP address or CIDR block"),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed && ipBlockProblem(dataset.value);
    if (problem) addIssue({ message: problem });
  }),
);
const blocksFile = v.pipe(
  strictObject({
    file: v.pipe(
      v.string("a file name"),
      v.title("file name"),
      v.minLength(1, "a file name"),
      v.description(
        "A file of IP addresses and CIDR blocks, one on each line. The path is relative to the config file.",
      ),
    ),
  }, "a mapping with file"),
  v.title("`{file: NAME}`"),
);
const ACCESS_ENTRY = `${IP_BLOCK}, or {file: NAME}`;
const ACCESS_LIST =
  "a list of IP addresses, CIDR blocks and files ({file: NAME})";
const accessList = v.union([
  block,
  blocksFile,
  v.array(v.union([block, blocksFile], ACCESS_ENTRY)),
], ACCESS_LIST);

const MAX_COUNT = 1_000_000;
const COUNT = `a whole number from 1 to ${MAX_COUNT}`;
const count = v.pipe(
  v.number(COUNT),
  v.integer(COUNT),
  v.minValue(1, COUNT),
  v.maxValue(MAX_COUNT, COUNT),
);

const CLIENT_PORT = "a port from 1024 to 65535";
const clientPort = v.pipe(
  v.number(CLIENT_PORT),
  v.integer(CLIENT_PORT),
  v.minValue(1024, CLIENT_PORT),
  v.maxValue(65_535, CLIENT_PORT),
);

/** More than any machine profits from: each costs memory. */
const MAX_WORKERS = 256;

const NAME =
  "a name of letters, digits, dots, dashes and underscores, 63 at most";
const name = v.pipe(
  v.string(NAME),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, NAME),
  v.title("name"),
  v.description(
    "The name of the service in logs and metrics. Unique; letters, digits, dots, dashes and underscores, 63 at most.",
  ),
);

const LISTEN = "an address or a list of addresses";
function listenOf(one: typeof address) {
  return v.pipe(
    v.union([
      one,
      v.pipe(v.array(one, LISTEN), v.minLength(1, "at least one address")),
    ], LISTEN),
    v.description(
      "Where the service listens: `tcp://HOST:PORT` or `udp://HOST:PORT`. `HOST` is an IP address (IPv6 in brackets), a name, which stands for every address that it has, or `*` for every address of the machine. `PORT` may be a range, `7000-7099`; with 0 the system chooses.",
    ),
  );
}
const listen = listenOf(address);

/** An optional key. Its description is outside the schema's own pipe, because the JSON Schema omits a description that follows a transformation. */
function described<const Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
) {
  return v.pipe(v.optional(schema), v.description(description));
}

const limits = {
  allow: described(
    accessList,
    "Who may use the service: IP addresses, CIDR blocks, and files of them with one entry on each line. Default: everyone.",
  ),
  deny: described(
    accessList,
    "Who may not use the service, written as in `allow`, which it overrides. Default: nobody.",
  ),
  proxy_protocol: described(
    accessList,
    "Load balancers, written as in `allow`: their TCP connections begin with a PROXY header (version 1 or 2), which names the client. Default: none.",
  ),
  max_connections: described(
    count,
    "The most TCP connections at once. Default: no limit.",
  ),
  when_full: described(
    v.picklist(["refuse", "wait"], "refuse or wait"),
    "What happens to a new connection when there are `max_connections`: `refuse` closes it, `wait` leaves it in the system's queue. Default: `refuse`.",
  ),
  max_connections_per_client: described(
    count,
    "The most TCP connections at once from one client, which is an IPv4 address or an IPv6 /64. A /56 may have 4 times as many, a /48 16 times. Default: no limit.",
  ),
  idle_timeout: described(
    v.union(
      [v.literal("never"), positiveDuration],
      `never or ${DURATION_EXAMPLES}`,
    ),
    "Closes a TCP connection after this long without traffic in either direction. `never` leaves it open: Deno cannot turn on TCP keep-alive, so a client that vanished then holds its connection for ever. Default: `1h`.",
  ),
  udp_replies_per_second: described(
    count,
    "The most UDP replies each second to one IPv4 address or IPv6 /64, from all services together. A burst may be twice as many. Of a reply larger than 1,500 bytes, every 1,500 bytes count as one. Default: `100`, but no limit for loopback.",
  ),
  udp_min_client_port: described(
    clientPort,
    "The lowest source port that gets a UDP reply. `32768` leaves only the ports that systems give to clients. The ports of well-known services never get one. Default: `1024`.",
  ),
};

const log = strictObject({
  level: described(
    v.picklist(
      ["debug", "info", "warn", "error"],
      "debug, info, warn or error",
    ),
    "The lowest level that is logged. Default: `info`.",
  ),
  format: described(
    v.picklist(["text", "json"], "text or json"),
    "The form of a line on standard error: `text` for people, `json` (one object on each line) for machines. Default: `text`.",
  ),
  max_lines_per_second: described(
    count,
    "The most lines that one service may log in a second. Past that, one line a second is logged, with the number of lines left out. Default: `1000`.",
  ),
}, "a mapping with level and format");

const WORKERS = `auto or a whole number from 1 to ${MAX_WORKERS}`;
const workers = described(
  v.union([
    v.literal("auto"),
    v.pipe(
      v.number(),
      v.integer(WORKERS),
      v.minValue(1, WORKERS),
      v.maxValue(MAX_WORKERS, WORKERS),
    ),
  ], WORKERS),
  "How many threads serve TCP; `auto` is one for each processor. More than one needs Linux. A change takes effect at the next start. Default: `1`.",
);

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** Who may use a service and who speaks for others, for a look at the files that it names whatever else is wrong. */
export const accessSchema = v.object({
  allow: limits.allow,
  deny: limits.deny,
  proxy_protocol: limits.proxy_protocol,
});

/** Makes the schema of a service whose type is not known: what every type has, and any key that one of them has. */
export function commonSchema(types: readonly ServiceType[]) {
  const keys = types.flatMap(({ options }) => Object.keys(options));
  return strictObject({
    type: v.optional(v.unknown()),
    name,
    listen,
    ...limits,
    ...Object.fromEntries(keys.map((key) => [key, v.optional(v.unknown())])),
  }, "a service");
}

/** Makes the schema of a config file for the given types of services. */
export function configSchema(types: readonly ServiceType[]) {
  const variants = types.map((type) =>
    strictObject({
      type: v.pipe(
        v.literal(type.name),
        v.description(sentence(type.description)),
      ),
      name,
      listen: type.noUdp ? listenOf(tcpAddress(type.noUdp)) : listen,
      ...limits,
      ...type.options,
    }, "a service")
  );
  const typeNames = alternatives(types.map(({ name }) => name));
  return strictObject({
    log: described(log, "What is logged, and how."),
    workers,
    admin,
    shutdown_grace: described(
      duration,
      "How long open connections may go on after SIGTERM. Default: `10s`.",
    ),
    services: v.pipe(
      v.array(
        v.variant("type", variants, `a service with the type ${typeNames}`),
        "a list of services",
      ),
      v.minLength(1, "at least one service"),
      v.description("The services, at least one."),
    ),
  }, "a mapping with services");
}
