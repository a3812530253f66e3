"""Mail as its receivers see it: a mail server beside the test, ended by its
process id, and the mails it was given."""

import email
import email.policy
import json
import re
import smtplib
import sys
import time
from pathlib import Path

from support.process import Process

# Whose mail it is says its last line, when it is to an owner.
SENT_FOR = re.compile(r"Sent by Baton for (.+)\. Which|^(.+)의 Baton이", re.M)
MARK = "@mark.mailbox.test"
SERVER = Path(__file__).with_name("mail_server.py")


class Mail:
    """One mail as it came."""

    def __init__(self, entry):
        self.sender = entry["from"]
        [self.to] = entry["to"]
        self.raw = entry["message"]
        self._message = email.message_from_string(
            self.raw, policy=email.policy.default)

    def __getitem__(self, header):
        return self._message[header]

    @property
    def subject(self):
        return self["Subject"]

    @property
    def text(self):
        return self._part("plain")

    @property
    def html(self):
        return self._part("html")

    @property
    def workspace(self):
        """Its name, or None."""
        found = SENT_FOR.search(self.text)
        return found and (found[1] or found[2])

    def _part(self, kind):
        part = self._message.get_body((kind,))
        return part.get_content() if part else None

    def __repr__(self):
        return f"<{self.to}: {self.subject}>"


class Mailbox:
    """All mails, whomever they are to."""

    def start(self):
        self._process = Process([sys.executable, SERVER])
        ready = self._process.out.wait_for(r'"port": (\d+)')
        assert ready, self._process.err.text()
        self._port = int(ready[1])
        self.url = f"smtp://127.0.0.1:{self._port}"
        self._seen = 1
        self._marks = 0
        self._company = None
        return self

    def forget(self):
        """What has come so far is another test's."""
        self._read_on()
        self._seen = len(self._process.out.lines)
        self._company = None

    def only(self, company):
        """Mails to owners of other companies are another test's: clocks go on
        in the town."""
        self._company = company.name

    def stop(self):
        assert self._process.stop() == 0, self._process.err.text()

    def all(self, to=None):
        """Whatever the mail server has answered for is among them."""
        self._read_on()
        entries = map(json.loads, self._process.out.lines[self._seen:])
        return [mail for mail in map(Mail, entries)
                if (to is None or mail.to == to)
                and not mail.to.endswith(MARK)
                and self._company in (None, mail.workspace or self._company)]

    def _read_on(self):
        """Up to now: a mail of our own is printed behind all others."""
        self._marks += 1
        mark = f"{self._marks}{MARK}"
        with smtplib.SMTP("127.0.0.1", self._port, timeout=60) as server:
            server.sendmail("reader@mailbox.test", [mark], "\r\n")
        assert self._process.out.wait_for(f'"to": \\["{re.escape(mark)}"'), (
            self._process.err.text())

    def wait_for(self, count, to=None, seconds=60):
        """The mails to an address (to all), as soon as there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.all(to)) < count and time.monotonic() < deadline:
            seen = len(self._process.out.lines)
            self._process.out.wait_for_more(
                seen, max(0, deadline - time.monotonic()))
        got = self.all(to)
        assert len(got) >= count, f"{len(got)} of {count} mails came: {got}"
        return got
