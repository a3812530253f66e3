"""The server's test clock: moved, never waited for."""

import re

UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def milliseconds(text):
    """"1h 30m", "2d", "15s" in milliseconds."""
    parts = re.findall(r"(\d+)\s*(ms|s|m|h|d)", text)
    rest = re.sub(r"(\d+)\s*(ms|s|m|h|d)", "", text).strip()
    if not parts or rest:
        raise ValueError(f"not a duration: {text!r}")
    return sum(int(count) * UNITS[unit] for count, unit in parts)


class Clock:
    def __init__(self, client):
        self._client = client
        self.moved_ms = 0

    def advance(self, duration):
        """Moves the clock; returns when the jobs that became due have run.
        What is due already runs before: a mail that is to be written now is
        not written in an hour, when it is wanted no more."""
        by_ms = milliseconds(duration)
        if by_ms > 0:
            self._move(0)
        return self._move(by_ms)

    def _move(self, by_ms):
        answer = self._client.post("/test/clock", {"advance_ms": by_ms})
        answer.expect(200, 204)
        self.moved_ms += by_ms
        return answer.json

    def leap(self, duration):
        """What moves the clock and waits for nothing, for a test that sends
        it itself."""
        by_ms = milliseconds(duration)
        self.moved_ms += by_ms
        return {"advance_ms": by_ms, "settle": False}
