"""Pools as a resource: who is in them and who could take a lead now; a change
is a new version of the rules, with all that holds of one."""

import pytest
from support.story import OFFICE, Company, monday

POOLS = "/api/v1/pools"
DRAFT = "/api/v1/routing/draft"


def member(name, **more):
    return {"rep": f"{name}@acme.test", **more}


@pytest.fixture
def acme(town):
    acme = Company(town, "ana", "bo", "cy")
    acme.publish(
        [{"id": "few", "name": "Few",
          "members": [member("ana", weight=2), member("bo")]},
         {"id": "all", "name": "All", "members": "everyone"}],
        rules=[{"id": "kr", "give_to": {"pool": "few"}, "when": {
            "field": "country", "op": "is", "value": "KR"}}],
        otherwise={"pool": "all"})
    return acme


def pool(acme, id="few"):
    return acme.client.get(f"{POOLS}/{id}").expect(200).json


def change(acme, id="few", **body):
    answer = acme.client.patch(f"{POOLS}/{id}", body)
    acme.settle()
    return answer


def version(acme):
    return acme.client.get("/api/v1/routing/versions").json["items"][0]


def names(shown):
    return [m["name"] for m in shown["members"]]


# Who is in them, and who can

def test_pools_are_shown_with_who_could_take_a_lead(acme):
    acme.change("ana", hours=OFFICE)
    monday(acme.baton, hour=20)
    acme.change("bo", open_leads_max=1)
    acme.send_lead(country="KR", name="x")
    few = pool(acme)
    assert few["strategy"] == "in_turn" and few["rules"] == ["kr"]
    assert (few["everyone"], few["otherwise"], few["able"]) == (False, False,
                                                                0)
    ana, bo = few["members"]
    assert (ana["rep"], ana["weight"], ana["able"]) == ("ana@acme.test", 2,
                                                        False)
    assert ana["gate"]["code"] == "outside_hours"
    assert ana["gate"]["sentence"]["en"].startswith("ana works again from")
    assert (bo["gate"]["code"], bo["gate"]["saw"], bo["gate"]["limit"]) == (
        "full", 1, 1)
    assert (bo["open_leads"], bo["open_leads_max"], bo["turns"]) == (1, 1, 1)
    every = pool(acme, "all")
    assert every["everyone"] and every["otherwise"] and every["able"] == 1
    assert names(every) == ["ana", "bo", "cy"]
    listed = acme.client.get(POOLS).expect(200).json["items"]
    assert [p["id"] for p in listed] == ["few", "all"]
    assert listed[0] == few


def test_the_pool_of_everyone_is_a_pool_though_nobody_wrote_it_down(acme):
    acme.publish(
        [{"id": "few", "name": "Few", "members": [member("ana")]}],
        rules=[{"id": "kr", "give_to": {"pool": "few"}, "when": {
            "field": "country", "op": "is", "value": "KR"}}],
        otherwise={"pool": "everyone"})
    listed = acme.client.get(POOLS).expect(200).json["items"]
    assert [p["id"] for p in listed] == ["few", "everyone"]
    every = pool(acme, "everyone")
    assert every["everyone"] and every["otherwise"] and every["able"] == 3
    assert every["strategy"] == "in_turn"
    refused = acme.client.delete(f"{POOLS}/everyone").expect(409).json
    assert [e["pointer"] for e in refused["errors"]] == ["/otherwise/pool"]
    acme.client.post(POOLS, {"id": "everyone",
                             "members": "everyone"}).expect(422)
    assert pool(acme, "few")["able"] == 1
    changed = change(acme, "everyone", strategy="most_room").expect(200).json
    assert changed["strategy"] == "most_room" and changed["able"] == 3
    assert [p["id"] for p in acme.client.get(POOLS).expect(200).json["items"]
            ] == ["few", "everyone"]


def test_a_draft_that_only_names_everyone_gets_the_same_change(acme):
    acme.publish([{"id": "few", "members": [member("ana")]}], rules=[],
                 otherwise={"pool": "everyone"})
    acme.client.put(DRAFT, {
        "format": "baton-rules/1", "rules": [],
        "pools": [{"id": "few", "members": [member("bo")]}],
        "otherwise": {"pool": "everyone"}}).expect(200)
    change(acme, "everyone", strategy="most_room").expect(200)
    draft = acme.client.get(DRAFT).expect(200).json
    assert {p["id"]: p.get("strategy") for p in draft["pools"]} == {
        "few": None, "everyone": "most_room"}


def test_a_new_workspace_has_the_pool_of_everyone(town):
    acme = Company(town, "ana")
    shown = acme.client.get(POOLS).json["items"]
    assert [(p["id"], p["version"], names(p)) for p in shown] == [
        ("everyone", 0, ["ana"])]
    changed = change(acme, "everyone", strategy="most_room").expect(200).json
    assert changed["version"] == 1


# A change is a version

