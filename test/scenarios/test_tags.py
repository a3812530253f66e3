"""Tags: which there are, and one that gets another name, becomes another or
goes, on all leads that have it."""

import json

import pytest
from support.story import Company, members

TAGS = "/api/v1/tags"
LEADS = "/api/v1/leads"


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def tags(acme):
    answer = acme.client.get(TAGS).expect(200).json
    assert answer["is_complete"] is True
    return {item["name"]: item["leads"] for item in answer["items"]}


def found(acme, op, *value):
    condition = {"field": "tags", "op": op,
                 **({"value": value[0]} if value else {})}
    page = acme.client.get(LEADS, query={"filter": json.dumps(condition)})
    return set(members(page.expect(200).json["items"], "name"))


def change(answer, acme):
    answer.expect(202)
    acme.settle()
    return answer.json


def some(acme):
    return [acme.send_lead(name=name, tags=given) for name, given in (
        ("a", ["VIP"]), ("b", ["fair", "vip"]), ("c", ["Fair"]), ("d", []))]


def test_a_lead_has_each_tag_once_as_it_was_given_first(acme):
    lead = acme.send_lead(name="a", tags=["VIP", "fair", "vip ", "VIP", ""])
    assert acme.lead(lead["id"])["tags"] == ["VIP", "fair"]
    changed = acme.client.patch(f"{LEADS}/{lead['id']}", {
        "tags": ["fair", "Fair", "trade"]}).expect(200).json
    assert changed["tags"] == ["fair", "trade"]
    assert tags(acme) == {"fair": 1, "trade": 1}


def test_tags_in_use_are_counted_however_they_are_written(acme):
    some(acme)
    answer = acme.client.get(TAGS).expect(200).json
    assert answer["items"] == [{"name": "Fair", "leads": 2},
                               {"name": "vip", "leads": 2}]


def test_leads_are_found_by_their_tags_as_rules_find_them(acme):
    acme.publish(rules=[{"id": "vip", "give_to": {"rep": "bo@acme.test"},
                         "when": {"field": "tags", "op": "is_any_of",
                                  "value": ["Vip", "gold"]}}],
                 otherwise={"rep": "ana@acme.test"})
    leads = some(acme)
    assert [lead["owner"]["name"] for lead in leads] == ["bo", "bo", "ana",
                                                         "ana"]
    assert found(acme, "is_any_of", ["Vip", "gold"]) == {"a", "b"}
    assert found(acme, "contains", "FAIR") == {"b", "c"}
    assert found(acme, "is", "fair") == {"b", "c"}
    assert found(acme, "is_none_of", ["vip"]) == {"c", "d"}
    assert found(acme, "is_empty") == {"d"}


def test_a_tag_gets_another_name_on_all_leads(acme):
    leads = some(acme)
    assert change(acme.client.patch(TAGS + "/Fair", {"name": "Trade fair"}),
                  acme) == {"tag": "fair", "to": "Trade fair"}
    assert tags(acme) == {"Trade fair": 2, "vip": 2}
    assert acme.lead(leads[1]["id"])["tags"] == ["vip", "Trade fair"]
    entry = acme.of(leads[2], "timeline")[0]
    assert entry["kind"] == "lead.changed"
    assert entry["data"] == {
        "changes": [{"field": "tags", "from": ["Fair"], "to": ["Trade fair"]}],
        "reason": "tag_changed"}
    assert found(acme, "is", "trade fair") == {"b", "c"}


def test_a_name_may_be_written_otherwise(acme):
    some(acme)
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "v", "points": 1,
         "when": {"field": "tags", "op": "is", "value": "vip"}}]}).expect(200)
    change(acme.client.patch(TAGS + "/VIP", {"name": "Vip"}), acme)
    assert tags(acme) == {"Fair": 2, "Vip": 2}


