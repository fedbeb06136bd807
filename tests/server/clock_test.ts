import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  connect,
  echoOn,
  exchangeTcp,
  exchangeUdp,
} from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { run } from "../support/programs.ts";
import { SteadyStream } from "../support/steady.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith } from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const CONFIG = JSON.stringify({
  admin: "127.0.0.1:0",
  shutdown_grace: "1h",
  services: [{
    name: "echo",
    type: "echo",
    listen: ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"],
    idle_timeout: "1h",
    udp_replies_per_second: 1000,
  }],
});

/** The environment in which the wall clock is off by what stands in a file; other clocks go on as they do. */
async function movableClock(file: string): Promise<Record<string, string>> {
  const { text } = await run(["faketime", "-f", "+0", "env"]);
  const library = /^LD_PRELOAD=(.*)$/m.exec(text)![1];
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

testWith(
  ["faketime"],
  "a clock that jumps years to and fro ends, starves and holds up nobody",
  async () => {
    using folder = new TempFolder();
    const file = folder.write("offset", "+0d");
    const env = await movableClock(file);
    await using mynah = await Mynah.configured(CONFIG, { env });
    const [tcp, udp] = mynah.addresses;
    using idle = await connect(tcp);
    assertEquals(await echoOn(idle, HELLO), HELLO);
    const stream = await SteadyStream.start(tcp);

    const years = new Set<string>();
    for (const offset of ["+4000d", "-4000d", "+0d"]) {
      folder.write("offset", offset);
      for (let i = 0; i < 20; i++) {
        assertEquals(await exchangeTcp(tcp, HELLO), HELLO);
        assertEquals(await exchangeUdp(udp, HELLO), HELLO);
      }
      assertEquals(await echoOn(idle, HELLO), HELLO);
      // The log has the wall clock's time: that it jumps shows that the test does what it says.
      years.add(mynah.log.split("\n").at(-1)!.slice(0, 4));
    }
    assertEquals(years.size, 3);

    mynah.kill("SIGTERM");
    await mynah.line(/stopping open_connections=2/);
    folder.write("offset", "+4000d");
    assertEquals(await echoOn(idle, HELLO), HELLO);
    idle.close();
    assert((await stream.finish()).bytes > 0);
    assertEquals(await mynah.ended(), 0);
    assertStringIncludes(mynah.log, "stopped");
  },
);
