import { assertEquals } from "@std/assert";
import { crc32c } from "./crc32c.ts";

const encoder = new TextEncoder();

/** RFC 3720 appendix B.4, and the check value of the catalogue of CRCs. */
const VALUES: readonly (readonly [string, Uint8Array, number])[] = [
  ["nothing", new Uint8Array(), 0],
  ["123456789", encoder.encode("123456789"), 0xe3069283],
  ["32 bytes of 0", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of 255", new Uint8Array(32).fill(255), 0x62a8ab43],
  ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
];

for (const [name, bytes, expected] of VALUES) {
  Deno.test(`crc32c() of ${name}`, () => {
    assertEquals(crc32c(bytes), expected);
  });
}
