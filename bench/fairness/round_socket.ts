/** Rounds whose ticks are a datagram to oneself: a turn that goes through the kernel, as the messages do. */
import { listenInRounds } from "./round.ts";

const socket = Deno.listenDatagram({
  transport: "udp",
  hostname: "127.0.0.1",
  port: 0,
});
const datagram = new Uint8Array(1);
const received = new Uint8Array(8);

listenInRounds(() => {
  socket.send(datagram, socket.addr);
  return socket.receive(received);
});
