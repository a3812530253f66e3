"""Promises of a first answer: what keeps them, what follows when they are
missed, and what a pin holds against."""

import sqlite3
from datetime import timedelta

import pytest
from support.story import (OFFICE, Company, members, moment, monday,
                           move_to, now)

NEXT_TWICE = {"after_minutes": 10, "then": "next", "times": 2,
              "finally": {"rep": "boss@acme.test"}}


def one_pool(*names, strategy="fixed"):
    return [{"id": "one", "name": "One", "strategy": strategy,
             "members": [{"rep": f"{name}@acme.test"} for name in names]}]


def chain(town, late=NEXT_TWICE):
    acme = Company(town, "ana", "bo", "cy", boss={"role": "manager"})
    acme.publish(one_pool("ana", "bo", "cy"), late=late)
    return acme


def test_a_late_lead_goes_to_the_next_twice_and_then_to_the_last(town):
    acme = chain(town)
    lead = acme.send_lead()
    owners = [acme.owner(lead)]
    for _ in range(5):
        town.clock.advance("11m")
        owners.append(acme.owner(lead))
    assert owners == ["ana", "bo", "cy", "boss", "boss", "boss"]
    assert members(acme.of(lead, "assignments"), "reason") \
        == ["routed", "late", "late", "late"]
    kinds = members(acme.of(lead, "timeline"), "kind")
    assert kinds.count("lead.late") >= 3


def test_nobody_is_late_before_the_minute(town):
    acme = chain(town)
    lead = acme.send_lead()
    assert moment(lead["response_due_at"]).timestamp() \
        == now(town).timestamp() + 600
    town.clock.advance("9m 59s")
    assert acme.owner(lead) == "ana"
    town.clock.advance("1s")
    assert acme.owner(lead) == "bo"
    assert acme.lead(lead["id"])["late_count"] == 1


def test_each_new_owner_has_the_whole_time_again(town):
    acme = chain(town)
    lead = acme.send_lead()
    town.clock.advance("10m")
    due = acme.lead(lead["id"])["response_due_at"]
    assert moment(due).timestamp() == now(town).timestamp() + 600


def test_an_answer_stops_the_clock(town):
    acme = chain(town)
    for kind in ("call", "email", "message", "meeting"):
        lead = acme.send_lead(name=kind)
        town.clock.advance("5m")
        acme.touch(lead, kind).expect(201)
        town.clock.advance("3h")
        answered = acme.lead(lead["id"])
        assert answered["owner"]["name"] == "ana", kind
        assert answered["late_count"] == 0
        assert answered["response_due_at"] is None


def test_a_note_or_a_document_does_not_stop_the_clock(town):
    acme = chain(town)
    for kind in ("note", "document"):
        lead = acme.send_lead(name=kind)
        acme.touch(lead, kind, note="looks good").expect(201)
        town.clock.advance("11m")
        assert acme.owner(lead) == "bo", kind


def test_opening_the_page_does_not_stop_the_clock(town):
    acme = chain(town)
    ana = acme.sign_in("ana")
    lead = acme.send_lead()
    path = f"/api/v1/leads/{lead['id']}"
    for below in ("", "/timeline", "/decisions", "/assignments"):
        ana.get(path + below).expect(200)
    acme.edit(lead, city="Seoul")
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"


def test_a_lead_that_is_closed_is_not_late(town):
    acme = chain(town)
    lead = acme.send_lead()
    closed = acme.edit(lead, stage="unqualified")
    assert closed["response_due_at"] is None
    town.clock.advance("3h")
    assert acme.owner(lead) == "ana"
    assert acme.lead(lead["id"])["late_count"] == 0


def test_a_lead_that_is_opened_again_unanswered_has_its_promise_again(town):
    acme = chain(town)
    lead = acme.send_lead()
    acme.edit(lead, stage="unqualified")
    town.clock.advance("3h")
    opened = acme.edit(lead, stage="open")
    assert moment(opened["response_due_at"]).timestamp() \
        == now(town).timestamp() + 600
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"


def test_an_answered_lead_that_is_opened_again_is_promised_nothing(town):
    acme = chain(town)
    lead = acme.send_lead()
    acme.touch(lead, "call").expect(201)
    acme.edit(lead, stage="customer")
    assert acme.edit(lead, stage="open")["response_due_at"] is None


