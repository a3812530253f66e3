"""Child processes of tests: started, watched and ended by their own id.

Nothing here sleeps: a test waits for a line of output or for an exit, with a
deadline.
"""

import ctypes
import re
import signal
import subprocess
import threading
import time

PR_SET_PDEATHSIG = 1


def _end_with_parent():
    """A child must not outlive a test run that was killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Output:
    """Collects the lines of a pipe, and lets others wait for one."""

    def __init__(self, pipe):
        self.lines = []
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(
            target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe):
        for line in pipe:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, pattern, seconds=120):
        """The match of the first line in which `pattern` is found; None when
        the output ends or the time is over before."""
        deadline = time.monotonic() + seconds
        seen = 0
        with self._changed:
            while True:
                for line in self.lines[seen:]:
                    found = re.search(pattern, line)
                    if found:
                        return found
                seen = len(self.lines)
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    return None
                self._changed.wait(left)

    def wait_for_more(self, seen, seconds):
        """Waits until there are more lines than were seen."""
        with self._changed:
            self._changed.wait_for(
                lambda: len(self.lines) > seen or self._ended, seconds)

    def close(self):
        """Waits until everything that was written has been read."""
        self._thread.join(60)

    def text(self):
        return "\n".join(self.lines)


class Process:
    """A program that runs beside the test."""

    def __init__(self, command, **options):
        self.command = [str(word) for word in command]
        self._popen = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace",
            preexec_fn=_end_with_parent, **options)
        self.pid = self._popen.pid
        self.out = Output(self._popen.stdout)
        self.err = Output(self._popen.stderr)

    def is_running(self):
        return self._popen.poll() is None

    def send(self, number):
        if self.is_running():
            self._popen.send_signal(number)

    def wait(self, seconds=120):
        """Its exit code; None when it still runs after that time."""
        try:
            code = self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.out.close()
        self.err.close()
        return code

    def stop(self, number=signal.SIGTERM, seconds=120):
        """Asks it to end. None when it had to be killed."""
        self.send(number)
        code = self.wait(seconds)
        if code is None:
            self._popen.kill()
            self.wait()
        return code
