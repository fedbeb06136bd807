/**
 * The admin address obeys no web page, and on loopback answers by no name that it
 * does not know.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { http, readMetrics, sendRaw } from "../support/admin.ts";
import { runMynah } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { withHostsFile } from "../support/networks.ts";
import { Mynah } from "../support/mynah.ts";
import {
  IPV6,
  LOOPBACK_NET,
  OWN_HOSTS_FILE,
  testWith,
} from "../support/needs.ts";

const services = [{ name: "e", type: "echo", listen: "tcp://127.0.0.1:0" }];
const EVIL = "evil.example:9090";

function start(admin: unknown): Promise<Mynah> {
  return Mynah.configured({ admin, services });
}

/** Where to connect to for an admin address on `0.0.0.0` or `[::]`. */
function loopbackOf({ port }: Deno.NetAddr): Deno.NetAddr {
  return { transport: "tcp", hostname: "127.0.0.1", port };
}

async function statusOf(
  address: Deno.NetAddr,
  request: string,
  fields: Record<string, string> = {},
): Promise<number> {
  const [method, target] = request.split(" ");
  return (await http(address, method, target, fields)).status;
}

async function reloads(address: Deno.NetAddr): Promise<number> {
  return (await readMetrics(address)).value("mynah_reloads_total", {
    result: "success",
  });
}

Deno.test("on loopback the admin address answers by an IP address, localhost and listed names alone", async () => {
  const hosts = ["mynah.internal", "OTHER.example."];
  await using mynah = await start({ listen: "127.0.0.1:0", hosts });
  const { admin } = mynah;
  for (
    const Host of [
      "127.0.0.1",
      "localhost:1",
      "LOCALHOST.",
      "[::1]:9090",
      "192.0.2.1",
      "mynah.internal:9090",
      "other.example",
    ]
  ) {
    assertEquals(await statusOf(admin, "GET /metrics", { Host }), 200, Host);
  }
  const before = await reloads(admin);
  for (const Host of [EVIL, "mynah.internal.evil.example", ""]) {
    for (const path of ["/healthz", "/readyz", "/metrics", "/nothing"]) {
      assertEquals(await statusOf(admin, `GET ${path}`, { Host }), 403, Host);
      assertEquals(await statusOf(admin, `HEAD ${path}`, { Host }), 403, Host);
    }
    assertEquals(await statusOf(admin, "POST /-/reload", { Host }), 403, Host);
  }
  assertEquals(await reloads(admin), before);
  const { body } = await http(admin, "GET", "/metrics", { Host: EVIL });
  assert(!body.includes("mynah_"), body);
});

for (
  const [listen, needs] of [["127.9.8.7:0", LOOPBACK_NET], ["[::1]:0", IPV6], [
    "localhost:0",
    undefined,
  ]] as const
) {
  testWith(
    needs ? [needs] : [],
    `admin on ${listen} is on loopback`,
    async () => {
      await using mynah = await start(listen);
      const { admin } = mynah;
      assertEquals(await statusOf(admin, "GET /readyz"), 200);
      assertEquals(await statusOf(admin, "GET /readyz", { Host: EVIL }), 403);
    },
  );
}

testWith(
  [OWN_HOSTS_FILE],
  "a name of loopback is on loopback, and answers by that name",
  async () => {
    using folder = new TempFolder();
    const hosts = folder.write("hosts", "127.0.0.1 loop.example\n");
    const admin = "loop.example:0";
    const through = withHostsFile(hosts);
    await using mynah = await Mynah.configured({ admin, services }, {
      through,
    });
    const address = loopbackOf(mynah.admin);
    for (const Host of ["loop.example", "127.0.0.1", "localhost"]) {
      assertEquals(await statusOf(address, "GET /readyz", { Host }), 200);
    }
    assertEquals(await statusOf(address, "GET /readyz", { Host: EVIL }), 403);
  },
);

Deno.test("elsewhere the admin address is read by any name, and obeys no web page either", async () => {
  await using mynah = await start("0.0.0.0:0");
  const admin = loopbackOf(mynah.admin);
  for (const Host of ["127.0.0.1", EVIL, "prometheus.internal", ""]) {
    assertEquals(await statusOf(admin, "GET /metrics", { Host }), 200, Host);
    assertEquals(await statusOf(admin, "POST /-/reload", { Host }), 200, Host);
  }
  const before = await reloads(admin);
  const pages: Record<string, string>[] = [
    { Origin: `http://${EVIL}` },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    // The page's own name was given this address.
    { Host: EVIL, Origin: `http://${EVIL}`, "Sec-Fetch-Site": "same-origin" },
  ];
  for (const fields of pages) {
    const status = await statusOf(admin, "POST /-/reload", fields);
    assertEquals(status, 403, JSON.stringify(fields));
  }
  assertEquals(await reloads(admin), before);
});

