"""What is set at a source counts for all that comes by it."""

import pytest

from support.page import Visitor

SWISS = "044 668 18 00"
E164 = "+41446681800"


@pytest.fixture
def acme(baton):
    return baton.workspace("Acme", people=["ana", "bo"])


def source(acme, name, country="Switzerland"):
    return acme.client.post("/api/v1/sources", {
        "name": name, "settings": {"country": country},
    }).expect(201).json


def phone_of(acme, lead):
    return acme.lead(lead)["phone"]


def test_a_number_without_a_country_is_one_of_its_sources_country(acme):
    made = source(acme, "Zurich fair")
    assert made["settings"] == {"country": "CH"}
    key = acme.client.post("/api/v1/keys", {"source_id": made["id"]})
    program = acme.baton.client.with_key(key.expect(201).json["key"])

    lead = program.post("/api/v1/leads", {"phone": SWISS}).expect(201).json
    assert phone_of(acme, lead["id"]) == E164
    again = program.post("/api/v1/leads/batch", {
        "leads": [{"phone": E164}]}).expect(200).json["results"][0]
    assert (again["id"], again["matched"]) == (lead["id"], True)

    # Its own country goes first, and what comes elsewhere is the workspace's.
    korean = program.post("/api/v1/leads", {
        "phone": "02-555-1234", "country": "KR"}).expect(201).json
    assert phone_of(acme, korean["id"]) == "+8225551234"
    elsewhere = acme.client.post("/api/v1/leads", {
        "phone": "02-555-4321"}).expect(201).json
    assert phone_of(acme, elsewhere["id"]) == "+8225554321"


def test_forms_webhooks_and_tables_know_the_country_of_their_source(acme):
    made = source(acme, "Zurich", "CH")
    form = acme.client.post("/api/v1/forms", {
        "name": "Site", "source": "Zurich"}).expect(201).json
    visitor = Visitor(acme.baton)
    page = visitor.open(form["path"])
    acme.baton.clock.advance("20s")
    visitor.send(page, form["path"], name="Urs", email="urs@x.test",
                 phone=SWISS)
    lead = acme.client.get("/api/v1/leads").expect(200).json["items"][0]
    assert (lead["name"], lead["phone"]) == ("Urs", E164)

    hook = acme.client.post(f"/api/v1/sources/{made['id']}/token", {})
    answer = acme.baton.client.with_key(None).post(
        hook.expect(201).json["path"], {"name": "Urs", "phone": SWISS})
    assert answer.expect(200).json["lead"] == lead["id"]

    acme.client.request(
        "POST", "/api/v1/imports?source=Zurich",
        body=f"name,phone\nUrs,{SWISS}\n".encode(),
        headers={"Content-Type": "text/csv"}).expect(201)
    acme.baton.clock.advance("0s")
    assert acme.client.get("/api/v1/leads").json["total"] == 1


@pytest.mark.parametrize("settings, pointer", [
    ({"country": "Narnia"}, "/settings/country"),
    ({"country": 41}, "/settings/country"),
    ({"fields": {"mail": "email"}}, "/settings/fields"),
])
def test_settings_that_mean_nothing_are_refused(acme, settings, pointer):
    for answer in (
            acme.client.post("/api/v1/sources",
                             {"name": "x", "settings": settings}),
            acme.client.patch(f"/api/v1/sources/{source(acme, 'y')['id']}",
                              {"settings": settings})):
        problem = answer.expect(422).json
        assert [e["pointer"] for e in problem["errors"]] == [pointer]


def test_the_country_of_a_source_is_taken_away_again(acme):
    made = source(acme, "Fair")
    path = f"/api/v1/sources/{made['id']}"
    kept = acme.client.patch(path, {"name": "Trade fair"}).expect(200).json
    assert kept["settings"] == {"country": "CH"}
    gone = acme.client.patch(path, {"settings": None}).expect(200).json
    assert gone["settings"] is None
