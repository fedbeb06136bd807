import * as v from "valibot";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { alternatives } from "../../src/base/list_words.ts";
import { jsonSchema } from "../../src/config/json_schema.ts";
import { ConfigError } from "../../src/config/problems.ts";
import { registry } from "../../src/services/registry.ts";
import type { ServiceType } from "../../src/services/service.ts";
import { ThisThread } from "../../src/listeners/host.ts";
import { Supervisor } from "../../src/server/supervisor.ts";
import { exchangeTcp, exchangeUdp } from "../support/clients.ts";
import { MemoryLog } from "../support/fakes.ts";
import { planOf } from "../support/configs.ts";

// What would be `src/services/shout.ts`: a service with an option of its own.
const shout: ServiceType = {
  name: "shout",
  description: "sends back what it receives in capitals",
  options: {
    ending: v.optional(v.pipe(
      v.string("a text"),
      v.maxLength(3, "a text of at most 3 characters"),
      v.description("What follows every answer. Default: !"),
    )),
  },
  create({ ending = "!" }) {
    function shouted(bytes: Uint8Array): Uint8Array {
      const text = new TextDecoder().decode(bytes).toUpperCase();
      return new TextEncoder().encode(text + ending);
    }
    return {
      summary: `with "${ending}"`,
      warnings: [],
      async stream(connection) {
        const buffer = new Uint8Array(1024);
        for (let n; (n = await connection.read(buffer)) !== null;) {
          await connection.write(shouted(buffer.subarray(0, n)));
        }
      },
      datagram: shouted,
    };
  },
};

// What would be the line in `src/services/registry.ts`.
const types = [...registry, shout];

const SERVICE = {
  name: "loud",
  type: "shout",
  listen: ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"],
};

Deno.test("a service is added by one file and one line", async () => {
  const services = [{ ...SERVICE, ending: "?!" }];
  const plan = await planOf({ services }, types);
  assertEquals(plan.services[0].service.summary, 'with "?!"');

  const log = new MemoryLog();
  const supervisor = new Supervisor({ host: new ThisThread(), log });
  await supervisor.start(plan);
  const [tcp, udp] = supervisor.addresses;
  const hello = new TextEncoder().encode("hello");
  const loud = new TextEncoder().encode("HELLO?!");
  assertEquals(await exchangeTcp(tcp, hello), loud);
  assertEquals(await exchangeUdp(udp, hello), loud);
  assertEquals((await log.event("connection ended")).fields.service, "loud");
  await supervisor.stop(AbortSignal.abort());
});

Deno.test("a service that fails costs its client and nobody else, and says so", async () => {
  const create = () => ({
    summary: "",
    warnings: [],
    stream: () => Promise.reject(new TypeError("a mistake")),
    datagram: () => null,
  });
  const plan = await planOf({ services: [SERVICE] }, [{ ...shout, create }]);
  const log = new MemoryLog();
  const supervisor = new Supervisor({ host: new ThisThread(), log });
  await supervisor.start(plan);
  const [tcp] = supervisor.addresses;
  for (let i = 0; i < 2; i++) {
    assertEquals((await exchangeTcp(tcp, new Uint8Array())).length, 0);
  }
  const { level, fields } = await log.event("service failed");
  assertEquals([level, fields.service], ["error", "loud"]);
  assertStringIncludes(String(fields.error), "TypeError: a mistake\n    at ");
  const ended = await log.event("connection ended");
  assertEquals(ended.fields.reason, "a mistake");
  await supervisor.stop(AbortSignal.abort());
});

Deno.test("an added service stands beside those of the registry in one config", async () => {
  const echo = { name: "echo", type: "echo", listen: "tcp://127.0.0.1:0" };
  const plan = await planOf({ services: [echo, SERVICE] }, types);
  assertEquals(
    plan.services.map(({ service }) => service.summary),
    ["", 'with "!"'],
  );
});

const REFUSED: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ ending: 7 }, "services[0].ending: found 7, expected a text"],
  [
    { ending: "!!!!" },
    'services[0].ending: found "!!!!", expected a text of at most 3 characters',
  ],
  [{ endign: "?" }, 'services[0].endign: unknown key; did you mean "ending"?'],
  [
    { type: "shuot" },
    `services[0].type: found "shuot", expected ${
      alternatives(types.map(({ name }) => name))
    }; did you mean "shout"?`,
  ],
];

for (const [settings, message] of REFUSED) {
  const given = JSON.stringify(settings);
  Deno.test(`an added service's config refuses ${given}`, async () => {
    const services = [{ ...SERVICE, ...settings }];
    const error = await assertRejects(
      async () => await planOf({ services }, types),
      ConfigError,
    );
    assertEquals(error.message, `test: ${message}`);
  });
}

Deno.test("an added service's option is in the JSON Schema, beside what all have", () => {
  const schema = JSON.parse(jsonSchema(types));
  const { oneOf } = schema.properties.services.items;
  assertEquals(
    oneOf.map((variant: { properties: { type: { const: string } } }) =>
      variant.properties.type.const
    ),
    types.map(({ name }) => name),
  );
  const { properties, required, additionalProperties } = oneOf.at(-1);
  assertEquals(properties.ending, {
    type: "string",
    maxLength: 3,
    description: "What follows every answer. Default: !",
  });
  assertEquals(
    properties.type.description,
    "Sends back what it receives in capitals.",
  );
  assertEquals(required, ["type", "name", "listen"]);
  assertEquals(additionalProperties, false);
});
