/**
 * What would be served: a config whose services are created and whose files are
 * read. `mynah check` prints it, `mynah serve` binds it.
 *
 * @module
 */

import { type Access, AccessReader } from "./access_lists.ts";
import { accessWarnings } from "./access_warnings.ts";
import type { Config, ServiceConfig } from "./config.ts";
import type { Parsed } from "./parse.ts";
import { findClashes, findHosts } from "./clashes.ts";
import { type HostNames, isName } from "./endpoint.ts";
import { ConfigError, formatPath, type Problem } from "./problems.ts";
import { lookUp } from "../base/look_up.ts";
import { printable } from "../base/printable.ts";
import { nextTurn } from "../base/time.ts";
import { readFile } from "../base/read_file.ts";
import {
  emptyRecord,
  RecordingResources,
  type ResourceRecord,
} from "../services/resources.ts";
import {
  createService,
  type Labels,
  OptionError,
  type Service,
  type ServiceType,
} from "../services/service.ts";

/** The part of a planned service that can be posted to a worker: everything but its functions. */
export interface ServiceSpec {
  readonly config: ServiceConfig;
  /** Who may use it. */
  readonly access: Access;
  /** Equal for two services that answer alike: created from the same options and files. */
  readonly fingerprint: string;
  readonly resources: ResourceRecord;
  /** A service of mynah's own, such as `admin`: served by the main thread, and in no metric. When it is full, a client makes way. */
  readonly internal?: boolean;
}

/** A service of the config, ready to be bound. */
export interface PlannedService {
  readonly spec: ServiceSpec;
  readonly service: Service;
}

/** What the operator should know before it serves: of its access lists, and what the service itself has to say. */
export function warningsOf(
  { spec: { config: { listen }, access }, service }: PlannedService,
): string[] {
  const hasTcp = listen.some(({ transport }) => transport === "tcp");
  return [
    ...accessWarnings(access),
    ...(access.proxies && !hasTcp
      ? ["proxy_protocol has no effect: the service has no tcp:// address"]
      : []),
    ...service.warnings,
  ];
}

/** A config, ready to be bound. */
export interface Plan {
  readonly config: Config;
  readonly services: readonly PlannedService[];
  /** The addresses of the host names that it listens on. */
  readonly names: HostNames;
}

/** Lets clients be served after this many services. */
const SERVICES_PER_TURN = 64;

/**
 * Creates every service of a config.
 *
 * @param source The name of the config in errors.
 * @param file The config itself: what the file names in it are relative to.
 * @param labels Those of the command line.
 * @param types The known types of services.
 * @param signal Stops waiting for the writer of a pipe.
 * @throws {ConfigError} With every problem: those of the config, and every service that cannot be created.
 */
export async function makePlan(
  { config, services: wanted, access: lists, problems: known, value }: Parsed,
  { source, file, types, signal, labels = {} }: {
    source: string;
    file: string | URL;
    types: readonly ServiceType[];
    signal?: AbortSignal;
    labels?: Labels;
  },
): Promise<Plan> {
  const names = await resolveNames(findHosts(value));
  const problems = [...known, ...findMoreClashes(value, names, known)];
  const services: PlannedService[] = [];
  const read = async (name: string | URL, maxBytes: number) =>
    await readFile(await locate(name, file), maxBytes, signal);
  const accessReader = new AccessReader(read);
  for (const [i, each] of wanted.entries()) {
    if (i % SERVICES_PER_TURN === SERVICES_PER_TURN - 1) await nextTurn();
    const { access, problems: inFiles } = await accessReader.read(lists[i]);
    for (const { list, message } of inFiles) {
      problems.push({ where: formatPath(["services", i, list]), message });
    }
    if (!each) continue;
    try {
      const name = config?.services[i].name ?? "";
      const record = emptyRecord(name, labels);
      const resources = new RecordingResources(record, read);
      const service = await createService(each, resources, types);
      if (!config) continue;
      const spec = {
        config: config.services[i],
        access,
        fingerprint: JSON.stringify(each) + resources.fingerprint,
        resources: resources.record,
      };
      services.push({ spec, service });
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      problems.push({
        where: formatPath(["services", i, ...error.path]),
        // A message of the system may quote what the file holds.
        message: found(each.options, error.path) +
          printable(error.message, 200),
      });
    }
  }
  if (!config || problems.length > 0) throw new ConfigError(source, problems);
  return { config, services, names };
}

/** Looks host names up. One that has no address is left out: to bind it says why. */
async function resolveNames(hosts: readonly string[]): Promise<HostNames> {
  const names = new Map<string, readonly string[]>();
  await Promise.all(
    hosts.filter(isName).map(async (name) => {
      try {
        names.set(name, await lookUp(name));
      } catch (error) {
        if (!(error instanceof Error && "code" in error)) throw error;
      }
    }),
  );
  return names;
}

/** The clashes that show only when names are looked up. */
function findMoreClashes(
  value: unknown,
  names: HostNames,
  known: readonly Problem[],
): Problem[] {
  if (names.size === 0) return [];
  const places = new Set(known.map(({ where }) => where));
  return findClashes(value, names).filter(({ where }) => !places.has(where));
}

/** The text that an option holds, such as a file name, for the problem with it. */
function found(options: unknown, path: readonly string[]): string {
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    options,
  );
  return typeof value === "string" ? `"${printable(value, 200)}": ` : "";
}

/** Where a file is that a config names. */
async function locate(
  file: string | URL,
  config: string | URL,
): Promise<string | URL> {
  if (file instanceof URL) return file;
  if (config instanceof URL) return new URL(file, config);
  // Here and not above: to load what Deno has for Node takes as long as all the rest (23 of 48 ms with Deno 2.9).
  const { dirname, resolve } = await import("node:path");
  return resolve(dirname(config), file);
}
