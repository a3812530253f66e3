"""Many do the same thing at once, on one server and on two: one person is
one lead, one key is one change, one lead has one owner, and turns stay fair.
"""

import json
import random
import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from checker import PROMISES, Tables, Told, check, turns
from load import CONNECTION_LOST, note_answer
from support.baton import Baton, binary

LOADGEN = Path(binary()).parent / "test" / "load" / "loadgen"
LEADS_EACH = 10_000
ON_TWO_SERVERS = pytest.mark.parametrize("engine", ["postgres"])

# One telephone of one person, as people write it.
SPELLINGS = ["010-2345-6789", "+82 10 2345 6789", "+821023456789",
             "(010) 2345 6789", "010 2345 6789", "+82 (0)10-2345-6789",
             "０１０－２３４５－６７８９", "01023456789"]


def at_once(count, work):
    """Calls work(0) .. work(count-1) at the same moment, each in a thread;
    what they returned, in order."""
    gate = threading.Barrier(count)
    results = [None] * count
    faults = []

    def run(number):
        try:
            gate.wait(120)
            results[number] = work(number)
        except Exception as fault:  # noqa: BLE001 (told below)
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert not faults, repr(faults[:3])
    return results


@pytest.fixture
def two(start_baton):
    """Two servers on one database, and a workspace."""
    first, second = start_baton(), start_baton()
    acme = first.workspace("Acme", people=["ana", "bo", "cy"])
    return first, second, acme


def client_of(server, acme):
    return server.client.with_key(acme.key)


def ids_of(answers):
    return {answer.json["id"] for answer in answers}


# One person

def test_two_hundred_captures_of_one_person_at_once_are_one_lead(baton):
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()

    def capture(number):
        body = {"name": f"Kim {number}", "email": "Minji@Example.test",
                "phone": SPELLINGS[number % len(SPELLINGS)], "country": "KR"}
        return client_of(baton, acme).post("/api/v1/leads", body) \
            .expect(200, 201)

    answers = at_once(200, capture)

    assert len(ids_of(answers)) == 1
    assert sorted(a.status for a in answers).count(201) == 1
    told.lead(answers[0].json["id"], "minji@example.test")
    check(baton, told)
    assert Tables(baton).rows("SELECT count(*) FROM lead") == [["1"]]
    assert Tables(baton).rows("SELECT count(*) FROM submission") == [["200"]]


