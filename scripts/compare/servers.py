"""The servers that are compared, each in the foreground with a config of its own."""

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

FOLDER = tempfile.mkdtemp(prefix="compare-")
MYNAH = sys.argv[1]


class Server:
    """A running server, with its children ended by process group."""

    def __init__(self, name, command, conf=""):
        self.name = name
        self.conf = os.path.join(FOLDER, f"{random.getrandbits(32):08x}")
        self.log = self.conf + ".log"
        self.write(conf)
        names = {"CONF": self.conf, "LOG": self.log, "PID": self.conf + ".pid"}
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                [names.get(part, part) for part in command],
                stdout=output, stderr=output, start_new_session=True,
            )
        time.sleep(1)

    def write(self, conf):
        with open(self.conf, "w") as file:
            file.write(conf)

    def reload(self, conf):
        """Returns what it says about it."""
        before = len(self.said())
        self.write(conf)
        self.process.send_signal(signal.SIGHUP)
        time.sleep(1)
        return self.said()[before:]

    def said(self):
        """Its log, without times and process ids, and without what says nothing new."""
        with open(self.log) as file:
            lines = file.read().replace(self.conf, "CONF").splitlines()
        lines = [re.sub(r"^\S+ +(xinetd\[\d+\]: )?", "", line) for line in lines]
        return [line for line in lines if not re.search("NOTICE|DEBUG|connection ended|client=", line)]

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


def xinetd_conf(*services):
    """Of services as (transport, host, port, setting, ...)."""
    conf = ""
    for transport, host, port, *settings in services:
        kind, wait = ("dgram", "yes") if transport == "udp" else ("stream", "no")
        lines = [
            "type = INTERNAL UNLISTED", f"id = echo-{port}", f"socket_type = {kind}", f"protocol = {transport}",
            f"port = {port}", f"wait = {wait}", "user = root", f"bind = {host}", *settings,
        ]
        conf += "service echo\n{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"
    return conf


def mynah_conf(*services):
    """Of services as (transport, host, port, setting, ...)."""
    conf = "shutdown_grace: 1s\nservices:\n"
    for transport, host, port, *settings in services:
        # A rate that is written down holds for loopback too, where without one there is none.
        lines = [
            f"name: echo-{port}", "type: echo", f"listen: {transport}://{host}:{port}",
            "udp_replies_per_second: 100", *settings,
        ]
        conf += "  - " + "\n    ".join(lines) + "\n"
    return conf


def xinetd(conf):
    return Server("xinetd", ["xinetd", "-dontfork", "-filelog", "LOG", "-pidfile", "PID", "-f", "CONF"], conf)


def mynah(conf):
    return Server("mynah", [MYNAH, "serve", "--config", "CONF"], conf)


def udp_server(name, host="127.0.0.1", port=7):
    """An echo over UDP."""
    if name == "xinetd":
        return xinetd(xinetd_conf(("udp", host, port)))
    if name == "mynah":
        return mynah(mynah_conf(("udp", host, port)))
    if name == "socat":
        return Server(name, ["socat", f"UDP-RECVFROM:{port},bind={host},fork", "PIPE"])
    return Server(name, ["ncat", "-u", "-l", "-k", "-e", "/bin/cat", host, str(port)])
