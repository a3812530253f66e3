"""A calendar to subscribe to: what a rep's own calendar program reads, by a
reader of calendars that is not ours."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from support.story import Company, moment, now

FEED = "/api/v1/calendar-feed"
TASKS = "/api/v1/tasks"
LONG = ("Ein langer Titel; mit Komma, Semikolon, \\ und 한국어로 된 아주 긴 "
        "제목입니다, 그래서 줄이 여러 번 접힙니다 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂")


@pytest.fixture
def acme(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[{
        "id": name, "give_to": {"rep": f"{name}@acme.test"},
        "when": {"field": "city", "op": "is", "value": name}}
        for name in ("ana", "bo")])
    acme.hers = acme.send_lead(name="Hers", city="ana")
    acme.his = acme.send_lead(name="His", city="bo")
    acme.ana = acme.sign_in("ana")
    acme.path = acme.ana.post(FEED).expect(201).json["path"]
    return acme


def plan(acme, lead, **fields):
    due = now(acme.baton) + timedelta(days=1)
    return acme.client.post(TASKS, {
        "lead": lead["id"], "kind": "meeting", "title": "Visit",
        "due_at": due.isoformat(), **fields}).expect(201).json


def read(acme, path=None):
    answer = acme.baton.client.get(path or acme.path).expect(200)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.body)


def events(acme, path=None):
    return {str(e["summary"]): e
            for e in read(acme, path).walk("VEVENT")}


def test_a_rep_finds_his_appointments_in_his_own_calendar(acme):
    """L5"""
    due = now(acme.baton) + timedelta(days=1)
    task = plan(acme, acme.hers, note="Bring the plans",
                end_at=(due + timedelta(hours=1)).isoformat(),
                remind_before_minutes=30)
    plan(acme, acme.his, title="Not hers")
    calendar = read(acme)
    assert calendar["version"] == "2.0" and "ana" in calendar["x-wr-calname"]
    [event] = calendar.walk("VEVENT")
    assert event["summary"] == "Visit"
    assert event["description"] == "Bring the plans"
    assert event.decoded("dtstart") == moment(task["due_at"]).replace(
        microsecond=0)
    assert event.decoded("dtend") - event.decoded("dtstart") \
        == timedelta(hours=1)
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(minutes=-30)


def test_an_entry_keeps_its_name_and_counts_its_changes(acme):
    task = plan(acme, acme.hers)
    before = events(acme)["Visit"]
    later = now(acme.baton) + timedelta(days=3)
    acme.baton.clock.advance("1m")
    acme.client.patch(f"{TASKS}/{task['id']}", {
        "title": "Visit", "due_at": later.isoformat()}).expect(200)
    after = events(acme)["Visit"]
    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstamp") > before.decoded("dtstamp")
    acme.client.delete(f"{TASKS}/{task['id']}").expect(204)
    assert events(acme)["Visit"]["status"] == "CANCELLED"


def test_long_lines_and_strange_letters_arrive_as_they_were_written(acme):
    plan(acme, acme.hers, title=LONG, note="first line\nsecond; line")
    body = acme.baton.client.get(acme.path).expect(200).body
    lines = body.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines) and lines[-1] == b""
    for line in lines:
        line.decode("utf-8")   # no character is cut in two
    event = events(acme)[LONG]
    assert event["description"] == "first line\nsecond; line"


def test_what_has_not_changed_is_not_sent_again(acme):
    plan(acme, acme.hers)
    first = acme.baton.client.get(acme.path).expect(200)
    acme.baton.clock.advance("1h")
    asked = {"If-None-Match": first.headers["etag"]}
    again = acme.baton.client.get(acme.path, headers=asked).expect(304)
    assert again.body == b"" and again.headers["etag"] == first.headers["etag"]
    plan(acme, acme.hers, title="Another")
    acme.baton.client.get(acme.path, headers=asked).expect(200)


def test_appointments_go_along_with_the_lead(acme):
    plan(acme, acme.hers)
    bo = acme.sign_in("bo").post(FEED).expect(201).json["path"]
    acme.give(acme.hers, "bo")
    assert events(acme) == {}
    assert list(events(acme, bo)) == ["Visit"]


def test_a_new_address_puts_the_old_one_out_of_use(acme):
    old = acme.path
    assert acme.ana.get(FEED).json["active"]
    assert acme.ana.get(FEED).json["path"] is None
    new = acme.ana.post(FEED).expect(201).json["path"]
    acme.baton.client.get(old).expect(404)
    acme.baton.client.get(new).expect(200)
    acme.ana.delete(FEED).expect(204)
    acme.baton.client.get(new).expect(404)
    assert not acme.ana.get(FEED).json["active"]


def test_nobody_guesses_an_address(acme):
    secret = acme.path.rpartition("/")[2]
    assert len(secret) == 13 + 64 + 4
    other = "0" if secret[-5] != "0" else "1"
    for wrong in (secret[:-5] + other + ".ics", secret[:-4], secret + "x",
                  "x", "0000000000001" + secret[13:],
                  "zzzzzzzzzzzzz" + secret[13:], "%F0%9F%99%82.ics"):
        acme.baton.client.get(f"/cal/{wrong}").expect(404)


def test_whoever_has_left_has_no_calendar_any_more(acme):
    acme.baton.client.get(acme.path).expect(200)
    acme.change("ana", active=False)
    acme.baton.client.get(acme.path).expect(404)


def test_a_key_has_no_calendar(acme):
    for verb in ("GET", "POST", "DELETE"):
        acme.client.request(verb, FEED).expect(403)