@ON_TWO_SERVERS
def test_a_number_in_all_spellings_is_one_person_on_two_servers(two):
    _, _, acme = two

    answers = at_once(64, lambda i: client_of(two[i % 2], acme).post(
        "/api/v1/leads", {"phone": SPELLINGS[i // 2 % len(SPELLINGS)],
                          "country": "KR"}).expect(200, 201))

    assert len(ids_of(answers)) == 1
    assert [a.status for a in answers].count(201) == 1


# One company

@ON_TWO_SERVERS
def test_a_new_company_is_one_account_on_two_servers(two):
    """Named and by its domain alone, in turn; and its count is right."""
    first, _, acme = two

    def capture(number):
        body = {"email": f"kim{number}@hanbit{number % 3}.test"}
        if number % 2:
            body["company"] = f"Hanbit{number % 3} Inc."
        return client_of(two[number // 3 % 2], acme).post(
            "/api/v1/leads", body).expect(201)

    at_once(90, capture)

    table = Tables(first)
    assert table.rows("SELECT domain, lead_count FROM account ORDER BY 1") \
        == [[f"hanbit{i}.test", "30"] for i in range(3)]
    for server in two:
        answer = client_of(server, acme).post("/api/v1/leads", {
            "company": "hanbit1 GmbH", "name": "Lee"}).expect(201)
        lead = client_of(server, acme).get(
            f"/api/v1/leads/{answer.json['id']}").expect(200).json
        assert lead["account"]["name"] == "Hanbit1 Inc."
    assert first.cli("doctor", "--json")["ok"]


# One key

@ON_TWO_SERVERS
def test_one_key_from_many_threads_and_two_servers_is_one_lead(two):
    first, _, acme = two
    body = {"name": "Kim Minji"}  # nothing but the key says that it is one

    answers = at_once(32, lambda i: client_of(two[i % 2], acme).post(
        "/api/v1/leads", body, idempotency_key="order-1").expect(201, 409))

    taken = [a for a in answers if a.status == 201]
    assert len(ids_of(taken)) == 1
    assert len({a.body for a in taken}) == 1
    assert sum("idempotent-replay" not in a.headers for a in taken) == 1
    assert Tables(first).rows("SELECT count(*) FROM lead") == [["1"]]
    client_of(two[1], acme).post("/api/v1/leads", {"name": "Lee"},
                                 idempotency_key="order-1").expect(422)


@ON_TWO_SERVERS
def test_one_batch_from_many_threads_and_two_servers_is_stored_once(two):
    first, _, acme = two
    people = [{"name": f"Kim {i}"} for i in range(50)]

    answers = at_once(16, lambda i: client_of(two[i % 2], acme).post(
        "/api/v1/leads/batch", {"leads": people},
        idempotency_key="file-1").expect(200))

    assert len({a.body for a in answers}) == 1
    assert Tables(first).rows("SELECT count(*) FROM lead") == [["50"]]


# Turns

@ON_TWO_SERVERS
def test_turns_stay_fair_on_two_servers_with_sixteen_connections_each(two):
    first, _, acme = two

    runs = [subprocess.Popen(
        [LOADGEN, "--address", urlsplit(server.address).netloc,
         "--key", acme.key, "--connections", "16", "--warm", "0",
         "--count", str(LEADS_EACH), "--first", str(number * LEADS_EACH)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number, server in enumerate(two[:2])]
    for run in runs:
        out, err = run.communicate(timeout=300)
        assert run.returncode == 0, out + err

    counts = turns(first)
    assert sum(counts) == 2 * LEADS_EACH
    assert max(counts) - min(counts) <= 1
    check(first, Told())


def test_turns_stay_fair_when_everybody_sends_at_once(baton):
    acme = baton.workspace("Acme", people=["ana", "bo", "cy", "dan", "eve"])

    at_once(16, lambda i: [acme.baton.client.with_key(acme.key).post(
        "/api/v1/leads", {"name": f"Kim {i}"}).expect(201)
        for _ in range(13)])

    counts = turns(baton)
    assert sum(counts) == 16 * 13
    assert max(counts) - min(counts) <= 1
    check(baton, Told())


# One lead

def change_somehow(client, path, acme, chance):
    """One change, by whoever: what it was answered."""
    kind = chance.choice(["give", "give", "touch", "edit", "again"])
    version = client.get(path).expect(200).json["version"]
    if kind == "give":
        to = chance.choice([p.email for p in acme.people.values()])
        return client.post(path + "/owner", {"to": {"rep": to}},
                           if_match=version).expect(200, 409)
    if kind == "touch":
        return client.post(path + "/touches", {"kind": "note", "note": "n"}) \
            .expect(201)
    if kind == "edit":
        return client.patch(path, {"city": f"City {chance.random()}"},
                            if_match=version).expect(200, 409)
    return client.post("/api/v1/leads", {"email": "kim@example.test",
                                         "campaign": "spring"}).expect(200)


@ON_TWO_SERVERS
def test_one_lead_that_two_servers_change_at_once_has_one_history(two):
    first, _, acme = two
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    lead = acme.send_lead(name="Kim", email="kim@example.test")
    path = f"/api/v1/leads/{lead['id']}"

    def change_often(number):
        chance = random.Random(f"{seed}.{number}")
        client = client_of(two[number % 2], acme)
        return [change_somehow(client, path, acme, chance)
                for _ in range(20)]

    answers = [a for some in at_once(12, change_often) for a in some]

    # Who changed a version saw it; no version was made twice.
    made = [a.json["version"] for a in answers
            if a.status in (200, 201) and "matched" not in a.json]
    assert len(made) == len(set(made)) or no_changes_among(answers)
    check(first, Told())
    history = acme.client.get(path + "/assignments").expect(200).json["items"]
    assert [h["ended_at"] is None for h in history] == \
        [False] * (len(history) - 1) + [True]
    for before, after in zip(history, history[1:]):
        assert before["owner"]["id"] != after["owner"]["id"]
        assert before["ended_at"] == after["begun_at"]
    assert acme.lead(lead["id"])["owner"]["id"] == history[-1]["owner"]["id"]


def no_changes_among(answers):
    """A lead given to its owner is answered with the version it had."""
    by_version = {}
    for answer in answers:
        if answer.status in (200, 201) and "matched" not in answer.json:
            by_version.setdefault(answer.json["version"], []).append(
                answer.json["owner"]["id"])
    return all(len(set(owners)) == 1 for owners in by_version.values())


# A cut between the commit and the answer

class ForgetfulProxy:
    """Passes one request on, waits for the whole answer, and hangs up on who
    asked."""

    def __init__(self, address):
        parts = urlsplit(address)
        self._server = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self.heard = b""
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def _pass_on(self):
        asker, _ = self._listener.accept()
        with asker, socket.create_connection(self._server) as server:
            while not is_whole(self.heard):
                if sent := asker_bytes(asker):
                    server.sendall(sent)
                self.heard += reply_bytes(server)

    def close(self):
        self._thread.join(120)
        self._listener.close()


def is_whole(answer):
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return bool(end) and len(body) >= int(length[1])


def asker_bytes(asker):
    asker.settimeout(0.05)
    try:
        return asker.recv(65536)
    except TimeoutError:
        return b""


def reply_bytes(server):
    server.settimeout(0.05)
    try:
        return server.recv(65536)
    except TimeoutError:
        return b""


@pytest.mark.parametrize("path, body", [
    ("/api/v1/leads", {"name": "Kim Minji"}),
    ("/api/v1/leads/batch", {"leads": [{"name": "Kim"}, {"name": "Lee"}]})],
    ids=["lead", "batch"])
def test_an_answer_that_was_lost_is_given_again(baton, path, body):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    proxy = ForgetfulProxy(baton.address)
    through = acme.client.with_key(acme.key)
    through.__init__(proxy.address, acme.key)

    with pytest.raises(CONNECTION_LOST):
        through.post(path, body, idempotency_key="once")
    proxy.close()
    lost = proxy.heard.partition(b"\r\n\r\n")[2]
    again = acme.client.post(path, body, idempotency_key="once")

    assert again.expect(200, 201).headers["idempotent-replay"] == "true"
    assert json.loads(lost) == again.json
    told = Told()
    note_answer(told, [{"email": None}] * len(body.get("leads", [body])),
                again)
    check(baton, told)
    assert Tables(baton).rows("SELECT count(*) FROM lead") == \
        [[str(len(told.leads))]]


# The checker itself

BROKEN = {
    "a lead has exactly one open assignment, and it is its owner's":
        "UPDATE assignment SET ended_ms = 1",
    "an assignment has its lead": "DELETE FROM lead",
    "a change of owner is counted once":
        "UPDATE lead SET owner_version = owner_version + 1",
    "an owner's time ends when the next one's begins":
        "UPDATE assignment SET ended_ms = 1",
    "owners are numbered from 1": "UPDATE assignment SET number = number + 1",
    "an assignment by routing has its decision": "DELETE FROM decision",
    "the credits of the ledger add up to 0":
        "UPDATE ledger SET credit = credit + 1",
    "turns are the assignments that routing made":
        "UPDATE ledger SET turns = turns + 1",
    "the ledger counts the open leads of everybody":
        "UPDATE lead SET stage = 'inactive'",
    "an address belongs to one lead": "UPDATE lead SET email = 'a@b.test'",
    "a number belongs to one lead": "UPDATE lead SET phone = '+8210'",
    "a lead comes from a submission, and one only made it":
        "DELETE FROM submission",
    "a submission became a lead": "DELETE FROM lead",
    "a delivery came once": "UPDATE submission SET delivery_key = 'same'",
    "the timeline tells of every owner once": "DELETE FROM timeline",
    "a promise not yet broken has the job that watches it":
        "DELETE FROM job",
}


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_checker_sees_each_promise_broken(start_baton, tmp_path):
    baton = start_baton()
    acme = baton.workspace("Acme", people=["ana", "bo"])
    for number in range(3):
        acme.send_lead(name="Kim", email=f"k{number}@example.test",
                       phone=f"+82 10 2000 000{number}")
    baton.stop()

    for promise, sql in PROMISES.items():
        copy = tmp_path / "broken.db"
        shutil.copy(baton.database, copy)
        tables = Tables(Baton(copy, engine="sqlite"))
        assert tables.rows(sql) == [], promise
        tables.change(BROKEN[promise])
        assert tables.rows(sql) != [], promise
