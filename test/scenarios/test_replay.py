"""Past leads through other rules: who would have got them, what that changes
for each person, and what cannot be known. Nothing is written."""

import json
from datetime import timedelta

import pytest
from support.events import EventStream
from support.story import OFFICE, Company, monday, now


def rules(*rules, pools=(), **more):
    return {"format": "baton-rules/1", "rules": list(rules),
            "pools": list(pools), "otherwise": {"pool": pools[0]["id"]},
            **more}


def pool(*names, name="team", strategy="in_turn", **more):
    return {"id": name, "name": name.title(), "strategy": strategy,
            "members": [{"rep": f"{who}@acme.test"} for who in names], **more}


def replay(acme, document, tmp_path, *words, days=30):
    """By the command; the period ends when the last lead has come."""
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(document))
    end = now(acme.baton) + timedelta(minutes=1)
    return acme.baton.cli(
        "rules", "replay", file, "--workspace", acme.slug, "--days", days,
        "--to", end.isoformat(), "--json", *words)


def people(result):
    return {one["name"]: (one["before"], one["after"], one["gained"],
                          one["lost"]) for one in result["people"]}


def notes(result):
    return {note["code"]: note["leads"] for note in result["unknown"]}


def published(acme, document):
    acme.publish_rules({k: v for k, v in document.items() if k != "format"})
    return document


# The command

def test_the_rules_that_were_in_force_change_nothing(town, tmp_path):
    acme = Company(town, "ana", "bo", "cy")
    now_in_force = published(acme, rules(pools=[pool("ana", "bo", "cy")]))
    for i in range(20):
        acme.send(name=f"Lead {i}", country="KR")

    result = replay(acme, now_in_force, tmp_path)

    assert (result["leads"], result["same"], result["changed"]) == (20, 20, 0)
    assert people(result) == {"ana": (7, 7, 0, 0), "bo": (7, 7, 0, 0),
                              "cy": (6, 6, 0, 0)}
    assert result["otherwise"] == {"before": 20, "after": 20}


def test_other_rules_say_who_would_gain_and_who_would_lose(town, tmp_path):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana", "bo")]))
    for i in range(10):
        acme.send(name=f"Lead {i}", country="KR" if i % 2 else "FR")

    result = replay(acme, rules(
        {"id": "korea", "name": "Korea", "give_to": {"rep": "bo@acme.test"},
         "when": {"field": "country", "op": "is", "value": "KR"}},
        {"id": "mars", "name": "Mars", "give_to": {"rep": "ana@acme.test"},
         "when": {"field": "city", "op": "is", "value": "Mars"}},
        pools=[pool("ana")]), tmp_path)

    assert people(result)["ana"][:2] == (5, 5)
    assert {rule["id"]: rule["after"] for rule in result["rules"]} == {
        "korea": 5, "mars": 0}
    assert result["never_hit"] == ["mars"]
    assert result["otherwise"] == {"before": 10, "after": 5}
    # No rule read the country then; the leads have not changed since.
    assert result["facts"] == {"recorded": 0, "unchanged": 10, "as_now": 0,
                               "gone": 0}


def test_nothing_is_written(town, tmp_path):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana", "bo")]))
    leads = [acme.send_lead(name=f"Lead {i}") for i in range(4)]
    before = ([acme.lead(lead["id"]) for lead in leads], acme.ledger(),
              [acme.of(lead, "timeline") for lead in leads],
              [acme.of(lead, "decisions") for lead in leads])

    replay(acme, rules(pools=[pool("bo")]), tmp_path)

    assert before == ([acme.lead(lead["id"]) for lead in leads], acme.ledger(),
                      [acme.of(lead, "timeline") for lead in leads],
                      [acme.of(lead, "decisions") for lead in leads])


def test_facts_are_those_of_the_day_a_lead_came(town, tmp_path):
    """What a rule read then was recorded; what none read is as it is now, and
    that is said."""
    acme = Company(town, "ana", "bo")
    to_bo = {"id": "kr", "give_to": {"rep": "bo@acme.test"},
             "when": {"field": "country", "op": "is", "value": "KR"}}
    published(acme, rules(to_bo, pools=[pool("ana")]))
    lead = acme.send_lead(name="Kim", country="KR", product="roof")
    acme.edit(lead, country="FR", product="wall")
    by_product = {"id": "roof", "give_to": {"rep": "bo@acme.test"},
                  "when": {"field": "product", "op": "is", "value": "roof"}}

    same = replay(acme, rules(to_bo, pools=[pool("ana")]), tmp_path)
    other = replay(acme, rules(by_product, pools=[pool("ana")]), tmp_path)

    assert same["same"] == 1 and same["facts"]["recorded"] == 1
    assert "facts_now" not in notes(same)
    assert other["to_another"] == 1 and other["facts"]["as_now"] == 1
    assert notes(other)["facts_now"] == 1
    said = [n["sentence"] for n in other["unknown"] if n["code"] == "facts_now"]
    assert "as they are now" in said[0]["en"] and "지금의 값" in said[0]["ko"]


