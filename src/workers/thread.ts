/**
 * Where a worker begins: `Worker` loads this file.
 *
 * @module
 */

import { registry } from "../services/registry.ts";
import { work } from "./worker_host.ts";

work(registry);
