"""What users of other programs complained of in messages, reminders and
rights. The number is the line in the list of lessons; the table of all is in
README.md."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.events import EventStream
from support.story import Company, members, moment, move_to, now

KIM = {"name": "Kim Minji", "email": "minji@x.test", "phone": "010-1234-5678"}


def both(town, mailbox=None, first="ana", **rules):
    """Ana and bo; the first of them gets every lead."""
    acme = Company(town, "ana", "bo")
    if mailbox:
        mailbox.only(acme)
    order = sorted(acme.people, key=lambda name: name != first)
    acme.publish([{"id": "team", "name": "Team", "strategy": "fixed",
                   "members": [{"rep": f"{name}@acme.test"}
                               for name in order]}], **rules)
    return acme


def test_whoever_is_told_that_a_lead_is_his_finds_it_so(post_town, mailbox):
    """65: by rule, by hand, and when it is late: a mail each time, and what
    it says is stored by then."""
    acme = both(post_town, mailbox, late={"after_minutes": 10, "times": 1})
    lead = acme.send_lead(**KIM)
    acme.settle()
    [mail] = mailbox.wait_for(1)
    assert mail.to == "ana@acme.test" and acme.owner(lead) == "ana"
    post_town.clock.advance("10m")
    told = {mail.to: mail.subject for mail in mailbox.wait_for(3)[1:]}
    assert acme.owner(lead) == "bo"
    assert "New lead" in told["bo@acme.test"]
    acme.give(lead, "ana")
    assert "Kim Minji" in mailbox.wait_for(2, to="ana@acme.test")[-1].subject
    assert acme.owner(lead) == "ana"


def test_an_owner_hears_of_every_word_of_his_lead(post_town, mailbox):
    """66: what a lead writes again reaches its owner, is kept with the lead,
    and makes no second one."""
    acme = both(post_town, mailbox)
    ana = acme.sign_in("ana")
    with EventStream(ana) as told:
        lead = acme.send_lead(**KIM, message="first")
        for words in ("second", "third"):
            again = acme.send_lead(email="Minji@X.test", message=words)
            assert again["id"] == lead["id"]
            assert told.wait_for("lead.returned").json["id"] == lead["id"]
    acme.settle()
    assert len(mailbox.wait_for(3, to="ana@acme.test")) == 3
    said = "".join(s["body"] for s in acme.of(lead, "submissions"))
    assert all(words in said for words in ("first", "second", "third"))
    assert acme.client.get("/api/v1/leads").json["total"] == 1


@pytest.mark.parametrize("zone, hour", [
    ("America/Vancouver", 16), ("Asia/Seoul", 1), ("Pacific/Auckland", 23),
    ("Asia/Kolkata", 9)])
def test_a_task_is_due_at_its_time_wherever_the_rep_is(town, zone, hour):
    """70: what is due at six in the evening in Vancouver is not overdue at
    four, and is today's, not yesterday's."""
    acme = Company(town, ana={"time_zone": zone})
    ana = acme.sign_in("ana")
    lead = acme.send_lead(name="Kim")
    here = ZoneInfo(zone)
    day = (now(town).astimezone(here) + timedelta(days=1)).date()
    at = datetime(day.year, day.month, day.day, hour, tzinfo=here)
    move_to(town, at)
    due = at + timedelta(minutes=50)
    task = ana.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "Call",
        "due_local": due.strftime("%Y-%m-%dT%H:%M"),
        "remind_before_minutes": 20}).expect(201).json
    assert moment(task["due_at"]) == due and task["time_zone"] == zone
    assert (task["today"], task["overdue"]) == (True, False)
    with EventStream(ana) as told:
        town.clock.advance("29m")
        assert not [e for e in told.events if e.topic == "task.due_soon"]
        town.clock.advance("1m")
        told.wait_for("task.due_soon")
    town.clock.advance("21m")
    [task] = ana.get("/api/v1/tasks").json["items"]
    assert task["overdue"] and moment(task["due_at"]) == due


def test_a_new_owner_reads_all_that_was_before_him(town):
    """71: messages, calls, notes, plans and former owners come with the
    lead; and are no longer the former owner's to read."""
    acme = both(town)
    ana, bo = acme.sign_in("ana"), acme.sign_in("bo")
    lead = acme.send_lead(**KIM, message="I need a roof.")
    path = f"/api/v1/leads/{lead['id']}"
    ana.post(path + "/touches", {"kind": "email", "outcome": "sent",
                                 "note": "Sent the offer."}).expect(201)
    ana.post(path + "/touches", {"kind": "note",
                                 "note": "Wants blue."}).expect(201)
    ana.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "Ask for the colour",
        "due_at": (now(town) + timedelta(hours=1)).isoformat()}).expect(201)
    bo.get(path).expect(404)
    acme.give(lead, "bo")
    before = bo.get(path + "/timeline").expect(200)
    for words in ("Sent the offer.", "Wants blue.", "Ask for the colour"):
        assert words in before.text
    assert "I need a roof." in bo.get(path + "/submissions").expect(200).text
    owners = bo.get(path + "/assignments").expect(200).json["items"]
    assert [period["owner"]["name"] for period in owners] == ["ana", "bo"]
    assert members(bo.get("/api/v1/tasks").json["items"], "title") \
        == ["Ask for the colour"]
    for rest in ("", "/timeline", "/submissions", "/assignments"):
        ana.get(path + rest).expect(404)


def test_whoever_may_not_see_a_lead_may_not_touch_it_either(town):
    """72: one answer for reading, changing, merging, planning, searching and
    counting; roles_table.py asks every endpoint."""
    acme = both(town, first="bo")
    ana = acme.sign_in("ana")
    lead = acme.send_lead(**KIM)
    town.clock.advance("1m")         # the index of texts follows
    path = f"/api/v1/leads/{lead['id']}"
    for method, rest, body in (
            ("GET", "", None), ("PATCH", "", {"city": "Seoul"}),
            ("POST", "/touches", {"kind": "call"}),
            ("POST", "/merge", {"into": lead["id"]}),
            ("POST", "/accept", {}), ("GET", "/timeline", None),
            ("GET", "/submissions", None)):
        ana.request(method, path + rest, body).expect(404)
    ana.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "x",
        "due_at": now(town).isoformat()}).expect(404, 422)
    for query in ({}, {"q": "Minji"}, {"q": "01012345678"},
                  {"sort": "-score"}):
        page = ana.get("/api/v1/leads", query=query).json
        assert (page["items"], page["total"]) == ([], 0)
    assert ana.get("/api/v1/insights/created").json["total"]["created"] == 0
    assert acme.lead(lead["id"])["version"] == 1
