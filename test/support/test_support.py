"""The tests of what the scenarios stand on, as far as it needs no server."""

import contextlib
import http.client
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support import baton as program
from support import ports, postgres, scratch
from support.client import Client
from support.clock import milliseconds
from support.events import EventStream
from support.process import Process


def test_durations_are_read():
    assert milliseconds("1h 30m") == 5_400_000
    assert milliseconds("2d") == 172_800_000
    assert milliseconds("250ms") == 250


@pytest.mark.parametrize("text", ["", "soon", "2", "2 weeks", "1h and 3m"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError):
        milliseconds(text)


def test_a_line_is_waited_for():
    process = Process([sys.executable, "-uc", "print('one'); print('two 2')"])

    assert process.out.wait_for(r"two (\d)")[1] == "2"
    assert process.out.wait_for("three", seconds=5) is None
    assert process.wait() == 0


def test_a_process_that_ignores_a_signal_is_killed():
    process = Process(
        [sys.executable, "-uc",
         "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
         "print('ready'); signal.pause()"])
    process.out.wait_for("ready")

    assert process.stop(seconds=0.2) is None
    assert not process.is_running()


def test_the_receiver_keeps_what_it_is_sent(receiver):
    client = Client(receiver.url)

    answer = client.post("/hook", {"name": "민지"}, headers={"X-Id": "7"})

    assert answer.status == 200
    delivery = receiver.wait_for(1)[0]
    assert delivery.json == {"name": "민지"}
    assert delivery.headers["x-id"] == "7"
    assert delivery.path == "/hook"


def test_the_receiver_fails_as_often_as_it_is_told(receiver):
    client = Client(receiver.url)
    receiver.fail_next(2, status=503, headers={"Retry-After": "1"})

    answers = [client.post("/hook", {}) for _ in range(3)]

    assert [a.status for a in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "1"
    assert "retry-after" not in answers[2].headers


def test_a_delivery_that_does_not_come_fails_the_test(receiver):
    with pytest.raises(AssertionError, match="0 of 1"):
        receiver.wait_for(1, seconds=0.05)


def test_a_log_line_is_judged_by_its_level():
    server = program.Baton("none", engine="sqlite")
    server._said = ['{"level": "info"}', '{"level": "error", "event": "disk"}',
                    "baton: assertion failed", ""]

    assert len(server.unexpected_errors()) == 2
    server.allow_error("disk")
    assert server.unexpected_errors() == ["baton: assertion failed"]


STREAM = (b": hello\n\n"
          b"id: 1\nevent: lead.created\ndata: {\"id\": \"a\"}\n\n"
          b"id: 2\nevent: lead.assigned\ndata: one\ndata: two\n\n")


@pytest.fixture
def stream_address():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(STREAM)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever,
                              kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_events_are_read_in_order(stream_address):
    with EventStream(Client(stream_address, "key")) as events:
        assert events.wait_for().json == {"id": "a"}
        event = events.wait_for("lead.assigned")
        assert (event.id, event.data) == ("2", "one\ntwo")
        with pytest.raises(AssertionError, match="ended"):
            events.wait_for("lead.lost")


def test_a_cluster_gives_empty_databases(postgres_server):
    with postgres_server.database() as one, postgres_server.database() as two:
        postgres_server.sql("CREATE TABLE t (n INT)", one)
        found = postgres_server.sql(
            "SELECT count(*) FROM pg_tables WHERE tablename = 't'", two)
    assert found == [["0"]]


def test_a_port_for_a_server_is_given_to_nobody_else():
    first = int(ports.GIVEN_OUT.read_text().split()[0])
    assert first // 2 <= ports.free_port() < first


def test_a_cluster_flushes_what_it_commits():
    with postgres.Cluster() as cluster:
        assert cluster.sql("SHOW fsync") == [["on"]]


def test_a_database_that_was_migrated_once_is_copied(postgres_server):
    def count(url):
        return postgres_server.sql("SELECT count(*) FROM schema_migration",
                                   url)

    def templates():
        return postgres_server.sql("SELECT datname FROM pg_database"
                                   " WHERE datname LIKE 'baton_template_%'")

    others = [postgres.Server(postgres_server.url) for _ in range(4)]
    with ThreadPoolExecutor() as pool, contextlib.ExitStack() as stack:
        copies = list(pool.map(lambda server: stack.enter_context(
            server.database(migrated_by=program.binary())), others))
        before = templates()
        postgres_server.sql("DELETE FROM schema_migration", copies[0])
        counts = [count(url)[0][0] for url in copies]

    assert counts[0] == "0" and len(set(counts[1:])) == 1 < int(counts[1])
    assert len(before) == len(set(map(tuple, before)))
    assert not [name for (name,) in before if name.endswith("_half")]


def test_a_refused_connection_is_seen():
    with pytest.raises((OSError, http.client.HTTPException)):
        Client("http://127.0.0.1:1").get("/")


def test_what_a_killed_run_has_left_is_cleared(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"baton-tests-{gone.pid}-abc"
    ours = tmp_path / (scratch.prefix("tests") + "abc")
    other = tmp_path / "somebody-elses"
    for folder in (left, ours, other):
        folder.mkdir()
        (folder / "file").touch()

    scratch.clear_leftovers(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted([ours, other])
