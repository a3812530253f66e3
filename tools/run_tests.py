"""Runs the tests and counts them; script/test is its door.

    run_tests.py [NAME | coverage] [--build FOLDER] [--c-only]

Without a name it runs every C test, every scenario and the tests of the web
interface. A name is a folder of src/ or lib/ (its C tests), a file of
test/scenarios or test/faults (with or without test_ and .py), or `web`. One
PostgreSQL cluster serves the whole run.

The last line is `N passed, N failed, N skipped`. C tests are counted one by
one, not by program. A run in which nothing was tested has failed.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "test"))
from support import postgres, scratch  # noqa: E402

PYTEST_FOLDERS = ["test/scenarios", "test/faults", "test/support"]
JOBS = str(os.cpu_count() or 2)
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed,
                     self.skipped + other.skipped)

    def __str__(self):
        return (f"{self.passed} passed, {self.failed} failed, "
                f"{self.skipped} skipped")


def main():
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # `finally` runs
    os.chdir(PROJECT)

    build = Path(arguments.build or "build")
    name = arguments.name
    if name == "coverage":
        name = None
        build = Path("build-coverage")
        build_for_coverage(build)

    c_tests = c_tests_named(build, name)
    scenarios = [] if arguments.c_only else scenario_files(name)
    web = not arguments.c_only and name in (None, "web") and web_has_tests()
    if not c_tests and not scenarios and not web:
        print(f"no test is called {name}" if name else "there is no test")
        finish(Count(failed=1))

    with postgres.running() as server:
        os.environ[postgres.ENVIRONMENT] = server.url
        os.environ["BATON_BINARY"] = str((PROJECT / build / "baton"))
        count = Count()
        if c_tests:
            count += run_c_tests(build, c_tests)
        if scenarios:
            count += run_scenarios(scenarios)
    if web:
        count += run_web()

    if arguments.name == "coverage":
        report_coverage(build)
    finish(count)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="script/test")
    parser.add_argument("name", nargs="?")
    parser.add_argument("--build", help="the folder that meson built in")
    parser.add_argument("--c-only", action="store_true")
    return parser.parse_args()


def finish(count):
    if count.passed + count.failed == 0:
        print("nothing was tested: that is a failure")
        count.failed = 1
    print(count, flush=True)
    sys.exit(1 if count.failed else 0)


# C tests: cmocka programs, run by meson

def c_tests_named(build, name):
    """The tests of this name, or whose program's source lies in a folder of
    this name."""
    folders = {target["name"]: Path(source).parent.name
               for target in introspect("--targets", build)
               for part in target["target_sources"]
               for source in part["sources"]}
    names = {test["name"] for test in introspect("--tests", build)}
    return sorted(n for n in names
                  if name in (None, n, folders.get(n + "_test")))


def introspect(what, build):
    return json.loads(output_of(["meson", "introspect", what, build]))


def run_c_tests(build, names):
    environment = {**SANITIZERS, **os.environ,
                   "CMOCKA_MESSAGE_OUTPUT": "TAP"}
    results = build / "meson-logs" / "testlog.json"
    results.unlink(missing_ok=True)
    subprocess.run(
        ["meson", "test", "-C", build, "--no-rebuild", "--num-processes", JOBS,
         *names], env=environment, capture_output=True, text=True)

    count = Count()
    ran = [json.loads(line) for line in read_lines(results)]
    for program in sorted(ran, key=lambda p: p["name"]):
        count += report_program(program)
    for name in sorted(set(names) - {program["name"] for program in ran}):
        print(f"{name}: did not run")
        count.failed += 1
    return count


def report_program(program):
    """Prints a line for a test program; what it said when it failed."""
    output = program.get("stdout", "")
    count, skips = count_tap(output)
    if program["returncode"] != 0 and count.failed == 0:
        count.failed = 1  # it crashed, or a sanitizer spoke
    elif count == Count():
        count.passed = 1  # no cmocka program: it is one test
    print(f"{program['name']:<16} {count}  {program['duration']:.1f} s")
    for skip in skips:
        print(f"    skipped: {skip}")
    if count.failed:
        print(f"    {program['result']}, exit code {program['returncode']}")
        print_indented(failures_of(output))
        print_indented(program.get("stderr", ""))
    sys.stdout.flush()
    return count


def count_tap(output):
    """Counts `ok` and `not ok`; a test that was planned and did not report
    has failed. Also the skipped tests with what was said before them."""
    count = Count()
    planned = 0
    skips = []
    before = ""
    for line in output.splitlines():
        plan = re.match(r"1\.\.(\d+)$", line)
        result = re.match(r"(not )?ok (?:\d+)?(.*)$", line)
        if plan:
            planned += int(plan[1])
        elif result and "# SKIP" in result[2]:
            count.skipped += 1
            name = result[2].partition("# SKIP")[2].strip(" -")
            skips.append(f"{name} ({before or 'no reason given'})")
        elif result and result[1]:
            count.failed += 1
        elif result:
            count.passed += 1
        before = "" if result or plan else line.strip()
    reported = count.passed + count.failed + count.skipped
    count.failed += max(0, planned - reported)
    return count, skips


def failures_of(output):
    """The output without the tests that passed."""
    return "\n".join(line for line in output.splitlines()
                     if not re.match(r"ok |# ok|1\.\.\d", line))


# Scenarios: pytest against the real program

def scenario_files(name):
    files = [file for folder in PYTEST_FOLDERS
             for file in sorted(Path(folder).glob("**/test_*.py"))]
    if name is None:
        return files
    wanted = Path(name).name.removesuffix(".py").removeprefix("test_")
    return [f for f in files if f.stem.removeprefix("test_") == wanted]


def run_scenarios(files):
    """A process for each file, as many at a time as there are cores and one
    more: a story waits for its servers while they work."""
    started = time.monotonic()
    count = Count()
    scratch.clear_leftovers()
    with temporary_folder(scratch.folder()) as memory, \
            temporary_folder() as disk, \
            ThreadPoolExecutor(os.cpu_count() + 1) as pool:
        longest_first = sorted(files, key=lambda f: (
            not is_of_faults(f), -f.stat().st_size))
        for one in pool.map(lambda f: run_file(f, Path(
                disk if is_of_faults(f) else memory) / f.stem), longest_first):
            count += one
    print(f"{'scenarios':<16} {count}  {time.monotonic() - started:.1f} s",
          flush=True)
    return count


def is_of_faults(file):
    return "faults" in file.parts


def temporary_folder(below=None):
    return tempfile.TemporaryDirectory(prefix=scratch.prefix("tests"),
                                       dir=below)


def run_file(file, folder):
    """Prints a line for a file of tests; what it said when one failed."""
    folder.mkdir()
    report = folder / "report.xml"
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q",
         "-rs", "--tb=short", "-o", "junit_family=xunit2",
         f"--junitxml={report}", f"--basetemp={folder}/temp",
         "--rootdir=test", file], capture_output=True, text=True)
    count = count_report(report)
    if done.returncode != 0 and count.failed == 0:
        count.failed = 1  # it could not even collect them
    said = [f"{file.stem:<40} {count}  {time.monotonic() - started:.1f} s"]
    if count.failed:
        said.append(done.stdout + done.stderr)
    else:
        said += [f"    {line}" for line in done.stdout.splitlines()
                 if line.startswith("SKIPPED")]
    print("\n".join(said), flush=True)
    return count


def count_report(report):
    """Counts the cases of a report in JUnit's format."""
    if not report.exists():
        return Count(failed=1)
    count = Count()
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        outcome = {child.tag for child in case}
        if outcome & {"failure", "error"}:
            count.failed += 1
        elif "skipped" in outcome:
            count.skipped += 1
        else:
            count.passed += 1
    return count


