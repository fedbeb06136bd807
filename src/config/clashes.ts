/**
 * What no single value of a config shows: names and addresses used twice.
 *
 * @module
 */

import { printable } from "../printable.ts";
import { type Address, formatAddress, parseAddress } from "./address.ts";
import { TakenAddresses } from "./address_clash.ts";
import type { Problem } from "./problems.ts";

/** Finds every name and address that another service has too. Takes the file as it is, so that its other problems hide none. */
export function findClashes(value: unknown): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, string>();
  const taken = new TakenAddresses<{ address: Address; where: string }>();

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
    const other = taken.take(address, { address, where });
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
  if (typeof admin === "string") takeAddress(`tcp://${admin}`, "admin");
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
