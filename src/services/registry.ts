/**
 * The table of services: to add one, write its file and add its line here.
 *
 * @module
 */

import { chargen } from "./chargen.ts";
import { daytime } from "./daytime.ts";
import { discard } from "./discard.ts";
import { echo } from "./echo.ts";
import { qotd } from "./qotd.ts";
import type { ServiceType } from "./service.ts";
import { time } from "./time.ts";
import { whoami } from "./whoami.ts";

/** Every type of service that a config file may name. */
export const registry: readonly ServiceType[] = [
  echo,
  qotd,
  discard,
  daytime,
  time,
  chargen,
  whoami,
];
