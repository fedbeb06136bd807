/**
 * Starting programs, and reading from /proc what they use.
 *
 * @module
 */

/** A program that runs until it is stopped. */
export interface Running {
  readonly pid: number;
  /** Resolves to its exit code. */
  readonly ended: Promise<number>;
  /** Ends it if it runs still, and removes what it left. */
  stop(): Promise<void>;
}

/** How a program is started. */
export interface StartOptions {
  /** The core that it may use; absent: any. */
  readonly core?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a stopped program may take to end by itself. */
const STOP_MS = 2000;
/** What a program opens besides connections, at the most. */
const FILES_BESIDES = 200;
/** The cores are quiet if for so long no more than this part of their time was used. */
const QUIET_MS = 250;
const BUSY = 0.15;
/** The unit of processor time in /proc: USER_HZ, which is 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** Finds a program, as the shell does. */
export function which(name: string): string | undefined {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder || "."}/${name}`;
    try {
      const { isFile, mode } = Deno.statSync(path);
      if (isFile && (mode ?? 0) & 0o111) return path;
    } catch {
      // Not here.
    }
  }
}

/** The cores that this process may use: a server gets the first, the load the second. */
export function cores(): number[] {
  if (Deno.build.os !== "linux" || which("taskset") === undefined) return [];
  const status = Deno.readTextFileSync("/proc/self/status");
  const list = status.match(/^Cpus_allowed_list:\s*(\S+)/m)?.[1] ?? "";
  return list.split(",").filter(Boolean).flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Puts a command on one core. */
export function pinned(
  command: readonly string[],
  core: number | undefined,
): readonly string[] {
  return core === undefined
    ? command
    : ["taskset", "--cpu-list", String(core), ...command];
}

/**
 * Starts a server. What it prints goes to a file, as it would under a service
 * manager, so that nobody has to read a pipe; it may open as many files as the
 * system allows.
 */
export function start(
  command: readonly string[],
  { core, env = {} }: StartOptions = {},
): Running {
  const log = Deno.makeTempFileSync({ prefix: "bench-", suffix: ".log" });
  const script = 'log=$0; ulimit -n "$(ulimit -Hn)"; exec "$@" > "$log" 2>&1';
  const child = new Deno.Command("sh", {
    args: ["-c", script, log, ...pinned(command, core)],
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();

  async function stop(): Promise<void> {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await child.status;
    clearTimeout(timer);
    await Deno.remove(log);
  }

  const ended = child.status.then(({ code }) => code);
  return { pid: child.pid, ended, stop };
}

/** Runs a program to its end, and returns what it printed; its exit code if it has one is left to the caller. */
export async function run(
  command: readonly string[],
  { core, env = {} }: StartOptions = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [program, ...args] = pinned(command, core);
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { ...env },
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * Holds the threads of a process with such names, or its main thread if there is
 * none, to a part of a core each: with `SCHED_DEADLINE`, which grants a thread so
 * much time a millisecond, and no more.
 *
 * @throws {Deno.errors.NotSupported} if that takes rights or programs that are not there
 */
export async function holdThreads(
  pid: number,
  name: RegExp,
  share: number,
): Promise<void> {
  const threads = Array.from(
    Deno.readDirSync(`/proc/${pid}/task`),
    ({ name }) => name,
  );
  const named = threads.filter((thread) =>
    name.test(Deno.readTextFileSync(`/proc/${pid}/task/${thread}/comm`))
  );
  if (which("chrt") === undefined) {
    throw new Deno.errors.NotSupported("No chrt (util-linux)");
  }
  for (const thread of named.length > 0 ? named : [`${pid}`]) {
    const { code, stderr } = await run([
      "chrt",
      "--deadline",
      "--reset-on-fork",
      "--sched-runtime",
      `${share * 1e6}`,
      "--sched-deadline",
      "1000000",
      "--sched-period",
      "1000000",
      "--pid",
      "0",
      thread,
    ]);
    if (code !== 0) throw new Deno.errors.NotSupported(stderr.trim());
  }
}

/** What a process has used so far. */
export interface Usage {
  /** Seconds of processor time, in the program and in the kernel for it. */
  readonly cpu: number;
  /** Resident memory in KiB. */
  readonly memory: number;
}

/** Reads what a process has used. */
export function usage(pid: number): Usage {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    memory: Number(status.match(/^VmRSS:\s*(\d+)/m)?.[1] ?? NaN),
  };
}

function readOr(path: string, text: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return text;
  }
}

/** What became of a core's time, in seconds. */
export interface CoreUsage {
  /** What programs and the system used. */
  readonly used: number;
  /** What the machine below gave to others. */
  readonly stolen: number;
}

/** Reads what became of a core's time since the system started; nothing where the system does not say. */
export function coreUsage(core: number | undefined): CoreUsage {
  const ticks = ticksOf(`cpu${core}`);
  if (ticks === undefined) return { used: 0, stolen: 0 };
  const [user, nice, system, , , irq, softirq, steal] = ticks;
  const used = user + nice + system + irq + softirq;
  return { used: used / TICKS_PER_SECOND, stolen: steal / TICKS_PER_SECOND };
}

/** A line of `/proc/stat`: of all cores, "cpu", or of one, "cpu0". */
function ticksOf(name: string): number[] | undefined {
  return readOr("/proc/stat", "").split("\n")
    .find((line) => line.startsWith(`${name} `))
    ?.split(/\s+/).slice(1).map(Number);
}

/** How much of the time of all cores is in use, from 0 to 1, over the next moment. */
async function busyness(): Promise<number> {
  const read = () => {
    const ticks = ticksOf("cpu") ?? [];
    return { idle: ticks[3], all: ticks.reduce((sum, one) => sum + one, 0) };
  };
  const before = read();
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  const after = read();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/** Waits until other programs leave the cores alone, but not for ever. */
export async function quiet(patience: number): Promise<void> {
  const end = performance.now() + patience;
  while (performance.now() < end && await busyness() > BUSY);
}

/** How many files a process may open. */
function maxFiles(): number {
  const limits = readOr("/proc/self/limits", "");
  const hard = limits.match(/^Max open files\s+\S+\s+(\S+)/m)?.[1];
  return hard === undefined || hard === "unlimited" ? Infinity : Number(hard);
}

/** Whether a server may hold so many connections. */
export function mayOpen(connections: number): boolean {
  return connections <= maxFiles() - FILES_BESIDES;
}
