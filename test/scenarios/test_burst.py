"""A burst of jobs: promises that were all missed at the same moment."""

import contextlib
import http.client
import json
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from support.baton import Baton
from support.postgres import Cluster, Server
from support.stored import number_of
from support.story import Company

PROMISES = 1500
FEW = 150
A_GROUP = 24   # statements, however many leads; one by one, twelve for each
LINES = 8      # of captures, each one behind the other
CAPTURES = 60  # in a line
BESIDE = 40    # with a hundred jobs before each, the burst would be over


def rows(baton, sql):
    if baton.engine == "postgres":
        return Server(baton.database).sql(sql)
    with contextlib.closing(
            sqlite3.connect(baton.database, timeout=30)) as database:
        return database.execute(sql).fetchall()


def overdue(baton):
    """How many jobs of missed promises are yet to run."""
    ((count,),) = rows(
        baton, "SELECT COUNT(*) FROM job WHERE kind = 'lead.late' AND"
        " due_ms < (SELECT MIN(created_ms) + 3600000 FROM lead)")
    return int(count)


def test_a_capture_during_a_burst_is_answered_before_the_burst_is_over(baton):
    """The captures wait at the server when the burst begins, so that the
    writer never stands idle for want of one."""
    acme = company_with_promises(baton)

    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(Line(baton)) for _ in range(LINES)]
        lines[-1].put("/test/clock", baton.clock.leap("3h"), acme.key)
        for number, line in enumerate(lines):
            for n in range(CAPTURES):
                line.put("/api/v1/leads",
                         {"email": f"new{number}-{n}@x.test"}, acme.key)
        for line in lines:
            line.send()
        answers = [answer for line in lines for answer in line.answers()
                   if "owner" in answer]

    baton.clock.advance("0s")
    assert overdue(baton) == 0
    assert {a["owner"]["name"] for a in answers} == {"ana", "bo"}
    missed = when_promises_were_missed(baton)
    assert len(missed) >= PROMISES
    beside = [a for a in answers
              if min(missed) < number_of(a["id"]) < max(missed)]
    assert len(beside) >= BESIDE


def test_a_burst_comes_to_its_end_while_captures_never_do(baton):
    acme = company_with_promises(baton)
    baton.stop()
    baton.clock.moved_ms += 3 * 3_600_000
    baton.start()
    acme.client = baton.client.with_key(acme.key)

    with ThreadPoolExecutor(3) as pool:
        busy = [pool.submit(keep_sending, baton, acme.key, n)
                for n in range(3)]
        baton.clock.advance("0s")
        assert overdue(baton) == 0
    for sender in busy:
        assert sender.result() > 0
    lead = acme.client.get("/api/v1/leads", query={
        "sort": "created_at", "limit": 1}).expect(200).json["items"][0]
    assert acme.lead(lead["id"])["late_count"] == 1


def company_with_promises(baton):
    """All of them due at the same moment."""
    acme = Company(baton, "ana", "bo")
    acme.everyone(late={"after_minutes": 30, "then": "next", "times": 1})
    for first in range(0, PROMISES, 500):
        acme.client.post("/api/v1/leads/batch", {"leads": [
            {"email": f"{first + n}@x.test"} for n in range(500)]}).expect(200)
    assert overdue(baton) == PROMISES
    return acme


class Line:
    """A connection on which all requests are sent ahead: the next one is at
    the server when one is answered."""

    def __init__(self, baton):
        self._host = urlsplit(baton.address).netloc
        name, _, port = self._host.partition(":")
        self._socket = socket.create_connection((name, int(port)), timeout=120)
        self._requests = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def put(self, path, value, key):
        body = json.dumps(value)
        self._requests.append(
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Authorization: Bearer {key}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")

    def send(self):
        self._socket.sendall("".join(self._requests).encode())

    def answers(self):
        """The objects, in order."""
        with self._socket.makefile("rb") as stream:
            for _ in self._requests:
                status = stream.readline()
                headers = http.client.parse_headers(stream)
                body = stream.read(int(headers["Content-Length"]))
                assert status.split()[1] in (b"200", b"201"), body
                yield json.loads(body)


def when_promises_were_missed(baton):
    """Ids come in the order of commits."""
    return [int(id) for id, in rows(
        baton, "SELECT id FROM timeline WHERE kind = 'lead.late'")]


def test_late_leads_are_handed_on_together_on_postgresql():
    with Cluster({"log_statement": "all"}) as cluster, \
            cluster.database() as url:
        baton = Baton(url, engine="postgres").start()
        acme = Company(baton, "ana", "bo")
        acme.everyone(late={"after_minutes": 30, "then": "next", "times": 1})
        answers = acme.client.post("/api/v1/leads/batch", {"leads": [
            {"email": f"{n}@x.test"} for n in range(FEW)]}).expect(200).json
        baton.clock.advance("20m")  # the search index, figures
        before = len(cluster.log())
        baton.clock.advance("10m")
        said = cluster.log()[before:]
        groups = said.count(": COMMIT")

        for result in answers["results"]:
            assert acme.lead(result["id"])["late_count"] == 1
        assert groups < FEW
        assert said.count("LOG:  execute") < A_GROUP * groups
        baton.stop()


def keep_sending(baton, key, number):
    """How many leads were taken until the burst was over."""
    client = baton.client.with_key(key)
    count = 0
    while count == 0 or overdue(baton) > 0:
        client.post("/api/v1/leads", {
            "email": f"{number}-{count}@busy.test"}).expect(201)
        count += 1
    return count