# The web interface: its test script is vitest

def web_has_tests():
    package = Path("web/package.json")
    return package.exists() and "test" in json.loads(
        package.read_text()).get("scripts", {})


def run_web():
    with temporary_folder() as folder:
        report = Path(folder) / "report.xml"
        started = time.monotonic()
        code = subprocess.run(
            ["npm", "run", "--silent", "test", "--", "--reporter=default",
             "--reporter=junit", f"--outputFile.junit={report}"],
            cwd="web").returncode
        count = count_report(report)
    if code != 0 and count.failed == 0:
        count.failed = 1
    print(f"{'web':<16} {count}  {time.monotonic() - started:.1f} s",
          flush=True)
    return count


# Coverage

def build_for_coverage(build):
    if not (build / "build.ninja").exists():
        must(["meson", "setup", build, "-Db_coverage=true",
              "-Doptimization=0"])
    must(["ninja", "--quiet", "-C", build])
    for old in build.rglob("*.gcda"):
        old.unlink()


def report_coverage(build):
    folder = build / "coverage"
    folder.mkdir(exist_ok=True)
    print(must(["gcovr", "--root", ".", "--exclude", "test/", "--exclude",
                r".*_test\.c", "--exclude", "build", "--print-summary",
                "--html-details", folder / "index.html", build]), end="")
    print(f"in detail: {folder}/index.html")


# Small helpers

def must(command):
    """Its output; the run ends when it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
        print("this failed: " + " ".join(map(str, command)))
        finish(Count(failed=1))
    return done.stdout


def output_of(command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout


def read_lines(path):
    return path.read_text().splitlines() if path.exists() else []


def print_indented(text):
    for line in text.splitlines():
        print("    " + line)


if __name__ == "__main__":
    main()