def test_a_lead_that_waits_in_a_queue_is_nobodys_fault(town):
    acme = Company(town, ana={"presence": "away"})
    acme.publish(one_pool("ana"), late=NEXT_TWICE | {
        "finally": {"rep": "ana@acme.test"}})
    lead = acme.send_lead()
    assert lead["response_due_at"] is None
    town.clock.advance("1d")
    assert acme.lead(lead["id"])["late_count"] == 0


def test_then_stay_leaves_it_where_it_is_and_says_so(town):
    acme = chain(town, {"after_minutes": 10, "then": "stay"})
    lead = acme.send_lead()
    town.clock.advance("11m")
    late = acme.lead(lead["id"])
    assert late["owner"]["name"] == "ana" and late["late_count"] == 1
    assert "lead.late" in members(acme.of(lead, "timeline"), "kind")


def test_without_a_next_person_the_last_resort_gets_it(town):
    """Two have had it and nobody else can: `finally` must not be lost."""
    acme = Company(town, "ana", "bo", boss={"role": "manager"})
    acme.publish(one_pool("ana", "bo"), late={
        **NEXT_TWICE, "times": 5})
    lead = acme.send_lead()
    owners = []
    for _ in range(6):
        town.clock.advance("11m")
        owners.append(acme.owner(lead))
    assert owners[0] == "bo"
    assert owners[-1] == "boss"


def test_nobody_else_at_work_leaves_it_with_its_owner(town):
    acme = Company(town, ana={}, bo={"presence": "away"})
    acme.publish(one_pool("ana", "bo"), late={"after_minutes": 10})
    lead = acme.send_lead()
    town.clock.advance("2h")
    assert acme.owner(lead) == "ana"
    assert acme.lead(lead["id"])["late_count"] >= 1


def test_a_rule_has_a_promise_of_its_own(town):
    acme = Company(town, "ana", "bo")
    acme.publish(one_pool("ana", "bo"), late={"after_minutes": 60}, rules=[{
        "id": "vip", "give_to": {"pool": "one"},
        "when": {"field": "tags", "op": "contains", "value": "vip"},
        "late": {"after_minutes": 5}}])
    vip, plain = acme.send_lead(tags=["vip"]), acme.send_lead(name="plain")
    town.clock.advance("6m")
    assert acme.owner(vip) == "bo"
    assert acme.owner(plain) == "ana"


def test_lateness_survives_a_power_cut(start_baton):
    baton = start_baton()
    acme = chain(baton)
    lead = acme.send_lead()
    baton.kill()
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    baton.clock.advance("11m")
    assert acme.owner(lead) == "bo"
    assert members(acme.of(lead, "assignments"), "reason") \
        == ["routed", "late"]


def test_after_the_last_resort_nothing_piles_up(town):
    acme = chain(town)
    lead = acme.send_lead()
    for _ in range(4):
        town.clock.advance("11m")
    before = len(acme.of(lead, "timeline")), len(acme.of(lead, "decisions"))
    for _ in range(5):
        town.clock.advance("1h")
    assert (len(acme.of(lead, "timeline")),
            len(acme.of(lead, "decisions"))) == before


# Pins

def pin(town, days=1):
    return (now(town) + timedelta(days=days)).isoformat()


def test_a_pinned_owner_survives_edits_and_lateness(town):
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "cy", pin_until=pin(town))
    for change in ({"country": "JP"}, {"stage": "contacted"},
                   {"tags": ["x"]}):
        assert acme.edit(lead, **change)["owner"]["name"] == "cy"
    town.clock.advance("5h")
    late = acme.lead(lead["id"])
    assert late["owner"]["name"] == "cy"
    assert late["late_count"] >= 1


def test_what_was_late_while_it_was_pinned_moves_on_when_the_pin_ends(town):
    """The promise was missed once, and nobody has answered since."""
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "cy", pin_until=pin(town, days=1))
    town.clock.advance("23h")
    assert acme.owner(lead) == "cy"
    town.clock.advance("1h 1m")
    moved = acme.lead(lead["id"])
    assert moved["owner"]["name"] == "bo", "ana and cy have had it"
    assert moved["late_count"] == 1
    kinds = members(acme.of(lead, "timeline"), "kind")
    assert kinds.count("lead.late") == 1


def test_what_was_answered_while_it_was_pinned_stays(town):
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "cy", pin_until=pin(town, days=1))
    town.clock.advance("2h")
    acme.touch(lead, "call").expect(201)
    town.clock.advance("2d")
    assert acme.owner(lead) == "cy"