def test_working_hours_hold_at_the_moment_a_lead_came(town, tmp_path):
    acme = Company(town, ana={}, bo={"hours": OFFICE})
    published(acme, rules(pools=[pool("ana")]))
    monday(town, hour=10)
    acme.send(name="By day")
    town.clock.advance("12h")
    acme.send(name="By night")

    result = replay(acme, rules(pools=[pool("bo")],
                                nobody_can={"wait": "until_hours"}), tmp_path)

    assert (result["to_another"], result["to_queue"]) == (1, 1)
    assert result["waiting"] == {"before": 0, "after": 1}


def test_who_was_away_is_away_in_the_replay(town, tmp_path):
    acme = Company(town, ana={}, bo={})
    document = published(acme, rules(pools=[pool("ana", "bo")]))
    acme.change("bo", presence="away")
    for i in range(4):
        acme.send(name=f"Lead {i}")
    acme.change("bo", presence="available")
    for i in range(4):
        acme.send(name=f"Late {i}")

    result = replay(acme, document, tmp_path)

    assert result["same"] == 8 and "presence" in notes(result)
    assert people(result)["ana"][1] > people(result)["bo"][1]


def test_limits_hold_on_the_load_that_each_would_have_had(town, tmp_path):
    acme = Company(town, ana={"open_leads_max": 3}, bo={})
    document = published(acme, rules(pools=[pool("ana", "bo")]))
    for i in range(10):
        acme.send(name=f"Lead {i}")

    same = replay(acme, document, tmp_path)
    only_ana = replay(acme, rules(pools=[pool("ana")]), tmp_path)

    assert same["same"] == 10
    assert people(only_ana)["ana"][1] == 3
    assert only_ana["waiting"]["after"] == 7


def test_late_leads_that_went_on_are_followed(town, tmp_path):
    """Turns that were taken later count as they did."""
    acme = Company(town, "ana", "bo", "cy")
    document = published(acme, rules(
        pools=[pool("ana", "bo", "cy")],
        late={"after_minutes": 10, "then": "next", "times": 1}))
    for i in range(9):
        acme.send(name=f"Lead {i}")
        town.clock.advance("4m")

    result = replay(acme, document, tmp_path)

    assert (result["leads"], result["same"]) == (9, 9)


def test_only_the_period_is_looked_at(town, tmp_path):
    acme = Company(town, "ana", "bo")
    document = published(acme, rules(pools=[pool("ana", "bo")]))
    for i in range(3):
        acme.send(name=f"Old {i}")
    town.clock.advance("49h")
    for i in range(5):
        acme.send(name=f"New {i}")

    assert replay(acme, document, tmp_path, days=2)["same"] == 5
    assert replay(acme, document, tmp_path, days=3)["same"] == 8


@pytest.mark.parametrize("days", ["0", "91", "many", "-1"])
def test_days_that_are_none_are_wrong_usage(town, tmp_path, days):
    acme = Company(town, "ana")
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules(pools=[pool("ana")])))
    done = acme.baton.cli_result("rules", "replay", file, "--workspace",
                                 acme.slug, "--days", days)
    assert done.returncode == 2 and "1 to 90" in done.stderr


def test_rules_that_cannot_be_used_are_refused_with_their_place(town, tmp_path):
    acme = Company(town, "ana")
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules(pools=[pool("nobody")])))
    done = acme.baton.cli_result("rules", "replay", file, "--workspace",
                                 acme.slug)
    assert done.returncode == 1
    assert "/pools/0/members/0/rep" in done.stderr
    done = acme.baton.cli_result("rules", "replay", file, "--workspace", "none")
    assert done.returncode == 1
    done = acme.baton.cli_result("rules", "replay", file)
    assert done.returncode == 2 and "--workspace" in done.stderr


