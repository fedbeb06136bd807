/**
 * The table of services: to add one, write its file and add its line here.
 *
 * @module
 */

import { echo } from "./echo.ts";
import { qotd } from "./qotd.ts";
import type { ServiceType } from "./service.ts";

/** Every type of service that a config file may name. */
export const registry: readonly ServiceType[] = [
  echo,
  qotd,
];
