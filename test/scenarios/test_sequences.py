"""Nurturing: planned touches over days that stop as soon as the person
answers, and small deals that go through one before a rep takes them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.story import Company, move_to, moment, monday, now
from test_webhook_in import payload

SEQUENCES = "/api/v1/sequences"
SMALL = {"field": "deal_value", "op": "less_than", "value": 1000}
HELLO = {"message": {"subject": "Hello {{lead.name}}",
                     "body": "Dear {{lead.name|first}}, thank you."}}
TAG_FIRST = {"change": {"add_tags": ["first"]}}
WELCOME = [TAG_FIRST,
           {"after": {"days": 2}, "change": {"add_tags": ["second"]}},
           {"after": {"days": 3}, "change": {"add_tags": ["third"]}}]


def company(town, steps=(), slug="welcome", **people):
    acme = Company(town, **(people or {"ana": {}, "bo": {}}))
    acme.sequence = make(acme, steps or WELCOME, name=slug)
    return acme


def make(acme, steps, name="welcome"):
    return acme.client.post(SEQUENCES, {
        "name": name, "steps": list(steps)}).expect(201).json


def nurture_small_deals(acme):
    """R5: small deals go to a sequence, the others to reps in turn."""
    acme.publish(
        rules=[{"id": "small", "name": "Small deals", "when": SMALL,
                "give_to": {"sequence": "welcome",
                            "owner": {"queue": "inbox"}}}],
        pools=[{"id": "all", "name": "Everyone", "members": "everyone"}])


def send_small(acme, **fields):
    lead = acme.send_lead(**{"name": "Kim Minji", "email": "kim@x.test",
                             "deal_value": 500, **fields})
    acme.settle()
    return lead


def begin(acme, lead, name="welcome"):
    path = f"/api/v1/leads/{lead['id']}/sequence"
    runs = acme.client.post(path, {"sequence": name}).expect(201).json["items"]
    acme.settle()
    return runs[0]


def run(acme, lead):
    path = f"/api/v1/leads/{lead['id']}/sequence"
    return acme.client.get(path).expect(200).json["items"][0]


def tags(acme, lead):
    return acme.lead(lead["id"]).get("tags", [])


def told(acme, lead, kind):
    return [e["data"] for e in acme.of(lead, "timeline") if e["kind"] == kind]


# Going through

def test_each_step_is_taken_at_its_time_and_stands_in_the_history(town):
    """L7: two days, then three, and it is over."""
    acme = company(town)
    lead = acme.send_lead(name="Kim")
    begin(acme, lead)
    assert tags(acme, lead) == ["first"]
    town.clock.advance("47h")
    assert tags(acme, lead) == ["first"]
    town.clock.advance("1h")
    assert tags(acme, lead) == ["first", "second"]
    town.clock.advance("3d")
    assert tags(acme, lead) == ["first", "second", "third"]
    assert run(acme, lead)["state"] == "finished"
    steps = told(acme, lead, "sequence.step")
    assert [step["step"] for step in steps] == [2, 1, 0]
    assert len(told(acme, lead, "sequence.started")) == 1
    assert len(told(acme, lead, "sequence.finished")) == 1


def test_what_was_slept_through_is_done_once_and_in_order(start_baton):
    """A server that was off for a month, and one that was killed, takes each
    step once."""
    baton = start_baton()
    acme = company(baton)
    lead = acme.send_lead(name="Kim")
    begin(acme, lead)
    baton.clock.moved_ms += 30 * 86_400_000
    baton.restart()
    acme.client = baton.client.with_key(acme.key)
    acme.settle()
    assert tags(acme, lead) == ["first", "second"]
    baton.clock.advance("3d")
    baton.kill()
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    acme.settle()
    assert tags(acme, lead) == ["first", "second", "third"]
    assert len(told(acme, lead, "sequence.step")) == 3


def test_a_task_of_a_sequence_is_for_whoever_owns_the_lead(town):
    acme = company(town, [{"after": {"hours": 1}, "task": {
        "kind": "call", "title": "Call Kim", "due_in_minutes": 60}}])
    lead = acme.send_lead(name="Kim")
    acme.give(lead, "bo")
    begin(acme, lead)
    town.clock.advance("1h")
    [task] = acme.client.get("/api/v1/tasks", query={
        "lead": lead["id"]}).expect(200).json["items"]
    assert task["title"] == "Call Kim" and task["automatic"]
    assert task["assignee"]["name"] == "bo"
    assert moment(task["due_at"]) == now(town) + timedelta(hours=1)


def test_a_step_can_move_the_stage_and_closing_ends_the_sequence(town):
    acme = company(town, [
        {"change": {"stage": "nurturing"}},
        {"after": {"hours": 1}, "change": {"stage": "unqualified"}},
        {"after": {"hours": 1}, "change": {"add_tags": ["too late"]}}])
    lead = acme.send_lead(name="Kim")
    begin(acme, lead)
    assert acme.lead(lead["id"])["stage"] == "nurturing"
    town.clock.advance("1h")
    assert acme.lead(lead["id"])["stage"] == "unqualified"
    town.clock.advance("1h")
    assert "too late" not in tags(acme, lead)
    assert run(acme, lead)["reason"] == "closed"


# When a step is due

def test_a_step_waits_for_nine_oclock_where_the_lead_is(town):
    acme = company(town, [{"after": {"days": 1}, "at": "09:00", **TAG_FIRST}])
    monday(town, hour=9)
    lead = acme.send_lead(name="Ben", time_zone="Europe/Berlin")
    begin(acme, lead)
    here = now(town).astimezone(ZoneInfo("Europe/Berlin"))
    due = (here + timedelta(days=1)).replace(hour=9, minute=0, second=0,
                                             microsecond=0)
    assert moment(run(acme, lead)["next_at"]) == due


def test_a_step_in_working_days_leaves_out_the_weekend(town):
    acme = company(town, [{"after": {"days": 2}, "at": "10:00",
                           "zone": "workspace", "working_days": True,
                           **TAG_FIRST}])
    day = monday(town, hour=9)
    friday = day + timedelta(days=4, hours=11)
    move_to(town, friday)
    lead = acme.send_lead(name="Kim")
    begin(acme, lead)
    assert moment(run(acme, lead)["next_at"]) \
        == day + timedelta(days=8, hours=10)


def test_a_holiday_where_the_lead_lives_is_no_working_day(town):
    acme = company(town, [{"after": {"days": 1}, "at": "10:00",
                           "working_days": True, **TAG_FIRST}])
    day = monday(town, hour=9)
    acme.client.post("/api/v1/holidays", {
        "name": "Korea", "country": "KR", "days": [{
            "date": (day + timedelta(days=1)).date().isoformat(),
            "name": "A day off"}]}).expect(201)
    due = {"KR": day + timedelta(days=2, hours=10),
           "DE": day + timedelta(days=1, hours=10)}
    for country, moment_due in due.items():
        lead = acme.send_lead(name="Kim", country=country,
                              time_zone="Asia/Seoul")
        begin(acme, lead)
        assert moment(run(acme, lead)["next_at"]) == moment_due


@pytest.mark.parametrize("zone, start, due", [
    ("Europe/Berlin", "2027-03-27T09:00:00", "2027-03-28T09:00:00"),
    ("America/New_York", "2027-11-06T09:00:00", "2027-11-07T09:00:00"),
    ("Australia/Lord_Howe", "2027-04-03T09:00:00", "2027-04-04T09:00:00"),
])
def test_a_day_later_is_the_same_time_on_the_wall_when_the_clocks_change(
        start_baton, zone, start, due):
    local = ZoneInfo(zone)
    begins = datetime.fromisoformat(start).replace(tzinfo=local)
    baton = start_baton(time=begins.astimezone(ZoneInfo("UTC")).isoformat())
    acme = company(baton, [{"after": {"days": 1}, **TAG_FIRST}])
    lead = acme.send_lead(name="x", time_zone=zone)
    begin(acme, lead)
    expected = datetime.fromisoformat(due).replace(tzinfo=local)
    assert abs(moment(run(acme, lead)["next_at"]) - expected) \
        < timedelta(seconds=5)


# Stopping

def test_it_stops_when_the_person_answers(town):
    acme = company(town)
    lead = acme.send_lead(name="Kim", email="kim@x.test")
    begin(acme, lead)
    acme.send_lead(email="kim@x.test", message="Yes, please!")
    town.clock.advance("10d")
    assert tags(acme, lead) == ["first"]
    assert run(acme, lead)["state"] == "stopped"
    assert run(acme, lead)["reason"] == "answered"
    [stopped] = told(acme, lead, "sequence.stopped")
    assert stopped["reason"] == "answered"


@pytest.mark.parametrize("what, reason", [
    ("touch", "touched"), ("close", "closed"), ("stop", "by_hand")])
def test_it_stops_when_somebody_takes_over(town, what, reason):
    acme = company(town)
    lead = acme.send_lead(name="Kim")
    begin(acme, lead)
    if what == "touch":
        acme.touch(lead, "call").expect(201)
    elif what == "close":
        acme.edit(lead, stage="customer")
    else:
        acme.client.delete(
            f"/api/v1/leads/{lead['id']}/sequence").expect(204)
    town.clock.advance("10d")
    assert tags(acme, lead) == ["first"]
    assert run(acme, lead)["reason"] == reason


def test_a_note_or_a_new_list_of_addresses_does_not_stop_it(town, tmp_path):
    acme = company(town)
    lead = acme.send_lead(name="Kim", email="kim@x.test")
    begin(acme, lead)
    acme.touch(lead, "note", note="tall").expect(201)
    table = tmp_path / "list.csv"
    table.write_text("email,name\nkim@x.test,Kim\n")
    town.cli("import", "leads", str(table), "--workspace", acme.slug,
             "--source", "list")
    town.clock.advance("2d")
    assert tags(acme, lead) == ["first", "second"]
    assert len(acme.of(lead, "submissions")) == 2


def test_a_lead_is_in_one_sequence_at_a_time(town):
    acme = company(town)
    make(acme, WELCOME, name="other")
    lead = acme.send_lead(name="Kim")
    begin(acme, lead)
    path = f"/api/v1/leads/{lead['id']}/sequence"
    acme.client.post(path, {"sequence": "other"}).expect(409)
    acme.client.delete(path).expect(204)
    acme.client.delete(path).expect(409)
    assert begin(acme, lead, "other")["name"] == "other"


# R5: small deals

def test_small_deals_go_to_a_sequence_while_a_queue_owns_them(town):
    """R5"""
    acme = company(town)
    nurture_small_deals(acme)
    lead = send_small(acme)
    assert lead["owner"] == {"kind": "queue", "id": lead["owner"]["id"],
                             "name": "Inbox"}
    assert tags(acme, lead) == ["first"]
    decision = acme.of(lead, "decisions")[0]
    assert decision["record"]["sequence"] == "welcome"
    assert acme.send(name="Large", deal_value=50000) in ("ana", "bo")


def test_a_reply_ends_it_and_brings_the_lead_to_a_rep(town):
    """R5, L7: whoever answers gets a person; the reason says why the rule for
    small deals was not asked again."""
    acme = company(town)
    nurture_small_deals(acme)
    lead = send_small(acme)
    town.clock.advance("1d")
    again = acme.send_lead(email="kim@x.test", message="Tell me more")
    assert again["id"] == lead["id"]
    assert again["owner"]["kind"] == "rep"
    assert acme.of(lead, "assignments")[-1]["reason"] == "came_back"
    assert run(acme, lead)["reason"] == "answered"
    trail = acme.of(lead, "decisions")[-1]["trail"]
    assert trail[0]["id"] == "small" and not trail[0]["matched"]
    assert trail[0]["passed_over"] == "was_in_sequence"


def test_nothing_takes_a_lead_out_of_a_sequence_before_it_ends(town):
    """A queue that drains, and rules that know no small deals any more, leave
    it alone; once it is over without an answer a rep gets it."""
    acme = company(town)
    nurture_small_deals(acme)
    lead = send_small(acme)
    acme.change("ana", presence="away")
    acme.change("ana", presence="available")
    acme.everyone()
    acme.settle()
    assert acme.owner(lead) == "Inbox"
    town.clock.advance("2d")
    assert acme.owner(lead) == "Inbox"
    town.clock.advance("3d")
    assert run(acme, lead)["state"] == "finished"
    assert acme.owner(lead) in ("ana", "bo")


def test_who_has_been_through_it_is_not_sent_into_it_again(town):
    acme = company(town)
    nurture_small_deals(acme)
    lead = send_small(acme)
    for days in ("2d", "3d"):
        town.clock.advance(days)
    assert run(acme, lead)["state"] == "finished"
    assert acme.owner(lead) in ("ana", "bo")
    assert len(told(acme, lead, "sequence.started")) == 1


def test_a_rule_names_a_sequence_that_is_there(town):
    acme = Company(town, "ana")
    rules = {"format": "baton-rules/1", "otherwise": {"queue": "inbox"},
             "rules": [{"id": "small", "when": SMALL, "give_to": {
                 "sequence": "welcome", "owner": {"queue": "inbox"}}}]}
    problem = acme.client.put("/api/v1/routing/draft", rules).expect(422).json
    assert problem["errors"][0]["pointer"] == "/rules/0/give_to/sequence"
    make(acme, WELCOME)
    saved = acme.client.put("/api/v1/routing/draft", rules).expect(200).json
    assert saved["warnings"] == []


def test_a_rule_set_says_in_its_tests_what_begins_a_sequence(town):
    acme = company(town)
    rules = {"format": "baton-rules/1", "otherwise": {"queue": "inbox"},
             "rules": [{"id": "small", "when": SMALL, "give_to": {
                 "sequence": "welcome", "owner": {"queue": "inbox"}}}],
             "tests": [{"name": "small", "lead": {"deal_value": 10},
                        "expect": {"sequence": "welcome", "queue": "inbox"}}]}
    acme.publish_rules(rules)
    rules["tests"][0]["lead"]["deal_value"] = 99999
    acme.client.put("/api/v1/routing/draft", rules).expect(200)
    refused = acme.client.post("/api/v1/routing/draft/publish", {})
    assert "welcome" in refused.expect(422).json["errors"][0]["message"]


def test_a_sequence_that_rules_name_is_not_put_away(town):
    acme = company(town)
    nurture_small_deals(acme)
    path = f"{SEQUENCES}/{acme.sequence['id']}"
    acme.client.delete(path).expect(409)
    acme.client.patch(path, {"slug": "other"}).expect(422)
    acme.everyone()
    acme.client.delete(path).expect(204)
    acme.client.get(path).expect(404)
    assert acme.client.get(SEQUENCES).json["items"] == []


def test_who_is_in_a_sequence_that_is_put_away_goes_on_to_its_end(town):
    acme = company(town)
    lead = acme.send_lead(name="Kim")
    begin(acme, lead)
    acme.client.delete(f"{SEQUENCES}/{acme.sequence['id']}").expect(204)
    town.clock.advance("2d")
    assert tags(acme, lead) == ["first", "second"]
    assert run(acme, lead)["name"] == "welcome"


# Messages

def test_a_message_reaches_the_lead_with_its_name_in_it(post_town, mailbox):
    acme = company(post_town, [HELLO])
    lead = acme.send_lead(name="Kim Minji", email="kim@y.test")
    acme.give(lead, "ana")
    begin(acme, lead)
    [mail] = mailbox.wait_for(1, to="kim@y.test")
    assert mail.subject == "Hello Kim Minji"
    assert "thank you" in mail.text
    assert mail["Reply-To"] == "ana <ana@acme.test>"
    acme.settle()
    assert told(acme, lead, "message.sent")[0]["channel"] == "email"
    assert not acme.lead(lead["id"])["first_response_at"]


def test_a_template_goes_out_in_the_language_of_the_lead(post_town, mailbox):
    """L6, L7"""
    acme = Company(post_town, "ana")
    for language, subject in (("en", "Welcome {{lead.name|first}}"),
                              ("ko", "{{lead.name}}님, 환영합니다")):
        acme.client.post("/api/v1/templates", {
            "name": "nurture", "channel": "email", "language": language,
            "subject": subject, "body": "<b>{{lead.company}}</b>",
        }).expect(201)
    make(acme, [{"message": {"template": "nurture"}}])
    for language, subject in (("ko", "김민지님, 환영합니다"),
                              ("de", "Welcome 김민지"), ("en", None)):
        address = f"{language}-{acme.slug}@t.test"
        begin(acme, acme.send_lead(name="김민지", email=address,
                                   language=language, company="A & B"))
        [mail] = mailbox.wait_for(1, to=address)
        assert subject in (None, mail.subject)
        assert "<b>A & B</b>" in mail.text
        assert "&lt;b&gt;A &amp; B" in mail.html


def test_a_template_that_is_gone_is_left_out(post_town):
    acme = Company(post_town, "ana")
    made = acme.client.post("/api/v1/templates", {
        "name": "nurture", "channel": "email", "language": "en",
        "subject": "x", "body": "y"}).expect(201).json
    make(acme, [{"message": {"template": made["id"]}}, TAG_FIRST])
    acme.client.delete(f"/api/v1/templates/{made['id']}").expect(204)
    lead = acme.send_lead(name="Kim", email="kim@gone.test")
    begin(acme, lead)
    assert told(acme, lead, "sequence.step")[-1]["left_out"] == "no_template"
    assert tags(acme, lead) == ["first"]


@pytest.mark.parametrize("fields, why", [
    ({"email": "kim@z.test", "consent": {"email": False}}, "no_consent"),
    ({"email": "kim@z.test", "consent": {"marketing": False}}, "no_consent"),
    ({"phone": "010-1234-5678"}, "no_address")])
def test_who_does_not_want_mail_gets_none_and_the_history_says_so(
        post_town, mailbox, fields, why):
    acme = company(post_town, [HELLO, TAG_FIRST])
    lead = acme.send_lead(name="Kim", **fields)
    begin(acme, lead)
    assert told(acme, lead, "sequence.step")[-1]["left_out"] == why
    assert tags(acme, lead) == ["first"]
    assert mailbox.all(to="kim@z.test") == []


def test_who_wants_no_more_mails_says_so_in_the_mail(post_town, mailbox):
    """Opening the link changes nothing, for programs that check links open it
    too; the button, or the mail program's own, ends the sequence."""
    acme = company(post_town, [HELLO, {"after": {"days": 1}, **HELLO}])
    lead = acme.send_lead(name="Kim", email="kim@out.test",
                          consent={"phone": True})
    begin(acme, lead)
    [mail] = mailbox.wait_for(1, to="kim@out.test")
    link = mail["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://baton.test/stop/") and link in mail.text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = link.removeprefix("https://baton.test")
    visitor = post_town.client
    assert "<form" in visitor.get(path).expect(200).text
    assert run(acme, lead)["state"] == "running"
    visitor.form(path, {"List-Unsubscribe": "One-Click"}).expect(200)
    visitor.form(path, {}).expect(200)
    assert run(acme, lead)["reason"] == "refused"
    assert acme.lead(lead["id"])["consent"] == {"phone": True, "email": False}
    begin(acme, lead)
    assert run(acme, lead)["step"] == 1
    post_town.clock.advance("2d")
    assert len(mailbox.all(to="kim@out.test")) == 1


