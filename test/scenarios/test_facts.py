"""Every fact keeps where it came from, and the value as it was given is never
lost: by which submission, person, convention or merge a lead knows it."""

import json

import pytest
from support.story import Company
from test_import import import_leads, write

LEADS = "/api/v1/leads"


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def facts(acme, lead):
    items = acme.client.get(f"{LEADS}/{lead['id']}/facts").expect(200).json
    return {item["field"]: item for item in items["items"]}


def origins(acme, lead):
    return {field: fact["from"]["kind"]
            for field, fact in facts(acme, lead).items()}


def test_what_came_first_is_shown_with_the_words_it_came_in(acme):
    key = acme.make_key(source="Website")
    sent = acme.client.post(LEADS, {
        "name": "Kim  Minji", "country": "South Korea", "deal_value": 12.5,
        "phone": "010-1234-5678", "custom": {"rooms": 3},
        "consent": {"mail": True}}, key=key).expect(201).json
    seen = facts(acme, sent)
    submission = acme.of(sent, "submissions")[0]
    assert {field: (fact["value"], fact["as_given"])
            for field, fact in seen.items()} == {
        "name": ("Kim Minji", "Kim  Minji"), "country": ("KR", "South Korea"),
        "phone": ("+821012345678", "010-1234-5678"),
        "source": ("Website", None), "deal_value": (12.5, 12.5),
        "currency": ("KRW", None),
        "consent": ({"mail": True}, {"mail": True}), "custom.rooms": (3, 3)}
    assert seen["currency"]["from"] == {"kind": "workspace", "name": None,
                                        "id": None}
    for field, fact in seen.items():
        assert field == "currency" or fact["from"] == {
            "kind": "submission", "name": "Website", "id": submission["id"]}
        assert fact["submission"] == submission["id"]
        assert fact["at"] == submission["received_at"]


def test_money_without_a_currency_is_in_the_workspaces(acme):
    none = acme.send_lead(email="kim@x.test", name="Kim")
    assert "currency" not in facts(acme, none)

    acme.send_lead(email="kim@x.test", deal_value=300)  # he says it later
    seen = facts(acme, none)
    assert (seen["currency"]["value"], seen["deal_value"]["value"]) \
        == ("KRW", 300)
    assert seen["currency"]["from"]["kind"] == "workspace"
    assert seen["currency"]["as_given"] is None
    assert seen["deal_value"]["as_given"] == 300

    euro = acme.send_lead(email="lee@x.test", deal_value=300, currency="EUR")
    assert facts(acme, euro)["currency"]["from"]["kind"] == "submission"
    acme.edit(euro, deal_value=400)  # it is in euro still
    assert facts(acme, euro)["currency"]["value"] == "EUR"

    late = acme.send_lead(email="ahn@x.test")
    acme.edit(late, deal_value=500)  # a person writes it
    assert origins(acme, late)["currency"] == "workspace"
    assert origins(acme, late)["deal_value"] == "key"
    acme.edit(late, currency="USD")
    assert origins(acme, late)["currency"] == "key"