def test_for_people_it_names_each_lead_and_what_it_cannot_know(town, tmp_path):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana")]))
    lead = acme.send_lead(name="Kim")
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules(pools=[pool("bo")])))
    text = acme.baton.cli_result(
        "rules", "replay", file, "--workspace", acme.slug, "--to",
        (now(town) + timedelta(minutes=1)).isoformat()).stdout
    assert f"{lead['id']}  ana -> bo" in text
    assert "1 leads: 0 with the same owner, 1 with another person" in text
    assert "what it cannot know" in text and "working hours" in text


# Over HTTP

def ask(acme, **given):
    return acme.client.post("/api/v1/routing/replays", given)


def run(acme, **given):
    """To its end."""
    made = ask(acme, **given).expect(201).json
    acme.settle()
    return acme.client.get(
        f"/api/v1/routing/replays/{made['id']}").expect(200).json


def changes(acme, made, **query):
    return acme.client.get(f"/api/v1/routing/replays/{made['id']}/leads",
                           query=query).expect(200).json


def draft(acme, document):
    acme.client.put("/api/v1/routing/draft", document).expect(200)


def test_the_draft_is_replayed_as_a_job_and_its_counts_open_lists(town):
    acme = Company(town, "ana", "bo", "cy")
    published(acme, rules(pools=[pool("ana", "bo")]))
    leads = [acme.send_lead(name=f"Lead {i}", company=f"Firm {i}")
             for i in range(6)]
    draft(acme, rules(pools=[pool("cy", "bo")]))

    done = run(acme, days=7)

    assert done["state"] == "done" and done["reason"] is None
    assert done["decisions"] == done["decisions_done"] == 6
    result = done["result"]
    assert (result["leads"], result["cut"]) == (6, False)
    assert people(result)["cy"] == (0, 3, 3, 0)
    moved = changes(acme, done)["items"]
    assert len(moved) == result["changed"] > 0
    ids = [lead["id"] for lead in leads]
    assert [one["lead"]["id"] for one in moved] == sorted(
        (one["lead"]["id"] for one in moved), key=ids.index)
    first = moved[0]
    assert first["lead"]["name"].startswith("Lead")
    assert first["lead"]["company"].startswith("Firm")
    assert first["before"]["kind"] == first["after"]["kind"] == "rep"
    assert first["code"] == "in_turn" and first["rule_after"] is None
    cy = acme.people["cy"].id
    assert len(changes(acme, done, gained_by=cy)["items"]) == 3
    assert changes(acme, done, lost_by=cy)["items"] == []
    assert changes(acme, done, change="to_queue")["items"] == []
    assert len(changes(acme, done, change="to_another")["items"]) == len(moved)


