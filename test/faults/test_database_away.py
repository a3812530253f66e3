"""PostgreSQL goes away under load and comes back: every request is answered
in time and honestly, and the server finds its way back by itself.

The cluster is this test's own, so that nobody else misses it.
"""

import signal
import threading
import time

import pytest
from checker import Told, check
from load import Load, settle
from support.postgres import Cluster

ANSWER_SECONDS_MAX = 5
FROZEN_SECONDS_MAX = 25  # seven, on a machine that is not busy
READY_SECONDS_MAX = 60   # else it would be waited for in vain
ASKED_WHILE_AWAY = 100


@pytest.fixture
def engine():
    return "postgres"


@pytest.fixture
def cluster():
    with Cluster() as own:
        yield own


@pytest.fixture
def database(cluster):
    with cluster.database() as url:
        yield url


def readiness(baton):
    live = baton.client.get("/health/live").status
    assert live == 200
    return baton.client.get("/health/ready").status


def wait_until_ready(baton, status, seconds=READY_SECONDS_MAX):
    until = time.monotonic() + seconds
    while readiness(baton) != status:
        assert time.monotonic() < until, f"/health/ready is not {status}"


class Asker:
    """Asks again and again while the database is away."""

    def __init__(self, acme, what, times=ASKED_WHILE_AWAY):
        self._client = acme.baton.client.with_key(acme.key)
        self._what = what
        self._times = times
        self.statuses = set()
        self.slowest = 0.0
        self.faults = []
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self):
        try:
            for number in range(self._times):
                started = time.monotonic()
                answer = self._what(self._client, number)
                self.slowest = max(self.slowest, time.monotonic() - started)
                self.statuses.add(answer.status)
                if "retry-after" not in answer.headers:
                    self.faults.append(f"no Retry-After: {answer}")
        except Exception as fault:  # noqa: BLE001 (the test must hear of it)
            self.faults.append(repr(fault))
        finally:
            self._client.close()

    def judge(self, seconds_max=ANSWER_SECONDS_MAX):
        self.thread.join(240)
        assert not self.thread.is_alive()
        assert not self.faults, self.faults[:3]
        assert self.statuses == {503}
        assert self.slowest < seconds_max


def capture(client, number):
    return client.post("/api/v1/leads", {"name": f"Away {number}"})


def look(client, number):
    return client.get("/api/v1/leads", query={"limit": 1 + number % 5})


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT],
                         ids=["stopped", "crashed"])
def test_a_database_that_goes_away_is_waited_for(
        start_baton, cluster, how):
    baton = start_baton()
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()

    with Load(acme, told, seed=how, survives_503=True):
        assert told.wait_for_answers(100), told.wrong
        cluster.halt(how)
        askers = [Asker(acme, what) for what in (capture, look) * 2]
        wait_until_ready(baton, 503)
        for asker in askers:
            asker.judge()
        assert readiness(baton) == 503

        print("slowest answer", max(a.slowest for a in askers))
        cluster.resume()
        wait_until_ready(baton, 200)
        assert told.wait_for_answers(told.answers + 100), told.wrong

    settled = settle(acme, told)
    print(f"{len(told.leads)} leads, {settled} asked again")
    check(baton, told)


def test_a_server_that_starts_while_the_database_is_away_says_so(
        start_baton, cluster):
    baton = start_baton()
    baton.stop()
    cluster.halt()

    ended = baton.cli_result("serve", "--listen", "127.0.0.1:0")

    cluster.resume()
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    baton.start()
    assert readiness(baton) == 200


def test_connections_that_are_cut_under_load_lose_nothing(
        start_baton, cluster, database):
    baton = start_baton()
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()

    with Load(acme, told, seed="cut", survives_503=True):
        for _ in range(15):
            assert told.wait_for_answers(told.answers + 20), told.wrong
            cluster.sql("SELECT pg_terminate_backend(pid)"
                        "  FROM pg_stat_activity"
                        " WHERE datname = current_database()"
                        "   AND pid <> pg_backend_pid()", url=database)

    settle(acme, told)
    check(baton, told)


def test_a_database_that_freezes_is_seen_and_loses_nothing(
        start_baton, cluster):
    """Its connections stay open, and nothing answers: whoever waits is told
    so, and is not left to wait until a connection is given up after thirty
    seconds (lib/db/postgres_test.c)."""
    baton = start_baton()
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()

    with Load(acme, told, seed="frozen", survives_503=True):
        assert told.wait_for_answers(50), told.wrong
        cluster.freeze()
        try:
            askers = [Asker(acme, what, times=2)
                      for what in (capture, look) * 4]
            wait_until_ready(baton, 503)
            for asker in askers:
                asker.judge(seconds_max=FROZEN_SECONDS_MAX)
        finally:
            cluster.thaw()
        wait_until_ready(baton, 200)
        assert told.wait_for_answers(told.answers + 50), told.wrong

    print("slowest answer", max(a.slowest for a in askers))
    settle(acme, told)
    check(baton, told)
