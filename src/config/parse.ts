/**
 * From the value that YAML gave to a {@linkcode Config}, or to every problem in it.
 *
 * @module
 */

import * as v from "valibot";
import { alternatives } from "../base/list_words.ts";
import { didYouMean } from "../base/did_you_mean.ts";
import type { ServiceOptions, ServiceType } from "../services/service.ts";
import { addressesOf } from "./address_range.ts";
import { findClashes } from "./clashes.ts";
import type { AdminConfig, Config, ServiceConfig } from "./config.ts";
import { accessSchema, type Limits, readLimits } from "./limits.ts";
import { decimalHint } from "../base/decimal.ts";
import { fromText } from "./from_text.ts";
import { describe, formatPath, type Problem } from "./problems.ts";
import { commonSchema, configSchema } from "./schema.ts";

type Output = v.InferOutput<ReturnType<typeof configSchema>>;

/** The most problems to report: nobody reads more, and each takes time to word. */
const MAX_ISSUES = 10_000;

/** What came of a config. */
export interface Parsed {
  /** The config, completed with the defaults; absent when it has problems. */
  readonly config?: Config;
  /** What each service is to be made from, as far as that is well-formed: its files can be looked at, whatever else is wrong. */
  readonly services: readonly (ServiceOptions | undefined)[];
  /** Who may use each service, as far as that is well-formed. */
  readonly access: readonly AccessLists[];
  /** Every problem, each with its key path. */
  readonly problems: readonly Problem[];
  /** What the file holds. */
  readonly value: unknown;
}

/** The access lists of a service. */
export type AccessLists = Pick<Limits, "allow" | "deny" | "proxyProtocol">;

/**
 * Checks a config and completes it with the defaults.
 *
 * @param given What the YAML file holds, as texts, or as numbers and booleans where those are meant.
 * @param types The known types of services.
 */
export function parseConfig(
  given: unknown,
  types: readonly ServiceType[],
): Parsed {
  const schema = configSchema(types);
  const value = fromText(schema, given);
  const result = v.safeParse(schema, value);
  const problems = withoutRepeats([
    ...(result.issues ?? []).slice(0, MAX_ISSUES).flatMap(flatten).flatMap((
      issue,
    ) => withCommonKeys(issue, types))
      .map((issue) => toProblem(issue, value)),
    ...findClashes(value),
  ]);
  return {
    config: result.success && problems.length === 0
      ? toConfig(result.output)
      : undefined,
    services: servicesOf(value).map((service) => optionsOf(service, types)),
    access: servicesOf(value).map(accessOf),
    problems,
    value,
  };
}

function servicesOf(value: unknown): readonly unknown[] {
  const { services } = (value ?? {}) as { services?: unknown };
  return Array.isArray(services) ? services : [];
}

function optionsOf(
  service: unknown,
  types: readonly ServiceType[],
): ServiceOptions | undefined {
  const { type: name } = (service ?? {}) as { type?: unknown };
  const type = types.find((type) => type.name === name);
  if (!type) return undefined;
  const result = v.safeParse(v.object(type.options), service);
  return result.success
    ? { type: type.name, options: result.output }
    : undefined;
}

function accessOf(service: unknown): AccessLists {
  const result = v.safeParse(accessSchema, service);
  if (!result.success) return {};
  const { allow, deny, proxyProtocol } = readLimits(result.output).limits;
  return { allow, deny, proxyProtocol };
}

/** The issues of a union are those of the branch that came furthest: neither a list with one bad address nor a bad address is "no list". */
function flatten(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown>[] {
  const inner = (issue.issues ?? []).filter((sub) =>
    sub.path !== undefined || sub.kind !== "schema"
  );
  if (inner.length === 0) return [issue];
  return inner.flatMap((sub) =>
    flatten({
      ...sub,
      path: [...issue.path ?? [], ...sub.path ?? []],
    } as v.BaseIssue<unknown>)
  );
}

/** Of a service whose type is not known valibot checks nothing else: what every type has is checked here. */
function withCommonKeys(
  issue: v.BaseIssue<unknown>,
  types: readonly ServiceType[],
): v.BaseIssue<unknown>[] {
  const last = issue.path?.at(-1);
  if (issue.type !== "variant" || last?.key !== "type") return [issue];
  const { issues = [] } = v.safeParse(commonSchema(types), last.input);
  const parent = issue.path!.slice(0, -1);
  return [
    issue,
    ...issues.flatMap(flatten).map((sub) => ({
      ...sub,
      path: [...parent, ...sub.path ?? []],
    } as v.BaseIssue<unknown>)),
  ];
}

function toProblem(issue: v.BaseIssue<unknown>, root: unknown): Problem {
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
    const types = [...(issue.expected ?? "").matchAll(/"(.+?)"/g)]
      .map(([, name]) => name);
    const { value } = last;
    const suggestion = typeof value === "string"
      ? didYouMean(value, types)
      : "";
    const found = value === undefined ? "missing" : `found ${describe(value)}`;
    return {
      where,
      message: `${found}, expected ${alternatives(types)}${suggestion}`,
    };
  }
  return {
    where,
    message: `found ${
      describe(last ? last.value : root)
    }, expected ${issue.message}${numberHint(issue)}`,
  };
}

/** What to write in the place of a number in another form, where only a number can stand. */
function numberHint({ input, type, issues }: v.BaseIssue<unknown>): string {
  const wantsNumber = type === "number" ||
    issues?.some(({ type }) => type === "number");
  return wantsNumber && typeof input === "string" ? decimalHint(input) : "";
}

function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ where, message }) => {
    const line = `${where}: ${message}`;
    return !seen.has(line) && seen.add(line);
  });
}

function toConfig(output: Output): Config {
  const maxLinesPerSecond = output.log?.max_lines_per_second;
  return {
    log: {
      level: output.log?.level ?? "info",
      format: output.log?.format ?? "text",
      ...(maxLinesPerSecond === undefined ? {} : { maxLinesPerSecond }),
    },
    workers: output.workers ?? 1,
    admin: output.admin && toAdmin(output.admin),
    shutdownGraceMs: output.shutdown_grace ?? 10_000,
    services: output.services.map(toService),
  };
}

function toAdmin(admin: NonNullable<Output["admin"]>): AdminConfig {
  if (!("listen" in admin)) return admin;
  const { listen, hosts } = admin;
  return { ...listen, hosts: typeof hosts === "string" ? [hosts] : hosts };
}

function toService(service: Output["services"][number]): ServiceConfig {
  const { name, type, listen, ...settings } = service;
  const { limits, others: options } = readLimits(settings);
  return {
    name,
    type,
    listen: [listen].flat().flatMap(addressesOf),
    limits,
    options,
  };
}