def test_a_tag_becomes_another_that_is_in_use(acme):
    leads = some(acme)
    acme.client.patch(TAGS + "/fair", {"name": "vip"}).expect(409)
    change(acme.client.post(TAGS + "/fair/merge", {"into": "VIP"}), acme)
    assert set(tags(acme).values()) == {3}
    assert acme.lead(leads[1]["id"])["tags"] == ["vip"]
    assert acme.lead(leads[2]["id"])["tags"] == ["VIP"]


def test_a_tag_is_taken_from_all_leads(acme):
    leads = some(acme)
    change(acme.client.delete(TAGS + "/vip"), acme)
    assert tags(acme) == {"Fair": 2}
    assert "tags" not in acme.lead(leads[0]["id"])
    acme.client.delete(TAGS + "/vip").expect(404)


def test_many_leads_are_gone_through_some_at_a_time(acme):
    acme.client.post(LEADS + "/batch", {"leads": [
        {"name": str(n), "tags": ["old", f"x{n % 3}"]} for n in range(230)]}
    ).expect(200)
    change(acme.client.patch(TAGS + "/old", {"name": "new"}), acme)
    for _ in range(3):
        acme.settle()
    assert tags(acme) == {"new": 230, "x0": 77, "x1": 77, "x2": 76}


def test_a_tag_that_something_asks_for_or_sets_stays(acme):
    some(acme)
    rule = {"field": "tags", "op": "is_any_of", "value": ["VIP"]}
    for place, put in (
            ("the scoring", lambda on: acme.client.put("/api/v1/scoring", {
                "rules": [{"id": "v", "points": 1, "when": rule}] if on
                else []})),
            ("the conventions", lambda on: acme.client.put(
                "/api/v1/conventions", {"rules": [
                    {"id": "v", "when": {}, "set": {"tags": ["vip"]}}] if on
                    else []}))):
        put(True).expect(200)
        refused = acme.client.delete(TAGS + "/vip").expect(409).json
        assert place in refused["detail"]
        acme.client.patch(TAGS + "/vip", {"name": "gold"}).expect(409)
        put(False).expect(200)
    acme.client.post("/api/v1/sequences", {"name": "Welcome", "steps": [
        {"change": {"add_tags": ["Vip"]}}]}).expect(201)
    assert "a sequence" in acme.client.delete(
        TAGS + "/vip").expect(409).json["detail"]
    change(acme.client.delete(TAGS + "/fair"), acme)


def test_a_change_with_a_fault_is_told_where(acme):
    some(acme)
    for answer, pointer in (
            (acme.client.patch(TAGS + "/vip", {"name": " "}), "/name"),
            (acme.client.patch(TAGS + "/vip", {"name": "a,b"}), "/name"),
            (acme.client.post(TAGS + "/vip/merge", {"into": "VIP"}), "/into"),
            (acme.client.post(TAGS + "/vip/merge", {"into": "no"}), "/into")):
        assert members(answer.expect(422).json["errors"],
                       "pointer") == [pointer]
    acme.client.patch(TAGS + "/no", {"name": "x"}).expect(404)


def test_who_sees_his_own_leads_alone_hears_no_counts(acme):
    some(acme)
    acme.client.patch("/api/v1/workspace", {"reps_see": "own"}).expect(200)
    ana = acme.sign_in("ana")
    items = ana.get(TAGS).expect(200).json["items"]
    assert members(items, "leads") == [None, None]
    ana.delete(TAGS + "/vip").expect(403)


def test_who_writes_again_keeps_his_tags_and_gets_the_new_ones(acme):
    first = acme.send_lead(name="kim", email="kim@x.test", tags=["fair"])
    again = acme.send_lead(name="kim", email="kim@x.test",
                           tags=["newsletter", "FAIR"])
    assert again["id"] == first["id"] and again["matched"]
    lead = acme.client.get(f"{LEADS}/{first['id']}").expect(200).json
    assert lead["tags"] == ["fair", "newsletter"]
    assert found(acme, "contains", "newsletter") == {"kim"}
