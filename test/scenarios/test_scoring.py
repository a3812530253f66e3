"""Scores: what is known of a lead and what happened to it, in groups with
bounds, fading with time; other rules can be tried before they count."""

import pytest
from support.story import Company, members

SCORING = "/api/v1/scoring"


def rule(id, points, field="email", op="is_known", **more):
    when = {"field": field, "op": op}
    if "value" in more:
        when["value"] = more.pop("value")
    return {"id": id, "points": points, "when": when, **more}


@pytest.fixture
def acme(town):
    return Company(town, "ana")


def score_by(acme, *rules, groups=()):
    answer = acme.client.put(SCORING, {"groups": list(groups),
                                       "rules": list(rules)}).expect(200)
    acme.settle()
    return answer.json


def lines(lead):
    assert lead["score"] == sum(members(lead["score_lines"], "points"))
    return {line.get("rule", line.get("group")): line["points"]
            for line in lead["score_lines"]}


# Groups

def test_what_a_group_is_over_its_most_is_taken_back_by_a_line(acme):
    """43: the lines always add up to the score."""
    score_by(acme, rule("mail", 30, group="fit"),
             rule("name", 25, "name", group="fit"),
             rule("city", 10, "city"),
             groups=[{"id": "fit", "name": "Fit", "max": 40}])
    lead = acme.send_lead(name="Kim", email="kim@x.test", city="Seoul")
    shown = acme.lead(lead["id"])
    assert shown["score"] == lead["score"] == 50
    assert lines(shown) == {"mail": 30, "name": 25, "fit": -15, "city": 10}
    assert shown["score_lines"][-1]["name"] == "Fit"
    assert lines(acme.edit(lead, email=None)) == {"name": 25, "city": 10}


def test_a_group_takes_away_no_more_than_its_least(acme):
    score_by(acme, rule("a", -30, group="bad"),
             rule("b", -40, "name", group="bad"), rule("c", 100, "city"),
             groups=[{"id": "bad", "min": -50}])
    lead = acme.send_lead(name="Kim", email="kim@x.test", city="Seoul")
    assert acme.lead(lead["id"])["score"] == 50


def test_faults_of_a_scoring_are_pointed_at(acme):
    for document, pointer in (
            ({"rules": [rule("a", 1, group="none")]}, "/rules/0/group"),
            ({"groups": [{"id": "g", "max": 1, "min": 2}], "rules": []},
             "/groups/0/min"),
            ({"groups": [{"id": "g"}, {"id": "g"}], "rules": []},
             "/groups/1/id"),
            ({"rules": [rule("a", 1), rule("a", 2)]}, "/rules/1/id"),
            ({"rules": [rule("a", 1, half_life_days=0)]},
             "/rules/0/half_life_days"),
            ({"rules": [rule("a", 1, since="birthday")]}, "/rules/0/since"),
            ({"rules": [rule("a", 1, "shoe_size")]}, "/rules/0/when/field"),
            ({"rules": [rule("a", 1, "score")]}, "/rules/0/when")):
        for send, path, before in ((acme.client.put, SCORING, ""),
                                   (acme.client.post, SCORING + "/preview",
                                    "/scoring")):
            sent = {"scoring": document} if before else document
            problem = send(path, sent).expect(422).json
            assert before + pointer in members(problem["errors"], "pointer")
    assert acme.client.get(SCORING).headers["etag"] == '"0"'


# Behaviour

def test_what_people_do_counts(acme):
    score_by(acme, rule("met", 20, "touch_kinds", "contains",
                        value="meeting"),
             rule("keen", 15, "returns", "at_least", value=2),
             rule("worked", 5, "touches", "at_least", value=3))
    lead = acme.send_lead(email="kim@x.test")
    assert acme.lead(lead["id"])["score"] == 0
    for _ in range(2):
        acme.send_lead(email="kim@x.test", message="again")
    acme.touch(lead, "call").expect(201)
    acme.touch(lead, "call").expect(201)
    assert lines(acme.lead(lead["id"])) == {"keen": 15}
    acme.touch(lead, "meeting").expect(201)
    shown = acme.lead(lead["id"])
    assert lines(shown) == {"met": 20, "keen": 15, "worked": 5}
    assert (shown["returns"], shown["touches"]) == (2, 3)
    assert shown["last_touch_at"] is not None


# Time

