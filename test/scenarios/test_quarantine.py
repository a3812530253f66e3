"""What no stage can digest is kept with its reason, seen, and replayed."""

import base64
import json

import pytest
from support.broken import break_stage, broken_stage, mend_stage
from support.events import EventStream
from support.page import Visitor
from test_webhook_in import JSON, Source, submissions, total


@pytest.fixture
def acme(baton):
    return baton.workspace("Acme", people=["ana", "bo"])


@pytest.fixture
def source(acme):
    return Source(acme, {"delivery": "/id", "fields": {"email": "/email"}})


def held(acme, state="quarantined", **query):
    return acme.client.get("/api/v1/submissions", query={
        "state": state, **query}).expect(200).json["items"]


def counts(acme):
    return acme.client.get("/api/v1/submissions/counts").expect(200).json


def replay(acme, submission):
    return acme.client.post(
        f"/api/v1/submissions/{submission}/replay").expect(200).json


# Kept

@pytest.mark.parametrize("body, code, pointer", [
    (b'{"who": "ana@x.test"}', "nothing_mapped", None),
    (b'{"email": ', "unreadable", ""),
    (b'{"a": 1, "a": 2}', "unreadable", ""),
    (b'"ana@x.test"', "unreadable", ""),
    (b"", "unreadable", ""),
    (b"<lead/>", "unreadable", ""),
])
def test_what_cannot_be_read_is_kept_with_its_reason(acme, source, body, code,
                                                     pointer):
    answer = source.send(body).expect(200).json
    assert answer["lead"] is None
    assert answer["results"][0]["state"] == "quarantined"
    kept, = held(acme)
    assert kept["id"] == answer["results"][0]["submission"]
    assert (kept["code"], kept["pointer"]) == (code, pointer)
    assert kept["reason"] and kept["source_name"] == "Hook"
    assert kept["body"].encode() == body
    assert total(acme) == 0
    assert counts(acme)["quarantined"] == 1


def test_a_value_without_sense_alone_waits_in_the_default_queue(acme, source):
    answer = source.send({"id": 1, "email": "ana@gmail,com"}).expect(200).json
    lead = acme.lead(answer["lead"])
    assert lead["owner"]["kind"] == "queue"
    assert lead["email"] == "ana@gmail,com"
    kept, = held(acme)
    assert (kept["code"], kept["pointer"]) == ("impossible_value", "/email")
    again = source.send({"id": 1, "email": "ana@gmail,com"}).expect(200).json
    assert again["lead"] == lead["id"] and total(acme) == 1
    acme.client.patch(f"/api/v1/leads/{lead['id']}",
                      {"email": "ana@gmail.test"}).expect(200)
    assert replay(acme, kept["id"])["lead"] == lead["id"]
    lead = acme.lead(lead["id"])
    assert lead["owner"]["kind"] == "rep"
    assert lead["email"] == "ana@gmail.test"


@pytest.mark.parametrize("body", [
    b"\xff\xfe\x00binary", b"\x00", b'{"email": "\xe9@x.test"}'])
def test_bytes_that_are_no_text_are_kept_too(acme, source, body):
    source.send(body).expect(200)
    kept, = held(acme)
    assert kept["content_type"] == "application/json;base64"
    assert base64.b64decode(kept["body"]) == body


def test_whoever_looks_after_it_hears_of_it(acme, source):
    with EventStream(acme.client) as events:
        source.send({"id": 1, "who": "ana"}).expect(200)
        event = events.wait_for("submission.quarantined").json
    assert event["code"] == "nothing_mapped"
    assert event["source"] == source.id
    assert event["id"] == held(acme)[0]["id"]


def test_the_same_delivery_waits_once(acme, source):
    answers = [source.send({"id": 1, "who": "ana"}).expect(200).json
               for _ in range(3)]
    assert len({a["results"][0]["submission"] for a in answers}) == 1
    assert counts(acme)["quarantined"] == 1


