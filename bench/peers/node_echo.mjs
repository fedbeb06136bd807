// TCP and UDP echo and a TCP quote in Node: node_echo.mjs ECHO_PORT QUOTE_PORT
import dgram from "node:dgram";
import net from "node:net";
import process from "node:process";

const QUOTE = "The wren earns his living, noiselessly. (Chinese proverb)\r\n";
const [echoPort, quotePort] = process.argv.slice(2).map(Number);
const at = (port) => ({ host: "127.0.0.1", port, backlog: 4096 });

function ignore() {}

net.createServer({ noDelay: true }, (socket) => {
  socket.on("error", ignore);
  socket.pipe(socket);
}).listen(at(echoPort));

net.createServer((socket) => {
  socket.on("error", ignore);
  socket.end(QUOTE);
}).listen(at(quotePort));

const udp = dgram.createSocket("udp4");
udp.on("message", (message, { port, address }) => {
  udp.send(message, port, address);
});
udp.bind(echoPort, "127.0.0.1");
