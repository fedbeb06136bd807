#!/usr/bin/env python3
"""The same abuse for mynah, xinetd, socat and ncat: what docs/comparison.md reports.

    scripts/compare_xinetd.py [--only WORD] dist/mynah

Linux, with the programs installed. It runs in a network namespace of its own, as
root or where the system lets users make one: nothing leaves the machine, and the
ports in use on it do not matter. It takes about five minutes.
"""

import argparse
import contextlib
import hashlib
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

NAMESPACE = "MYNAH_COMPARE_NAMESPACE"
FOLDER = tempfile.mkdtemp(prefix="compare-")
MYNAH = ""


# The servers


class Server:
    """A server in the foreground, ended by its process id."""

    def __init__(self, command, conf="", log=None):
        self.conf = os.path.join(FOLDER, f"conf-{random.getrandbits(32):08x}")
        self.log = log or self.conf + ".log"
        self.write(conf)
        command = [self.conf if part == "CONF" else part for part in command]
        command = [self.log if part == "LOG" else part for part in command]
        output = open(self.conf + ".log", "ab")
        # Its children (socat forks) are ended with it: it leads a group of its own.
        self.process = subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True
        )
        time.sleep(1)

    def write(self, conf):
        with open(self.conf, "w") as file:
            file.write(conf)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)
        time.sleep(1)

    def lines(self):
        with open(self.log) as file:
            return file.read().splitlines()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(12)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def xinetd_service(transport, host, port, *settings):
    kind, wait = ("dgram", "yes") if transport == "udp" else ("stream", "no")
    lines = [
        "type = INTERNAL UNLISTED", f"id = echo-{transport}-{port}", f"socket_type = {kind}",
        f"protocol = {transport}", f"port = {port}", f"wait = {wait}", "user = root",
        f"bind = {host}", *settings,
    ]
    return "service echo\n{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def xinetd(conf):
    return Server(["xinetd", "-dontfork", "-filelog", "LOG", "-pidfile", f"{FOLDER}/pid", "-f", "CONF"], conf)


def mynah_service(transport, host, port, *settings):
    # A rate that is written down holds for loopback too, where without one there is none.
    lines = [f"listen: {transport}://{host}:{port}", "udp_replies_per_second: 100", *settings]
    return f"  - name: echo-{transport}-{port}\n    type: echo\n" + "".join(f"    {line}\n" for line in lines)


def mynah(services):
    return Server([MYNAH, "serve", "--config", "CONF"], "shutdown_grace: 1s\nservices:\n" + services)


def udp_server(name, host="127.0.0.1", port=7):
    if name == "xinetd":
        return xinetd(xinetd_service("udp", host, port))
    if name == "mynah":
        return mynah(mynah_service("udp", host, port))
    if name == "socat":
        return Server(["socat", f"UDP-RECVFROM:{port},bind={host},fork", "PIPE"])
    return Server(["ncat", "-u", "-l", "-k", "-e", "/bin/cat", host, str(port)])


# The clients


def udp_client(source="127.0.0.1", host="127.0.0.1", port=7):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind((source, 0))
    client.connect((host, port))
    return client


def replies(client, seconds):
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


def forge(source, source_port, host, port):
    """One UDP datagram whose sender is somebody else."""
    payload = b"forged"
    udp = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    addresses = socket.inet_aton(source) + socket.inet_aton(host)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.sendto(ip + udp, (host, port))


def datagrams_sent():
    """By all of this network namespace, as the kernel counts them; raw ones are not among them."""
    with open("/proc/net/snmp") as file:
        names, values = [line.split() for line in file if line.startswith("Udp:")]
    return int(values[names.index("OutDatagrams")])


class LongEcho(threading.Thread):
    """A TCP client that sends random bytes for some seconds and compares what comes back."""

    def __init__(self, seconds, source="127.0.0.1", port=7):
        super().__init__()
        self.seconds = seconds
        self.socket = socket.create_connection(("127.0.0.1", port), 5, (source, 0))
        self.sent, self.received, self.gap, self.end = 0, 0, 0.0, 0.0
        self.out, self.back = hashlib.sha256(), hashlib.sha256()
        self.start()

    def run(self):
        reader = threading.Thread(target=self.read)
        reader.start()
        start = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - start < self.seconds:
                data = os.urandom(4096)
                self.socket.sendall(data)
                self.out.update(data)
                self.sent += len(data)
                time.sleep(0.002)
            self.socket.shutdown(socket.SHUT_WR)
        reader.join()
        self.end -= start

    def read(self):
        last = time.monotonic()
        with contextlib.suppress(OSError):
            while data := self.socket.recv(65536):
                now = time.monotonic()
                self.gap, last = max(self.gap, now - last), now
                self.back.update(data)
                self.received += len(data)
        self.end = time.monotonic()

    def result(self):
        self.join()
        if self.out.digest() == self.back.digest():
            return f"all {self.sent / 1e6:.1f} MB, longest wait {self.gap * 1000:.0f} ms"
        return f"cut off after {self.end:.1f} s, {self.sent - self.received:,} bytes lost"