def test_members_and_weights_are_changed_by_a_new_version(acme):
    before = version(acme)["number"]
    changed = change(acme, members=[member("cy", weight=3)],
                     note="Cy takes Korea").expect(200).json
    assert names(changed) == ["cy"] and changed["name"] == "Few"
    assert changed["version"] == before + 1
    assert (version(acme)["number"], version(acme)["note"]) == (
        before + 1, "Cy takes Korea")
    assert acme.send(country="KR", name="x") == "cy"
    change(acme, members="everyone").expect(200)
    assert pool(acme)["everyone"]
    acme.client.post(f"/api/v1/routing/versions/{before}/restore",
                     {}).expect(200)
    acme.client.post(f"{DRAFT}/publish", {}).expect(201)
    assert names(pool(acme)) == ["ana", "bo"]


def test_waiting_leads_go_to_who_joins_the_pool(acme):
    for name in ("ana", "bo"):
        acme.change(name, presence="away")
    waits = acme.send_lead(country="KR", name="x")
    assert waits["owner"]["kind"] == "queue"
    change(acme, members=[member("ana"), member("cy")]).expect(200)
    assert acme.owner(waits) == "cy"


def test_a_draft_gets_the_same_change(acme):
    """Else publishing it would take this one back."""
    document = acme.client.get(DRAFT).json
    document["rules"][0]["name"] = "Korea"
    acme.client.put(DRAFT, document).expect(200)
    change(acme, members=[member("cy")]).expect(200)
    acme.client.post(f"{DRAFT}/publish", {}).expect(201)
    assert names(pool(acme)) == ["cy"]
    draft = acme.client.get(DRAFT).json
    assert draft["rules"][0]["name"] == "Korea"


def test_a_change_that_breaks_a_test_of_the_rules_is_not_published(acme):
    document = acme.client.get(DRAFT).json
    document["tests"] = [{"name": "Korea is Ana's", "lead": {"country": "KR"},
                          "expect": {"rep": "ana@acme.test"}}]
    acme.client.put(DRAFT, document).expect(200)
    acme.client.post(f"{DRAFT}/publish", {}).expect(201)
    before = version(acme)
    answer = change(acme, members=[member("cy")]).expect(422)
    assert answer.json["errors"][0]["pointer"].startswith("/tests/0")
    assert version(acme) == before and names(pool(acme)) == ["ana", "bo"]
    assert names_of_draft(acme) == ["ana", "bo"]


def names_of_draft(acme):
    few = acme.client.get(DRAFT).json["pools"][0]
    return [m["rep"].partition("@")[0] for m in few["members"]]


def test_a_pool_is_added_and_taken_away(acme):
    made = acme.client.post(POOLS, {
        "id": "new", "name": "New", "strategy": "most_room",
        "members": [member("bo")]}).expect(201).json
    assert made["strategy"] == "most_room" and made["rules"] == []
    acme.client.post(POOLS, {"id": "new", "members": []}).expect(422)
    answer = acme.client.delete(f"{POOLS}/few").expect(409)
    assert answer.json["errors"][0]["pointer"] == "/rules/0/give_to/pool"
    acme.client.delete(f"{POOLS}/new?note=gone").expect(204)
    assert version(acme)["note"] == "gone"
    acme.client.get(f"{POOLS}/new").expect(404)
    change(acme, "new", name="x").expect(404)


def test_a_change_is_made_for_the_version_one_has_seen(acme):
    seen = pool(acme)["version"]
    path = f"{POOLS}/few"
    acme.client.patch(path, {"name": "F"}, if_match=seen).expect(200)
    answer = acme.client.patch(path, {"name": "G"}, if_match=seen).expect(409)
    assert answer.json["current"]["name"] == "F"
    acme.client.patch(path, {"name": "G", "version": seen}).expect(409)


@pytest.mark.parametrize("body, pointer", [
    ({"members": [member("nobody")]}, "/members/0/rep"),
    ({"members": [member("ana"), member("ana")]}, "/members/1"),
    ({"members": [member("ana", weight=0)]}, "/members/0/weight"),
    ({"members": "all"}, "/members"), ({"strategy": "luck"}, "/strategy"),
    ({"needs": {"skills": {"x": 1}}}, "/needs/skills/x"),
    ({"fairness": 101}, "/fairness"), ({"id": "x"}, "/id"),
])
def test_a_pool_without_sense_is_pointed_at(acme, body, pointer):
    before = version(acme)
    answer = acme.client.patch(f"{POOLS}/few", body).expect(422)
    assert answer.json["errors"][0]["pointer"] == pointer
    assert version(acme) == before


def test_the_first_who_can_is_not_said_to_be_the_one_who_is_named(town):
    """Of an ordered pool: that somebody before him could not is part of why."""
    acme = Company(town, "ana", "bo")
    acme.publish(pools=[{"id": "desk", "name": "Desk", "strategy": "fixed",
                         "members": [{"rep": "ana@acme.test"},
                                     {"rep": "bo@acme.test"}]}])
    first = acme.of(acme.send_lead(), "decisions")[-1]["sentence"]
    assert first["en"] == "Otherwise: ana is named for these leads."
    acme.change("ana", presence="away")
    second = acme.of(acme.send_lead(), "decisions")[-1]["sentence"]
    assert second["en"] == ("Otherwise: bo is the first of Desk who could "
                            "take it; 1 of 2 could.")
    assert "순서" in second["ko"]