@pytest.mark.parametrize("file", ["one-click-multipart.http",
                                  "one-click-urlencoded.http"])
def test_the_button_of_a_mail_program_is_heard(post_town, mailbox, file):
    """It sends what RFC 8058 prescribes, in either form."""
    acme = company(post_town, [HELLO])
    lead = acme.send_lead(name="Kim", email=f"kim@{file[:13]}.test")
    begin(acme, lead)
    [mail] = mailbox.wait_for(1, to=f"kim@{file[:13]}.test")
    path = mail["List-Unsubscribe"].strip("<>").removeprefix(
        "https://baton.test")
    head, _, body = payload("rfc8058-unsubscribe", file).partition(
        b"\r\n\r\n")
    kind = next(line for line in head.decode().split("\r\n")
                if line.startswith("Content-Type"))
    post_town.client.post(path, body=body, headers={
        "Content-Type": kind.partition(": ")[2]}).expect(200)
    assert acme.lead(lead["id"])["consent"] == {"email": False}


def test_nobody_says_no_for_somebody_else(post_town, mailbox):
    acme = company(post_town, [HELLO])
    lead = acme.send_lead(name="Kim", email="kim@else.test")
    begin(acme, lead)
    [mail] = mailbox.wait_for(1, to="kim@else.test")
    path = mail["List-Unsubscribe"].strip("<>").removeprefix(
        "https://baton.test")
    for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), path[:-1],
                  "/stop/x", "/stop/0000000000001" + path[19:]):
        post_town.client.get(wrong).expect(404)
        post_town.client.form(wrong, {}).expect(404)
    assert acme.lead(lead["id"]).get("consent") is None


