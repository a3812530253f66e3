"""A disk that does what a test wants: faultshim.c, driven through a mapped
file."""

import mmap
import os
import struct
import time
from pathlib import Path

from support.baton import binary

SHIM = Path(binary()).parent / "test" / "faults" / "faultshim.so"
WRITE, SYNC, TRUNCATE = 1, 2, 4
ERROR, SHORT, KILL, TORN, HOLD, LIE = 1, 2, 3, 4, 5, 6
LOG, FILE, INDEX = "baton.db-wal", "baton.db", "baton.db-shm"


class Disk:
    """The settings of the shim, and what it has seen."""

    LAYOUT = "=IIIIIII64s"

    def __init__(self, folder):
        path = folder / "disk"
        path.write_bytes(bytes(struct.calcsize(self.LAYOUT)))
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self.environment = {
            "LD_PRELOAD": str(SHIM), "FAULTSHIM_CONTROL": str(path),
            "ASAN_OPTIONS": "verify_asan_link_order=0:"
                            + os.environ.get("ASAN_OPTIONS", "")}

    def arm(self, act, calls, file, first=1, times=1, error=0):
        self.disarm()
        words = struct.pack(self.LAYOUT, 0, calls, first, times, error, 0, 0,
                            file.encode())
        self._map[4:] = words[4:]
        self._map[:4] = struct.pack("=I", act)

    def disarm(self):
        self._map[:4] = bytes(4)

    def wait_until_acting(self, seconds=60):
        deadline = time.monotonic() + seconds
        while not self.acted:
            assert time.monotonic() < deadline, "nothing was written"
            time.sleep(0.001)

    @property
    def seen(self):
        return struct.unpack(self.LAYOUT, self._map)[5]

    @property
    def acted(self):
        return struct.unpack(self.LAYOUT, self._map)[6] > 0
