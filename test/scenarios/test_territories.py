"""Places with names that nest, and lists of values with names: in rules, in
lists of leads, in scores."""

import json

import pytest
from support.story import Company, now

TERRITORIES = "/api/v1/territories"
LISTS = "/api/v1/lists"


@pytest.fixture
def acme(town):
    company = Company(town, "ana", "bo")
    company.everyone()
    return company


def add(acme, name, *places, **more):
    return acme.client.post(TERRITORIES, {
        "name": name, "places": list(places), **more}).expect(201).json


def within(name, field="region"):
    return {"field": field, "op": "within", "value": name}


def to(acme, name, condition):
    """Leads of which the condition is true go to that person, others to the
    Inbox."""
    acme.publish(rules=[{"id": "one", "when": condition,
                         "give_to": {"rep": f"{name}@acme.test"}}])


def gets(acme, **fields):
    return acme.send(name="x", **fields)


def found(acme, condition):
    page = acme.client.get("/api/v1/leads", query={
        "filter": json.dumps(condition), "limit": 200}).expect(200).json
    return {lead["id"] for lead in page["items"]}


def korea(acme):
    add(acme, "Korea", {"country": "KR"})
    add(acme, "Capital area", {"region": "서울"}, {"region": "Gyeonggi",
                                                 "country": "South Korea"},
        parent="korea")
    add(acme, "Gangnam", {"country": "KR", "postal_prefix": "06"},
        {"region": "KR-11", "city": "강남구"}, parent="capital-area")
    add(acme, "Japan", {"country": "Japan"})


# In rules

def test_leads_go_by_territory_and_by_what_is_nested_in_it(acme):
    korea(acme)
    to(acme, "ana", within("capital-area"))
    for fields in ({"region": "서울특별시", "country": "KR"},
                   {"region": "경기도", "country": "대한민국"},
                   {"country": "KR", "postal_code": "06236"},
                   {"country": "KR", "region": "Seoul", "city": "강남구"}):
        assert gets(acme, **fields) == "ana", fields
    for fields in ({"region": "부산", "country": "KR"}, {"country": "KR"},
                   {"country": "JP", "postal_code": "06236"},
                   {"postal_code": "06236"}, {}):
        assert gets(acme, **fields) == "Inbox", fields


def test_a_region_alone_lies_in_its_country(acme):
    korea(acme)
    to(acme, "ana", within("korea", "country"))
    for region in ("KR-26", "kr-11", "서울특별시", "KR-41"):
        assert gets(acme, region=region) == "ana", region
    for fields in ({"region": "JP-13"}, {"region": "Nowhere"},
                   {"region": "KR-26", "country": "JP"}):
        assert gets(acme, **fields) == "Inbox", fields


def test_whichever_field_of_a_place_is_asked_the_answer_is_the_same(acme):
    korea(acme)
    for field in ("country", "region", "city", "postal_code"):
        to(acme, "ana", within("Gangnam", field))
        assert gets(acme, country="KR", postal_code="06111") == "ana", field
        assert gets(acme, country="KR", postal_code="16111") == "Inbox"


def test_a_code_is_a_place_without_a_name(acme):
    to(acme, "ana", within("KR", "country"))
    assert gets(acme, country="KR") == "ana"
    to(acme, "ana", within("KR", "region"))
    assert gets(acme, country="KR", region="Busan") == "ana"
    assert gets(acme, country="JP") == "Inbox"


@pytest.mark.parametrize("field, said", [
    ("country", ["KR", "South Korea", "대한민국", "kor"]),
    ("region", ["KR-11", "Seoul", "서울특별시"]),
    ("language", ["ko", "Korean", "한국어"])])
def test_a_condition_says_places_and_languages_as_people_do(acme, field, said):
    """As a lead may say them; the rule and the list mean what a lead is."""
    lead = {"country": "Korea", "region": "서울", "language": "Korean"}
    other = {"country": "JP", "region": "Osaka", "language": "ja"}
    here = acme.send_lead(name="x", **lead)["id"]
    for name in said:
        one = {"field": field, "op": "is", "value": name}
        several = {"field": field, "op": "is_any_of", "value": ["US", name]
                   if field == "country" else [name]}
        for condition in (one, several):
            to(acme, "ana", condition)
            assert gets(acme, **lead) == "ana", condition
            assert gets(acme, **other) == "Inbox", condition
            assert here in found(acme, condition)
        for op, value in (("is_not", name), ("is_none_of", [name])):
            to(acme, "ana", {"field": field, "op": op, "value": value})
            assert gets(acme, **lead) == "Inbox", (op, value)
            assert gets(acme, **other) == "ana", (op, value)


