"""What the clients were told, and whether the database agrees.

`Told` is the clients' own record: only what was acknowledged stands in it.
`check` compares it with the tables, read without the server, and looks for
rows that break a promise. Each promise is a query that must find nothing.
"""

import sqlite3
import threading

from support.postgres import Server
from support.stored import number_of

PROMISES = {
    "a lead has exactly one open assignment, and it is its owner's": """
        SELECT l.id FROM lead l LEFT JOIN assignment a
            ON a.workspace_id = l.workspace_id AND a.lead_id = l.id
           AND a.ended_ms IS NULL
         GROUP BY l.workspace_id, l.id, l.owner_kind, l.owner_id
        HAVING count(a.id) <> 1 OR min(a.owner_id) <> l.owner_id
            OR min(a.owner_kind) <> l.owner_kind""",
    "an assignment has its lead": """
        SELECT a.id FROM assignment a LEFT JOIN lead l
            ON l.workspace_id = a.workspace_id AND l.id = a.lead_id
         WHERE l.id IS NULL""",
    "a change of owner is counted once": """
        SELECT l.id FROM lead l JOIN assignment a
            ON a.workspace_id = l.workspace_id AND a.lead_id = l.id
         GROUP BY l.workspace_id, l.id, l.owner_version
        HAVING count(*) <> l.owner_version""",
    "an owner's time ends when the next one's begins": """
        SELECT id FROM (
            SELECT id, ended_ms, lead(begun_ms) OVER (
                PARTITION BY workspace_id, lead_id
                ORDER BY number) AS next_ms
              FROM assignment) AS periods
         WHERE COALESCE(ended_ms, -1) <> COALESCE(next_ms, -1)""",
    "owners are numbered from 1": """
        SELECT lead_id FROM assignment GROUP BY workspace_id, lead_id
        HAVING min(number) <> 1 OR max(number) <> count(*)
            OR count(DISTINCT number) <> count(*)""",
    "an assignment by routing has its decision": """
        SELECT a.id FROM assignment a LEFT JOIN decision d
            ON d.workspace_id = a.workspace_id AND d.id = a.decision_id
         WHERE a.decision_id IS NOT NULL
           AND (d.id IS NULL OR d.lead_id <> a.lead_id
                OR d.owner_id <> a.owner_id)""",
    "the credits of the ledger add up to 0": """
        SELECT workspace_id, sum(credit) FROM ledger
         GROUP BY workspace_id, group_id HAVING sum(credit) <> 0""",
    "turns are the assignments that routing made": """
        SELECT p.id, p.name, COALESCE(g.turns, 0), COALESCE(a.given, 0)
          FROM person p
          LEFT JOIN ledger g ON g.workspace_id = p.workspace_id
                            AND g.person_id = p.id
          LEFT JOIN (SELECT workspace_id, owner_id, count(*) AS given
                       FROM assignment
                      WHERE owner_kind = 'rep' AND decision_id IS NOT NULL
                      GROUP BY workspace_id, owner_id) AS a
            ON a.workspace_id = p.workspace_id AND a.owner_id = p.id
         WHERE COALESCE(g.turns, 0) <> COALESCE(a.given, 0)""",
    "the ledger counts the open leads of everybody": """
        SELECT p.id, p.name, COALESCE(g.open_leads, 0), COALESCE(l.held, 0)
          FROM person p
          LEFT JOIN ledger g ON g.workspace_id = p.workspace_id
                            AND g.person_id = p.id
          LEFT JOIN (SELECT workspace_id, owner_id, count(*) AS held
                       FROM lead
                      WHERE owner_kind = 'rep' AND merged_into IS NULL
                        AND stage NOT IN ('customer', 'inactive', 'unqualified')
                      GROUP BY workspace_id, owner_id) AS l
            ON l.workspace_id = p.workspace_id AND l.owner_id = p.id
         WHERE COALESCE(g.open_leads, 0) <> COALESCE(l.held, 0)""",
    "an address belongs to one lead": """
        SELECT COALESCE(email_key, email), count(*) FROM lead
         WHERE email IS NOT NULL AND merged_into IS NULL
         GROUP BY workspace_id, COALESCE(email_key, email)
        HAVING count(*) > 1""",
    "a number belongs to one lead": """
        SELECT COALESCE(phone_key, phone), count(*) FROM lead
         WHERE phone IS NOT NULL AND merged_into IS NULL
         GROUP BY workspace_id, COALESCE(phone_key, phone)
        HAVING count(*) > 1""",
    "a lead comes from a submission, and one only made it": """
        SELECT l.id FROM lead l LEFT JOIN submission s
            ON s.workspace_id = l.workspace_id AND s.lead_id = l.id
           AND s.state = 'taken'
         GROUP BY l.workspace_id, l.id HAVING count(s.id) <> 1""",
    "a submission became a lead": """
        SELECT s.id FROM submission s LEFT JOIN lead l
            ON l.workspace_id = s.workspace_id AND l.id = s.lead_id
         WHERE l.id IS NULL""",
    "a delivery came once": """
        SELECT source_id, delivery_key, count(*) FROM submission
         WHERE delivery_key IS NOT NULL
         GROUP BY workspace_id, source_id, delivery_key
        HAVING count(*) > 1""",
    "the timeline tells of every owner once": """
        SELECT l.id FROM lead l LEFT JOIN timeline t
            ON t.workspace_id = l.workspace_id AND t.lead_id = l.id
           AND t.kind = 'lead.assigned'
         GROUP BY l.workspace_id, l.id, l.owner_version
        HAVING count(t.id) <> l.owner_version""",
    "a promise not yet broken has the job that watches it": """
        SELECT id FROM lead
         WHERE response_due_ms IS NOT NULL AND late_count = 0
           AND (workspace_id, id, response_due_ms) NOT IN (
               SELECT workspace_id, lead_id, due_ms FROM job
                WHERE lead_id IS NOT NULL AND state = 0)""",
}


