"""What makes no sense is refused: with a status of the 400s, the place, and
words for the person who has to mend it. Nothing of it is kept."""

import json

import pytest
from support.story import Company
from test_webhook_in import Source

LEADS = "/api/v1/leads"
DRAFT = "/api/v1/routing/draft"
POOL = {"id": "p", "members": [{"rep": "ana@acme.test"}]}


@pytest.fixture(scope="module")
def acme(town):
    acme = Company(town, "ana", "bo")
    acme.one = acme.lead(acme.send_lead(name="Kim")["id"])
    acme.path = f"{LEADS}/{acme.one['id']}"
    return acme


def rules(**more):
    return {"format": "baton-rules/1", "rules": [], "pools": [POOL],
            "otherwise": {"pool": "p"}, **more}


def when(condition, **more):
    return rules(rules=[{"id": "r", "when": condition,
                         "give_to": {"pool": "p"}, **more}])


def term(field, op, value="KR"):
    return when({"field": field, "op": op, "value": value})


def nested(depth):
    condition = {"field": "country", "op": "is", "value": "KR"}
    for _ in range(depth):
        condition = {"all": [condition]}
    return when(condition)


# pointer, what the message must name, body
BAD_LEADS = {
    "an unknown field": ("/nmae", "name", {"nmae": "Kim"}),
    "a field that is ours": ("/score", "", {"score": 100}),
    "an owner": ("/owner", "", {"owner": "ana"}),
    "a number for a name": ("/name", "text", {"name": 7}),
    "a list for an address": ("/email", "text", {"email": ["a@x.test"]}),
    "no address": ("/email", "", {"email": "nonsense"}),
    "a text for a number": ("/employees", "", {"employees": "many"}),
    "a fraction of an employee": ("/employees", "", {"employees": 1.5}),
    "less than no employee": ("/employees", "", {"employees": -1}),
    "a negative deal": ("/deal_value", "", {"deal_value": -5}),
    "a deal beyond counting": ("/deal_value", "", {"deal_value": 1e300}),
    "a name without end": ("/name", "2000", {"name": "x" * 2001}),
    "a message without end": ("/message", "20000", {"message": "x" * 20001}),
    "too many tags": ("/tags", "100", {"tags": ["t"] * 101}),
    "a text for tags": ("/tags", "list", {"tags": "vip"}),
    "a number among tags": ("/tags/1", "text", {"tags": ["a", 2]}),
    "a zone on Mars": ("/time_zone", "", {"time_zone": "Mars/Base"}),
    "an unknown country": ("/country", "", {"country": "Atlantis"}),
    "an unknown currency": ("/currency", "", {"currency": "XXQ"}),
    "a birthday that never was": ("/birthday", "",
                                  {"birthday": "1990-02-31"}),
    "a text for custom fields": ("/custom", "object", {"custom": "x"}),
}


@pytest.mark.parametrize("name", BAD_LEADS)
def test_a_lead_without_sense_is_pointed_at(acme, name):
    pointer, word, body = BAD_LEADS[name]
    before = acme.client.get(LEADS).json["total"]
    refuses(acme.client.post(LEADS, body), pointer, word)
    refuses(acme.client.patch(acme.path, body), pointer, word)
    refuses(acme.client.post("/api/v1/routing/try", {"lead": body}),
            "/lead" + pointer, word)
    assert acme.client.get(LEADS).json["total"] == before
    assert acme.lead(acme.one["id"]) == acme.one


def refuses(answer, pointer, word=""):
    answer.expect(400, 422)
    assert answer.headers["content-type"].startswith(
        "application/problem+json")
    problem = answer.json
    assert problem["status"] == answer.status
    assert {"type", "title", "detail"} <= set(problem)
    found = {e["pointer"]: e for e in problem["errors"]}
    assert pointer in found, problem["errors"]
    assert found[pointer]["code"] and found[pointer]["message"]
    message = found[pointer]["message"].replace(",", "")
    assert word in message, message


