import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MemoryLog } from "../../tests/support/fakes.ts";
import { echoOn } from "../../tests/support/configs.ts";
import { run } from "../../tests/support/programs.ts";
import { testWith, UNIX } from "../../tests/support/needs.ts";
import { TempFolder } from "../../tests/support/temp_folder.ts";
import { planFile } from "../cli/source.ts";
import { ConfigError } from "../config/problems.ts";
import type { Plan } from "../config/plan.ts";
import { readFile } from "../base/read_file.ts";
import { Reload } from "./reload.ts";
import { ThisThread } from "../listeners/host.ts";
import { type Changes, Supervisor } from "./supervisor.ts";

const TCP = "tcp://127.0.0.1:0";
const UDP = "udp://127.0.0.1:0";
const NOW = AbortSignal.abort();

/** A running echo service over TCP, and a reload of what `load` says. */
async function start(
  load: (signal: AbortSignal) => Promise<Plan>,
  loadMs?: number,
) {
  const log = new MemoryLog();
  const plan = await echoOn([TCP]);
  const supervisor = new Supervisor({ host: new ThisThread(), log });
  await supervisor.start(plan);
  const applied: (Changes & { plan: Plan })[] = [];
  const reload = new Reload({
    supervisor,
    plan,
    load,
    loadMs,
    log,
    onReloaded: (plan, changes) => applied.push({ plan, ...changes }),
  });
  return { log, supervisor, reload, applied };
}

function metric(reload: Reload, name: string): number[] {
  const found = reload.metrics().find((metric) => metric.name === name)!;
  return [...found.samples()].map(({ value }) => value);
}

/** A promise that a test settles, for each time it is asked for. */
function gate<T>() {
  const asked: PromiseWithResolvers<T>[] = [];
  function ask(): Promise<T> {
    const next = Promise.withResolvers<T>();
    asked.push(next);
    return next.promise;
  }
  return { asked, ask };
}

Deno.test("a reload puts the new config to work and logs what has changed", async () => {
  const plan = await echoOn([TCP, UDP]);
  const { log, supervisor, reload, applied } = await start(() =>
    Promise.resolve(plan)
  );
  const [tcp] = supervisor.addresses;
  assertEquals((await reload.run()).error, undefined);
  const [same, udp] = supervisor.addresses;
  assertEquals(same, tcp);
  const changes = {
    bound: [`udp://127.0.0.1:${udp.port}`],
    released: [],
    changed: ["echo"],
  };
  assertEquals(log.events, [
    { level: "info", message: "reloaded", fields: changes },
  ]);
  assertEquals(applied, [{ plan, ...changes }]);
  assertEquals(metric(reload, "mynah_reloads_total"), [1, 0]);
  assertEquals(metric(reload, "mynah_config_last_reload_successful"), [1]);
  await supervisor.stop(NOW);
});

Deno.test("a reload of a bad config changes nothing and logs every problem", async () => {
  const error = new ConfigError("some.yaml", [
    { where: "services[0].name", message: "missing" },
    { where: "admin", message: "unreadable" },
  ]);
  const { log, supervisor, reload, applied } = await start(() =>
    Promise.reject(error)
  );
  const before = supervisor.addresses;
  assertEquals((await reload.run()).error, error.message);
  assertEquals(log.events, [{
    level: "error",
    message: "reload failed; still serving the previous config",
    fields: {
      problems: [
        "some.yaml: services[0].name: missing",
        "some.yaml: admin: unreadable",
      ],
    },
  }]);
  assertEquals(supervisor.addresses, before);
  assertEquals(applied, []);
  assertEquals(metric(reload, "mynah_reloads_total"), [0, 1]);
  assertEquals(metric(reload, "mynah_config_last_reload_successful"), [0]);
  await supervisor.stop(NOW);
});

Deno.test("a reload that cannot bind an address says which", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `tcp://127.0.0.1:${taken.addr.port}`;
  const { supervisor, reload } = await start(() => echoOn([TCP, address]));
  const problem = `Cannot bind "${address}": address in use`;
  assertEquals((await reload.run()).error, problem);
  assertEquals(supervisor.addresses.length, 1);
  await supervisor.stop(NOW);
});

Deno.test("a reload that fails by a bug says where, and does not reject", async () => {
  const { log, supervisor, reload } = await start(() => {
    throw new TypeError("no such thing");
  });
  const { error = "" } = await reload.run();
  assertStringIncludes(error, "bug: TypeError: no such thing\n");
  assertStringIncludes(error, "reload_test.ts");
  assertEquals(log.events[0].level, "error");
  await supervisor.stop(NOW);
});

Deno.test("a reload that never comes to the end of the file is given up", async () => {
  const { asked, ask } = gate<Plan>();
  const { log, supervisor, reload, applied } = await start(ask, 1);
  const problem = "Cannot read the config: not done within 1ms";
  assertEquals((await reload.run()).error, problem);
  assertEquals(log.events[0].fields, { problems: [problem] });
  asked[0].resolve(await echoOn([TCP, UDP]));
  assertEquals((await reload.run()).error, problem);
  assertEquals([applied, supervisor.addresses.length], [[], 1]);
  await supervisor.stop(NOW);
});

