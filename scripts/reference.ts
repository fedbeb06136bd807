/**
 * The settings of the config file, read out of its JSON Schema: what the
 * reference in `docs/configuration.md` is made from.
 *
 * @module
 */

import { alternatives } from "../src/base/list_words.ts";

/** As much of JSON Schema as the config's has. */
export interface JsonSchema {
  readonly title?: string;
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

/** One key of the config file. */
export interface Setting {
  /** With the keys that lead to it: `log.level`. */
  readonly key: string;
  readonly description: string;
  /** The values that it takes, in Markdown. */
  readonly values: string;
  /** "required", or what holds where it is absent. */
  readonly default: string;
}

/** The settings of one part of the file. */
export interface Section {
  readonly title: string;
  /** What it is about. */
  readonly text: string;
  readonly settings: readonly Setting[];
}

/** Reads the sections: the file itself, what every service has, and what each type has besides. */
export function readSections(schema: JsonSchema): readonly Section[] {
  const { services, ...others } = schema.properties ?? {};
  const types = services.items?.oneOf ?? [];
  const common = Object.keys(types[0].properties ?? {}).filter((key) =>
    types.every(({ properties = {} }) => key in properties)
  );
  const only = (type: JsonSchema, keep: (key: string) => boolean) => ({
    ...type,
    properties: Object.fromEntries(
      Object.entries(type.properties ?? {}).filter(([key]) => keep(key)),
    ),
  });
  const shared = only(types[0], (key) => common.includes(key));
  const names = types.map(({ properties }) => properties?.type.const);
  const type: JsonSchema = {
    description: "What the service does; each type has a section below.",
    enum: names.filter((name) => name !== undefined),
  };
  return [
    {
      title: "The file",
      text: "",
      settings: readSettings({
        ...schema,
        properties: { ...others, services },
      }),
    },
    {
      title: "Every service",
      text: "The keys of each entry of `services`.",
      settings: readSettings({
        ...shared,
        properties: { ...shared.properties, type },
      }),
    },
    ...types.map((type, i) => ({
      title: `\`${names[i]}\``,
      text: type.properties?.type.description ?? "",
      settings: readSettings(only(type, (key) => !common.includes(key))),
    })),
  ];
}

function readSettings(
  { properties = {}, required = [] }: JsonSchema,
  prefix = "",
): Setting[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const key = prefix + name;
    const inner = innerMapping(schema);
    const own = {
      key,
      values: alternatives(kindsOf(schema)),
      ...readDescription(schema.description ?? ""),
      ...(required.includes(name) ? { default: "required" } : {}),
    };
    return inner === undefined
      ? [own]
      : [...(inner === schema ? [] : [own]), ...readSettings(inner, `${key}.`)];
  });
}

/** The mapping that a value may be; not that of a list's entries. */
function innerMapping(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties) return schema;
  return schema.anyOf?.find(({ properties }) =>
    properties !== undefined && Object.keys(properties).length > 1
  );
}

/** The kinds of values that a schema accepts: "`auto`" and "1 to 256". */
function kindsOf(schema: JsonSchema): string[] {
  const { title, type, minimum, maximum, properties } = schema;
  if (schema.anyOf) return [...new Set(schema.anyOf.flatMap(kindsOf))];
  if (schema.const !== undefined) return [`\`${schema.const}\``];
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``);
  if (title) return [title];
  if (type === "integer") return [`${minimum} to ${maximum}`];
  if (schema.items) return ["list"];
  return [properties ? "mapping" : type ?? "any"];
}

/** Descriptions end with the default: "The lowest level that is logged. Default: `info`." */
function readDescription(
  text: string,
): Pick<Setting, "description" | "default"> {
  const [description, value = ""] = text.split(" Default: ");
  return { description, default: value.replace(/\.$/, "") };
}
