import { assert, assertEquals } from "@std/assert";
import { compileArguments } from "../../scripts/compile_options.ts";
import { formatHostPort } from "../../src/base/address.ts";
import type { Plan } from "../../src/config/plan.ts";
import {
  deployFiles,
  planDeploy,
  portsOf,
  readDeploy,
  readDocuments,
} from "./deploy_files.ts";
import { run } from "../support/programs.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith } from "../support/needs.ts";

/** The values of a setting in a unit, in the order of the file. */
function settings(unit: string, name: string): string[] {
  return unit.split("\n").filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1));
}

/** What follows an instruction in a container file, each time it is there. */
function instructions(containerfile: string, name: string): string[] {
  return containerfile.replaceAll("\\\n", " ").split("\n")
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1).trim().replace(/\s+/g, " "));
}

function adminOf({ config: { admin } }: Plan): string {
  assert(admin);
  return formatHostPort(admin.hostname, admin.port);
}

/** Whom a service answers and believes, which is not a limit. */
const RULES = ["allow", "deny", "udpMinClientPort", "proxyProtocol"];

for (const path of deployFiles()) {
  if (path.endsWith(".yaml")) {
    Deno.test(`deploy/${path} is YAML`, async () => {
      for (const document of await readDocuments(path)) assert(document);
    });
  }
  if (/^(.*\/)?mynah\.yaml$/.test(path)) {
    Deno.test(`deploy/${path} passes mynah check, and has every limit`, async () => {
      const { config, services } = await planDeploy(path);
      assertEquals(services.flatMap(({ service }) => service.warnings), []);
      for (const { name, limits } of config.services) {
        for (const [limit, value] of Object.entries(limits)) {
          if (RULES.includes(limit)) continue;
          assert(value !== undefined, `${name} has no ${limit}`);
        }
      }
    });
  }
}

Deno.test("deploy/mynah.yaml serves on the ports of the RFCs", async () => {
  const ports = portsOf(await planDeploy("mynah.yaml"));
  assertEquals(ports, ["tcp/17", "tcp/7", "udp/17", "udp/7"]);
});

Deno.test("the systemd unit goes with deploy/mynah.yaml", async () => {
  const unit = await readDeploy("systemd/mynah.service");
  const plan = await planDeploy("mynah.yaml");
  const mynah = "/usr/local/bin/mynah";
  const config = "/etc/mynah/mynah.yaml";
  const admin = adminOf(plan);
  assertEquals(
    ["ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload"].map((name) =>
      settings(unit, name)
    ),
    [
      [`${mynah} check ${config}`],
      [`${mynah} serve --config ${config}`],
      [`${mynah} health --wait 10s ${admin}`],
      [`${mynah} reload ${admin}`],
    ],
  );

  assertEquals(settings(unit, "SocketBindDeny"), ["any"]);
  assert(plan.config.admin);
  assertEquals(
    settings(unit, "SocketBindAllow").sort(),
    [...portsOf(plan), `tcp/${plan.config.admin.port}`]
      .map((port) => port.replace("/", ":")).sort(),
  );
  assertEquals(settings(unit, "NoExecPaths"), ["/"]);
  const [executables] = settings(unit, "ExecPaths");
  assert(executables.split(" ").includes(mynah));

  const [stop] = settings(unit, "TimeoutStopSec");
  assert(parseInt(stop) * 1000 > plan.config.shutdownGraceMs);
  const connections = plan.config.services.map(({ limits }) =>
    limits.maxConnections ?? Infinity
  );
  const [descriptors] = settings(unit, "LimitNOFILE");
  assert(Number(descriptors) > 2 * connections.reduce((sum, n) => sum + n, 0));
});

Deno.test("the systemd unit has admin on a port that other users cannot take", async () => {
  const { config: { admin } } = await planDeploy("mynah.yaml");
  assert(admin && admin.port < 512, `${admin?.port}`);
});

Deno.test("the container's config is mounted as a folder, in which a new file is found", async () => {
  const docs = await Deno.readTextFile(
    new URL("../../docs/operations.md", import.meta.url),
  );
  const mounts = [...docs.matchAll(/ -v (\S+):(\S+):ro/g)];
  assert(mounts.length > 0);
  for (const [, , target] of mounts) assertEquals(target, "/etc/mynah");
});

testWith(
  ["systemd-analyze"],
  "systemd finds nothing wrong with the unit, and little exposed",
  async () => {
    using folder = new TempFolder();
    const unit = await readDeploy("systemd/mynah.service");
    // Whether mynah is installed is not a matter of the unit.
    const path = folder.write(
      "mynah.service",
      unit.replaceAll("=/usr/local/bin/mynah ", "=/bin/true "),
    );
    const verify = ["verify", "--man=no", "--recursive-errors=no", path];
    const verified = await run(["systemd-analyze", ...verify]);
    // It may have something to say of the machine's other units.
    const said = verified.stderr.split("\n")
      .filter((line) => line.includes("mynah"));
    assertEquals([verified.code, said], [0, []]);

    // 1.5 of 10 with systemd 252; other versions count a little differently.
    const security = ["security", "--offline=true", "--threshold=20", path];
    const { code, text } = await run(["systemd-analyze", ...security]);
    assertEquals(code, 0, text);
  },
);

Deno.test("the container file goes with its config", async () => {
  const text = await readDeploy("container/Containerfile");
  const plan = await planDeploy("container/mynah.yaml");
  const [exposed] = instructions(text, "EXPOSE");
  assertEquals(
    exposed.split(" ").map((port) => port.split("/").reverse().join("/"))
      .sort(),
    portsOf(plan),
  );
  const [check] = instructions(text, "HEALTHCHECK");
  assert(check.endsWith(`"health", "${adminOf(plan)}"]`), check);
  // "docker stop" and "podman stop" kill after 10 s.
  assert(plan.config.shutdownGraceMs < 10_000);

  const [command] = instructions(text, "CMD");
  const file = JSON.parse(command).at(-1);
  const copied = `--chmod=644 deploy/container/mynah.yaml ${file}`;
  assert(instructions(text, "COPY").includes(copied));
});

Deno.test("the container file pins its images, copies what is there, and runs as nobody", async () => {
  const text = await readDeploy("container/Containerfile");
  for (const from of instructions(text, "FROM")) {
    const [image] = from.split(" ");
    const isStage = image === "build-${BUILD}";
    assert(isStage || /^\S+\.\S+\/\S+:(?!latest$)\S+$/.test(image), image);
  }
  for (const copy of instructions(text, "COPY")) {
    if (copy.startsWith("--from=")) continue;
    const paths = copy.split(" ").filter((word) => !word.startsWith("--"));
    for (const path of paths.slice(0, -1)) {
      await Deno.stat(new URL(`../../${path}`, import.meta.url));
    }
  }
  assertEquals(instructions(text, "USER"), ["65534:65534"]);
  assertEquals(instructions(text, "STOPSIGNAL"), ["SIGTERM"]);
});

Deno.test("the executable may use the network and read files, and nothing else", () => {
  const allowed = compileArguments({}).filter((argument) =>
    /^(-A|--allow-|--no-prompt)/.test(argument)
  );
  assertEquals(allowed, [
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--allow-sys=networkInterfaces,hostname",
  ]);
});
