"""One lead by HTTP: shown, changed, given, touched, and what is told of it."""


def members(rows, name):
    return [row[name] for row in rows]


def test_a_lead_is_shown_with_its_owner_and_version(baton):
    acme = baton.workspace("Acme", people=["ana"])
    sent = acme.send_lead(name="Kim Minji", email="Minji@Example.test",
                          deal_value=22700.5, tags=["vip", "seoul"])

    answer = acme.client.get(f"/api/v1/leads/{sent['id']}").expect(200)

    lead = answer.json
    assert lead["name"] == "Kim Minji"
    assert lead["deal_value"] == 22700.5
    assert lead["tags"] == ["vip", "seoul"]
    assert lead["owner"]["name"] == "ana"
    assert lead["score"] == sum(members(lead["score_lines"], "points"))
    assert lead["first_response_at"] is None
    assert answer.headers["etag"] == f'"{lead["version"]}"'


def test_a_change_is_standardised_scored_and_told_on_the_timeline(baton):
    acme = baton.workspace("Acme", people=["ana"])
    lead = acme.lead(acme.send_lead(name="Kim Minji", country="KR")["id"])
    path = f"/api/v1/leads/{lead['id']}"

    changed = acme.client.patch(
        path, {"phone": "010-1234-5678", "company": "Hanok"},
        if_match=lead["version"]).expect(200).json

    assert changed["phone"] == "+821012345678"
    assert changed["score"] > lead["score"]
    assert changed["version"] == lead["version"] + 1
    assert changed["owner"] == lead["owner"]
    told = acme.client.get(path + "/timeline").expect(200).json["items"][0]
    assert told["kind"] == "lead.changed"
    assert {"field": "company", "from": None, "to": "Hanok"} \
        in told["data"]["changes"]


def test_null_empties_a_field_and_custom_fields_are_merged(baton):
    acme = baton.workspace("Acme", people=["ana"])
    sent = acme.send_lead(name="Kim", city="Seoul",
                          custom={"floor": 3, "rooms": 2})
    path = f"/api/v1/leads/{sent['id']}"

    lead = acme.client.patch(path, {"city": None, "custom": {
        "floor": None, "style": "hanok"}}).expect(200).json

    assert "city" not in lead
    assert lead["custom"] == {"rooms": 2, "style": "hanok"}


def test_a_change_of_an_older_version_is_refused_and_shows_the_present(baton):
    acme = baton.workspace("Acme", people=["ana"])
    lead = acme.lead(acme.send_lead(name="Kim")["id"])
    path = f"/api/v1/leads/{lead['id']}"
    acme.client.patch(path, {"city": "Busan"}).expect(200)

    by_header = acme.client.patch(path, {"city": "Jeju"},
                                  if_match=lead["version"]).expect(409)
    by_body = acme.client.patch(
        path, {"city": "Jeju", "version": lead["version"]}).expect(409)

    assert by_header.json["current"]["city"] == "Busan"
    assert by_body.json["current"]["city"] == "Busan"


def test_what_cannot_be_changed_is_refused_with_its_place(baton):
    acme = baton.workspace("Acme", people=["ana"])
    path = f"/api/v1/leads/{acme.send_lead(name='Kim')['id']}"

    problem = acme.client.patch(path, {
        "owner": "ana", "citty": "Seoul", "email": "nonsense",
    }).expect(422).json
    assert {"/owner", "/citty"} <= set(members(problem["errors"], "pointer"))
    problem = acme.client.patch(path, {"stage": "bought"}).expect(422).json
    assert members(problem["errors"], "pointer") == ["/stage"]


def test_nothing_changed_is_no_new_version(baton):
    acme = baton.workspace("Acme", people=["ana"])
    lead = acme.lead(acme.send_lead(name="Kim", city="Seoul")["id"])
    path = f"/api/v1/leads/{lead['id']}"

    same = acme.client.patch(path, {"city": "Seoul", "stage": "open"})

    assert same.expect(200).json["version"] == lead["version"]


def test_a_lead_is_given_by_hand_and_an_edit_leaves_it_there(baton):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    lead = acme.lead(acme.send_lead(name="Kim", email="k@example.test")["id"])
    path = f"/api/v1/leads/{lead['id']}"
    other = "bo" if lead["owner"]["name"] == "ana" else "ana"

    given = acme.client.post(path + "/owner", {
        "to": {"rep": acme.people[other].email}, "reason": "speaks Korean",
        "pin_until": "2026-12-01T00:00:00+09:00"}).expect(200).json
    edited = acme.client.patch(path, {"city": "Jeju", "deal_value": 5})

    assert given["owner"]["name"] == other
    assert given["pinned_until"] == "2026-11-30T15:00:00.000Z"
    assert edited.expect(200).json["owner"]["name"] == other
    owned = acme.client.get(path + "/assignments").expect(200).json["items"]
    assert members(owned, "reason") == ["routed", "by_hand"]
    assert owned[0]["ended_at"] is not None
    assert owned[1]["ended_at"] is None
    entry = acme.client.get(path + "/timeline").json["items"][1]
    assert entry["kind"] == "lead.assigned"
    assert entry["from"]["name"] == lead["owner"]["name"]
    assert entry["to"]["name"] == other
    assert entry["data"]["note"] == "speaks Korean"


