/**
 * What would be served: a config whose services are made and whose files are
 * read. `mynah check` prints it, `mynah serve` binds it.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Config, ServiceConfig } from "./config/config.ts";
import { ConfigError, formatPath, type Problem } from "./config/problems.ts";
import { readFile } from "./read_file.ts";
import {
  OptionError,
  type Service,
  type ServiceType,
} from "./services/service.ts";

/** A service of the config, ready to be bound. */
export interface PlannedService {
  readonly config: ServiceConfig;
  readonly service: Service;
}

/** A config, ready to be bound. */
export interface Plan {
  readonly config: Config;
  readonly services: readonly PlannedService[];
}

/**
 * Makes every service of a config.
 *
 * @param source How a person knows the config, for the error.
 * @param folder What the file names in the config are relative to.
 * @throws {ConfigError} With every service that cannot be made.
 */
export async function makePlan(
  config: Config,
  { source, folder, types }: {
    source: string;
    folder: string;
    types: readonly ServiceType[];
  },
): Promise<Plan> {
  const surroundings = {
    readFile: (file: string | URL, maxBytes: number) =>
      readFile(
        typeof file === "string" ? resolve(folder, file) : file,
        maxBytes,
      ),
  };
  const problems: Problem[] = [];
  if (config.admin) {
    problems.push({ where: "admin", message: NOT_YET });
  }
  const services: PlannedService[] = [];
  for (const [i, service] of config.services.entries()) {
    problems.push(...notYetHonoured(service, `services[${i}]`));
    const type = types.find(({ name }) => name === service.type);
    if (!type) throw new TypeError(`No service type "${service.type}"`);
    try {
      const made = await type.create(service.options, surroundings);
      services.push({ config: service, service: made });
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      problems.push({
        where: formatPath(["services", i, ...error.path]),
        message: error.message,
      });
    }
  }
  if (problems.length > 0) throw new ConfigError(source, problems);
  return { config, services };
}

const NOT_YET = "not honoured by this version of mynah; leave it out";

/** Settings that parse but do nothing yet are refused: an operator must be able to rely on what is set. */
function notYetHonoured(service: ServiceConfig, where: string): Problem[] {
  return Object.entries(service.limits)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => ({
      where: `${where}.${toSnakeCase(key)}`,
      message: NOT_YET,
    }));
}

function toSnakeCase(key: string): string {
  return key.replace(/Ms$/, "").replace(
    /[A-Z]/g,
    (letter) => `_${letter.toLowerCase()}`,
  );
}
