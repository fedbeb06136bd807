/** `node:net` inside Deno: another way to the same sockets. */
import net from "node:net";

net.createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.pipe(socket);
}).listen({ host: "127.0.0.1", port: Number(Deno.args[0]), backlog: 4096 });
