"""The clients that the servers are compared by: polite ones, and others."""

import contextlib
import hashlib
import os
import socket
import struct
import threading
import time


def udp_client(source="127.0.0.1", host="127.0.0.1", port=7, source_port=0):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind((source, source_port))
    client.connect((host, port))
    return client


def replies(client, seconds=1):
    """What arrives until nothing has for so long."""
    client.settimeout(seconds)
    got = []
    with contextlib.suppress(OSError):
        while True:
            got.append(client.recv(70000))
    return got


def asks(client, text, seconds=0.45):
    """Whether this datagram comes back in time."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        client.send(text)
        while (left := deadline - time.monotonic()) > 0:
            client.settimeout(left)
            if client.recv(70000) == text:
                return True
    return False


def flood(client, rate, seconds):
    """Sends so many datagrams a second. Returns how many, and how many came back."""
    client.setblocking(False)
    start = time.monotonic()
    sent = answered = 0
    while (passed := time.monotonic() - start) < seconds:
        while sent < passed * rate:
            with contextlib.suppress(OSError):
                client.send(b"flood %d" % sent)
            sent += 1
        with contextlib.suppress(OSError):
            while client.recv(100):
                answered += 1
        time.sleep(0.0005)
    return sent, answered


def forge(source, source_port, host, port):
    """Sends one UDP datagram whose sender is somebody else."""
    payload = b"forged"
    udp = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    addresses = socket.inet_aton(source) + socket.inet_aton(host)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.sendto(ip + udp, (host, port))


def datagrams_sent():
    """By all of this network namespace, as the kernel counts them; forged ones are not among them."""
    with open("/proc/net/snmp") as file:
        names, values = [line.split() for line in file if line.startswith("Udp:")]
    return int(values[names.index("OutDatagrams")])


class LongEcho(threading.Thread):
    """A TCP client that sends random bytes for some seconds and compares what comes back."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds
        self.socket = socket.create_connection(("127.0.0.1", 7), 5)
        self.sent, self.received, self.longest = 0, 0, 0.0
        self.out, self.back = hashlib.sha256(), hashlib.sha256()
        self.start()

    def run(self):
        reader = threading.Thread(target=self.read)
        reader.start()
        end = time.monotonic() + self.seconds
        with contextlib.suppress(OSError):
            while time.monotonic() < end:
                data = os.urandom(4096)
                self.socket.sendall(data)
                self.out.update(data)
                self.sent += len(data)
                time.sleep(0.002)
            self.socket.shutdown(socket.SHUT_WR)
        reader.join()

    def read(self):
        last = time.monotonic()
        with contextlib.suppress(OSError):
            while data := self.socket.recv(65536):
                now = time.monotonic()
                self.longest, last = max(self.longest, now - last), now
                self.back.update(data)
                self.received += len(data)

    def result(self):
        self.join()
        if self.out.digest() == self.back.digest():
            return f"all {self.sent:,} bytes, longest wait {self.longest * 1000:.0f} ms"
        return f"{self.received:,} of {self.sent:,} bytes"


def newcomer():
    """What a new TCP client gets."""
    try:
        with socket.create_connection(("127.0.0.1", 7), 2) as client:
            client.sendall(b"hello")
            return "served" if client.recv(10) == b"hello" else "closed"
    except ConnectionResetError:
        return "closed"
    except ConnectionRefusedError:
        return "refused"
