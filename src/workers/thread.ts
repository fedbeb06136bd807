/**
 * Where a worker begins: `Worker` loads this file.
 *
 * @module
 */

import { registry } from "../services/registry.ts";
import { work } from "./work.ts";

work(registry);
