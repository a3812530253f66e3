"""How a webhook fares: nothing stops silently, nothing is lost meanwhile, and
what was sent can be sent again (lesson 56)."""

import pytest
from support.receiver import signature_is_right
from support.story import Company, members, moment, now

HOOKS = "/api/v1/webhooks"
CREATED = ["lead.created"]


class Hook:
    """A webhook that is asked how it fares."""

    def __init__(self, acme, made):
        self.acme = acme
        self.client = acme.client
        self.secret = made["secret"]
        self.path = f"{HOOKS}/{made['id']}"

    @property
    def shown(self):
        return self.client.get(self.path).expect(200).json

    @property
    def health(self):
        return self.shown["health"]

    def deliveries(self, query=""):
        return self.client.get(
            f"{self.path}/deliveries{query}").expect(200).json["items"]

    def do(self, what, body=None, status=(200, 202)):
        answer = self.client.post(f"{self.path}/{what}", body)
        answer.expect(*status)
        self.acme.settle()
        return answer.json


@pytest.fixture
def make(town, receiver, hook):
    def make(**more):
        acme = Company(town, "ana")
        made = hook(acme, receiver, **{"topics": CREATED, **more})
        return Hook(acme, made)
    return make


def fail_for(town, hook, hours):
    """Somebody comes each five hours, and nobody hears of it."""
    for _ in range(hours // 5 + 1):
        hook.acme.send_lead()
        town.clock.advance("5h")


# Health

def test_a_webhook_that_fails_says_since_when_and_when_it_is_tried_again(
        town, receiver, make):
    hook = make()
    assert hook.health == {
        "state": "ok", "last_success_at": None, "failing_since": None,
        "failures": 0, "last_error_at": None, "last_error_status": None,
        "last_error": None, "waiting": 0, "next_try_at": None,
        "paused_at": None}
    receiver.fail_next(status=503)
    begun = now(town)
    hook.acme.send_lead()
    hook.acme.settle()
    health = hook.health
    assert health["state"] == "failing" and health["waiting"] == 1
    assert health["failing_since"] == health["last_error_at"]
    assert moment(health["failing_since"]) == begun
    assert health["last_error_status"] == 503 and "503" in health["last_error"]
    assert health["next_try_at"] > health["last_error_at"]
    town.clock.advance("1m")
    health = hook.health
    assert health["state"] == "ok" and health["failures"] == 0
    assert health["waiting"] == 0 and health["next_try_at"] is None
    assert health["last_success_at"] > health["last_error_at"]
    [listed] = hook.client.get(HOOKS).json["items"]
    assert listed["health"] == health and "secret" not in listed


def test_who_never_answers_well_is_paused_and_misses_nothing(town, receiver,
                                                             make, hook):
    """T26: three days of failure, then a pause that is told."""
    lame = make()
    watcher = Hook(lame.acme, hook(lame.acme, receiver,
                                   topics=["webhook.paused"]))
    receiver.fail_next(times=10000)
    fail_for(town, lame, 65)
    assert lame.health["state"] == "failing"
    fail_for(town, lame, 15)
    health = lame.health
    assert health["state"] == "paused" and health["next_try_at"] is None
    tried = len(receiver.deliveries)
    lame.acme.send_lead(name="while it is paused")
    town.clock.advance("1d")
    receiver.mend()
    town.clock.advance("1d")
    told = [d for d in receiver.deliveries[tried:]]
    assert {d.json["type"] for d in told} == {"webhook.paused"}
    assert told[-1].json["data"] == {
        "webhook": lame.shown["id"], "reason": "failing"}
    assert watcher.health["state"] == "ok"
    assert lame.client.get("/api/v1/jobs").json["items"] == []
    held = lame.deliveries("?state=waiting")
    assert {d["state"] for d in held} == {"held"}
    assert len(held) == lame.health["waiting"] == 19

    tried = len(receiver.deliveries)
    assert lame.do("resume")["health"]["state"] == "ok"
    came = receiver.deliveries[tried:]
    assert sorted(d.json["data"]["id"] for d in came) \
        == sorted(members(held, "lead"))
    assert lame.health["waiting"] == 0


def test_an_answer_to_a_test_ends_a_pause(town, receiver, make):
    hook = make(pause_after_hours=24)
    receiver.fail_next(times=10000)
    fail_for(town, hook, 30)
    assert hook.health["state"] == "paused"
    hook.do("test")
    assert hook.health["state"] == "paused"
    receiver.mend()
    waiting = hook.health["waiting"]
    receiver.deliveries.clear()
    hook.do("test")
    assert hook.health["state"] == "ok" and hook.health["waiting"] == 0
    assert [d.json["type"] for d in receiver.deliveries] \
        == ["webhook.test"] + CREATED * waiting


def test_a_pause_ends_after_two_weeks(town, receiver, make):
    hook = make(pause_after_hours=1)
    receiver.fail_next(times=10000)
    fail_for(town, hook, 25)
    assert hook.health["state"] == "paused"
    town.clock.advance("13d")
    assert hook.health["state"] == "paused"
    town.clock.advance("1d 1h")
    assert hook.health["state"] == "off" and hook.shown["active"] is False
    assert {d["state"] for d in hook.deliveries()} == {"dropped"}
    hook.do("resume", status=(409,))
    hook.do("replay", {"from": "2020-01-01T00:00:00Z"}, status=(409,))
    hook.client.patch(hook.path, {"active": True}).expect(200)
    receiver.mend()
    dropped = len(hook.deliveries())
    assert hook.do("replay", {"from": "2020-01-01T00:00:00Z",
                              "state": "all"})["queued"] == dropped
    assert hook.health["state"] == "ok"


def test_owners_hear_by_mail_that_a_webhook_has_stopped(post_town, receiver,
                                                        hook, mailbox):
    acme = Company(post_town, "ana", bo={"role": "admin"},
                   cho={"role": "admin", "language": "ko"})
    made = Hook(acme, hook(acme, receiver, topics=CREATED,
                           url=receiver.url + "/in/t0ken"))
    receiver.fail_next(status=410)
    acme.send_lead()
    acme.settle()
    mails = {mail.to: mail for mail in mailbox.wait_for(3)  # ana's lead
             if acme.name in mail.text and "ana" not in mail.to}
    assert sorted(mails) == ["bo@acme.test", "cho@acme.test"]
    assert "Webhook switched off: http://127.0.0.1" \
        in mails["bo@acme.test"].subject
    assert "웹훅 꺼짐" in mails["cho@acme.test"].subject
    assert "t0ken" not in mails["bo@acme.test"].text
    assert made.health["state"] == "off"
    acme.send_lead()
    acme.settle()
    assert len(receiver.deliveries) == 1


# Deliveries

def test_what_was_sent_is_listed_and_can_be_sent_again(town, receiver, make):
    hook = make()
    receiver.fail_next(status=500)
    leads = [hook.acme.send_lead(name=f"L{i}")["id"] for i in range(3)]
    hook.acme.settle()
    items = hook.deliveries()
    assert members(items, "lead") == leads[::-1]
    assert sorted(members(items, "state")) \
        == ["delivered", "delivered", "waiting"]
    town.clock.advance("1h")
    items = hook.deliveries()
    assert set(members(items, "state")) == {"delivered"}
    assert sorted(members(items, "attempts")) == [1, 1, 2]
    page = hook.client.get(f"{hook.path}/deliveries?limit=2").json
    rest = hook.deliveries(f"?limit=2&cursor={page['next_cursor']}")
    assert page["items"] + rest == items
    assert hook.deliveries("?state=failed") == []

    one = items[1]
    before = [d for d in receiver.deliveries
              if d.headers["webhook-id"] == one["webhook_id"]]
    town.clock.advance("1s")
    again = hook.do(f"deliveries/{one['id']}/again")
    assert again["id"] == one["id"]
    last = receiver.deliveries[-1]
    assert last.headers["webhook-id"] == one["webhook_id"]
    assert last.body == before[-1].body
    assert signature_is_right(last, hook.secret)
    shown = hook.client.get(f"{hook.path}/deliveries/{one['id']}").json
    assert shown["state"] == "delivered" and shown["attempts"] == 1
    assert shown["ended_at"] > one["ended_at"]


def test_a_span_of_time_is_sent_again_under_the_same_ids(town, receiver, make):
    hook = make()
    hook.acme.send_lead(name="before")
    town.clock.advance("1h")
    begun = town.now()
    for name in "abc":
        hook.acme.send_lead(name=name)
    hook.acme.settle()
    town.clock.advance("1h")
    ended = town.now()
    hook.acme.send_lead(name="after")
    hook.acme.settle()
    first = [d.headers["webhook-id"] for d in receiver.wait_for(5)]
    span = {"from": begun, "to": ended}
    assert hook.do("replay", span) == {"queued": 0, "more": False}
    assert hook.do("replay", {**span, "state": "all"}) \
        == {"queued": 3, "more": False}
    assert sorted(d.headers["webhook-id"] for d in receiver.wait_for(8)[5:]) \
        == sorted(first[1:4])
    refused = hook.do("replay", {"from": ended, "to": begun}, status=(422,))
    assert refused["errors"][0]["pointer"] == "/to"


def test_what_is_sent_again_while_it_is_under_way_is_refused(town, receiver,
                                                             make):
    hook = make()
    receiver.fail_next()
    hook.acme.send_lead()
    hook.acme.settle()
    [waits] = hook.deliveries()
    hook.do(f"deliveries/{waits['id']}/again", status=(409,))
    hook.do("deliveries/0000000000001/again", status=(404,))


def test_the_deliveries_of_one_webhook_are_not_anothers(town, receiver, make,
                                                        hook):
    one = make()
    two = Hook(one.acme, hook(one.acme, receiver, topics=["lead.late"]))
    one.acme.send_lead()
    one.acme.settle()
    [sent] = one.deliveries()
    assert two.deliveries() == []
    two.client.get(f"{two.path}/deliveries/{sent['id']}").expect(404)
    two.do(f"deliveries/{sent['id']}/again", status=(404,))


def test_a_test_is_sent_once_also_to_what_is_off(town, receiver, make):
    hook = make(active=False)
    receiver.fail_next(status=500)
    failed = hook.do("test")
    assert failed["type"] == "webhook.test"
    town.clock.advance("1d")
    assert len(receiver.deliveries) == 1
    shown = hook.client.get(f"{hook.path}/deliveries/{failed['id']}").json
    assert shown["state"] == "failed" and "500" in shown["last_error"]
    hook.do("test")
    [_, came] = receiver.wait_for(2)
    assert came.json["data"] == {"webhook": hook.shown["id"]}
    assert signature_is_right(came, hook.secret)
    assert hook.health["state"] == "off"


# Secrets

def test_a_secret_is_replaced_while_the_one_before_still_counts(town, receiver,
                                                                make):
    hook = make()
    changed = hook.do("secret", {"overlap_hours": 2})
    assert changed["secret"] != hook.secret
    assert "secret" not in hook.shown
    assert hook.shown["old_secret_until"] == changed["old_secret_until"]
    hook.acme.send_lead()
    hook.acme.settle()
    [both] = receiver.wait_for(1)
    assert signature_is_right(both, hook.secret)
    assert signature_is_right(both, changed["secret"])
    assert len(both.headers["webhook-signature"].split(" ")) == 2
    town.clock.advance("2h")
    hook.acme.send_lead()
    hook.acme.settle()
    new = receiver.wait_for(2)[-1]
    assert not signature_is_right(new, hook.secret)
    assert signature_is_right(new, changed["secret"])
    assert hook.shown["old_secret_until"] is None
