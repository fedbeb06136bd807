/**
 * Where the thread begins that reads a config for a reload.
 *
 * @module
 */

import { registry } from "../services/registry.ts";
import { answer, type Question } from "./parse_file.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(message: unknown): void;
};

thread.onmessage = ({ data }) => thread.postMessage(answer(data, registry));
