"""Two leads that are one person become one: seen before, field by field; what
hangs on them goes along; and it can be undone."""

import json

import pytest
from support.story import Company, members

LEADS = "/api/v1/leads"


@pytest.fixture
def acme(town):
    company = Company(town, "ana", "bo")
    company.everyone()
    return company


@pytest.fixture
def pair(acme):
    """The one that stays, and the one that goes."""
    stays = acme.send_lead(name="Kim Minji", email="minji@hanbit.test",
                           city="Seoul", tags=["vip"], custom={"a": 1})
    goes = acme.send_lead(name="Minji K.", phone="+82 10-1234-5678",
                          city="Busan", product="Desk", tags=["fair", "VIP"],
                          custom={"a": 2, "b": 3}, message="Call me")
    acme.give(stays, "ana")
    acme.give(goes, "bo")
    return stays, goes


def merge(acme, goes, stays, client=None, **more):
    query = {"preview": "true"} if more.pop("preview", False) else None
    return (client or acme.client).post(
        f"{LEADS}/{goes['id']}/merge", {"into": stays["id"], **more},
        query=query)


def unmerge(acme, goes, client=None):
    return (client or acme.client).post(f"{LEADS}/{goes['id']}/unmerge", {})


def wins(answer):
    return {line["field"]: line["wins"] for line in answer["fields"]}


def everything(acme, lead):
    return {"lead": acme.lead(lead["id"]),
            **{what: acme.of(lead, what) for what in
               ("timeline", "assignments", "submissions", "decisions")}}


def sound(acme):
    assert acme.baton.cli("doctor", "--json")["ok"]


def test_what_becomes_of_each_field_is_seen_before(acme, pair):
    stays, goes = pair
    before = everything(acme, stays), everything(acme, goes)
    seen = merge(acme, goes, stays, preview=True).expect(200).json
    assert seen["preview"] is True and seen["moves"] is None
    assert wins(seen) == {
        "name": "into", "email": "into", "city": "into", "tags": "both",
        "phone": "from", "product": "from", "message": "from",
        "custom.a": "into", "custom.b": "from"}
    assert seen["lead"]["tags"] == ["vip", "fair"]
    assert seen["lead"]["custom"] == {"a": 1, "b": 3}
    assert (everything(acme, stays), everything(acme, goes)) == before
    done = merge(acme, goes, stays).expect(200).json
    assert done["fields"] == seen["fields"] and done["preview"] is False


def test_nothing_that_one_of_them_knew_is_lost(acme, pair):
    stays, goes = pair
    merge(acme, goes, stays).expect(200)
    one = acme.lead(stays["id"])
    assert (one["name"], one["city"]) == ("Kim Minji", "Seoul")
    assert (one["phone"], one["product"]) == ("+821012345678", "Desk")
    assert one["tags"] == ["vip", "fair"]
    assert one["owner"]["name"] == "ana"
    sound(acme)


def test_own_fields_are_found_with_the_lead_that_stays(acme):
    acme.client.post("/api/v1/fields", {"name": "kind_of_work",
                                        "type": "text"}).expect(201)
    stays = acme.send_lead(name="a")
    goes = acme.send_lead(name="b", custom={"kind_of_work": "Bath"})

    def found(op, value):
        page = acme.client.get(LEADS, query={"filter": json.dumps(
            {"field": "custom.kind_of_work", "op": op, "value": value})})
        return [lead["id"] for lead in page.expect(200).json["items"]]

    assert found("is", "bath") == [goes["id"]]
    merge(acme, goes, stays).expect(200)
    assert found("is", "bath") == [stays["id"]]
    acme.client.post("/api/v1/lists", {"name": "Rooms",
                                       "items": ["Bath"]}).expect(201)
    assert found("in_list", "rooms") == [stays["id"]]
    unmerge(acme, goes).expect(200)
    assert found("in_list", "rooms") == [goes["id"]]


def test_a_field_of_the_other_is_taken_when_asked_for(acme, pair):
    stays, goes = pair
    done = merge(acme, goes, stays, take=["city"]).expect(200).json
    assert done["lead"]["city"] == "Busan" and wins(done)["city"] == "from"
    assert done["lead"]["name"] == "Kim Minji"