BAD_RULES = {
    "no format": ("/format", {"rules": [], "otherwise": {"queue": "inbox"}}),
    "another format": ("/format", rules(format="baton-rules/9")),
    "an unknown member": ("/rulez", rules(rulez=[])),
    "no otherwise": ("/otherwise", {"format": "baton-rules/1", "rules": []}),
    "otherwise nobody": ("/otherwise", rules(otherwise={})),
    "otherwise two": ("/otherwise", rules(
        otherwise={"pool": "p", "queue": "inbox"})),
    "an unknown pool": ("/otherwise/pool", rules(otherwise={"pool": "q"})),
    "an unknown queue": ("/otherwise/queue",
                         rules(otherwise={"queue": "attic"})),
    "an unknown rep": ("/otherwise/rep", rules(
        otherwise={"rep": "zoe@acme.test"})),
    "an unknown member of a pool": ("/pools/0/members/0/rep", rules(
        pools=[{"id": "p", "members": [{"rep": "zoe@acme.test"}]}])),
    "a pool twice": ("/pools/1/id", rules(pools=[POOL, POOL])),
    "a person twice in a pool": ("/pools/0/members/1", rules(
        pools=[{**POOL, "members": POOL["members"] * 2}])),
    "an unknown strategy": ("/pools/0/strategy", rules(
        pools=[{**POOL, "strategy": "best_guess"}])),
    "no weight": ("/pools/0/members/0/weight", rules(pools=[
        {"id": "p", "members": [{"rep": "ana@acme.test", "weight": 0}]}])),
    "members as a text": ("/pools/0/members", rules(
        pools=[{"id": "p", "members": "all"}])),
    "a rule twice": ("/rules/1/id", rules(rules=[
        {"id": "a", "when": {}, "give_to": {"pool": "p"}}] * 2)),
    "a rule without a target": ("/rules/0/give_to", rules(
        rules=[{"id": "a", "when": {}}])),
    "a rule without a condition": ("/rules/0/when", rules(
        rules=[{"id": "a", "give_to": {"pool": "p"}}])),
    "a sequence without an owner": ("/rules/0/give_to", rules(rules=[
        {"id": "a", "when": {}, "give_to": {"sequence": "welcome"}}])),
    "an unknown field": ("/rules/0/when/field", term("contry", "is")),
    "an unknown operator": ("/rules/0/when/op", term("country", "equals")),
    "an operator for numbers on text": ("/rules/0/when/op",
                                        term("country", "at_least", 5)),
    "a text for a number": ("/rules/0/when/value",
                            term("deal_value", "at_least", "much")),
    "half a range": ("/rules/0/when/value",
                     term("deal_value", "between", [1])),
    "a range upside down": ("/rules/0/when/value",
                            term("deal_value", "between", [9, 1])),
    "one value where a list belongs": ("/rules/0/when/value",
                                       term("country", "is_any_of")),
    "no time": ("/rules/0/when/value",
                term("created_at", "before", "yesterday")),
    "two forms at once": ("/rules/0/when", when(
        {"all": [], "any": []})),
    "a condition as a list": ("/rules/0/when", when([])),
    "a promise of no time": ("/late/after_minutes",
                             rules(late={"after_minutes": 0})),
    "a promise without a time": ("/late/after_minutes", rules(late={})),
    "an unknown last resort": ("/late/finally/rep", rules(
        late={"after_minutes": 5, "finally": {"rep": "zoe@acme.test"}})),
    "then what": ("/late/then", rules(
        late={"after_minutes": 5, "then": "explode"})),
    "a wait for nothing": ("/nobody_can/wait",
                           rules(nobody_can={"wait": "for ever"})),
}


@pytest.mark.parametrize("name", BAD_RULES)
def test_a_rule_set_without_sense_is_pointed_at(acme, name):
    pointer, body = BAD_RULES[name]
    before = acme.client.get(DRAFT).json
    refuses(acme.client.put(DRAFT, body), pointer)
    assert acme.client.get(DRAFT).json == before


def test_a_condition_may_be_deep_but_not_endless(acme):
    acme.client.put(DRAFT, nested(8)).expect(200)
    answer = acme.client.put(DRAFT, nested(9))
    refuses(answer, "/rules/0/when" + "/all/0" * 8)
    assert "8" in answer.json["errors"][0]["message"]


def test_every_fault_is_told_at_once_and_what_was_meant(acme):
    answer = acme.client.post(LEADS, {
        "nmae": "Kim", "emial": "x", "employees": "x"}).expect(422)
    found = {e["pointer"]: e["message"] for e in answer.json["errors"]}
    assert set(found) == {"/nmae", "/emial", "/employees"}
    assert "name" in found["/nmae"] and "email" in found["/emial"]
    answer = acme.client.put(DRAFT, term("contry", "equals"))
    found = {e["pointer"]: e["message"] for e in answer.json["errors"]}
    assert "country" in found["/rules/0/when/field"]
    assert "is" in found["/rules/0/when/op"]


