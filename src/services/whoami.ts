/**
 * Says which server answered and whom it saw: for tests of load balancers,
 * service meshes and anycast.
 *
 * @module
 */

import * as v from "valibot";
import { fileName } from "../base/file_name.ts";
import {
  formatHostPort,
  plainHostname,
  type SocketAddress,
} from "../base/address.ts";
import { mappingOf, strictObject } from "../base/strict_object.ts";
import { decodeText } from "../base/text_file.ts";
import {
  type Addresses,
  OptionError,
  type Resources,
  type Service,
  type ServiceType,
} from "./service.ts";

/** What the JSON form is called; a change that breaks a reader gives it another number. */
const JSON_VERSION = 1;
const FIELDS = [
  ...["hostname", "service", "transport", "local"],
  ...["client", "via", "connection", "labels"],
] as const;
/** Names such as `zone` and Kubernetes' `topology.kubernetes.io/zone`. */
const LABEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/;
export const LABEL_NAME_EXPECTED =
  "a name of letters, digits, dots, dashes, slashes and underscores, 63 at most";
/** All labels together: the answer is to fit into a datagram that no router divides. */
const MAX_LABEL_BYTES = 1000;
/** A larger file is a mistake. */
const MAX_FILE_BYTES = 64 * 1024;

/** How the answer is written. */
type Format = "text" | "json";
type Field = typeof FIELDS[number];
type LabelOption = string | { readonly file: string };

interface Options {
  readonly format?: Format;
  readonly hide?: Field | readonly Field[];
  readonly labels?: Readonly<Record<string, LabelOption>>;
}

/** What there is to say; what is hidden is absent. */
type Answer = Readonly<Partial<Record<Field, unknown>>>;

const encoder = new TextEncoder();

/** Whether a label may have this name. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}

/** What is wrong with a label's value: it ends a line, or does worse on a terminal. */
export function labelProblem(value: string): string | undefined {
  return /\p{Cc}/u.test(value)
    ? "one line without control characters"
    : undefined;
}

async function readLabel(
  name: string,
  label: LabelOption,
  resources: Resources,
): Promise<string> {
  if (typeof label === "string") return label;
  let text: string;
  try {
    text = decodeText(await resources.readFile(label.file, MAX_FILE_BYTES));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new OptionError(["labels", name, "file"], error.message);
  }
  const value = text.trim();
  const problem = labelProblem(value);
  if (problem) {
    throw new OptionError(["labels", name, "file"], `expected ${problem}`);
  }
  return value;
}

async function readLabels(
  { labels = {} }: Options,
  resources: Resources,
): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const [name, label] of Object.entries(labels)) {
    read[name] = await readLabel(name, label, resources);
  }
  Object.assign(read, resources.labels);
  const bytes = encoder.encode(JSON.stringify(read)).length;
  if (bytes > MAX_LABEL_BYTES) {
    throw new OptionError(
      ["labels"],
      `${bytes} bytes, expected at most ${MAX_LABEL_BYTES} in all`,
    );
  }
  return read;
}

/** The name of this machine, or nothing where this program may not know. */
function readHostname(): string | undefined {
  try {
    return Deno.hostname();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

function write(answer: Answer, format: Format): Uint8Array {
  if (format === "json") {
    const object = { version: JSON_VERSION, ...answer };
    return encoder.encode(`${JSON.stringify(object)}\r\n`);
  }
  const lines = Object.entries(answer).flatMap(([key, value]) => {
    if (key === "labels") {
      return Object.entries(value as Record<string, string>)
        .map(([name, label]) => `label.${name}: ${label}`);
    }
    const text = typeof value === "object"
      ? formatSocket(value as Socket)
      : value;
    return [`${key}: ${text}`];
  });
  return encoder.encode(lines.map((line) => `${line}\r\n`).join(""));
}

interface Socket {
  readonly address: string;
  readonly port: number;
}

function formatSocket({ address, port }: Socket): string {
  return formatHostPort(address, port);
}

function toSocket({ hostname, port }: SocketAddress): Socket {
  return { address: plainHostname(hostname), port };
}

async function create(
  options: Options,
  resources: Resources,
): Promise<Service> {
  const { format = "text", hide = [] } = options;
  const hidden = new Set([hide].flat());
  const labels = await readLabels(options, resources);
  const hostname = hidden.has("hostname") ? undefined : readHostname();

  function answer(
    transport: "tcp" | "udp",
    { local, client, via }: Addresses,
  ): Uint8Array {
    const all: Record<Field, unknown> = {
      hostname,
      service: resources.service,
      transport,
      local: toSocket(local),
      client: toSocket(client),
      via: via && toSocket(via),
      connection: resources.count() + 1,
      labels,
    };
    const shown = Object.entries(all).filter(([field, value]) =>
      value !== undefined && !hidden.has(field as Field)
    );
    return write(Object.fromEntries(shown), format);
  }

  return {
    summary: [format, ...Object.keys(labels)].join(", "),
    warnings: hostname === undefined && !hidden.has("hostname")
      ? ["host name left out: --allow-sys=hostname is not given"]
      : [],
    stream: (connection) =>
      connection.write(answer("tcp", connection.addresses)),
    datagram: (_, client, local) => answer("udp", { client, local }),
  };
}

const field = v.picklist(FIELDS, FIELDS.join(", "));
const label = v.union([
  v.pipe(
    v.string("a text"),
    v.title("text"),
    v.check(
      (text) => labelProblem(text) === undefined,
      "one line without control characters",
    ),
  ),
  strictObject({
    file: fileName(
      "A file that holds the value. The path is relative to the config file.",
    ),
  }, "a mapping with file"),
], "a text or {file: NAME}");

/** Says which server answered and whom it saw. */
export const whoami: ServiceType = {
  name: "whoami",
  description: "says which server answered, and which client it saw",
  options: {
    format: v.optional(v.pipe(
      v.picklist(["text", "json"], "text or json"),
      v.description(
        "The form of the answer: `text` has lines `key: value`, `json` is one object. Default: `text`.",
      ),
    )),
    hide: v.optional(v.pipe(
      v.union(
        [field, v.array(field, "a list of fields")],
        "a field or a list of fields",
      ),
      v.description(
        "What the answer leaves out: `hostname`, `service`, `transport`, `local`, `client`, `via`, `connection` or `labels`. Default: nothing.",
      ),
    )),
    labels: v.optional(v.pipe(
      mappingOf(
        { key: LABEL_NAME, keyExpected: LABEL_NAME_EXPECTED, value: label },
        "a mapping of names to texts or {file: NAME}",
      ),
      v.title("mapping of names to texts or `{file: NAME}`"),
      v.description(
        "What else the answer says: names with texts, or with files (`{file: NAME}`) that are read at start and at a reload. Default: none.",
      ),
    )),
  },
  create,
};
