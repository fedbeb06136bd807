import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import {
  connect,
  echoOn,
  exchangeTcp,
  pseudoRandomBytes,
  readAll,
} from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import {
  descriptors,
  LOOPBACK_NET,
  NGINX_STREAM,
  testWith,
} from "../support/needs.ts";
import { metricsWhen, readMetrics } from "../support/admin.ts";
import { nobody } from "../support/servers.ts";
import { TempFolder } from "../support/temp_folder.ts";

const NOTHING = new Uint8Array();
const START_MS = 20_000;

/** A load balancer of somebody else's, on ports that were free. */
class LoadBalancer implements AsyncDisposable {
  readonly #folder = new TempFolder();
  readonly #child: Deno.ChildProcess;

  private constructor(
    config: string,
    command: (file: string) => readonly string[],
  ) {
    const [program, ...args] = command(this.#folder.write("config", config));
    this.#child = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  }

  /** Runs HAProxy with these sections; resolves once it answers on all addresses. */
  static haproxy(
    sections: string,
    addresses: readonly Deno.NetAddr[],
  ): Promise<LoadBalancer> {
    const config = `
global
  maxconn 5000
  nbthread 1
defaults
  mode tcp
  timeout connect 20s
  timeout client 60s
  timeout server 60s
${sections}
`;
    const command = (file: string) => ["haproxy", "-db", "-q", "-f", file];
    return new LoadBalancer(config, command).#answers(addresses);
  }

  /** Runs nginx with these servers in `stream`. */
  static nginx(
    servers: string,
    addresses: readonly Deno.NetAddr[],
  ): Promise<LoadBalancer> {
    const config = `
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
stream {
${servers}
}
`;
    const command = (file: string) => {
      const folder = file.slice(0, file.lastIndexOf("/"));
      return ["nginx", "-p", folder, "-e", "stderr", "-c", file];
    };
    return new LoadBalancer(config, command).#answers(addresses);
  }

  async #answers(addresses: readonly Deno.NetAddr[]): Promise<this> {
    const deadline = Date.now() + START_MS;
    for (const address of addresses) {
      while (true) {
        try {
          (await connect(address)).close();
          break;
        } catch (error) {
          if (Date.now() < deadline) continue;
          await this[Symbol.asyncDispose]();
          throw error;
        }
      }
    }
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    this.#folder[Symbol.dispose]();
  }
}

function serve(settings: string, type = "echo"): Promise<Mynah> {
  return Mynah.configured(`
log: { level: debug }
admin: 127.0.0.1:0
services:
  - { name: front, type: ${type}, listen: tcp://127.0.0.1:0, proxy_protocol: 127.0.0.0/8, ${settings} }
`);
}

function haproxyTo(mynah: Mynah, port: number, options: string): string {
  return `
listen to_mynah
  bind 127.0.0.1:${port}
  server mynah 127.0.0.1:${mynah.address("tcp").port} ${options}
`;
}

const DATA = pseudoRandomBytes(300_000);

/** The client's own address is in the log, and every byte that it sent came back. */
async function assertPassed(
  mynah: Mynah,
  address: Deno.NetAddr,
): Promise<void> {
  const client = await connect(address);
  const { port } = client.localAddr as Deno.NetAddr;
  // It closes only when all is back: nginx ends a connection whose client half-closes.
  assertBytes(await echoOn(client, DATA), DATA);
  client.close();
  const line = await mynah.line(
    new RegExp(`connection ended .*client=127\\.0\\.0\\.1:${port} `),
  );
  assertMatch(line, / via=127\.0\.0\.1:\d+ bytes_in=300000 bytes_out=300000 /);
  assertEquals((await readMetrics(mynah.admin)).refused(), 0);
}

for (
  const options of [
    "send-proxy",
    "send-proxy-v2",
    "send-proxy-v2 proxy-v2-options crc32c,unique-id",
  ]
) {
  testWith(
    ["haproxy"],
    `HAProxy with ${options} passes the client's address, and not a byte is lost`,
    async () => {
      await using mynah = await serve("");
      const address = nobody("tcp");
      await using _haproxy = await LoadBalancer.haproxy(
        haproxyTo(mynah, address.port, options),
        [address],
      );
      await assertPassed(mynah, address);
    },
  );
}

testWith(
  [NGINX_STREAM],
  "nginx with proxy_protocol on passes the client's address, and not a byte is lost",
  async () => {
    await using mynah = await serve("");
    const address = nobody("tcp");
    const { port } = mynah.address("tcp");
    await using _nginx = await LoadBalancer.nginx(
      `server { listen 127.0.0.1:${address.port}; proxy_pass 127.0.0.1:${port}; proxy_protocol on; }`,
      [address],
    );
    await assertPassed(mynah, address);
  },
);

testWith(
  ["haproxy"],
  "a load balancer that sends no header is refused, and a header's reason is counted",
  async () => {
    await using mynah = await serve("");
    const address = nobody("tcp");
    await using _haproxy = await LoadBalancer.haproxy(
      haproxyTo(mynah, address.port, ""),
      [address],
    );
    const answer = await exchangeTcp(address, DATA).catch(() => NOTHING);
    assertEquals(answer.length, 0);
    const metrics = await readMetrics(mynah.admin);
    assertEquals(metrics.refused("proxy_header_malformed"), 1);
  },
);

for (
  const check of [
    "send-proxy check-send-proxy",
    "send-proxy-v2 check-send-proxy",
    "send-proxy-v2 no-check-send-proxy",
  ]
) {
  testWith(
    ["haproxy"],
    `HAProxy's health checks are no error: ${check}`,
    async () => {
      await using mynah = await serve("");
      const address = nobody("tcp");
      await using _haproxy = await LoadBalancer.haproxy(
        haproxyTo(mynah, address.port, `${check} check inter 20ms`),
        [address],
      );
      for (let i = 0; i < 5; i++) await assertPassed(mynah, address);
      assert(!/ (warn|error) /.test(mynah.log), mynah.log);
    },
  );
}

for (const version of ["send-proxy", "send-proxy-v2"]) {
  testWith(
    ["haproxy"],
    `a health check of HAProxy that waits for its echo is served: ${version}`,
    async () => {
      await using mynah = await serve("");
      const address = nobody("tcp");
      const check = `
  option tcp-check
  tcp-check send hello
  tcp-check expect string hello
`;
      const options = `${version} check-send-proxy check inter 50ms`;
      await using _haproxy = await LoadBalancer.haproxy(
        haproxyTo(mynah, address.port, options) + check,
        [address],
      );
      // In version 2 HAProxy says that it speaks for itself, in version 1 it names itself as the client.
      const line = await mynah.line(/connection ended .* bytes_out=5 /, 5);
      assertMatch(line, / client=127\.0\.0\.1:\d+ (via=\S+ )?bytes_in=5 /);
      await assertPassed(mynah, address);
    },
  );
}

testWith(
  ["haproxy", LOOPBACK_NET, descriptors(8192)],
  "of 1,000 connections of three clients behind HAProxy each client has its max_connections_per_client, and not a byte is lost",
  async () => {
    const MOST = 100;
    await using mynah = await serve(`max_connections_per_client: ${MOST}`);
    const address = nobody("tcp");
    const clients = [1, 2, 3].map((i) => ({
      source: `127.0.0.${i + 1}`,
      address: nobody("tcp"),
    }));
    // HAProxy itself stands for the three clients, since it can choose where it connects from.
    const sections = clients.map(({ source, address: { port } }, i) => `
listen client${i}
  bind 127.0.0.1:${port}
  server balancer 127.0.0.1:${address.port} source ${source}
`);
    await using _haproxy = await LoadBalancer.haproxy(
      haproxyTo(mynah, address.port, "send-proxy-v2") + sections.join(""),
      // Of each client one connection is gone again.
      [address, ...clients.map(({ address }) => address)],
    );
    const open = "mynah_connections_open";
    await metricsWhen(
      mynah,
      (metrics) => metrics.sum(open, { service: "front" }) === 0,
    );
    const before = await readMetrics(mynah.admin);

    const served: Deno.TcpConn[] = [];
    async function enter(to: Deno.NetAddr, seed: number): Promise<boolean> {
      const connection = await connect(to);
      const data = pseudoRandomBytes(2000 + seed, seed);
      const answer = await echoOn(connection, data).catch(() => NOTHING);
      if (answer.length === 0) {
        connection.close();
        return false;
      }
      assertBytes(answer, data);
      served.push(connection);
      return true;
    }
    const entered = await Promise.all(
      clients.map(({ address }, client) =>
        Promise.all(Array.from(
          { length: 334 },
          (_, i) => enter(address, 1 + 334 * client + i),
        ))
      ),
    );
    assertEquals(
      entered.map((each) => each.filter((one) => one).length),
      [MOST, MOST, MOST],
    );
    const metrics = await readMetrics(mynah.admin);
    const reason = "max_connections_per_client";
    assertEquals(
      metrics.refused(reason) - before.refused(reason),
      3 * (334 - MOST),
    );
    assertEquals(metrics.refused(), metrics.refused(reason));
    assertEquals(metrics.sum(open, { service: "front" }), 3 * MOST);
    await Promise.all(served.map(async (connection) => {
      assertBytes(
        await echoOn(connection, DATA.subarray(0, 5000)),
        DATA.subarray(0, 5000),
      );
      connection.close();
    }));
  },
);

testWith(
  ["haproxy"],
  "whoami says which of two instances behind HAProxy answered, and whom it saw",
  async () => {
    const settings = (label: string) =>
      `format: json, labels: { instance: ${label} }`;
    await using one = await serve(settings("one"), "whoami");
    await using two = await serve(settings("two"), "whoami");
    const address = nobody("tcp");
    await using _haproxy = await LoadBalancer.haproxy(
      `
listen to_both
  bind 127.0.0.1:${address.port}
  balance roundrobin
  server one 127.0.0.1:${one.address("tcp").port} send-proxy-v2
  server two 127.0.0.1:${two.address("tcp").port} send-proxy
`,
      [address],
    );
    const answered: Record<string, number> = {};
    for (let i = 0; i < 20; i++) {
      using client = await connect(address);
      const { port } = client.localAddr as Deno.NetAddr;
      const answer = JSON.parse(
        new TextDecoder().decode(await readAll(client)),
      );
      assertEquals(answer.client, { address: "127.0.0.1", port });
      assertEquals(answer.via.address, "127.0.0.1");
      const { instance } = answer.labels;
      answered[instance] = (answered[instance] ?? 0) + 1;
    }
    assertEquals(answered, { one: 10, two: 10 });
  },
);
