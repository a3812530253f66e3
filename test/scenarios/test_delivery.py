"""What comes in twice, what is told to others, and what two people change at
the same time."""

import json

import pytest
from support.events import EventStream
from support.receiver import signature_is_right
from support.story import Company, members, now

LEADS = "/api/v1/leads"
KIM = {"name": "Kim", "email": "kim@x.test"}


def total(acme):
    return acme.client.get(LEADS).json["total"]


# Twice

def test_the_same_key_and_body_give_the_stored_answer(town):
    acme = Company(town, "ana", "bo")
    first = acme.client.post(LEADS, KIM, idempotency_key="web-1")
    again = acme.client.post(LEADS, KIM, idempotency_key="web-1")
    assert first.expect(201).body == again.expect(201).body
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert len(acme.of(first.json, "submissions")) == 1


def test_the_same_key_with_another_body_is_refused(town):
    acme = Company(town, "ana")
    acme.client.post(LEADS, KIM, idempotency_key="k").expect(201)
    refused = acme.client.post(LEADS, {"name": "Lee"}, idempotency_key="k")
    assert refused.expect(422).json["errors"][0]["code"] \
        == "idempotency_key_reused"
    assert total(acme) == 1


def test_a_key_belongs_to_its_caller(town):
    acme = Company(town, "ana")
    other = town.client.with_key(acme.make_key("admin"))
    one = acme.client.post(LEADS, {"name": "A"}, idempotency_key="k")
    two = other.post(LEADS, {"name": "B"}, idempotency_key="k")
    assert one.expect(201).json["id"] != two.expect(201).json["id"]


@pytest.mark.parametrize("days", [1, 31, 400])
def test_a_delivery_that_comes_again_much_later_is_still_one_lead(town, days):
    acme = Company(town, "ana", "bo")
    body = {"name": "Nameless"}     # nothing to match by but the key
    first = acme.client.post(LEADS, body, idempotency_key="d").expect(201)
    town.clock.advance(f"{days}d")
    again = acme.client.post(LEADS, body, idempotency_key="d")
    assert again.expect(200, 201).json["id"] == first.json["id"]
    assert total(acme) == 1
    assert len(acme.of(first.json, "submissions")) == 1


def test_a_batch_that_comes_again_much_later_makes_nothing_new(town):
    acme = Company(town, "ana", "bo")
    body = {"leads": [{"name": f"N{i}"} for i in range(5)]}
    path = LEADS + "/batch"
    first = acme.client.post(path, body, idempotency_key="b").expect(200).json
    town.clock.advance("31d")
    again = acme.client.post(path, body, idempotency_key="b").expect(200).json
    assert members(again["results"], "id") == members(first["results"], "id")
    assert total(acme) == 5


def test_the_same_id_of_one_source_is_one_lead_and_of_two_are_two(town):
    acme = Company(town, "ana", "bo")
    web = town.client.with_key(acme.make_key(source="web"))
    ads = town.client.with_key(acme.make_key(source="ads"))
    one = web.post(LEADS, {"external_id": "7", "name": "A"}).expect(201)
    two = web.post(LEADS, {"external_id": "7", "name": "A"}).expect(200)
    more = web.post(LEADS, {"external_id": "7", "name": "A",
                            "city": "Busan"}).expect(200)
    three = ads.post(LEADS, {"external_id": "7", "name": "C"}).expect(201)
    assert one.json["id"] == two.json["id"] == more.json["id"]
    assert three.json["id"] != one.json["id"]
    assert acme.lead(one.json["id"])["city"] == "Busan"
    town.clock.advance("31d")
    late = web.post(LEADS, {"external_id": "7", "name": "A"}).expect(200)
    assert late.json["id"] == one.json["id"]


def test_a_refused_request_may_be_mended_under_its_key(town):
    """A key is kept for what was done, not for what was refused."""
    acme = Company(town, "ana")
    acme.client.post(LEADS, {"nmae": "Kim"}, idempotency_key="k").expect(422)
    acme.client.post(LEADS, {"name": "Kim"}, idempotency_key="k").expect(201)


def test_a_repeated_change_of_a_lead_is_made_once(town):
    acme = Company(town, "ana")
    lead = acme.send_lead()
    path = f"{LEADS}/{lead['id']}/touches"
    for _ in range(3):
        acme.client.post(path, {"kind": "call"},
                         idempotency_key="t").expect(201)
    assert members(acme.of(lead, "timeline"), "kind").count("touch") == 1


# At the same time

@pytest.mark.parametrize("change", [
    lambda client, path, version: client.patch(
        path, {"city": "Jeju"}, if_match=version),
    lambda client, path, version: client.patch(
        path, {"city": "Jeju"}, if_match=f'"{version}"'),
    lambda client, path, version: client.patch(
        path, {"city": "Jeju", "version": version}),
    lambda client, path, version: client.post(
        path + "/owner", {"to": {"queue": "inbox"}}, if_match=version),
], ids=["header", "quoted", "body", "owner"])
def test_a_change_of_what_has_moved_on_shows_the_present(town, change):
    acme = Company(town, "ana")
    lead = acme.lead(acme.send_lead(name="Kim")["id"])
    path = f"{LEADS}/{lead['id']}"
    acme.client.patch(path, {"city": "Busan"}).expect(200)
    refused = change(acme.client, path, lead["version"]).expect(409)
    assert refused.json["current"] == acme.lead(lead["id"])
    assert refused.json["current"]["city"] == "Busan"
    change(acme.client, path, lead["version"] + 1).expect(200)


