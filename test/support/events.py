"""Reads Server-Sent Events."""

import http.client
import json
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Event:
    id: str
    topic: str
    data: str

    @property
    def json(self):
        return json.loads(self.data)


class EventStream:
    """The stream of one caller, read by a thread of its own.

        with EventStream(client) as events:
            ...
            event = events.wait_for("lead.assigned")
    """

    def __init__(self, client, path="/api/v1/events", last_event_id=None):
        address = urlsplit(client.address)
        self.events = []
        self.comments = 0       # lines that only keep the connection open
        self._changed = threading.Condition()
        self._ended = False
        self._seen = 0          # events that wait_for has given out
        self._connection = http.client.HTTPConnection(
            address.hostname, address.port, timeout=120)
        headers = {"Accept": "text/event-stream"}
        if client.key:
            headers["Authorization"] = f"Bearer {client.key}"
        if getattr(client, "cookie", None):
            headers["Cookie"] = client.cookie
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self._connection.request("GET", path, headers=headers)
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self._socket = self._connection.sock
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def wait_for(self, topic=None, seconds=60):
        """The next event of this topic (any, when None) after the last one
        that was given out."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                while self._seen < len(self.events):
                    event = self.events[self._seen]
                    self._seen += 1
                    if topic in (None, event.topic):
                        return event
                left = deadline - time.monotonic()
                assert not self._ended, f"the stream ended before {topic}"
                assert left > 0, f"no event {topic} within {seconds} s"
                self._changed.wait(left)

    def close(self):
        if self._socket:
            _shut(self._socket)
        self._thread.join(60)
        self._connection.close()

    def _read(self):
        fields = {}
        try:
            for raw in self._response:
                line = raw.decode("utf-8").rstrip("\r\n")
                if line == "":
                    self._take(fields)
                    fields = {}
                elif line.startswith(":"):
                    self.comments += 1
                else:
                    name, _, value = line.partition(":")
                    _add(fields, name, value.removeprefix(" "))
        except (OSError, http.client.HTTPException, ValueError):
            pass  # closed, by us or by the server: wait_for says so
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _take(self, fields):
        if "data" not in fields:
            return
        with self._changed:
            self.events.append(Event(fields.get("id"),
                                     fields.get("event", "message"),
                                     fields["data"]))
            self._changed.notify_all()


def _add(fields, name, value):
    """Several data lines are one text of several lines."""
    if name == "data" and "data" in fields:
        value = fields["data"] + "\n" + value
    fields[name] = value


def _shut(socket):
    try:
        socket.shutdown(2)
    except OSError:
        pass
