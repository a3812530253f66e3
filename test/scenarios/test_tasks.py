"""What a rep is to do next: tasks and appointments, when they are due for
whom, how he is reminded, and where they go when their lead moves on."""

import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.events import EventStream
from support.story import Company, move_to, moment, now

TASKS = "/api/v1/tasks"
TODAY_IS_RIGHT = [
    # zone; a day on which its clocks change, or an ordinary one
    ("America/Vancouver", "2027-03-14"),
    ("Europe/Berlin", "2027-10-31"),
    ("Asia/Seoul", "2027-03-14"),
    ("Australia/Lord_Howe", "2027-04-04"),
]


@pytest.fixture
def acme(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[{
        "id": name, "give_to": {"rep": f"{name}@acme.test"},
        "when": {"field": "city", "op": "is", "value": name}}
        for name in ("ana", "bo")], late={"after_minutes": 60})
    acme.hers = acme.send_lead(name="Hers", city="ana", email="hers@x.test")
    acme.his = acme.send_lead(name="His", city="bo", email="his@x.test")
    acme.settle()
    acme.ana = acme.sign_in("ana")
    acme.bo = acme.sign_in("bo")
    return acme


def plan(client, lead, due, **more):
    body = {"lead": lead["id"], "kind": "call", "title": "Call back",
            "due_at": due.isoformat(), **more}
    return client.post(TASKS, body).expect(201).json


def soon(acme, **ahead):
    return now(acme.baton) + timedelta(**ahead)


def tasks(client, **query):
    return client.get(TASKS, query=query).expect(200).json["items"]


def titles(items):
    return [task["title"] for task in items]


def kinds(acme, lead):
    return [entry["kind"] for entry in acme.of(lead, "timeline")]


# Planning

def test_a_rep_plans_a_call_and_sees_it_in_the_list(acme):
    task = plan(acme.ana, acme.hers, soon(acme, hours=3), note="About the roof")
    assert task["assignee"]["name"] == "ana"
    assert task["lead"]["name"] == "Hers"
    assert task["state"] == "open" and not task["overdue"]
    assert task["time_zone"] == "Asia/Seoul"
    assert tasks(acme.ana, assignee="me") == [task]
    assert "task.created" in kinds(acme, acme.hers)


