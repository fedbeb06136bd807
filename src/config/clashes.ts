/**
 * Finds what no single value of a config shows: names and addresses used twice.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { TakenAddresses } from "./address_clash.ts";
import {
  type AddressRange,
  countAddresses,
  formatRange,
  parseAddressRange,
} from "./address_range.ts";
import type { HostNames } from "./endpoint.ts";
import type { Problem } from "./problems.ts";

/** Each costs a socket and its memory; no process has more descriptors by default. */
const MAX_ADDRESSES = 65_535;

/**
 * Finds every name and address that another service has too. Works on the file as
 * it is, so that other problems do not hide any.
 *
 * @param hostNames The addresses of host names, as far as they are known.
 */
export function findClashes(
  value: unknown,
  hostNames?: HostNames,
): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, string>();
  const taken = new TakenAddresses<{ range: AddressRange; where: string }>();
  let count = 0;

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

  function takeAddresses(text: unknown, where: string) {
    const range = tryParseRange(text);
    if (!range || count > MAX_ADDRESSES) return;
    count += countAddresses(range);
    if (count > MAX_ADDRESSES) {
      problems.push({
        where,
        message: `more than ${MAX_ADDRESSES} addresses, with those before it`,
      });
      return;
    }
    const other = taken.take(range, { range, where }, hostNames);
    if (!other) return;
    const [mine, theirs] = [range, other.range].map(formatRange);
    problems.push({
      where,
      message: mine === theirs
        ? `${mine} is also at ${other.where}`
        : `${mine} overlaps ${theirs} at ${other.where}`,
    });
  }

  const { admin, services } = partial(value);
  const { listen: adminListen } = partial(admin);
  if (typeof admin === "string") takeAddresses(`tcp://${admin}`, "admin");
  if (typeof adminListen === "string") {
    takeAddresses(`tcp://${adminListen}`, "admin.listen");
  }
  for (const [i, service] of list(services).entries()) {
    const { name, listen } = partial(service);
    takeName(name, `services[${i}].name`);
    takeAddresses(listen, `services[${i}].listen`);
    for (const [j, address] of list(listen).entries()) {
      takeAddresses(address, `services[${i}].listen[${j}]`);
    }
  }
  return problems;
}

/** The hosts that a config listens on, as it has them. */
export function findHosts(value: unknown): string[] {
  const { admin, services } = partial(value);
  const texts = list(services).flatMap((service) => {
    const { listen } = partial(service);
    return Array.isArray(listen) ? listen : [listen];
  });
  texts.push(
    `tcp://${typeof admin === "string" ? admin : partial(admin).listen}`,
  );
  const hosts = texts.flatMap((text) => tryParseRange(text)?.hostname ?? []);
  return [...new Set(hosts)];
}

function tryParseRange(text: unknown): AddressRange | undefined {
  if (typeof text !== "string") return undefined;
  try {
    return parseAddressRange(text);
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
