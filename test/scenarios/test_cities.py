"""A city has many names and is one: whoever asks for it by any of them finds
the leads that wrote another. What somebody wrote stays as it is."""

import json

import pytest
from support.baton import PROJECT
from support.story import Company, members
from test_import_api import results, run

BUSAN = ["Busan", "Pusan", "부산", "부산광역시", "BUSAN ", "부산시", "busan-si",
         "釜山", "Busan, South Korea"]
ELSEWHERE = ["Ulsan", "울산", "부산진구", "Busanville"]


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def cities(acme, term):
    query = {"filter": json.dumps({"field": "city", **term}), "limit": 100}
    found = acme.client.get("/api/v1/leads", query=query).expect(200).json
    return sorted(members(found["items"], "city"))


def by_city(acme, op, value):
    acme.publish(rules=[{"id": "c", "give_to": {"rep": "bo@acme.test"},
                         "when": {"field": "city", "op": op, "value": value}}],
                 otherwise={"rep": "ana@acme.test"})


def owners(acme, names):
    return {acme.send(name=name, city=name) for name in names}


@pytest.mark.parametrize("asked", ["Busan", "Pusan", "부산", "부산광역시",
                                   "BUSAN ", " busan city"])
def test_a_rule_for_a_city_holds_however_it_is_written(acme, asked):
    by_city(acme, "is", asked)
    assert owners(acme, BUSAN) == {"bo"}
    assert owners(acme, [*ELSEWHERE, "Seoul"]) == {"ana"}
    assert acme.try_lead({"city": "부산광역시"})["owner"]["name"] == "bo"


def test_a_rule_may_name_several_or_leave_some_out(acme):
    by_city(acme, "is_any_of", ["뉴욕", "수원"])
    assert owners(acme, ["NYC", "Suwon", "경기도 수원시", "new york"]) == {"bo"}
    assert owners(acme, BUSAN) == {"ana"}
    by_city(acme, "is_not", "부산")
    assert owners(acme, BUSAN) == {"ana"}
    assert owners(acme, ELSEWHERE) == {"bo"}


def test_leads_of_a_city_are_listed_by_any_of_its_names(acme):
    for name in (*BUSAN, *ELSEWHERE):
        acme.send_lead(name=name, city=name)
    written = sorted(name.strip() for name in BUSAN)
    for name in BUSAN:
        assert cities(acme, {"op": "is", "value": name}) == written, name
    others = cities(acme, {"op": "is_not", "value": "부산"})
    assert others == sorted(ELSEWHERE)


def test_a_rule_and_a_list_may_name_every_city_there_is(acme):
    """As many as one may name at all, and each by all its names."""
    table = PROJECT / "src" / "standardise" / "cities.txt"
    names = [line.partition("\t")[2].split("|")
             for line in table.read_text().splitlines() if "\t" in line]
    asked = [name[0] for name in names]
    asked += [f"Nowhere {i}" for i in range(1000 - len(asked))]
    acme.client.post("/api/v1/lists", {"name": "Every", "items": asked}
                     ).expect(201)
    by_city(acme, "is_any_of", asked)
    written = [name[-1] for name in names[::40]]
    assert owners(acme, written) == {"bo"}
    assert owners(acme, ["Springfield"]) == {"ana"}
    assert cities(acme, {"op": "in_list", "value": "every"}) == sorted(written)
    problem = acme.client.put("/api/v1/routing/draft", {
        "format": "baton-rules/1", "otherwise": {"queue": "inbox"}, "rules": [
            {"id": "c", "give_to": {"queue": "inbox"}, "when": {
                "field": "city", "op": "is_any_of",
                "value": [*asked, "one more"]}}]}).expect(422).json
    assert problem["errors"][0]["code"] == "too_many"


def test_a_city_of_no_list_is_compared_as_it_is_written(acme):
    for name in ("Springfield", "springfield ", "Spring Field"):
        acme.send_lead(name=name, city=name)
    assert cities(acme, {"op": "is", "value": "SPRINGFIELD"}) == [
        "Springfield", "springfield"]


def test_lists_and_territories_hold_a_city_by_all_its_names(acme):
    acme.client.post("/api/v1/lists", {"name": "Ports", "items": [
        "부산", "Hamburg"]}).expect(201)
    acme.client.post("/api/v1/territories", {"name": "South", "places": [
        {"country": "KR", "city": "Pusan"}]}).expect(201)
    by_city(acme, "in_list", "ports")
    assert owners(acme, [*BUSAN, "함부르크"]) == {"bo"}
    assert owners(acme, ELSEWHERE) == {"ana"}
    by_city(acme, "within", "south")
    for name in BUSAN:
        assert acme.send(name=name, city=name, country="KR") == "bo", name
    assert acme.send(city="부산", country="JP") == "ana"


def test_what_was_written_stays_written(acme):
    for name in BUSAN:
        lead = acme.send_lead(name=name, city=name, country="KR")
        seen = acme.lead(lead["id"])
        assert (seen["city"], seen["region"]) == (name.strip(), "KR-26")
        body = acme.of(lead, "submissions")[0]["body"]
        assert json.loads(body)["city"] == name


def test_a_table_in_two_languages_is_shared_out_by_city(acme):
    by_city(acme, "is_any_of", ["Munich", "Sao Paulo", "Gwangju"])
    names = ["München", "뮌헨", "MUNCHEN", "São Paulo", "상파울루", "광주",
             "광주광역시", "Gwangju-si", "Kwangju", "광저우", "Minsk"]
    done = run(acme, "Name,City\n" + "".join(
        f"{i},{name}\n" for i, name in enumerate(names)))
    assert [row["owner"] for row in results(acme, done)] == \
        ["bo"] * 9 + ["ana"] * 2
