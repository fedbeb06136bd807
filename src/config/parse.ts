/**
 * From the value that YAML gave to a {@linkcode Config}, or to every problem in it.
 *
 * @module
 */

import * as v from "valibot";
import { didYouMean } from "../nearest.ts";
import type { ServiceType } from "../services/service.ts";
import {
  type Address,
  addressesClash,
  formatAddress,
  parseAddress,
} from "./address.ts";
import type { Config, Limits, ServiceConfig } from "./config.ts";
import {
  ConfigError,
  describe,
  formatPath,
  printable,
  type Problem,
} from "./problems.ts";
import { configSchema } from "./schema.ts";

type Output = v.InferOutput<ReturnType<typeof configSchema>>;

/**
 * Checks a config and completes it with the defaults.
 *
 * @param value What the YAML file holds.
 * @param source How a person knows the file, for the error.
 * @param types The types of services that it may name.
 * @throws {ConfigError} With every problem at once.
 */
export function parseConfig(
  value: unknown,
  source: string,
  types: readonly ServiceType[],
): Config {
  const result = v.safeParse(configSchema(types), value);
  const problems = [
    ...(result.issues ?? []).flatMap(flatten).map(toProblem),
    ...findClashes(value),
  ];
  if (problems.length > 0 || !result.success) {
    throw new ConfigError(source, withoutRepeats(problems));
  }
  return toConfig(result.output);
}

/** The issues of a union are those of the branch that came furthest: a list with one bad address is not "no list". */
function flatten(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown>[] {
  const inner = (issue.issues ?? []).filter((sub) => sub.path !== undefined);
  if (inner.length === 0) return [issue];
  return inner.map((sub) => ({
    ...sub,
    path: [...issue.path ?? [], ...sub.path ?? []],
  } as v.BaseIssue<unknown>));
}

function toProblem(issue: v.BaseIssue<unknown>): Problem {
  const keys = (issue.path ?? []).map((item) => item.key);
  const where = formatPath(keys);
  if (issue.type === "never") {
    const known = issue.message.split(", ");
    const suggestion = didYouMean(String(keys.at(-1)), known);
    return {
      where,
      message: `unknown key${suggestion || `; known here: ${issue.message}`}`,
    };
  }
  const last = issue.path?.at(-1);
  if (last?.origin === "key" && last.value === undefined) {
    return { where, message: "missing" };
  }
  if (issue.type === "variant" && last?.key === "type") {
    const types = issue.expected?.replaceAll(/[()"]/g, "") ?? "";
    return {
      where,
      message: `found ${describe(last.value)}, expected ${
        types.replaceAll(" | ", " or ")
      }${didYouMean(String(last.value), types.split(" | "))}`,
    };
  }
  return {
    where,
    message: `found ${
      describe(last ? last.value : issue.input)
    }, expected ${issue.message}`,
  };
}

function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ where, message }) => {
    const line = `${where}: ${message}`;
    return !seen.has(line) && seen.add(line);
  });
}

/** Looks for what no single value shows: names and addresses used twice. Takes the file as it is, so that its other problems hide none. */
function findClashes(value: unknown): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, string>();
  const taken: { address: Address; where: string }[] = [];

  function takeName(name: unknown, where: string) {
    if (typeof name !== "string") return;
    const other = names.get(name);
    if (other === undefined) names.set(name, where);
    else {
      problems.push({
        where,
        message: `"${printable(name)}" is also the name at ${other}`,
      });
    }
  }

  function takeAddress(text: unknown, where: string) {
    const address = tryParseAddress(text);
    if (!address) return;
    const other = taken.find((entry) => addressesClash(entry.address, address));
    taken.push({ address, where });
    if (!other) return;
    const [mine, theirs] = [address, other.address].map(formatAddress);
    problems.push({
      where,
      message: mine === theirs
        ? `${mine} is also at ${other.where}`
        : `${mine} overlaps ${theirs} at ${other.where}`,
    });
  }

  const { admin, services } = partial(value);
  takeAddress(`tcp://${admin}`, "admin");
  for (const [i, service] of list(services).entries()) {
    const { name, listen } = partial(service);
    takeName(name, `services[${i}].name`);
    takeAddress(listen, `services[${i}].listen`);
    for (const [j, address] of list(listen).entries()) {
      takeAddress(address, `services[${i}].listen[${j}]`);
    }
  }
  return problems;
}

function tryParseAddress(text: unknown): Address | undefined {
  if (typeof text !== "string") return undefined;
  try {
    return parseAddress(text);
  } catch {
    return undefined; // The schema says what is wrong with it.
  }
}

function partial(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null
    ? value as Record<string, unknown>
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function toConfig(output: Output): Config {
  return {
    log: {
      level: output.log?.level ?? "info",
      format: output.log?.format ?? "text",
    },
    admin: output.admin,
    shutdownGraceMs: output.shutdown_grace ?? 10_000,
    services: output.services.map(toService),
  };
}

function toService(service: Output["services"][number]): ServiceConfig {
  const {
    name,
    type,
    listen,
    allow,
    deny,
    max_connections: maxConnections,
    when_full: whenFull,
    max_connections_per_client: maxConnectionsPerClient,
    idle_timeout: idleTimeoutMs,
    udp_replies_per_second: udpRepliesPerSecond,
    ...options
  } = service;
  const limits: Limits = {
    allow,
    deny,
    maxConnections,
    whenFull,
    maxConnectionsPerClient,
    idleTimeoutMs,
    udpRepliesPerSecond,
  };
  return {
    name,
    type,
    listen: Array.isArray(listen) ? listen : [listen],
    limits,
    options,
  };
}
