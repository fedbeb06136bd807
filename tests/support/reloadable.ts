/**
 * A mynah whose config file a test changes while it runs.
 *
 * @module
 */

import { Mynah, type StartOptions, withWorkers } from "./mynah.ts";
import { TempFolder } from "./temp_folder.ts";

/** A config file and the mynah that serves it. Dispose of it (`await using`). */
export class Reloadable implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly mynah: Mynah;
  #reloads = 0;

  /** Starts mynah with a config, given as the value that YAML would give. */
  static async start(
    config: unknown,
    files: Readonly<Record<string, string>> = {},
    options?: StartOptions,
  ): Promise<Reloadable> {
    const folder = new TempFolder();
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
    const file = folder.write("mynah.yaml", toYaml(config));
    try {
      const mynah = await Mynah.serve(["--config", file], options);
      return new Reloadable(folder, mynah);
    } catch (error) {
      folder[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(folder: TempFolder, mynah: Mynah) {
    this.folder = folder;
    this.mynah = mynah;
  }

  /** Changes the config file: to a value, or to text as it is. */
  write(config: unknown): void {
    this.folder.write("mynah.yaml", toYaml(config));
  }

  /** Changes the config file if it is given one, sends SIGHUP, and returns what the log says to it. */
  async reload(config?: unknown): Promise<string> {
    if (config !== undefined) this.write(config);
    this.mynah.kill("SIGHUP");
    return await this.mynah.line(/\breloaded\b/, ++this.#reloads);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mynah[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

/** JSON is YAML. */
function toYaml(config: unknown): string {
  return withWorkers(
    typeof config === "string" ? config : JSON.stringify(config),
  );
}
