import { assertEquals } from "@std/assert";
import { encodeTime } from "./time.ts";

/** The examples of RFC 868, and the wrap. */
const TIMES: readonly (readonly [string, number])[] = [
  ["1970-01-01T00:00:00Z", 2_208_988_800],
  ["1976-01-01T00:00:00Z", 2_398_291_200],
  ["1980-01-01T00:00:00Z", 2_524_521_600],
  ["1983-05-01T00:00:00Z", 2_629_584_000],
  ["1983-05-01T00:00:00.999Z", 2_629_584_000],
  ["2036-02-07T06:28:15Z", 2 ** 32 - 1],
  ["2036-02-07T06:28:16Z", 0],
  ["2036-02-07T06:28:17Z", 1],
];

for (const [time, seconds] of TIMES) {
  Deno.test(`encodeTime() writes ${time} as ${seconds}`, () => {
    const bytes = encodeTime(Date.parse(time));
    assertEquals(bytes.length, 4);
    assertEquals(new DataView(bytes.buffer).getUint32(0), seconds);
  });
}
