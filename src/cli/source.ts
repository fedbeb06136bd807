/**
 * Where `serve` and `check` take their config from: a file, the command line, or the program itself.
 *
 * @module
 */

import { parseAddressRange } from "../config/address_range.ts";
import { readConfig } from "../config/load.ts";
import { parseConfig } from "../config/parse.ts";
import { mayTakeLong, parseHere, parseInThread } from "../config/parse_file.ts";
import { ConfigError } from "../config/problems.ts";
import { didYouMean } from "../base/did_you_mean.ts";
import { alternatives } from "../base/list_words.ts";
import { printable } from "../base/printable.ts";
import { makePlan, type Plan } from "../config/plan.ts";
import { registry } from "../services/registry.ts";
import type { Labels } from "../services/service.ts";
import {
  isLabelName,
  LABEL_NAME_EXPECTED,
  labelProblem,
} from "../services/whoami.ts";
import type { Options } from "./args.ts";
import { UsageError } from "./command.ts";

/** The config that `serve` has when it is given none, and that `init` prints. */
export const EMBEDDED = new URL("../../config/mynah.yaml", import.meta.url);

/** The options that name a config file. */
export const CONFIG_OPTIONS = {
  string: ["config"],
  short: { c: "config" },
  positional: 1,
} as const;

/**
 * Which config file the arguments name: as `FILE`, or as `--config FILE`.
 *
 * @throws {UsageError} When they name two.
 */
export function configFile(
  { string: { config }, positional: [file] }: Options,
): string | undefined {
  if (config !== undefined && file !== undefined) {
    throw new UsageError('Use either "FILE" or "--config FILE", not both');
  }
  return config ?? file;
}

/** In the place of a file: the config comes from standard input. */
export const STANDARD_INPUT = "-";

/** How a person knows a config file, for errors. */
export function nameOf(file: string): string {
  return file === STANDARD_INPUT ? "standard input" : file;
}

/** Options for {@linkcode planFile}. */
export interface PlanFileOptions {
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Where a thread begins that parses it, for while clients are served: a large config takes longer than they should wait. Without it, and for a small one, this thread does. */
  readonly module?: URL;
  /** Those of the command line, for services that tell clients. */
  readonly labels?: Labels;
}

/** Makes the plan of a config file, or of `-`, whose quotes files are relative to the current folder. @throws {ConfigError} */
export async function planFile(
  file: string,
  { signal, module, labels }: PlanFileOptions = {},
): Promise<Plan> {
  const source = nameOf(file);
  const path = file === STANDARD_INPUT ? "/dev/stdin" : file;
  const bytes = await readConfig(path, source, signal);
  const parsed = module && mayTakeLong(bytes)
    ? await parseInThread({ bytes, source }, { module, signal })
    : parseHere({ bytes, source }, registry);
  return await makePlan(parsed, {
    source,
    file,
    types: registry,
    signal,
    labels,
  });
}

/** In the place of reading standard input again. @throws {ConfigError} */
export function refuseReload(): Promise<never> {
  const message = "was read at the start and cannot be read again";
  return Promise.reject(
    new ConfigError(nameOf(STANDARD_INPUT), [{ where: "", message }]),
  );
}

/** Makes the plan of the config that comes with the program. @throws {ConfigError} */
export async function planEmbedded(): Promise<Plan> {
  const source = "embedded config";
  const bytes = await readConfig(EMBEDDED, source);
  const parsed = parseHere({ bytes, source }, registry);
  return await makePlan(parsed, { source, file: EMBEDDED, types: registry });
}

/**
 * Makes the plan of services given as `TYPE=ADDRESS`; those of one type are one service.
 *
 * @throws {UsageError} When one cannot be served.
 */
export async function planServices(
  args: readonly string[],
  labels: Labels = {},
): Promise<Plan> {
  const listen = new Map<string, string[]>();
  for (const arg of args) {
    const [, type, address] = /^([^=]+)=(.+)$/.exec(arg) ?? [];
    const expected = type === undefined
      ? "TYPE=ADDRESS, such as echo=tcp://127.0.0.1:7777"
      : expectedType(type) ?? expectedAddress(address);
    if (expected !== undefined) {
      throw new UsageError(
        `Cannot read service "${printable(arg)}": expected ${expected}`,
      );
    }
    listen.set(type, [...listen.get(type) ?? [], address]);
  }
  const services = [...listen].map(([type, addresses]) => ({
    name: type,
    type,
    listen: addresses,
  }));
  try {
    const parsed = parseConfig({ services }, registry);
    const source = "--service";
    return await makePlan(parsed, {
      source,
      file: source,
      types: registry,
      labels,
    });
  } catch (error) {
    // What is left: one address twice, too many labels.
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * Reads labels given as `NAME=VALUE`. The value may be empty, as that of a field that a pod has not.
 *
 * @throws {UsageError} When one is none, or given twice.
 */
export function readLabels(args: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (const arg of args) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(arg) ?? [];
    const expected = name === undefined
      ? "NAME=VALUE, such as zone=eu-1"
      : isLabelName(name)
      ? labelProblem(value)
      : LABEL_NAME_EXPECTED;
    if (expected !== undefined) {
      throw new UsageError(
        `Cannot read label "${printable(arg)}": expected ${expected}`,
      );
    }
    if (Object.hasOwn(labels, name)) {
      throw new UsageError(`Label "${name}" is given twice`);
    }
    labels[name] = value;
  }
  return labels;
}

/** What should have been in the place of a type that is not there. */
function expectedType(type: string): string | undefined {
  const names = registry.map(({ name }) => name);
  if (names.includes(type)) return undefined;
  return `the type ${alternatives(names)}${didYouMean(type, names)}`;
}

/** What should have been in the place of something that is no address. */
function expectedAddress(address: string): string | undefined {
  try {
    parseAddressRange(address);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}
