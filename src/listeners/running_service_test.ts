import { assertEquals } from "@std/assert";
import { MemoryLog } from "../../tests/support/fakes.ts";
import { planOf } from "../../tests/support/configs.ts";
import { ClientTable } from "../guard/client_table.ts";
import { SINGLE_THREAD } from "../base/thread_slot.ts";
import { UdpMemory } from "../guard/udp_guard.ts";
import { RunningService } from "./running_service.ts";

const HELLO = new TextEncoder().encode("hello");
const SECOND = 1000;

async function planned(limits: Record<string, unknown>) {
  const service = { name: "e", type: "echo", listen: "udp://127.0.0.1:0" };
  const { services } = await planOf({ services: [{ ...service, ...limits }] });
  return services[0];
}

function ask({ udp }: RunningService, hostname: string, now: number) {
  const sender = udp.admit(hostname, 40_000);
  if (typeof sender === "string") return sender;
  return udp.release(sender, 40_000, HELLO, HELLO, now);
}

Deno.test("rules that change during a flood hold at once, and do not silence who was there before", async () => {
  const shared = {
    log: new MemoryLog(),
    own: { ports: new Set<number>(), broadcasts: new Set<string>() },
    threads: SINGLE_THREAD,
    clients: new ClientTable(SINGLE_THREAD),
    udpMemory: new UdpMemory(),
  };
  const context = new RunningService(await planned({}), shared);
  for (const now of [0, SECOND, 2 * SECOND]) ask(context, "192.0.2.1", now);

  context.update(await planned({ deny: ["198.51.100.0/24"] }));
  for (let i = 0; i < 10_000; i++) {
    ask(context, `10.0.${i >> 8}.${i & 255}`, 2 * SECOND);
  }
  assertEquals(ask(context, "192.0.2.2", 2 * SECOND), "newcomers");
  assertEquals(ask(context, "192.0.2.1", 2 * SECOND), undefined);
  assertEquals(ask(context, "198.51.100.1", 2 * SECOND), "denied");
});
