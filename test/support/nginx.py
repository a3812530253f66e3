"""nginx in front of servers, with the sample settings of etc/nginx.conf."""

import os
import re
import shutil
import socket
import time
from pathlib import Path

from support.ports import free_port
from support.process import Process

SAMPLE = Path(__file__).resolve().parents[2] / "etc" / "nginx.conf"


class Nginx:
    """Listens on a free port of loopback; ended by its process id."""

    def __init__(self, folder, servers):
        self.folder = Path(folder) / "nginx"
        self.servers = servers
        self.process = None
        self.address = None

    def __enter__(self):
        port = free_port()
        self.folder.mkdir()
        (self.folder / "site.conf").write_text(self._site(port))
        (self.folder / "nginx.conf").write_text(self._main())
        self.process = Process([
            _program(), "-p", str(self.folder), "-e", "stderr",
            "-c", "nginx.conf", "-g", "daemon off;"])
        self.address = f"http://127.0.0.1:{port}"
        _wait_for(port, self.process)
        return self

    def __exit__(self, *_):
        self.process.stop()

    def _site(self, port):
        """The sample, without TLS, on our ports."""
        text = SAMPLE.read_text()
        text = re.sub(r"\n *server 127\.0\.0\.1:8080;", "".join(
            f"\n    server {server.address.removeprefix('http://')};"
            for server in self.servers), text)
        text = re.sub(r"listen 443[^;]*;", f"listen 127.0.0.1:{port};", text)
        text, gone = re.subn(r"\n *ssl_certificate[^;]*;[^\n]*", "", text)
        assert gone == 2, "the sample has changed: see its ssl_ lines"
        return text

    def _main(self):
        folders = "".join(
            f"    {kind}_temp_path {self.folder}/{kind};\n" for kind in
            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        # Its workers write into our folder, which is ours alone.
        first = "user root;\n" if os.getuid() == 0 else ""
        return (f"{first}pid {self.folder}/pid;\nworker_processes 1;\n"
                "events {}\nhttp {\n    access_log off;\n"
                f"{folders}    include {self.folder}/site.conf;\n}}\n")


def _program():
    found = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    assert found, "nginx is missing: script/bootstrap --for-test installs it"
    return found


def _wait_for(port, process, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.is_running():
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
    process.stop()
    raise AssertionError("nginx does not listen:\n" + process.err.text())