def test_points_fade_by_half_with_each_half_life(acme):
    score_by(acme, rule("fresh", 40, half_life_days=10), rule("stays", 7))
    lead = acme.send_lead(email="kim@x.test")
    seen = []
    for _ in range(3):
        acme.baton.clock.advance("10d")
        acme.baton.clock.advance("1d")
        shown = acme.lead(lead["id"])
        seen.append(lines(shown)["fresh"])
        assert shown["score_lines"][0]["faded_from"] == 40
    assert seen == [19, 9, 4]
    for _ in range(8):
        acme.baton.clock.advance("11d")
    assert lines(acme.lead(lead["id"])) == {"stays": 7}


def test_the_points_of_a_touch_are_fresh_after_the_next_touch(acme):
    score_by(acme, rule("warm", 32, "touches", "at_least", value=1,
                        half_life_days=2, since="last_touch_at"))
    lead = acme.send_lead(email="kim@x.test")
    assert acme.lead(lead["id"])["score"] == 0
    acme.touch(lead, "call").expect(201)
    assert acme.lead(lead["id"])["score"] == 32
    acme.baton.clock.advance("4d")
    assert acme.lead(lead["id"])["score"] == 8
    acme.touch(lead, "email").expect(201)
    assert acme.lead(lead["id"])["score"] == 32


def test_silence_costs_points_by_itself(acme):
    """A condition over time becomes true without a change of the lead."""
    score_by(acme, {"id": "silent", "points": -10, "when": {"not": {
        "field": "last_touch_at", "op": "within_last", "value": "7d"}}})
    lead = acme.send_lead(email="kim@x.test")
    acme.touch(lead, "call").expect(201)
    assert acme.lead(lead["id"])["score"] == 0
    version = acme.lead(lead["id"])["version"]
    for _ in range(9):
        acme.baton.clock.advance("1d")
    shown = acme.lead(lead["id"])
    assert (shown["score"], shown["version"]) == (-10, version)


def test_a_closed_lead_keeps_its_last_score(acme):
    score_by(acme, rule("fresh", 40, half_life_days=1))
    lead = acme.send_lead(email="kim@x.test")
    acme.edit(lead, stage="customer")
    acme.baton.clock.advance("20d")
    assert acme.lead(lead["id"])["score"] == 40


# Other rules

def test_other_rules_score_every_open_lead_again(acme):
    leads = [acme.send_lead(email=f"p{i}@x.test") for i in range(5)]
    acme.edit(leads[4], stage="customer")
    batch = [{"email": f"b{i}@x.test"} for i in range(300)]
    acme.client.post("/api/v1/leads/batch", {"leads": batch}).expect(200)
    before = acme.client.get(SCORING + "/progress").expect(200).json
    assert before == {"version": 0, "looked_at": 0, "changed": 0,
                      "done": True, "done_at": None}
    version = acme.lead(leads[0]["id"])["version"]
    score_by(acme, rule("mail", 77))
    progress = acme.client.get(SCORING + "/progress").expect(200).json
    assert progress["done"] and progress["version"] == 1
    assert (progress["looked_at"], progress["changed"]) == (305, 304)
    assert {acme.lead(lead["id"])["score"] for lead in leads[:4]} == {77}
    assert acme.lead(leads[4]["id"])["score"] == 15
    assert acme.lead(leads[0]["id"])["version"] == version


def test_a_draft_is_tried_on_the_newest_leads_and_changes_nothing(acme):
    score_by(acme, rule("mail", 20))
    leads = [acme.send_lead(email=f"p{i}@x.test",
                            city="Seoul" if i < 3 else "Busan")
             for i in range(8)]
    draft = {"rules": [rule("seoul", 60, "city", "is", value="Seoul")]}
    tried = acme.client.post(SCORING + "/preview", {
        "scoring": draft, "thresholds": [50, 10]}).expect(200).json
    assert (tried["looked_at"], tried["is_sample"]) == (8, False)
    assert tried["changed"] == 8
    assert tried["thresholds"] == [
        {"at": 50, "now": 0, "then": 3, "rise": 3, "fall": 0},
        {"at": 10, "now": 8, "then": 3, "rise": 0, "fall": 5}]
    assert {e["lead"] for e in tried["examples"][:3]} \
        == {lead["id"] for lead in leads[:3]}
    some = acme.client.post(SCORING + "/preview", {
        "scoring": draft, "leads": 4}).expect(200).json
    assert (some["looked_at"], some["is_sample"]) == (4, True)
    assert {acme.lead(lead["id"])["score"] for lead in leads} == {20}
    score_by(acme, *draft["rules"])
    assert sorted(acme.lead(lead["id"])["score"] for lead in leads) \
        == [0] * 5 + [60] * 3


def test_a_rep_tries_no_rules(acme):
    ana = acme.sign_in("ana")
    ana.post(SCORING + "/preview", {"scoring": {"rules": []}}).expect(403)
    ana.get(SCORING + "/progress").expect(403)
