"""A small HTTP client: one kept-alive connection, JSON in and out."""

import http.client
import json
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes = field(repr=False)

    @property
    def json(self):
        """The body as JSON; None when it is something else."""
        kind = self.headers.get("content-type", "")
        if "json" not in kind.partition(";")[0]:
            return None
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def expect(self, *statuses):
        """Itself, when its status is one of these; else the test fails and
        shows what was answered."""
        assert self.status in statuses, (
            f"expected {' or '.join(map(str, statuses))}, "
            f"was answered {self.status}: {self.text[:2000]}")
        return self


class Client:
    """Speaks to one server as one caller. Not for several threads: `with_key`
    gives another client."""

    def __init__(self, address, key=None, timeout=120):
        parts = urlsplit(address)
        self.address = address
        self.key = key
        self.timeout = timeout
        self._host = parts.netloc
        self._connection = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=timeout)

    def with_key(self, key):
        return Client(self.address, key, self.timeout)

    def request(self, method, path, json=None, *, body=None, query=None,
                headers=None, key=None, idempotency_key=None, if_match=None):
        """Sends `json` (any value), or `body` (bytes). `key` stands in for the
        client's own; "" sends none."""
        sent = self._headers(key, idempotency_key, if_match)
        if json is not None:
            body = _encode(json)
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        if query:
            path += "?" + urlencode(query)
        return self._exchange(method, path, body, sent)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, json=None, **more):
        return self.request("POST", path, json, **more)

    def put(self, path, json=None, **more):
        return self.request("PUT", path, json, **more)

    def patch(self, path, json=None, **more):
        return self.request("PATCH", path, json, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def form(self, path, fields, **more):
        """Sends fields as a browser's form does."""
        return self.request(
            "POST", path, body=urlencode(fields).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            **more)

    def close(self):
        self._connection.close()

    def _headers(self, key, idempotency_key, if_match):
        headers = {"Accept": "application/json"}
        key = self.key if key is None else key
        if key:
            headers["Authorization"] = "Bearer " + key
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        if if_match is not None:
            headers["If-Match"] = str(if_match)
        return headers

    def _exchange(self, method, path, body, headers):
        """A kept connection may have been closed by the server in the
        meantime: a question is asked once more. A change is not, because
        nobody knows whether it was made; the test sees the error."""
        kept = self._connection.sock is not None
        try:
            return self._once(method, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError):
            self._connection.close()
            if not kept or method != "GET":
                raise
            return self._once(method, path, body, headers)
        except BaseException:
            self._connection.close()
            raise

    def _once(self, method, path, body, headers):
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        headers = {k.lower(): v for k, v in response.getheaders()}
        if headers.get("content-type", "").startswith("text/event-stream"):
            response.close()  # it has no end; EventStream reads it
            self._connection.close()
            return Answer(response.status, headers, b"")
        return Answer(response.status, headers, response.read())


def _encode(value):
    return json.dumps(value, ensure_ascii=False).encode()
