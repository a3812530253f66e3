"""A mail server as a program of its own: listens on loopback, on a port the
system chooses, and prints what it is sent, a line of JSON a mail.

An address says what becomes of its mail: refused@... is refused for good,
later...@... the first time it is tried.
"""

import json
import signal
import sys

from aiosmtpd.controller import Controller


class Handler:
    def __init__(self):
        self.tried = set()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("refused@"):
            return "550 no such mailbox"
        if address.startswith("later") and address not in self.tried:
            self.tried.add(address)
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos,
             "message": envelope.content.decode("ascii")})
        return "250 OK"


class FreePort(Controller):
    """Asks itself whether it listens; the port is known only then."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def say(value):
    print(json.dumps(value), flush=True)


def main():
    ended = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ended)
    controller = FreePort(Handler(), hostname="127.0.0.1", port=0)
    controller.start()
    say({"port": controller.port})
    signal.sigwait(ended)
    controller.stop()


if __name__ == "__main__":
    sys.exit(main())
