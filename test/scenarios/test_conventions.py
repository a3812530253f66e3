"""L11: facts are put as the company wants them: by its own conventions, on
every way in. What was given stays with the submission."""

import json

import pytest
from support.page import Visitor
from support.story import Company, members
from test_import import import_leads, write

CONVENTIONS = "/api/v1/conventions"
LEADS = "/api/v1/leads"


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def when(field, op, *value):
    return {"field": field, "op": op, **({"value": value[0]} if value else {})}


def rule(id, condition, **facts):
    return {"id": id, "when": condition, "set": facts}


TRADE = [
    rule("bldg", when("industry", "is_any_of", ["Bldg", "Bau"]),
         industry="Construction"),
    rule("solar", when("page", "contains", "/solar"), product="Solar roof"),
    rule("large", {"all": [when("industry", "is", "construction"),
                           when("employees", "at_least", 250)]},
         segment="enterprise", tags=["large"]),
]


def keep(acme, *rules):
    return acme.client.put(CONVENTIONS, {"rules": list(rules)}).expect(200)


def faults(answer):
    return members(answer.expect(422).json["errors"], "pointer")


def shown(lead, *fields):
    return [lead.get(field) for field in fields]


def test_facts_are_put_as_the_company_wants_them(acme):
    keep(acme, *TRADE)
    lead = acme.lead(acme.send_lead(
        name="Kim", industry="BLDG", employees=300,
        page="https://acme.test/solar/roof", tags=["fair"])["id"])
    assert shown(lead, "industry", "product", "segment", "tags") == [
        "Construction", "Solar roof", "enterprise", ["fair", "large"]]
    created = acme.of(lead, "timeline")[-1]
    assert created["kind"] == "lead.created"
    assert created["data"]["by_convention"][0] == {
        "rule": "bldg", "field": "industry", "from": "BLDG",
        "to": "Construction"}
    assert members(created["data"]["by_convention"], "field") == [
        "industry", "product", "segment", "tags"]
    came = json.loads(acme.of(lead, "submissions")[0]["body"])
    assert came["industry"] == "BLDG"


def test_rules_scores_and_trials_see_what_a_convention_has_made(acme):
    keep(acme, *TRADE)
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "big", "points": 40,
         "when": when("segment", "is", "enterprise")}]}).expect(200)
    acme.publish(rules=[{"id": "trade", "when": when(
        "segment", "is", "enterprise"), "give_to": {"rep": "bo@acme.test"}}],
        otherwise={"rep": "ana@acme.test"})
    big = {"industry": "Bau", "employees": 900}
    assert acme.try_lead(big)["owner"]["name"] == "bo"
    sent = acme.send_lead(**big)
    assert (sent["owner"]["name"], sent["score"]) == ("bo", 40)
    assert acme.send(industry="Bau", employees=9) == "ana"


def test_what_a_lead_had_before_stays_as_it_is(acme):
    keep(acme, *TRADE)
    lead = acme.send_lead(email="kim@x.test", industry="Retail")
    acme.edit(lead, industry="Bldg")     # a person's hand
    assert acme.lead(lead["id"])["industry"] == "Bldg"
    acme.send_lead(email="kim@x.test", industry="Bau", employees=900,
                   page="https://acme.test/solar")
    seen = acme.lead(lead["id"])
    assert shown(seen, "industry", "product", "segment") == [
        "Bldg", "Solar roof", None]
    again = next(entry for entry in acme.of(lead, "timeline")
                 if entry["kind"] == "lead.returned")
    assert members(again["data"]["by_convention"], "rule") == ["solar"]


def test_own_fields_are_asked_for_and_set(acme):
    for name, type in (("rooms", "number"), ("size", "text")):
        acme.client.post("/api/v1/fields", {"name": name,
                                            "type": type}).expect(201)
    keep(acme, rule("big", when("custom.rooms", "at_least", 5),
                    custom={"size": "large", "rooms": None}))
    lead = acme.lead(acme.send_lead(custom={"rooms": 6})["id"])
    assert lead["custom"] == {"size": "large"}
    again = acme.send_lead(email="kim@x.test", custom={"size": "as agreed"})
    acme.send_lead(email="kim@x.test", custom={"rooms": 7})
    assert acme.lead(again["id"])["custom"] == {"size": "as agreed"}
    assert "the conventions" in acme.client.delete(
        "/api/v1/fields/size").expect(409).json["detail"]
    keep(acme)
    acme.client.delete("/api/v1/fields/size").expect(204)


