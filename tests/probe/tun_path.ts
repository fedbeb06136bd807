/**
 * A bad path for real IP packets, ping's as well as ours, where the kernel has no
 * netem: a program that is the other end of a TUN device.
 *
 *     deno run -A tests/probe/tun_path.ts '{"seed":1,"loss":0.03,"delayMs":20}'
 *
 * Run as root in a network of its own. What is sent to FAR comes back to NEAR with
 * the two addresses exchanged, and so does the answer: one machine talks to itself
 * through the device, and believes that it talks to another. No checksum changes.
 * Requests pass unharmed; answers fare as the options say, and those of ping and of
 * UDP each as if they were alone: the same with each run.
 *
 * @module
 */

import { Impairment, type ImpairmentOptions } from "./impairment.ts";

/** The address of this machine on the device. */
export const NEAR = "10.99.0.1";
/** The address that everything is sent to, to get through the device. */
export const FAR = "10.99.0.2";

const DEVICE = "path0";
const TUNSETIFF = 0x400454ca;
const IFF_TUN_NO_PI = 0x1001;
const O_RDWR = 2;
const MAX_PACKET = 65536;
const ICMP = 1;
/** What is held back and never overtaken goes on after this long. */
const FLUSH_MS = 50;

function openLibc() {
  return Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
    read: {
      parameters: ["i32", "buffer", "usize"],
      result: "isize",
      nonblocking: true,
    },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  }).symbols;
}

function cString(
  text: string,
  length = text.length + 1,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}

function openDevice(libc: ReturnType<typeof openLibc>): number {
  const device = libc.open(cString("/dev/net/tun"), O_RDWR);
  // struct ifreq: the name in 16 bytes, then the flags.
  const request = cString(DEVICE, 40);
  new DataView(request.buffer).setUint16(16, IFF_TUN_NO_PI, true);
  if (device < 0 || libc.ioctl(device, BigInt(TUNSETIFF), request) < 0) {
    throw new Error(
      "Cannot open a TUN device: not root, or none in the kernel",
    );
  }
  return device;
}

function ip(...args: string[]): void {
  const { success } = new Deno.Command("ip", { args }).outputSync();
  if (!success) throw new Error(`Cannot run "ip ${args.join(" ")}"`);
}

/** Exchanges source and destination of an IPv4 packet, in place. */
function turnBack(packet: Uint8Array): void {
  const source = packet.slice(12, 16);
  packet.copyWithin(12, 16, 20);
  packet.set(source, 16);
}

/** Whether a packet answers: an ICMP echo reply, or from a port below those of clients. */
function isAnswer(packet: Uint8Array): boolean {
  const header = (packet[0] & 0xf) * 4;
  return packet[9] === ICMP
    ? packet[header] === 0
    : (packet[header] << 8 | packet[header + 1]) < 10_000;
}

/** How bad the path is. */
interface PathOptions extends ImpairmentOptions {
  /** How long each answer takes, in milliseconds. */
  readonly delayMs: number;
}

/** The answers of one protocol: what passes between does not overtake them. */
class Answers {
  readonly #impairment: Impairment;
  readonly #send: (packet: Uint8Array) => void;
  #flush: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { delayMs, ...options }: PathOptions,
    send: (packet: Uint8Array) => void,
  ) {
    this.#impairment = new Impairment(options);
    this.#send = (packet) => void setTimeout(send, delayMs, packet);
  }

  pass(packet: Uint8Array): void {
    for (const one of this.#impairment.pass(packet)) this.#send(one);
    clearTimeout(this.#flush);
    this.#flush = setTimeout(() => {
      const held = this.#impairment.flush();
      if (held) this.#send(held);
    }, FLUSH_MS);
  }
}

async function main(options: PathOptions): Promise<void> {
  const libc = openLibc();
  const device = openDevice(libc);
  ip("address", "add", `${NEAR}/24`, "dev", DEVICE);
  ip("link", "set", DEVICE, "up");
  console.log("ready");
  const buffer = new Uint8Array(MAX_PACKET);
  const send = (packet: Uint8Array) =>
    void libc.write(device, packet.slice(), BigInt(packet.length));
  const icmp = new Answers(options, send);
  const udp = new Answers(options, send);
  while (true) {
    const length = await libc.read(device, buffer, BigInt(MAX_PACKET));
    const packet = buffer.slice(0, Number(length));
    if (packet[0] >> 4 !== 4) continue; // IPv6 looks for its neighbours.
    turnBack(packet);
    if (!isAnswer(packet)) send(packet);
    else (packet[9] === ICMP ? icmp : udp).pass(packet);
  }
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]));
