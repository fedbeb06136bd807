"""The comparisons. To be started by compare_xinetd.sh, in a network namespace of their own."""

import re
import shutil
import socket
import sys
import threading
import time

import clients
import servers
from clients import asks, udp_client
from servers import mynah_conf, udp_server, xinetd_conf


def burst():
    print("20 datagrams sent at once from one socket, 10 rounds: how many of the 200 come back")
    for name in ("mynah", "xinetd", "socat", "ncat"):
        with udp_server(name):
            counts = []
            for _ in range(10):
                with udp_client() as client:
                    wanted = [b"datagram %d" % i for i in range(20)]
                    for datagram in wanted:
                        client.send(datagram)
                    got = clients.replies(client)
                    counts.append(sum(datagram in got for datagram in wanted))
        print(f"  {name:7} {sum(counts)} (of 20, least {min(counts)}, most {max(counts)})")


def size():
    print("One datagram of 1, 1472, 9000 and 65507 bytes: how many come back")
    for name in ("mynah", "xinetd", "socat", "ncat"):
        back = []
        with udp_server(name):
            for length in (1, 1472, 9000, 65507):
                with udp_client() as client:
                    client.send(b"x" * length)
                    back.append(sum(map(len, clients.replies(client))))
        print(f"  {name:7} {', '.join(map(str, back))}")


def many_clients():
    print("150 clients, one after the other, one datagram each: how many get it back")
    for name in ("mynah", "xinetd", "socat", "ncat"):
        served = 0
        with udp_server(name):
            for i in range(150):
                with udp_client(f"127.0.1.{i + 1}") as client:
                    served += asks(client, b"client %d" % i)
        print(f"  {name:7} {served}")


def flood():
    print("One client floods for 3 s; another asks every half second for 20 s (+ answered, - not)")
    for rate in (500, 5000):
        for name in ("mynah", "xinetd"):
            with udp_server(name), udp_client("127.0.0.8") as other, udp_client("127.0.0.9") as flooder:
                answers = []

                def ask():
                    for i in range(40):
                        start = time.monotonic()
                        answers.append("+" if asks(other, b"other %d" % i) else "-")
                        time.sleep(max(0, 0.5 - (time.monotonic() - start)))

                asking = threading.Thread(target=ask)
                asking.start()
                time.sleep(2)
                sent, answered = clients.flood(flooder, rate, 3)
                asking.join()
            line = "".join(answers)
            silence = max(map(len, re.findall("-+", line)), default=0) / 2
            print(f"  {name:7} {rate:4}/s  {line}  {line.count('+')} of 40, longest silence {silence:g} s;"
                  f" the flooder got {answered} of {sent}")


def forged():
    print("A datagram from the port of another responder: is it answered?")
    for name in ("mynah", "xinetd", "socat"):
        answered = []
        with udp_server(name):
            for port in (7, 13, 17, 19, 53, 123, 2049):
                time.sleep(0.2)  # xinetd drops what comes right after what it answers
                with udp_client("127.0.0.9", source_port=port) as responder:
                    answered.append(f"{port} {'yes' if asks(responder, b'x') else 'no'}")
        print(f"  {name:7} {', '.join(answered)}")

    print("Two of the same, and one forged datagram, as if one had sent it to the other: datagrams sent in")
    print("the next 3 s, in the 4th, and how many of the two then answer another client")
    for one, two in ((7, 7), (10007, 10007), (10007, 10008)):
        for name in ("mynah", "xinetd", "socat"):
            with udp_server(name, "127.0.0.2", one), udp_server(name, "127.0.0.3", two):
                before = clients.datagrams_sent()
                clients.forge("127.0.0.2", one, "127.0.0.3", two)
                time.sleep(3)
                after = clients.datagrams_sent()
                time.sleep(1)
                last = clients.datagrams_sent()
                with udp_client("127.0.0.8", "127.0.0.2", one) as a, udp_client("127.0.0.8", "127.0.0.3", two) as b:
                    alive = asks(a, b"x") + asks(b, b"x")
            print(f"  {name:7} ports {one} and {two}: {after - before}, {last - after}, {alive} of 2")


def reload():
    print("Reload 2 s into two TCP echoes of 6 s")
    echo = ("tcp", "127.0.0.1", 7)
    cases = {
        "nothing changed": (xinetd_conf(echo), mynah_conf(echo)),
        "the client is no longer allowed": (
            xinetd_conf((*echo, "only_from = 10.0.0.0/8")), mynah_conf((*echo, "allow: [10.0.0.0/8]")),
        ),
        "at most one connection": (
            xinetd_conf((*echo, "instances = 1")), mynah_conf((*echo, "max_connections: 1")),
        ),
        "the service moves to port 8007": (
            xinetd_conf(("tcp", "127.0.0.1", 8007)), mynah_conf(("tcp", "127.0.0.1", 8007)),
        ),
        "an unknown setting": (xinetd_conf((*echo, "nonsense = 1")), mynah_conf((*echo, "nonsense: 1"))),
        "a bad value": (
            xinetd_conf((*echo, "instances = many")), mynah_conf((*echo, "max_connections: many")),
        ),
        "the file ends half-way": (xinetd_conf(echo)[:-40], mynah_conf(echo)[:-40]),
        "a second service, on a port that is taken": (
            xinetd_conf(echo, ("tcp", "127.0.0.1", 9)), mynah_conf(echo, ("tcp", "127.0.0.1", 9)),
        ),
    }
    with socket.create_server(("127.0.0.1", 9)):
        for title, (for_xinetd, for_mynah) in cases.items():
            print(f"  {title}")
            for start, before, after in (
                (servers.mynah, mynah_conf(echo), for_mynah), (servers.xinetd, xinetd_conf(echo), for_xinetd),
            ):
                with start(before) as server:
                    echoes = [clients.LongEcho(6), clients.LongEcho(6)]
                    time.sleep(2)
                    said = server.reload(after)
                    new = clients.newcomer()
                    results = [one.result() for one in echoes]
                print(f"    {server.name}: a newcomer is {new}; the echoes: {'; '.join(results)}")
                for line in dict.fromkeys(said):
                    print(f"      {line[:150]}")


if __name__ == "__main__":
    comparisons = {
        "burst": burst, "size": size, "clients": many_clients, "flood": flood, "forged": forged, "reload": reload,
    }
    for name in sys.argv[2:] or comparisons:
        comparisons[name]()
        print(flush=True)
    shutil.rmtree(servers.FOLDER)