def test_without_a_mail_server_the_rest_of_the_sequence_goes_on(town):
    acme = company(town, [HELLO, TAG_FIRST])
    lead = acme.send_lead(name="Kim", email="kim@x.test")
    begin(acme, lead)
    assert told(acme, lead, "sequence.step")[-1]["left_out"] \
        == "no_mail_server"
    assert tags(acme, lead) == ["first"]


# Writing them

WRONG = [
    ([], "/steps"),
    ([{}], "/steps/0"),
    ([{**TAG_FIRST, **HELLO}], "/steps/0"),
    ([TAG_FIRST, {"after": {"weeks": 1}, **TAG_FIRST}], "/steps/1/after/weeks"),
    ([{"after": {"days": 1, "hours": 1}, **TAG_FIRST}], "/steps/0/after"),
    ([{"at": "9 am", **TAG_FIRST}], "/steps/0/at"),
    ([{"at": "24:00", **TAG_FIRST}], "/steps/0/at"),
    ([{"zone": "Seoul", **TAG_FIRST}], "/steps/0/zone"),
    ([{"change": {}}], "/steps/0/change"),
    ([{"change": {"stage": "married"}}], "/steps/0/change/stage"),
    ([{"task": {"kind": "call"}}], "/steps/0/task/title"),
    ([{"message": {"subject": "x"}}], "/steps/0/message/body"),
    ([{"message": {}}], "/steps/0/message"),
    ([{"message": {"template": "a", "body": "b"}}], "/steps/0/message"),
    ([TAG_FIRST, {"message": {"template": "none"}}],
     "/steps/1/message/template"),
    ([{"message": {"subject": "{{lead.shoe}}", "body": "x"}}],
     "/steps/0/message/subject"),
]


