"""Days off: of everybody, of a country or a region of it, and by name; taken
out of everybody's hours in the own zone, and out of every promise."""

from datetime import timedelta

import pytest
from support.story import OFFICE, SEOUL, Company, monday, move_to, moment

HOLIDAYS = "/api/v1/holidays"


def day(start, days=0):
    """The date so many days after a moment."""
    return f"{start + timedelta(days=days):%Y-%m-%d}"


def calendar(acme, *dates, **more):
    made = acme.client.post(HOLIDAYS, {
        "name": "Days off", "days": [{"date": date, "name": "Chuseok"}
                                     for date in dates], **more})
    acme.settle()
    return made.expect(201).json


def office(town, *names, **settings):
    acme = Company(town, **{name: {"hours": OFFICE, **settings}
                            for name in names})
    acme.everyone()
    return acme


def gate(acme, lead):
    record = acme.of(lead, "decisions")[-1]["record"]
    return record["candidates"][0]["gate"]


def person(acme, name):
    return acme.client.get(f"/api/v1/people/{acme.people[name].id}").json


# Whose days they are

def test_nobody_is_given_a_lead_on_a_holiday_of_everybody(town):
    """30."""
    acme = office(town, "ana")
    start = monday(town)
    calendar(acme, day(start), everybody=True)
    move_to(town, start + timedelta(hours=10))
    lead = acme.send_lead(email="a@x.test")
    assert lead["owner"]["kind"] == "queue"
    assert gate(acme, lead)["code"] == "holiday"
    assert person(acme, "ana")["holiday_today"] == "Chuseok"
    assert person(acme, "ana")["available_now"] is False


def test_a_lead_of_a_holiday_goes_to_the_first_who_works_again(town):
    """25, 26: the queue drains when the holiday is over."""
    acme = office(town, "ana")
    start = monday(town)
    calendar(acme, day(start), everybody=True)
    move_to(town, start + timedelta(hours=10))
    first = acme.send_lead(email="a@x.test")
    second = acme.send_lead(email="b@x.test")
    move_to(town, start + timedelta(days=1, hours=9))
    acme.settle()
    assert acme.owner(first) == acme.owner(second) == "ana"
    began = [moment(acme.of(lead, "assignments")[-1]["begun_at"])
             for lead in (first, second)]
    assert began == sorted(began)


def test_a_country_has_its_own_holidays(town):
    acme = Company(town, ana={"country": "KR"}, bo={"country": "DE"}, cy={})
    acme.everyone()
    start = monday(town)
    calendar(acme, day(start), country="DE")
    move_to(town, start + timedelta(hours=12))
    names = {acme.send(email=f"{i}@x.test") for i in range(6)}
    assert names == {"ana", "cy"}


def test_a_region_has_its_own_holidays(town):
    acme = Company(town, ana={"country": "DE", "region": "Bavaria"},
                   bo={"country": "DE", "region": "Berlin"})
    acme.everyone()
    start = monday(town)
    calendar(acme, day(start), country="DE", region="bavaria")
    move_to(town, start + timedelta(hours=12))
    assert {acme.send(email=f"{i}@x.test") for i in range(4)} == {"bo"}


def test_who_names_no_country_lives_in_the_workspaces(town):
    acme = Company(town, "ana")
    acme.everyone()
    start = monday(town)
    calendar(acme, day(start), country="KR")     # a new workspace's
    move_to(town, start + timedelta(hours=12))
    assert acme.send_lead(email="a@x.test")["owner"]["kind"] == "queue"


def test_a_calendar_holds_for_whoever_names_it(town):
    acme = Company(town, "ana", "bo")
    acme.everyone()
    start = monday(town)
    made = calendar(acme, day(start))
    assert acme.change("ana", holidays=[made["id"]])["holidays"] == [
        made["id"]]
    move_to(town, start + timedelta(hours=12))
    assert {acme.send(email=f"{i}@x.test") for i in range(4)} == {"bo"}
    acme.change("ana", holidays=None)
    names = {acme.send(email=f"n{i}@x.test") for i in range(4)}
    assert names == {"ana", "bo"}


def test_a_holiday_is_a_day_of_the_persons_own_zone(town):
    """32: it begins in New York when it is half over in Seoul."""
    acme = Company(town, ana={}, bo={"time_zone": "America/New_York"})
    acme.everyone()
    start = monday(town)
    calendar(acme, day(start), everybody=True)
    move_to(town, start + timedelta(hours=9, minutes=30))
    names = {acme.send(email=f"a{i}@x.test") for i in range(3)}
    assert names == {"bo"}                       # his Sunday evening
    move_to(town, start + timedelta(days=1, hours=1))
    names = {acme.send(email=f"b{i}@x.test") for i in range(3)}
    assert names == {"ana"}                      # his holiday has begun


