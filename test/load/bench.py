#!/usr/bin/python3
"""Measures, and puts beside each figure what the machine could do at best.

    script/bench [capture|batch|import|burst|list|route|replay|all] ...
                 [--million] [--engine sqlite|postgres] [--seconds N]

A table goes to the screen, a list to build/bench.json. Nothing fails because
it is slow. The ceiling of capture, batch and import is a bare loop that
writes the same rows in groups of 256 (ceiling.c), measured just before and
just after, on a copy of the same database.
"""

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import place  # noqa: E402
from place import PROJECT, say  # noqa: E402

CONNECTIONS = (1, 8, 64)
BATCH_LEADS = 100
BATCH_CONNECTIONS = 8
CEILING_LEADS = 40_000
PAGE_ROWS = 50
FIRST_PERSON = 2_000_000  # behind those of the filled database
PERSONS_A_RUN = 2_000_000
BURST_LEADS = 300_000
PATTERN_ROWS = 1_000


class Run:
    """The figures of this run, and numbers of people nobody has had."""

    def __init__(self, options):
        self.options = options
        self.figures = []
        self._person = FIRST_PERSON

    def people(self):
        self._person += PERSONS_A_RUN
        return self._person - PERSONS_A_RUN

    def add(self, name, value, unit, ceiling=None, p50=None, p99=None,
            ratio=None):
        if ceiling and ratio is None:
            ratio = value / ceiling
        figure = {"name": name, "value": _short(value), "unit": unit,
                  "ceiling": _short(ceiling), "ratio": _short(ratio),
                  "p50_ms": _short(p50), "p99_ms": _short(p99)}
        self.figures.append(figure)
        print(_line(figure), flush=True)


# Capture and batch: the product under load, the bare loop before and after.


def capture(run, engine, million):
    tail = "/1M" if million else ""
    with _database(engine, million) as (server, beside):
        for connections in (64,) if million else CONNECTIONS:
            ceiling = _Ceiling(engine, beside, server)
            result = place.load(server, connections, first=run.people(),
                                seconds=run.options.seconds,
                                warm=20 * connections)
            _add_load(run, f"capture/{engine.name}/{connections}{tail}",
                      result, ceiling.again())


def batch(run, engine, million):
    tail = "/1M" if million else ""
    with _database(engine, million) as (server, beside):
        ceiling = _Ceiling(engine, beside, server)
        result = place.load(server, BATCH_CONNECTIONS, first=run.people(),
                            batch=BATCH_LEADS, seconds=run.options.seconds,
                            warm=BATCH_CONNECTIONS)
        _add_load(run, f"batch/{engine.name}{tail}", result, ceiling.again())
        run.add(f"memory/{engine.name}/after-load{tail}",
                server.resident_mb(), "MB")


class _database:
    """A server on a database with or without a million leads, and a copy of
    that database (with some leads at least, as a pattern) for the ceiling."""

    def __init__(self, engine, million, add_pattern=None):
        self.engine = engine
        self.million = million
        self.add_pattern = add_pattern or _capture_pattern

    def __enter__(self):
        engine = self.engine
        if self.million:
            place.fill(engine)
            self.address = engine.filled()
            self.beside = engine.filled()
        else:
            self.address = engine.empty()
            with place.Server(self.address) as server:
                place.make_workspace(server)
                self.add_pattern(server)
            self.beside = engine.copy(self.address)
        self.server = place.Server(self.address).__enter__()
        place.add_key(self.server)
        return self.server, self.beside

    def __exit__(self, *_):
        self.server.__exit__()
        self.engine.drop(self.address)
        self.engine.drop(self.beside)


def _capture_pattern(server):
    """So many that a server which ends writes their keys: the ceiling shall
    write all rows of a lead."""
    place.load(server, 8, count=1000)


class _Ceiling:
    """The mean of a measurement now and one when the work is done. The server
    stands still meanwhile: after a flood it has much to catch up on."""

    def __init__(self, engine, address, server):
        self.engine = engine
        self.address = address
        self.server = server
        self.before = self._measure()

    def again(self):
        return statistics.mean((self.before, self._measure()))

    def _measure(self):
        """Each time on a database of the same size."""
        with self.server.standing_still():
            address = self.engine.copy(self.address)
            result = place.ceiling(address, leads=CEILING_LEADS)
            self.engine.drop(address)
        return result["leads_a_second"]


def _add_load(run, name, result, ceiling):
    if result["failed"] or result["without_owner"] or \
            set(result["statuses"]) - {"200", "201"}:
        say(f"{name}: not all leads were taken: {result['statuses']},"
            f" {result['without_owner']} without owner,"
            f" {result['failed']} failed")
    run.add(name, result["leads_a_second"], "leads/s", ceiling,
            result["p50_ms"], result["p99_ms"])


# Import: a file by the command line.


