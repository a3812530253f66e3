"""The disk of a SQLite file is full, fails, or stops in the middle of a
write: nothing acknowledged is lost, and the server goes on, or ends, as it
promises.

The server runs under faultshim.c (disk.py).
Every case is a sweep: the first call that counts fails, then the second, and
so on, always on the same file.
"""

import errno
import threading

import pytest
from checker import Told, check, check_acknowledged
from disk import ERROR, FILE, HOLD, INDEX, KILL, LOG, SHORT, SYNC, TORN, \
    TRUNCATE, WRITE, Disk
from load import CONNECTION_LOST
from sender import Sender

REQUESTS_MAX = 100
DISK_FAILED = 70
KILLED = -9

@pytest.fixture
def engine():
    return "sqlite"


@pytest.fixture
def disk(tmp_path):
    return Disk(tmp_path)


@pytest.fixture
def baton(start_baton, disk):
    baton = start_baton(environment=disk.environment)
    baton.allow_error("disk_failed")
    return baton


@pytest.fixture
def sender(baton):
    return Sender(baton, Told())


def send_until_it_acts(baton, disk, send):
    """Sends until the shim has acted; the last answer, or None when the
    connection was lost."""
    for _ in range(REQUESTS_MAX):
        try:
            answer = send(baton)
        except CONNECTION_LOST:
            return None
        if disk.acted:
            return answer
        answer.expect(200, 201)
    raise AssertionError("nothing was written to that file")


def ended(baton):
    """The exit code of a server that ended by itself; it can be started
    again."""
    code = baton.process.wait()
    assert code is not None, "it goes on"
    baton.kill()
    return code


# Full

def refused_then_taken(baton, disk, sender, send):
    """503 while the disk is full; once there is room, the same server takes
    leads again."""
    answer = send_until_it_acts(baton, disk, send)
    assert answer is not None, f"it ended: {baton.process.wait()}"
    if answer.status not in (200, 201):
        answer.expect(503)
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json["type"] == "/problems/unavailable"
        assert baton.client.get("/health/live").status == 200
    disk.disarm()
    assert sender.send(baton).status == 201
    check_acknowledged(baton, sender.told)
    return answer.status


@pytest.mark.parametrize("times", [1, 0], ids=["once", "for a while"])
def test_a_full_disk_refuses_and_takes_leads_again_when_there_is_room(
        baton, disk, sender, times):
    for first in range(1, 61):
        disk.arm(ERROR, WRITE, LOG, first, times, errno.ENOSPC)
        status = refused_then_taken(baton, disk, sender, sender.send)
        assert status == 503, f"write {first} failed, and the answer was good"
    check(baton, sender.told)
    baton.kill()
    baton.start()
    check(baton, sender.told)


def test_a_disk_that_is_full_when_the_log_is_copied_loses_nothing(
        baton, disk, sender):
    for first in (1, 2, 3, 10, 50):
        disk.arm(ERROR, WRITE, FILE, first, 0, errno.ENOSPC)
        refused_then_taken(baton, disk, sender, sender.send_many)
    check(baton, sender.told)
    baton.kill()
    baton.start()
    check(baton, sender.told)


# Failing

def ask_until_it_hears(baton, send):
    """The log is copied beside the writer, who may hear of it only at the
    next commit: what is acknowledged until then is in the log."""
    for _ in range(REQUESTS_MAX):
        try:
            if send(baton).status not in (200, 201):
                return
        except CONNECTION_LOST:
            return
    raise AssertionError("it goes on")


def dies_and_comes_back(baton, disk, sender, send, codes, *, later=False):
    send_until_it_acts(baton, disk, send)
    if later:
        ask_until_it_hears(baton, sender.send)
    code = ended(baton)
    assert code in codes, f"exit code {code}"
    disk.disarm()
    baton.start()
    check_acknowledged(baton, sender.told)


@pytest.mark.parametrize("times", [1, 0], ids=["once", "from then on"])
@pytest.mark.parametrize("calls, sweep", [(WRITE, 20), (SYNC, 6)],
                         ids=["write", "flush"])
def test_a_failing_disk_ends_the_server_and_nothing_is_lost(
        baton, disk, sender, calls, sweep, times):
    for first in range(1, sweep + 1):
        disk.arm(ERROR, calls, LOG, first, times, errno.EIO)
        dies_and_comes_back(baton, disk, sender, sender.send, {DISK_FAILED})
    check(baton, sender.told)


@pytest.mark.parametrize("calls", [WRITE, SYNC], ids=["write", "flush"])
def test_a_disk_that_fails_when_the_log_is_copied_ends_the_server(
        baton, disk, sender, calls):
    """After a flush that failed nobody knows what the file holds; a second
    one may say that all is well."""
    for _ in range(2):
        disk.arm(ERROR, calls, FILE, 1, 1, errno.EIO)
        dies_and_comes_back(baton, disk, sender, sender.send_many,
                            {DISK_FAILED}, later=True)
    check(baton, sender.told)


# Slow

def in_threads(calls):
    """The threads, and the list that gets what their calls return."""
    results = []
    threads = [threading.Thread(target=lambda c=call: results.append(c()))
               for call in calls]
    for thread in threads:
        thread.start()
    return threads, results


def test_nobody_is_told_before_the_disk_has_it(baton, disk, sender):
    """Neither who sent it, alone or with others, nor who reads meanwhile:
    of several groups, one is at the disk and the next one is written."""
    sender.send(baton).expect(201)
    disk.arm(HOLD, SYNC, LOG, 1, 0)
    people = [sender.person() for _ in range(8)]
    senders, sent = in_threads(
        [lambda p=person: sender.send(baton, p) for person in people])
    disk.wait_until_acting()
    readers, seen = in_threads(2 * [lambda: sender.client(baton).get(
        "/api/v1/leads")])
    senders[0].join(0.5)
    assert not sent, "told before the disk had it"
    assert all("p2@" not in answer.text for answer in seen)
    disk.disarm()
    for thread in senders + readers:
        thread.join(120)
    assert [answer.status for answer in sent] == [201] * 8
    assert [answer.status for answer in seen] == [200] * 2
    check(baton, sender.told)


# Stopping in the middle

@pytest.mark.parametrize("act, calls, sweep", [
    (KILL, WRITE, 40), (TORN, WRITE, 60), (KILL, SYNC, 15)],
    ids=["before a write", "within a write", "before a flush"])
def test_a_server_that_stops_at_any_write_has_lost_nothing(
        baton, disk, sender, act, calls, sweep):
    for first in range(1, sweep + 1):
        disk.arm(act, calls, LOG, first)
        dies_and_comes_back(baton, disk, sender, sender.send, {KILLED})
    check(baton, sender.told)


@pytest.mark.parametrize("act", [KILL, TORN])
def test_a_server_that_stops_while_the_log_is_copied_has_lost_nothing(
        baton, disk, sender, act):
    for first in (1, 2, 7, 40):
        disk.arm(act, WRITE, FILE, first)
        dies_and_comes_back(baton, disk, sender, sender.send_many, {KILLED})
    check(baton, sender.told)


def test_a_disk_that_writes_half_is_asked_for_the_rest(baton, disk, sender):
    disk.arm(SHORT, WRITE, LOG, 1, 0)
    for _ in range(10):
        sender.send(baton).expect(201)
    disk.disarm()
    check(baton, sender.told)
    baton.kill()
    baton.start()
    check(baton, sender.told)