@pytest.mark.parametrize("body, kind, statuses", [
    (b'{"name": "Kim"', "application/json", [400]),
    (b"", "application/json", [400, 422]),
    (b"[1, 2]", "application/json", [400, 422]),
    (b'"Kim"', "application/json", [400, 422]),
    (b'{"name": "a", "name": "b"}', "application/json", [400]),
    (b'{"name": "\xff\xfe"}', "application/json", [400]),
    (b'{"name": "\\ud800"}', "application/json", [400]),
    (b'{"employees": 1e999}', "application/json", [400, 422]),
    (b'{"custom": ' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}",
     "application/json", [400, 422]),
    (b"name=Kim", "application/x-www-form-urlencoded", [415]),
    (b"<lead/>", "text/xml", [415]),
], ids=["cut off", "empty", "a list", "a text", "a name twice", "no UTF-8",
        "half a surrogate", "no number", "too deep", "a form", "XML"])
def test_a_body_that_cannot_be_read_is_refused(acme, body, kind, statuses):
    answer = acme.client.post(LEADS, body=body,
                              headers={"Content-Type": kind})
    answer.expect(*statuses)
    assert answer.json["status"] == answer.status and answer.json["detail"]


def test_a_body_beyond_all_measure_is_refused(acme):
    answer = acme.client.post(LEADS, {"custom": {"x": "y" * 300_000}})
    assert answer.expect(413).json["status"] == 413
    many = {"leads": [{"name": "x"}] * 1001}
    refuses(acme.client.post(LEADS + "/batch", many), "/leads", "1000")


def test_one_bad_lead_of_a_batch_does_not_spoil_the_others(acme):
    results = acme.client.post(LEADS + "/batch", {"leads": [
        {"name": "good"}, {"nmae": "bad"}, "no lead", {"email": "bad"},
        {"name": "good too"}]}).expect(200).json["results"]
    assert [r["status"] for r in results] == [201, 422, 422, 422, 201]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/nmae"


QUESTIONS = [
    ({"limit": 0}, "/limit"), ({"limit": 201}, "/limit"),
    ({"limit": "ten"}, "/limit"), ({"sort": "colour"}, "/sort"),
    ({"cursor": "nonsense"}, "/cursor"), ({"owner": "ana"}, "/owner"),
    ({"filter": "{"}, "/filter"), ({"filter": '{"field":"x"}'},
                                   "/filter/field"),
    ({"filter": '{"field":"score","op":"is","value":"x"}'}, "/filter/value"),
]


@pytest.mark.parametrize("query, pointer", QUESTIONS)
def test_a_list_that_cannot_be_asked_for_is_pointed_at(acme, query, pointer):
    refuses(acme.client.get(LEADS, query=query), pointer)


def test_an_unknown_question_of_a_list_is_not_ignored(acme):
    """A misspelled `fliter` must not show every lead."""
    answer = acme.client.get(LEADS, query={"fliter": "{}"}).expect(400)
    error, = answer.json["errors"]
    assert (error["pointer"], error["code"]) == ("/fliter",
                                                 "unknown_parameter")
    assert "filter" in error["message"] and "fliter" in error["message"]


def test_addresses_that_others_write_take_what_others_add(acme):
    """Advertisements, mail programs and monitors add parameters of their
    own to pages, forms, webhooks and calendars."""
    added = {"utm_source": "ad", "fbclid": "x", "_": "1"}
    form = acme.client.post("/api/v1/forms", {
        "name": "Site", "source": "Web",
        "fields": [{"name": "email"}]}).expect(201).json["path"]
    hook = Source(acme, {"fields": {"email": "/email"}})
    feed = acme.sign_in("ana").post("/api/v1/calendar-feed").json["path"]
    visitor = acme.baton.client.with_key(None)
    visitor.get(feed, query=added).expect(200)
    visitor.get(form, query=added).expect(200)
    visitor.post(form, {"email": "a@x.test"}, query=added).expect(200, 201)
    visitor.post(hook.path, {"email": "b@x.test"}, query=added).expect(200)
    visitor.get(hook.path, query=added).expect(200)
    for page in ("/sign-in", "/health/live", "/health/ready", "/metrics",
                 "/page/style.css"):
        visitor.get(page, query=added).expect(200)