def import_file(run, engine, million):
    rows = place.FILLED_LEADS if million else 50_000
    tail = "/1M" if million else ""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "leads.csv"
        few = Path(folder) / "few.csv"
        _write_csv(file, rows, run.people())
        _write_csv(few, PATTERN_ROWS, run.people())

        def import_pattern(server):
            _capture_pattern(server)
            _import(server, few)

        with _database(engine, False, import_pattern) as (server, beside):
            ceiling = _Ceiling(engine, beside, server)
            seconds, peak_mb = _import(server, file)
            ceiling = ceiling.again()
        run.add(f"import/{engine.name}{tail}", rows / seconds, "leads/s",
                ceiling)
        run.add(f"memory/{engine.name}/import{tail}", peak_mb, "MB")


def _import(server, file):
    """Seconds it took, and the most memory the command had."""
    words = [place.BATON, "import", "leads", file, "--workspace", place.SLUG,
             "--source", "bench", "--json"]
    began = time.monotonic()
    child = subprocess.Popen(
        [str(w) for w in words], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
        env={**os.environ, "BATON_DATABASE": server.database})
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - began
    if status != 0:
        raise RuntimeError("baton import: " + said[:500])
    return seconds, usage.ru_maxrss / 1024


def _write_csv(file, rows, first):
    chance = random.Random(1)
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("name", "email", "phone", "company", "country",
                         "product", "deal_value", "message"))
        for number in range(first, first + rows):
            writer.writerow((
                f"Person {number}", f"person{number}@example.test",
                f"+8210{20000000 + number:08d}",
                f"Company {number % 5000}", chance.choice(("KR", "JP", "DE")),
                chance.choice(("Payroll", "Heat pump", "Solar roof")),
                chance.randrange(5, 1000) * 100,
                "We are looking for an offer for our new site. Mornings suit"
                " me best, please call before the end of the month."))


# A burst: promises that are all overdue when the server starts, and capture
# beside the jobs that work them off.


