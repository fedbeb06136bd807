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
import { limitEntries } from "./limits.ts";
import {
  address,
  count,
  described,
  duration,
  parsed,
  tcpAddress,
} from "./values.ts";

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

/** Makes the schema of a service whose type is not known: what every type has, and any key that one of them has. */
export function commonSchema(types: readonly ServiceType[]) {
  const keys = types.flatMap(({ options }) => Object.keys(options));
  return strictObject({
    type: v.optional(v.unknown()),
    name,
    listen,
    ...limitEntries,
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
      ...limitEntries,
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
