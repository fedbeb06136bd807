import { assertEquals, assertMatch } from "@std/assert";
import { runInProcess, runMynah } from "../support/cli.ts";
import { Mynah } from "../support/mynah.ts";
import { TempFolder } from "../support/temp_folder.ts";

const QUOTES = `a quote\n%\n${"x".repeat(600)}\n%\nanother\n`;

const CONFIG = `
log: {level: warn, format: json}
admin: {listen: 127.0.0.1:9090, hosts: mynah.example}
shutdown_grace: 90s
services:
  - name: echo
    type: echo
    listen: [tcp://*:7, "udp://[0::1]:7", tcp://*:7000-7099]
    allow: [10.0.0.0/8, "2001:db8::/32"]
    deny: [10.1.1.1, 10.1.1.2, 10.1.1.3, 10.1.1.4, 10.1.1.5, 10.1.1.6, 10.1.1.7]
    max_connections: 1024
    when_full: wait
    idle_timeout: never
  - name: quotes-of-the-day
    type: qotd
    listen: udp://localhost:17
    allow: []
    deny: {file: sub/deny.txt}
    udp_replies_per_second: 7
    udp_min_client_port: 32768
    quotes: {file: sub/q.txt, pick: random}
`;

Deno.test("check shows all that would be in force, what is left out, and what is hardly meant", async () => {
  using folder = new TempFolder();
  Deno.mkdirSync(folder.file("sub"));
  folder.write("sub/q.txt", QUOTES);
  folder.write("sub/deny.txt", "192.0.2.0/24\n");
  const file = folder.write("mynah.yaml", CONFIG);
  assertEquals(await runMynah(["check", file]), {
    code: 0,
    stdout: `${file}: OK

SERVICE            TYPE  ADDRESS             SERVES
echo               echo  tcp://*:7
                         udp://[::1]:7
                         tcp://*:7000-7099
quotes-of-the-day  qotd  udp://localhost:17  2 quotes, random

SERVICE            ALLOW          DENY                 CONNECTIONS  PER CLIENT  IDLE TIMEOUT  UDP REPLIES
echo               10.0.0.0/8     10.1.1.1             1024, wait   no limit    never         100/s
                   2001:db8::/32  10.1.1.2                                                    loopback: no limit
                                  10.1.1.3                                                    to ports from 1024
                                  10.1.1.4
                                  10.1.1.5
                                  and 2 more
quotes-of-the-day  nobody         file "sub/deny.txt"  -            -           -             7/s
                                                                                              to ports from 32768

SETTING         VALUE
log             warn, json
                1000 lines/s of a service
workers         1
admin           127.0.0.1:9090
                mynah.example
shutdown_grace  90s

warning: quotes-of-the-day: allow is empty: nobody may use the service
warning: quotes-of-the-day: 1 quote left out: longer than 511 bytes (RFC 865)
`,
    stderr: "",
  });
});

Deno.test("check shows the defaults", async () => {
  using folder = new TempFolder();
  const service = '{name: e, type: echo, listen: ["tcp://*:7", "udp://*:7"]}';
  const file = folder.write("mynah.yaml", `services: [${service}]\n`);
  assertEquals(
    (await runInProcess(["check", file])).stdout,
    `${file}: OK

SERVICE  TYPE  ADDRESS    SERVES
e        echo  tcp://*:7
               udp://*:7

SERVICE  ALLOW     DENY    CONNECTIONS  PER CLIENT  IDLE TIMEOUT  UDP REPLIES
e        everyone  nobody  no limit     no limit    1h            100/s
                                                                  loopback: no limit
                                                                  to ports from 1024

SETTING         VALUE
log             info, text
                1000 lines/s of a service
workers         1
admin           off
shutdown_grace  10s
`,
  );
});

Deno.test("check binds nothing: an address in use is no problem", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using folder = new TempFolder();
  const file = folder.write(
    "mynah.yaml",
    `services:\n  - {name: e, type: echo, listen: "tcp://127.0.0.1:${taken.addr.port}"}\n`,
  );
  const { code, stderr } = await runInProcess(["check", file]);
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("serve and a reload log what is legal and hardly meant", async () => {
  const echo = (keys: Record<string, unknown>) => ({
    services: [{
      name: "e",
      type: "echo",
      listen: "tcp://127.0.0.1:0",
      ...keys,
    }],
  });
  await using mynah = await Mynah.configured(echo({ allow: [] }));
  const warning = /\bwarn\b.* nobody may use the service service=e$/;
  assertMatch(await mynah.line(warning), /allow is empty/);
  await mynah.reload(echo({ deny: ["0.0.0.0/0", "::/0"] }));
  assertMatch(await mynah.line(warning, 2), /deny holds every address/);
});
