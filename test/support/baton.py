"""The real program, started on a new database, ended by its process id."""

import json
import os
import re
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from support.client import Client
from support.clock import Clock
from support.process import Process
from support.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]
MONDAY_MORNING = "2026-11-16T09:00:00+09:00"

# With PostgreSQL the secret key stands in the current folder, which is not
# ours; a file of SQLite has its own beside it.
KEYS = tempfile.TemporaryDirectory(prefix="baton-key-")
KEY = {"BATON_SECRET_KEY_FILE": f"{KEYS.name}/baton.key"}


def binary():
    return os.environ.get("BATON_BINARY", str(PROJECT / "build" / "baton"))


class Baton:
    """One server. It may be stopped or killed and started again on the same
    database; a second one may be started beside it."""

    def __init__(self, database, *, engine, time=MONDAY_MORNING,
                 arguments=(), environment=None):
        self.database = str(database)
        self.engine = engine
        self.time = time
        self.arguments = list(arguments)
        self.environment = {**os.environ, **KEY, **(environment or {})} \
            if engine == "postgres" else {**os.environ, **(environment or {})}
        self.errors_allowed = []  # patterns of log lines a test expects
        self.process = None
        self.address = None
        self.client = None
        self.clock = None
        self._said = []           # the log of earlier runs

    # Running

    def start(self):
        if self.clock:  # ids are made from the time, which stands still here
            self.clock.moved_ms += 1000
        process = Process(
            [binary(), "serve", "--listen", "127.0.0.1:0",
             "--database", self.database, "--test-clock", self.now(),
             *self.arguments],
            env=self.environment)
        ready = process.out.wait_for(
            r"listening on (http://127\.0\.0\.1:\d+)")
        if not ready:
            code = process.stop()
            raise AssertionError(
                f"baton serve did not say that it listens; exit code {code}\n"
                + process.out.text() + "\n" + process.err.text())
        self.process = process
        self.address = ready[1]
        self.client = Client(self.address)
        self.time, self.clock = self.now(), Clock(self.client)
        return self

    def now(self):
        """What its clock shows; a start takes a second of it."""
        moved_ms = self.clock.moved_ms if self.clock else 0
        start = datetime.fromisoformat(self.time)
        return (start + timedelta(milliseconds=moved_ms)).isoformat()

    def setup_link(self):
        """The one-time link that is printed on a database without a workspace."""
        found = self.process.out.wait_for(
            r"(?<!listening on )(http://\S+/\S+)")
        assert found, "no set-up link:\n" + self.process.out.text()
        return found[1]

    def stop(self):
        """Ends it as an operator would, and judges what it left behind: exit
        code 0, and no error in its log that the test did not allow."""
        if self.process is None:
            return
        process, self.process = self.process, None
        self.client.close()
        ran = process.is_running()
        code = process.stop()
        self._said += process.err.lines
        unexpected = self.unexpected_errors()
        assert not unexpected, "in the server's log:\n" + "\n".join(unexpected)
        assert ran, f"the server had ended by itself, exit code {code}"
        assert code == 0, f"exit code {code} after SIGTERM"

    def kill(self):
        """Ends it as a power cut would."""
        process, self.process = self.process, None
        self.client.close()
        process.stop(number=9)
        self._said += process.err.lines

    def restart(self):
        """Stops, and starts again; a second has passed."""
        self.stop()
        return self.start()

    # What it says

    def log(self):
        """The lines of its log as objects; of earlier runs too."""
        return [entry for entry in map(_parsed, self._lines()) if entry]

    def allow_error(self, pattern):
        """A log line of level error that this test brings about."""
        self.errors_allowed.append(pattern)

    def unexpected_errors(self):
        """Errors, and lines that are no log at all: a failed assertion, or a
        sanitizer's report."""
        return [line for line in self._lines()
                if _is_error(line)
                and not any(re.search(p, line) for p in self.errors_allowed)]

    def _lines(self):
        return self._said + (self.process.err.lines if self.process else [])

    # The command line, on the same database

    def cli(self, *words, stdin=None, expect=0):
        """Runs a command of the program; its standard output, or the object
        in it when --json was among the words."""
        done = self.cli_result(*words, stdin=stdin)
        expected = expect if isinstance(expect, tuple) else (expect,)
        assert done.returncode in expected, (
            f"baton {' '.join(map(str, words))}: exit code "
            f"{done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout) if "--json" in words else done.stdout

    def cli_result(self, *words, stdin=None, seconds=180):
        """Exit code, output and errors of a command."""
        return subprocess.run(
            [binary(), *map(str, words)], input=stdin, capture_output=True,
            text=True, timeout=seconds,
            env={**self.environment, "BATON_DATABASE": self.database})

    def workspace(self, name="Acme", people=()):
        return Workspace(self, name, people)


def _parsed(line):
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _is_error(line):
    entry = _parsed(line)
    if entry is None:
        return bool(line.strip())
    return entry.get("level") == "error"
