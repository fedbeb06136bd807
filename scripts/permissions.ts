/**
 * What mynah may do, compiled or from source: it has nobody to ask, and all it
 * does is listen, connect and read its files. Writing, running programs, loading
 * libraries and reading the environment stay refused.
 *
 * @module
 */

/** The flags for `deno run` and `deno compile`; deno.json's tasks have them, too. */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  // Which addresses this machine has (src/listeners/udp.ts), and its name (src/services/whoami.ts).
  "--allow-sys=networkInterfaces,hostname",
];