def test_a_region_of_several_countries_is_that_of_the_leads_country(acme):
    limburg = {"field": "region", "op": "is", "value": "Limburg"}
    to(acme, "ana", {"all": [{"field": "country", "op": "is",
                              "value": "Belgium"}, limburg]})
    assert gets(acme, country="BE", region="Limburg") == "ana"
    assert gets(acme, country="NL", region="Limburg") == "Inbox"
    why = acme.try_lead({"country": "BE", "region": "Antwerpen"})
    assert why["trail"][0]["because"] == {**limburg, "was": "BE-VAN"}


@pytest.mark.parametrize("field, code", [("country", "country_unknown"),
                                         ("language", "language_unknown")])
def test_a_place_or_language_that_nobody_knows_is_pointed_at(acme, field,
                                                             code):
    """It would be true of no lead."""
    nowhere = {"field": field, "op": "is_any_of", "value": ["KR", "Wonderland"]
               if field == "country" else ["ko", "Wonderlandish"]}
    rules = {"format": "baton-rules/1", "otherwise": {"queue": "inbox"},
             "rules": [{"id": "one", "when": {"not": nowhere},
                        "give_to": {"queue": "inbox"}}]}
    refused = acme.client.put("/api/v1/routing/draft", rules).expect(422)
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] \
        == [("/rules/0/when/not/value/1", code)]
    acme.client.get("/api/v1/leads", query={
        "filter": json.dumps(nowhere)}).expect(422)


def test_a_changed_territory_changes_the_rules_that_name_it(acme):
    korea(acme)
    to(acme, "ana", within("japan"))
    assert gets(acme, country="TW") == "Inbox"
    japan = acme.client.get(TERRITORIES).json["items"][3]
    path = f"{TERRITORIES}/{japan['id']}"
    acme.client.patch(path, {"places": [{"country": "JP"},
                                        {"country": "TW"}]}).expect(200)
    assert gets(acme, country="TW") == "ana"
    add(acme, "Guam", {"country": "GU"}, parent="japan")
    assert gets(acme, country="GU") == "ana"
    acme.client.patch(path, {"name": "Islands"}).expect(200)
    assert gets(acme, country="JP") == "ana"      # its short name stays


def test_a_lead_that_waits_is_asked_for_again_when_its_place_gets_a_name(acme):
    korea(acme)
    to(acme, "ana", within("japan"))
    lead = acme.send_lead(name="x", country="TW")
    japan = acme.client.get(TERRITORIES).json["items"][3]
    acme.client.patch(f"{TERRITORIES}/{japan['id']}",
                      {"places": [{"country": "TW"}]}).expect(200)
    acme.settle()
    assert acme.owner(lead) == "ana"


def test_what_is_used_stays_and_it_is_said_where(acme):
    korea(acme)
    made = {t["slug"]: f"{TERRITORIES}/{t['id']}"
            for t in acme.client.get(TERRITORIES).json["items"]}
    to(acme, "ana", {"any": [{"not": within("Japan")}]})
    answer = acme.client.delete(made["japan"]).expect(409)
    assert "the routing rules" in answer.json["detail"]
    assert gets(acme, country="US") == "ana"
    acme.everyone()
    acme.change("bo", territories=["japan"])
    answer = acme.client.delete(made["japan"]).expect(409)
    assert "bo" in answer.json["detail"]
    acme.change("bo", territories=[])
    acme.client.delete(made["japan"]).expect(204)


