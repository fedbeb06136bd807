import { assertEquals } from "@std/assert";
import { exchangeTcp, exchangeUdp } from "../support/clients.ts";
import { http } from "../support/admin.ts";
import { Mynah } from "../support/mynah.ts";
import { run } from "../support/programs.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith } from "../support/needs.ts";

const CONFIG = `
log: { level: debug }
admin: 127.0.0.1:0
services:
  - { name: echo, type: echo, listen: ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"] }
  - { name: quotes, type: qotd, listen: "tcp://127.0.0.1:0" }
`;

async function startUsed(): Promise<Mynah> {
  const mynah = await Mynah.configured(CONFIG);
  await exchangeTcp(mynah.address("tcp"), new Uint8Array(1234));
  await exchangeUdp(mynah.address("udp"), new Uint8Array(56));
  await mynah.line(/connection ended service=echo/);
  return mynah;
}

testWith(
  ["promtool"],
  "promtool finds nothing wrong with the metrics",
  async () => {
    await using mynah = await startUsed();
    const { body } = await http(mynah.admin, "GET", "/metrics");
    const { code, text, stderr } = await run(
      ["promtool", "check", "metrics"],
      body,
    );
    assertEquals([code, text, stderr], [0, "", ""]);
  },
);

testWith(
  ["prometheus"],
  "a Prometheus server scrapes the metrics",
  async () => {
    await using mynah = await startUsed();
    const { hostname, port } = mynah.admin;
    await using prometheus = await Prometheus.start(`${hostname}:${port}`);
    // When it comes for the third time, it has stored what it got the first time.
    await mynah.line(/connection ended service=admin .*done/, 3);

    const job = '{job="mynah"}';
    assertEquals(await prometheus.value(`up${job}`), 1);
    const received = "mynah_received_bytes_total";
    assertEquals(await prometheus.value(`sum(${received}${job})`), 1290);
    assertEquals(
      await prometheus.value(`${received}{service="echo",transport="udp"}`),
      56,
    );
    const types = await prometheus.ask(`/metadata?metric=${received}`);
    assertEquals(types, {
      [received]: [{
        type: "counter",
        help: "Bytes received, without headers.",
        unit: "",
      }],
    });
  },
);

/** A Prometheus server on loopback that scrapes one address every second. */
class Prometheus implements AsyncDisposable {
  readonly #folder = new TempFolder();
  readonly #child: Deno.ChildProcess;
  #reading: Promise<void> = Promise.resolve();
  #address: Deno.NetAddr | undefined;

  static async start(target: string): Promise<Prometheus> {
    const prometheus = new Prometheus(target);
    try {
      await prometheus.#listening();
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
    return prometheus;
  }

  private constructor(target: string) {
    const config = this.#folder.write(
      "prometheus.yml",
      `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: mynah
    static_configs: [{ targets: ["${target}"] }]
`,
    );
    this.#child = new Deno.Command("prometheus", {
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${this.#folder.file("data")}`,
        "--web.listen-address=127.0.0.1:0",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  }

  /** Asks its API, and returns the data of the answer. */
  async ask(path: string): Promise<unknown> {
    const { body } = await http(this.#address!, "GET", `/api/v1${path}`);
    return JSON.parse(body).data;
  }

  /** The value of a query whose result is one sample. */
  async value(query: string): Promise<number> {
    const data = await this.ask(`/query?query=${encodeURIComponent(query)}`);
    const { result } = data as { result: { value: [number, string] }[] };
    assertEquals(result.length, 1, query);
    return Number(result[0].value[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#reading;
    this.#folder[Symbol.dispose]();
  }

  /** Waits until its log says where it listens; goes on reading, so that the log never blocks it. */
  async #listening(): Promise<void> {
    const found = Promise.withResolvers<void>();
    this.#reading = this.#readLog(() => found.resolve());
    this.#reading.then(() => found.reject(new Error("Prometheus has ended")));
    await found.promise;
  }

  async #readLog(onAddress: () => void): Promise<void> {
    let log = "";
    const text = this.#child.stderr.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) {
      log += chunk;
      const match = /Listening on.*127\.0\.0\.1:(\d+)/.exec(log);
      if (!match || this.#address) continue;
      const port = Number(match[1]);
      this.#address = { transport: "tcp", hostname: "127.0.0.1", port };
      onAddress();
    }
  }
}
