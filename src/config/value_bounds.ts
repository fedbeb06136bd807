/**
 * Bounds the size of a config once its aliases are expanded: aliases of
 * aliases make a small file huge ("billion laughs").
 *
 * @module
 */

import { formatPath, type Problem } from "./problems.ts";

/** The bounds of a value. */
export interface ValueBounds {
  /** Lists and mappings in one another. */
  readonly depth: number;
  /** Keys' values and items, those of an alias each time. */
  readonly values: number;
}

/** How large a value is. */
interface Measured {
  /** How many values, itself included. */
  readonly size: number;
  /** How many lists and mappings in one another. */
  readonly levels: number;
}

const ONE: Measured = { size: 1, levels: 0 };

/** A text counts as one more value for every this many characters. */
const TEXT_PER_VALUE = 64;

/** Says in what way a value is larger than any config, or nothing. */
export function findExcess(
  root: unknown,
  { depth: maxDepth, values }: ValueBounds,
): Problem | undefined {
  const known = new Map<object, Measured>();
  const open = new Set<object>();
  const path: (string | number)[] = [];
  let problem: Problem | undefined;

  function measure(value: unknown): Measured {
    if (typeof value === "string") {
      return { size: 1 + Math.floor(value.length / TEXT_PER_VALUE), levels: 0 };
    }
    if (typeof value !== "object" || value === null) return ONE;
    const before = known.get(value);
    if (open.has(value)) return refuse("has an alias that contains itself");
    if (open.size + (before?.levels ?? 1) > maxDepth) {
      return refuse(`nested more than ${maxDepth} levels deep`);
    }
    if (before) return before;
    open.add(value);
    let [total, below] = [1, 0];
    for (const [key, child] of entriesOf(value)) {
      path.push(key);
      const { size, levels } = measure(child);
      if (problem) return ONE;
      path.pop();
      total += size;
      below = Math.max(below, levels);
    }
    open.delete(value);
    const measured = { size: total, levels: below + 1 };
    known.set(value, measured);
    return measured;
  }

  function refuse(message: string): Measured {
    problem = { where: formatPath(path), message };
    return ONE;
  }

  /** The first value with which there are too many. */
  function pathToExcess(value: unknown): (string | number)[] {
    if (typeof value !== "object" || value === null) return [];
    let total = 1;
    for (const [key, child] of entriesOf(value)) {
      const { size } = measure(child);
      total += size;
      if (total > values) {
        return [key, ...(size > values ? pathToExcess(child) : [])];
      }
    }
    return [];
  }

  if (measure(root).size > values) {
    problem = {
      where: formatPath(pathToExcess(root)),
      message: `more than ${values} values, with aliases expanded`,
    };
  }
  return problem;
}

function entriesOf(value: object): Iterable<[string | number, unknown]> {
  return Array.isArray(value) ? value.entries() : Object.entries(value);
}