@pytest.mark.parametrize("method, path, body, pointer", [
    ("POST", "/owner", {}, "/to"),
    ("POST", "/owner", {"to": {}}, "/to"),
    ("POST", "/owner", {"to": {"rep": "zoe@acme.test"}}, "/to/rep"),
    ("POST", "/owner", {"to": {"queue": "attic"}}, "/to/queue"),
    ("POST", "/owner", {"to": {"rep": "ana@acme.test"},
                        "pin_until": "soon"}, "/pin_until"),
    ("POST", "/owner", {"to": {"rep": "ana@acme.test"},
                        "pin_until": "2020-01-01T00:00:00Z"}, "/pin_until"),
    ("POST", "/touches", {}, "/kind"),
    ("POST", "/touches", {"kind": "telepathy"}, "/kind"),
    ("POST", "/touches", {"kind": "call", "at": "2099-01-01T00:00:00Z"},
     "/at"),
    ("PATCH", "", {"stage": "bought"}, "/stage"),
    ("PATCH", "", {"version": "one"}, "/version"),
])
def test_a_change_without_sense_is_pointed_at(acme, method, path, body,
                                              pointer):
    refuses(acme.client.request(method, acme.path + path, body), pointer)


@pytest.mark.parametrize("path, body, pointer", [
    ("/api/v1/people", {"role": "rep"}, "/email"),
    ("/api/v1/people", {"email": "x@acme.test"}, "/role"),
    ("/api/v1/people", {"email": "x@acme.test", "role": "rep",
                        "time_zone": "Mars"}, "/time_zone"),
    ("/api/v1/people", {"email": "x@acme.test", "role": "rep",
                        "hours": {"moon": ["09:00-18:00"]}}, "/hours"),
    ("/api/v1/people", {"email": "x@acme.test", "role": "rep",
                        "hours": {"mon": ["18:00-18:00"]}}, "/hours/mon/0"),
    ("/api/v1/people", {"email": "x@acme.test", "role": "rep", "hours": {
        "mon": ["09:00-13:00", "12:00-18:00"]}}, "/hours/mon"),
    ("/api/v1/webhooks", {"url": "ftp://x.test"}, "/url"),
    ("/api/v1/webhooks", {"url": "https://x.test", "topics": ["lead.eaten"]},
     "/topics/0"),
    ("/api/v1/sources", {}, "/name"),
    ("/api/v1/keys", {"role": "boss"}, "/role"),
    ("/api/v1/routing/try", {}, "/lead"),
    ("/api/v1/routing/try", {"lead": {}, "at": "noon"}, "/at"),
    ("/api/v1/routing/try", {"lead": {"id": "kim"}}, "/lead/id"),
])
def test_what_cannot_be_made_is_pointed_at(acme, path, body, pointer):
    refuses(acme.client.post(path, body), pointer)


def test_scoring_without_sense_is_pointed_at(acme):
    refuses(acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "a", "points": 5, "when": {"field": "nmae", "op": "is_known"}},
        {"id": "b", "points": 5000, "when": {}}]}), "/rules/1/points")
    refuses(acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "a", "points": 5, "when": {"field": "nmae", "op": "is_known"}},
    ]}), "/rules/0/when/field", "name")


def test_two_scoring_rules_of_one_id_are_refused(acme):
    one = {"id": "a", "points": 5, "when": {}}
    refuses(acme.client.put("/api/v1/scoring", {"rules": [one, one]}),
            "/rules/1/id")


@pytest.mark.parametrize("path", [
    "/api/v1/leads/0000000000001", "/api/v1/leads/kim",
    "/api/v1/people/0000000000001", "/api/v1/webhooks/0000000000001",
    "/api/v1/routing/versions/99", "/api/v1/nothing", "/nothing",
    "/api/v1/leads/0000000000001/colour",
])
def test_what_is_not_there_is_said_to_be_missing(acme, path):
    answer = acme.client.get(path).expect(404, 422)
    assert json.loads(answer.body)["status"] == answer.status


def test_a_verb_that_is_not_there_names_those_that_are(acme):
    answer = acme.client.delete(acme.path).expect(405)
    assert {"GET", "PATCH"} <= set(
        answer.headers["allow"].replace(",", " ").split())