Deno.test("a POST of the admin address's own page is obeyed", async () => {
  const hosts = "mynah.internal";
  await using mynah = await start({ listen: "127.0.0.1:0", hosts });
  const { admin } = mynah;
  const { port } = admin;
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, hosts]) {
    const fields = {
      Host: host,
      Origin: `http://${host}`,
      "Sec-Fetch-Site": "same-origin",
    };
    assertEquals(await statusOf(admin, "POST /-/reload", fields), 200, host);
  }
});

Deno.test("the admin address takes a whole URL, and goes by its host (RFC 9112 §3.2.2)", async () => {
  await using mynah = await start("127.0.0.1:0");
  const { admin } = mynah;
  const { port } = admin;
  const Host = EVIL;
  const url = `http://127.0.0.1:${port}`;
  assertEquals(await statusOf(admin, `GET ${url}/readyz`, { Host }), 200);
  assertEquals(await statusOf(admin, `GET ${url}`, { Host }), 404);
  assertEquals(await statusOf(admin, `POST ${url}/-/reload?now`), 200);
  assertEquals(await statusOf(admin, `GET http://${EVIL}/readyz`), 403);
});

Deno.test("the admin address wants one Host of HTTP/1.1, and none of HTTP/1.0", async () => {
  await using mynah = await start("127.0.0.1:0");
  const { admin } = mynah;
  const cases = {
    "GET /healthz HTTP/1.1\r\n\r\n": 400,
    "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n": 400,
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n": 400,
    "GET /healthz HTTP/1.0\r\n\r\n": 200,
    [`GET /healthz HTTP/1.0\r\nHost: ${EVIL}\r\n\r\n`]: 403,
    "GET http://localhost/healthz HTTP/1.1\r\n\r\n": 400,
  };
  for (const [request, status] of Object.entries(cases)) {
    const answer = await sendRaw(admin, request);
    assertStringIncludes(answer, `HTTP/1.1 ${status} `, request);
  }
});

Deno.test("a reload changes by which names the admin address answers", async () => {
  await using mynah = await start("127.0.0.1:0");
  const { admin } = mynah;
  const Host = "mynah.internal";
  assertEquals(await statusOf(admin, "GET /readyz", { Host }), 403);
  const log = await mynah.reload({
    admin: { listen: "127.0.0.1:0", hosts: [Host] },
    services,
  });
  assertStringIncludes(log, "changed=admin");
  assertEquals(await statusOf(admin, "GET /readyz", { Host }), 200);
});

Deno.test("`mynah reload` says on loopback what is wrong, and elsewhere where to look", async () => {
  for (const host of ["127.0.0.1", "0.0.0.0"]) {
    await using mynah = await start(`${host}:0`);
    const target = `127.0.0.1:${mynah.admin.port}`;
    const none = await runMynah(["reload", target]);
    assertEquals(none, {
      code: 0,
      stdout: "reloaded; nothing changed\n",
      stderr: "",
    });
    mynah.write({ services: [{ ...services[0], lisen: 1 }], admin: "here" });
    const { code, stderr } = await runMynah(["reload", target]);
    assertEquals(code, 78);
    const problems = ["services[0].lisen: unknown key", "admin: found"];
    for (const problem of problems) {
      assertEquals(stderr.includes(problem), host === "127.0.0.1", stderr);
    }
    assertStringIncludes(stderr, `Cannot reload "${target}": `);
    assertStringIncludes(stderr, "still serving the previous config");
    if (host !== "127.0.0.1") assertStringIncludes(stderr, "see the log");
  }
});

Deno.test("`mynah health` and `mynah reload` take the address as the config and the log have it", async () => {
  await using mynah = await start("0.0.0.0:0");
  const [, printed] = /admin=(\S+)/.exec(mynah.log)!;
  const { port } = mynah.admin;
  for (const target of [printed, `*:${port}`, `tcp://127.0.0.1:${port}`]) {
    for (const command of ["health", "reload"]) {
      const { code, stderr } = await runMynah([command, target]);
      assertEquals([code, stderr], [0, ""], target);
    }
  }
});

for (const host of ["127.0.0.1", "[::1]"]) {
  testWith(
    [IPV6, OWN_HOSTS_FILE],
    `a name is asked at each of its addresses, until admin on ${host} answers`,
    async () => {
      await using mynah = await start(`${host}:0`);
      const hosts = mynah.folder.write(
        "hosts",
        "::1 localhost both.example\n127.0.0.1 localhost both.example\n",
      );
      const through = withHostsFile(hosts);
      for (const name of ["localhost", "both.example"]) {
        const target = `${name}:${mynah.admin.port}`;
        for (const command of ["health", "reload"]) {
          const { code, stderr } = await runMynah([command, target], {
            through,
          });
          assertEquals([code, stderr], [0, ""]);
        }
      }
    },
  );
}

Deno.test("the default port of `mynah health` is 9090", async () => {
  const { code, stderr } = await runMynah(["health", "nobody.invalid"]);
  assertEquals(code, 69);
  assertStringIncludes(stderr, '"nobody.invalid" is not ready: ');
});