@pytest.mark.parametrize("steps, pointer", WRONG)
def test_what_is_wrong_with_a_step_is_said_where_it_is(town, steps, pointer):
    acme = Company(town, "ana")
    problem = acme.client.post(SEQUENCES, {
        "name": "welcome", "steps": steps}).expect(422).json
    assert pointer in [error["pointer"] for error in problem["errors"]]


def test_a_name_is_taken_once_and_a_change_meets_its_version(town):
    acme = company(town)
    acme.client.post(SEQUENCES, {"name": "Welcome",
                                 "steps": WELCOME}).expect(422)
    path = f"{SEQUENCES}/{acme.sequence['id']}"
    acme.client.patch(path, {"active": False}, if_match=1).expect(200)
    acme.client.patch(path, {"active": True}, if_match=1).expect(409)
    lead = acme.send_lead(name="Kim")
    acme.client.post(f"/api/v1/leads/{lead['id']}/sequence",
                     {"sequence": "welcome"}).expect(422)


def test_reps_begin_and_stop_it_for_their_own_leads_only(town):
    acme = company(town)
    acme.publish(rules=[{
        "id": name, "give_to": {"rep": f"{name}@acme.test"},
        "when": {"field": "city", "op": "is", "value": name}}
        for name in ("ana", "bo")])
    hers = acme.send_lead(name="Hers", city="ana")
    his = acme.send_lead(name="His", city="bo")
    ana = acme.sign_in("ana")
    begin(acme, his)
    path = f"/api/v1/leads/{his['id']}/sequence"
    ana.get(path).expect(404)
    ana.delete(path).expect(404)
    ana.post(path, {"sequence": "welcome"}).expect(404)
    ana.post(f"/api/v1/leads/{hers['id']}/sequence",
             {"sequence": "welcome"}).expect(201)
    ana.post(SEQUENCES, {"name": "x", "steps": WELCOME}).expect(403)
    ana.get(SEQUENCES).expect(200)
    ana.delete(f"{SEQUENCES}/{acme.sequence['id']}").expect(403)
