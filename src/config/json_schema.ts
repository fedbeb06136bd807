/**
 * The config file's schema for editors.
 *
 * @module
 */

import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type { ServiceType } from "../services/service.ts";
import { configSchema } from "./schema.ts";

/** Writes the JSON Schema (draft 7) of a config file that may name the given types of services. */
export function jsonSchema(types: readonly ServiceType[]): string {
  const schema: JsonSchema = {
    title: "mynah's config file",
    ...toJsonSchema(configSchema(types), {
      typeMode: "input",
      ignoreActions: ["check", "raw_check", "partial_check"],
    }),
  };
  // For an object without further keys valibot writes a schema that matches nothing; editors handle the short form better.
  const text = JSON.stringify(
    schema,
    (key, value) =>
      key === "additionalProperties" && "not" in value ? false : value,
    2,
  );
  return `${text}\n`;
}