def test_an_old_draft_of_rules_or_scoring_is_not_overwritten(town):
    acme = Company(town, "ana")
    for path, body in (("/api/v1/scoring", {"rules": []}),
                       ("/api/v1/routing/draft", {
                           "format": "baton-rules/1", "rules": [],
                           "otherwise": {"queue": "inbox"}})):
        old = acme.client.get(path).headers["etag"]
        acme.client.put(path, body, if_match=old).expect(200)
        refused = acme.client.put(path, body, if_match=old).expect(409)
        assert refused.json["current"] == body


# Live

def test_what_happens_to_leads_is_told_as_it_happens(town):
    acme = Company(town, "ana", "bo")
    with EventStream(acme.client) as events:
        lead = acme.send_lead(name="Kim")
        topics = [events.wait_for().topic, events.wait_for().topic]
        assert topics == ["lead.created", "lead.assigned"]
        acme.edit(lead, city="Seoul")
        changed = events.wait_for("lead.changed")
        assert changed.json["id"] == lead["id"]
        assert "Kim" not in changed.data and "Seoul" not in changed.data


def test_a_touch_is_one_entry_and_told_as_one_change(town, receiver, hook):
    acme = Company(town, "ana")
    lead = acme.send_lead(name="Kim")
    acme.settle()
    hook(acme, receiver, topics=["lead.changed"])
    before = acme.of(lead, "timeline")
    with EventStream(acme.client) as events:
        acme.touch(lead, "call", note="Wants a boat.").expect(201)
        told = events.wait_for("lead.changed")
    [entry] = [e for e in acme.of(lead, "timeline") if e not in before]
    assert entry["kind"] == "touch" and told.id == entry["id"]
    assert entry["data"]["note"] == "Wants a boat."
    acme.settle()
    [sent] = receiver.wait_for(1)
    assert sent.json["type"] == "lead.changed"
    assert sent.json["data"]["id"] == lead["id"]

    with EventStream(acme.client, last_event_id=before[0]["id"]) as events:
        missed = events.wait_for()  # whoever was away hears of the same
    assert (missed.topic, missed.id) == ("lead.changed", told.id)


def test_a_stream_goes_on_after_the_last_event_that_was_seen(town):
    acme = Company(town, "ana")
    with EventStream(acme.client) as events:
        acme.send_lead(name="one")
        seen = events.wait_for("lead.assigned")
    missed = [acme.send_lead(name=f"L{i}")["id"] for i in range(3)]
    with EventStream(acme.client, last_event_id=seen.id) as events:
        told = [events.wait_for() for _ in range(6)]
        assert [e.json["id"] for e in told
                if e.topic == "lead.created"] == missed
        ids = [e.id for e in told]
        assert ids == sorted(ids) and seen.id not in ids
        fresh = acme.send_lead(name="fresh")
        assert events.wait_for("lead.created").json["id"] == fresh["id"]


def test_a_stream_goes_on_after_a_restart(start_baton):
    baton = start_baton()
    acme = Company(baton, "ana")
    with EventStream(acme.client) as events:
        acme.send_lead(name="one")
        seen = events.wait_for("lead.assigned")
    lead = acme.send_lead(name="two")
    baton.restart()
    acme.client = baton.client.with_key(acme.key)
    with EventStream(acme.client, last_event_id=seen.id) as events:
        assert events.wait_for("lead.created").json["id"] == lead["id"]


# Webhooks, as Standard Webhooks describes them

def test_a_webhook_is_signed_so_that_anybody_can_check_it(town, receiver, hook):
    acme = Company(town, "ana")
    made = hook(acme, receiver, topics=["lead.assigned"])
    lead = acme.send_lead(name="Kim")
    [delivery] = receiver.wait_for(1)
    assert delivery.method == "POST" and delivery.path == "/in"
    assert delivery.headers["content-type"] == "application/json"
    assert signature_is_right(delivery, made["secret"])
    assert not signature_is_right(delivery, "whsec_" + "A" * 43 + "=")
    assert abs(int(delivery.headers["webhook-timestamp"])
               - now(town).timestamp()) <= 1
    assert delivery.json["type"] == "lead.assigned"
    assert delivery.json["data"]["id"] == lead["id"]
    assert "Kim" not in delivery.body.decode()


