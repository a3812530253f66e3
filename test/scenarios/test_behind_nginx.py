"""Baton behind nginx, as etc/nginx.conf sets it up: answers, limits and live
events come through, and a node that is stopped is missed by nobody."""

import threading

import pytest
from support.client import Client
from support.events import EventStream
from support.nginx import Nginx

LEAD = {"name": "Kim Minjun", "email": "minjun@example.com"}


@pytest.fixture
def acme(baton):
    return baton.workspace("Acme", people=["ana", "bo"])


def through(nginx, acme):
    return Client(nginx.address, key=acme.key)


def test_a_lead_sent_through_nginx_is_answered_with_its_owner(
        baton, acme, tmp_path):
    with Nginx(tmp_path, [baton]) as nginx:
        answer = through(nginx, acme).post("/api/v1/leads", LEAD).expect(201)
    assert answer.json["owner"]["kind"] == "rep"


def test_a_body_that_is_too_long_hears_our_reason_and_not_that_of_nginx(
        baton, acme, tmp_path):
    with Nginx(tmp_path, [baton]) as nginx:
        answer = through(nginx, acme).post(
            "/api/v1/leads", {**LEAD, "message": "x" * 8_000_000})
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_live_event_comes_through_as_it_happens(baton, acme, tmp_path):
    with Nginx(tmp_path, [baton]) as nginx:
        client = through(nginx, acme)
        with EventStream(client) as events:
            lead = client.post("/api/v1/leads", LEAD).expect(201).json
            event = events.wait_for("lead.assigned")
    assert event.json["id"] == lead["id"]


def test_a_visitor_is_known_by_his_own_address_and_not_by_what_he_says(
        start_baton, tmp_path):
    baton = start_baton(arguments=["--trusted-proxy", "127.0.0.0/8"])
    acme = baton.workspace("Acme", people=["ana"])
    form = acme.client.post("/api/v1/forms", {
        "name": "Site", "source": "Web",
        "fields": [{"name": "email"}]}).expect(201).json
    with Nginx(tmp_path, [baton]) as nginx:
        Client(nginx.address).post(
            form["path"], {"email": "kim@x.test"},
            headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.7"},
        ).expect(200, 201)
    [lead] = acme.client.get("/api/v1/leads").json["items"]
    assert lead["ip"] == "203.0.113.7"


def test_nobody_misses_a_node_that_is_stopped(
        start_baton, engine, tmp_path):
    if engine == "sqlite":
        pytest.skip("one process alone serves an SQLite file")
    nodes = [start_baton(), start_baton()]
    acme = nodes[0].workspace("Acme", people=["ana", "bo"])
    answers = []

    def send(first, nginx):
        client = through(nginx, acme)
        for number in range(first, first + 60):
            answers.append(client.post(
                "/api/v1/leads", {"email": f"p{number}@example.com"}))

    with Nginx(tmp_path, nodes) as nginx:
        senders = [threading.Thread(target=send, args=(n * 100, nginx))
                   for n in range(4)]
        for sender in senders:
            sender.start()
        while len(answers) < 40:
            senders[0].join(0.01)
        nodes[0].stop()
        for sender in senders:
            sender.join()
    assert [a.status for a in answers] == [201] * 240
    assert len({a.json["id"] for a in answers}) == 240