def newcomer(source="127.0.0.1", port=7):
    """What a new TCP client gets."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2, (source, 0)) as client:
            client.settimeout(2)
            client.sendall(b"hello")
            return "served" if client.recv(10) == b"hello" else "closed"
    except OSError as error:
        return "closed" if isinstance(error, ConnectionResetError) else "refused" \
            if isinstance(error, ConnectionRefusedError) else str(error)


# The comparisons


def compare_burst(names):
    rounds = 10
    print(f"\n20 datagrams sent at once from one socket, {rounds} rounds: how many come back\n")
    for name in names:
        with udp_server(name):
            counts = []
            for _ in range(rounds):
                with udp_client() as client:
                    wanted = [b"datagram %d" % i for i in range(20)]
                    for datagram in wanted:
                        client.send(datagram)
                    got = replies(client, 1)
                    counts.append(sum(datagram in got for datagram in wanted))
        print(f"  {name:7} least {min(counts)}, most {max(counts)}, {sum(counts)} of {20 * rounds}")


def compare_size(names):
    print("\nOne datagram of so many bytes: does the same come back?\n")
    for name in names:
        with udp_server(name):
            told = []
            for size in (1, 1472, 9000, 65507):
                with udp_client() as client:
                    client.send(os.urandom(size) if size > 1 else b"x")
                    told.append(f"{size}: {' + '.join(str(len(got)) for got in replies(client, 1)) or 'nothing'}")
        print(f"  {name:7} {', '.join(told)}")


def compare_clients(names):
    print("\n150 clients, one datagram each, one after the other: how many get it back\n")
    for name in names:
        with udp_server(name):
            served = 0
            clients = [udp_client(f"127.0.1.{i + 1}") for i in range(150)]
            for i, client in enumerate(clients):
                served += asks(client, b"client %d" % i, 0.5)
            for client in clients:
                client.close()
        print(f"  {name:7} {served}")


def compare_flood(names):
    print("\nOne client floods for 3 s; another asks every half second, 20 s long (+ answered, - not)\n")
    for rate in (500, 5000):
        for name in names:
            with udp_server(name) as server, udp_client("127.0.0.8") as other, udp_client("127.0.0.9") as flooder:
                told = []

                def ask():
                    for i in range(40):
                        start = time.monotonic()
                        told.append("+" if asks(other, b"other %d" % i) else "-")
                        time.sleep(max(0, 0.5 - (time.monotonic() - start)))

                asking = threading.Thread(target=ask)
                asking.start()
                time.sleep(2)
                sent, answered = flood(flooder, rate, 3)
                asking.join()
                line = "".join(told)
                silence = max(map(len, re.findall("-+", line)), default=0) / 2
                print(f"  {name:7} {rate:4}/s  {line}  {line.count('+')} of 40, longest silence {silence:g} s;"
                      f" the flooder got {answered} of {sent}")
                for said in server.lines():
                    if name == "xinetd" and "ctivating" in said:
                        print("          log:", said.split(": ", 1)[1])


def flood(client, rate, seconds):
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


def compare_forged(names):
    print("\nA datagram whose source port is a responder's: is it answered?\n")
    for name in names:
        told = []
        with udp_server(name):
            for port in (7, 13, 17, 19, 53, 123, 2049):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as responder:
                    responder.bind(("127.0.0.9", port))
                    responder.connect(("127.0.0.1", 7))
                    time.sleep(0.2)
                    told.append(f"{port} {'yes' if asks(responder, b'x') else 'no'}")
        print(f"  {name:7} {', '.join(told)}")

    print("\nTwo of the same, and one forged datagram that each seems to have sent the other:")
    print("datagrams that they send in 3 s, in the 4th, and whether another client is answered then\n")
    for ports in ((7, 7), (10007, 10007), (10007, 10008)):
        for name in names:
            with udp_server(name, "127.0.0.2", ports[0]), udp_server(name, "127.0.0.3", ports[1]):
                before = datagrams_sent()
                forge("127.0.0.2", ports[0], "127.0.0.3", ports[1])
                time.sleep(3)
                after = datagrams_sent()
                time.sleep(1)
                last = datagrams_sent() - after
                with udp_client("127.0.0.8", "127.0.0.2", ports[0]) as one, \
                        udp_client("127.0.0.8", "127.0.0.3", ports[1]) as other:
                    served = sum([asks(one, b"one"), asks(other, b"other")])
            print(f"  {name:7} ports {ports[0]} and {ports[1]}: {after - before}, {last}; client answered by {served} of 2")


def compare_reload():
    print("\nReload (SIGHUP) 2 s into a TCP echo of 6 s\n")

    def of_xinetd(*settings, port=7):
        return "defaults\n{\n}\n" + xinetd_service("tcp", "127.0.0.1", port, *settings)

    def of_mynah(*settings, port=7):
        return "shutdown_grace: 1s\nservices:\n" + mynah_service("tcp", "127.0.0.1", port, *settings)

    cases = [
        ("nothing changed", of_xinetd(), of_mynah()),
        ("this client no longer allowed", of_xinetd("only_from = 10.0.0.0/8"), of_mynah("allow: [10.0.0.0/8]")),
        ("at most 1 connection, 2 open", of_xinetd("instances = 1"), of_mynah("max_connections: 1")),
        ("the service is gone, another new", of_xinetd(port=8007), of_mynah(port=8007)),
        ("an unknown setting", of_xinetd("nonsense = 1"), of_mynah("nonsense: 1")),
        ("a bad value", of_xinetd("instances = many"), of_mynah("max_connections: many")),
        ("the file ends in the middle", of_xinetd()[:-40], of_mynah()[:-40] + "["),
        ("a second service on a taken port", of_xinetd() + xinetd_service("tcp", "127.0.0.1", 9),
         of_mynah() + mynah_service("tcp", "127.0.0.1", 9)),
    ]
    taken = socket.create_server(("127.0.0.1", 9))
    for title, for_xinetd, for_mynah in cases:
        print(f"  {title}")
        for name in ("xinetd", "mynah"):
            first, then = (of_xinetd(), for_xinetd) if name == "xinetd" else (of_mynah(), for_mynah)
            server = xinetd(first) if name == "xinetd" else Server([MYNAH, "serve", "--config", "CONF"], first)
            with server:
                echoes = [LongEcho(6), LongEcho(6)]
                time.sleep(2)
                old = len(server.lines())
                server.write(then)
                server.reload()
                after = newcomer()
                results = [echo.result() for echo in echoes]
                said = [line for line in server.lines()[old:] if "connection ended" not in line]
            results = results[:1] if results[0] == results[1] else results
            print(f"    {name:7} long echoes: {'; '.join(results)}; a newcomer: {after}")
            for line in said:
                line = re.sub(r"^\S+ +(xinetd\[\d+\]: )?", "", line).replace(server.conf, "CONF")
                if name == "mynah" or "Starting reconf" not in line and "Exiting" not in line:
                    print(f"            log: {line[:160]}")
    taken.close()


def main():
    global MYNAH
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="burst, size, clients, flood, forged or reload")
    parser.add_argument("mynah", help="the executable")
    args = parser.parse_args()
    MYNAH = os.path.abspath(args.mynah)
    missing = [name for name in ("xinetd", "socat", "ncat", "unshare", "ip") if not shutil.which(name)]
    if missing:
        sys.exit(f"Cannot compare: not installed: {', '.join(missing)}")
    if NAMESPACE not in os.environ:
        users = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        os.environ[NAMESPACE] = "1"
        os.execvp("unshare", ["unshare", "--net", *users, sys.executable, os.path.abspath(sys.argv[0]), *sys.argv[1:-1], MYNAH])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    everyone = ("mynah", "xinetd", "socat", "ncat")
    comparisons = {
        "burst": lambda: compare_burst(everyone),
        "size": lambda: compare_size(everyone),
        "clients": lambda: compare_clients(everyone),
        "flood": lambda: compare_flood(("mynah", "xinetd")),
        "forged": lambda: compare_forged(("mynah", "xinetd", "socat")),
        "reload": compare_reload,
    }
    for name, compare in comparisons.items():
        if args.only in ("", name):
            compare()
    shutil.rmtree(FOLDER)


if __name__ == "__main__":
    main()