class Told:
    """What was acknowledged. For several threads."""

    def __init__(self):
        self.leads = {}          # id -> address of the person
        self.keys = {}           # Idempotency-Key -> ids it was answered with
        self.touches = {}        # id -> notes of acknowledged touches
        self.unsettled = []      # (path, body, key): sent, and no answer
        self.wrong = []          # answers that break a promise
        self.answers = 0
        self.counts = True       # False: what is told is not written down
        self._changed = threading.Condition()
        self._fresh = []         # leads that were not looked for yet

    def lead(self, lead_id, email):
        with self._changed:
            if not self.counts:
                return
            before = self.leads.setdefault(lead_id, email)
            if before != email:
                self.wrong.append(f"{lead_id} is {before} and {email}")
            self._fresh.append(lead_id)
            self._count()

    def keyed(self, key, ids):
        with self._changed:
            if not self.counts:
                return
            before = self.keys.setdefault(key, ids)
            if before != ids:
                self.wrong.append(f"{key} was {before} and is {ids}")

    def touch(self, lead_id, note):
        with self._changed:
            if not self.counts:
                return
            self.touches.setdefault(lead_id, []).append(note)
            self._count()

    def changed(self):
        with self._changed:
            self._count()

    def lost_answer(self, path, body, key):
        with self._changed:
            self.unsettled.append((path, body, key))
            self._changed.notify_all()

    def complain(self, text):
        with self._changed:
            self.wrong.append(text)
            self._changed.notify_all()

    def wait_for_answers(self, count, seconds=120):
        """Until so many were given since the record began. False when the
        time is over, or something is wrong."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.answers >= count or self.wrong, seconds)
            return self.answers >= count

    def take_fresh(self):
        with self._changed:
            fresh, self._fresh = self._fresh, []
            return fresh

    def _count(self):
        self.answers += 1
        self._changed.notify_all()


class Tables:
    """The database of a server, read beside it."""

    def __init__(self, baton):
        self._address = baton.database
        self._engine = baton.engine

    def rows(self, sql):
        """As lists of text, whatever the engine."""
        if self._engine == "postgres":
            return Server(self._address).sql(sql)
        connection = sqlite3.connect(f"file:{self._address}?mode=ro",
                                     uri=True, timeout=30)
        try:
            return [[str(value) for value in row]
                    for row in connection.execute(sql)]
        finally:
            connection.close()

    def change(self, sql):
        """Breaks what a test of these tests wants broken."""
        if self._engine == "postgres":
            Server(self._address).sql(sql)
            return
        connection = sqlite3.connect(self._address, timeout=30)
        with connection:
            connection.execute(sql)
        connection.close()

    def missing(self, lead_ids):
        """Those of the leads that are not stored."""
        wanted = list(lead_ids)
        found = set()
        for i in range(0, len(wanted), 500):
            some = ",".join(str(number_of(w)) for w in wanted[i:i + 500])
            found |= {int(row[0]) for row in self.rows(
                f"SELECT id FROM lead WHERE id IN ({some})")}
        return [w for w in wanted if number_of(w) not in found]

    def is_whole(self):
        """SQLite's own check of its file."""
        return self._engine != "sqlite" or \
            self.rows("PRAGMA integrity_check") == [["ok"]]


def check_acknowledged(baton, told):
    """What was acknowledged since the last time is stored."""
    assert not told.wrong, told.wrong[:5]
    missing = Tables(baton).missing(told.take_fresh())
    assert not missing, f"acknowledged and lost: {missing[:5]}"


def check(baton, told):
    """Everything that was ever acknowledged, and all promises."""
    tables = Tables(baton)
    assert not told.wrong, told.wrong[:5]
    missing = tables.missing(told.leads)
    assert not missing, f"acknowledged and lost: {missing[:5]}"
    check_touches(tables, told)
    for promise, sql in PROMISES.items():
        broken = tables.rows(sql)
        assert not broken, f"broken: {promise}: {broken[:5]}"
    assert tables.is_whole()


def check_touches(tables, told):
    stored = "\n".join(row[0] for row in tables.rows(
        "SELECT data FROM timeline WHERE kind = 'touch'"))
    lost = [note for notes in told.touches.values() for note in notes
            if note not in stored]
    assert not lost, f"acknowledged touches lost: {lost[:5]}"


def turns(baton):
    """How many leads everybody got in turn."""
    return [int(row[0]) for row in Tables(baton).rows(
        "SELECT turns FROM ledger")]