def test_what_the_other_has_replaced_stands_on_the_timeline(acme, pair):
    stays, goes = pair
    before = acme.lead(stays["id"])
    after = merge(acme, goes, stays, take=["city"]).expect(200).json["lead"]
    [entry] = [e for e in acme.of(stays, "timeline")
               if e["kind"] == "lead.merged"]
    replaced = {one["field"]: one["from"] for one in entry["data"]["replaced"]}
    changed = {field for field in before
               if field in ("name", "email", "phone", "company", "city",
                            "country", "tags", "deal_value", "message")
               and before[field] != after[field]}
    assert "city" in changed
    assert {field: before[field] for field in changed} == {
        field: was for field, was in replaced.items() if field in changed}
    assert "Busan" not in str(entry["data"])


def test_timeline_submissions_and_tasks_go_over(acme, pair):
    stays, goes = pair
    acme.touch(goes, "call", note="spoke").expect(201)
    task = acme.client.post("/api/v1/tasks", {
        "lead": goes["id"], "title": "Send the offer", "kind": "call",
        "due_at": "2027-06-01T09:00:00+09:00"}).expect(201).json
    done = merge(acme, goes, stays).expect(200).json
    assert done["moves"]["submissions"] == 1 and done["moves"]["tasks"] == 1
    notes = [e["data"].get("note") for e in acme.of(stays, "timeline")]
    assert "spoke" in notes
    assert len(acme.of(stays, "submissions")) == 2
    moved = acme.client.get(f"/api/v1/tasks/{task['id']}").expect(200).json
    assert moved["lead"]["id"] == stays["id"]
    assert acme.of(goes, "timeline") == acme.of(goes, "submissions") == []
    assert acme.of(stays, "timeline")[1]["kind"] == "lead.merged"


def test_who_writes_again_is_the_lead_that_stays(acme, pair):
    stays, goes = pair
    merge(acme, goes, stays).expect(200)
    for fields in ({"email": "minji@hanbit.test"}, {"phone": "010-1234-5678",
                                                    "country": "KR"}):
        again = acme.send_lead(**fields)
        assert (again["id"], again["matched"]) == (stays["id"], True)


def test_who_writes_again_is_found_by_an_address_that_lost(acme):
    stays = acme.send_lead(email="kim@one.test")
    goes = acme.send_lead(email="kim@two.test")
    merge(acme, goes, stays).expect(200)
    assert acme.lead(stays["id"])["email"] == "kim@one.test"
    assert acme.send_lead(email="kim@two.test")["id"] == stays["id"]


def test_the_lead_that_went_points_to_the_one_that_stays(acme, pair):
    stays, goes = pair
    merge(acme, goes, stays).expect(200)
    assert acme.lead(goes["id"])["merged_into"] == stays["id"]
    assert "merged_into" not in acme.lead(stays["id"])
    path = f"{LEADS}/{goes['id']}"
    for answer in (acme.client.patch(path, {"city": "x"}),
                   acme.touch(goes, "call"),
                   acme.client.post(path + "/owner",
                                    {"to": {"queue": "inbox"}}),
                   merge(acme, goes, stays)):
        assert answer.expect(409).json["merged_into"] == stays["id"]
    listed = acme.client.get(LEADS).expect(200).json
    assert [lead["id"] for lead in listed["items"]] == [stays["id"]]


def test_its_owner_has_room_again_and_every_count_is_right(acme, pair):
    stays, goes = pair
    assert acme.ledger()["bo"]["open_leads"] == 1
    merge(acme, goes, stays).expect(200)
    assert acme.ledger()["bo"]["open_leads"] == 0
    assert acme.ledger()["ana"]["open_leads"] == 1
    ended = acme.of(goes, "assignments")
    assert all(period["ended_at"] for period in ended)
    sound(acme)


