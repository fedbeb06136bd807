import { assert, assertEquals, assertMatch } from "@std/assert";
import { ADDRESSES, MemoryStream } from "../../tests/support/fakes.ts";
import { daytime, formatDaytime } from "./daytime.ts";

const RESOURCES = {
  readFile: () => Promise.reject(new Error("daytime reads no file")),
  count: () => 0,
  service: "test",
  labels: {},
};

Deno.test("formatDaytime() writes UTC as ISO 8601 and as ctime(3)", () => {
  const times = ["2026-11-27T09:05:00.999Z", "2027-01-02T23:59:59Z"];
  assertEquals(times.map((time) => formatDaytime(Date.parse(time), "iso")), [
    "2026-11-27T09:05:00Z",
    "2027-01-02T23:59:59Z",
  ]);
  assertEquals(
    times.map((time) => formatDaytime(Date.parse(time), "classic")),
    ["Fri Nov 27 09:05:00 2026", "Sat Jan  2 23:59:59 2027"],
  );
});

for (
  const [format, form] of [
    [undefined, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\r\n$/],
    ["iso", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\r\n$/],
    [
      "classic",
      /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\r\n$/,
    ],
  ] as const
) {
  Deno.test(`daytime sends one line, format: ${format}`, async () => {
    const service = await daytime.create({ format }, RESOURCES);
    const stream = new MemoryStream();
    const before = Math.floor(Date.now() / 1000) * 1000;
    await service.stream(stream);
    for (
      const bytes of [
        stream.written,
        service.datagram!(new Uint8Array(), ADDRESSES.client, ADDRESSES.local)!,
      ]
    ) {
      const line = new TextDecoder().decode(bytes);
      assertMatch(line, form);
      const time = Date.parse(
        format === "classic" ? `${line.trim()} UTC` : line.trim(),
      );
      assert(before <= time && time <= Date.now(), line);
    }
  });
}