def test_a_pin_that_was_made_longer_holds_to_its_new_end(town):
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "cy", pin_until=pin(town, days=1))
    town.clock.advance("2h")
    acme.give(lead, "cy", pin_until=pin(town, days=3))
    town.clock.advance("2d")
    assert acme.owner(lead) == "cy"
    town.clock.advance("1d")
    assert acme.owner(lead) == "bo"


def test_a_pin_does_not_hold_against_a_person(town):
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "cy", pin_until=pin(town))
    assert acme.give(lead, "bo")["owner"]["name"] == "bo"


def test_a_pin_goes_with_the_owner_it_was_set_for(town):
    """Given to somebody else without a pin, the lead is not pinned there."""
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "cy", pin_until=pin(town))
    given = acme.give(lead, "bo")
    assert given["pinned_until"] is None


def test_the_pinned_lead_of_whoever_leaves_does_not_stick_in_a_queue(town):
    """The pin was his; the lead waits for the next shift like any other."""
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "cy", pin_until=pin(town, days=30))
    for name in ("ana", "bo"):
        acme.change(name, presence="away")
    acme.change("cy", active=False)
    assert acme.owner(lead) == "Inbox"
    acme.change("bo", presence="available")
    assert acme.owner(lead) == "bo"


def test_a_pin_in_the_queue_ends_when_it_ends(town):
    """Held in the Inbox until a moment: then it is routed, by itself."""
    acme = chain(town)
    lead = acme.send_lead()
    acme.give(lead, "inbox", pin_until=pin(town, days=1))
    town.clock.advance("23h")
    assert acme.owner(lead) == "Inbox"
    town.clock.advance("2h")
    assert acme.owner(lead) != "Inbox"


# Who writes again

KIM = {"email": "kim@x.test", "message": "hello"}


def answered(acme):
    lead = acme.send_lead(**KIM)
    acme.touch(lead, "call").expect(201)
    acme.baton.clock.advance("2d")
    return acme.lead(lead["id"])


def test_a_customer_who_comes_back_is_answered_in_time_too(town):
    """An answered lead that writes again is waiting for an answer again."""
    acme = chain(town)
    lead = answered(acme)
    again = acme.send_lead(**KIM | {"message": "are you there?"})
    assert again["id"] == lead["id"]
    assert moment(again["response_due_at"]).timestamp() \
        == now(town).timestamp() + 600
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"


def test_the_first_response_stays_the_first(town):
    acme = chain(town)
    lead = answered(acme)
    acme.send_lead(**KIM | {"message": "are you there?"})
    waits = acme.lead(lead["id"])
    assert waits["first_response_at"] == lead["first_response_at"]
    assert waits["asked_again_at"] is not None
    town.clock.advance("5m")
    acme.touch(lead, "email").expect(201)
    after = acme.lead(lead["id"])
    assert after["first_response_at"] == lead["first_response_at"]
    assert after["response_due_at"] is after["asked_again_at"] is None
    town.clock.advance("1h")
    assert acme.lead(lead["id"])["late_count"] == 0


def test_a_second_question_has_the_promise_of_the_rule_that_gave_the_lead(
        town):
    acme = Company(town, "ana", "bo")
    acme.publish(one_pool("ana", "bo"), late={"after_minutes": 60}, rules=[{
        "id": "vip", "give_to": {"pool": "one"},
        "when": {"field": "tags", "op": "contains", "value": "vip"},
        "late": {"after_minutes": 5}}])
    lead = acme.send_lead(**KIM, tags=["vip"])
    acme.touch(lead, "call").expect(201)
    acme.send_lead(**KIM | {"message": "again"})
    town.clock.advance("6m")
    assert acme.owner(lead) == "bo"


def test_asking_twice_before_an_answer_does_not_put_it_off(town):
    acme = chain(town)
    lead = answered(acme)
    first = acme.send_lead(**KIM | {"message": "one"})
    town.clock.advance("5m")
    second = acme.send_lead(**KIM | {"message": "two"})
    assert second["response_due_at"] == first["response_due_at"]
    town.clock.advance("6m")
    assert acme.owner(lead) == "bo"


def test_the_chain_begins_anew_with_a_new_question(town):
    """Late once before the first answer: that counts no more."""
    acme = chain(town)
    lead = acme.send_lead(**KIM)
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"
    acme.touch(lead, "call").expect(201)
    town.clock.advance("1d")
    acme.send_lead(**KIM | {"message": "again"})
    owners = []
    for _ in range(3):
        town.clock.advance("11m")
        owners.append(acme.owner(lead))
    assert owners == ["ana", "cy", "boss"]


