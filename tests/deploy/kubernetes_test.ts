import { assert, assertEquals } from "@std/assert";
import {
  deployFiles,
  planDeploy,
  portsOf,
  readDeploy,
  readDocuments,
} from "./deploy_files.ts";

interface Port {
  readonly name: string;
  readonly protocol: string;
  readonly containerPort: number;
  readonly port: number | string;
  readonly targetPort: string;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

/** As much of a manifest as is looked at here. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: Record<string, unknown>;
    readonly podSelector: unknown;
    readonly policyTypes: readonly string[];
    readonly egress: readonly unknown[];
    readonly replicas: number;
    readonly externalTrafficPolicy: string;
    readonly ports: readonly Port[];
    readonly ingress: readonly { readonly ports: readonly Port[] }[];
    readonly template: {
      readonly metadata: {
        readonly labels: Record<string, string>;
        readonly annotations: Record<string, string>;
      };
      readonly spec: PodSpec;
    };
  };
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Record<string, unknown>;
  readonly containers: readonly [{
    readonly image: string;
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string }[];
    readonly ports: readonly Port[];
    readonly livenessProbe: Probe;
    readonly readinessProbe: Probe;
    readonly lifecycle: {
      readonly preStop: { readonly sleep: { readonly seconds: number } };
    };
    readonly securityContext: unknown;
    readonly volumeMounts: readonly [{ readonly mountPath: string }];
  }];
  readonly volumes: readonly [{ readonly configMap: unknown }];
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: unknown;
  readonly images: readonly [
    { readonly name: string; readonly newTag: string },
  ];
}

async function manifest(name: string): Promise<Manifest> {
  const [document] = await readDocuments(`kubernetes/${name}.yaml`);
  return document as Manifest;
}

async function kustomization(): Promise<Kustomization> {
  const [document] = await readDocuments("kubernetes/kustomization.yaml");
  return document as Kustomization;
}

/** `tcp/10007` by name, for each port of the pod. */
function podPorts({ spec }: Manifest): Record<string, string> {
  const [{ ports }] = spec.template.spec.containers;
  return Object.fromEntries(
    ports.map(({ name, protocol, containerPort }) => [
      name,
      `${protocol.toLowerCase()}/${containerPort}`,
    ]),
  );
}

Deno.test("the kustomization names every manifest, the config, and this version", async () => {
  const { resources, configMapGenerator, images } = await kustomization();
  const others = ["kustomization.yaml", "mynah.yaml"];
  assertEquals(
    [...resources, ...others].map((name) => `kubernetes/${name}`).sort(),
    deployFiles("kubernetes/").sort(),
  );
  assertEquals(configMapGenerator, [{ name: "mynah", files: ["mynah.yaml"] }]);
  const { version } = JSON.parse(await readDeploy("../deno.json"));
  assertEquals([images[0].name, images[0].newTag], ["mynah", version]);
});

Deno.test("the pods open the ports of their config, and are asked on admin", async () => {
  const plan = await planDeploy("kubernetes/mynah.yaml");
  const deployment = await manifest("deployment");
  const { admin, ...services } = podPorts(deployment);
  assertEquals(Object.values(services).sort(), portsOf(plan));
  assertEquals(admin, `tcp/${plan.config.admin?.port}`);
  // The kubelet asks from outside of the pod.
  assertEquals(plan.config.admin?.hostname, "*");

  const { metadata, spec } = deployment.spec.template;
  const [{ livenessProbe, readinessProbe }] = spec.containers;
  assertEquals(livenessProbe.httpGet, { path: "/healthz", port: "admin" });
  assertEquals(readinessProbe.httpGet, { path: "/readyz", port: "admin" });
  const scraped = metadata.annotations["prometheus.io/port"];
  assertEquals(Number(scraped), plan.config.admin?.port);
});

Deno.test("the pods find their config where they look for it", async () => {
  const { spec } = (await manifest("deployment")).spec.template;
  const [{ image, args, env, volumeMounts }] = spec.containers;
  assertEquals(image, "mynah");
  const [command, config, ...labels] = args;
  assertEquals([command, config], [
    "serve",
    `--config=${volumeMounts[0].mountPath}/mynah.yaml`,
  ]);
  assertEquals(
    labels,
    env.map(({ name }) => `--label=${name.toLowerCase()}=$(${name})`),
  );
  assertEquals(spec.volumes[0].configMap, { name: "mynah" });
});

Deno.test("a pod has the time to stop: preStop, the grace, and some to spare", async () => {
  const { config } = await planDeploy("kubernetes/mynah.yaml");
  const { spec } = (await manifest("deployment")).spec.template;
  const { seconds } = spec.containers[0].lifecycle.preStop.sleep;
  const needed = seconds + config.shutdownGraceMs / 1000;
  assert(spec.terminationGracePeriodSeconds >= needed + 5);
});

Deno.test("the pods ask for no privilege", async () => {
  const { spec } = (await manifest("deployment")).spec.template;
  assertEquals(spec.securityContext, {
    runAsNonRoot: true,
    runAsUser: 65534,
    runAsGroup: 65534,
    seccompProfile: { type: "RuntimeDefault" },
  });
  assertEquals(spec.containers[0].securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

Deno.test("the Service keeps source addresses, and its ports lead to the pods'", async () => {
  const { ports, externalTrafficPolicy } = (await manifest("service")).spec;
  const ofPods = podPorts(await manifest("deployment"));
  assertEquals(externalTrafficPolicy, "Local");
  assertEquals(
    ports.map(({ port, targetPort, protocol }) =>
      `${protocol.toLowerCase()}/${port} ${ofPods[targetPort]}`
    ),
    [
      "tcp/7 tcp/10007",
      "udp/7 udp/10007",
      "tcp/17 tcp/10017",
      "udp/17 udp/10017",
      "tcp/10027 tcp/10027",
      "udp/10027 udp/10027",
    ],
  );
});

Deno.test("the network policy lets through to every port of the pods", async () => {
  const { ingress } = (await manifest("network_policy")).spec;
  const open = ingress.flatMap(({ ports }) => ports.map(({ port }) => port));
  assertEquals(open, Object.keys(podPorts(await manifest("deployment"))));
});

Deno.test("the other manifests select the Deployment's pods", async () => {
  const deployment = await manifest("deployment");
  const { labels } = deployment.spec.template.metadata;
  assertEquals(deployment.spec.selector, { matchLabels: labels });
  assertEquals((await manifest("service")).spec.selector, labels);
  for (const name of ["disruption_budget", "network_policy"]) {
    const { selector, podSelector } = (await manifest(name)).spec;
    assertEquals(selector ?? podSelector, { matchLabels: labels }, name);
  }
});

Deno.test("a pod begins no connection, and a flood makes no more pods", async () => {
  const { policyTypes, egress } = (await manifest("network_policy")).spec;
  assertEquals([policyTypes, egress], [["Ingress", "Egress"], []]);
  assertEquals((await manifest("deployment")).spec.replicas, 2);
  assertEquals(deployFiles().filter((path) => /scaler/.test(path)), []);
});
