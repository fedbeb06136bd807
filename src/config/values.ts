/**
 * The kinds of values in a config file: addresses, durations, access lists,
 * counts. Every message completes the sentence "found X, expected …".
 *
 * @module
 */

import * as v from "valibot";
import { fileName } from "../base/file_name.ts";
import { strictObject } from "../base/strict_object.ts";
import { parseAddressRange, RANGE_PATTERN } from "./address_range.ts";
import {
  DURATION_EXAMPLES,
  DURATION_PATTERN,
  parseDuration,
  parsePositiveDuration,
} from "../base/duration.ts";
import { IP_BLOCK, ipBlockProblem } from "./ip_block.ts";

/** How the text of a value looks: `title` names the kind of value, `expected` is for errors. */
interface TextForm {
  readonly description?: string;
  readonly title: string;
  readonly pattern: RegExp;
  readonly expected: string;
}

/** A text that `parse` turns into a value, or refuses with a `SyntaxError` that says what was expected. */
export function parsed<T>(
  parse: (text: string) => T,
  { pattern, expected, ...texts }: TextForm,
) {
  return v.pipe(
    v.string(expected),
    v.metadata({ ...texts, pattern: pattern.source }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        addIssue({ message: error.message });
        return NEVER;
      }
    }),
  );
}

const addressForm = {
  title: "address",
  pattern: RANGE_PATTERN,
  expected: 'an address such as "tcp://0.0.0.0:7"',
};
export const address = parsed(parseAddressRange, addressForm);

/** The address of a service that is not served over UDP, for a reason. */
export function tcpAddress(reason: string) {
  return parsed((text) => {
    const address = parseAddressRange(text);
    if (address.transport === "tcp") return address;
    throw new SyntaxError(`a tcp:// address: ${reason}`);
  }, {
    ...addressForm,
    pattern: new RegExp(RANGE_PATTERN.source.replace("tcp|udp", "tcp")),
  });
}

const durationForm = {
  title: "duration",
  pattern: DURATION_PATTERN,
  expected: DURATION_EXAMPLES,
};
export const duration = parsed(parseDuration, durationForm);
export const positiveDuration = parsed(parsePositiveDuration, durationForm);

const block = v.pipe(
  v.string(IP_BLOCK),
  v.title("IP address or CIDR block"),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed && ipBlockProblem(dataset.value);
    if (problem) addIssue({ message: problem });
  }),
);
const blocksFile = v.pipe(
  strictObject({
    file: fileName(
      "A file of IP addresses and CIDR blocks, one on each line. The path is relative to the config file.",
    ),
  }, "a mapping with file"),
  v.title("`{file: NAME}`"),
);
const ACCESS_ENTRY = `${IP_BLOCK}, or {file: NAME}`;
const ACCESS_LIST =
  "a list of IP addresses, CIDR blocks and files ({file: NAME})";
export const accessList = v.union([
  block,
  blocksFile,
  v.array(v.union([block, blocksFile], ACCESS_ENTRY)),
], ACCESS_LIST);

const MAX_COUNT = 1_000_000;
const COUNT = `a whole number from 1 to ${MAX_COUNT}`;
export const count = v.pipe(
  v.number(COUNT),
  v.integer(COUNT),
  v.minValue(1, COUNT),
  v.maxValue(MAX_COUNT, COUNT),
);

const CLIENT_PORT = "a port from 1024 to 65535";
export const clientPort = v.pipe(
  v.number(CLIENT_PORT),
  v.integer(CLIENT_PORT),
  v.minValue(1024, CLIENT_PORT),
  v.maxValue(65_535, CLIENT_PORT),
);

/** An optional key. Its description is outside the schema's own pipe, because the JSON Schema omits a description that follows a transformation. */
export function described<const Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
) {
  return v.pipe(v.optional(schema), v.description(description));
}
