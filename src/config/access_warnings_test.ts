import { assertEquals } from "@std/assert";
import { AccessReader } from "./access_lists.ts";
import { accessWarnings } from "./access_warnings.ts";

const reader = new AccessReader(() => Promise.reject(new Error("no files")));

async function warnings(
  lists: { allow?: string[]; deny?: string[]; proxyProtocol?: string[] },
) {
  const { access } = await reader.read(lists);
  return accessWarnings(access);
}

Deno.test("accessWarnings() warns of lists that keep everyone out", async () => {
  const nobody = "nobody may use the service";
  assertEquals(await warnings({ allow: [] }), [`allow is empty: ${nobody}`]);
  for (
    const deny of [
      ["0.0.0.0/0", "::/0"],
      ["::/0", "128.0.0.0/1", "0.0.0.0/1"],
    ]
  ) {
    assertEquals(await warnings({ deny }), [
      `deny holds every address: ${nobody}`,
    ]);
  }
  for (
    const [allow, deny] of [
      [["10.0.0.0/8"], ["0.0.0.0/0"]],
      [["10.0.0.0/8", "::1"], ["10.128.0.0/9", "10.0.0.0/9", "::/64"]],
      [["10.6.6.6"], ["10.6.6.6"]],
      [["::ffff:10.6.6.6"], ["10.6.6.6"]],
    ]
  ) {
    assertEquals(await warnings({ allow, deny }), [
      `deny holds all of allow: ${nobody}`,
    ]);
  }
});

Deno.test("accessWarnings() warns of lists that keep out every client of a family", async () => {
  assertEquals(await warnings({ deny: ["0.0.0.0/0"] }), [
    "deny holds every IPv4 address: no IPv4 client may use the service",
  ]);
  assertEquals(await warnings({ deny: ["8000::/1", "::/1"] }), [
    "deny holds every IPv6 address: no IPv6 client may use the service",
  ]);
});

Deno.test("accessWarnings() says nothing of lists that let someone in", async () => {
  for (
    const lists of [
      {},
      { deny: [] },
      { deny: ["10.0.0.0/8", "0.0.0.0/1"] },
      { allow: ["0.0.0.0/0", "::/0"] },
      { allow: ["10.0.0.0/8"], deny: ["10.6.6.6"] },
      { allow: ["10.0.0.0/8", "::1"], deny: ["10.0.0.0/8"] },
    ]
  ) assertEquals(await warnings(lists), []);
});

Deno.test("accessWarnings() warns of proxy_protocol that trusts nobody or everyone", async () => {
  assertEquals(await warnings({ proxyProtocol: ["10.0.0.0/24", "::1"] }), []);
  assertEquals(await warnings({ proxyProtocol: [] }), [
    "proxy_protocol is empty: no PROXY header is read",
  ]);
  for (
    const [list, family] of [
      [["0.0.0.0/0"], "IPv4"],
      [["10.0.0.1", "::/0"], "IPv6"],
    ] as const
  ) {
    assertEquals(await warnings({ proxyProtocol: [...list] }), [
      `proxy_protocol holds every ${family} address: any ${family} client may claim to be another one`,
    ]);
  }
});
