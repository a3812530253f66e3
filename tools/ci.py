"""The checks of .ci/run, after the build: each is a command, run to its end
and timed. A failed check never stops the others, and its output is shown.

Stories wait for their servers more than they work, so what only works (the
compilers and the analyzer) goes on beside them, with what they leave of the
machine. Fuzzing is bounded by time, so it comes last and has it to itself.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
WEB_SCRIPTS = ["lint", "typecheck", "build"]  # script/test runs its tests

SANITIZED = "build-asan"
SANITIZED_SETUP = [
    "meson", "setup", SANITIZED, "-Dwerror=true", "-Doptimization=1",
    "-Db_sanitize=address,undefined", "-Db_lundef=false"]
CLANG = {"CC": "clang", "CXX": "clang++"}
BEHIND = ["nice", "-n", "15"]  # gives way to the stories


class Tally:
    """May be used by several threads."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self._lock = threading.Lock()

    def add(self, passed, failed, skipped, failure=None):
        with self._lock:
            self.passed += passed
            self.failed += failed
            self.skipped += skipped
            self.failures += [failure] if failure else []

    def check(self, name, *command, **options):
        """Runs a command that passes or fails as a whole."""
        started = time.monotonic()
        done = run(*command, capture_output=True, **options)
        ok = done.returncode == 0
        if not ok:
            print(f"== {name}\n{done.stdout}{done.stderr}")
        self.add(ok, not ok, 0, failure=None if ok else name)
        say(name, ok, started)
        return ok

    def skip(self, name, reason):
        self.add(0, 0, 1)
        print(f"== {name}: skipped: {reason}", flush=True)

    def tests(self, name, *command):
        """Runs a command that ends with a line of counts, in the open."""
        started = time.monotonic()
        print(f"== {name}", flush=True)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                              errors="replace") as process:
            counts = None
            for line in process.stdout:
                print(line, end="", flush=True)
                counts = COUNTS.match(line) or counts
        code = process.returncode
        passed, failed, skipped = map(int, counts.groups()) if counts else (
            0, 1, 0)
        if code != 0 and failed == 0:
            failed = 1
        self.add(passed, failed, skipped, failure=name if failed else None)
        say(name, not failed, started)

    def finish(self):
        if self.failures:
            print("failed: " + ", ".join(self.failures))
        print(f"{self.passed} passed, {self.failed} failed, "
              f"{self.skipped} skipped", flush=True)
        return 1 if self.failed else 0


def main():
    os.chdir(PROJECT)
    tally = Tally()
    tally.add(1, 0, 0)  # the build by gcc, without a warning
    with ThreadPoolExecutor() as beside:
        lanes = [beside.submit(lane, tally)
                 for lane in (check_tests, check_code)]
    for lane in lanes:
        lane.result()
    check_fuzz(tally)
    return tally.finish()


def check_tests(tally):
    tally.tests("tests", "script/test")


def check_code(tally):
    check_style(tally)
    check_sanitized(tally)
    tally.check("clang-tidy", *BEHIND, "tools/clang_tidy")
    check_web(tally)


def check_style(tally):
    tally.check("tidy finds its bad examples", *BEHIND, "tools/tidy",
                "--tests")
    for line in run("tools/tidy", "--list",
                    capture_output=True).stdout.splitlines():
        tally.check("tidy: " + " ".join(line.split()[1:]),
                    *BEHIND, "tools/tidy", line.split()[0])


def check_sanitized(tally):
    """Built by clang, the second compiler: no warning there either."""
    if not Path(SANITIZED, "build.ninja").exists():
        done = run(*SANITIZED_SETUP, capture_output=True,
                   env={**os.environ, **CLANG})
        print(done.stdout + done.stderr if done.returncode else "", end="")
    if tally.check("build by clang with sanitizers", *BEHIND, "ninja",
                   "--quiet", "-C", SANITIZED):
        tally.check("C tests with sanitizers", *BEHIND, sys.executable,
                    "tools/run_tests.py", "--c-only", "--build", SANITIZED)
    else:
        tally.skip("C tests with sanitizers", "they were not built")


def check_fuzz(tally):
    if Path("test/fuzz/run.sh").exists():
        tally.check("fuzzing", "test/fuzz/run.sh")
    else:
        tally.skip("fuzzing", "there is no test/fuzz/run.sh yet")


def check_web(tally):
    """bootstrap has installed the packages; what to run, package.json says."""
    package = Path("web/package.json")
    if not package.exists():
        return
    if not shutil.which("npm"):
        tally.skip("web", "npm is missing")
        return
    known = json.loads(package.read_text()).get("scripts", {})
    for name in WEB_SCRIPTS:
        if name in known:
            tally.check(f"web: {name}", "npm", "run", "--silent", name,
                        cwd="web")


def run(*command, **options):
    return subprocess.run(command, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, **options)


def say(name, ok, started):
    print(f"== {name}: {'passed' if ok else 'FAILED'}, "
          f"{time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