def test_a_call_that_was_made_before_the_question_does_not_answer_it(town):
    acme = chain(town)
    lead = answered(acme)
    before = (now(town) - timedelta(hours=1)).isoformat()
    acme.send_lead(**KIM | {"message": "again"})
    acme.touch(lead, "call", at=before).expect(201)
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"


def test_who_was_closed_and_writes_again_starts_no_clock(town):
    acme = chain(town)
    lead = answered(acme)
    acme.edit(lead, stage="customer")
    again = acme.send_lead(**KIM | {"message": "thanks"})
    assert again["response_due_at"] is None


def test_a_known_person_in_an_imported_table_has_asked_nothing(town, tmp_path):
    acme = chain(town)
    lead = answered(acme)
    table = tmp_path / "known.csv"
    table.write_text("email,city\nkim@x.test,Seoul\n")
    town.cli("import", "leads", table, "--workspace", acme.slug,
             "--source", "table")
    known = acme.lead(lead["id"])
    assert known["city"] == "Seoul" and known["response_due_at"] is None


# Before it is late, and who hears of it

REMINDED = {"after_minutes": 30, "remind_before_minutes": 10}


def due_soon(acme, lead):
    return members(acme.of(lead, "timeline"), "kind").count("lead.due_soon")


def test_the_owner_is_reminded_before_the_promise_ends(post_town, mailbox):
    acme = chain(post_town, REMINDED)
    mailbox.only(acme)
    lead = acme.send_lead(name="Kim", **KIM)
    post_town.clock.advance("19m 59s")
    assert due_soon(acme, lead) == 0
    post_town.clock.advance("1s")
    assert due_soon(acme, lead) == 1
    subjects = [mail.subject for mail in mailbox.wait_for(2)]
    assert subjects == ["New lead: Kim", "Answer soon: Kim"]


def test_whoever_has_answered_is_not_reminded(post_town, mailbox):
    acme = chain(post_town, REMINDED)
    mailbox.only(acme)
    lead = acme.send_lead(**KIM)
    acme.touch(lead, "call").expect(201)
    post_town.clock.advance("1h")
    assert due_soon(acme, lead) == 0


def test_each_promise_has_its_own_reminder(town):
    acme = chain(town, REMINDED | {"times": 2})
    lead = acme.send_lead(**KIM)
    town.clock.advance("20m")
    town.clock.advance("10m")
    assert acme.owner(lead) == "bo" and due_soon(acme, lead) == 1
    town.clock.advance("20m")
    assert due_soon(acme, lead) == 2


def test_a_reminder_that_comes_too_late_is_none(town):
    """The server slept through both: only the miss is acted on."""
    acme = chain(town, REMINDED)
    lead = acme.send_lead(**KIM)
    town.clock.advance("3h")
    assert due_soon(acme, lead) == 0
    assert acme.lead(lead["id"])["late_count"] >= 1


def test_the_people_whom_the_rules_name_hear_that_it_was_late(
        post_town, mailbox):
    acme = chain(post_town, {"after_minutes": 10, "then": "stay",
                             "tell": ["boss@acme.test", "ana@acme.test"]})
    mailbox.only(acme)
    acme.send_lead(name="Kim", **KIM)
    post_town.clock.advance("11m")
    mailbox.wait_for(3)
    [told] = mailbox.all("boss@acme.test")
    assert told.subject == "Late: Kim" and "ana" in told.text
    assert [mail.subject for mail in mailbox.all("ana@acme.test")] \
        == ["New lead: Kim", "Late: Kim"]


@pytest.mark.parametrize("late, pointer", [
    ({"after_minutes": 10, "remind_before_minutes": 10},
     "/late/remind_before_minutes"),
    ({"after_minutes": 10, "remind_before_minutes": 0},
     "/late/remind_before_minutes"),
    ({"after_minutes": 10, "tell": ["ana@acme.test", "x@y.test"]},
     "/late/tell/1"),
    ({"after_minutes": 10, "tell": "ana@acme.test"}, "/late/tell"),
])
def test_a_wrong_reminder_or_somebody_unknown_is_refused_with_its_place(
        town, late, pointer):
    acme = chain(town)
    refused = acme.client.put("/api/v1/routing/draft", {
        "format": "baton-rules/1", "rules": [], "late": late,
        "otherwise": {"queue": "inbox"}})
    assert refused.status == 422, refused.body
    assert pointer in members(refused.json["errors"], "pointer")


