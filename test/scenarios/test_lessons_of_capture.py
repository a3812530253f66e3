"""What users of other programs lost or got twice on the way in. The number is
the line in the list of lessons."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from support.page import Visitor
from support.story import Company, members
from test_form import make_form
from test_webhook_in import Source, submissions, total


def at_once(calls):
    """Every call in a thread of its own; their answers in order."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [run.result() for run in [pool.submit(c) for c in calls]]


def fields(*names, **more):
    return [{"name": n, "required": n in more.get("required", ())}
            for n in names]


def test_a_form_that_is_pressed_many_times_at_the_same_moment_is_one_lead(
        town):
    """46: a window of five minutes is no use when both come within one
    transaction; and the visitor sees success each time."""
    acme = Company(town, "ana", "bo")
    form = make_form(acme, fields=fields("name"))
    pages = at_once([lambda: Visitor(town).post(form["path"],
                                                {"name": "Kim"})] * 8)
    assert {page.status for page in pages} == {200}
    assert all("Thank" in page.text for page in pages)
    assert total(acme) == 1
    lead, = acme.client.get("/api/v1/leads").expect(200).json["items"]
    assert len(submissions(acme, lead["id"])) == 1


def test_a_program_that_did_not_hear_the_answer_asks_again(town):
    """47: it had succeeded; there is no second lead and no second owner."""
    acme = Company(town, "ana", "bo")
    sent = {"name": "Kim", "message": "Hello"}
    hang_up_after(acme, sent, "deal-1")

    again = acme.client.post("/api/v1/leads", sent, idempotency_key="deal-1")

    lead = again.expect(201).json
    assert acme.client.post("/api/v1/leads", sent, idempotency_key="deal-1"
                            ).expect(201).json == lead
    assert total(acme) == 1 and len(submissions(acme, lead["id"])) == 1
    assert len(acme.of(lead, "assignments")) == 1
    assert sum(p["turns"] for p in acme.ledger().values()) == 1


def hang_up_after(acme, sent, key):
    """Sends it and is gone before there is an answer."""
    address = urlsplit(acme.baton.address)
    body = json.dumps(sent).encode()
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(
            f"POST /api/v1/leads HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {acme.key}\r\nIdempotency-Key: {key}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)


def test_a_conversation_by_two_ways_stays_one_record(town):
    """48 and 49: the form knows the address, the call knows the number, and
    whoever was a customer already is not dropped."""
    acme = Company(town, "ana", "bo")
    first = acme.send_lead(name="Kim", email="kim@x.test",
                           phone="+821012345678")
    acme.client.patch(f"/api/v1/leads/{first['id']}",
                      {"stage": "customer"}).expect(200)
    by_form = acme.send_lead(email="KIM@x.test", message="A question")
    by_call = acme.send_lead(phone="+82 10 1234 5678", message="Another one")
    assert {by_form["id"], by_call["id"]} == {first["id"]}
    assert len(submissions(acme, first["id"])) == 3
    kinds = members(acme.of(first, "timeline"), "kind")
    assert kinds.count("lead.returned") == 2


def test_who_is_known_is_asked_what_everybody_is_asked(town):
    """51: a known address is no way around what must be agreed to."""
    acme = Company(town, "ana", "bo")
    form = make_form(acme, fields=fields("email", "consent",
                                         required=["consent"]))
    known = acme.send_lead(email="kim@x.test")
    visitor = Visitor(town)

    page = visitor.post(form["path"], {"email": "kim@x.test"})

    assert page.status == 422 and page.fault("consent")
    assert not acme.lead(known["id"]).get("consent")
    assert len(submissions(acme, known["id"])) == 1
    visitor.post(form["path"], {"email": "kim@x.test", "consent": "yes"})
    assert acme.lead(known["id"])["consent"]["agreed"] is True


def test_every_way_in_writes_a_number_the_same_way(town):
    """52: a form, a webhook, a program and a table mean one person."""
    acme = Company(town, "ana", "bo")
    acme.client.patch("/api/v1/workspace", {"country": "BR"}).expect(200)
    form = make_form(acme, fields=fields("phone"))
    hook = Source(acme, {"fields": {"phone": "/tel"}})
    lead = acme.send_lead(phone="+55 11 96123-4567")

    Visitor(town).post(form["path"], {"phone": "11 96123-4567"})
    assert hook.lead_of({"tel": "11 6123 4567"})["id"] == lead["id"]
    made = acme.client.post("/api/v1/imports", {"source": "Fair"}).expect(201)
    acme.client.request(
        "PUT", f"/api/v1/imports/{made.json['id']}/file",
        body=b"phone\n(011) 96123-4567\n",
        headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    assert total(acme) == 1 and len(submissions(acme, lead["id"])) == 4


def test_a_webhook_that_was_answered_is_there_after_a_power_cut(start_baton):
    """54: nothing is only in memory: not the lead, nor what cannot be read,
    nor the address that it came to."""
    baton = start_baton()
    acme = Company(baton, "ana", "bo")
    hook = Source(acme, {"delivery": "/id", "fields": {"email": "/email"}})
    taken = hook.send({"id": 1, "email": "kim@x.test"}).expect(200).json
    hook.send({"id": 2}).expect(200)

    baton.kill()
    baton.start()

    acme.client = baton.client.with_key(acme.key)
    hook.sender = baton.client.with_key(None)
    assert acme.lead(taken["lead"])["email"] == "kim@x.test"
    counts = acme.client.get("/api/v1/submissions/counts").expect(200).json
    assert counts["quarantined"] == 1
    again = hook.send({"id": 1, "email": "kim@x.test"}).expect(200).json
    assert again["lead"] == taken["lead"]
    assert again["results"][0]["state"] == "repeated"


def test_no_answer_to_a_form_is_missing_and_no_quick_edit_is_lost(town):
    """55"""
    acme = Company(town, "ana", "bo")
    form = make_form(acme, fields=fields("name", "message"))
    at_once([lambda n=n: Visitor(town).post(
        form["path"], {"name": f"Kim {n}", "message": f"No. {n}"})
        for n in range(16)])
    items = acme.client.get("/api/v1/leads").expect(200).json["items"]
    assert sorted(members(items, "message")) == sorted(
        f"No. {n}" for n in range(16))

    path = f"/api/v1/leads/{items[0]['id']}"
    changes = {"city": "Seoul", "company": "Hanok", "job_title": "Owner",
               "product": "Kitchen", "segment": "Home", "website": "x.test"}
    at_once([lambda c=change: town.client.with_key(acme.key).patch(
        path, dict([c])).expect(200) for change in changes.items()])
    lead = acme.lead(items[0]["id"])
    assert {name: lead[name] for name in changes if name != "website"} == {
        name: value for name, value in changes.items() if name != "website"}
    assert "x.test" in lead["website"]