def burst(run, engine, _):
    with _database(engine, False) as (server, _beside):
        place.load(server, 4, batch=place.FILL_BATCH, first=run.people(),
                   count=BURST_LEADS // place.FILL_BATCH)
        quiet = place.load(server, 64, first=run.people(),
                           seconds=run.options.seconds)
        server.__exit__()
        _make_overdue(engine, server.database)
        server.__enter__()
        beside = _worked_off(engine, server.database, lambda: place.load(
            server, 64, first=run.people(), seconds=run.options.seconds))
        alone = _worked_off(engine, server.database,
                            lambda: time.sleep(run.options.seconds))
    _add_load(run, f"burst/{engine.name}/64", beside.answer,
              quiet["leads_a_second"])
    run.add(f"burst/{engine.name}/jobs/64", beside.jobs_a_second, "jobs/s")
    run.add(f"burst/{engine.name}/jobs", alone.jobs_a_second, "jobs/s")


class _worked_off:
    """What became of the burst while something else was done."""

    def __init__(self, engine, address, do):
        before, began = _overdue(engine, address), time.monotonic()
        self.answer = do()
        seconds, left = time.monotonic() - began, _overdue(engine, address)
        if not left:
            say(f"burst/{engine.name}: it was over too soon to be measured")
        self.jobs_a_second = (before - left) / seconds


def _make_overdue(engine, address):
    """As after a stop of a year."""
    engine.sql("UPDATE lead SET response_due_ms = created_ms + 1",
               address)
    engine.sql("UPDATE job SET due_ms = created_ms + 1"
               " WHERE kind = 'lead.late'", address)


def _overdue(engine, address):
    ((count,),) = engine.sql(
        "SELECT COUNT(*) FROM job WHERE kind = 'lead.late'"
        f" AND due_ms < {int(time.time() * 1000)}", address)
    return int(count)


# Lists: always with a million leads stored.


def lists(run, engine, _):
    place.fill(engine)
    address = engine.filled()
    _start(run, engine, address)
    with place.Server(address) as server:
        place.add_key(server)
        page = place.ceiling(address, pages=500)
        paths_of = _list_paths()
        for kind, paths in paths_of.items():
            _measure_list(run, f"{kind}/{engine.name}/1M", server, paths, page)
        _leave_index_behind(engine, address)
        _measure_list(run, f"search/behind/{engine.name}/1M", server,
                      paths_of["search"], page)
    engine.drop(address)


def _leave_index_behind(engine, address):
    """As in a flood: more is behind its mark than a search looks at. Nothing
    is written, so it stays there."""
    engine.sql("UPDATE lead_search_mark SET timeline_id = 0", address)


def _measure_list(run, name, server, paths, page):
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        result = place.load(server, 1, paths=file.name,
                            seconds=run.options.seconds, warm=len(paths))
    if set(result["statuses"]) - {"200"}:
        say(f"{name}: answers were {result['statuses']}")
        return
    run.add(name, result["requests_a_second"], "requests/s",
            page["pages_a_second"], result["p50_ms"], result["p99_ms"])


def _start(run, engine, address):
    seconds = []
    for _ in range(5):
        with place.Server(address) as server:
            seconds.append(server.start_seconds)
            resident = server.resident_mb()
    run.add(f"start/{engine.name}/1M", statistics.median(seconds), "s")
    run.add(f"memory/{engine.name}/rest/1M", resident, "MB")


def _list_paths():
    def path(**query):
        return "/api/v1/leads?" + urlencode({**query, "limit": PAGE_ROWS})

    def condition(country, least):
        return json.dumps({"all": [
            {"field": "country", "op": "is", "value": country},
            {"field": "deal_value", "op": "at_least", "value": least}]},
            separators=(",", ":"))

    countries = ("KR", "JP", "US", "DE", "GB", "FR", "SG", "AU", "IN", "BR")
    return {
        "list": [path(filter=condition(country, least), sort=sort)
                 for country in countries for least in (0, 50000, 99000)
                 for sort in ("-created_at", "-score")],
        "list/newest": [path(sort="-created_at")],
        "search": [path(q=text) for text in
                   ("minji", "hanbit", "김민", "민지", "suzuki", "oakfield",
                    "haruto.tanaka", "logistics 21")],
    }


# Past leads through the rules once more: the decisions alone, held against
# giving out turns, and all of it, held against reading their records.


def route(run, engine, _):
    done, ceiling, _ = _replay(engine)
    seconds = done["processor_ms"] / 1000
    run.add(f"route/{engine.name}/1M", done["leads"] / seconds,
            "leads/cpu-s", ceiling["turns_a_second"])


def replay(run, engine, _):
    done, ceiling, seconds = _replay(engine)
    if done["changed"]:
        say(f"replay/{engine.name}: {done['changed']} leads have another owner")
    run.add(f"replay/{engine.name}/1M", done["leads"] / seconds, "leads/s",
            ceiling["records_a_second"])


def _replay(engine):
    place.fill(engine)
    address = engine.filled()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(place.rule_set(), file)
        file.flush()
        before = place.ceiling(address, records=None)
        began = time.monotonic()
        done = place.run_json([
            place.BATON, "rules", "replay", file.name, "--workspace",
            place.SLUG, "--days", 90, "--json"], {"BATON_DATABASE": address})
        seconds = time.monotonic() - began
        after = place.ceiling(address, records=None)
    engine.drop(address)
    return done, {name: statistics.mean((before[name], after[name]))
                  for name in before}, seconds


# The command.

WORK = {"capture": capture, "batch": batch, "import": import_file,
        "burst": burst, "list": lists, "route": route, "replay": replay}


def main():
    options = _options()
    place.build()
    run = Run(options)
    print(_heading(), flush=True)
    for name in options.engine or place.ENGINES:
        with place.ENGINES[name]() as engine:
            for what, million in _plan(options):
                try:
                    WORK[what](run, engine, million)
                except RuntimeError as error:
                    say(f"{what}/{name}: not measured: {error}")
    _keep(run.figures)


def _options():
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("what", nargs="*", metavar="WHAT", default=["all"],
                        help=", ".join((*WORK, "all")))
    parser.add_argument("--million", action="store_true",
                        help="also with a million leads stored")
    parser.add_argument("--engine", action="append", choices=place.ENGINES)
    parser.add_argument("--seconds", type=int, default=5,
                        help="of load for each figure")
    options = parser.parse_args()
    unknown = set(options.what) - set(WORK) - {"all"}
    if unknown:
        parser.error("there is nothing called " + ", ".join(unknown))
    return options


def _plan(options):
    """(what, with a million leads) in the order of doing."""
    every = "all" in options.what
    for what in WORK:
        if not every and what not in options.what:
            continue
        if what in ("list", "route", "replay"):
            yield what, True
            continue
        yield what, False
        if what == "burst":
            continue
        if every or options.million:
            yield what, True


def _keep(figures):
    file = PROJECT / "build" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(figures, indent=1) + "\n")


def _short(number):
    """Three digits are more than the machine can repeat."""
    if number is None:
        return None
    return round(number) if number >= 1000 else float(f"{number:.3g}")


COLUMNS = (("name", 30), ("value", 9), ("unit", 11), ("ceiling", 9),
           ("ratio", 7), ("p50_ms", 8), ("p99_ms", 8))


def _heading():
    return "".join(f"{name:<{width}}" if name in ("name", "unit")
                   else f"{name:>{width - 1}} " for name, width in COLUMNS)


def _line(figure):
    def cell(name, width):
        value = "" if figure[name] is None else figure[name]
        if isinstance(value, str):
            return f"{value:<{width}}"
        text = f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
        return f"{text:>{width - 1}} "

    return "".join(cell(name, width) for name, width in COLUMNS)


if __name__ == "__main__":
    main()
