/**
 * Configs given as values, for tests of what is said about them.
 *
 * @module
 */

import { alternatives } from "../../src/base/list_words.ts";
import { assertThrows } from "@std/assert";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { ConfigError } from "../../src/config/problems.ts";
import { registry } from "../../src/services/registry.ts";

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
