"""Working time that people share: hours in a zone, two blocks a day, dates with
hours of their own, days off; a person has a calendar or hours, never both."""

from datetime import timedelta

import pytest
from support.story import OFFICE, SEOUL, Company, monday, move_to, moment

CALENDARS = "/api/v1/calendars"
SHIFTS = {"mon": ["09:00-12:00", "13:00-18:00"],
          "tue": ["09:00-12:00", "13:00-18:00"],
          "wed": ["09:00-12:00", "13:00-18:00"]}


def calendar(acme, name="Office", **more):
    made = acme.client.post(CALENDARS, {"name": name, **more}).expect(201).json
    acme.settle()
    return made


def change(acme, made, **body):
    answer = acme.client.patch(f"{CALENDARS}/{made['id']}", body).expect(200)
    acme.settle()
    return answer.json


def person(acme, name):
    return acme.client.get(f"/api/v1/people/{acme.people[name].id}").json


def date(start, days=0):
    return f"{start + timedelta(days=days):%Y-%m-%d}"


def gate(acme, lead):
    record = acme.of(lead, "decisions")[-1]["record"]
    return record["candidates"][0]["gate"]["code"]


# Shared hours

def test_those_who_share_a_calendar_work_by_it(town):
    """30: two blocks a day, changed in one place for all."""
    acme = Company(town, "ana", "bo", cy={"hours": OFFICE})
    acme.everyone()
    made = calendar(acme, hours=SHIFTS)
    for name in ("ana", "bo"):
        assert acme.change(name, calendar="Office")["calendar"] == made["id"]
    assert acme.client.get(f"{CALENDARS}/{made['id']}").json["people"] == 2
    start = monday(town)
    move_to(town, start + timedelta(hours=12, minutes=30))
    assert {acme.send(email=f"a{i}@x.test") for i in range(3)} == {"cy"}
    move_to(town, start + timedelta(hours=13))
    assert {acme.send(email=f"b{i}@x.test") for i in range(3)} == {
        "ana", "bo", "cy"}
    change(acme, made, hours={"fri": ["09:00-10:00"]})
    assert {acme.send(email=f"c{i}@x.test") for i in range(3)} == {"cy"}


def test_a_promise_runs_in_the_hours_of_the_calendar(town):
    """14: an hour promised at 11:30 is due at 13:30, after lunch."""
    acme = Company(town, "ana")
    acme.everyone(late={"after_minutes": 60})
    calendar(acme, hours=SHIFTS)
    acme.change("ana", calendar="Office")
    start = monday(town)
    move_to(town, start + timedelta(hours=11, minutes=30))
    lead = acme.send_lead(email="a@x.test")
    due = moment(lead["response_due_at"]).astimezone(SEOUL)
    assert due == start + timedelta(hours=13, minutes=30)


def test_a_calendar_with_a_zone_holds_in_that_zone_for_all(town):
    """32: without one, in each person's own."""
    acme = Company(town, ana={}, bo={"time_zone": "Europe/Berlin"})
    acme.everyone()
    made = calendar(acme, hours=OFFICE, time_zone="Asia/Seoul")
    for name in ("ana", "bo"):
        acme.change(name, calendar=made["id"])
    start = monday(town)
    move_to(town, start + timedelta(hours=10))
    assert {acme.send(email=f"a{i}@x.test") for i in range(2)} == {"ana", "bo"}
    change(acme, made, time_zone=None)
    assert {acme.send(email=f"b{i}@x.test") for i in range(2)} == {"ana"}


# Special days and holidays

def test_a_special_day_has_its_own_hours_holiday_or_not(town):
    """30: open till noon on a day off; closed on a day of work."""
    acme = Company(town, "ana")
    acme.everyone()
    start = monday(town)
    acme.client.post("/api/v1/holidays", {
        "name": "x", "everybody": True,
        "days": [{"date": date(start), "name": "Founding day"}]}).expect(201)
    calendar(acme, hours=SHIFTS, special_days=[
        {"date": date(start), "name": "Sale", "hours": ["10:00-12:00"]},
        {"date": date(start, 1), "name": "Inventory", "hours": []}])
    acme.change("ana", calendar="Office")
    early = acme.send_lead(email="a@x.test")
    assert gate(acme, early) == "outside_hours"
    move_to(town, start + timedelta(hours=10))
    acme.settle()
    assert acme.owner(early) == "ana"
    assert person(acme, "ana")["holiday_today"] is None
    move_to(town, start + timedelta(hours=14))
    late = acme.send_lead(email="b@x.test")
    assert late["owner"]["kind"] == "queue"
    move_to(town, start + timedelta(days=1, hours=10))
    closed = acme.send_lead(email="c@x.test")
    assert gate(acme, closed) == "holiday"
    assert person(acme, "ana")["holiday_today"] == "Inventory"
    move_to(town, start + timedelta(days=2, hours=9))
    acme.settle()
    assert acme.owner(late) == acme.owner(closed) == "ana"


