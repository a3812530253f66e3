"""What users of other programs complained of when nobody was there, and what
an owner leaves behind. The number is the line in the list of lessons; the
table of all is in README.md."""

from datetime import timedelta

import pytest
from support.events import EventStream
from support.story import Company, moment, monday, move_to, now

SPLIT = {day: ["09:00-12:00", "13:00-18:00"]
         for day in ("mon", "tue", "wed", "thu", "fri")}


def pool(*names, strategy="fixed"):
    return [{"id": "team", "name": "Team", "strategy": strategy,
             "members": [{"rep": f"{name}@acme.test"} for name in names]}]


def test_a_lead_does_not_stay_with_an_owner_who_has_gone_home(town):
    """27: nobody answers, so the next one gets it; and the customer who comes
    back is not sent to whoever is on leave."""
    acme = Company(town, "ana", "bo")
    acme.publish(pool("ana", "bo"), late={"after_minutes": 10})
    lead = acme.send_lead(email="kim@x.test")
    assert lead["owner"]["name"] == "ana"
    acme.change("ana", presence="away")
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"
    acme.touch(lead, "call").expect(201)
    acme.change("ana", presence="available")
    here = now(town)
    acme.absence("bo", here.isoformat(), (here + timedelta(days=9)).isoformat())
    again = acme.send_lead(email="kim@x.test", message="still there?")
    assert again["id"] == lead["id"] and again["owner"]["name"] == "ana"


@pytest.mark.parametrize("late, owner", [
    ({"then": "next"}, "bo"),
    ({"times": 0, "finally": {"queue": "inbox"}}, "Inbox"),
    ({"times": 0, "finally": {"rep": "boss@acme.test"}}, "boss"),
    ({"then": "stay", "tell": ["boss@acme.test"]}, "ana")])
def test_a_missed_promise_moves_the_lead_as_the_company_likes(town, late,
                                                              owner):
    """28: to the next, back to the queue, to the supervisor, or nowhere; and
    in any case it is told and counted."""
    acme = Company(town, "ana", "bo", boss={"role": "manager"})
    acme.publish(pool("ana", "bo"), late={"after_minutes": 10, **late})
    boss = acme.sign_in("boss")
    with EventStream(boss) as told:
        lead = acme.send_lead(name="Kim")
        town.clock.advance("10m")
        assert told.wait_for("lead.late").json["id"] == lead["id"]
    assert acme.owner(lead) == owner
    town.clock.advance("9m")
    assert acme.owner(lead) == owner             # and stays there for now
    assert acme.lead(lead["id"])["late_count"] == 1


def test_a_late_lead_in_a_queue_waits_for_a_person(town):
    """28: nothing that drains the queue gives it back to whom it was taken
    from; who writes again is routed anew."""
    acme = Company(town, "ana", "bo")
    acme.publish(pool("ana", "bo"), late={
        "after_minutes": 10, "times": 0, "finally": {"queue": "inbox"}})
    lead = acme.send_lead(email="kim@x.test")
    town.clock.advance("10m")
    acme.change("ana", presence="away")
    acme.change("ana", presence="available")
    acme.publish(pool("bo", "ana"))
    town.clock.advance("1d")
    assert acme.owner(lead) == "Inbox"
    again = acme.send_lead(email="kim@x.test", message="Hello?")
    assert again["owner"]["name"] == "bo"


def test_whoever_closes_his_window_is_still_at_work(town):
    """29: presence is what a person says, not what his browser does."""
    acme = Company(town, "ana")
    ana = acme.sign_in("ana")
    with EventStream(ana):
        assert acme.send() == "ana"
    town.clock.advance("3h")
    assert acme.send() == "ana"
    ana.delete("/api/v1/session").expect(204)
    assert acme.send() == "ana"
    acme.change("ana", presence="away")
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "Inbox"
    ana.sign_in("ana@acme.test", acme.slug)     # is no word on his presence
    acme.settle()
    assert acme.owner(lead) == "Inbox"


