"""Connects from IPv6 addresses that are all this machine's, and keeps the connections.

Usage: python3 many_sources.py HOST PORT EACH SOURCE...

From each source connects EACH times and sends a byte. Prints, for each source, on
how many of its connections the byte came back, those of the others being open.
"""

import socket
import sys

host, port, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
IPV6_FREEBIND = 78  # <linux/in6.h>; Python has no name for it
kept = []
for source in sys.argv[4:]:
    served = 0
    for _ in range(each):
        client = socket.socket(socket.AF_INET6)
        client.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
        client.settimeout(10)
        client.bind((source, 0))
        client.connect((host, port))
        kept.append(client)
        try:
            client.sendall(b"x")
            served += client.recv(1) == b"x"
        except OSError:
            pass  # It was closed, which is what a limit does.
    print(served)
