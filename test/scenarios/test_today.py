"""The list with which a rep begins the day: what needs an answer first, then
what is overdue, what is due today, and what is new."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.story import Company, moment, move_to, now

TODAY = "/api/v1/today"
LISTS = ("waiting", "overdue", "today", "new")


@pytest.fixture
def acme(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[{
        "id": name, "give_to": {"rep": f"{name}@acme.test"},
        "when": {"field": "city", "op": "is", "value": name}}
        for name in ("ana", "bo")],
        late={"after_minutes": 60, "then": "stay"})
    acme.ana = acme.sign_in("ana")
    return acme


def today(client, **query):
    return client.get(TODAY, query=query).expect(200).json


def names(shown, which):
    return [row["lead"]["name"] for row in shown[which]]


def plan(acme, lead, title, **ahead):
    due = now(acme.baton) + timedelta(**ahead)
    return acme.client.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": title,
        "due_at": due.isoformat()}).expect(201).json


def morning(acme):
    """Nine o'clock in Seoul on a day that begins."""
    here = now(acme.baton).astimezone(ZoneInfo("Asia/Seoul"))
    move_to(acme.baton, (here + timedelta(days=1)).replace(
        hour=9, minute=0, second=0, microsecond=0))


def test_whoever_waits_longest_for_an_answer_comes_first(acme):
    """L5, L13: the oldest promise first, and what is late is marked."""
    morning(acme)
    for name in ("first", "second", "third"):
        acme.send_lead(name=name, city="ana")
        acme.baton.clock.advance("25m")
    shown = today(acme.ana)
    assert names(shown, "waiting") == ["first", "second", "third"]
    assert [row["late"] for row in shown["waiting"]] == [True, False, False]
    assert shown["new"] == []


def test_an_answer_takes_a_lead_off_the_top(acme):
    morning(acme)
    lead = acme.send_lead(name="Kim", city="ana")
    acme.ana.post(f"/api/v1/leads/{lead['id']}/touches",
                  {"kind": "call"}).expect(201)
    shown = today(acme.ana)
    assert shown["waiting"] == []
    assert names(shown, "new") == ["Kim"]


def test_what_is_overdue_stands_before_what_is_due_today(acme):
    morning(acme)
    lead = acme.send_lead(name="Kim", city="ana")
    plan(acme, lead, "at once", minutes=5)
    plan(acme, lead, "this evening", hours=9)
    plan(acme, lead, "tomorrow", hours=24)
    acme.baton.clock.advance("1h")
    shown = today(acme.ana)
    assert [task["title"] for task in shown["overdue"]] == ["at once"]
    assert [task["title"] for task in shown["today"]] == ["this evening"]
    assert shown["today"][0]["due_local"].endswith("T18:00")
    assert shown["today"][0]["lead"]["name"] == "Kim"


def test_what_is_done_is_no_more_to_do(acme):
    morning(acme)
    lead = acme.send_lead(name="Kim", city="ana")
    task = plan(acme, lead, "call", hours=1)
    acme.ana.post(f"/api/v1/tasks/{task['id']}/done").expect(200)
    assert today(acme.ana)["today"] == []


def test_new_is_what_came_since_yesterday_and_is_still_open(acme):
    morning(acme)
    for name in ("old", "won", "yesterday"):
        lead = acme.send_lead(name=name, city="ana")
        acme.touch(lead, "call").expect(201)
        if name == "won":
            acme.edit(lead, stage="customer")
        acme.baton.clock.advance("1d" if name == "old" else "1m")
    morning(acme)
    assert names(today(acme.ana), "new") == ["yesterday"]


def test_the_day_is_the_persons_own(start_baton):
    """70: at 16:00 in Vancouver it is tomorrow in Greenwich; the call at 20:00
    is of today, and nothing is overdue."""
    here = datetime(2027, 3, 14, 16, tzinfo=ZoneInfo("America/Vancouver"))
    baton = start_baton(time=here.astimezone(ZoneInfo("UTC")).isoformat())
    acme = Company(baton, ana={"time_zone": "America/Vancouver"})
    lead = acme.send_lead(name="Kim")
    acme.client.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "evening",
        "due_local": "2027-03-14T20:00"}).expect(201)
    acme.client.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "tomorrow",
        "due_local": "2027-03-15T00:00"}).expect(201)
    shown = today(acme.sign_in("ana"))
    assert shown["date"] == "2027-03-14"
    assert [task["title"] for task in shown["today"]] == ["evening"]
    assert moment(shown["today"][0]["due_at"]) == here.replace(hour=20)
    assert shown["overdue"] == []


def test_nobody_sees_the_day_of_another_but_a_manager(acme):
    morning(acme)
    bo = acme.people["bo"].id
    acme.send_lead(name="His", city="bo")
    acme.ana.get(TODAY, query={"person": bo}).expect(403)
    assert today(acme.ana, person=acme.people["ana"].id)["waiting"] == []
    shown = today(acme.client_as("manager"), person=bo)
    assert shown["person"]["name"] == "bo"
    assert names(shown, "waiting") == ["His"]


def test_a_program_says_whose_day_it_asks_for(acme):
    assert acme.client.get(TODAY).expect(422).json["errors"][0]["pointer"] \
        == "/person"
    for wrong in ("ana", "0000000000001"):
        acme.client.get(TODAY, query={"person": wrong}).expect(422)


def test_a_long_list_says_that_there_is_more(acme):
    morning(acme)
    for number in range(51):
        acme.send_lead(name=f"{number}", city="ana")
    shown = today(acme.ana)
    assert len(shown["waiting"]) == 50 and shown["more"] == ["waiting"]


def test_a_rep_reads_no_more_than_is_needed_to_act(acme):
    """L13"""
    morning(acme)
    lead = acme.send_lead(name="Kim", city="ana", company="Kim Ltd",
                          message="A long story", phone="010-1234-5678")
    plan(acme, lead, "call", hours=1)
    shown = today(acme.ana)
    assert list(shown) == ["person", "date", "time_zone", *LISTS, "more"]
    assert set(shown["waiting"][0]["lead"]) \
        == {"id", "name", "company", "phone", "stage", "score"}
    assert len(shown["today"][0]) <= 8


def test_who_was_promised_nothing_and_waits_is_not_forgotten(acme):
    """New on its first days, and then in no other list: so it is in the one
    of those who wait, after those who were promised an answer."""
    acme.publish(rules=[{"id": "all", "when": {"all": []},
                         "give_to": {"rep": "ana@acme.test"}}])
    morning(acme)
    old, newer, answered, closed = (
        acme.send_lead(name=name)
        for name in ("old", "newer", "answered", "closed"))
    assert set(names(today(acme.ana), "new")) \
        == {"old", "newer", "answered", "closed"}
    acme.touch(answered, "call").expect(201)
    acme.edit(closed, stage="unqualified")
    acme.baton.clock.advance("3d")
    acme.publish(rules=[{"id": "all", "when": {"all": []},
                         "give_to": {"rep": "ana@acme.test"}}],
                 late={"after_minutes": 60, "then": "stay"})
    acme.send_lead(name="promised")
    shown = today(acme.ana)
    assert names(shown, "waiting") == ["promised", "old", "newer"]
    last = shown["waiting"][-1]
    assert last["response_due_at"] is None and last["late"] is False
    assert shown["new"] == []
    acme.touch(old, "email").expect(201)
    assert names(today(acme.ana), "waiting") == ["promised", "newer"]