# Promises

def test_a_promise_does_not_run_on_a_holiday(town):
    """14, 30: an hour promised at 17:30 on Monday is due at 9:30 on
    Wednesday, when Tuesday is a day off."""
    acme = office(town, "ana")
    acme.everyone(late={"after_minutes": 60})
    start = monday(town)
    calendar(acme, day(start, 1), everybody=True)
    move_to(town, start + timedelta(hours=17, minutes=30))
    lead = acme.send_lead(email="a@x.test")
    due = moment(lead["response_due_at"]).astimezone(SEOUL)
    assert due == start + timedelta(days=2, hours=9, minutes=30)


def test_a_lunch_break_stops_the_promise(town):
    """30: two blocks a day."""
    acme = Company(town, ana={"hours": {"mon": ["09:00-12:00",
                                                "13:00-18:00"]}})
    acme.everyone(late={"after_minutes": 60})
    start = monday(town)
    move_to(town, start + timedelta(hours=11, minutes=30))
    lead = acme.send_lead(email="a@x.test")
    due = moment(lead["response_due_at"]).astimezone(SEOUL)
    assert due == start + timedelta(hours=13, minutes=30)
    move_to(town, start + timedelta(hours=12, minutes=15))
    waits = acme.send_lead(email="b@x.test")
    assert waits["owner"]["kind"] == "queue"
    assert gate(acme, waits)["code"] == "outside_hours"
    move_to(town, start + timedelta(hours=13))
    acme.settle()
    assert acme.owner(waits) == "ana"


# Changes

def test_a_holiday_that_is_taken_away_is_a_day_of_work_again(town):
    acme = office(town, "ana")
    start = monday(town)
    made = calendar(acme, day(start), everybody=True)
    move_to(town, start + timedelta(hours=10))
    lead = acme.send_lead(email="a@x.test")
    acme.client.delete(f"{HOLIDAYS}/{made['id']}").expect(204)
    acme.settle()
    assert acme.owner(lead) == "ana"
    acme.client.delete(f"{HOLIDAYS}/{made['id']}").expect(404)


def test_a_calendar_is_changed_for_the_version_one_has_seen(town):
    acme = Company(town, "ana")
    made = calendar(acme, "2027-01-01", country="KR")
    path = f"{HOLIDAYS}/{made['id']}"
    changed = acme.client.patch(path, {"name": "Korea"}, if_match=1)
    assert changed.expect(200).json == {**made, "name": "Korea", "version": 2}
    answer = acme.client.patch(path, {"name": "X"}, if_match=1).expect(409)
    assert answer.json["current"]["name"] == "Korea"
    acme.client.patch(path, {"name": "X", "version": 1}).expect(409)
    listed = acme.client.get(HOLIDAYS).json["items"]
    assert [c["name"] for c in listed] == ["Korea"]


@pytest.mark.parametrize("body, pointer", [
    ({"days": [{"date": "2026-02-30"}]}, "/days/0/date"),
    ({"days": [{"date": "tomorrow"}]}, "/days/0/date"),
    ({"days": [{}]}, "/days/0/date"), ({"days": "2026-12-25"}, "/days"),
    ({"country": "Narnia"}, "/country"), ({"country": "12"}, "/country"),
    ({"region": "Seoul"}, "/region"), ({"name": "  "}, "/name"),
    ({"colour": "red"}, "/colour"),
])
def test_a_calendar_without_sense_is_pointed_at(town, body, pointer):
    acme = Company(town, "ana")
    answer = acme.client.post(HOLIDAYS, {"name": "x", "days": [], **body})
    assert answer.expect(422).json["errors"][0]["pointer"] == pointer


def test_a_rep_sees_the_holidays_and_changes_none(town):
    acme = Company(town, "ana")
    made = calendar(acme, "2027-01-01", everybody=True)
    ana = acme.sign_in("ana")
    assert len(ana.get(HOLIDAYS).expect(200).json["items"]) == 1
    ana.post(HOLIDAYS, {"name": "x", "days": []}).expect(403)
    ana.patch(f"{HOLIDAYS}/{made['id']}", {"name": "x"}).expect(403)
    ana.delete(f"{HOLIDAYS}/{made['id']}").expect(403)
