import { assert, assertEquals } from "@std/assert";
import { accessOf } from "../../tests/support/guards.ts";
import { AccessReader, sameAccess } from "./access_lists.ts";
import { parseIp } from "./ip_block.ts";
import { hasIp } from "./ip_set.ts";

/** A reader that finds these files, and the names that it read. */
function readerOf(files: Readonly<Record<string, string>>) {
  const read: string[] = [];
  const reader = new AccessReader((file) => {
    read.push(file);
    return file in files
      ? Promise.resolve(new TextEncoder().encode(files[file]))
      : Promise.reject(new Error("no such file"));
  });
  return { reader, read };
}

Deno.test("a list has the entries of the config and of the files that it names", async () => {
  const { reader } = readerOf({
    "a.txt": "10.0.0.0/8\n2001:db8::/32",
    "b.txt": "192.0.2.1\n",
  });
  const { access, problems } = await reader.read({
    allow: ["198.51.100.0/24", { file: "a.txt" }, { file: "b.txt" }],
  });
  assertEquals(problems, []);
  assert(sameAccess(
    access,
    accessOf({
      allow: ["198.51.100.0/24", "10.0.0.0/8", "2001:db8::/32", "192.0.2.1"],
    }),
  ));
});

Deno.test("a file has one entry a line, comments, blank lines, CRLF and a byte order mark", async () => {
  const { reader } = readerOf({
    "a.txt":
      "\ufeff# networks\r\n\r\n  10.0.0.0/8\t# the office\r\n\t\r\n#192.0.2.1\r\n::1#here\r\n198.51.100.7",
  });
  const { access, problems } = await reader.read({ deny: [{ file: "a.txt" }] });
  assertEquals(problems, []);
  const deny = ["10.0.0.0/8", "::1", "198.51.100.7"];
  assert(sameAccess(access, accessOf({ deny })));
});

Deno.test("an empty file has nobody in it", async () => {
  const { reader } = readerOf({ "a.txt": "" });
  const { access, problems } = await reader.read({
    allow: [{ file: "a.txt" }],
  });
  assertEquals(problems, []);
  assert(sameAccess(access, accessOf({ allow: [] })));
});

Deno.test("a file that many lists name is read once, and its problems are told in each", async () => {
  const { reader, read } = readerOf({ "a.txt": "10.1\n" });
  for (const list of ["allow", "deny"] as const) {
    for (let i = 0; i < 3; i++) {
      const { problems } = await reader.read({ [list]: [{ file: "a.txt" }] });
      assertEquals(problems, [{
        list,
        message:
          '"a.txt", line 1: found "10.1", expected an IPv4 address of four numbers, 0 to 255 each',
      }]);
    }
  }
  assertEquals(read, ["a.txt"]);
});

Deno.test("a list of a hundred thousand networks is whole, in whatever order they stand", async () => {
  // Every other /24 of 10.0.0.0/7 and every other /48 of 2001:db8::/32.
  const ipv4 = Array.from(
    { length: 50_000 },
    (_, i) => `${10 + (i >> 15)}.${i >> 7 & 255}.${(i & 127) * 2}.0/24`,
  );
  const ipv6 = Array.from(
    { length: 50_000 },
    (_, i) =>
      `2001:${(0xdb8 + (i >> 15)).toString(16)}:${
        ((i & 0x7fff) * 2).toString(16)
      }::/48`,
  );
  const lines = [...ipv4, ...ipv6].sort(() => Math.random() - 0.5);
  const { reader } = readerOf({ "a.txt": lines.join("\n") });
  const { access: { deny } } = await reader.read({ deny: [{ file: "a.txt" }] });
  assertEquals(deny.ipv4.length, 2 * 50_000);
  assertEquals(deny.ipv6.length, 8 * 50_000);
  const has = (text: string) => hasIp(deny, parseIp(text)!);
  for (const line of lines) assert(has(line.slice(0, line.indexOf("/"))));
  for (const text of ["10.0.1.0", "11.200.3.255", "2001:db8:1::", "9.0.0.0"]) {
    assert(!has(text), text);
  }
});

Deno.test("clients are served while a long list is read", async () => {
  const { reader } = readerOf({ "a.txt": "10.0.0.1\n".repeat(50_000) });
  let turns = 0;
  const clients = setInterval(() => turns++);
  await reader.read({ deny: [{ file: "a.txt" }] });
  clearInterval(clients);
  assert(turns > 5, `${turns}`);
});