def test_a_receiver_that_fails_is_asked_again_under_the_same_id(
        town, receiver, hook):
    acme = Company(town, "ana")
    made = hook(acme, receiver, topics=["lead.created"])
    receiver.fail_next(times=2)
    acme.send_lead()
    acme.settle()
    first = receiver.wait_for(1)[0]
    for _ in range(12):
        town.clock.advance("10m")
    deliveries = receiver.wait_for(3)
    assert [d.status for d in deliveries] == [500, 500, 200]
    assert {d.headers["webhook-id"] for d in deliveries} \
        == {first.headers["webhook-id"]}
    stamps = [int(d.headers["webhook-timestamp"]) for d in deliveries]
    assert stamps == sorted(set(stamps))
    assert all(signature_is_right(d, made["secret"]) for d in deliveries)
    town.clock.advance("3d")
    assert len(receiver.deliveries) == 3


def test_a_receiver_that_never_answers_well_is_shown_and_can_be_asked_again(
        town, receiver, hook):
    """56: no silent stop: the job, its last error, and a button."""
    acme = Company(town, "ana")
    hook(acme, receiver, topics=["lead.created"], pause_after_hours=240)
    receiver.fail_next(times=100)
    acme.send_lead()
    for _ in range(24):
        town.clock.advance("8h")
    [job] = acme.client.get("/api/v1/jobs").expect(200).json["items"]
    assert job["kind"] == "notify.webhook" and "500" in job["last_error"]
    receiver.mend()
    acme.client.post(f"/api/v1/jobs/{job['id']}/retry").expect(200, 202, 204)
    acme.settle()
    assert receiver.deliveries[-1].status == 200
    assert acme.client.get("/api/v1/jobs").json["items"] == []


def test_what_happens_to_one_lead_is_told_in_order(town, receiver, hook):
    acme = Company(town, "ana")
    hook(acme, receiver)
    receiver.fail_next(times=1)
    lead = acme.send_lead()
    acme.edit(lead, city="Seoul")
    for _ in range(3):
        town.clock.advance("10m")
    told = [d.json for d in receiver.wait_for(4) if d.status == 200]
    assert [t["type"] for t in told[:3]] \
        == ["lead.created", "lead.assigned", "lead.changed"]
    assert told[0]["data"]["owner"] is None     # nobody had it yet
    assert told[1]["data"]["owner"] == {"kind": "rep",
                                        "id": lead["owner"]["id"]}


def test_a_receiver_that_is_gone_is_not_asked_again(town, receiver, hook):
    acme = Company(town, "ana")
    made = hook(acme, receiver, topics=["lead.created"])
    receiver.fail_next(status=410)
    acme.send_lead()
    acme.settle()
    receiver.wait_for(1)
    acme.send_lead()
    town.clock.advance("1d")
    assert len(receiver.deliveries) == 1
    shown = acme.client.get(f"/api/v1/webhooks/{made['id']}").json
    assert shown["active"] is False


def test_a_restart_forgets_no_webhook(start_baton, receiver, hook):
    """54: what was decided is sent, also when the power went."""
    baton = start_baton(arguments=["--allow-address", "127.0.0.0/8"])
    acme = Company(baton, "ana")
    hook(acme, receiver, topics=["lead.created"])
    receiver.fail_next(times=1)
    lead = acme.send_lead()
    receiver.wait_for(1)
    baton.kill()
    baton.start()
    baton.clock.advance("2h")
    answered = [d for d in receiver.wait_for(2) if d.status == 200]
    assert [d.json["data"]["id"] for d in answered] == [lead["id"]]


def test_a_trial_tells_nobody(town, receiver, hook):
    """42"""
    acme = Company(town, "ana")
    hook(acme, receiver)
    with EventStream(acme.client) as events:
        acme.try_lead(KIM)
        town.clock.advance("1h")
        assert receiver.deliveries == []
        acme.send_lead(**KIM)
        first = events.wait_for("lead.created")
        assert json.loads(first.data)
        assert [e for e in events.events if e.topic.startswith("lead.")][0] \
            == first


FORBIDDEN = ("http://127.0.0.1:8080/in", "https://127.1/in",
             "http://[::1]/in", "http://2130706433/", "http://10.0.0.7/in",
             "http://169.254.169.254/latest/meta-data", "http://0x7f.1/",
             "ftp://hooks.test/in", "https:///in")


def test_a_webhook_to_a_forbidden_address_is_refused_at_once(baton):
    acme = Company(baton, "ana")
    path = "/api/v1/webhooks"
    made = acme.client.post(path, {
        "url": "https://hooks.test/in"}).expect(201).json
    for url in FORBIDDEN:
        for refused in (acme.client.post(path, {"url": url}),
                        acme.client.patch(f"{path}/{made['id']}",
                                          {"url": url})):
            [error] = refused.expect(422).json["errors"]
            assert error["pointer"] == "/url"
    [kept] = acme.client.get(path).json["items"]
    assert kept["url"] == "https://hooks.test/in"
    # a name is looked at when something is sent
    acme.client.patch(f"{path}/{made['id']}",
                      {"url": "http://localhost:9/in"}).expect(200)


def test_an_address_that_the_operator_allows_is_none_of_them(start_baton):
    baton = start_baton(arguments=["--allow-address", "10.1.0.0/16"])
    acme = Company(baton, "ana")
    for url, status in (("http://10.1.2.3/in", 201),
                        ("http://10.2.2.3/in", 422)):
        acme.client.post("/api/v1/webhooks", {"url": url}).expect(status)