def test_an_old_version_that_names_what_is_gone_is_not_restored(acme):
    korea(acme)
    to(acme, "ana", within("japan"))
    number = acme.client.get(
        "/api/v1/routing/versions").json["items"][0]["number"]
    acme.everyone()
    japan = acme.client.get(TERRITORIES).json["items"][3]
    acme.client.delete(f"{TERRITORIES}/{japan['id']}").expect(204)
    error = acme.client.post(f"/api/v1/routing/versions/{number}/restore",
                             {}).expect(422).json["errors"][0]
    assert error["pointer"] == "/rules/0/when/value"
    add(acme, "Japan", {"country": "JP"})
    acme.client.post(f"/api/v1/routing/versions/{number}/restore",
                     {}).expect(200)


def test_a_rule_with_an_unknown_name_is_refused_with_its_place(acme):
    for condition, code in ((within("atlantis"), "unknown_territory"),
                            (within("x", "account"), "unknown_account"),
                            (within("0000000000001", "account"),
                             "unknown_account"),
                            ({"field": "product", "op": "in_list",
                              "value": "atlantis"}, "unknown_list"),
                            (within("x", "owner"), "wrong_operator")):
        answer = acme.client.put("/api/v1/routing/draft", {
            "format": "baton-rules/1", "otherwise": {"queue": "inbox"},
            "rules": [{"id": "a", "when": condition,
                       "give_to": {"queue": "inbox"}}]}).expect(422)
        error = answer.json["errors"][0]
        assert (error["pointer"], error["code"]) \
            == ("/rules/0/when/value", code)


def test_a_decision_says_which_territory_it_was_not(acme):
    korea(acme)
    to(acme, "ana", within("japan"))
    lead = acme.send_lead(name="x", country="KR")
    because = acme.of(lead, "decisions")[0]["trail"][0]["because"]
    assert (because["field"], because["op"], because["value"]) \
        == ("region", "within", "japan")


# In lists

def test_lists_and_rules_agree_on_who_lies_where(acme):
    """The same leads, asked in memory and in the database."""
    korea(acme)
    leads = [acme.send_lead(name=str(i), **fields) for i, fields in enumerate([
        {"country": "KR"}, {"country": "JP"}, {"region": "서울"},
        {"country": "KR", "region": "Busan"}, {"city": "강남구"},
        {"country": "KR", "postal_code": "06236"}, {"postal_code": "06236"},
        {"country": "KR", "region": "Seoul", "city": "강남구"}, {},
        {"region": "경기도", "country": "KR", "postal_code": "16000"}])]
    for name in ("korea", "capital-area", "gangnam", "japan"):
        for condition in (within(name), {"not": within(name)}):
            acme.publish(rules=[{"id": "r", "when": condition, "give_to": {
                "rep": "ana@acme.test"}}])
            by_rule = {lead["id"] for lead in leads
                       if acme.client.post("/api/v1/routing/try", {
                           "lead": {"id": lead["id"]}}).expect(200)
                       .json["owner"]["name"] == "ana"}
            assert by_rule == found(acme, condition), condition
            assert 0 < len(by_rule) < len(leads)


def test_a_company_tree_is_a_condition(acme):
    def account(name, **more):
        return acme.client.post("/api/v1/accounts", {
            "name": name, "domain": f"{name}.test", **more}).expect(201).json

    top = account("top")
    low = account("low", parent=top["id"])
    account("lower", parent=low["id"])
    account("other")
    leads = {name: acme.send_lead(email=f"kim@{name}.test")["id"]
             for name in ("top", "low", "lower", "other")}
    assert found(acme, within(top["id"], "account")) \
        == {leads["top"], leads["low"], leads["lower"]}
    assert found(acme, within(low["id"], "account")) \
        == {leads["low"], leads["lower"]}
    to(acme, "bo", within(top["id"], "account"))
    assert acme.send(email="lee@lower.test") == "bo"
    assert acme.send(email="lee@other.test") == "Inbox"
    other = next(item for item in
                 acme.client.get("/api/v1/accounts").json["items"]
                 if item["name"] == "other")
    acme.client.patch(f"/api/v1/accounts/{other['id']}",
                      {"parent": low["id"]}).expect(200)
    assert acme.send(email="park@other.test") == "bo"