def test_a_lunch_break_is_in_no_figure_and_misses_no_promise(town):
    """30: two shifts a day; half an hour of work has a lunch in it."""
    acme = Company(town, ana={"hours": SPLIT})
    acme.publish(pool("ana"), late={"after_minutes": 30, "then": "stay"})
    day = monday(town, hour=9)
    move_to(town, day + timedelta(hours=11, minutes=50))
    lead = acme.send_lead()
    assert moment(lead["response_due_at"]) == day + timedelta(
        hours=13, minutes=20)
    move_to(town, day + timedelta(hours=13, minutes=15))
    acme.touch(lead, "call").expect(201)
    figures = acme.client.get("/api/v1/insights/response_time").json["total"]
    assert figures["in_time"] == 1 and figures["late"] == 0
    minute = 60_000
    assert figures["wall"]["p50_ms"] >= 82 * minute
    assert 24 * minute <= figures["working"]["p50_ms"] <= 26 * minute


def test_a_leave_holds_wherever_the_lead_and_the_company_are(town):
    """32: a rep in Berlin, a lead in Los Angeles, a company in Seoul: his
    leave begins at his own midnight."""
    acme = Company(town, ben={"time_zone": "Europe/Berlin"})
    here = {"time_zone": "America/Los_Angeles", "country": "US"}
    day = monday(town, hour=9)       # Seoul
    friday = day + timedelta(days=4)
    acme.absence("ben", f"{friday.date()}T00:00:00+01:00",
                 f"{friday.date() + timedelta(days=3)}T00:00:00+01:00")
    move_to(town, f"{friday.date()}T07:59:00+09:00")
    assert acme.send(**here) == "ben"            # still Thursday in Berlin
    town.clock.advance("1m")
    lead = acme.send_lead(**here)
    assert lead["owner"]["name"] == "Inbox"
    move_to(town, f"{friday.date() + timedelta(days=3)}T07:59:00+09:00")
    assert acme.owner(lead) == "Inbox"
    town.clock.advance("1m")
    assert acme.owner(lead) == "ben"


def test_nothing_of_a_lead_stays_behind_with_its_former_owner(town):
    """33: tasks, reminders, the list of the day, the calendar and the room
    it took go along."""
    acme = Company(town, ana={"open_leads_max": 1}, bo={})
    acme.publish(pool("ana", "bo"))
    ana, bo = acme.sign_in("ana"), acme.sign_in("bo")
    calendar = ana.post("/api/v1/calendar-feed").expect(201).json["path"]
    lead = acme.send_lead(name="Kim")
    due = now(town) + timedelta(hours=2)
    ana.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "meeting", "title": "Visit Kim",
        "due_at": due.isoformat(),
        "remind_before_minutes": 30}).expect(201)
    acme.give(lead, "bo")
    with EventStream(ana) as hers, EventStream(bo) as his:
        town.clock.advance("1h 30m")
        assert his.wait_for("task.due_soon").json["lead"] == lead["id"]
        assert not [e for e in hers.events if e.topic == "task.due_soon"]
    assert b"Visit Kim" not in town.client.get(calendar).expect(200).body
    assert "Kim" not in ana.get("/api/v1/today").expect(200).text
    assert "Kim" in bo.get("/api/v1/today").expect(200).text
    assert ana.get("/api/v1/tasks").json["items"] == []
    assert acme.send(name="another") == "ana"    # she has room again


def test_a_leave_is_one_record_and_what_was_missed_is_not_made_up(town):
    """34 and 35: one entry takes somebody out of every pool for its time; the
    leads that others had meanwhile are not owed afterwards."""
    acme = Company(town, "ana", "bo", "cy")
    acme.publish(
        pool("ana", "bo", "cy", strategy="in_turn")
        + [{"id": "few", "name": "Few", "strategy": "most_room",
            "members": [{"rep": "ana@acme.test"}, {"rep": "bo@acme.test"}]}],
        rules=[{"id": "kr", "give_to": {"pool": "few"}, "when": {
            "field": "country", "op": "is", "value": "KR"}}])
    day = monday(town)
    acme.absence("ana", day.isoformat(), (day + timedelta(days=7)).isoformat())
    got = [acme.send() for _ in range(12)]
    got += [acme.send(country="KR") for _ in range(4)]
    assert "ana" not in got
    move_to(town, day + timedelta(days=7))
    back = [acme.send() for _ in range(12)]
    assert 3 <= back.count("ana") <= 5
    assert abs(sum(p["credit"] for p in acme.ledger().values())) < 1e-9
    assert "absent" in gates(acme)


def gates(acme):
    """What stopped somebody, in any decision."""
    decisions = acme.client.get("/api/v1/decisions",
                                query={"limit": 200}).expect(200).json
    return {candidate["gate"]["code"] for item in decisions["items"]
            for candidate in item["record"]["candidates"]
            if candidate["gate"]}