def test_the_room_that_a_merge_frees_is_used(acme):
    acme.change("ana", presence="away")
    acme.change("bo", open_leads_max=2)
    first, second, waits = (acme.send_lead(name=str(i)) for i in range(3))
    assert waits["owner"]["name"] == "Inbox"
    merge(acme, second, first).expect(200)
    acme.settle()
    assert acme.owner(waits) == "bo"


def test_the_promise_of_the_lead_that_went_is_nobodys(acme):
    acme.everyone(late={"after_minutes": 10, "then": "next", "times": 3})
    stays = acme.send_lead(name="a")
    goes = acme.send_lead(name="b")
    acme.touch(stays, "call").expect(201)
    merge(acme, goes, stays).expect(200)
    acme.baton.clock.advance("3h")
    assert acme.lead(goes["id"])["late_count"] == 0
    assert "lead.late" not in members(acme.of(stays, "timeline"), "kind")


def test_whoever_was_answered_as_one_was_answered_as_the_other(acme):
    acme.everyone(late={"after_minutes": 10, "then": "stay"})
    stays, goes = acme.send_lead(name="a"), acme.send_lead(name="b")
    acme.touch(goes, "call").expect(201)
    merge(acme, goes, stays).expect(200)
    one = acme.lead(stays["id"])
    assert one["first_response_at"] and one["response_due_at"] is None
    acme.baton.clock.advance("3h")
    assert acme.lead(stays["id"])["late_count"] == 0


# Undone

def test_two_leads_that_became_one_become_two_again(acme, pair):
    stays, goes = pair
    acme.touch(goes, "call", note="spoke").expect(201)
    task = acme.client.post("/api/v1/tasks", {
        "lead": goes["id"], "title": "Send the offer", "kind": "call",
        "due_at": "2027-06-01T09:00:00+09:00"}).expect(201).json
    before = everything(acme, stays), everything(acme, goes)
    merge(acme, goes, stays).expect(200)
    again = unmerge(acme, goes).expect(200).json
    assert again["owner"]["name"] == "bo" and "merged_into" not in again

    changing = ("version", "updated_at", "assigned_at", "response_due_at")
    for then, lead in zip(before, pair):
        now = everything(acme, lead)
        for name, value in then["lead"].items():
            if name not in changing:
                assert now["lead"][name] == value, name
        assert now["submissions"] == then["submissions"]
        kept = [e for e in now["timeline"] if e in then["timeline"]]
        assert kept == then["timeline"]
    moved = acme.client.get(f"/api/v1/tasks/{task['id']}").expect(200).json
    assert moved["lead"]["id"] == goes["id"]
    assert acme.ledger()["bo"]["open_leads"] == 1
    assert acme.send_lead(phone="+82 10-1234-5678")["id"] == goes["id"]
    assert acme.send_lead(email="minji@hanbit.test")["id"] == stays["id"]
    sound(acme)


def test_what_was_changed_since_stays_when_a_merge_is_undone(acme, pair):
    stays, goes = pair
    merge(acme, goes, stays).expect(200)
    acme.edit(stays, product="Chair")
    acme.touch(stays, "call", note="later").expect(201)
    unmerge(acme, goes).expect(200)
    one = acme.lead(stays["id"])
    assert one["product"] == "Chair" and "phone" not in one
    notes = [e["data"].get("note") for e in acme.of(stays, "timeline")]
    assert "later" in notes


def test_the_lead_of_whoever_left_meanwhile_finds_another_owner(acme, pair):
    stays, goes = pair
    merge(acme, goes, stays).expect(200)
    acme.change("bo", active=False)
    assert unmerge(acme, goes).expect(200).json["owner"]["name"] == "ana"
    sound(acme)


def test_a_lead_of_its_own_cannot_be_undone(acme, pair):
    unmerge(acme, pair[0]).expect(409)
    acme.client.post(f"{LEADS}/0000000000001/unmerge", {}).expect(404)


