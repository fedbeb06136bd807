/**
 * What would be served: a config whose services are made and whose files are
 * read. `mynah check` prints it, `mynah serve` binds it.
 *
 * @module
 */

import { type Access, AccessReader } from "./access_lists.ts";
import { accessWarnings } from "./access_warnings.ts";
import type { Config, ServiceConfig } from "./config.ts";
import type { Makings, Parsed } from "./parse.ts";
import { findClashes, findHosts } from "./clashes.ts";
import { type HostNames, isName } from "./endpoint.ts";
import { ConfigError, formatPath, type Problem } from "./problems.ts";
import { lookUp } from "../base/look_up.ts";
import { printable } from "../base/printable.ts";
import { turn } from "../base/turn.ts";
import { readFile } from "../base/read_file.ts";
import {
  OptionError,
  type Service,
  type ServiceType,
} from "../services/service.ts";

/** A service of the config, ready to be bound. */
export interface PlannedService {
  readonly config: ServiceConfig;
  readonly service: Service;
  /** Who may use it. */
  readonly access: Access;
  /** Equal for two services that answer alike: made from the same options and files. */
  readonly fingerprint: string;
  readonly materials: Materials;
  /** A service of mynah's own, such as `admin`: served by the main thread, and in no metric. When it is full, a client makes way. */
  readonly internal?: boolean;
}

/** What the operator should know before it serves: of its access lists, and what the service itself has to say. */
export function warningsOf(
  { config: { listen }, access, service }: PlannedService,
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

/** What a service was made from besides its options: another thread makes the same again. */
export interface Materials {
  /** The files that were read, by the name or address that was asked for: in memory that the threads share, since to send it is to copy it. */
  readonly files: ReadonlyMap<string, Uint8Array<SharedArrayBuffer>>;
  /** The number that {@linkcode Surroundings.count} gives next. */
  readonly counter: SharedArrayBuffer;
}

/** A config, ready to be bound. */
export interface Plan {
  readonly config: Config;
  readonly services: readonly PlannedService[];
  /** The addresses of the host names that it listens on. */
  readonly names: HostNames;
}

/** Clients are served after every so many services. */
const SERVICES_PER_TURN = 64;

/**
 * Makes every service of a config.
 *
 * @param source How a person knows the config, for the error.
 * @param file The config itself: what the file names in it are relative to.
 * @param signal Ends the wait for the writer of a pipe.
 * @throws {ConfigError} With every problem: those of the config, and every service that cannot be made.
 */
export async function makePlan(
  { config, services: makings, access: lists, problems: known, value }: Parsed,
  { source, file, signal }: {
    source: string;
    file: string | URL;
    signal?: AbortSignal;
  },
): Promise<Plan> {
  const names = await resolveNames(findHosts(value));
  const problems = [...known, ...findMoreClashes(value, names, known)];
  const services: PlannedService[] = [];
  const accessReader = new AccessReader(async (name, maxBytes) =>
    await readFile(await locate(name, file), maxBytes, signal)
  );
  for (const [i, each] of makings.entries()) {
    if (i % SERVICES_PER_TURN === SERVICES_PER_TURN - 1) await turn();
    const { access, problems: inFiles } = await accessReader.read(lists[i]);
    for (const { list, message } of inFiles) {
      problems.push({ where: formatPath(["services", i, list]), message });
    }
    if (!each) continue;
    try {
      const made = await makeService(each, file, signal);
      if (config) {
        services.push({ config: config.services[i], access, ...made });
      }
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

async function makeService(
  { type, options }: Makings,
  config: string | URL,
  signal: AbortSignal | undefined,
) {
  const files = new Map<string, Uint8Array<SharedArrayBuffer>>();
  const counter = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  let fingerprint = JSON.stringify([type.name, options]);
  const service = await type.create(options, {
    async readFile(file, maxBytes) {
      const path = file instanceof URL ? file : await locate(file, config);
      const bytes = await readFile(path, maxBytes, signal);
      files.set(String(file), shared(bytes));
      // What comes with the program does not change.
      fingerprint += ` ${file instanceof URL ? file : await digest(bytes)}`;
      return bytes;
    },
    count: countFrom(counter),
  });
  return { service, fingerprint, materials: { files, counter } };
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** Where a file is that a config names. */
async function locate(
  file: string,
  config: string | URL,
): Promise<string | URL> {
  if (config instanceof URL) return new URL(file, config);
  // Here and not above: to load what Deno has for Node takes as long as all the rest (23 of 48 ms with Deno 2.9).
  const { dirname, resolve } = await import("node:path");
  return resolve(dirname(config), file);
}

/** Makes a service again that {@linkcode makePlan} made in another thread. */
export async function remakeService(
  { type: name, options }: ServiceConfig,
  { files, counter }: Materials,
  types: readonly ServiceType[],
): Promise<Service> {
  const type = types.find((type) => type.name === name);
  if (!type) throw new TypeError(`No service type "${name}"`);
  return await type.create(options, {
    readFile(file) {
      const bytes = files.get(String(file));
      return bytes
        ? Promise.resolve(bytes)
        : Promise.reject(new TypeError(`"${file}" was not read before`));
    },
    count: countFrom(counter),
  });
}

function countFrom(counter: SharedArrayBuffer): () => number {
  const numbers = new Uint32Array(counter);
  return () => Atomics.add(numbers, 0, 1);
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).join();
}