def test_the_list_of_changes_comes_in_pages(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana")]))
    for i in range(7):
        acme.send(name=f"Lead {i}")
    done = run(acme, rules=rules(pools=[pool("bo")]))
    seen, cursor = [], None
    while cursor or not seen:
        page = changes(acme, done, limit=3,
                       **({"cursor": cursor} if cursor else {}))
        seen += [one["lead"]["name"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"Lead {i}" for i in range(7)]


def test_replays_are_listed_newest_first_and_some_are_kept(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana")]))
    acme.send(name="Kim")
    made = [run(acme, rules=rules(pools=[pool("bo")])) for _ in range(22)]

    listed = acme.client.get("/api/v1/routing/replays").expect(200).json

    assert [one["id"] for one in listed["items"]] == [
        one["id"] for one in reversed(made)][:20]
    acme.client.get(f"/api/v1/routing/replays/{made[0]['id']}").expect(404)
    assert changes(acme, made[-1])["items"]


def test_how_far_it_is_is_told_while_it_runs(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana", "bo")]))
    for start in range(0, 6000, 1000):
        acme.client.post("/api/v1/leads/batch", {"leads": [
            {"name": f"Lead {start + i}"} for i in range(1000)]}).expect(200)
    with EventStream(acme.client) as events:
        made = ask(acme, rules=rules(pools=[pool("bo")])).expect(201).json
        first = events.wait_for("replay.progress").json
        done = events.wait_for("replay.done").json
    assert first["id"] == done["id"] == made["id"]
    assert 0 < first["decisions_done"] < first["decisions"] == 6000
    assert done["decisions_done"] == 6000
    acme.settle()
    assert len(changes(acme, made, limit=200)["items"]) == 200


def test_the_limit_ends_it(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana")]))
    for i in range(5):
        acme.send(name=f"Lead {i}")
    done = run(acme, limit=2, rules=rules(pools=[pool("bo")]))
    assert done["limit"] == 2 and done["result"]["cut"]
    assert done["result"]["leads"] == len(changes(acme, done)["items"]) == 2


def test_a_period_may_be_said_by_its_ends(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana")]))
    acme.send(name="Before")
    town.clock.advance("2h")
    begin = now(town)
    acme.send(name="Within")
    town.clock.advance("2h")
    end = now(town)
    acme.send(name="After")
    done = run(acme, rules=rules(pools=[pool("bo")]),
               **{"from": begin.isoformat(), "to": end.isoformat()})
    names = [one["lead"]["name"] for one in changes(acme, done)["items"]]
    assert names == ["Within"]


def test_nothing_of_leads_is_written_by_a_replay_over_http(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana")]))
    lead = acme.send_lead(name="Kim")
    before = (acme.lead(lead["id"]), acme.of(lead, "timeline"), acme.ledger(),
              acme.of(lead, "decisions"), acme.of(lead, "assignments"))
    run(acme, rules=rules(pools=[pool("bo")]))
    assert before == (
        acme.lead(lead["id"]), acme.of(lead, "timeline"), acme.ledger(),
        acme.of(lead, "decisions"), acme.of(lead, "assignments"))


def test_an_erased_lead_is_left_out_and_that_is_said(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana")]))
    lead = acme.send_lead(name="Kim", email="kim@x.test")
    acme.send(name="Lee")
    acme.client.post(f"/api/v1/leads/{lead['id']}/erase",
                     {"reason": "asked"}).expect(200)
    result = run(acme, rules=rules(pools=[pool("bo")]))["result"]
    assert result["leads"] == 1 and notes(result)["erased"] == 1


@pytest.mark.parametrize("given, pointer", [
    ({"days": 0}, "/days"),
    ({"days": 91}, "/days"),
    ({"days": "7"}, "/days"),
    ({"limit": 0}, "/limit"),
    ({"from": "yesterday"}, "/from"),
    ({"days": 7, "from": "2026-11-01T00:00:00Z"}, "/days"),
    ({"to": "2026-11-01T00:00:00Z"}, "/from"),
    ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "/from"),
    ({"from": "2026-01-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "/from"),
    ({"dayz": 7}, "/dayz"),
    ({"rules": {"format": "baton-rules/1", "rules": [], "otherwise":
                {"pool": "none"}, "pools": []}}, "/rules/otherwise/pool"),
])
def test_what_is_wrong_is_refused_with_its_place(town, given, pointer):
    acme = Company(town, "ana")
    problem = ask(acme, **given).expect(422).json
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert acme.client.get("/api/v1/routing/replays").json["items"] == []


@pytest.mark.parametrize("query, pointer", [
    ({"change": "nothing"}, "/change"), ({"gained_by": "ana"}, "/gained_by"),
    ({"cursor": "x"}, "/cursor"), ({"limit": 201}, "/limit")])
def test_a_list_that_cannot_be_is_refused(town, query, pointer):
    acme = Company(town, "ana")
    published(acme, rules(pools=[pool("ana")]))
    done = run(acme)
    problem = acme.client.get(f"/api/v1/routing/replays/{done['id']}/leads",
                              query=query).expect(422).json
    assert pointer in [error["pointer"] for error in problem["errors"]]


@pytest.mark.parametrize("role", ["viewer", "rep", "manager"])
def test_only_who_may_change_the_rules_replays(town, role):
    acme = Company(town, ana={}, zoe={"role": role})
    published(acme, rules(pools=[pool("ana")]))
    acme.send(name="Kim")
    done = run(acme)
    zoe = acme.sign_in("zoe")
    zoe.post("/api/v1/routing/replays", {"days": 7}).expect(403)
    zoe.get("/api/v1/routing/replays").expect(403)
    zoe.get(f"/api/v1/routing/replays/{done['id']}").expect(403)
    zoe.get(f"/api/v1/routing/replays/{done['id']}/leads").expect(403)


def test_another_company_sees_nothing_of_it(town):
    acme, other = Company(town, "ana"), Company(town, "bo")
    published(acme, rules(pools=[pool("ana")]))
    done = run(acme)
    other.client.get(f"/api/v1/routing/replays/{done['id']}").expect(404)
    assert other.client.get("/api/v1/routing/replays").json["items"] == []


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_replay_that_was_cut_off_begins_again(baton, end):
    acme = Company(baton, "ana", "bo")
    published(acme, rules(pools=[pool("ana", "bo")]))
    for start in range(0, 12000, 1000):
        acme.client.post("/api/v1/leads/batch", {"leads": [
            {"name": f"Lead {start + i}"} for i in range(1000)]}).expect(200)
    with EventStream(acme.client) as events:
        made = ask(acme, rules=rules(pools=[pool("bo")])).expect(201).json
        events.wait_for("replay.progress")
        getattr(baton, end)()
    baton.start()
    acme.client = baton.client.with_key(acme.key)

    baton.clock.advance("5m")

    done = acme.client.get(
        f"/api/v1/routing/replays/{made['id']}").expect(200).json
    assert done["state"] == "done"
    assert done["result"]["leads"] == 12000
    seen, cursor = 0, None
    while cursor or not seen:
        page = changes(acme, done, limit=200,
                       **({"cursor": cursor} if cursor else {}))
        seen += len(page["items"])
        cursor = page["next_cursor"]
    assert seen == done["result"]["changed"] == 6000


# One decision made again

def again(acme, decision):
    answer = acme.client.get(
        f"/api/v1/decisions/{decision['id']}").expect(200).json
    assert answer["decision"]["id"] == decision["id"]
    assert "trail" in answer["decision"]
    return answer["again"]


def decisions(acme):
    return acme.client.get("/api/v1/decisions",
                           query={"limit": 200}).expect(200).json["items"]


def test_every_decision_made_again_from_its_record_has_the_same_owner(town):
    acme = Company(town, ana={"weight": 2}, bo={"open_leads_max": 6}, cy={},
                   dee={"day_leads_max": 4})
    countries = ("KR", "JP", "FR", "DE", "US")
    published(acme, rules(
        *({"id": country.lower(), "give_to": {"pool": name},
           "when": {"field": "country", "op": "is", "value": country}}
          for country, name in zip(countries, ("room", "draw", "first"))),
        pools=[pool("ana", "bo", "cy", "dee", name="turn"),
               pool("bo", "cy", name="room", strategy="most_room"),
               pool("ana", "cy", "dee", name="draw", strategy="random"),
               pool("dee", "ana", name="first", strategy="fixed")],
        late={"after_minutes": 10, "then": "next", "times": 1}))
    for i in range(30):
        acme.send(name=f"Lead {i}", country=countries[i % 5])
        if i % 7 == 3:
            acme.change("cy", presence=("away", "available")[i % 2])
        town.clock.advance("3m")

    made = decisions(acme)
    found = [again(acme, decision) for decision in made]

    assert len(made) > 30  # late ones, too
    assert all(one["same"] and one["otherwise"] == [] for one in found)
    assert [one["owner"]["id"] for one in found] == [
        decision["owner"]["id"] for decision in made]


def test_who_is_seen_otherwise_today_is_named(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("bo", "ana", strategy="fixed")]))
    monday(town, hour=20)
    acme.send(name="Kim")
    (decision,) = decisions(acme)
    assert again(acme, decision)["same"]

    acme.change("bo", hours=OFFICE)

    found = again(acme, decision)
    assert not found["same"] and found["owner"]["name"] == "ana"
    assert found["otherwise"] == [{"id": acme.people["bo"].id, "name": "bo",
                                   "then": None, "now": "outside_hours"}]


def test_what_no_rule_was_asked_for_is_not_made_again(town):
    acme = Company(town, "ana", "bo")
    published(acme, rules(pools=[pool("ana", "bo",
                                      strategy="first_to_accept")]))
    lead = acme.send_lead(name="Kim", email="kim@x.test")
    ana = acme.sign_in("ana")
    ana.post(f"/api/v1/leads/{lead['id']}/accept", {}).expect(200)
    accepted, offered = decisions(acme)
    assert again(acme, accepted)["left"] == "accepted"
    assert again(acme, accepted)["same"] is None
    assert again(acme, offered)["same"]

    acme.client.post(f"/api/v1/leads/{lead['id']}/erase",
                     {"reason": "asked"}).expect(200)
    assert again(acme, offered)["left"] == "erased"


def test_a_decision_that_is_not_there_is_not_found(town):
    acme = Company(town, "ana")
    acme.client.get("/api/v1/decisions/0000000000001").expect(404)
    acme.client.get("/api/v1/decisions/none").expect(404)
