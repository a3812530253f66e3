"""Shifts, absence, zones, and what happens to a lead when nobody is there."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.story import OFFICE, Company, members, moment, monday, move_to

SPLIT = {day: ["09:00-12:00", "13:00-18:00"]
         for day in ("mon", "tue", "wed", "thu", "fri")}


def add(day, days, minutes=0):
    return day + timedelta(days=days, minutes=minutes)


def send_each(company, count):
    return [company.send() for _ in range(count)]


# Away for a week

def test_a_week_of_leave_brings_no_lead_and_no_flood_after_it(town):
    acme = Company(town, "ana", "bo", "cy")
    acme.everyone()
    day = monday(town)
    send_each(acme, 6)
    acme.absence("ana", day.isoformat(), add(day, 7).isoformat())
    away = send_each(acme, 30)
    assert "ana" not in away
    move_to(town, add(day, 7))
    back = send_each(acme, 30)
    assert 9 <= back.count("ana") <= 11
    runs = "".join("a" if name == "ana" else "." for name in back)
    assert "aa" not in runs, f"he was flooded: {runs}"


def test_an_absence_covers_seven_days_to_the_minute(town):
    acme = Company(town, "ana")
    day = monday(town)
    acme.everyone()
    acme.absence("ana", day.isoformat(), add(day, 7).isoformat())
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "Inbox"
    move_to(town, add(day, 7, minutes=-1))
    assert acme.owner(lead) == "Inbox"
    town.clock.advance("1m")
    assert acme.owner(lead) == "ana"


def test_an_absence_taken_back_brings_waiting_leads_at_once(town):
    acme = Company(town, "ana")
    day = monday(town)
    made = acme.absence("ana", day.isoformat(), add(day, 7).isoformat())
    lead = acme.send_lead()
    assert acme.owner(lead) == "Inbox"
    acme.client.delete(f"/api/v1/people/{acme.people['ana'].id}/absences/"
                       + made["id"]).expect(204)
    acme.settle()
    assert acme.owner(lead) == "ana"


def test_an_absence_in_the_reps_own_zone_is_the_same_moment_everywhere(town):
    acme = Company(town, ben={"time_zone": "Europe/Berlin"})
    day = monday(town, hour=6)      # 22:00 on Sunday in Berlin
    acme.absence("ben", f"{day.isoformat()[:10]}T00:00:00+01:00",
                 f"{add(day, 1).isoformat()[:10]}T00:00:00+01:00")
    assert acme.send() == "ben"     # still Sunday there
    move_to(town, day.replace(hour=10))
    assert acme.send() == "Inbox"


# Nobody on shift

def test_leads_of_a_weekend_are_given_out_oldest_first_on_monday(town):
    acme = Company(town, ana={"hours": OFFICE, "open_leads_max": 3})
    day = monday(town)
    move_to(town, add(day, 5, minutes=600))     # Saturday 10:00
    leads = []
    for number in range(5):
        leads.append(acme.send_lead(name=f"Weekend {number}"))
        town.clock.advance("1h")
    assert {lead["owner"]["name"] for lead in leads} == {"Inbox"}
    move_to(town, add(day, 7, minutes=9 * 60 - 1))
    assert {acme.owner(lead) for lead in leads} == {"Inbox"}
    town.clock.advance("1m")
    assert [acme.owner(lead) for lead in leads] \
        == ["ana"] * 3 + ["Inbox"] * 2
    reasons = members(acme.of(leads[0], "assignments"), "reason")
    assert reasons == ["routed", "freed"]


def test_the_sentence_of_a_waiting_lead_names_the_next_shift(town):
    acme = Company(town, ana={"hours": OFFICE})
    day = monday(town)
    move_to(town, day.replace(hour=20))
    lead = acme.send_lead()
    [decision] = acme.of(lead, "decisions")
    assert decision["record"]["code"] == "waiting"
    assert moment(decision["record"]["wait_until"]) \
        == add(day, 1, minutes=9 * 60)
    assert "until" in decision["sentence"]["en"]


def test_the_first_shift_to_begin_takes_what_waits(town):
    acme = Company(town, ana={"hours": {"mon": ["09:00-18:00"]}},
                   bo={"hours": {"mon": ["07:00-12:00"]}})
    day = monday(town, hour=6)
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "Inbox"
    move_to(town, day.replace(hour=7))
    assert acme.owner(lead) == "bo"


def test_hours_that_begin_earlier_than_they_did_bring_the_lead_now(town):
    acme = Company(town, ana={"hours": {"tue": ["09:00-18:00"]}})
    monday(town, hour=10)
    lead = acme.send_lead()
    assert acme.owner(lead) == "Inbox"
    acme.change("ana", hours={"mon": ["09:00-18:00"]})
    assert acme.owner(lead) == "ana"


def test_a_rep_who_is_back_at_the_desk_takes_what_waits(town):
    acme = Company(town, ana={"presence": "away"})
    first, second = acme.send_lead(name="1"), acme.send_lead(name="2")
    acme.change("ana", presence="available")
    assert acme.owner(first) == acme.owner(second) == "ana"


def test_waiting_leads_find_an_owner_after_a_restart_over_the_shift(start_baton):
    baton = start_baton()
    acme = Company(baton, ana={"hours": OFFICE})
    day = monday(baton)
    move_to(baton, day.replace(hour=20))
    lead = acme.send_lead()
    baton.restart()
    acme.client = baton.client.with_key(acme.key)
    move_to(baton, add(day, 1, minutes=9 * 60))
    assert acme.owner(lead) == "ana"


def test_new_rules_take_what_waits(town):
    acme = Company(town, ana={"presence": "away"}, bo={})
    acme.publish([{"id": "one", "members": [{"rep": "ana@acme.test"}]}])
    lead = acme.send_lead()
    assert acme.owner(lead) == "Inbox"
    acme.publish([{"id": "one", "members": [{"rep": "bo@acme.test"}]}])
    acme.settle()
    assert acme.owner(lead) == "bo"


def test_with_a_last_resort_a_full_team_does_not_keep_a_lead_waiting(town):
    acme = Company(town, ana={"open_leads_max": 0},
                   boss={"role": "manager"})
    acme.publish([{"id": "one", "members": [{"rep": "ana@acme.test"}]}],
                 nobody_can={"wait": "until_hours",
                             "then": {"rep": "boss@acme.test"}})
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "boss"
    assert acme.of(lead, "decisions")[0]["record"]["code"] == "nobody_can"


# Shifts

@pytest.mark.parametrize("hour, minute, owner", [
    (8, 59, "Inbox"), (9, 0, "ana"), (11, 59, "ana"), (12, 0, "Inbox"),
    (12, 59, "Inbox"), (13, 0, "ana"), (17, 59, "ana"), (18, 0, "Inbox"),
])
def test_a_lunch_break_is_no_working_time(town, hour, minute, owner):
    acme = Company(town, ana={"hours": SPLIT})
    day = monday(town, hour=1)
    move_to(town, day.replace(hour=hour, minute=minute))
    assert acme.send() == owner


def test_a_promise_does_not_run_over_the_lunch_break(town):
    acme = Company(town, ana={"hours": SPLIT})
    acme.everyone(late={"after_minutes": 30, "working_time": True})
    day = monday(town, hour=1)
    move_to(town, day.replace(hour=11, minute=50))
    lead = acme.send_lead()
    assert moment(lead["response_due_at"]) \
        == day.replace(hour=13, minute=20)


def test_a_night_shift_reaches_into_the_next_day(town):
    acme = Company(town, nia={"hours": {"mon": ["22:00-06:00"]}})
    day = monday(town, hour=23)
    assert acme.send() == "nia"
    move_to(town, add(day, 1, minutes=359))
    assert acme.send() == "nia"
    town.clock.advance("1m")
    assert acme.send() == "Inbox"


def test_seoul_and_berlin_hand_over_to_each_other(town):
    acme = Company(town, kim={"hours": OFFICE},
                   ben={"hours": OFFICE, "time_zone": "Europe/Berlin"})
    acme.everyone()
    day = monday(town, hour=1)
    move_to(town, day.replace(hour=10))
    assert {acme.send(), acme.send()} == {"kim"}
    move_to(town, day.replace(hour=17, minute=30))
    assert {acme.send(), acme.send()} == {"kim", "ben"}
    move_to(town, day.replace(hour=20))
    assert {acme.send(), acme.send()} == {"ben"}


def test_a_promise_runs_in_the_owners_zone_not_in_the_leads(town):
    acme = Company(town, ben={"hours": OFFICE, "time_zone": "Europe/Berlin"})
    acme.publish([{"id": "one", "members": "everyone"}],
                 otherwise={"rep": "ben@acme.test"},
                 nobody_can={"then": {"rep": "ben@acme.test"}},
                 late={"after_minutes": 60, "working_time": True})
    day = monday(town, hour=9)
    lead = acme.send_lead(time_zone="Asia/Seoul", country="KR")
    opens = datetime(day.year, day.month, day.day, 10,
                     tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment(lead["response_due_at"]) == opens


# Days on which the clocks change. A server of its own begins on the day.

CHANGES = [
    # zone, day, hours of that Sunday, and who gets a lead when (UTC)
    ("Europe/Berlin", "2027-03-28", ["02:30-04:00"],
     [("00:59:00", "Inbox"), ("01:00:00", "ana"), ("01:59:00", "ana"),
      ("02:00:00", "Inbox")]),
    ("America/New_York", "2027-11-07", ["01:00-02:00"],
     [("04:59:00", "Inbox"), ("05:00:00", "ana"), ("06:59:00", "ana"),
      ("07:00:00", "Inbox")]),
]


@pytest.mark.parametrize("zone, day, blocks, moments", CHANGES,
                         ids=["Berlin in spring", "New York in autumn"])
def test_on_the_day_the_clocks_change_hours_are_right(start_baton, zone, day,
                                                      blocks, moments):
    """The gap of spring: a shift that begins at a time that does not exist
    begins when the clocks jump. The repeated hour of autumn is worked twice."""
    baton = start_baton(time=f"{day}T00:00:00+00:00")
    acme = Company(baton, ana={"time_zone": zone, "hours": {"sun": blocks}})
    for clock, owner in moments:
        move_to(baton, f"{day}T{clock}+00:00")
        assert acme.client.get(
            f"/api/v1/people/{acme.people['ana'].id}").json["available_now"] \
            is (owner == "ana"), clock
        assert acme.try_lead({"name": "x"})["owner"]["name"] == owner, clock


def test_half_an_hour_of_change_is_half_an_hour(start_baton):
    """Lord Howe Island sets its clocks back by thirty minutes at two on
    4 April 2027: an hour from 01:30 to 02:30 lasts ninety minutes."""
    baton = start_baton(time="2027-04-03T14:00:00+00:00")
    acme = Company(baton, ana={"time_zone": "Australia/Lord_Howe",
                               "hours": {"sun": ["01:30-02:30"]}})
    acme.everyone(late={"after_minutes": 60, "working_time": True})
    move_to(baton, "2027-04-03T14:30:00+00:00")   # 01:30 at +11
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "ana"
    assert moment(lead["response_due_at"]) == moment("2027-04-03T15:30:00Z")
    move_to(baton, "2027-04-03T15:59:00+00:00")   # 02:29 at +10:30
    assert acme.send() == "ana"
    move_to(baton, "2027-04-03T16:00:00+00:00")
    assert acme.send() == "Inbox"


def test_the_limit_of_a_day_begins_anew_at_the_reps_midnight(start_baton):
    """On the short day of spring the night between is an hour shorter."""
    baton = start_baton(time="2027-03-28T20:00:00+00:00")  # 22:00 in Berlin
    acme = Company(baton, ben={"time_zone": "Europe/Berlin",
                               "day_leads_max": 1})
    acme.everyone()
    first, second = acme.send_lead(name="1"), acme.send_lead(name="2")
    assert first["owner"]["name"] == "ben"
    assert second["owner"]["name"] == "Inbox"
    move_to(baton, "2027-03-28T21:59:00+00:00")
    assert acme.owner(second) == "Inbox"
    move_to(baton, "2027-03-28T22:00:00+00:00")
    assert acme.owner(second) == "ben"