def test_nine_in_the_morning_is_nine_where_the_rep_is(acme):
    body = {"lead": acme.hers["id"], "kind": "meeting", "title": "Visit",
            "due_local": "2027-07-01T09:00", "time_zone": "Europe/Berlin"}
    task = acme.ana.post(TASKS, body).expect(201).json
    nine = datetime(2027, 7, 1, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment(task["due_at"]) == nine
    assert task["due_local"] == "2027-07-01T09:00"


def test_tasks_come_in_the_order_they_are_due_page_by_page(acme):
    for hours in (5, 1, 3, 2, 4):
        plan(acme.ana, acme.hers, soon(acme, hours=hours), title=f"{hours}")
    page = acme.ana.get(TASKS, query={"limit": 2}).expect(200).json
    found = titles(page["items"])
    while page["next_cursor"]:
        page = acme.ana.get(TASKS, query={
            "limit": 2, "cursor": page["next_cursor"]}).expect(200).json
        found += titles(page["items"])
    assert found == ["1", "2", "3", "4", "5"]


def test_a_list_is_narrowed_by_lead_state_and_due_time(acme):
    first = plan(acme.ana, acme.hers, soon(acme, hours=1), title="first")
    plan(acme.ana, acme.hers, soon(acme, days=2), title="second")
    plan(acme.bo, acme.his, soon(acme, hours=1), title="his")
    acme.ana.post(f"{TASKS}/{first['id']}/done").expect(200)
    assert titles(tasks(acme.client, lead=acme.hers["id"])) \
        == ["first", "second"]
    assert titles(tasks(acme.client, lead=acme.hers["id"], state="open")) \
        == ["second"]
    before = soon(acme, days=1).isoformat()
    assert sorted(titles(tasks(acme.client, due_before=before))) \
        == ["first", "his"]


def test_an_appointment_that_is_moved_keeps_its_length(acme):
    begin = soon(acme, days=1)
    task = plan(acme.ana, acme.hers, begin, kind="meeting",
                end_at=(begin + timedelta(hours=1)).isoformat())
    moved = acme.ana.patch(f"{TASKS}/{task['id']}", {
        "due_at": (begin + timedelta(days=1)).isoformat()}).expect(200).json
    assert moment(moved["end_at"]) == begin + timedelta(days=1, hours=1)
    assert moved["version"] == 2


WRONG = [
    ({"title": " "}, "/title"),
    ({"kind": "dance"}, "/kind"),
    ({"due_at": "tomorrow"}, "/due_at"),
    ({"due_at": None}, "/due_at"),
    ({"due_at": "1970-01-01T00:00:00Z"}, "/due_at"),
    ({"due_at": "2206-11-20T09:00:00Z"}, "/due_at"),
    ({"end_at": "9999-01-01T00:00:00Z"}, "/end_at"),
    ({"due_local": "2027-01-01T09:00"}, "/due_local"),
    ({"time_zone": "Mars/Olympus"}, "/time_zone"),
    ({"end_at": "2020-01-01T00:00:00Z"}, "/end_at"),
    ({"remind_before_minutes": -5}, "/remind_before_minutes"),
    ({"assignee": "nobody@acme.test"}, "/assignee"),
    ({"lead": "0000000000001"}, "/lead"),
    ({"colour": "red"}, "/colour"),
]


@pytest.mark.parametrize("change, pointer", WRONG)
def test_what_is_wrong_with_a_task_is_said_where_it_is(acme, change, pointer):
    body = {"lead": acme.hers["id"], "kind": "call", "title": "Call",
            "due_at": soon(acme, hours=1).isoformat(), **change}
    problem = acme.ana.post(TASKS, body).expect(422).json
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert tasks(acme.ana) == []


@pytest.mark.parametrize("query", [
    {"assignee": "ana"}, {"lead": "x"}, {"state": "late"}, {"today": "1"},
    {"due_before": "noon"}, {"cursor": "x"}, {"limit": "0"}, {"mine": "1"}])
def test_a_filter_with_a_slip_does_not_show_everything(acme, query):
    acme.ana.get(TASKS, query=query).expect(400, 422)


def test_a_task_that_has_changed_meanwhile_is_not_overwritten(acme):
    task = plan(acme.ana, acme.hers, soon(acme, hours=1))
    path = f"{TASKS}/{task['id']}"
    acme.ana.patch(path, {"title": "Mine"}, if_match=1).expect(200)
    refused = acme.ana.patch(path, {"title": "Late"}, if_match=1).expect(409)
    assert refused.json["current"]["title"] == "Mine"
    acme.ana.patch(path, {"title": "Late", "version": 1}).expect(409)


# Done

def test_a_call_that_was_made_answers_the_lead_and_stands_in_its_history(acme):
    """L5, L8: who, when, and how it went; the promise of an answer is kept."""
    task = plan(acme.ana, acme.hers, soon(acme, minutes=5))
    assert acme.lead(acme.hers["id"])["response_due_at"]
    acme.baton.clock.advance("10m")
    done = acme.ana.post(f"{TASKS}/{task['id']}/done", {
        "outcome": "interested", "note": "Wants an offer"}).expect(200).json
    assert done["state"] == "done" and done["outcome"] == "interested"
    touch = next(e for e in acme.of(acme.hers, "timeline")
                 if e["kind"] == "touch")
    assert touch["actor"]["name"] == "ana"
    assert touch["data"]["kind"] == "call"
    assert touch["data"]["note"] == "Wants an offer"
    assert touch["data"]["task"] == task["id"]
    lead = acme.lead(acme.hers["id"])
    assert lead["first_response_at"] and not lead["response_due_at"]


def test_a_chore_that_is_done_is_no_answer(acme):
    task = plan(acme.ana, acme.hers, soon(acme, minutes=5), kind="other")
    acme.ana.post(f"{TASKS}/{task['id']}/done").expect(200)
    assert acme.lead(acme.hers["id"])["response_due_at"]


def test_what_is_over_is_not_changed_again(acme):
    task = plan(acme.ana, acme.hers, soon(acme, minutes=5))
    path = f"{TASKS}/{task['id']}"
    acme.ana.post(path + "/done").expect(200)
    acme.ana.post(path + "/done").expect(409)
    acme.ana.patch(path, {"title": "x"}).expect(409)
    acme.ana.delete(path).expect(409)
    assert kinds(acme, acme.hers).count("touch") == 1


def test_a_cancelled_task_stays_in_the_history(acme):
    task = plan(acme.ana, acme.hers, soon(acme, minutes=5))
    acme.ana.delete(f"{TASKS}/{task['id']}").expect(204)
    assert acme.ana.get(f"{TASKS}/{task['id']}").json["state"] == "cancelled"
    assert kinds(acme, acme.hers)[0] == "task.cancelled"


# Overdue and today

def test_a_task_is_overdue_when_its_time_has_passed_and_by_nothing_else(acme):
    task = plan(acme.ana, acme.hers, soon(acme, minutes=5))
    path = f"{TASKS}/{task['id']}"
    acme.baton.clock.advance("5m")
    assert not acme.ana.get(path).json["overdue"]
    acme.baton.clock.advance("1ms")
    assert acme.ana.get(path).json["overdue"]
    assert acme.ana.get(path).json["version"] == 1


@pytest.mark.parametrize("zone, day", TODAY_IS_RIGHT)
def test_today_is_the_reps_own_day_also_when_the_clocks_change(
        start_baton, zone, day):
    """70: at 16:00 in Vancouver the evening's call is neither overdue nor
    tomorrow's, whatever the day is in Greenwich; the first and the last
    minute of the day belong to it, those beside it do not."""
    local = ZoneInfo(zone)
    begin = datetime.fromisoformat(day).replace(tzinfo=local)
    end = (datetime.fromisoformat(day) + timedelta(days=1)).replace(
        tzinfo=local)
    noon = begin.replace(hour=16).astimezone(ZoneInfo("UTC"))
    baton = start_baton(time=(noon - timedelta(days=2)).isoformat())
    acme = Company(baton, ana={"time_zone": zone})
    lead = acme.send_lead(name="x")
    minute = timedelta(minutes=1)
    utc = ZoneInfo("UTC")
    for title, due in (("before", begin.astimezone(utc) - minute),
                       ("first", begin.astimezone(utc)),
                       ("last", end.astimezone(utc) - minute),
                       ("after", end.astimezone(utc))):
        plan(acme.client, lead, due, title=title)
    evening = {"lead": lead["id"], "kind": "call", "title": "evening",
               "due_local": f"{day}T21:00"}
    made = acme.client.post(TASKS, evening).expect(201).json
    assert moment(made["due_at"]) \
        == begin.replace(hour=21).astimezone(utc)
    move_to(baton, noon)
    ana = acme.people["ana"].id
    today = tasks(acme.client, today="true", assignee=ana)
    assert titles(today) == ["first", "evening", "last"]
    assert [task["overdue"] for task in today] == [True, False, False]
    assert all(task["today"] for task in today)


# Reminders

def test_a_reminder_reaches_the_one_who_is_to_do_it_and_nobody_else(acme):
    plan(acme.ana, acme.hers, soon(acme, hours=1), remind_before_minutes=15)
    with EventStream(acme.ana) as hers, EventStream(acme.bo) as his, \
            EventStream(acme.client) as admins:
        acme.baton.clock.advance("44m")
        assert not [e for e in hers.events if e.topic == "task.due_soon"]
        acme.baton.clock.advance("1m")
        told = hers.wait_for("task.due_soon")
        assert told.json["lead"] == acme.hers["id"]
        acme.touch(acme.his, "call").expect(201)
        his.wait_for("lead.changed")
        admins.wait_for("lead.changed")
        for others in (his, admins):
            assert not [e for e in others.events
                        if e.topic.startswith("task.")]


def test_a_task_that_is_put_off_reminds_at_its_new_time_once(acme):
    due = soon(acme, hours=1)
    task = plan(acme.ana, acme.hers, due, remind_before_minutes=10)
    path = f"{TASKS}/{task['id']}"
    acme.ana.patch(path, {
        "due_at": (due + timedelta(hours=2)).isoformat()}).expect(200)
    with EventStream(acme.ana) as events:
        acme.baton.clock.advance("1h")
        acme.baton.clock.advance("1h 50m")
        events.wait_for("task.due_soon")
        acme.ana.patch(path, {"note": "again"}).expect(200)
        acme.baton.clock.advance("1h")
        events.wait_for("task.changed")
        told = [e for e in events.events if e.topic == "task.due_soon"]
        assert len(told) == 1


def test_a_reminder_comes_by_mail_too_unless_it_is_not_wanted(post_town,
                                                               mailbox):
    """L5: title, time on the own wall, and the way to the lead."""
    acme = Company(post_town, ana={"time_zone": "Europe/Berlin"}, bo={})
    acme.everyone()
    lead = acme.send_lead(name="Kim")
    acme.settle()
    for name in ("ana", "bo"):
        address = f"{name}-{acme.slug}@acme.test"
        acme.change(name, email=address)
        task = plan(acme.client, lead, soon(acme, hours=1), assignee=address,
                    title="Call\nKim", remind_before_minutes=15)
    acme.change("bo", mail=[])
    post_town.clock.advance("45m")
    [mail] = mailbox.wait_for(1, to=f"ana-{acme.slug}@acme.test")
    assert mail.subject == "Due soon: Call Kim"
    berlin = moment(task["due_at"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{berlin:%Y-%m-%d %H:%M}" in mail.text
    assert f"https://baton.test/leads/{lead['id']}" in mail.text
    assert mailbox.all(to=f"bo-{acme.slug}@acme.test") == []


def test_what_is_done_or_cancelled_reminds_nobody(acme):
    for end in ("done", "cancel"):
        task = plan(acme.ana, acme.hers, soon(acme, hours=1),
                    remind_before_minutes=10)
        if end == "done":
            acme.ana.post(f"{TASKS}/{task['id']}/done").expect(200)
        else:
            acme.ana.delete(f"{TASKS}/{task['id']}").expect(204)
    with EventStream(acme.ana) as events:
        acme.baton.clock.advance("2h")
        acme.touch(acme.hers, "call").expect(201)
        events.wait_for("lead.changed")
        assert "task.due_soon" not in [e.topic for e in events.events]


# When the lead moves on

def test_plans_go_along_with_the_lead_and_the_history_too(acme):
    """33, 71: whoever gets the lead gets what was planned; what was fixed to
    somebody stays his."""
    follows = plan(acme.ana, acme.hers, soon(acme, days=1), title="follows")
    stays = plan(acme.ana, acme.hers, soon(acme, days=1), title="stays",
                 assignee="ana@acme.test")
    was = plan(acme.ana, acme.hers, soon(acme, days=1), title="was")
    acme.ana.post(f"{TASKS}/{was['id']}/done").expect(200)
    acme.give(acme.hers, "bo")
    assert titles(tasks(acme.bo, assignee="me")) == ["follows"]
    assert titles(tasks(acme.ana)) == ["stays"]
    acme.ana.get(f"{TASKS}/{follows['id']}").expect(404)
    kept = acme.ana.get(f"{TASKS}/{stays['id']}").expect(200).json
    assert kept["lead"] == {"id": acme.hers["id"]}
    path = f"/api/v1/leads/{acme.hers['id']}/timeline"
    seen = acme.bo.get(path).expect(200).json["items"]
    assert [e["kind"] for e in seen].count("task.created") == 3
    assert "lead.created" in [e["kind"] for e in seen]


def test_what_waits_in_a_queue_is_for_whoever_gets_it(acme):
    task = plan(acme.ana, acme.hers, soon(acme, days=1))
    acme.give(acme.hers, "inbox")
    path = f"{TASKS}/{task['id']}"
    assert acme.client.get(path).json["assignee"] is None
    assert tasks(acme.ana) == []
    acme.give(acme.hers, "bo")
    assert acme.client.get(path).json["assignee"]["name"] == "bo"


def test_the_plans_of_somebody_who_left_are_not_forgotten(acme):
    task = plan(acme.ana, acme.hers, soon(acme, days=1),
                remind_before_minutes=10)
    acme.publish(rules=[], pools=[{"id": "all", "members": "everyone"}])
    acme.change("ana", active=False)
    assert acme.owner(acme.hers) == "bo"
    assert titles(tasks(acme.bo, assignee="me")) == [task["title"]]
    with EventStream(acme.bo) as events:
        acme.baton.clock.advance("1d")
        assert events.wait_for("task.due_soon").json["id"] == task["id"]


def test_what_was_fixed_to_somebody_who_left_is_for_the_leads_owner(acme):
    task = plan(acme.client, acme.hers, soon(acme, days=1),
                assignee="bo@acme.test")
    assert acme.bo.get(f"{TASKS}/{task['id']}").expect(200)
    acme.change("bo", active=False)
    after = acme.ana.get(f"{TASKS}/{task['id']}").expect(200).json
    assert after["assignee"]["name"] == "ana" and not after["fixed"]


def test_a_rep_reaches_no_task_of_anothers_lead_by_any_verb(acme):
    task = plan(acme.bo, acme.his, soon(acme, hours=1))
    path = f"{TASKS}/{task['id']}"
    acme.ana.get(path).expect(404)
    acme.ana.patch(path, {"title": "x"}).expect(404)
    acme.ana.post(path + "/done").expect(404)
    acme.ana.delete(path).expect(404)
    acme.ana.post(TASKS, {
        "lead": acme.his["id"], "kind": "call", "title": "x",
        "due_at": soon(acme, hours=1).isoformat()}).expect(422)
    bo = acme.people["bo"].id
    for query in ({}, {"assignee": bo}, {"lead": acme.his["id"]},
                  {"today": "true"}):
        assert tasks(acme.ana, **query) == [], query
    assert acme.client.get(path).json["version"] == 1


def test_a_viewer_changes_no_task(acme):
    task = plan(acme.bo, acme.his, soon(acme, hours=1))
    viewer = acme.client_as("viewer")
    assert titles(tasks(viewer)) == ["Call back"]
    path = f"{TASKS}/{task['id']}"
    viewer.post(path + "/done").expect(403)
    viewer.delete(path).expect(403)


# History

def test_the_history_of_a_lead_only_grows(acme):
    """L8: no endpoint changes or removes an entry, and whatever is done with
    a lead, what was written before it stays as it was."""
    described = acme.client.get("/api/v1/openapi.json").json["paths"]
    verbs = {verb for path, row in described.items() if "timeline" in path
             for verb in row if verb in ("get", "post", "put", "patch",
                                         "delete")}
    assert verbs == {"get"}
    path = f"/api/v1/leads/{acme.hers['id']}"
    before = acme.of(acme.hers, "timeline")
    for verb, place in itertools.product(
            ("PUT", "PATCH", "DELETE", "POST"),
            ("/timeline", f"/timeline/{before[0]['id']}")):
        acme.client.request(verb, path + place, {}).expect(404, 405)
    task = plan(acme.ana, acme.hers, soon(acme, hours=1))
    for kind in ("call", "email", "message", "meeting", "note", "document"):
        acme.touch(acme.hers, kind, note=kind).expect(201)
    acme.ana.delete(f"{TASKS}/{task['id']}").expect(204)
    acme.edit(acme.hers, product="roof", stage="qualified", reason="has money")
    acme.give(acme.hers, "bo", reason="knows roofs")
    acme.send_lead(email="hers@x.test", message="again")
    after = acme.of(acme.hers, "timeline")
    assert after[-len(before):] == before
    assert all(e["actor"]["kind"] and e["at"] for e in after)
    touched = [e["data"]["kind"] for e in after if e["kind"] == "touch"]
    assert sorted(touched) == ["call", "document", "email", "meeting",
                               "message", "note"]
    changed = {c["field"]: (c["from"], c["to"]) for e in after
               for c in e["data"].get("changes", [])}
    assert changed["product"] == (None, "roof")
    assert changed["stage"] == ("open", "qualified")
    why = [e["data"]["reason"] for e in after if e["kind"] == "lead.changed"
           and "changes" in e["data"]]
    assert why == ["has money"]
    given = next(e for e in after if e["kind"] == "lead.assigned")
    assert given["data"]["note"] == "knows roofs"
