/**
 * Configs given as values, and the plans that are made of them.
 *
 * @module
 */

import { alternatives } from "../../src/base/list_words.ts";
import { assertThrows } from "@std/assert";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { ConfigError } from "../../src/config/problems.ts";
import { registry } from "../../src/services/registry.ts";
import { makePlan, type Plan } from "../../src/config/plan.ts";
import type { ServiceType } from "../../src/services/service.ts";

/** A service with nothing but what it must have. */
export const ECHO = {
  name: "echo",
  type: "echo",
  listen: "tcp://127.0.0.1:7",
};

/** The types of the registry, as errors name them. */
export const TYPES = alternatives(registry.map(({ name }) => name));

/** Parses a value as a config file that holds it. */
export function parse(value: unknown): Config {
  const { config, problems } = parseConfig(value, registry);
  if (!config) throw new ConfigError("test.yaml", problems);
  return config;
}

/** The problems of a value, each with its key path. */
export function problems(value: unknown): string[] {
  const error = assertThrows(() => parse(value), ConfigError);
  return error.problems.map(({ where, message }) => `${where}: ${message}`);
}

/** The problems of the one service of a config that is otherwise good. */
export function serviceProblems(settings: Record<string, unknown>): string[] {
  return problems({ services: [{ ...ECHO, ...settings }] });
}

/** Makes the plan of a config given as the value that YAML would give. */
export function planOf(
  config: unknown,
  types: readonly ServiceType[] = registry,
): Promise<Plan> {
  return makePlan(parseConfig(config, types), {
    source: "test",
    file: "test.yaml",
    types,
  });
}

/** Makes the plan of an echo service on some addresses. */
export function echoOn(
  listen: readonly string[],
  settings: Record<string, unknown> = {},
): Promise<Plan> {
  const services = [{ name: "echo", type: "echo", listen }];
  return planOf({ services, ...settings });
}