def test_an_amount_of_a_table_keeps_its_own_currency(acme):
    made = acme.client.post("/api/v1/imports", {"source": "List"}).json
    path = f"/api/v1/imports/{made['id']}"
    table = ("email,deal_value\na@x.test,\"3,000,000\"\n"
             "b@x.test,\"$1,200 USD\"\nc@x.test,1200 EUR\n")
    acme.client.put(path + "/file", body=table.encode(),
                    headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    found = {}
    for lead in acme.client.get(LEADS).expect(200).json["items"]:
        fact = facts(acme, lead)["currency"]
        found[lead["email"]] = (fact["value"], fact["from"]["kind"])
    assert found == {"a@x.test": ("KRW", "workspace"),
                     "b@x.test": ("USD", "import"),
                     "c@x.test": ("EUR", "import")}


def test_what_was_learned_later_is_of_the_later_submission(acme):
    lead = acme.send_lead(email="kim@x.test", city="Seoul")
    acme.send_lead(email="KIM@x.test", city="Busan", country="Japan",
                   custom={"rooms": 3})
    first, second = acme.of(lead, "submissions")
    seen = facts(acme, lead)
    assert {field: fact["submission"] for field, fact in seen.items()} == {
        "email": first["id"], "city": first["id"], "country": second["id"],
        "custom.rooms": second["id"]}
    assert seen["country"]["as_given"] == "Japan"
    assert seen["email"]["as_given"] == "kim@x.test"


def test_what_a_person_has_written_is_his(acme):
    lead = acme.send_lead(email="kim@x.test", city="Seoul", country="KR")
    ana = acme.sign_in("ana")
    acme.give(lead, "ana")
    ana.patch(f"{LEADS}/{lead['id']}", {
        "country": "Germany", "custom": {"rooms": 4}}).expect(200)
    acme.edit(lead, city="Busan")
    seen = facts(acme, lead)
    assert seen["country"]["from"] == {
        "kind": "person", "id": acme.people["ana"].id, "name": "ana"}
    assert (seen["country"]["value"], seen["country"]["as_given"]) == (
        "DE", "Germany")
    assert seen["country"]["submission"] is None
    assert seen["custom.rooms"]["from"]["name"] == "ana"
    assert seen["city"]["from"]["kind"] == "key"
    assert seen["email"]["from"]["kind"] == "submission"


def test_what_was_taken_out_and_came_again_is_of_what_brought_it(acme):
    lead = acme.send_lead(email="kim@x.test", city="Seoul")
    acme.edit(lead, city=None)
    assert "city" not in facts(acme, lead)
    acme.send_lead(email="kim@x.test", city="Busan")
    assert facts(acme, lead)["city"]["submission"] == acme.of(
        lead, "submissions")[1]["id"]


def test_what_a_convention_has_made_names_it_and_what_was_given(acme):
    acme.client.put("/api/v1/conventions", {"rules": [
        {"id": "bldg", "set": {"industry": "Construction", "segment": "trade"},
         "when": {"field": "industry", "op": "is", "value": "bldg"}}]}
    ).expect(200)
    lead = acme.send_lead(industry="Bldg", email="kim@x.test")
    seen = facts(acme, lead)
    assert seen["industry"]["from"] == {"kind": "rule", "id": "bldg",
                                        "name": None}
    assert (seen["industry"]["value"], seen["industry"]["as_given"]) == (
        "Construction", "Bldg")
    assert seen["segment"]["as_given"] is None
    assert seen["industry"]["submission"] == seen["email"]["submission"]
    acme.edit(lead, industry="Retail")
    assert origins(acme, lead)["industry"] == "key"


def test_what_follows_from_another_fact_says_from_which(acme):
    lead = acme.send_lead(name="Kim", region="KR-26")
    seen = facts(acme, lead)
    assert (seen["country"]["value"], seen["country"]["as_given"]) == (
        "KR", None)
    assert seen["country"]["from"] == {"kind": "derived", "id": "region",
                                       "name": None}
    assert seen["region"]["from"]["kind"] == "submission"
    given = acme.send_lead(name="Lee", region="KR-26", country="South Korea")
    assert origins(acme, given)["country"] == "submission"
    city = facts(acme, acme.send_lead(
        name="Park", city="부산", country="대한민국"))
    assert [city[field]["value"] for field in ("city", "region", "country")] \
        == ["부산", "KR-26", "KR"]
    assert city["region"]["from"] == {"kind": "derived", "id": "city",
                                      "name": None}
    said = facts(acme, acme.send_lead(
        name="Choi", city="Seoul", region="KR-41"))
    assert said["region"]["value"] == "KR-41"
    learned = acme.send_lead(email="a@x.test")
    acme.send_lead(email="a@x.test", region="Seoul")
    assert origins(acme, learned)["country"] == "derived"


def test_what_came_by_a_merge_says_whose_it_was(acme):
    lead = acme.send_lead(email="kim@x.test", city="Seoul")
    other = acme.send_lead(email="lee@x.test", city="Busan", country="Japan",
                           name="Lee")
    acme.edit(other, name="Lee Minho")
    acme.client.post(f"{LEADS}/{other['id']}/merge",
                     {"into": lead["id"], "take": ["city"]}).expect(200)
    for one in (lead, other):
        seen = facts(acme, one)
        assert seen["country"]["as_given"] == "Japan"
        assert seen["city"]["as_given"] == "Busan"
        assert seen["name"]["from"]["kind"] == "key"
    seen = facts(acme, lead)
    assert seen["city"]["merged_from"] == other["id"]
    assert seen["email"]["merged_from"] is None
    assert seen["email"]["as_given"] == "kim@x.test"
    acme.client.post(f"{LEADS}/{other['id']}/unmerge").expect(200)
    assert set(facts(acme, lead)) == {"email", "city"}
    assert facts(acme, lead)["city"]["as_given"] == "Seoul"
    assert facts(acme, other)["city"]["as_given"] == "Busan"


def test_a_row_of_a_table_says_what_stood_in_its_columns(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana"])
    import_leads(baton, write(tmp_path, "First Name,Surname,Country\n"
                                        "Kim,Minji,South Korea\n"))
    lead, = acme.client.get(LEADS).expect(200).json["items"]
    items = acme.client.get(f"{LEADS}/{lead['id']}/facts").json["items"]
    seen = {item["field"]: item for item in items}
    assert seen["name"]["as_given"] == "Kim Minji"
    assert seen["country"]["value"] == "KR"
    assert seen["country"]["as_given"] == "South Korea"


def test_a_webhook_is_read_by_what_its_source_says(acme):
    source = acme.client.post("/api/v1/sources", {"name": "Ads"}).expect(
        201).json
    path = f"/api/v1/sources/{source['id']}"
    acme.client.patch(path, {"webhook": {"fields": {
        "email": "/contact/mail", "country": "/contact/land"}}}).expect(200)
    token = acme.client.post(path + "/token").expect(200, 201).json["path"]
    body = {"contact": {"mail": "Kim@x.test", "land": "Republic of Korea"}}
    acme.client.post(token, body, key="").expect(200, 202)
    lead = acme.client.get(LEADS, query={"filter": json.dumps(
        {"field": "email", "op": "is", "value": "kim@x.test"})}
    ).json["items"][0]
    seen = facts(acme, lead)
    assert seen["country"]["as_given"] == "Republic of Korea"
    assert seen["country"]["from"]["name"] == "Ads"


def test_reps_ask_for_their_own_leads_alone(acme):
    lead = acme.send_lead(email="kim@x.test")
    acme.give(lead, "bo")
    acme.client.patch("/api/v1/workspace", {"reps_see": "own"}).expect(200)
    ana = acme.sign_in("ana")
    ana.get(f"{LEADS}/{lead['id']}/facts").expect(404)
