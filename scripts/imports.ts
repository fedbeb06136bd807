/**
 * Prints the arguments that deno needs to resolve this project's imports: none
 * where JSR answers, else those that take the same imports from npm alone.
 *
 *     deno run $(deno run -A scripts/imports.ts) main.ts
 *
 * `MYNAH_REGISTRY=jsr` or `MYNAH_REGISTRY=npm` decides without trying. Any
 * other value exits with 64.
 *
 * An `npm:` import added to deno.json belongs in npm/import_map.json too. Then
 * make npm/deno.lock again, with Deno 2.5, whose lock also suits later versions:
 *
 *     map="--import-map=npm/import_map.json --lock=npm/deno.lock"
 *     rm npm/deno.lock
 *     deno cache $map npm/*.ts $(grep -o 'npm:[^"]*' npm/import_map.json)
 *     deno check $map npm/*.ts
 *
 * @module
 */

const NPM = "--import-map=npm/import_map.json --lock=npm/deno.lock --frozen";
const DEADLINE = 10_000;

/** Whether deno.json's imports load: from the cache, or from JSR in time. */
async function jsrAnswers(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["cache", "--quiet", "npm/probe.ts"],
      cwd: new URL("..", import.meta.url),
      signal: AbortSignal.timeout(DEADLINE),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

async function choose(registry: string | undefined): Promise<string> {
  switch (registry) {
    case "jsr":
      return "";
    case "npm":
      return NPM;
    case undefined:
    case "":
      if (await jsrAnswers()) return "";
      console.error("JSR does not answer: taking the imports from npm");
      return NPM;
    default:
      console.error(
        `Cannot choose a registry: MYNAH_REGISTRY is "${registry}", not "jsr" or "npm"`,
      );
      Deno.exit(64);
  }
}

if (import.meta.main) console.log(await choose(Deno.env.get("MYNAH_REGISTRY")));
