import { assertEquals, assertMatch } from "@std/assert";
import { exchangeTcp, exchangeUdp } from "../support/clients.ts";
import { Mynah, withWorkers } from "../support/mynah.ts";
import { runInProcess, runMynah } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const COUNT = 20;
const hello = new TextEncoder().encode("hello");

/** The first of `COUNT` ports that are free over TCP and UDP, below those that the system gives out by itself. */
function freeRange(): number {
  for (let tries = 0; tries < 100; tries++) {
    const first = 12_000 + Math.floor(Math.random() * 15_000);
    if (isFree(first)) return first;
  }
  throw new Error("No range of ports is free");
}

function isFree(first: number): boolean {
  const open: Disposable[] = [];
  try {
    for (let port = first; port < first + COUNT; port++) {
      const address = { hostname: "127.0.0.1", port };
      open.push(Deno.listen(address));
      const udp = Deno.listenDatagram({ ...address, transport: "udp" });
      open.push({ [Symbol.dispose]: () => udp.close() });
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  } finally {
    for (const one of open) one[Symbol.dispose]();
  }
}

function config(...listen: string[]): string {
  return withWorkers(
    `services:\n  - {name: e, type: echo, listen: [${listen.join(", ")}]}\n`,
  );
}

Deno.test("every port of a range is served, and a reload changes those alone that differ", async () => {
  using folder = new TempFolder();
  const first = freeRange();
  const last = first + COUNT - 1;
  const at = (port: number) => ({
    transport: "tcp" as const,
    hostname: "127.0.0.1",
    port,
  });
  const range = `tcp://127.0.0.1:${first}-${last}`;
  const file = folder.write(
    "mynah.yaml",
    config(range, range.replace("tcp", "udp")),
  );
  await using mynah = await Mynah.serve([file]);
  assertMatch(
    await mynah.line(/ready/),
    new RegExp(`listening=${range},${range.replace("tcp", "udp")}$`),
  );
  for (const port of [first, first + 7, last]) {
    assertEquals(await exchangeTcp(at(port), hello), hello);
    assertEquals(await exchangeUdp(at(port), hello), hello);
  }

  using kept = await Deno.connect(at(first));
  folder.write("mynah.yaml", config(`tcp://127.0.0.1:${first}-${last - 3}`));
  mynah.kill("SIGHUP");
  const reloaded = await mynah.line(/reloaded/);
  assertMatch(reloaded, new RegExp(`released=tcp://127.0.0.1:${last - 2}-`));
  assertMatch(reloaded, new RegExp(`udp://127.0.0.1:${first}-${last}`));
  await kept.write(hello);
  const answer = new Uint8Array(hello.length);
  assertEquals(await kept.read(answer), hello.length);
  assertEquals(answer, hello);
});

Deno.test("check shows a range as a range", async () => {
  using folder = new TempFolder();
  const listen = ["tcp://*:7000-7099", '"udp://[::1]:9000-9009"'];
  const file = folder.write("mynah.yaml", config(...listen));
  const { code, stdout } = await runInProcess(["check", file]);
  assertEquals(code, 0);
  assertMatch(stdout, /tcp:\/\/\*:7000-7099\n.*udp:\/\/\[::1\]:9000-9009\n/);
});

Deno.test("a range that is taken is one line of the error", async () => {
  const first = freeRange();
  const last = first + COUNT - 1;
  const range = `udp://127.0.0.1:${first}-${last}`;
  await using _other = await Mynah.configured(config(range));
  using folder = new TempFolder();
  const file = folder.write("mynah.yaml", config(range));
  const { code, stderr } = await runMynah(["serve", file]);
  assertEquals(code, 69);
  assertEquals(stderr, `Cannot bind "${range}": address in use\n`);
});
