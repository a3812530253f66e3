"""Where stories keep what nobody wants afterwards: in memory, if the machine
has it to spare. A story makes hundreds of files and removes them again, and on
a disk that takes longer than all the rest. What is about the disk, or about
what survives, stays on it: test/faults."""

import os
import re
import shutil
from pathlib import Path

MEMORY = "/dev/shm"
ROOM_BYTES_MIN = 4 << 30


def folder():
    """The folder for temporary files; None: the usual one."""
    return MEMORY if _room_bytes() >= ROOM_BYTES_MIN else None


def prefix(what):
    """Begins the name of a folder of this process: baton-tests-1234-"""
    return f"baton-{what}-{os.getpid()}-"


def clear_leftovers(below=MEMORY):
    """Removes the folders of processes that are gone: whoever is killed
    leaves them, and memory is not given back by a restart of the tests. A
    database that still runs in one ends by itself when it is gone."""
    for left in Path(below).glob("baton-*"):
        owner = re.match(r"baton-[a-z]+-(\d+)-", left.name)
        if owner and not Path("/proc", owner[1]).exists():
            shutil.rmtree(left, ignore_errors=True)


def _room_bytes():
    """Of the file system, and of the memory behind it."""
    try:
        room = os.statvfs(MEMORY)
        with open("/proc/meminfo") as file:
            memory = dict(line.split(":", 1) for line in file)
    except OSError:
        return 0
    available_kb = int(memory["MemAvailable"].split()[0])
    return min(room.f_bavail * room.f_frsize, available_kb * 1024)
