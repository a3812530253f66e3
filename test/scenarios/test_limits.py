"""Who asks too often is told when to come back; whose request it is says a
proxy that is trusted, and nobody else."""

import pytest
from support.baton import Baton
from support.story import PASSWORD, Company

FROM = "X-Forwarded-For"


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    """A server behind a proxy, with small limits. What is counted knows no
    database: one engine is enough."""
    server = Baton(
        str(tmp_path_factory.mktemp("gate") / "baton.db"), engine="sqlite",
        arguments=["--trusted-proxy", "127.0.0.0/8",
                   "--limit-callers", "60:5", "--limit-public", "60:6",
                   "--limit-by-hand", "6:2", "--limit-wrong-keys", "6:3"])
    server.start()
    company = Company(server, "ana")
    server.form = company.client.post("/api/v1/forms", {
        "name": "Site", "source": "Web",
        "fields": [{"name": "email"}]}).expect(201).json["path"]
    yield server, company
    server.stop()


@pytest.fixture
def acme(gate):
    """After a pause in which everything is forgotten."""
    server, company = gate
    server.clock.advance("1h")
    return company


def send(acme, email, address, **more):
    return acme.baton.client.post(acme.baton.form, {"email": email},
                                  headers={FROM: address}, **more)


def must_wait(answer):
    """The seconds."""
    problem = answer.expect(429).json
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == 429
    wait = int(answer.headers["retry-after"])
    assert f"{wait} s" in problem["detail"]
    return wait


def test_a_form_takes_a_few_from_one_address_and_then_some_a_minute(acme):
    for i in range(2):
        send(acme, f"a{i}@x.test", "203.0.113.7").expect(200, 201)
    wait = must_wait(send(acme, "a2@x.test", "203.0.113.7"))
    assert 0 < wait <= 10
    send(acme, "b@x.test", "203.0.113.8").expect(200, 201)
    acme.baton.clock.advance(f"{wait}s")
    send(acme, "a3@x.test", "203.0.113.7").expect(200, 201)
    metrics = acme.baton.client.get("/metrics").text
    assert "baton_http_limited_total 1" in metrics


def test_a_pause_saves_up_no_more_than_a_few(acme):
    for _ in range(2):
        for i in range(2):
            send(acme, f"p{i}@x.test", "203.0.113.50").expect(200, 201)
        must_wait(send(acme, "p2@x.test", "203.0.113.50"))
        acme.baton.clock.advance("1h")


def test_who_has_sent_too_much_may_still_look(acme):
    for i in range(2):
        send(acme, f"l{i}@x.test", "203.0.113.51").expect(200, 201)
    must_wait(send(acme, "l2@x.test", "203.0.113.51"))
    acme.baton.client.get(acme.baton.form, headers={
        FROM: "203.0.113.51"}).expect(200)


def test_who_adds_addresses_in_front_gains_nothing(acme):
    for i in range(2):
        send(acme, f"c{i}@x.test", f"198.51.100.{i}, 203.0.113.9")
    must_wait(send(acme, "c@x.test", "198.51.100.77, 203.0.113.9"))
    must_wait(send(acme, "c@x.test", "203.0.113.9, 127.0.0.1"))


def test_the_lead_of_a_form_knows_where_its_visitor_came_from(acme):
    send(acme, "where@x.test", "192.0.2.1, 2001:db8::7").expect(200, 201)
    acme.baton.clock.advance("1m")
    [lead] = acme.client.get("/api/v1/leads?q=where").json["items"]
    assert lead["ip"] == "2001:db8::7"


def test_signing_in_is_counted_as_well(acme):
    client = acme.baton.client
    acme.sign_in("ana")
    acme.baton.clock.advance("1h")
    for _ in range(2):
        client.post("/api/v1/session", {
            "email": "ana@acme.test", "password": PASSWORD,
            "workspace": acme.slug}, headers={FROM: "203.0.113.20"},
        ).expect(200)
    must_wait(client.post("/api/v1/session", {
        "email": "ana@acme.test", "password": PASSWORD},
        headers={FROM: "203.0.113.20"}))


def test_what_is_open_to_anybody_has_a_limit_of_its_own(acme):
    client = acme.baton.client
    for _ in range(6):
        client.get(acme.baton.form, headers={FROM: "203.0.113.30"}).expect(200)
    must_wait(client.get(acme.baton.form, headers={FROM: "203.0.113.30"}))
    for _ in range(20):
        client.get("/health/live",
                   headers={FROM: "203.0.113.30"}).expect(200)


def test_a_key_is_counted_by_itself_wherever_it_comes_from(acme):
    other = acme.baton.client.with_key(acme.make_key("viewer"))
    other.get("/api/v1/people").expect(200)  # known from now on
    answers = [other.get("/api/v1/people", headers={FROM: f"203.0.113.{i}"})
               for i in range(7)]
    assert [a.status for a in answers] == [200] * 5 + [429] * 2
    assert 0 < must_wait(answers[-1]) <= 1
    acme.client.get("/api/v1/people").expect(200)
    acme.baton.clock.advance("1s")
    other.get("/api/v1/people").expect(200)


def test_who_guesses_keys_is_stopped_and_nobody_else(acme):
    def guess(number, address):
        key = acme.key[:-5] + f"{number:05}"
        return acme.baton.client.get("/api/v1/people", key=key,
                                     headers={FROM: address})

    for number in range(3):
        guess(number, "203.0.113.40").expect(401)
    wait = must_wait(guess(3, "203.0.113.40"))
    guess(3, "203.0.113.41").expect(401)
    for address in ("203.0.113.41", "203.0.113.40"):  # a key that is right
        acme.client.get("/api/v1/people",
                        headers={FROM: address}).expect(200)
    acme.baton.clock.advance(f"{wait}s")
    guess(4, "203.0.113.40").expect(401)


def test_nobody_is_believed_who_is_not_named(baton):
    acme = Company(baton, "ana")
    baton.form = acme.client.post("/api/v1/forms", {
        "name": "Site", "source": "Web",
        "fields": [{"name": "email"}]}).expect(201).json["path"]
    for i in range(70):  # this machine's own address is not counted
        send(acme, f"k{i}@x.test", "203.0.113.7").expect(200, 201)
    lead = acme.client.get("/api/v1/leads?limit=1").json["items"][0]
    assert "ip" not in lead


@pytest.mark.parametrize("option, value", [
    ("--trusted-proxy", "10.0.0.1/8"), ("--limit-callers", "many"),
    ("--limit-by-hand", "60:0"), ("--proxy-header", "X-Real-IP"),
    ("--connections", "-1"),
])
def test_a_setting_without_sense_stops_the_start(tmp_path, option, value):
    done = Baton(str(tmp_path / "x.db"), engine="sqlite").cli_result(
        "serve", option, value)
    assert done.returncode in (1, 2)
    assert option in done.stderr or "no range" in done.stderr
