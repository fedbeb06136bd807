/**
 * Prints the arguments that deno needs to resolve this project's imports: none
 * where JSR answers, else those that take the same imports from npm alone.
 *
 *     deno run $(deno run -A scripts/imports.ts) main.ts
 *
 * `MYNAH_REGISTRY=jsr` or `MYNAH_REGISTRY=npm` decides without trying. Any
 * other value exits with 64.
 *
 * An import that is added to deno.json, or removed, belongs in npm/import_map.json
 * too. Then make both locks again: `deno task lock` and `deno task lock:npm`. The
 * npm lock is frozen; deno.lock is only where a release is built, so that no
 * difference in it keeps anyone from starting mynah.
 *
 * @module
 */

const NPM = "--import-map=npm/import_map.json --lock=npm/deno.lock --frozen";
const DEADLINE = 10_000;

/** Loads deno.json's imports: from the cache, or from JSR in time. Returns why that cannot be, if it cannot. */
async function failureOfJsr(): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["cache", "--quiet", "npm/probe.ts"],
      cwd: new URL("..", import.meta.url),
      signal: AbortSignal.timeout(DEADLINE),
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return undefined;
    if (/integrity check failed/i.test(new TextDecoder().decode(stderr))) {
      return "What JSR has differs from deno.lock";
    }
  } catch {
    // It was ended, having waited in vain.
  }
  return "JSR does not answer";
}

async function choose(registry: string | undefined): Promise<string> {
  switch (registry) {
    case "jsr":
      return "";
    case "npm":
      return NPM;
    case undefined:
    case "": {
      const failure = await failureOfJsr();
      if (failure === undefined) return "";
      console.error(`${failure}: taking the imports from npm`);
      return NPM;
    }
    default:
      console.error(
        `Cannot choose a registry: MYNAH_REGISTRY is "${registry}", not "jsr" or "npm"`,
      );
      Deno.exit(64);
  }
}

if (import.meta.main) console.log(await choose(Deno.env.get("MYNAH_REGISTRY")));