@pytest.fixture
def sql(request):
    """Changes a server's database behind its back."""
    def run(baton, statement):
        if baton.engine == "postgres":
            request.getfixturevalue("postgres_server").sql(
                statement, baton.database)
            return
        with sqlite3.connect(baton.database) as connection:
            connection.execute(statement)
        connection.close()
    return run


def test_a_clock_that_rings_twice_does_what_it_does_once(town, sql):
    """C1, C6: each job of the clock stands there twice, and runs twice."""
    acme = chain(town, NEXT_TWICE | {"remind_before_minutes": 5})
    lead = acme.send_lead(**KIM)
    sql(town, "INSERT INTO job (workspace_id, id, kind, outside, lead_id,"
              " payload, state, due_ms, attempts, attempts_max, epoch,"
              " created_ms) SELECT workspace_id, id + 1024, kind, outside,"
              " lead_id, payload, state, due_ms, attempts, attempts_max,"
              " epoch, created_ms FROM job WHERE state = 0"
              " AND kind IN ('lead.late', 'lead.due_soon')")
    town.clock.advance("6m")
    assert due_soon(acme, lead) == 1
    town.clock.advance("5m")
    late = acme.lead(lead["id"])
    assert late["owner"]["name"] == "bo" and late["late_count"] == 1
    assert members(acme.of(lead, "assignments"), "reason") \
        == ["routed", "late"]


def test_a_customer_who_comes_back_is_not_left_with_somebody_on_leave(town):
    """27: the owner is away for a week; somebody who is there gets it."""
    acme = chain(town)
    lead = acme.send_lead(email="kim@x.test")
    acme.touch(lead, "call").expect(201)
    here = now(town)
    acme.absence("ana", here.isoformat(),
                 (here + timedelta(days=7)).isoformat())
    town.clock.advance("1h")
    again = acme.send_lead(email="kim@x.test", message="still there?")
    assert again["owner"]["name"] != "ana"


@pytest.mark.parametrize("presence, says", [
    ("away", "ana is away."), ("busy", "ana is busy.")])
def test_who_comes_back_to_a_busy_owner_stays_until_the_promise_is_missed(
        town, presence, says):
    """27: it is said that she will not answer at once, and the next one does
    when she has not."""
    acme = Company(town, "ana", "bo")
    acme.publish(pools=[{"id": "all", "strategy": "fixed", "members": [
        {"rep": "ana@acme.test"}, {"rep": "bo@acme.test"}]}],
        late={"after_minutes": 10})
    lead = acme.send_lead(email="kim@x.test")
    acme.touch(lead, "call").expect(201)
    acme.change("ana", presence=presence)
    town.clock.advance("1h")
    again = acme.send_lead(email="kim@x.test", message="still there?")
    assert again["owner"]["name"] == "ana"
    assert again["decision"]["sentence"] == (
        f"ana has this person's lead already. {says}")
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"


def test_who_comes_back_after_hours_is_answered_by_the_owner_in_the_morning(
        town):
    """27, 30: the promise runs in her working time."""
    acme = Company(town, ana={"hours": OFFICE}, bo={})
    acme.publish(pools=[{"id": "all", "strategy": "fixed", "members": [
        {"rep": "ana@acme.test"}, {"rep": "bo@acme.test"}]}],
        late={"after_minutes": 30})
    start = monday(town, hour=10)
    lead = acme.send_lead(email="kim@x.test")
    acme.touch(lead, "call").expect(201)
    move_to(town, start + timedelta(hours=20))
    again = acme.send_lead(email="kim@x.test", message="still there?")
    assert again["owner"]["name"] == "ana"
    assert "ana works again from" in again["decision"]["sentence"]
    assert moment(again["response_due_at"]) == start + timedelta(
        days=1, hours=9, minutes=30)


def test_a_lead_given_by_hand_has_the_promise_of_its_rule(town):
    acme = Company(town, "ana", "bo")
    acme.publish(
        pools=[{"id": "all", "members": "everyone"}],
        late={"after_minutes": 600, "working_time": False},
        rules=[{"id": "hot", "give_to": {"pool": "all"},
                "when": {"field": "product", "op": "is", "value": "x"},
                "late": {"after_minutes": 10, "working_time": False}}])
    lead = acme.send_lead(email="a@x.test", product="x")
    other = "bo" if lead["owner"]["name"] == "ana" else "ana"
    given = acme.give(lead, other)
    due = moment(given["response_due_at"]) - moment(given["assigned_at"])
    assert due == timedelta(minutes=10)


