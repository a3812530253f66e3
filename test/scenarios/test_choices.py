"""L2: the products, segments, industries ... that a company knows. Whoever
says one in other letters or by a label has said it; what is none of them is
kept and noted, or refused to programs."""

import pytest
from support.page import Visitor
from support.story import Company, members

FIELDS = "/api/v1/fields"
LEADS = "/api/v1/leads"
PRODUCTS = [{"value": "Solar roof", "label": {"en": "Solar", "ko": "태양광"}},
            {"value": "Heat pump"}]


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def know(acme, field, options, **more):
    return acme.client.patch(f"{FIELDS}/{field}", {"options": options, **more})


def faults(answer):
    return members(answer.expect(422).json["errors"], "pointer")


def noted(acme, lead):
    created = acme.of(lead, "timeline")[-1]
    return created["data"].get("kept_as_given", [])


def test_a_company_says_which_products_it_knows(acme):
    before = acme.client.get(FIELDS + "/product").expect(200)
    assert (before.json["options"], before.json["only"]) == ([], False)
    saved = acme.client.patch(FIELDS + "/product", {"options": PRODUCTS},
                              if_match=before.headers["etag"]).expect(200)
    assert saved.json["options"][0]["label"]["ko"] == "태양광"
    assert saved.json["built_in"] is True
    listed = acme.client.get(FIELDS).json["items"]
    assert [item for item in listed if item["name"] == "product"] == [
        saved.json]
    late = acme.client.patch(FIELDS + "/product", {"options": []},
                             if_match=before.headers["etag"])
    assert late.expect(409).json["current"] == saved.json


def test_a_choice_is_meant_however_it_is_said(acme):
    know(acme, "product", PRODUCTS).expect(200)
    acme.publish(rules=[{"id": "s", "give_to": {"rep": "bo@acme.test"},
                         "when": {"field": "product", "op": "is",
                                  "value": "solar roof"}}],
                 otherwise={"rep": "ana@acme.test"})
    for said in ("SOLAR ROOF", "solar", "태양광"):
        lead = acme.send_lead(product=said)
        assert acme.lead(lead["id"])["product"] == "Solar roof"
        assert lead["owner"]["name"] == "bo"
        assert noted(acme, lead) == []
    assert acme.try_lead({"product": "Solar"})["owner"]["name"] == "bo"
    assert acme.edit(lead, product="heat PUMP")["product"] == "Heat pump"


def test_what_is_none_of_them_is_kept_and_noted(acme):
    know(acme, "product", PRODUCTS).expect(200)
    lead = acme.send_lead(product="Wind mill", segment="any")
    assert acme.lead(lead["id"])["product"] == "Wind mill"
    assert noted(acme, lead) == [{"field": "product",
                                  "code": "unknown_option"}]


def test_a_program_is_told_when_there_are_no_others(acme):
    know(acme, "segment", [{"value": "home"}, {"value": "trade"}],
         only=True).expect(200)
    lead = acme.send_lead(segment="Home")
    wrong = {"segment": "castle"}
    assert faults(acme.client.post(LEADS, wrong)) == ["/segment"]
    assert faults(acme.client.patch(f"{LEADS}/{lead['id']}", wrong)) == [
        "/segment"]
    problem = acme.client.post(LEADS, wrong).json["errors"][0]
    assert "home, trade" in problem["message"]
    assert faults(acme.client.put("/api/v1/conventions", {"rules": [
        {"id": "a", "when": {}, "set": wrong}]})) == ["/rules/0/set/segment"]
    results = acme.client.post(LEADS + "/batch", {"leads": [
        wrong, {"segment": "TRADE"}]}).expect(200).json["results"]
    assert members(results, "status") == [422, 201]


def test_an_only_option_that_a_rule_asks_for_stays(acme):
    know(acme, "segment", [{"value": "home"}, {"value": "trade"}],
         only=True).expect(200)
    acme.publish(rules=[{"id": "t", "give_to": {"rep": "bo@acme.test"},
                         "when": {"field": "segment", "op": "is",
                                  "value": "trade"}}],
                 otherwise={"rep": "ana@acme.test"})
    assert faults(know(acme, "segment", [{"value": "home"}])) == ["/options"]
    know(acme, "segment", [{"value": "trade"}]).expect(200)


