"""What is measured, and where: the program built for speed, databases that
are empty or hold a million leads, a workspace with people and rules.

The filled databases are kept in build/bench-data, by the hash of the schema:
to fill one takes minutes.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "test"))
from support.postgres import Cluster  # noqa: E402
from support.process import Process  # noqa: E402

FAST = PROJECT / "build-bench"
DATA = PROJECT / "build" / "bench-data"
BATON = FAST / "baton"
LOADGEN = FAST / "test" / "load" / "loadgen"
CEILING = FAST / "test" / "load" / "ceiling"

FILLED_LEADS = 1_000_000
FILL_VERSION = "3"  # another one: what was kept is filled anew
FILL_BATCH = 500
INDEX_POLL_S = 2
SLUG = "bench"
REPS = 10


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


def build():
    """The program as it is delivered: optimised, asserts on."""
    if not (FAST / "build.ninja").exists():
        _quietly("meson", "setup", FAST, PROJECT, "-Dbuildtype=release",
                 "-Doptimization=3", "-Db_ndebug=false")
    targets = [str(p.relative_to(FAST)) for p in (BATON, LOADGEN, CEILING)]
    _quietly("ninja", "-C", FAST, *targets)


def _quietly(*words):
    done = subprocess.run([str(w) for w in words], cwd=PROJECT,
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {words[0]} failed\n{done.stdout[-4000:]}"
                 f"{done.stderr[-4000:]}")


# Databases: an engine gives addresses of new ones, empty or filled.


class Sqlite:
    name = "sqlite"

    def __init__(self):
        self._folder = None
        self._count = 0

    def __enter__(self):
        DATA.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="run-", dir=DATA))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._folder, ignore_errors=True)

    def empty(self):
        self._count += 1
        return str(self._folder / f"{self._count}.db")

    def copy(self, address):
        """A copy of a database that no server has open; on the disk, so that
        the first flush of who is measured is not of the whole copy."""
        to = self.empty()
        for end in ("", "-wal"):
            if os.path.exists(address + end):
                shutil.copyfile(address + end, to + end)
                with open(to + end, "rb") as file:
                    os.fsync(file.fileno())
        return to

    def drop(self, address):
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(address + end)

    def sql(self, text, address):
        """Of a database that a server may have open; its rows."""
        with contextlib.closing(sqlite3.connect(address, timeout=30)) as database:
            rows = database.execute(text).fetchall()
            database.commit()
        return rows

    def has_filled(self):
        return self._kept().exists()

    def keep_filled(self, address):
        with contextlib.closing(sqlite3.connect(address)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for old in DATA.glob("leads-*.db"):
            old.unlink()
        os.replace(address, self._kept())

    def filled(self):
        return self.copy(str(self._kept()))

    def _kept(self):
        return DATA / f"leads-{schema_hash()}.db"


class Postgres(Cluster):
    """A cluster whose data folder stays, with the filled database in it."""

    name = "postgres"

    def __init__(self):
        super().__init__({"shared_buffers": "1GB", "max_wal_size": "4GB"})
        self._count = 0

    def _prepare(self):
        kept = DATA / "postgres"
        if (kept / "PG_VERSION").exists():
            self._use(kept)
            return
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(kept)
        super()._prepare()
        DATA.mkdir(parents=True, exist_ok=True)
        shutil.move(self._folder + "/data", kept)
        os.symlink(kept, self._folder + "/data")

    def _use(self, kept):
        owner = kept.stat()
        self._as_user = {}
        if os.getuid() == 0:
            os.chown(self._folder, owner.st_uid, owner.st_gid)
            self._as_user = {"user": owner.st_uid, "group": owner.st_gid,
                             "extra_groups": []}
        with contextlib.suppress(FileNotFoundError):
            (kept / "postmaster.pid").unlink()
        os.symlink(kept, self._folder + "/data")

    def __enter__(self):
        super().__enter__()
        for (name,) in self.sql("SELECT datname FROM pg_database"
                                " WHERE datname LIKE 'run%'"):
            self.sql(f"DROP DATABASE {name}")
        return self

    def empty(self):
        return self._create("template0")

    def copy(self, address):
        return self._create(address.rpartition("/")[2])

    def drop(self, address):
        name = address.rpartition("/")[2]
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def has_filled(self):
        return bool(self.sql("SELECT 1 FROM pg_database"
                             f" WHERE datname = '{self._kept()}'"))

    def keep_filled(self, address):
        for (name,) in self.sql("SELECT datname FROM pg_database"
                                " WHERE datname LIKE 'leads%'"):
            self.sql(f"DROP DATABASE {name}")
        self.sql("VACUUM ANALYZE", address)
        self.sql(f"ALTER DATABASE {address.rpartition('/')[2]}"
                 f" RENAME TO {self._kept()}")

    def filled(self):
        return self._create(self._kept())

    def _create(self, template):
        self._count += 1
        name = f"run{self._count}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}"
                 " STRATEGY FILE_COPY")
        os.sync()  # else the first commits wait for the whole copy
        return self.url_of(name)

    def _kept(self):
        return "leads" + schema_hash()


ENGINES = {"sqlite": Sqlite, "postgres": Postgres}


def schema_hash():
    digest = hashlib.sha256(FILL_VERSION.encode())
    for file in sorted((PROJECT / "schema").glob("*.sql")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


# The server.


class Server:
    """`baton serve` on a database; its log goes to nobody unless it fails."""

    def __init__(self, database):
        self.database = database
        self.key = None

    def __enter__(self):
        began = time.monotonic()
        self.process = Process([BATON, "serve", "--listen", "127.0.0.1:0",
                                "--database", self.database])
        ready = self.process.out.wait_for(
            r"listening on http://(127\.0\.0\.1:\d+)", seconds=120)
        self.start_seconds = time.monotonic() - began
        if not ready:
            self.process.stop()
            raise RuntimeError("baton serve does not listen:\n"
                               + self.process.err.text()[-2000:])
        self.address = ready[1]
        return self

    def __exit__(self, *_):
        ran = self.process.is_running()
        code = self.process.stop(seconds=60)
        if code != 0 or not ran:
            say(f"the server ended {'' if ran else 'by itself '}"
                f"with exit code {code}:\n"
                + self.process.err.text()[-2000:])

    @contextlib.contextmanager
    def standing_still(self):
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def resident_mb(self, line="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            found = re.search(line + r":\s+(\d+) kB", status.read())
        return int(found[1]) / 1024

    def environment(self):
        return {"BATON_DATABASE": self.database}

    def cli(self, *words):
        return run_json([BATON, *words, "--json"], self.environment())


def run(words, environment=None):
    """What a program prints; its complaints are passed on when it has an
    answer all the same."""
    done = subprocess.run([str(w) for w in words], capture_output=True,
                          text=True, env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        said = f"{Path(words[0]).name}: {done.stderr.strip()[:2000]}"
        if not done.stdout.strip():
            raise RuntimeError(said)
        say(said)
    return done.stdout


def run_json(words, environment=None):
    """The object on the last line of its output."""
    return json.loads(run(words, environment).strip().splitlines()[-1])


def load(server, connections, *, first=0, **more):
    """Runs the load generator; `more` are its options."""
    words = [LOADGEN, "--address", server.address, "--key", server.key,
             "--connections", connections, "--first", first]
    for name, value in more.items():
        words += ["--" + name, value]
    return run_json(words)


def ceiling(address, **more):
    words = [CEILING, "--database", address]
    for name, value in more.items():
        words += ["--" + name] if value is None else ["--" + name, value]
    return run_json(words)


# The workspace: ten people, three pools, twenty rules.


def make_workspace(server):
    """By the command line, as an operator would."""
    server.cli("workspace", "create", "--name", SLUG)
    for number in range(REPS):
        server.cli("user", "add", "--workspace", SLUG, "--email",
                   rep(number), "--role", "rep")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(rule_set(), file)
        file.flush()
        run([BATON, "rules", "import", file.name, "--workspace", SLUG,
             "--note", "bench"], server.environment())
    add_key(server)


def add_key(server):
    """A key is shown once: a database that was copied gets another."""
    key = server.cli("key", "create", "--workspace", SLUG, "--role", "admin")
    server.key = key["key"]


def rep(number):
    return f"rep{number}@{SLUG}.test"


def rule_set():
    pools = {"asia": range(0, 4), "europe": range(3, 7),
             "world": range(0, REPS)}
    return {
        "format": "baton-rules/1",
        "rules": _rules(),
        "otherwise": {"pool": "world"},
        # So far away that leads which are kept for later runs are not late.
        "late": {"after_minutes": 525_600, "working_time": True,
                 "then": "next", "times": 1},
        "pools": [{"id": name, "name": name.title(), "strategy": "in_turn",
                   "members": [{"rep": rep(n), "weight": 1} for n in members]}
                  for name, members in pools.items()]}


def _rules():
    """Twenty: nine countries with large deals, nine products, two lists."""
    rules = []
    for country, pool in zip(
            ("KR", "JP", "SG", "AU", "IN", "DE", "GB", "FR", "BR"),
            ("asia",) * 5 + ("europe",) * 3 + ("world",)):
        rules.append((f"{country} large", pool, [
            {"field": "country", "op": "is", "value": country},
            {"field": "deal_value", "op": "at_least", "value": 90000}]))
    for number, product in enumerate(
            ("Kitchen remodel", "Office fit-out", "Solar roof", "Heat pump",
             "Fleet tracking", "Payroll", "Warehouse robots",
             "Support plan", "Helicopters")):
        rules.append((product, ("asia", "europe", "world")[number % 3], [
            {"field": "product", "op": "is", "value": product},
            {"field": "country", "op": "is_any_of",
             "value": ["US", "BR", "IN"]}]))
    rules.append(("Asia", "asia", [
        {"field": "country", "op": "is_any_of",
         "value": ["KR", "JP", "SG", "IN"]}]))
    rules.append(("Europe", "europe", [
        {"field": "country", "op": "is_any_of",
         "value": ["DE", "GB", "FR"]}]))
    return [{"id": f"rule-{number}", "name": name, "enabled": True,
             "when": {"all": conditions}, "give_to": {"pool": pool}}
            for number, (name, pool, conditions) in enumerate(rules, 1)]


# A million leads, taken by the product itself.


def wait_for_index(engine, address):
    """It follows the leads by minutes; a search of what is not indexed yet
    would find next to nothing, and be quick."""
    while True:
        ((behind,),) = engine.sql(
            "SELECT (SELECT MAX(id) FROM timeline)"
            " - (SELECT MAX(timeline_id) FROM lead_search_mark)", address)
        if behind is not None and str(behind) == "0":
            return
        time.sleep(INDEX_POLL_S)


def fill(engine):
    if engine.has_filled():
        return
    say(f"{engine.name}: storing {FILLED_LEADS:,} leads, once for this schema")
    began = time.monotonic()
    address = engine.empty()
    with Server(address) as server:
        make_workspace(server)
        result = load(server, 4, batch=FILL_BATCH,
                      count=FILLED_LEADS // FILL_BATCH)
        said = server.process.err.text()[-2000:]
        if result["leads"] != FILLED_LEADS:
            raise RuntimeError(f"only {result['leads']} leads were taken:\n"
                               + said)
        say(f"{engine.name}: waiting for their texts to be indexed")
        wait_for_index(engine, address)
    engine.keep_filled(address)
    say(f"{engine.name}: stored in {time.monotonic() - began:.0f} s")
