"""A PostgreSQL cluster of one's own, in a temporary folder, on loopback.

    with Cluster() as cluster:
        with cluster.database() as url: ...

It flushes what it commits to a disk, so that what a test proves about
durability is true. The one that stories share (`running`) does not: its
machine never fails while they are told, and only the programs on it are
killed. A run that is given BATON_TEST_POSTGRES uses that server instead.
"""

import contextlib
import fcntl
import functools
import hashlib
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from urllib.parse import urlsplit, urlunsplit

from support import scratch
from support.ports import free_port
from support.process import Process

ENVIRONMENT = "BATON_TEST_POSTGRES"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "timezone": "UTC",
}
UNFLUSHED = {"fsync": "off", "full_page_writes": "off",
             "max_wal_size": "256MB"}

STARTS_MAX = 5  # a free port may be taken by another before we listen on it


class Server:
    """A server that runs, reached as an administrator by `url`."""

    _numbers = itertools.count(1)

    def __init__(self, url):
        self.url = url
        self._templates = {}  # by the program that migrated them

    def url_of(self, database):
        return urlunsplit(urlsplit(self.url)._replace(path="/" + database))

    def sql(self, text, url=None):
        """Runs a statement by psql; the rows as lists of text."""
        answer = subprocess.run(
            [program("psql"), "-X", "-q", "-A", "-t", "-F", "\t",
             "-v", "ON_ERROR_STOP=1", "-d", url or self.url, "-c", text],
            capture_output=True, text=True, timeout=180)
        if answer.returncode != 0:
            raise RuntimeError(f"psql: {answer.stderr.strip()}\n{text}")
        return [line.split("\t") for line in answer.stdout.splitlines()]

    @contextlib.contextmanager
    def database(self, migrated_by=None):
        """The address of a new database, dropped afterwards: empty, or as
        this program leaves one that it migrated."""
        name = f"baton_{os.getpid()}_{next(self._numbers)}"
        template = self._template(migrated_by) if migrated_by else "template0"
        # Copied as files: by way of the log it costs four times as much.
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"
                 " STRATEGY file_copy")
        try:
            yield self.url_of(name)
        finally:
            self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _template(self, program):
        """A database to be copied, since a copy takes a quarter of the time
        of the migrations. It is named after the program, which carries the
        schema, and made once in a cluster, however many processes ask."""
        if program not in self._templates:
            with open(program, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                name = "baton_template_" + hashlib.sha256(
                    file.read()).hexdigest()[:16]
                if not self.sql("SELECT 1 FROM pg_database"
                                f" WHERE datname = '{name}'"):
                    self._make_template(name, program)
            self._templates[program] = name
        return self._templates[program]

    def _make_template(self, name, program):
        """It has its name when it is whole: one that is half made was left
        by a run that was killed."""
        half = name + "_half"
        self.sql(f"DROP DATABASE IF EXISTS {half} WITH (FORCE)")
        self.sql(f"CREATE DATABASE {half} TEMPLATE template0 ENCODING 'UTF8'")
        migrate(program, self.url_of(half))
        self.sql(f"ALTER DATABASE {half} ALLOW_CONNECTIONS false")
        self.sql(f"ALTER DATABASE {half} RENAME TO {name}")


class Cluster(Server):
    """Starts on entry, stops and is deleted on exit."""

    def __init__(self, settings=None, below=None):
        super().__init__(None)
        self._settings = {**SETTINGS, **(settings or {})}
        self._below = below
        self._folder = None
        self._process = None
        self._marks = 0

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix=scratch.prefix("postgres"),
                                        dir=self._below)
        try:
            self._prepare()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._process:
            self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)

    def halt(self, number=signal.SIGINT):
        """Ends the server; by SIGINT it does not wait for clients, by SIGQUIT
        it saves nothing."""
        self._process.stop(number)

    def resume(self):
        """Starts the server again, where it was."""
        self._process = self._server(urlsplit(self.url).port)
        assert self._process.err.wait_for("ready to accept connections"), \
            "PostgreSQL does not start:\n" + self._process.err.text()

    def log(self):
        """All that it has noted of what was done until now."""
        self._marks += 1
        mark = f"SELECT 'mark {self._marks} of {os.getpid()}'"
        self.sql(mark)
        assert self._process.err.wait_for(re.escape(mark)), \
            "it does not note its statements:\n" + self._process.err.text()
        return self._process.err.text()

    def freeze(self):
        """Nothing of it runs, and its connections stay open."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number):
        """To the server, so that it starts no more, then to what it started."""
        pid = self._process.pid
        os.kill(pid, number)
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            for child in children.read().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), number)

    def _prepare(self):
        user = _unprivileged_user()
        self._as_user = {}
        if user:
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid,
                             "extra_groups": []}
        subprocess.run(
            [program("initdb"), "-D", self._folder + "/data", "-U", "postgres",
             "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"],
            check=True, capture_output=True, text=True, cwd=self._folder,
            **self._as_user)

    def _start(self):
        said = ""
        for _ in range(STARTS_MAX):
            port = free_port()
            self._process = self._server(port)
            if self._process.err.wait_for("ready to accept connections"):
                self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"
                return
            self._process.stop(signal.SIGINT)
            said = self._process.err.text()
        raise RuntimeError("PostgreSQL does not start:\n" + said)

    def _server(self, port):
        options = {**self._settings, "port": port,
                   "unix_socket_directories": self._folder}
        words = [program("postgres"), "-D", self._folder + "/data"]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        return Process(words, cwd=self._folder, **self._as_user)


@contextlib.contextmanager
def running():
    """The server the environment names, or a cluster for this run."""
    url = os.environ.get(ENVIRONMENT)
    if url:
        yield Server(url)
        return
    scratch.clear_leftovers()
    with Cluster(UNFLUSHED, below=scratch.folder()) as cluster:
        yield cluster


def migrate(program, address):
    """Makes all tables in a database of either engine."""
    done = subprocess.run([program, "migrate", "--database", address],
                          capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise RuntimeError(f"{program} migrate: {done.stderr.strip()}")


def program(name):
    """Its own path: the one of that name in /usr/bin is a script that looks
    for it, which takes longer than most statements."""
    return os.path.join(_program_folder(), name)


@functools.cache
def _program_folder():
    return subprocess.run(["pg_config", "--bindir"], check=True,
                          capture_output=True, text=True).stdout.strip()


def _unprivileged_user():
    """PostgreSQL refuses to run as root. None when we are not root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("no user postgres or nobody to run PostgreSQL as")
