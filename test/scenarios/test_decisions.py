"""Why a lead went where it went: sentences for every code in two languages,
trials without a trace, people who stay with their rep, and scores."""

import re

import pytest
from support.story import OFFICE, Company, members, monday, move_to

KOREA = {"field": "country", "op": "is", "value": "KR"}


def team(*names, strategy="in_turn"):
    return {"id": "team", "name": "Seoul team", "strategy": strategy,
            "members": [{"rep": f"{name}@acme.test"} for name in names]}


def last_decision(acme, lead):
    return acme.of(lead, "decisions")[-1]


def routed(acme, strategy):
    acme.publish([team("ana", "bo", strategy=strategy)])
    return acme.send_lead()


def to_queue(acme):
    acme.publish([team("ana")], otherwise={"queue": "inbox"})
    return acme.send_lead()


def named(acme):
    acme.publish([team("ana")], otherwise={"rep": "bo@acme.test"})
    return acme.send_lead()


def waiting(acme):
    acme.publish([team("ana")])
    acme.change("ana", hours=OFFICE)
    day = monday(acme.baton)
    move_to(acme.baton, day.replace(hour=20))
    return acme.send_lead()


def nobody(acme):
    acme.publish([team("ana")])
    acme.change("ana", presence="away")
    return acme.send_lead()


def nobody_can(acme):
    acme.publish([team("ana")], nobody_can={"then": {"rep": "bo@acme.test"}})
    acme.change("ana", presence="away")
    return acme.send_lead()


def last_resort(acme):
    acme.publish([team("ana")], late={
        "after_minutes": 5, "times": 0, "finally": {"rep": "bo@acme.test"}})
    lead = acme.send_lead()
    acme.baton.clock.advance("6m")
    return lead


CODES = {
    "in_turn": lambda acme: routed(acme, "in_turn"),
    "most_room": lambda acme: routed(acme, "most_room"),
    "random": lambda acme: routed(acme, "random"),
    "fixed": named, "to_queue": to_queue, "waiting": waiting,
    "nobody": nobody, "nobody_can": nobody_can, "finally": last_resort,
}


@pytest.mark.parametrize("code", CODES)
def test_every_decision_is_a_sentence_in_english_and_korean(town, code):
    acme = Company(town, "ana", "bo")
    lead = CODES[code](acme)
    decision = last_decision(acme, lead)
    assert decision["record"]["code"] == code
    owner = decision["owner"]["name"]
    assert owner == acme.owner(lead)
    english, korean = decision["sentence"]["en"], decision["sentence"]["ko"]
    for sentence in (english, korean):
        assert owner in sentence
        assert not re.search(r"[{}|?]", sentence), sentence
        assert sentence.endswith(".")
    assert re.search("[가-힣]", korean)
    assert not re.search("[가-힣]", english)
    if code == "waiting":
        assert re.search(r"\d\d:\d\d", english)


def test_a_waiting_lead_names_the_time_in_the_companys_zone(town):
    acme = Company(town, "ana", "bo")
    acme.client.patch("/api/v1/workspace",
                      {"time_zone": "Asia/Seoul"}).expect(200)
    lead = waiting(acme)
    assert "09:00" in last_decision(acme, lead)["sentence"]["en"]


def test_the_answer_to_a_sender_is_in_the_workspaces_language(town):
    acme = Company(town, "ana")
    acme.client.patch("/api/v1/workspace", {"language": "ko"}).expect(200)
    assert re.search("[가-힣]", acme.send_lead()["decision"]["sentence"])


def test_a_kept_and_a_given_lead_have_sentences_too(town):
    acme = Company(town, "ana", "bo")
    lead = acme.send_lead(email="kim@x.test")
    again = acme.send_lead(email="kim@x.test")
    assert lead["owner"]["name"] in again["decision"]["sentence"]
    assert again["decision"]["id"] is None


def test_the_record_stays_as_it_was_when_names_and_rules_change(town):
    acme = Company(town, "ana", "bo")
    acme.publish([team("ana")], rules=[{
        "id": "kr", "name": "Korea", "when": KOREA,
        "give_to": {"pool": "team"}}])
    lead = acme.send_lead(country="KR")
    before = last_decision(acme, lead)
    acme.publish([team("bo")])
    acme.change("ana", presence="away")
    acme.edit(lead, country="JP")
    after = last_decision(acme, lead)
    assert after == before
    assert "Korea" in after["sentence"]["en"]


# Trials

LISTS = ["leads", "people", "decisions", "ledger", "jobs", "webhooks",
         "sources", "keys", "routing/versions", "routing/draft", "scoring",
         "workspace"]


