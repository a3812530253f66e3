"""Countries, regions and currencies of settings: by code or name, and kept
as codes; what is none is refused."""

import pytest

from support.story import Company


@pytest.fixture
def acme(baton):
    return Company(baton, "ana", "bo")


def path_of(acme, kind):
    return {"workspace": "/api/v1/workspace",
            "person": f"/api/v1/people/{acme.people['ana'].id}"}[kind]


@pytest.mark.parametrize("kind", ["workspace", "person"])
def test_a_country_is_kept_as_its_code(acme, kind):
    path = path_of(acme, kind)
    for given, code in [("독일", "DE"), ("kr", "KR"), ("Switzerland", "CH")]:
        acme.client.patch(path, {"country": given}).expect(200)
        assert acme.client.get(path).expect(200).json["country"] == code


@pytest.mark.parametrize("kind, given, pointer", [
    ("workspace", {"country": "XX"}, "/country"),
    ("workspace", {"country": ""}, "/country"),
    ("workspace", {"currency": "XXZ"}, "/currency"),
    ("person", {"country": "XX"}, "/country"),
    ("person", {"country": "Narnia", "name": "Lucy"}, "/country"),
])
def test_what_is_no_country_or_currency_is_refused(acme, kind, given, pointer):
    path = path_of(acme, kind)
    before = acme.client.get(path).expect(200).json
    problem = acme.client.patch(path, given).expect(422).json
    assert [e["pointer"] for e in problem["errors"]] == [pointer]
    assert acme.client.get(path).expect(200).json == before


def test_a_currency_is_kept_as_its_code(acme):
    changed = acme.client.patch("/api/v1/workspace", {"currency": "usd"})
    assert changed.expect(200).json["currency"] == "USD"


def test_holidays_of_a_country_that_is_none_are_refused(acme):
    problem = acme.client.post("/api/v1/holidays", {
        "name": "Nowhere", "country": "XX", "days": []}).expect(422).json
    assert [e["pointer"] for e in problem["errors"]] == ["/country"]


def test_a_region_is_one_by_whatever_name(acme):
    """Its holidays are those of all who live there."""
    acme.client.patch(path_of(acme, "person"), {"region": "서울"}).expect(200)
    made = acme.client.post("/api/v1/holidays", {
        "name": "City day", "country": "South Korea", "region": "Seoul",
        "days": [{"date": acme.baton.now()[:10], "name": "City day"}],
    }).expect(201).json
    assert (made["country"], made["region"]) == ("KR", "KR-11")
    people = {p["name"]: p["holiday_today"] for p in
              acme.client.get("/api/v1/people").expect(200).json["items"]}
    assert (people["ana"], people["bo"]) == ("City day", None)