def test_a_calendar_names_sets_of_holidays_for_all_who_share_it(town):
    acme = Company(town, "ana", "bo")
    acme.everyone()
    start = monday(town)
    days = acme.client.post("/api/v1/holidays", {
        "name": "Works council", "days": [{"date": date(start)}]})
    made = calendar(acme, holidays=[days.expect(201).json["id"]])
    acme.change("ana", calendar="Office")
    move_to(town, start + timedelta(hours=12))
    assert {acme.send(email=f"a{i}@x.test") for i in range(3)} == {"bo"}
    change(acme, made, holidays=[])
    assert {acme.send(email=f"b{i}@x.test") for i in range(2)} == {"ana", "bo"}


# One answer to when somebody works

def test_a_person_has_a_calendar_or_hours_never_both(town):
    acme = Company(town, ana={"hours": OFFICE})
    calendar(acme)
    path = f"/api/v1/people/{acme.people['ana'].id}"
    changed = acme.change("ana", calendar="Office")
    assert changed["hours"] is None and changed["calendar"] is not None
    for body in ({"hours": OFFICE}, {"hours": OFFICE, "calendar": "Office"}):
        error = acme.client.patch(path, body).expect(422).json["errors"][0]
        assert (error["pointer"], error["code"]) == ("/hours", "has_calendar")
    changed = acme.change("ana", calendar=None, hours=OFFICE)
    assert changed["calendar"] is None and changed["hours"] == OFFICE
    error = acme.client.patch(path, {"calendar": "X"}).expect(422)
    assert error.json["errors"][0]["pointer"] == "/calendar"


def test_a_calendar_that_is_used_stays(town):
    acme = Company(town, "ana")
    made = calendar(acme)
    path = f"{CALENDARS}/{made['id']}"
    acme.change("ana", calendar="Office")
    answer = acme.client.delete(path).expect(409)
    assert [use["name"] for use in answer.json["used_by"]] == ["ana"]
    acme.change("ana", calendar=None)
    acme.client.delete(path).expect(204)
    acme.client.get(path).expect(404)


def test_a_calendar_is_changed_for_the_version_one_has_seen(town):
    acme = Company(town, "ana")
    made = calendar(acme, hours=OFFICE)
    path = f"{CALENDARS}/{made['id']}"
    changed = acme.client.patch(path, {"name": "Shop"}, if_match=1)
    assert changed.expect(200).json == {**made, "name": "Shop", "version": 2}
    answer = acme.client.patch(path, {"name": "X"}, if_match=1).expect(409)
    assert answer.json["current"]["name"] == "Shop"
    acme.client.patch(path, {"name": "X", "version": 1}).expect(409)
    assert acme.client.get(CALENDARS).json["items"] == [changed.json]
    assert change(acme, made, hours=None)["hours"] is None


@pytest.mark.parametrize("body, pointer", [
    ({"name": " "}, "/name"), ({"name": "Office"}, "/name"),
    ({"time_zone": "Mars"}, "/time_zone"),
    ({"hours": {"mon": ["9-5"]}}, "/hours/mon/0"),
    ({"hours": {"mon": ["09:00-12:00", "11:00-18:00"]}}, "/hours/mon"),
    ({"special_days": [{"date": "2026-02-30", "hours": []}]},
     "/special_days/0/date"),
    ({"special_days": [{"date": "2026-12-24"}]}, "/special_days/0/hours"),
    ({"special_days": [{"date": "2026-12-24", "hours": ["noon"]}]},
     "/special_days/0/hours/0"),
    ({"special_days": [{"date": "2026-12-24",
                        "hours": ["09:00-12:00", "10:00-11:00"]}]},
     "/special_days/0/hours"),
    ({"special_days": [{"date": "2026-12-24", "hours": []}] * 2},
     "/special_days/1/date"),
    ({"holidays": ["0000000000001"]}, "/holidays/0"),
    ({"colour": "red"}, "/colour"),
])
def test_a_calendar_without_sense_is_pointed_at(town, body, pointer):
    acme = Company(town)
    calendar(acme)
    answer = acme.client.post(CALENDARS, {"name": "x", **body}).expect(422)
    assert answer.json["errors"][0]["pointer"] == pointer
    assert len(acme.client.get(CALENDARS).json["items"]) == 1
