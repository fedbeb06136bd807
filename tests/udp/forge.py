"""Sends UDP datagrams whose sender is forged: needs root, and Linux.

Usage: python3 forge.py SOURCE SOURCE_PORT HOST PORT COUNT

The datagrams are numbered. With "random" as SOURCE, each comes from another
address of 127.0.0.0/8.
"""

import random
import socket
import struct
import sys

source, source_port, host, port, count = sys.argv[1:]
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for i in range(int(count)):
    payload = b"datagram %d" % i
    udp = struct.pack("!HHHH", int(source_port), int(port), 8 + len(payload), 0)
    address = (
        struct.pack("!I", 0x7F000000 + random.randrange(256, 0xFFFF00))
        if source == "random"
        else socket.inet_aton(source)
    )
    # The kernel fills in the length, the identification and the checksum.
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_UDP, 0)
    raw.sendto(ip + address + socket.inet_aton(host) + udp + payload, (host, 0))
