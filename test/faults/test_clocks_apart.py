"""Two servers on one database, whose clocks differ: an id that one of them
makes now may be smaller than one that the other has made long before.
"""

import os
import random
from datetime import datetime, timedelta

import pytest
from checker import Told, check
from support.events import EventStream
from test_parallel import at_once

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

AHEAD = "2026-11-16T09:00:05+09:00"  # of MONDAY_MORNING


@pytest.fixture
def two(start_baton):
    """One whose clock is five seconds ahead, one whose clock is right, and a
    workspace of both."""
    ahead, behind = start_baton(time=AHEAD), start_baton()
    acme = ahead.workspace("Acme", people=["ana", "bo", "cy"])
    return ahead, behind, acme


def send(server, acme, numbers):
    client = server.client.with_key(acme.key)
    return [client.post("/api/v1/leads", {
        "name": "Kim", "email": f"kim{i}@example.test"}).expect(200, 201)
        .json["id"] for i in numbers]


def test_everybody_is_known_to_both(two):
    ahead, behind, acme = two

    ids = send(ahead, acme, range(5))
    ids += send(behind, acme, range(5, 80))
    assert behind.cli("doctor", "--json")["ok"]

    assert send(ahead, acme, range(80)) == ids
    assert ahead.cli("doctor", "--json")["ok"]


def test_whom_the_other_has_just_taken_is_known(two):
    """Whoever writes keys says so in that very commit (K2), though the one
    before it left keys alone; or he who has long been alone would trust what
    he knows of the table."""
    busy, other, acme = two
    [lead] = send(other, acme, [0])
    note(other, acme, lead, "no key is written for it")
    send(busy, acme, range(1, 400))

    taken = send(other, acme, [1000])

    assert send(busy, acme, [1000]) == taken


class History:
    """Leads come to either server, in any order; servers are killed, and
    come back with another clock."""

    def __init__(self, servers, acme, seed):
        self.servers = servers
        self.acme = acme
        self.chance = random.Random(seed)
        self.ids = {}  # number of the person -> lead

    def step(self):
        weights = {self.one_works: 5, self.both_work: 2, self.time_passes: 1,
                   self.some_are_killed: 3}
        self.chance.choices(list(weights), list(weights.values()))[0]()

    def one_works(self):
        """Long enough, sometimes, to trust that it is alone."""
        count = self.chance.choice([5, 5, 20, 40, 220])
        self.note(send(self.chance.choice(self.servers), self.acme,
                       numbers := self.some(count)), numbers)

    def both_work(self):
        numbers = [self.some(self.chance.randint(1, 20)) for _ in range(4)]
        answers = at_once(4, lambda i: send(self.servers[i % 2], self.acme,
                                            numbers[i]))
        for told, of in zip(answers, numbers):
            self.note(told, of)

    def some(self, count):
        """People; one in four has been there before."""
        known = len(self.ids)
        return [self.chance.randrange(known)
                if known and not self.chance.randrange(4)
                else known + self.chance.randrange(count)
                for _ in range(count)]

    def note(self, told, numbers):
        for number, lead in zip(numbers, told):
            assert self.ids.setdefault(number, lead) == lead, number

    def time_passes(self):
        for server in self.servers:
            server.clock.advance(f"{self.chance.randint(1, 4000)}ms")

    def some_are_killed(self):
        """One, or both: whoever is new has seen nobody else yet."""
        now = max(datetime.fromisoformat(s.now()) for s in self.servers)
        killed = self.chance.sample(self.servers, self.chance.randint(1, 2))
        for server in killed:
            server.kill()
        for server in killed:
            skew = timedelta(milliseconds=self.chance.randint(-5000, 0))
            server.time, server.clock = (now + skew).isoformat(), None
            server.start()


def test_whatever_the_clocks_say_one_person_is_one_lead(start_baton):
    seed = int(os.environ.get("BATON_TEST_SEED", 0)) or \
        random.SystemRandom().randrange(1, 1 << 32)
    print("seed", seed)
    first, second = start_baton(), start_baton(time=AHEAD)
    acme = first.workspace("Acme", people=["ana", "bo", "cy"])
    history = History([first, second], acme, seed)

    for _ in range(20):
        history.step()
        assert first.cli("doctor", "--json")["ok"]
    history.note(send(second, acme, sorted(history.ids)), sorted(history.ids))
    check(first, Told())