def test_a_named_list_is_in_rules_and_lists(acme):
    made = acme.client.post(LISTS, {
        "name": "Key products", "items": ["Desk", "의자"]}).expect(201).json
    assert made["slug"] == "key-products"
    named = {"field": "product", "op": "in_list", "value": "key-products"}
    desk = acme.send_lead(name="a", product="DESK")
    acme.send_lead(name="b", product="Lamp")
    assert found(acme, named) == {desk["id"]}
    to(acme, "ana", named)
    assert gets(acme, product="의자") == "ana"
    assert gets(acme, product="Lamp") == "Inbox"
    acme.client.patch(f"{LISTS}/{made['id']}",
                      {"items": ["Lamp"]}).expect(200)
    assert gets(acme, product="Lamp") == "ana"
    tagged = {"field": "tags", "op": "in_list", "value": "key-products"}
    lead = acme.send_lead(name="c", tags=["lamp", "x"])
    assert found(acme, tagged) == {lead["id"]}
    answer = acme.client.delete(f"{LISTS}/key-products").expect(409)
    assert "the routing rules" in answer.json["detail"]
    acme.everyone()
    acme.client.delete(f"{LISTS}/key-products").expect(204)
    assert acme.client.get(LISTS).expect(200).json["items"] == []


def test_a_large_territory_is_still_answered(acme):
    """More places than a database takes in one go."""
    add(acme, "Many", *[{"country": "KR", "postal_prefix": f"{i:04}"}
                        for i in range(600)])
    to(acme, "ana", within("many"))
    assert gets(acme, country="KR", postal_code="05991") == "ana"
    assert gets(acme, country="KR", postal_code="06001") == "Inbox"


# By hand

def test_a_territory_is_kept_in_the_shape_in_which_leads_have_places(acme):
    made = add(acme, "Mixed", {"country": "대한민국", "region": "부산"},
               {"region": "California", "country": "US"}, {"city": " Paris "},
               {"country": "de", "postal_prefix": "80"})
    assert made["slug"] == "mixed" and made["parent"] is None
    assert made["places"] == [
        {"country": "KR", "region": "KR-26"},
        {"country": "US", "region": "US-CA"}, {"city": "Paris"},
        {"country": "DE", "postal_prefix": "80"}]
    path = f"{TERRITORIES}/{made['id']}"
    assert acme.client.get(path).expect(200).json == made
    child = add(acme, "Child", parent=made["id"])
    assert child["parent"] == {"id": made["id"], "slug": "mixed",
                               "name": "Mixed"}


def test_what_makes_no_sense_is_refused_with_its_place(acme):
    add(acme, "Korea", {"country": "KR"})
    for body, pointer in (
            ({}, "/name"), ({"name": "-"}, "/name"),
            ({"name": "KOREA"}, "/name"),
            ({"name": "x", "parent": "atlantis"}, "/parent"),
            ({"name": "x", "places": [{}]}, "/places/0"),
            ({"name": "x", "places": [{"country": "KR"},
                                      {"country": "Narnia"}]},
             "/places/1/country"),
            ({"name": "x", "places": [{"country": "KR", "region": "Bayern"}]},
             "/places/0/region"),
            ({"name": "x", "places": [{"city": "a\u001fb"}]},
             "/places/0/city"),
            ({"name": "x", "places": [{"town": "y"}]}, "/places/0/town")):
        answer = acme.client.post(TERRITORIES, body).expect(422)
        assert answer.json["errors"][0]["pointer"] == pointer, body
    for body, pointer in (({"name": "x"}, "/items"),
                          ({"name": "x", "items": []}, "/items"),
                          ({"name": "x", "items": ["a", " "]}, "/items/1"),
                          ({"name": "x", "items": ["a\u001f"]}, "/items/0")):
        answer = acme.client.post(LISTS, body).expect(422)
        assert answer.json["errors"][0]["pointer"] == pointer, body
    assert len(acme.client.get(TERRITORIES).json["items"]) == 1


def test_no_territory_lies_in_itself(acme):
    top = add(acme, "Top")
    low = add(acme, "Low", parent="top")
    for child, parent in ((top, "top"), (top, "low")):
        answer = acme.client.patch(f"{TERRITORIES}/{child['id']}",
                                   {"parent": parent}).expect(422)
        assert answer.json["errors"][0]["code"] == "cycle"
    acme.client.delete(f"{TERRITORIES}/{top['id']}").expect(409)
    acme.client.patch(f"{TERRITORIES}/{low['id']}",
                      {"parent": None}).expect(200)
    acme.client.delete(f"{TERRITORIES}/{top['id']}", if_match=9).expect(409)
    acme.client.delete(f"{TERRITORIES}/{top['id']}").expect(204)


