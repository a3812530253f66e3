"""A lead is offered to all who can take it; the first who accepts gets it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.events import EventStream
from support.story import Company, moment, now

OFFERS = "/api/v1/offers"


@pytest.fixture
def acme(town):
    acme = Company(town, "ana", "bo", "cy")
    acme.publish(pools=[{"id": "all", "name": "All",
                         "strategy": "first_to_accept", "accept_minutes": 10,
                         "members": [{"rep": "ana@acme.test"},
                                     {"rep": "bo@acme.test"}]}])
    acme.ana, acme.bo, acme.cy = map(acme.sign_in, ("ana", "bo", "cy"))
    return acme


def accept(client, lead):
    return client.post(f"/api/v1/leads/{lead['id']}/accept")


def offered(client):
    return {o["lead"] for o in client.get(OFFERS).expect(200).json["items"]}


def test_a_lead_is_offered_and_a_watched_queue_owns_it(acme):
    lead = acme.send_lead(email="a@x.test")
    assert lead["owner"]["kind"] == "queue"
    assert offered(acme.ana) == offered(acme.bo) == {lead["id"]}
    assert offered(acme.cy) == set()
    why = acme.of(lead, "decisions")[-1]
    assert why["record"]["code"] == "offered"
    assert "offered to 2 of 2" in why["sentence"]["en"]
    assert "제안" in why["sentence"]["ko"]


def test_the_first_who_accepts_gets_it_and_the_others_hear_who_has_it(acme):
    lead = acme.send_lead(email="a@x.test")
    mine = accept(acme.ana, lead).expect(200).json
    assert mine["owner"]["name"] == "ana"
    late = accept(acme.bo, lead).expect(409).json
    assert late["owner"]["name"] == "ana"
    assert "ana" in late["detail"]
    assert offered(acme.bo) == set()
    why = acme.of(lead, "decisions")[-1]
    assert why["record"]["code"] == "accepted"
    row = acme.of(lead, "assignments")[-1]
    assert (row["owner"]["name"], row["reason"]) == ("ana", "accepted")


def test_accepting_twice_is_accepting_once(acme):
    lead = acme.send_lead(email="a@x.test")
    first = accept(acme.ana, lead).expect(200).json
    assert accept(acme.ana, lead).expect(200).json == first
    assert acme.ledger()["ana"]["turns"] == 1


def test_two_who_accept_at_the_same_moment_are_told_apart(acme):
    """8: one transaction for picking and stamping."""
    for i in range(5):
        lead = acme.send_lead(email=f"{i}@x.test")
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda c: accept(c, lead),
                                    (acme.ana, acme.bo)))
        assert sorted(a.status for a in answers) == [200, 409]


def test_what_nobody_accepts_in_time_is_given_in_turn(acme):
    """28."""
    lead = acme.send_lead(email="a@x.test")
    acme.baton.clock.advance("9m")
    assert acme.owner(lead) == "Inbox"
    acme.baton.clock.advance("1m")
    assert acme.owner(lead) in ("ana", "bo")
    why = acme.of(lead, "decisions")[-1]
    assert why["record"]["code"] == "not_accepted"
    loser = acme.bo if acme.owner(lead) == "ana" else acme.ana
    accept(loser, lead).expect(409)


def test_an_accepted_lead_stays_when_the_time_is_over(acme):
    lead = acme.send_lead(email="a@x.test")
    accept(acme.bo, lead).expect(200)
    acme.baton.clock.advance("11m")
    assert acme.owner(lead) == "bo"
    assert len(acme.of(lead, "assignments")) == 2


def test_a_turn_is_shared_by_those_who_were_offered_it(acme):
    """I1, I3, I12."""
    for i in range(3):
        accept(acme.ana, acme.send_lead(email=f"{i}@x.test")).expect(200)
    ledger = acme.ledger()
    assert ledger["ana"]["credit"] == pytest.approx(-1.5)
    assert ledger["bo"]["credit"] == pytest.approx(1.5)
    assert ledger["cy"]["credit"] == 0


def test_to_whom_it_was_not_offered_it_does_not_exist(acme):
    lead = acme.send_lead(email="a@x.test")
    refused = accept(acme.cy, lead).expect(404).json
    unknown = accept(acme.cy, {"id": "0000000000001"}).expect(404).json
    assert refused["title"] == unknown["title"]
    accept(acme.client, lead).expect(404)      # a key is nobody
    plain = acme.send_lead(email="b@x.test")
    acme.give(plain, "cy")
    accept(acme.cy, lead).expect(404)


def test_an_offer_tells_what_it_is_about_and_nothing_personal(acme):
    acme.send_lead(name="Kim Minsu", email="kim@x.test", product="solar",
                   phone="+821012345678", city="Seoul", message="call me")
    answer = acme.ana.get(OFFERS).expect(200)
    assert answer.json["items"][0]["about"]["product"] == "solar"
    for secret in ("Kim", "kim@", "8210", "call me"):
        assert secret not in answer.text
    lead = answer.json["items"][0]["lead"]
    acme.ana.get(f"/api/v1/leads/{lead}").expect(404)


def test_who_is_offered_a_lead_hears_it_at_once(acme):
    with EventStream(acme.ana) as ana, EventStream(acme.cy) as cy:
        lead = acme.send_lead(email="a@x.test")
        told = ana.wait_for("offer.made")
        assert told.json["id"] == lead["id"]
        acme.give(acme.send_lead(email="b@x.test"), "cy")
        cy.wait_for("lead.assigned")
        assert "offer.made" not in {e.topic for e in cy.events}


def test_whoever_is_full_cannot_accept_one_more(acme):
    """I9."""
    first = acme.send_lead(email="a@x.test")
    second = acme.send_lead(email="b@x.test")
    acme.change("ana", open_leads_max=1)
    accept(acme.ana, first).expect(200)
    assert "full" in accept(acme.ana, second).expect(409).json["detail"]
    assert acme.owner(second) == "Inbox"


def test_a_lead_that_waited_is_offered_when_somebody_comes(acme):
    """25, 26."""
    for name in ("ana", "bo"):
        acme.change(name, presence="away")
    lead = acme.send_lead(email="a@x.test")
    assert offered(acme.ana) == set()
    acme.change("ana", presence="available")
    assert offered(acme.ana) == {lead["id"]}
    acme.change("bo", presence="available")    # a running offer stays as it is
    assert offered(acme.bo) == set()
    accept(acme.ana, lead).expect(200)


def test_a_lead_given_by_hand_is_offered_no_more(acme):
    lead = acme.send_lead(email="a@x.test")
    acme.give(lead, "cy")
    assert offered(acme.ana) == set()
    assert accept(acme.ana, lead).expect(409).json["owner"]["name"] == "cy"
    acme.baton.clock.advance("11m")
    assert acme.owner(lead) == "cy"


def test_an_offer_says_until_when(acme):
    acme.send_lead(email="a@x.test")
    until = acme.ana.get(OFFERS).json["items"][0]["until"]
    assert (moment(until) - now(acme.baton)).total_seconds() == 600