def test_another_name_of_a_company_is_the_same_company(acme):
    keep(acme, rule("ibm", when("company", "is", "Big Blue"), company="IBM"))
    first = acme.lead(acme.send_lead(company="IBM", name="a")["id"])
    second = acme.lead(acme.send_lead(company="big blue", name="b")["id"])
    assert second["account"] == first["account"]
    assert second["company"] == "IBM"


def test_all_ways_in_keep_the_conventions(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana"])
    keep(acme, *TRADE)
    acme.client.post(LEADS + "/batch", {"leads": [
        {"name": "batch", "industry": "bau"}]}).expect(200)
    form = acme.client.post("/api/v1/forms", {
        "name": "Contact", "title": {"en": "Contact"},
        "fields": [{"name": "name"}, {"name": "industry"}]}).expect(201).json
    visitor = Visitor(baton)
    page = visitor.open(form["path"])
    baton.clock.advance("20s")
    visitor.send(page, form["path"], name="form", industry="bldg")
    import_leads(baton, write(tmp_path, "Name,Industry\nimport,Bldg\n"))
    leads = acme.client.get(LEADS).expect(200).json["items"]
    assert {lead["name"]: lead["industry"] for lead in leads} == dict.fromkeys(
        ("batch", "form", "import"), "Construction")


def test_conventions_can_be_tried_before_they_are_kept(acme):
    lead = {"industry": "Bau", "employees": 900, "name": "Kim"}
    tried = acme.client.post(CONVENTIONS + "/try", {
        "lead": lead, "conventions": {"rules": TRADE}}).expect(200).json
    assert tried["facts"]["segment"] == "enterprise"
    assert members(tried["changes"], "rule") == ["bldg", "large", "large"]
    now = acme.client.post(CONVENTIONS + "/try", {"lead": lead}).json
    assert now == {"facts": lead, "changes": []}
    assert acme.client.get(LEADS).json["items"] == []


FAULTS = [
    ("/rules/0/when/field", rule("a", when("industri", "is", "x"), city="y")),
    ("/rules/0/when", rule("a", when("score", "at_least", 3), city="y")),
    ("/rules/0/set", rule("a", {})),
    ("/rules/0/set/email", rule("a", {}, email="a@b.test")),
    ("/rules/0/set/employees", rule("a", {}, employees="many")),
    ("/rules/0/set/country", rule("a", {}, country="Nowhere")),
    ("/rules/0/set/custom/room", rule("a", {}, custom={"room": 3})),
    ("/rules/0/set/custom/rooms", rule("a", {}, custom={"rooms": "x"})),
    ("/rules/0/id", {"when": {}, "set": {"city": "x"}}),
]


def test_a_convention_with_a_fault_is_told_where(acme):
    acme.client.post("/api/v1/fields", {"name": "rooms",
                                        "type": "number"}).expect(201)
    for pointer, sent in FAULTS:
        draft = {"rules": [sent]}
        assert pointer in faults(acme.client.put(CONVENTIONS, draft))
        assert "/conventions" + pointer in faults(acme.client.post(
            CONVENTIONS + "/try", {"lead": {}, "conventions": draft}))


def test_a_slip_is_told_which_name_was_meant(acme):
    problem = acme.client.put(CONVENTIONS, {"rules": [
        rule("a", {}, industri="x"), rule("a", {}, city="y")]}).expect(422)
    first, second = problem.json["errors"]
    assert 'Did you mean "industry"?' in first["message"]
    assert second["pointer"] == "/rules/1/id"


def test_conventions_are_changed_by_who_saw_their_newest_state(acme):
    first = acme.client.get(CONVENTIONS).expect(200)
    assert (first.json, first.headers["etag"]) == ({"rules": []}, '"0"')
    saved = acme.client.put(CONVENTIONS, {"rules": TRADE}, if_match='"0"')
    assert saved.expect(200).headers["etag"] == '"1"'
    late = acme.client.put(CONVENTIONS, {"rules": []}, if_match='"0"')
    assert late.expect(409).json["current"]["rules"] == TRADE
    assert acme.client.get(CONVENTIONS).json["rules"] == TRADE


def test_reps_see_conventions_and_leave_them_as_they_are(acme):
    ana = acme.sign_in("ana")
    ana.get(CONVENTIONS).expect(200)
    ana.put(CONVENTIONS, {"rules": []}).expect(403)
