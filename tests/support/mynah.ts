/**
 * A mynah process for a test: started, watched by its log, stopped.
 *
 * Runs the source, or with `MYNAH_BIN=dist/mynah` the executable, and with
 * `MYNAH_WORKERS=2` whatever has a config in two worker threads: the same tests
 * hold for all.
 *
 * @module
 */

import { commandLine, root } from "./cli.ts";
import { TempFolder } from "./temp_folder.ts";

/** A test that waits longer than this for an event has failed. */
const EVENT_MS = 20_000;

/** A test that needs its mynah for longer than this hangs: without it, its clients come to an end and it fails. */
const LIFE_MS = 120_000;

/** The arguments that serve such services: `services("echo=udp://[::1]:0")`. */
export function services(...services: readonly string[]): string[] {
  return services.flatMap((service) => ["--service", service]);
}

/** A config with as many workers as `MYNAH_WORKERS` says, if it does. */
export function withWorkers(config: string): string {
  const workers = Deno.env.get("MYNAH_WORKERS");
  if (workers === undefined || !config.includes("services")) return config;
  if (config.includes("workers")) return config;
  return config.startsWith("{")
    ? config.replace("{", `{"workers": ${workers}, `)
    : `workers: ${workers}\n${config}`;
}

/** A config as text; JSON is YAML. */
function toYaml(config: unknown): string {
  return withWorkers(
    typeof config === "string" ? config : JSON.stringify(config),
  );
}

/** How a mynah is started. */
export interface StartOptions extends Deno.CommandOptions {
  /** A program, such as `unshare`, that runs the command line given to it. */
  through?: readonly string[];
  /** Another main file than `main.ts`, run from source. */
  main?: string;
  /** How long it may run, in milliseconds. */
  lifeMs?: number;
}

/** How a mynah with a config is started. */
export interface ConfiguredOptions extends StartOptions {
  /** Files beside its config, by name. */
  files?: Readonly<Record<string, string>>;
  /** More arguments. */
  args?: string[];
}

/** A running mynah. Dispose of it (`await using`) and it is killed if it still runs. */
export class Mynah implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #stdout: Promise<string>;
  #moreLines = Promise.withResolvers<void>();
  #ended = false;
  #stalled: PromiseWithResolvers<void> | undefined;
  readonly #life: ReturnType<typeof setTimeout>;
  readonly #reading: Promise<void>;
  #folder: TempFolder | undefined;
  #reloads = 0;

  constructor(
    args: readonly string[],
    { through = [], main, lifeMs = LIFE_MS, ...options }: StartOptions = {},
  ) {
    const [program, rest] = commandLine(through, args, main);
    this.#child = new Deno.Command(program, {
      args: rest,
      cwd: root,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...options,
      env: { NO_COLOR: "1", ...options.env },
    }).spawn();
    this.#life = setTimeout(() => this.kill("SIGKILL"), lifeMs);
    this.#stdout = new Response(this.#child.stdout).text();
    this.#reading = this.#readLines();
  }

  /** Starts mynah and waits until it is ready. */
  static serve(
    args: readonly string[],
    options?: StartOptions,
  ): Promise<Mynah> {
    return new Mynah(["serve", ...args], options).#ready();
  }

  /** Starts mynah with a config file in a folder of its own, and waits until it is ready. The config is text, or the value that YAML would give. */
  static configured(
    config: unknown,
    { files = {}, args = [], ...options }: ConfiguredOptions = {},
  ): Promise<Mynah> {
    const folder = new TempFolder();
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
    const file = folder.write("mynah.yaml", toYaml(config));
    const mynah = new Mynah(["serve", "--config", file, ...args], options);
    mynah.#folder = folder;
    return mynah.#ready();
  }

  async #ready(): Promise<this> {
    try {
      await this.line(/\bready\b/);
      return this;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The folder of the config file that {@linkcode Mynah.configured} wrote. */
  get folder(): TempFolder {
    if (!this.#folder) throw new Error("It has no config file of its own");
    return this.#folder;
  }

  /** Changes the config file: to a value, or to text as it is. */
  write(config: unknown): void {
    this.folder.write("mynah.yaml", toYaml(config));
  }

  /** Changes the config file if it is given one, sends SIGHUP, and returns what the log says to it. */
  async reload(config?: unknown): Promise<string> {
    if (config !== undefined) this.write(config);
    this.kill("SIGHUP");
    return await this.line(/\breload(ed| failed)\b/, ++this.#reloads);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The log so far. */
  get log(): string {
    return this.#lines.join("\n");
  }

  /** What it wrote to standard output, once it has ended. */
  get stdout(): Promise<string> {
    return this.#stdout;
  }

  /** The bound addresses, in the order of the config, with the real ports. */
  get addresses(): Deno.NetAddr[] {
    const ready = this.#lines.find((line) => /\bready\b/.test(line)) ?? "";
    const pattern = /(tcp|udp):\/\/(?:\[([^\]]+)\]|([^:\s,"]+)):(\d+)/g;
    return [...ready.matchAll(pattern)].map(
      ([, transport, ipv6, other, port]) => ({
        transport: transport as "tcp" | "udp",
        hostname: ipv6 ?? other,
        port: Number(port),
      }),
    );
  }

  /** The first address of a transport. */
  address(transport: "tcp" | "udp"): Deno.NetAddr {
    const found = this.addresses.find((one) => one.transport === transport);
    if (!found) throw new Error(`No ${transport} address in:\n${this.log}`);
    return found;
  }

  /** The admin address, with the real port. */
  get admin(): Deno.NetAddr {
    const found = this.addresses.at(-1);
    if (!found || !/\badmin"?[=:]/.test(this.log)) {
      throw new Error(`No admin address in:\n${this.log}`);
    }
    return found;
  }

  /** Waits for the first log line that matches, or the `nth`, those already written included. */
  async line(pattern: RegExp, nth = 1): Promise<string> {
    const deadline = AbortSignal.timeout(EVENT_MS);
    while (true) {
      const found = this.#lines.filter((line) => pattern.test(line));
      if (found.length >= nth) return found[nth - 1];
      if (this.#ended || deadline.aborted) {
        throw new Error(
          `${found.length} lines match ${pattern} in:\n${this.log}`,
        );
      }
      const late = Promise.withResolvers<void>();
      deadline.addEventListener("abort", () => late.resolve(), { once: true });
      await Promise.race([this.#moreLines.promise, late.promise]);
    }
  }

  /** Resolves when nobody holds the other end of its log any more. */
  get logEnd(): Promise<void> {
    return this.#reading;
  }

  /** Stops reading the log until it has ended: nobody takes what it writes. */
  stallLog(): void {
    this.#stalled ??= Promise.withResolvers();
  }

  /** The bytes of memory that it holds (Linux). */
  memory(): number {
    const status = Deno.readTextFileSync(`/proc/${this.pid}/status`);
    return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has ended, to its exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    clearTimeout(this.#life);
    this.#stalled?.resolve();
    await this.#reading;
    return code;
  }

  /** Sends SIGTERM and waits for the end. */
  async stop(): Promise<number> {
    this.kill("SIGTERM");
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended already.
    }
    await this.ended();
    await this.#stdout;
    this.#folder?.[Symbol.dispose]();
  }

  async #readLines(): Promise<void> {
    let rest = "";
    const text = this.#child.stderr.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      this.#lines.push(...lines);
      this.#wake();
      await this.#stalled?.promise;
    }
    if (rest !== "") this.#lines.push(rest);
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    this.#moreLines.resolve();
    this.#moreLines = Promise.withResolvers();
  }
}
