"""I7: the same leads make the same turns, whether they come one by one or many
at a time, and wherever the server is ended and started in between."""

import os
import random

from support.story import Company

WEIGHTS = {"ana": 1, "bo": 2, "cy": 3, "dee": 1}
LEADS = 120


def company(baton):
    acme = Company(baton, *WEIGHTS)
    members = [{"rep": f"{name}@acme.test", "weight": weight}
               for name, weight in WEIGHTS.items()]
    acme.publish_rules({
        "rules": [{"id": "half", "give_to": {"pool": "half"},
                   "when": {"field": "country", "op": "is", "value": "JP"}}],
        "otherwise": {"pool": "all"},
        "pools": [{"id": "all", "members": members},
                  {"id": "half", "members": members[1:3]}]})
    return acme


def send(acme, leads):
    sent = acme.client.post("/api/v1/leads/batch", {"leads": leads})
    return [result["owner"]["name"]
            for result in sent.expect(200).json["results"]]


def credits(acme):
    return {name: (person["credit"], person["turns"])
            for name, person in acme.ledger().items()}


def test_the_same_leads_make_the_same_turns(start_baton):
    seed = int(os.environ.get("BATON_TEST_SEED", 0)) or \
        random.SystemRandom().randrange(1, 1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    baton = start_baton()
    leads = [{"name": "Kim", "email": f"kim{i}@example.test",
              "country": chance.choice(["JP", "KR", "DE"])}
             for i in range(LEADS)]

    alone = company(baton)
    owners = [owner for lead in leads for owner in send(alone, [lead])]

    for ends in ((), ("stop", "kill")):
        acme = company(baton)
        got = []
        while len(got) < LEADS:
            some = chance.randint(1, 25)
            got += send(acme, leads[len(got):len(got) + some])
            if ends:
                getattr(baton, chance.choice(ends))()
                baton.start()
                acme.client = baton.client.with_key(acme.key)
        alone.client = baton.client.with_key(alone.key)
        assert got == owners
        assert credits(acme) == credits(alone)
    assert sum(credit for credit, _ in credits(alone).values()) == 0
