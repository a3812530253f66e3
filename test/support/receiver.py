"""A web server that other people's systems stand in for: it keeps what it is
sent and can be told to fail."""

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Delivery:
    method: str
    path: str
    headers: dict  # names in lower case
    body: bytes
    status: int    # what was answered

    @property
    def json(self):
        return json.loads(self.body)


class Receiver:
    """Listens on loopback, on a free port, from `start` to `stop`."""

    def __init__(self):
        self.deliveries = []
        self._answers = []      # statuses of the next answers; then 200
        self._headers = {}
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self):
        threading.Thread(target=self._server.serve_forever,
                         kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def fail_next(self, times=1, status=500, headers=None):
        """The next deliveries are answered with this status."""
        with self._changed:
            self._answers += [status] * times
            self._headers = headers or {}

    def mend(self):
        """From now on all is answered well."""
        with self._changed:
            self._answers = []

    def wait_for(self, count=1, seconds=60):
        """The deliveries, as soon as there are this many."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(self.deliveries) < count:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            got = list(self.deliveries)
        assert len(got) >= count, f"{len(got)} of {count} deliveries came"
        return got

    def _take(self, method, path, headers, body):
        with self._changed:
            failing = bool(self._answers)
            status = self._answers.pop(0) if failing else 200
            self.deliveries.append(Delivery(
                method, path, {k.lower(): v for k, v in headers}, body, status))
            self._changed.notify_all()
            return status, (self._headers if failing else {})

    def _handler(receiver):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                status, headers = receiver._take(
                    self.command, self.path, self.headers.items(), body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        return Handler


def signature_is_right(delivery, secret):
    """As Standard Webhooks says, with this secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = ".".join([delivery.headers["webhook-id"],
                       delivery.headers["webhook-timestamp"],
                       delivery.body.decode()])
    mac = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(mac).decode()
    return wanted in delivery.headers["webhook-signature"].split(" ")
