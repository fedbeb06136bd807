import { assertEquals, assertStringIncludes } from "@std/assert";
import { connect, echoOn, exchangeTcp, UdpClient } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { type Metrics, metricsWhen, readMetrics } from "../support/admin.ts";

const HELLO = new TextEncoder().encode("hello");
const NOTHING = new Uint8Array();

const CONFIG = {
  admin: "127.0.0.1:0",
  services: [{
    name: "guarded",
    type: "echo",
    listen: ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"],
    deny: ["192.0.2.1", { file: "blocked.txt" }],
  }, { name: "open", type: "echo", listen: "tcp://127.0.0.1:0" }],
};

/** As many networks as a large public blocklist has, none of them loopback's. */
const MANY = Array.from(
  { length: 100_000 },
  (_, i) => `10.${i >> 9}.${i >> 1 & 255}.${(i & 1) << 7}/26`,
).join("\n");

/** What a TCP client and a client that sends a datagram get back. */
async function answers(mynah: Mynah): Promise<[string, string]> {
  const tcp = await exchangeTcp(mynah.address("tcp"), HELLO).catch((error) => {
    const { ConnectionReset, BrokenPipe } = Deno.errors;
    const expected = [ConnectionReset, BrokenPipe];
    if (expected.some((type) => error instanceof type)) return NOTHING;
    throw error;
  });
  using client = new UdpClient(mynah.address("udp"));
  const settled = (metrics: Metrics) => metrics.answered + metrics.dropped();
  const before = settled(await readMetrics(mynah.admin));
  await client.send(HELLO);
  await metricsWhen(mynah, (metrics) => settled(metrics) > before);
  const udp = await client.heardNothing() ? NOTHING : HELLO;
  const decoder = new TextDecoder();
  return [decoder.decode(tcp), decoder.decode(udp)];
}

Deno.test("a file of a hundred thousand networks is read again at each reload, and costs open connections nothing", async () => {
  await using mynah = await Mynah.configured(CONFIG, {
    files: { "blocked.txt": MANY },
  });
  assertEquals(await answers(mynah), ["hello", "hello"]);
  using client = await connect(mynah.address("tcp"));

  // The same networks and another comment: nothing has changed.
  mynah.folder.write("blocked.txt", `# office\n${MANY}`);
  assertStringIncludes(
    await mynah.reload(),
    "reloaded; nothing changed bound=none released=none changed=none",
  );

  mynah.folder.write("blocked.txt", `${MANY}\n127.0.0.0/8 # loopback\n`);
  assertStringIncludes(
    await mynah.reload(),
    "reloaded bound=none released=none changed=guarded",
  );
  assertEquals(await answers(mynah), ["", ""]);
  assertEquals(await echoOn(client, HELLO), HELLO);

  mynah.folder.write("blocked.txt", "");
  assertStringIncludes(await mynah.reload(), "changed=guarded");
  assertEquals(await answers(mynah), ["hello", "hello"]);
});

Deno.test("a file with a bad line changes nothing, and the log names the line", async () => {
  await using mynah = await Mynah.configured(CONFIG, {
    files: { "blocked.txt": "" },
  });
  mynah.folder.write("blocked.txt", "# all\n127.0.0.0/33\n");
  assertStringIncludes(
    await mynah.reload(),
    'services[0].deny: \\"blocked.txt\\", line 2: found \\"127.0.0.0/33\\", expected a prefix from 0 to 32',
  );
  assertEquals(await answers(mynah), ["hello", "hello"]);
});