def test_a_chain_of_merges_is_undone_from_its_end(acme):
    a, b, c = (acme.send_lead(name=name, email=f"{name}@x.test")
               for name in "abc")
    merge(acme, a, b).expect(200)
    merge(acme, b, c).expect(200)
    assert acme.send_lead(email="a@x.test")["id"] == c["id"]
    unmerge(acme, a).expect(409)
    unmerge(acme, b).expect(200)
    unmerge(acme, a).expect(200)
    assert acme.send_lead(email="a@x.test")["id"] == a["id"]
    sound(acme)


def test_a_merge_is_done_again_after_it_was_undone(acme, pair):
    stays, goes = pair
    merge(acme, goes, stays).expect(200)
    unmerge(acme, goes).expect(200)
    merge(acme, stays, goes).expect(200)
    assert acme.lead(stays["id"])["merged_into"] == goes["id"]
    sound(acme)


def test_a_company_counts_a_merged_lead_once(acme):
    stays = acme.send_lead(email="kim@hanbit.test")
    goes = acme.send_lead(email="lee@hanbit.test")
    path = "/api/v1/accounts/" + acme.lead(stays["id"])["account"]["id"]
    merge(acme, goes, stays).expect(200)
    assert acme.client.get(path).expect(200).json["lead_count"] == 1
    page = acme.client.get(path + "/leads").expect(200).json
    assert [lead["id"] for lead in page["items"]] == [stays["id"]]
    unmerge(acme, goes).expect(200)
    assert acme.client.get(path).expect(200).json["lead_count"] == 2
    sound(acme)


# Refused

def test_what_makes_no_sense_is_refused_with_its_place(acme, pair):
    stays, goes = pair
    for body, pointer in (
            ({}, "/into"), ({"into": goes["id"]}, "/into"),
            ({"into": "0000000000001"}, "/into"), ({"into": "x"}, "/into"),
            ({"into": stays["id"], "take": ["city", "score"]}, "/take/1"),
            ({"into": stays["id"], "tkae": []}, "/tkae")):
        answer = acme.client.post(f"{LEADS}/{goes['id']}/merge", body)
        assert answer.expect(422).json["errors"][0]["pointer"] == pointer
    acme.client.post(f"{LEADS}/{goes['id']}/merge", {"into": stays["id"]},
                     query={"preview": "maybe"}).expect(422)
    assert "merged_into" not in acme.lead(goes["id"])


def test_a_merge_for_another_version_is_refused(acme, pair):
    stays, goes = pair
    version = acme.lead(goes["id"])["version"]
    acme.edit(goes, city="Jeju")
    path = f"{LEADS}/{goes['id']}/merge"
    answer = acme.client.post(path, {"into": stays["id"]}, if_match=version)
    assert answer.expect(409).json["current"]["city"] == "Jeju"
    merge(acme, goes, stays, into_version=99).expect(409)
    acme.client.post(path, {"into": stays["id"]},
                     if_match=version + 1).expect(200)


def test_a_rep_merges_the_own_leads_only(acme, pair):
    hers, his = pair
    ana = acme.sign_in("ana")
    second = acme.send_lead(name="second")
    acme.give(second, "ana")
    merge(acme, his, hers, ana).expect(404)
    answer = merge(acme, hers, his, ana).expect(422)
    unknown = ana.post(f"{LEADS}/{hers['id']}/merge",
                       {"into": "0000000000001"}).expect(422)
    assert answer.json["errors"][0]["code"] \
        == unknown.json["errors"][0]["code"]
    merge(acme, hers, his, ana, preview=True).expect(422)
    merge(acme, second, hers, ana).expect(200)
    unmerge(acme, second, ana).expect(200)
    viewer = acme.client_as("viewer")
    merge(acme, second, hers, viewer).expect(403)


def test_a_lead_that_went_is_seen_by_whoever_has_the_one_that_stays(
        acme, pair):
    hers, his = pair
    merge(acme, his, hers).expect(200)
    ana, bo = acme.sign_in("ana"), acme.sign_in("bo")
    path = f"{LEADS}/{his['id']}"
    assert ana.get(path).expect(200).json["merged_into"] == hers["id"]
    for below in ("", "/timeline", "/assignments", "/submissions"):
        bo.get(path + below).expect(404)
    bo.post(path + "/unmerge", {}).expect(403, 404)
