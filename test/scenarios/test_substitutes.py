"""Leave: who stands in, whose turns those are, and what becomes of the leads
of whoever is away."""

from datetime import timedelta

import pytest
from support.story import Company, now


def leave(acme, name, days=7, **more):
    """Away from now on."""
    here = now(acme.baton)
    return acme.absence(name, here.isoformat(),
                        (here + timedelta(days=days)).isoformat(), **more)


def pool(acme, *names, strategy="in_turn", **more):
    return acme.publish(pools=[{
        "id": "pool", "name": "Pool", "strategy": strategy,
        "members": [{"rep": f"{name}@acme.test"} for name in names]}], **more)


def sent(acme, count, prefix="a"):
    return [acme.send(email=f"{prefix}{i}@x.test") for i in range(count)]


def decision(acme, lead):
    return acme.of(lead, "decisions")[-1]


# In a pool

def test_a_substitute_from_outside_takes_the_place_in_the_pool(town):
    acme = Company(town, "ana", "bo", "cy")
    pool(acme, "ana", "bo")
    leave(acme, "ana", substitute="cy@acme.test")
    names = sent(acme, 6)
    assert sorted(names) == ["bo"] * 3 + ["cy"] * 3


def test_absent_members_turns_do_not_all_go_to_their_one_substitute(town):
    """11: filter first, then rotate."""
    acme = Company(town, "ana", "bo", "cy", "dee")
    pool(acme, "ana", "bo", "cy", "dee")
    for name in ("ana", "bo"):
        leave(acme, name, substitute="cy@acme.test")
    names = sent(acme, 8)
    assert names.count("cy") == names.count("dee") == 4


def test_two_who_are_away_have_one_substitute_once(town):
    """11: from outside the pool as well."""
    acme = Company(town, "ana", "bo", "cy", "dee")
    pool(acme, "ana", "bo", "dee")
    for name in ("ana", "bo"):
        leave(acme, name, substitute="cy@acme.test")
    names = sent(acme, 8)
    assert names.count("cy") == names.count("dee") == 4


def test_a_substitutes_turns_count_as_his_own(town):
    """11: and nobody comes back from leave to a flood."""
    acme = Company(town, "ana", "bo", "cy")
    pool(acme, "ana", "bo")
    leave(acme, "ana", substitute="cy@acme.test")
    sent(acme, 10)
    ledger = acme.ledger()
    assert ledger["cy"]["turns"] == 5 and ledger["ana"]["turns"] == 0
    assert ledger["ana"]["credit"] == 0
    assert abs(sum(p["credit"] for p in ledger.values())) < 1e-6
    town.clock.advance("8d")
    names = sent(acme, 6, "b")
    assert names.count("ana") == names.count("bo") == 3


def test_a_substitute_must_be_able_to_take_it_himself(town):
    acme = Company(town, "ana", "bo", "cy")
    pool(acme, "ana", "bo")
    leave(acme, "ana", substitute="cy@acme.test")
    acme.change("cy", presence="away")
    assert set(sent(acme, 4)) == {"bo"}


def test_a_substitute_of_whoever_is_there_gets_nothing(town):
    acme = Company(town, "ana", "bo", "cy")
    pool(acme, "ana", "bo")
    here = now(town)
    acme.absence("ana", (here + timedelta(days=1)).isoformat(),
                 (here + timedelta(days=2)).isoformat(),
                 substitute="cy@acme.test")
    assert set(sent(acme, 4)) == {"ana", "bo"}
    town.clock.advance("25h")
    assert set(sent(acme, 4, "b")) == {"bo", "cy"}
    town.clock.advance("24h")
    assert set(sent(acme, 4, "c")) == {"ana", "bo"}


def test_the_record_says_for_whom_somebody_stands_in(town):
    acme = Company(town, "ana", "cy")
    pool(acme, "ana")
    leave(acme, "ana", substitute=acme.people["cy"].id)
    lead = acme.send_lead(email="a@x.test")
    ana, cy = decision(acme, lead)["record"]["candidates"]
    assert ana["gate"]["code"] == "absent" and ana["stands_for"] is None
    assert cy["gate"] is None and cy["stands_for"]["name"] == "ana"


# Named, and coming back

def test_who_is_named_by_a_rule_is_stood_in_for(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[{"id": "r", "name": "Hers", "when": {"all": []},
                         "give_to": {"rep": "ana@acme.test"}}])
    leave(acme, "ana", substitute="bo@acme.test")
    lead = acme.send_lead(email="a@x.test")
    assert lead["owner"]["name"] == "bo"
    why = decision(acme, lead)
    assert why["record"]["code"] == "substitute"
    assert why["record"]["absent"]["name"] == "ana"
    assert why["sentence"]["en"] == "bo stands in for ana, who is on leave."
    assert "부재" in why["sentence"]["ko"]