def everything(acme, lead):
    kept = {path: acme.client.get(f"/api/v1/{path}").expect(200).json
            for path in LISTS}
    for key in kept["keys"]["items"]:
        key.pop("used_at", None)
        key.pop("last_used_at", None)
    kept |= {what: acme.of(lead, what) for what in (
        "timeline", "decisions", "assignments", "submissions")}
    kept["lead"] = acme.lead(lead["id"])
    return kept


def test_a_trial_leaves_no_trace_anywhere(town):
    acme = Company(town, "ana", "bo", cy={"presence": "away"})
    acme.publish([team("ana", "bo", "cy", strategy="random")])
    lead = acme.send_lead(email="kim@x.test")
    before = everything(acme, lead)
    for question in ({"lead": {"name": "New", "phone": "+82 10 1234 5678"}},
                     {"lead": {"email": "kim@x.test"}},
                     {"lead": {"id": lead["id"]}},
                     {"lead": {"country": "KR"}, "draft": True},
                     {"lead": {}, "at": "2030-01-01T00:00:00Z"}):
        acme.client.post("/api/v1/routing/try", question).expect(200)
    acme.settle()
    assert everything(acme, lead) == before


def test_a_trial_at_another_time_asks_the_hours_of_that_time(town):
    acme = Company(town, ana={"hours": OFFICE})
    acme.publish([team("ana")])
    day = monday(town)
    tried = acme.try_lead({}, at=day.replace(hour=10).isoformat())
    assert tried["owner"]["name"] == "ana"
    tried = acme.try_lead({}, at=day.replace(hour=23).isoformat())
    assert tried["owner"]["name"] == "Inbox"


# The same person

def test_who_comes_back_stays_with_the_rep_he_knows(town):
    acme = Company(town, "ana", "bo", "cy")
    first = acme.send_lead(email="kim@x.test", phone="+82 10 1234 5678")
    for again in ({"email": "KIM@x.test"}, {"phone": "+821012345678"}):
        for _ in range(3):
            acme.send()
        answer = acme.send_lead(**again)
        assert answer["matched"] is True
        assert answer["owner"] == first["owner"]


def test_who_comes_back_after_the_rep_has_left_gets_another(town):
    acme = Company(town, "ana", "bo")
    first = acme.send_lead(email="kim@x.test")
    owner = first["owner"]["name"]
    acme.edit(first, stage="customer")      # closed leads are not handed on
    acme.change(owner, active=False)
    again = acme.send_lead(email="kim@x.test")
    assert again["id"] == first["id"]
    assert again["owner"]["name"] not in (owner, "Inbox")


def test_without_keeping_together_who_comes_back_is_routed_anew(town):
    acme = Company(town, "ana", "bo")
    acme.publish([team("ana")])
    first = acme.send_lead(email="kim@x.test")
    acme.publish([team("bo")], keep_together={"person": False})
    again = acme.send_lead(email="kim@x.test")
    assert again["id"] == first["id"]
    assert again["owner"]["name"] == "bo"
    assert members(acme.of(first, "assignments"), "reason") \
        == ["routed", "came_back"]


# Scores

def test_a_score_is_the_sum_of_its_lines_whatever_happens(town):
    """43"""
    acme = Company(town, "ana")
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "kr", "points": 30, "when": KOREA},
        {"id": "mail", "points": 15,
         "when": {"field": "email", "op": "is_known"}},
        {"id": "small", "points": -20,
         "when": {"field": "employees", "op": "less_than", "value": 10}},
        {"id": "worked", "points": 5,
         "when": {"field": "stage", "op": "is", "value": "contacted"}},
    ]}).expect(200)
    lead = acme.send_lead(country="KR", employees=3)
    seen = []
    for change in ({}, {"email": "kim@x.test"}, {"country": "JP"},
                   {"employees": None}, {"stage": "contacted"}):
        if change:
            acme.edit(lead, **change)
        shown = acme.lead(lead["id"])
        assert shown["score"] == sum(members(shown["score_lines"], "points"))
        seen.append(shown["score"])
    assert seen == [10, 25, -5, 15, 20]


def test_a_score_decides_by_the_lines_it_shows(town):
    acme = Company(town, "ana", "bo")
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "kr", "points": 50, "when": KOREA}]}).expect(200)
    acme.publish([team("bo")], rules=[{
        "id": "hot", "give_to": {"rep": "ana@acme.test"},
        "when": {"field": "score", "op": "at_least", "value": 50}}])
    assert acme.send(country="KR") == "ana"
    assert acme.send(country="JP") == "bo"