def test_a_lead_can_wait_in_a_queue_and_nowhere_else(baton):
    acme = baton.workspace("Acme", people=["ana"])
    path = f"/api/v1/leads/{acme.send_lead(name='Kim')['id']}/owner"

    lead = acme.client.post(path, {"to": {"queue": "inbox"}}).expect(200).json
    assert lead["owner"]["kind"] == "queue"
    for to in [{"queue": "nowhere"}, {"rep": "who@example.test"}, {},
               {"rep": "ana@acme.test", "queue": "inbox"}]:
        acme.client.post(path, {"to": to}).expect(422)
    acme.client.post(path, {"to": {"queue": "inbox"},
                            "pin_until": "2020-01-01T00:00:00Z"}).expect(422)


def test_a_call_is_the_first_answer_and_a_note_is_none(baton):
    acme = baton.workspace("Acme", people=["ana"])
    lead = acme.lead(acme.send_lead(name="Kim")["id"])
    path = f"/api/v1/leads/{lead['id']}/touches"
    assert lead["response_due_at"] is not None

    noted = acme.client.post(path, {"kind": "note", "note": "rich"})
    assert noted.expect(201).json["first_response_at"] is None
    called = acme.client.post(path, {"kind": "call", "outcome": "reached"})

    lead = called.expect(201).json
    assert lead["first_response_at"] is not None
    assert lead["response_due_at"] is None
    acme.client.post(path, {"kind": "telepathy"}).expect(422)
    acme.client.post(path, {"kind": "call",
                            "at": "2030-01-01T00:00:00Z"}).expect(422)


def test_each_decision_tells_every_rule_and_why_it_did_not_match(baton):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    acme.publish_rules({
        "pools": [{"id": "all", "name": "All", "members": "everyone"}],
        "rules": [
            {"id": "japan", "name": "Japan", "give_to": {"pool": "all"},
             "when": {"field": "country", "op": "is", "value": "JP"}},
            {"id": "large", "name": "Large deals",
             "give_to": {"rep": "bo@acme.test"},
             "when": {"field": "deal_value", "op": "at_least",
                      "value": 1000}},
        ],
        "otherwise": {"pool": "all"}})
    sent = acme.send_lead(name="Kim", country="KR", deal_value=22700.5)

    path = f"/api/v1/leads/{sent['id']}/decisions"
    [decision] = acme.client.get(path).expect(200).json["items"]

    assert decision["owner"]["name"] == "bo"
    assert "bo" in decision["sentence"]["en"]
    assert "bo" in decision["sentence"]["ko"]
    assert decision["record"]["rule"]["id"] == "large"
    assert decision["record"]["input"]["deal_value"] == 22700.5
    assert decision["record"]["candidates"][0]["person"]["name"] == "bo"
    assert members(decision["trail"], "matched") == [False, True]
    assert decision["trail"][0]["because"] == {
        "field": "country", "op": "is", "value": "JP", "was": "KR"}


def test_a_submission_is_kept_as_it_came(baton):
    acme = baton.workspace("Acme", people=["ana"])
    sent = acme.send_lead(name="  Kim Minji ", external_id="web-7")

    [kept] = acme.client.get(
        f"/api/v1/leads/{sent['id']}/submissions").expect(200).json["items"]

    assert "  Kim Minji " in kept["body"]
    assert kept["delivery_key"] == "web-7"
    assert kept["state"] == "taken"


def test_who_may_not_see_a_lead_finds_nothing_there(baton):
    acme = baton.workspace("Acme", people=["ana"])
    other = baton.workspace("Other", people=["zoe"])
    sent = acme.send_lead(name="Kim")
    path = f"/api/v1/leads/{sent['id']}"

    for client in (other.client, acme.client_as("rep")):
        for below in ("", "/timeline", "/decisions", "/assignments",
                      "/submissions"):
            client.get(path + below).expect(404)
        client.patch(path, {"city": "Jeju"}).expect(404)
        client.post(path + "/touches", {"kind": "call"}).expect(404)
    acme.client_as("viewer").patch(path, {"city": "Jeju"}).expect(403)
    acme.client_as("rep").post(
        path + "/owner", {"to": {"queue": "inbox"}}).expect(403)
