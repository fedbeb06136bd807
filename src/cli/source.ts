/**
 * Where `serve` and `check` take their config from: a file, the command line, or the program itself.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { parseConfig } from "../config/parse.ts";
import { printable } from "../printable.ts";
import { makePlan, type Plan } from "../plan.ts";
import { registry } from "../services/registry.ts";
import { UsageError } from "./command.ts";

const EMBEDDED = new URL("../../config/mynah.yaml", import.meta.url);

/** Makes the plan of a config file. @throws {ConfigError} */
export async function planFile(file: string): Promise<Plan> {
  const config = await loadConfig(file, file, registry);
  return await plan(config, file, dirname(resolve(file)));
}

/** Makes the plan of the config that comes with the program. @throws {ConfigError} */
export async function planEmbedded(): Promise<Plan> {
  const source = "embedded config";
  const config = await loadConfig(EMBEDDED, source, registry);
  return await plan(config, source, dirname(fileURLToPath(EMBEDDED)));
}

/**
 * Makes the plan of services given as `TYPE=ADDRESS`; those of one type are one service.
 *
 * @throws {UsageError} When one is not of that form.
 * @throws {ConfigError}
 */
export async function planServices(args: readonly string[]): Promise<Plan> {
  const listen = new Map<string, string[]>();
  for (const arg of args) {
    const [, type, address] = /^([^=]+)=(.+)$/.exec(arg) ?? [];
    if (type === undefined) {
      throw new UsageError(
        `Cannot read service "${
          printable(arg)
        }": expected TYPE=ADDRESS, such as echo=tcp://127.0.0.1:7777`,
      );
    }
    listen.set(type, [...listen.get(type) ?? [], address]);
  }
  const services = [...listen].map(([type, addresses]) => ({
    name: type,
    type,
    listen: addresses,
  }));
  const source = "--service";
  return await plan(parseConfig({ services }, source, registry), source, ".");
}

function plan(config: Config, source: string, folder: string): Promise<Plan> {
  return makePlan(config, { source, folder, types: registry });
}
