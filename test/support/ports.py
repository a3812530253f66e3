"""Ports for servers that must be told theirs: others choose one by listening
on port 0."""

import random
import socket
from pathlib import Path

GIVEN_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
TRIES_MAX = 100


def free_port():
    """One that nobody listens on now, and that the system gives to nobody who
    has not asked for it: whoever connects or listens on port 0 gets another."""
    first = int(GIVEN_OUT.read_text().split()[0])
    for _ in range(TRIES_MAX):
        port = random.randrange(first // 2, first)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError(f"no free port between {first // 2} and {first}")
