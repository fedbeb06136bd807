import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ADDRESSES, counter, MemoryStream } from "../../tests/support/fakes.ts";
import { planOf } from "../../tests/support/configs.ts";
import { ConfigError } from "../config/problems.ts";
import { whoami } from "./whoami.ts";

const HIDE = ["hostname"];

function resources(files: Record<string, string> = {}) {
  return {
    readFile: (file: string | URL) =>
      String(file) in files
        ? Promise.resolve(new TextEncoder().encode(files[String(file)]))
        : Promise.reject(new Error("no such file")),
    count: counter(),
    service: "who",
    labels: {},
  };
}

Deno.test("whoami counts its answers, over TCP and UDP", async () => {
  const service = await whoami.create({ hide: HIDE }, resources());
  const stream = new MemoryStream();
  await service.stream(stream);
  const { client, local } = ADDRESSES;
  const datagram = service.datagram!(new Uint8Array(), client, local)!;
  const decoder = new TextDecoder();
  const lines = (transport: string, connection: number) =>
    `service: who\r\ntransport: ${transport}\r\nlocal: 198.51.100.7:7\r\nclient: 192.0.2.1:40000\r\nconnection: ${connection}\r\n`;
  assertEquals(decoder.decode(stream.written), lines("tcp", 1));
  assertEquals(decoder.decode(datagram), lines("udp", 2));
});

const REFUSED: readonly (readonly [unknown, string])[] = [
  [
    ["a"],
    ": found a list of 1, expected a mapping of names to texts or {file: NAME}",
  ],
  [{ "a b": "x" }, '["a b"]: found "a b", expected a name of letters'],
  [{ a: "x\u0007" }, ".a: found"],
  [{ a: { file: "missing" } }, '.a.file: "missing": no such file'],
  [{ a: "x".repeat(1000) }, ": 1008 bytes, expected at most 1000 in all"],
  [{ a: { fiel: "x" } }, ".a.fiel: unknown key"],
];

for (const [labels, message] of REFUSED) {
  Deno.test(`whoami refuses the labels ${JSON.stringify(labels).slice(0, 40)}`, async () => {
    const error = await assertRejects(
      () =>
        planOf({
          services: [{
            name: "who",
            type: "whoami",
            listen: "tcp://127.0.0.1:0",
            labels,
          }],
        }),
      ConfigError,
    );
    assertStringIncludes(error.message, `services[0].labels${message}`);
  });
}
