/**
 * Plans for tests in process.
 *
 * @module
 */

import { parseConfig } from "../../src/config/parse.ts";
import { makePlan, type Plan } from "../../src/config/plan.ts";
import { registry } from "../../src/services/registry.ts";
import type { ServiceType } from "../../src/services/service.ts";

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
