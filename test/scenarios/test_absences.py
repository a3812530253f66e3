"""Who is away, and when: one list for the workspace, the same records as those
under a person; what a rep may do with his own."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.story import SEOUL, Company, moment, now

ABSENCES = "/api/v1/absences"


def day(baton, days, zone=SEOUL):
    """The date so many days from now."""
    return f"{now(baton).astimezone(zone) + timedelta(days=days):%Y-%m-%d}"


def span(baton, begin, end):
    """Two moments, in days from now."""
    here = now(baton)
    return {"begin_at": (here + timedelta(days=begin)).isoformat(),
            "end_at": (here + timedelta(days=end)).isoformat()}


def add(client, person, **body):
    return client.post(ABSENCES, {"person": f"{person}@acme.test",
                                  **body}).expect(201).json


def listed(client, **query):
    items = client.get(ABSENCES, query=query).expect(200).json["items"]
    return [item["person"]["name"] for item in items]


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo", "cy")


# One list

def test_the_workspaces_list_and_the_persons_hold_the_same(acme):
    made = add(acme.client, "ana", **span(acme.baton, 1, 3),
               substitute="bo@acme.test")
    of_person = f"/api/v1/people/{acme.people['ana'].id}/absences"
    assert acme.client.get(of_person).json["items"] == [made]
    assert acme.client.get(f"{ABSENCES}/{made['id']}").json == made
    other = acme.client.post(of_person, span(acme.baton, 5, 6)).expect(201)
    items = acme.client.get(ABSENCES).json["items"]
    assert items == [made, other.json]
    assert made["substitute"] == acme.people["bo"].id
    acme.client.delete(f"{of_person}/{made['id']}").expect(204)
    acme.client.get(f"{ABSENCES}/{made['id']}").expect(404)


def test_the_list_is_of_a_time_and_of_a_person(acme):
    add(acme.client, "ana", **span(acme.baton, -1, 1))
    add(acme.client, "bo", **span(acme.baton, 10, 12))
    add(acme.client, "ana", **span(acme.baton, 20, 21))
    assert listed(acme.client) == ["ana", "bo", "ana"]
    assert listed(acme.client, person="ana@acme.test") == ["ana", "ana"]
    assert listed(acme.client, person=acme.people["bo"].id) == ["bo"]
    assert listed(acme.client, **{"from": day(acme.baton, 5)}) == ["bo", "ana"]
    assert listed(acme.client, to=day(acme.baton, 5)) == ["ana"]
    assert listed(acme.client, **{"from": day(acme.baton, 11)},
                  to=day(acme.baton, 11)) == ["bo"]
    assert listed(acme.client, **{"from": day(acme.baton, 13)},
                  to=day(acme.baton, 15)) == []


def test_a_long_list_comes_in_pages(acme):
    for i in range(5):
        add(acme.client, "ana", **span(acme.baton, i, i + 1))
    seen, query = [], {"limit": 2}
    while True:
        page = acme.client.get(ABSENCES, query=query).expect(200).json
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    whole = acme.client.get(ABSENCES).json["items"]
    assert seen == [item["id"] for item in whole] and len(seen) == 5


@pytest.mark.parametrize("query, at", [
    ({"from": "soon"}, "/from"), ({"to": "20"}, "/to"),
    ({"person": "nobody@acme.test"}, "/person"), ({"cursor": "x"}, "/cursor"),
    ({"limit": "0"}, "/limit"),
])
def test_a_question_without_sense_is_pointed_at(acme, query, at):
    answer = acme.client.get(ABSENCES, query=query).expect(422)
    assert answer.json["errors"][0]["pointer"] == at


# Days

def test_a_leave_of_days_lasts_from_midnight_to_midnight(acme):
    """32: of the person's own zone, wherever the others are."""
    acme.change("bo", time_zone="America/New_York")
    first, last = day(acme.baton, 3), day(acme.baton, 4)
    for name, zone in (("ana", "Asia/Seoul"), ("bo", "America/New_York")):
        made = add(acme.client, name, first_day=first, last_day=last)
        begin = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
        end = datetime.fromisoformat(last).replace(tzinfo=ZoneInfo(zone))
        assert moment(made["begin_at"]) == begin
        assert moment(made["end_at"]) == end + timedelta(days=1)
    made = add(acme.client, "cy", first_day=first, last_day=first,
               time_zone="Europe/Berlin")
    begin = datetime.fromisoformat(first).replace(
        tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment(made["begin_at"]) == begin


@pytest.mark.parametrize("body, at, code", [
    ({}, "/begin_at", "required"),
    ({"begin": 1}, "/end_at", "required"),
    ({"begin": 3, "end": 2}, "/end_at", "before_begin"),
    ({"begin": 2, "end": 2}, "/end_at", "before_begin"),
    ({"begin": -3, "end": -1}, "/end_at", "past"),
    ({"first": 4, "last": 3}, "/last_day", "before_begin"),
    ({"first": -4, "last": -3}, "/last_day", "past"),
    ({"first": 4}, "/last_day", "required"),
    ({"last": 4}, "/first_day", "required"),
    ({"first": 4, "last": 5, "end": 6}, "/first_day", "one_of"),
    ({"first": 4, "last": 5, "time_zone": "Mars"}, "/time_zone", "unknown"),
    ({"begin": 1, "end": 2, "time_zone": "Asia/Seoul"}, "/time_zone",
     "without_days"),
])
def test_a_span_without_sense_is_pointed_at(acme, body, at, code):
    here = now(acme.baton)
    sent = {"person": "ana@acme.test"}
    for key, value in body.items():
        if key in ("begin", "end"):
            sent[f"{key}_at"] = (here + timedelta(days=value)).isoformat()
        elif key in ("first", "last"):
            sent[f"{key}_day"] = day(acme.baton, value)
        else:
            sent[key] = value
    error = acme.client.post(ABSENCES, sent).expect(422).json["errors"][0]
    assert (error["pointer"], error["code"]) == (at, code)
    assert listed(acme.client) == []


@pytest.mark.parametrize("begin, end, at", [
    (1, 3, "/end_at"), (3, 5, "/begin_at"), (2, 4, "/begin_at"),
    (1, 6, "/end_at"), (2.5, 3, "/begin_at"),
])
def test_of_one_person_no_two_overlap(acme, begin, end, at):
    made = add(acme.client, "ana", **span(acme.baton, 2, 4))
    error = acme.client.post(ABSENCES, {
        "person": "ana@acme.test",
        **span(acme.baton, begin, end)}).expect(422).json["errors"][0]
    assert (error["pointer"], error["code"]) == (at, "overlaps")
    assert made["id"] in error["message"]
    add(acme.client, "bo", **span(acme.baton, begin, end))


def test_one_leave_may_begin_when_another_ends(acme):
    here = now(acme.baton)
    turn = (here + timedelta(days=2)).isoformat()
    add(acme.client, "ana", begin_at=here.isoformat(), end_at=turn)
    add(acme.client, "ana", begin_at=turn,
        end_at=(here + timedelta(days=3)).isoformat())


# Changing

def test_a_leave_is_changed_and_the_queue_notices(acme):
    acme.publish([{"id": "a", "members": [{"rep": "ana@acme.test"}]}])
    made = add(acme.client, "ana", **span(acme.baton, -1, 5), reason="ill")
    lead = acme.send_lead(email="a@x.test")
    assert lead["owner"]["kind"] == "queue"
    path = f"{ABSENCES}/{made['id']}"
    back = now(acme.baton).isoformat()
    changed = acme.client.patch(path, {"end_at": back}).expect(200).json
    assert changed["version"] == 2 and changed["reason"] == "ill"
    acme.settle()
    assert acme.owner(lead) == "ana"
    acme.client.patch(path, {"reason": "x"}).expect(409)    # it is over


def test_a_change_keeps_to_what_holds_of_absences(acme):
    first = add(acme.client, "ana", **span(acme.baton, 1, 2))
    second = add(acme.client, "ana", **span(acme.baton, 5, 6))
    path = f"{ABSENCES}/{second['id']}"
    here = now(acme.baton)
    for body, at in (
            ({"begin_at": first["begin_at"]}, "/begin_at"),
            ({"end_at": here.isoformat()}, "/end_at"),
            (span(acme.baton, -2, -1), "/end_at"),
            ({"substitute": "ana@acme.test"}, "/substitute"),
            ({"person": "bo@acme.test"}, "/person")):
        answer = acme.client.patch(path, body).expect(422)
        assert answer.json["errors"][0]["pointer"] == at, body
    assert acme.client.get(path).json == second
    acme.client.patch(path, {"reason": "x"}, if_match=1).expect(200)
    answer = acme.client.patch(path, {"reason": "y"}, if_match=1).expect(409)
    assert answer.json["current"]["version"] == 2
    acme.client.patch(path, {"reason": "y", "version": 1}).expect(409)
    moved = acme.client.patch(path, {"first_day": day(acme.baton, 7),
                                     "last_day": day(acme.baton, 8)})
    assert moved.expect(200).json["reason"] == "x"


# Who may

def test_a_rep_does_what_he_likes_with_his_own_and_no_others(acme):
    ana, bo = acme.sign_in("ana"), acme.sign_in("bo")
    made = add(ana, "ana", **span(acme.baton, 1, 2), reason="surgery")
    path = f"{ABSENCES}/{made['id']}"
    assert made["reason"] == "surgery"
    assert bo.get(path).expect(200).json["reason"] is None
    bo.patch(path, {"reason": "x"}).expect(403)
    bo.delete(path).expect(403)
    bo.post(ABSENCES, {"person": "ana@acme.test",
                       **span(acme.baton, 5, 6)}).expect(403)
    ana.patch(path, {"reason": "x"}).expect(200)
    ana.delete(path).expect(204)
    ana.delete(path).expect(404)
