"""A lead is offered to all who can take it; the first who accepts gets it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from support.events import EventStream
from support.story import OFFICE, Company, moment, monday, move_to, now

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
    assert accept(acme.ana, second).expect(409).json["detail"] == (
        "You cannot take a lead now. ana has 1 of at most 1 open leads.")
    assert acme.owner(second) == "Inbox"


def test_a_lead_that_waited_is_offered_when_somebody_comes(acme):
    """25, 26."""
    for name in ("ana", "bo"):
        acme.change(name, presence="away")
    lead = acme.send_lead(email="a@x.test")
    assert offered(acme.ana) == set()
    acme.change("ana", presence="available")
    assert offered(acme.ana) == {lead["id"]}
    accept(acme.ana, lead).expect(200)


# While it is open

def kinds(acme, lead):
    """What the timeline tells of offers, oldest first: kind and names."""
    return [(entry["kind"], [p["name"] for p in entry.get("people", [])])
            for entry in reversed(acme.of(lead, "timeline"))
            if entry["kind"].startswith("offer.")]


def until(client):
    return client.get(OFFERS).json["items"][0]["until"]


def test_who_becomes_able_while_it_is_open_is_offered_it_too(acme):
    """26: it ends when it would have ended."""
    acme.change("bo", presence="away")
    lead = acme.send_lead(email="a@x.test")
    ends = until(acme.ana)
    acme.baton.clock.advance("4m")
    with EventStream(acme.bo) as bo:
        acme.change("bo", presence="available")
        assert bo.wait_for("offer.made").json["id"] == lead["id"]
    assert offered(acme.bo) == offered(acme.ana) == {lead["id"]}
    assert until(acme.bo) == until(acme.ana) == ends
    assert kinds(acme, lead) == [("offer.made", ["ana"]),
                                 ("offer.extended", ["bo"])]
    accept(acme.bo, lead).expect(200)
    ledger = acme.ledger()
    assert (ledger["bo"]["credit"], ledger["ana"]["credit"]) == (-0.5, 0.5)


def test_who_comes_on_shift_while_it_is_open_is_offered_it_too(town):
    acme = Company(town, ana={}, bo={"hours": OFFICE})
    acme.publish(pools=[{"id": "all", "strategy": "first_to_accept",
                         "accept_minutes": 30, "members": "everyone"}])
    day = monday(town, hour=8)
    move_to(town, day + timedelta(hours=8, minutes=45))
    lead = acme.send_lead(email="a@x.test")
    bo = acme.sign_in("bo")
    assert offered(bo) == set()
    move_to(town, day + timedelta(hours=9, minutes=1))
    assert offered(bo) == {lead["id"]}


def test_an_offer_is_not_made_to_people_of_other_rules(acme):
    lead = acme.send_lead(email="a@x.test")
    acme.publish(pools=[{"id": "other", "strategy": "first_to_accept",
                         "members": [{"rep": "cy@acme.test"}]}])
    acme.settle()
    assert offered(acme.cy) == set()
    assert kinds(acme, lead) == [("offer.made", ["ana", "bo"])]


# Declining

def decline(client, lead):
    return client.post(f"/api/v1/leads/{lead['id']}/decline")


def test_who_declines_leaves_it_to_the_others(acme):
    lead = acme.send_lead(email="a@x.test")
    decline(acme.ana, lead).expect(204)
    decline(acme.ana, lead).expect(204)        # twice is once
    assert offered(acme.ana) == set()
    assert offered(acme.bo) == {lead["id"]}
    assert "declined" in accept(acme.ana, lead).expect(409).json["detail"]
    entry = acme.of(lead, "timeline")[0]
    assert (entry["kind"], entry["actor"]["name"]) == ("offer.declined", "ana")
    acme.change("ana", presence="away")
    acme.change("ana", presence="available")   # and is not asked again
    assert offered(acme.ana) == set()
    accept(acme.bo, lead).expect(200)
    ledger = acme.ledger()
    assert ledger["ana"]["credit"] == ledger["bo"]["credit"] == 0


def test_what_all_decline_goes_to_somebody_else_at_once(acme):
    acme.publish(pools=[
        {"id": "all", "strategy": "first_to_accept",
         "members": [{"rep": "ana@acme.test"}, {"rep": "bo@acme.test"}]}],
        nobody_can={"then": {"rep": "cy@acme.test"}})
    lead = acme.send_lead(email="a@x.test")
    decline(acme.ana, lead).expect(204)
    assert acme.owner(lead) == "Inbox"
    decline(acme.bo, lead).expect(204)
    assert acme.owner(lead) == "cy"
    why = acme.of(lead, "decisions")[-1]["record"]
    assert {c["gate"]["code"] for c in why["candidates"]} == {"declined"}
    assert acme.of(lead, "assignments")[-1]["reason"] == "declined"


def test_what_all_decline_waits_for_somebody_who_has_not(acme):
    acme.change("bo", presence="away")
    lead = acme.send_lead(email="a@x.test")
    decline(acme.ana, lead).expect(204)
    assert acme.owner(lead) == "Inbox"
    acme.change("bo", presence="available")
    assert offered(acme.bo) == {lead["id"]}
    acme.baton.clock.advance("11m")            # nor is it given to her later
    assert acme.owner(lead) == "bo"


def test_what_is_not_accepted_goes_to_nobody_who_has_declined(acme):
    for i in range(3):
        lead = acme.send_lead(email=f"{i}@x.test")
        decline(acme.ana, lead).expect(204)
        acme.baton.clock.advance("11m")
        assert acme.owner(lead) == "bo"


def test_to_whom_it_was_not_offered_there_is_nothing_to_decline(acme):
    lead = acme.send_lead(email="a@x.test")
    decline(acme.cy, lead).expect(404)
    decline(acme.client, lead).expect(404)     # a key is nobody
    accept(acme.ana, lead).expect(200)
    decline(acme.bo, lead).expect(204)         # it is gone all the same
    assert acme.owner(lead) == "ana"


def test_an_offer_that_is_over_is_told_once(acme):
    lead = acme.send_lead(email="a@x.test")
    decline(acme.ana, lead).expect(204)
    acme.change("bo", presence="away")
    acme.baton.clock.advance("11m")
    assert acme.owner(lead) == "Inbox"
    acme.change("cy", presence="away")
    acme.change("bo", presence="available")
    assert acme.owner(lead) == "bo"
    assert kinds(acme, lead) == [
        ("offer.made", ["ana", "bo"]), ("offer.declined", []),
        ("offer.expired", ["bo"])]


# What it shows

def test_a_pool_may_show_whose_the_lead_is_before_it_is_accepted(acme):
    fields = {"name": "Kim Minsu", "email": "kim@x.test",
              "message": "call me"}
    acme.send_lead(**fields)
    assert "contact" not in acme.ana.get(OFFERS).json["items"][0]
    acme.publish(pools=[{"id": "all", "strategy": "first_to_accept",
                         "offer_shows_contact": True,
                         "members": [{"rep": "ana@acme.test"}]}])
    (offer,) = acme.ana.get(OFFERS).json["items"]
    assert offer["contact"] == fields


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