def test_a_late_lead_goes_on_when_somebody_comes_who_can_take_it(town):
    acme = Company(town, "ana", bo={"hours": OFFICE})
    acme.publish([{"id": "one", "members": "everyone"}],
                 late={"after_minutes": 30, "then": "next", "times": 3})
    monday(town, hour=20)
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "ana"
    town.clock.advance("31m")
    late = acme.lead(lead["id"])
    assert late["owner"]["name"] == "ana" and late["late_count"] == 1
    asked = acme.of(lead, "decisions")[-1]
    assert asked["owner"]["name"] == "ana"
    assert asked["sentence"]["en"] == (
        "ana did not answer in time. Otherwise: nobody else of 2 can take it, "
        "so it stays with ana.")
    told = acme.client.get(
        f"/api/v1/decisions/{asked['id']}").expect(200).json
    assert told["again"]["same"]
    town.clock.advance("14h")
    assert acme.owner(lead) == "bo"
    assert acme.lead(lead["id"])["late_count"] >= 1


def test_a_late_lead_goes_on_when_somebody_is_back_at_his_desk(town):
    acme = Company(town, "ana", bo={"presence": "away"})
    acme.publish([{"id": "one", "members": "everyone"}],
                 late={"after_minutes": 30, "then": "next", "times": 3})
    lead = acme.send_lead()
    town.clock.advance("45m")
    assert acme.owner(lead) == "ana"
    acme.change("bo", presence="available")
    town.clock.advance("1h")
    assert acme.owner(lead) == "bo"
    kinds = members(acme.of(lead, "timeline"), "kind")
    assert kinds.count("lead.late") <= 2


def test_what_nobody_else_can_take_is_recorded_once_and_stays(town):
    acme = Company(town, "ana")
    acme.publish([{"id": "one", "members": "everyone"}],
                 late={"after_minutes": 30, "then": "next", "times": 3})
    lead = acme.send_lead()
    town.clock.advance("2d")
    assert acme.owner(lead) == "ana"
    assert acme.lead(lead["id"])["late_count"] == 1
    assert len(acme.of(lead, "decisions")) == 2
    acme.touch(lead, "call").expect(201)
    town.clock.advance("2d")
    assert len(acme.of(lead, "decisions")) == 2


def test_a_lead_that_waits_is_asked_about_again_when_it_is_corrected(town):
    acme = Company(town, senior={}, junior={"presence": "away"})
    acme.publish(
        [{"id": "big", "members": [{"rep": "senior@acme.test"}]},
         {"id": "small", "members": [{"rep": "junior@acme.test"}]}],
        rules=[{"id": "big", "name": "Big", "give_to": {"pool": "big"},
                "when": {"field": "deal_value", "op": "at_least",
                         "value": 10000}}],
        otherwise={"pool": "small"})
    lead = acme.send_lead(name="Kim", deal_value=500)
    assert lead["owner"]["kind"] == "queue"
    path = f"/api/v1/leads/{lead['id']}"
    same = acme.client.patch(path, {"job_title": "Head"}).expect(200).json
    assert same["owner"]["kind"] == "queue"
    changed = acme.client.patch(path, {"deal_value": 90000}).expect(200).json
    assert changed["owner"]["name"] == "senior"
    assert changed == acme.lead(lead["id"])
    assert members(acme.of(lead, "assignments"), "reason") == [
        "routed", "freed"]


def test_whom_it_would_only_be_offered_to_is_not_said_to_be_unable(town):
    acme = Company(town, "ana", "bo")
    acme.publish(one_pool("ana", "bo", strategy="first_to_accept"),
                 late={"after_minutes": 30, "then": "next", "times": 3})
    lead = acme.send_lead()
    ana = acme.sign_in("ana")
    ana.post(f"/api/v1/leads/{lead['id']}/accept", {}).expect(200)
    town.clock.advance("31m")
    late = acme.lead(lead["id"])
    assert late["owner"]["name"] == "ana" and late["late_count"] == 1
    for kept in acme.of(lead, "decisions"):
        assert "nobody else" not in kept["sentence"]["en"]