def note(server, acme, lead, text):
    server.client.with_key(acme.key).post(
        f"/api/v1/leads/{lead}/touches",
        {"kind": "note", "note": text}).expect(201)


def test_a_lead_s_timeline_is_in_the_order_in_which_things_happened(two):
    _, _, acme = two
    [lead] = send(two[0], acme, [1])

    for number in range(6):
        note(two[number % 2], acme, lead, f"{number}")

    items = acme.client.get(f"/api/v1/leads/{lead}/timeline") \
        .expect(200).json["items"]
    told = [i["data"]["note"] for i in items if i["kind"] == "touch"]
    assert told == ["5", "4", "3", "2", "1", "0"]


def test_who_comes_back_has_missed_nothing_of_either_server(two):
    ahead, behind, acme = two
    with EventStream(ahead.client.with_key(acme.key)) as events:
        send(ahead, acme, [1])
        seen = events.wait_for("lead.assigned")

    missed = send(behind, acme, [2, 3]) + send(ahead, acme, [4]) \
        + send(behind, acme, [5])

    for server in two[:2]:
        with EventStream(server.client.with_key(acme.key),
                         last_event_id=seen.id) as events:
            told = [events.wait_for() for _ in range(8)]
            assert [e.json["id"] for e in told
                    if e.topic == "lead.created"] == missed
            assert seen.id not in [e.id for e in told]


def test_a_lead_of_either_server_is_found_by_its_words(two):
    ahead, behind, acme = two
    send(ahead, acme, [1])
    ahead.clock.advance("1s")
    send(behind, acme, [2])

    for server in two[:2]:
        server.clock.advance("5s")

    found = acme.client.get("/api/v1/leads?q=kim").expect(200).json["items"]
    assert sorted(lead["email"] for lead in found) == [
        "kim1@example.test", "kim2@example.test"]


def test_an_owner_s_time_does_not_end_before_it_began(two):
    ahead, behind, acme = two
    [lead] = send(ahead, acme, [1])
    path = f"/api/v1/leads/{lead}"

    for number, rep in enumerate(["ana", "bo", "cy", "ana", "cy"]):
        client = two[number % 2].client.with_key(acme.key)
        version = client.get(path).expect(200).json["version"]
        client.post(path + "/owner", {"to": {"rep": acme.people[rep].email}},
                    if_match=version).expect(200)

    check(behind, Told())
    assert behind.cli("doctor", "--json")["ok"]


def test_a_stream_hears_of_what_the_other_server_does(two):
    """Once, in order, and soon."""
    ahead, behind, acme = two
    with EventStream(ahead.client.with_key(acme.key)) as here, \
            EventStream(behind.client.with_key(acme.key)) as there:
        leads = [send(two[number % 2], acme, [number])[0]
                 for number in range(6)]

        for events, server in ((here, 0), (there, 1)):
            told = [events.wait_for() for _ in range(12)]
            created = [e.json["id"] for e in told
                       if e.topic == "lead.created"]
            assert sorted(created) == sorted(leads)
            assert [lead for lead in created if lead in leads[1 - server::2]] \
                == leads[1 - server::2]
            assert len({e.id for e in told}) == 12
        last = send(behind, acme, [7])[0]
        assert here.wait_for().json["id"] == last
        assert there.wait_for().json["id"] == last


def test_what_the_other_server_did_late_is_not_missed(two):
    """The stream of one ends before it has heard of the other's lead."""
    ahead, behind, acme = two
    with EventStream(ahead.client.with_key(acme.key)) as events:
        [late] = send(behind, acme, [1])
        [own] = send(ahead, acme, [2])
        seen = events.wait_for("lead.assigned")
        while seen.json["id"] != own:  # it was quick, for once
            seen = events.wait_for("lead.assigned")

    with EventStream(ahead.client.with_key(acme.key),
                     last_event_id=seen.id) as events:
        assert events.wait_for("lead.created").json["id"] == late