@pytest.mark.parametrize("band", ["late", "nobody_can"])
def test_the_last_resort_is_stood_in_for_too(town, band):
    """Or the lead would lie with somebody who is away for a week."""
    acme = Company(town, "ana", "bo", boss={"role": "manager"})
    boss = {"rep": "boss@acme.test"}
    late = {"after_minutes": 10, "times": 0, "finally": boss}
    pool(acme, "ana", late=late, nobody_can={"then": boss})
    leave(acme, "boss", substitute="bo@acme.test")
    if band == "nobody_can":
        acme.change("ana", presence="away")
    lead = acme.send_lead(email="a@x.test")
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"
    missed = "ana did not answer in time. " if band == "late" else ""
    assert decision(acme, lead)["sentence"]["en"] \
        == missed + "bo stands in for boss, who is on leave."


def test_the_last_resort_gets_it_on_leave_when_nobody_can_stand_in(town):
    acme = Company(town, "ana", "bo", boss={"role": "manager"})
    pool(acme, "ana", nobody_can={"then": {"rep": "boss@acme.test"}})
    leave(acme, "boss", substitute="bo@acme.test")
    for name in ("ana", "bo"):
        acme.change(name, presence="away")
    assert acme.send(email="a@x.test") == "boss"


def test_a_customer_who_comes_back_goes_to_who_stands_in(town):
    """27."""
    acme = Company(town, "ana", "bo", "cy")
    pool(acme, "ana", "cy", strategy="fixed")
    lead = acme.send_lead(email="kim@x.test")
    assert lead["owner"]["name"] == "ana"
    leave(acme, "ana", substitute="bo@acme.test")
    again = acme.send_lead(email="kim@x.test", message="still there?")
    assert again["owner"]["name"] == "bo"
    why = decision(acme, lead)
    assert (why["record"]["band"], why["record"]["code"]) == ("kept",
                                                              "substitute")
    assert acme.ledger()["bo"]["turns"] == 1


def test_when_nobody_stands_in_the_rules_decide_for_who_comes_back(town):
    acme = Company(town, "ana", "bo", "cy")
    pool(acme, "ana", "cy", strategy="fixed")
    acme.send_lead(email="kim@x.test")
    leave(acme, "ana", substitute="bo@acme.test")
    acme.change("bo", presence="away")
    again = acme.send_lead(email="kim@x.test", message="still there?")
    assert again["owner"]["name"] == "cy"


# Beginning, ending, leaving

def test_the_end_of_a_leave_drains_the_queue_oldest_first(town):
    """25, 26."""
    acme = Company(town, "ana")
    pool(acme, "ana")
    leave(acme, "ana", days=2)
    leads = [acme.send_lead(email=f"{i}@x.test") for i in range(3)]
    assert {lead["owner"]["kind"] for lead in leads} == {"queue"}
    town.clock.advance("2d")
    begun = [acme.of(lead, "assignments")[-1] for lead in leads]
    assert {row["owner"]["name"] for row in begun} == {"ana"}
    ids = [row["decision"] for row in begun]
    assert ids == sorted(ids)


@pytest.mark.parametrize("who", ["ana@acme.test", "nobody@acme.test",
                                 "0000000000001", "gone@acme.test"])
def test_a_substitute_is_somebody_else_who_works_here(town, who):
    acme = Company(town, "ana", "gone")
    acme.change("gone", active=False)
    here = now(town)
    answer = acme.client.post(
        f"/api/v1/people/{acme.people['ana'].id}/absences",
        {"begin_at": here.isoformat(),
         "end_at": (here + timedelta(days=1)).isoformat(),
         "substitute": who})
    assert answer.expect(422).json["errors"][0]["pointer"] == "/substitute"


def test_whoever_leaves_takes_no_leads_from_that_moment_on(town):
    """6, 7: out of every pool at once; open leads go on in order, pinned ones
    too; what is closed stays."""
    acme = Company(town, "ana", "bo", "cy")
    pool(acme, "ana", "bo", strategy="fixed")
    leads = [acme.send_lead(email=f"{i}@x.test") for i in range(4)]
    pinned = acme.give(leads[1], "ana", pin_until="2036-01-01T00:00:00Z")
    assert pinned["owner"]["name"] == "ana"
    acme.edit(leads[3], stage="customer")
    acme.client.patch(f"/api/v1/people/{acme.people['ana'].id}",
                      {"active": False}).expect(200)
    assert acme.send(email="new@x.test") == "bo"     # no job has run yet
    acme.settle()
    assert [acme.owner(lead) for lead in leads] == ["bo", "bo", "bo", "ana"]
    left = [acme.of(lead, "assignments")[-1] for lead in leads[:3]]
    assert {row["reason"] for row in left} == {"left"}
    ids = [row["decision"] for row in left]
    assert ids == sorted(ids)
    assert acme.ledger()["ana"]["open_leads"] == 0


def test_the_tasks_of_whoever_leaves_go_along_with_the_leads(town):
    acme = Company(town, "ana", "bo")
    pool(acme, "ana", "bo", strategy="fixed")
    lead = acme.send_lead(email="a@x.test")
    task = acme.client.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "Call",
        "due_at": "2036-01-01T00:00:00Z"}).expect(201).json
    acme.change("ana", active=False)
    assert acme.owner(lead) == "bo"
    bo = acme.sign_in("bo")
    bo.get(f"/api/v1/tasks/{task['id']}").expect(200)