Deno.test("while a read that was given up has not ended, a reload is refused at once", async () => {
  const { asked, ask } = gate<Plan>();
  const { supervisor, reload } = await start(ask, 1);
  await reload.run();
  assertEquals(metric(reload, "mynah_config_reads_stuck"), [1]);
  for (let i = 0; i < 3; i++) {
    assertEquals(
      (await reload.run()).error,
      "Cannot read the config: an earlier read has not ended",
    );
  }
  assertEquals(asked.length, 1);
  assertEquals(metric(reload, "mynah_reloads_total"), [0, 4]);
  asked[0].reject(new Error("the server of the files has come back"));
  await reload.run();
  assertEquals(asked.length, 2);
  assertEquals(metric(reload, "mynah_config_reads_given_up_total"), [2]);
  asked[1].resolve(await echoOn([TCP]));
  await supervisor.stop(NOW);
  assertEquals(metric(reload, "mynah_config_reads_stuck"), [0]);
});

testWith(
  [UNIX, "sh"],
  "reloads that wait in vain for a pipe's writer keep no thread and take nothing from the next one",
  async () => {
    using folder = new TempFolder();
    const pipe = folder.file("mynah.yaml");
    await run(["mkfifo", pipe]);
    const { supervisor, reload } = await start(
      (signal) => planFile(pipe, { signal }),
      30,
    );
    // Deno has 32 threads for what waits.
    for (let i = 0; i < 40; i++) {
      assertStringIncludes(
        (await reload.run()).error ?? "",
        "Cannot read the config",
      );
      while (metric(reload, "mynah_config_reads_stuck")[0] === 1) {
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    const config = `services: [{ name: echo, type: echo, listen: "${TCP}" }]`;
    const [{ code }, read] = await Promise.all([
      run(["sh", "-c", `cat > '${pipe}'`], config),
      readFile(pipe, 1024),
    ]);
    assertEquals([code, new TextDecoder().decode(read)], [0, config]);
    await supervisor.stop(NOW);
  },
);

Deno.test("a reload that succeeds after one that failed is what counts", async () => {
  const plans = [
    () => Promise.reject(new ConfigError("some.yaml", [])),
    () => echoOn([TCP]),
  ];
  const { supervisor, reload } = await start(() => plans.shift()!());
  await reload.run();
  assertEquals((await reload.run()).error, undefined);
  assertEquals(metric(reload, "mynah_reloads_total"), [1, 1]);
  assertEquals(metric(reload, "mynah_config_last_reload_successful"), [1]);
  await supervisor.stop(NOW);
});

Deno.test("a reload is timed by when the config that serves was loaded", async () => {
  const name = "mynah_config_last_reload_success_timestamp_seconds";
  const plans = [
    () => Promise.reject(new ConfigError("some.yaml", [])),
    () => echoOn([TCP]),
  ];
  const { supervisor, reload } = await start(() => plans.shift()!());
  const realNow = Date.now;
  try {
    const [first] = metric(reload, name);
    Date.now = () => 1_000_000_000_000;
    await reload.run();
    assertEquals(metric(reload, name), [first]);
    await reload.run();
    assertEquals(metric(reload, name), [1_000_000_000]);
  } finally {
    Date.now = realNow;
  }
  await supervisor.stop(NOW);
});

Deno.test("whoever asks while a reload is under way shares the one after it", async () => {
  const { asked, ask } = gate<Plan>();
  const { supervisor, reload } = await start(ask);
  const first = reload.run();
  await Promise.resolve();
  assertEquals(asked.length, 1);

  const others = Array.from({ length: 100 }, () => reload.run());
  assertEquals(asked.length, 1);
  asked[0].resolve(await echoOn([TCP]));
  await first;
  await Promise.resolve();
  assertEquals(asked.length, 2);

  asked[1].reject(new ConfigError("some.yaml", []));
  const errors = (await Promise.all(others)).map(({ error }) => error);
  assertEquals(new Set(errors), new Set([""]));
  assertEquals(asked.length, 2);
  assertEquals(metric(reload, "mynah_reloads_total"), [1, 1]);
  await supervisor.stop(NOW);
});

Deno.test("a reload under way when the program stops is given up", async () => {
  const { asked, ask } = gate<Plan>();
  const { log, supervisor, reload, applied } = await start(ask);
  const reloading = reload.run();
  await Promise.resolve();
  const stopped = supervisor.stop(NOW);
  asked[0].resolve(await echoOn([TCP, UDP]));
  assertEquals((await reloading).error, "mynah is stopping");
  await stopped;
  assertEquals(applied, []);
  assert(!log.messages.includes("reloaded"));
  assert(log.events.every(({ level }) => level === "info"));
  assertEquals(metric(reload, "mynah_reloads_total"), [0, 0]);
});

Deno.test("a reload says when the settings and files are the same as before", async () => {
  const more = { shutdown_grace: "1s" };
  const plans = [
    () => echoOn([TCP]),
    () => echoOn([TCP], more),
    () => Promise.reject(new ConfigError("some.yaml", [])),
    () => echoOn([TCP], more),
    () => echoOn([TCP]),
  ];
  const { log, supervisor, reload } = await start(() => plans.shift()!());
  const unchanged: (boolean | undefined)[] = [];
  for (const _ of [...plans]) unchanged.push((await reload.run()).unchanged);
  assertEquals(unchanged, [true, false, undefined, true, false]);
  assertEquals(log.messages.filter((message) => /^reloaded/.test(message)), [
    "reloaded; nothing changed",
    "reloaded",
    "reloaded; nothing changed",
    "reloaded",
  ]);
  await supervisor.stop(NOW);
});
