"""What a program sends is kept when a stage fails on it, and only what that
stage has failed on: the rest of a batch is as it always is."""

import json

import pytest
from support.broken import break_stage, broken_stage, mend_stage
from support.events import EventStream
from support.story import Company
from test_quarantine import counts, held, replay
from test_webhook_in import submissions, total


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def send(acme, fields, **options):
    return acme.client.post("/api/v1/leads", fields, **options)


def send_all(acme, leads, **options):
    return acme.client.post("/api/v1/leads/batch", {"leads": leads},
                            **options).expect(200).json["results"]


def routed(company):
    """A new row of a lead of that company, when a rep gets it."""
    return f"NEW.company = '{company.lower()}' AND NEW.owner_kind = 'rep'"


def test_a_lead_that_routing_fails_on_waits_in_the_default_queue(acme):
    with EventStream(acme.client) as events, \
            broken_stage(acme.baton, "decision"):
        answer = send(acme, {"name": "Kim", "email": "kim@x.test"})
        event = events.wait_for("submission.quarantined").json

    taken = answer.expect(202).json
    assert taken["owner"] == acme.lead(taken["id"])["owner"]
    assert taken["owner"]["kind"] == "queue" and taken["matched"] is False
    kept, = held(acme)
    assert taken["quarantined"] == {"submission": kept["id"],
                                    "reason": kept["reason"]}
    assert event["id"] == kept["id"]
    assert (kept["code"], kept["door"]) == ("failed", "api")
    assert kept["lead"] == taken["id"] and kept["source"] is None
    assert replay(acme, kept["id"])["lead"] == taken["id"]
    assert acme.lead(taken["id"])["owner"]["kind"] == "rep"
    assert total(acme) == 1 and counts(acme)["quarantined"] == 0


def test_when_not_even_a_lead_can_be_made_what_was_sent_is_kept(acme):
    sent = {"name": "Kim", "email": "kim@x.test", "custom": {"rooms": 2}}
    with broken_stage(acme.baton, "lead"):
        answer = send(acme, sent).expect(202).json
        kept, = held(acme)
        acme.client.post(
            f"/api/v1/submissions/{kept['id']}/replay").expect(500)

    assert answer["id"] is None
    assert answer["quarantined"]["submission"] == kept["id"]
    assert kept["lead"] is None and json.loads(kept["body"]) == sent
    assert counts(acme)["quarantined"] == 1
    done = replay(acme, kept["id"])
    assert (done["state"], done["submission"]) == ("taken", kept["id"])
    lead = acme.lead(done["lead"])
    assert lead["email"] == "kim@x.test" and lead["custom"] == {"rooms": 2}
    assert lead["owner"]["kind"] == "rep"
    assert [s["id"] for s in submissions(acme, lead["id"])] == [kept["id"]]


def test_a_source_s_lead_is_its_source_s_when_it_is_let_go(acme):
    program = acme.client.with_key(acme.make_key(source="Chat"))
    with broken_stage(acme.baton, "lead"):
        program.post("/api/v1/leads", {"name": "Kim"}).expect(202)
    kept, = held(acme)
    assert kept["source_name"] == "Chat"
    assert held(acme, source=kept["source"]) == [kept]
    assert acme.lead(replay(acme, kept["id"])["lead"])["source"] == "Chat"


def test_only_the_lead_at_fault_is_held_of_a_batch(acme):
    leads = [{"email": f"{n}@x.test", "company": f"Firm {n}"}
             for n in range(12)]
    leads[5]["company"], leads[9]["company"] = "Breaks", "Worse"
    leads[7] = {"citty": "Seoul"}
    break_stage(acme.baton, "lead", f"{routed('Breaks')}"
                                    " OR NEW.company = 'worse'")
    results = send_all(acme, leads)
    mend_stage(acme.baton, "lead")

    assert [r["status"] for r in results] == [
        201, 201, 201, 201, 201, 202, 201, 422, 201, 202, 201, 201]
    for sent, result in zip(leads, results):
        if result["status"] == 201:
            lead = acme.lead(result["id"])
            assert lead["email"] == sent["email"]
            assert result["owner"] == lead["owner"]
            assert lead["owner"]["kind"] == "rep"
    worse, breaks = held(acme)
    assert results[5]["quarantined"]["submission"] == breaks["id"]
    assert results[9]["quarantined"]["submission"] == worse["id"]
    assert breaks["lead"] == results[5]["id"]
    assert acme.lead(breaks["lead"])["owner"]["kind"] == "queue"
    assert worse["lead"] is None and json.loads(worse["body"]) == leads[9]
    acme.client.post("/api/v1/submissions/replay", {
        "ids": [worse["id"], breaks["id"]]}).expect(200)
    assert total(acme) == 11 and counts(acme)["quarantined"] == 0


def test_each_lead_of_a_batch_may_be_at_fault(acme):
    leads = [{"email": f"{n}@x.test"} for n in range(5)]
    with broken_stage(acme.baton, "decision"):
        results = send_all(acme, leads)
    assert [r["status"] for r in results] == [202] * 5
    assert [acme.lead(r["id"])["email"] for r in results] == [
        lead["email"] for lead in leads]
    assert len(held(acme)) == 5


def test_what_comes_again_after_it_was_held_is_one_lead(acme):
    key = {"Idempotency-Key": "once"}
    with broken_stage(acme.baton, "lead"):
        first = send(acme, {"name": "Kim"}, headers=key).expect(202)
        again = send(acme, {"name": "Kim"}, headers=key).expect(202)
        for _ in range(2):
            send(acme, {"name": "Lee", "external_id": "7"}).expect(202)
    assert again.json == first.json
    assert again.headers["idempotent-replay"] == "true"
    lee, kim = held(acme)
    lead = send(acme, {"name": "Lee", "external_id": "7"}).expect(201).json
    assert replay(acme, lee["id"]) == {
        "submission": lee["id"], "lead": lead["id"], "state": "repeated",
        "reason": None}
    replay(acme, kim["id"])
    assert total(acme) == 2


def test_what_is_wrong_with_a_lead_is_refused_and_not_held(acme):
    acme.client.post("/api/v1/fields", {
        "name": "rooms", "type": "number"}).expect(201)
    wrong = {"custom": {"rooms": "many"}}
    send(acme, wrong).expect(422)
    send(acme, {"email": "nonsense"}).expect(422)
    assert send_all(acme, [wrong, {"name": "Kim"}])[0]["status"] == 422
    assert counts(acme)["quarantined"] == 0 and total(acme) == 1


def test_a_program_hears_of_no_success_when_nothing_can_be_kept(acme):
    with broken_stage(acme.baton, "lead"), \
            broken_stage(acme.baton, "held_submission"):
        send(acme, {"name": "Kim"}).expect(500)
        acme.client.post("/api/v1/leads/batch", {
            "leads": [{"name": "Kim"}, {"name": "Lee"}]}).expect(500)
    assert counts(acme)["quarantined"] == 0 and total(acme) == 0
