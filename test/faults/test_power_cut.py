"""The power is cut while clients are at work: what was acknowledged is there
when it is back.

The database lies on a file system of its own, which the kernel shuts down
without writing what it holds in memory (FS_IOC_SHUTDOWN): what was not flushed
is gone, as in a power cut, and unlike after a SIGKILL.
"""

import contextlib
import fcntl
import os
import random
import struct
import subprocess
import threading

import pytest
from checker import Told, check, check_acknowledged
from disk import LIE, LOG, SYNC, Disk
from load import CONNECTION_LOST, Load, settle
from sender import Sender

ROUNDS = 25
IMAGE_BYTES = 2 * 1024 * 1024 * 1024  # most of it a hole
FS_IOC_SHUTDOWN = 0x8004587D
WITHOUT_LOG_FLUSH = 2


def run(*words):
    subprocess.run([str(word) for word in words], check=True,
                   capture_output=True)


class Volume:
    """An ext4 file system in a file, mounted."""

    def __init__(self, folder):
        self.place = folder / "volume"
        self._image = folder / "image"
        self.place.mkdir()
        with open(self._image, "wb") as image:
            image.truncate(IMAGE_BYTES)
        run("/sbin/mkfs.ext4", "-q", "-F", self._image)

    def mount(self):
        run("mount", "-o", "loop", self._image, self.place)

    def unmount(self):
        run("umount", self.place)

    def cut_power(self):
        folder = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, FS_IOC_SHUTDOWN,
                        struct.pack("I", WITHOUT_LOG_FLUSH))
        finally:
            os.close(folder)


@pytest.fixture
def engine():
    return "sqlite"


@pytest.fixture
def volume(tmp_path):
    try:
        volume = Volume(tmp_path)
        volume.mount()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield volume
    with contextlib.suppress(subprocess.CalledProcessError):
        volume.unmount()


def allow_what_a_dead_disk_does(baton):
    """Between the cut and the end of the process it may read anything."""
    baton.allow_error("disk_failed")
    baton.allow_error("statement_failed")


def cut(baton, told, volume):
    """What was told before it counts. While the kernel shuts the file system
    down, for some milliseconds, a flush may still say that all is well; after
    a power cut nobody says anything."""
    told.counts = False
    volume.cut_power()
    baton.kill()


def power_on(told, volume):
    volume.unmount()
    volume.mount()
    told.counts = True


def cut_while_busy(baton, acme, told, volume, seed):
    chance = random.Random(seed)
    with Load(acme, told, seed, clients=8, server=baton):
        went_on = told.wait_for_answers(told.answers + chance.randint(1, 200))
        cut(baton, told, volume)
    assert went_on, told.wrong or "the server did not answer"
    power_on(told, volume)


def test_the_power_is_cut_and_nothing_acknowledged_is_lost(
        volume, start_baton):
    baton = start_baton(database=volume.place / "baton.db")
    allow_what_a_dead_disk_does(baton)
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()
    seed = random.SystemRandom().randrange(1, 1 << 32)
    print("seed", seed)

    for number in range(ROUNDS):
        cut_while_busy(baton, acme, told, volume, f"{seed}.{number}")
        baton.start()
        settle(acme, told)
        check_acknowledged(baton, told)
    check(baton, told)
    baton.stop()


def test_the_power_is_cut_while_the_log_is_copied(volume, start_baton):
    baton = start_baton(database=volume.place / "baton.db")
    allow_what_a_dead_disk_does(baton)
    sender = Sender(baton, Told())

    for batches in (26, 9, 5):  # the log is copied from 64 MB on
        for _ in range(batches):
            sender.send_many(baton).expect(200, 201)
        last = threading.Thread(target=send_into_the_dark, args=(sender, baton))
        last.start()
        cut(baton, sender.told, volume)
        last.join(240)
        power_on(sender.told, volume)
        baton.start()
        check_acknowledged(baton, sender.told)
    check(baton, sender.told)
    baton.stop()


def send_into_the_dark(sender, baton):
    with contextlib.suppress(*CONNECTION_LOST):
        sender.send_many(baton)


def test_a_disk_that_lies_about_its_flushes_loses_what_it_was_told(
        volume, start_baton, tmp_path):
    """So this kind of test does see a loss."""
    disk = Disk(tmp_path)
    baton = start_baton(database=volume.place / "baton.db",
                        environment=disk.environment)
    allow_what_a_dead_disk_does(baton)
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()

    disk.arm(LIE, SYNC, LOG, 1, 0)
    cut_while_busy(baton, acme, told, volume, "lies")
    disk.disarm()
    baton.start()
    with pytest.raises(AssertionError):
        check_acknowledged(baton, told)
    baton.stop()