def test_a_form_offers_them_and_loses_nothing_else(baton):
    acme = baton.workspace("Acme", people=["ana"])
    know(acme, "product", PRODUCTS).expect(200)
    know(acme, "segment", [{"value": "home"}], only=True).expect(200)
    form = acme.client.post("/api/v1/forms", {
        "name": "Contact", "title": {"en": "Contact"}, "fields": [
            {"name": "name"}, {"name": "product"}, {"name": "segment"}]}
    ).expect(201).json
    visitor = Visitor(baton)
    page = visitor.open(form["path"])
    asked = page.form(form["path"])
    assert asked["choices"] == {"segment": ["", "home"]}
    assert "Solar Heat pump" in page.text      # proposals; any may be written
    baton.clock.advance("20s")
    visitor.send(page, form["path"], name="Kim", product="solar",
                 segment="castle")
    lead, = acme.client.get(LEADS).expect(200).json["items"]
    assert (lead["product"], lead["segment"]) == ("Solar roof", "castle")


def test_what_cannot_be_said_of_a_built_in_field_is_refused(acme):
    assert faults(know(acme, "product", [{"value": "a"}, {"value": "A"}])) == [
        "/options/1/value"]
    assert faults(acme.client.patch(FIELDS + "/product",
                                    {"required": True})) == ["/required"]
    know(acme, "email", [{"value": "a"}]).expect(409)
    acme.client.delete(FIELDS + "/product").expect(409)
    acme.client.post(FIELDS, {"name": "own", "type": "text"}).expect(201)
    assert faults(acme.client.patch(FIELDS + "/own", {"only": True})) == [
        "/only"]
    ana = acme.sign_in("ana")
    ana.patch(FIELDS + "/product", {"options": []}).expect(403)


def test_a_form_asks_for_fields_of_the_companys_own(baton):
    acme = baton.workspace("Acme", people=["ana"])
    for name, type, more in (
            ("kind", "option", {"options": [
                {"value": "kitchen", "label": {"en": "Kitchen"}},
                {"value": "bath"}], "required": True}),
            ("rooms", "number", {"label": {"en": "How many rooms?"}}),
            ("keen", "bool", {}), ("begin", "date", {}), ("at", "time", {}),
            ("secret", "text", {})):
        acme.client.post(FIELDS, {"name": name, "type": type,
                                  **more}).expect(201)
    asked = [{"name": f"custom.{name}"}
             for name in ("kind", "rooms", "keen", "begin")]
    sent = {"name": "Site", "title": {"en": "Site"}}
    for name in ("custom.at", "custom.none"):
        problem = acme.client.post("/api/v1/forms", {
            **sent, "fields": [{"name": name}]})
        assert faults(problem) == ["/fields/0/name"]
    form = acme.client.post("/api/v1/forms", {
        **sent, "fields": [{"name": "name"}, *asked]}).expect(201).json
    visitor = Visitor(baton)
    page = visitor.open(form["path"])
    assert page.form(form["path"])["choices"] == {
        "custom.kind": ["", "kitchen", "bath"]}
    assert "How many rooms?" in page.text
    baton.clock.advance("20s")
    page = visitor.send(page, form["path"], name="Kim")
    assert page.status == 422 and page.fault("custom.kind")
    visitor.send(page, form["path"], **{
        "name": "Kim", "custom.kind": "Kitchen", "custom.rooms": "1,200",
        "custom.keen": "yes", "custom.begin": "2026-12-01",
        "custom.secret": "not asked for"})
    lead, = acme.client.get(LEADS).expect(200).json["items"]
    assert lead["custom"] == {"kind": "kitchen", "rooms": 1200, "keen": True,
                              "begin": "2026-12-01"}
    seen = acme.client.get(f"{LEADS}/{lead['id']}/facts").json["items"]
    assert {item["field"]: item["as_given"] for item in seen}[
        "custom.rooms"] == "1,200"
    assert "a form" in acme.client.delete(
        FIELDS + "/rooms").expect(409).json["detail"]
    acme.client.delete(FIELDS + "/secret").expect(204)
