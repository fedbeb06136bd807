// Loaded by scripts/imports.ts to find out whether deno.json's imports resolve.
import "@std/assert";
import "@std/cli/parse-args";
import "@std/log";
import "@std/yaml";