def test_a_list_goes_on_page_by_page_and_by_source(acme, source):
    other = Source(acme, {"fields": {"email": "/email"}}, name="Other")
    for number in range(5):
        source.send({"id": number}).expect(200)
    other.send({}).expect(200)
    seen, cursor = [], None
    while True:
        page = acme.client.get("/api/v1/submissions", query={
            "limit": 2, "source": source.id,
            **({"cursor": cursor} if cursor else {})}).expect(200).json
        seen += [json.loads(item["body"])["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [4, 3, 2, 1, 0]
    for query in ({"state": "lost"}, {"source": "x"}, {"limit": 0}):
        acme.client.get("/api/v1/submissions", query=query).expect(422)


# Let go

def test_a_mended_mapping_lets_it_go(acme, source):
    answer = source.send({"id": 1, "who": "ana@x.test"}).expect(200).json
    submission = answer["results"][0]["submission"]
    assert source.fields() == {"/id": "1", "/who": "ana@x.test"}
    still = replay(acme, submission)
    assert still["state"] == "quarantined" and still["reason"]
    source.map({"delivery": "/id",
                "fields": {"email": "/who"}}).expect(200)

    done = replay(acme, submission)

    assert done["state"] == "taken" and done["submission"] == submission
    lead = acme.lead(done["lead"])
    assert lead["email"] == "ana@x.test" and lead["source"] == "Hook"
    assert lead["owner"]["kind"] == "rep"
    kept, = submissions(acme, lead["id"])
    assert kept["id"] == submission
    assert json.loads(kept["body"]) == {"id": 1, "who": "ana@x.test"}
    assert counts(acme)["quarantined"] == 0
    released, = held(acme, "released")
    assert released["lead"] == lead["id"] and released["settled_at"]
    acme.client.post(f"/api/v1/submissions/{submission}/replay").expect(409)
    again = source.send({"id": 1, "who": "ana@x.test"}).expect(200).json
    assert again["lead"] == lead["id"]
    assert total(acme) == 1


def test_what_came_again_meanwhile_is_not_two_leads(acme, source):
    body = {"id": 1, "who": "ana@x.test"}
    first = source.send(body).json["results"][0]["submission"]
    source.map({"delivery": "/id", "fields": {"email": "/who"}})
    lead = source.send(body).expect(200).json["lead"]
    assert replay(acme, first) == {"submission": first, "lead": lead,
                                   "state": "repeated", "reason": None}
    assert total(acme) == 1


def test_a_body_with_many_leads_is_let_go_as_many(acme, source):
    submission = source.send({"list": [{"id": 1, "email": "a@x.test"},
                                       {"id": 2, "email": "b@x.test"},
                                       {"id": 3}]}).json[
        "results"][0]["submission"]
    source.map({"leads": "/list", "delivery": "/id",
                "fields": {"email": "/email"}}).expect(200)
    assert replay(acme, submission)["state"] == "taken"
    assert total(acme) == 2
    assert counts(acme)["quarantined"] == 1


def test_several_are_replayed_at_once(acme, source):
    ids = [source.send({"id": n, "who": f"{n}@x.test"}).json[
        "results"][0]["submission"] for n in range(4)]
    source.map({"delivery": "/id", "fields": {"email": "/who"}})
    for _ in range(2):
        done = acme.client.post("/api/v1/submissions/replay",
                                {"ids": ids}).expect(200).json["results"]
        assert [r["submission"] for r in done] == ids
        assert all(r["lead"] for r in done)
    assert total(acme) == 4
    known, none = acme.client.post("/api/v1/submissions/replay", {
        "ids": ids[:1] + ["0" * 12 + "1"]}).expect(200).json["results"]
    assert (known["state"], none["state"]) == ("released", "not_found")
    assert none["lead"] is None and none["reason"]
    acme.client.post("/api/v1/submissions/replay", {}).expect(422)


def test_one_that_fails_again_keeps_none_of_the_others(acme, source):
    """A stage that fails on one, a source that takes no webhooks any more, an
    id that is none: each is listed, and the rest is taken."""
    gone = Source(acme, {"fields": {"email": "/nothing"}}, name="Gone")
    bodies = [{"id": n, "who": who, "name": name} for n, (who, name) in
              enumerate([("a@x.test", "Ahn"), ("b@x.test", "Bad"),
                         ("c@x.test", "Cho"), ("d@x.test", "Bad"),
                         ("e@x.test", "Bad"), ("f@x.test", "Fry")])]
    ids = [source.send(body).json["results"][0]["submission"]
           for body in bodies]
    ids.insert(1, gone.send({"id": 9}).json["results"][0]["submission"])
    ids.insert(3, "0" * 12 + "1")
    source.map({"delivery": "/id",
                "fields": {"email": "/who", "name": "/name"}})
    acme.client.patch(f"/api/v1/sources/{gone.id}",
                      {"webhook": None}).expect(200)
    with broken_stage(acme.baton, "lead", "NEW.name = 'bad'"):
        done = acme.client.post("/api/v1/submissions/replay",
                                {"ids": ids}).expect(200).json["results"]
    assert [r["submission"] for r in done] == ids
    assert [r["state"] for r in done] == [
        "taken", "quarantined", "quarantined", "not_found", "taken",
        "quarantined", "quarantined", "taken"]
    assert all(r["lead"] if r["state"] == "taken" else r["reason"]
               for r in done)
    assert "webhooks" in done[1]["reason"]
    assert total(acme) == 3 and counts(acme)["quarantined"] == 4
    again = acme.client.post("/api/v1/submissions/replay",
                             {"ids": ids}).expect(200).json["results"]
    assert [r["state"] for r in again] == [
        "released", "quarantined", "taken", "not_found", "released",
        "taken", "taken", "released"]


def test_what_is_no_lead_is_dismissed_and_stays_to_be_seen(acme, source):
    submission = source.send({"id": 1}).json["results"][0]["submission"]
    path = f"/api/v1/submissions/{submission}"
    assert acme.client.post(path + "/dismiss").expect(200).json[
        "state"] == "dismissed"
    assert counts(acme)["quarantined"] == 0
    assert acme.client.get(path).expect(200).json["body"] == '{"id": 1}'


def test_only_who_sees_all_leads_sees_what_is_held(acme, source):
    submission = source.send({"id": 1}).json["results"][0]["submission"]
    path = f"/api/v1/submissions/{submission}"
    rep, viewer = acme.client_as("rep"), acme.client_as("viewer")
    for place in ("/api/v1/submissions", "/api/v1/submissions/counts", path):
        rep.get(place).expect(403)
        viewer.get(place).expect(200)
    for caller in (rep, viewer):
        caller.post(path + "/replay").expect(403)
        caller.post(path + "/dismiss").expect(403)
        caller.post("/api/v1/submissions/replay",
                    {"ids": [submission]}).expect(403)
    other = acme.baton.workspace("Other").client
    other.get(path).expect(404)
    other.post(path + "/replay").expect(404)
    assert other.get("/api/v1/submissions").json["items"] == []


# A stage that fails

def test_a_stage_that_fails_leaves_the_lead_in_the_default_queue(acme, source):
    break_stage(acme.baton, "decision")

    answer = source.send({"id": 1, "email": "ana@x.test"}).expect(200).json

    assert answer["results"][0]["state"] == "quarantined"
    lead = acme.lead(answer["lead"])
    assert lead["owner"]["kind"] == "queue" and lead["email"] == "ana@x.test"
    kept, = held(acme)
    assert kept["code"] == "failed" and kept["lead"] == lead["id"]
    mend_stage(acme.baton, "decision")
    assert replay(acme, kept["id"])["lead"] == lead["id"]
    assert acme.lead(lead["id"])["owner"]["kind"] == "rep"
    assert total(acme) == 1 and counts(acme)["quarantined"] == 0


def test_when_not_even_a_lead_can_be_made_the_bytes_are_kept(acme, source):
    break_stage(acme.baton, "lead")

    answer = source.send({"id": 1, "email": "ana@x.test"}).expect(200).json

    kept, = held(acme)
    assert kept["lead"] is None and json.loads(kept["body"])["id"] == 1
    assert kept["id"] == answer["results"][0]["submission"]
    acme.client.post(f"/api/v1/submissions/{kept['id']}/replay").expect(500)
    assert counts(acme)["quarantined"] == 1
    mend_stage(acme.baton, "lead")
    lead = acme.lead(replay(acme, kept["id"])["lead"])
    assert lead["email"] == "ana@x.test" and lead["owner"]["kind"] == "rep"


def test_a_form_on_which_a_stage_fails_is_kept_and_its_visitor_thanked(acme):
    form = acme.client.post("/api/v1/forms", {
        "name": "Site", "title": {"en": "Talk to us"}}).expect(201).json
    visitor = Visitor(acme.baton)
    sent = {"name": "Kim", "email": "kim@x.test", "message": "Hello"}
    break_stage(acme.baton, "decision")

    for _ in range(2):
        page = visitor.post(form["path"], sent)
        assert page.status == 200 and "Thank" in page.text

    kept, = held(acme)
    assert (kept["code"], kept["form"]) == ("failed", form["id"])
    mend_stage(acme.baton, "decision")
    lead = acme.lead(replay(acme, kept["id"])["lead"])
    assert lead["message"] == "Hello" and lead["owner"]["kind"] == "rep"
    assert visitor.post(form["path"], sent).status == 200
    assert total(acme) == 1 and len(submissions(acme, lead["id"])) == 1


def test_nothing_is_acknowledged_that_cannot_be_kept(acme, source):
    break_stage(acme.baton, "held_submission")
    source.send({"id": 1}).expect(500)
    mend_stage(acme.baton, "held_submission")
    source.send({"id": 1}, headers=JSON).expect(200)
    assert counts(acme)["quarantined"] == 1