def test_a_rep_reads_places_and_changes_none(acme):
    made = add(acme, "Korea", {"country": "KR"})
    ana = acme.sign_in("ana")
    assert ana.get(TERRITORIES).expect(200).json["items"] == [made]
    for path in (TERRITORIES, LISTS):
        ana.post(path, {"name": "x", "items": ["y"]}).expect(403)
    ana.delete(f"{TERRITORIES}/{made['id']}").expect(403)
    other = Company(acme.baton, "zoe")
    other.client.get(f"{TERRITORIES}/{made['id']}").expect(404)
    assert other.client.get(TERRITORIES).json["items"] == []


# Who serves them

def serving(acme):
    """Ana serves Korea, bo Gangnam alone; the pool asks for that."""
    korea(acme)
    acme.change("ana", territories=["korea"])
    acme.change("bo", territories=["gangnam"])
    acme.add("cy")
    acme.publish(pools=[{"id": "all", "members": "everyone",
                         "needs": {"territory": "lead"}}])


def gates(acme, lead):
    record = acme.of(lead, "decisions")[-1]["record"]
    return {c["person"]["name"]: c["gate"] for c in record["candidates"]}


def test_a_lead_goes_to_whoever_serves_its_place(acme):
    """R2, and fair among those who serve it."""
    serving(acme)
    names = [gets(acme, country="KR", postal_code=f"0612{i}")
             for i in range(4)]
    assert sorted(names) == ["ana"] * 2 + ["bo"] * 2
    assert {gets(acme, country="KR", region="Busan") for i in range(3)} == {"ana"}
    away = acme.send_lead(name="x", country="Japan")
    assert away["owner"]["kind"] == "queue"
    assert {gets(acme) for i in range(6)} == {"ana", "bo", "cy"}


def test_the_record_says_who_does_not_serve_the_place(acme):
    serving(acme)
    stopped = gates(acme, acme.send_lead(name="x", country="KR",
                                         region="Busan"))
    assert stopped["ana"] is None
    assert stopped["bo"] == {
        "code": "not_in_territory", "saw": 1, "limit": 0, "what": "KR-26",
        "sentence": {
            "en": "KR-26 lies in no territory that bo serves.",
            "ko": "KR-26은 bo이(가) 맡은 지역에 속하지 않습니다."}}
    assert stopped["cy"]["saw"] == 0


def test_who_is_given_a_territory_gets_what_waits_from_there(acme):
    serving(acme)
    waits = acme.send_lead(name="x", country="Japan")
    shown = acme.change("cy", territories=["Japan", "gangnam"])
    assert shown["territories"] == ["japan", "gangnam"]
    assert acme.owner(waits) == "cy"
    assert acme.change("cy", territories=None)["territories"] == []


def test_a_territory_that_changes_changes_who_serves_a_place(acme):
    serving(acme)
    waits = acme.send_lead(name="x", country="JP")
    japan = next(t for t in acme.client.get(TERRITORIES).json["items"]
                 if t["slug"] == "japan")
    acme.client.patch(f"{TERRITORIES}/{japan['id']}",
                      {"parent": "korea"}).expect(200)
    acme.settle()
    assert acme.owner(waits) == "ana"


def test_an_unknown_territory_is_pointed_at(acme):
    korea(acme)
    path = f"/api/v1/people/{acme.people['ana'].id}"
    error = acme.client.patch(path, {"territories": ["korea", "japn"]}).expect(
        422).json["errors"][0]
    assert error["pointer"] == "/territories/1"
    assert "japan" in error["message"]
    error = acme.client.put("/api/v1/routing/draft", {
        "format": "baton-rules/1", "rules": [], "otherwise": {"pool": "p"},
        "pools": [{"id": "p", "members": [], "needs": {
            "territory": "korea"}}]}).expect(422).json["errors"][0]
    assert error["pointer"] == "/pools/0/needs/territory"
