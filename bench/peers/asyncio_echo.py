"""TCP and UDP echo and a TCP quote in Python: asyncio_echo.py asyncio|uvloop ECHO_PORT QUOTE_PORT"""

import asyncio
import sys

QUOTE = b"The wren earns his living, noiselessly. (Chinese proverb)\r\n"


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


class Quote(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(QUOTE)
        transport.close()


async def main(echo_port, quote_port):
    loop = asyncio.get_running_loop()
    echo = await loop.create_server(Echo, "127.0.0.1", echo_port, backlog=4096)
    await loop.create_server(Quote, "127.0.0.1", quote_port, backlog=4096)
    await loop.create_datagram_endpoint(
        EchoDatagrams, local_addr=("127.0.0.1", echo_port)
    )
    await echo.serve_forever()


if sys.argv[1] == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(main(int(sys.argv[2]), int(sys.argv[3])))
