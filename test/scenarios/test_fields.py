"""L1, L2, R11: fields that a company has for itself. They are declared once;
rules, scores, lists and imports read them like those everybody has."""

import json

import pytest
from support.story import Company, members
from test_import import import_leads, write
from test_import_api import results, run

FIELDS = "/api/v1/fields"
LEADS = "/api/v1/leads"


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def declare(acme, name, type="text", **more):
    return acme.client.post(FIELDS, {"name": name, "type": type,
                                     **more}).expect(201).json


def kinds_of_work(acme):
    return declare(acme, "renovation_type", "option", options=[
        {"value": "kitchen", "label": {"en": "Kitchen", "ko": "주방"}},
        {"value": "bath"}], group="qualifier",
        label={"en": "Kind of work", "ko": "공사 종류"})


def when(field, op, *value):
    return {"field": field, "op": op, **({"value": value[0]} if value else {})}


def rule(id, condition, rep):
    return {"id": id, "when": condition,
            "give_to": {"rep": f"{rep}@acme.test"}}


def found(acme, condition, **query):
    page = acme.client.get(LEADS, query={
        "filter": json.dumps(condition), **query}).expect(200).json
    return {lead["name"] for lead in page["items"]}


def faults(answer):
    return members(answer.expect(422).json["errors"], "pointer")


# Declaring

def test_fields_are_listed_with_those_that_everybody_has(acme):
    """L1, L2: in three groups."""
    kinds_of_work(acme)
    items = acme.client.get(FIELDS).expect(200).json["items"]
    by_name = {item["name"]: item for item in items}
    assert {item["group"] for item in items} == {"basic", "qualifier",
                                                "additional"}
    assert by_name["product"]["built_in"] is True
    assert by_name["product"]["group"] == "qualifier"
    assert by_name["score"]["read_only"] is True
    own = by_name["renovation_type"]
    assert own["built_in"] is False
    assert own["field"] == "custom.renovation_type"
    assert own["label"] == {"en": "Kind of work", "ko": "공사 종류"}
    assert own["options"][0]["label"] == {"en": "Kitchen", "ko": "주방"}
    assert acme.client.get(FIELDS + "/renovation_type").json == own


@pytest.mark.parametrize("pointer, sent", [
    ("/name", {"name": "Two words", "type": "text"}),
    ("/name", {"name": "email", "type": "text"}),
    ("/name", {"name": "rooms", "type": "number"}),
    ("/type", {"name": "x", "type": "money"}),
    ("/options", {"name": "x", "type": "option"}),
    ("/options", {"name": "x", "type": "text", "options": [{"value": "a"}]}),
    ("/options/1/value", {"name": "x", "type": "option",
                          "options": [{"value": "a"}, {"value": "A"}]}),
    ("/label/fr", {"name": "x", "type": "text", "label": {"fr": "a"}}),
])
def test_a_declaration_with_a_fault_is_told_where(acme, pointer, sent):
    declare(acme, "rooms", "number")
    assert pointer in faults(acme.client.post(FIELDS, sent))


def test_a_field_is_changed_by_who_saw_its_newest_state(acme):
    own = kinds_of_work(acme)
    path = FIELDS + "/renovation_type"
    changed = acme.client.patch(path, {"label": {"en": "Work"}},
                                headers={"If-Match": f'"{own["version"]}"'})
    assert changed.expect(200).json["label"] == {"en": "Work"}
    assert changed.json["options"] == own["options"]
    old = acme.client.patch(path, {"required": True},
                            headers={"If-Match": f'"{own["version"]}"'})
    assert old.expect(409).json["current"]["label"] == {"en": "Work"}
    acme.client.patch(FIELDS + "/email", {"required": True}).expect(409)
    acme.client.patch(FIELDS + "/nothing", {"required": True}).expect(404)


def test_reps_see_fields_and_leave_them_as_they_are(acme):
    kinds_of_work(acme)
    ana = acme.sign_in("ana")
    assert ana.get(FIELDS + "/renovation_type").expect(200)
    ana.post(FIELDS, {"name": "mine", "type": "text"}).expect(403)
    ana.patch(FIELDS + "/renovation_type", {"required": True}).expect(403)
    ana.delete(FIELDS + "/renovation_type").expect(403)


# Values

VALUES = [
    ("text", " Oak ", "Oak", 5),
    ("number", 12.5, 12.5, "many"),
    ("number", -3, -3, 1.005),
    ("bool", True, True, "yes"),
    ("date", "2026-11-20", "2026-11-20", "20.11.2026"),
    ("time", "2026-11-20T10:00:00+09:00", "2026-11-20T10:00:00+09:00",
     "tomorrow"),
    ("tags", ["a", "B"], ["a", "B"], "a,b"),
]


@pytest.mark.parametrize("type, given, kept, wrong", VALUES)
def test_a_value_is_of_the_type_that_was_declared(acme, type, given, kept,
                                                  wrong):
    declare(acme, "own", type)
    lead = acme.send_lead(custom={"own": given})
    assert acme.lead(lead["id"])["custom"] == {"own": kept}
    assert faults(acme.client.post(LEADS, {"custom": {"own": wrong}})) == [
        "/custom/own"]
    assert faults(acme.client.patch(f"{LEADS}/{lead['id']}",
                                    {"custom": {"own": wrong}})) == [
        "/custom/own"]
    assert acme.lead(lead["id"])["custom"] == {"own": kept}


def test_an_option_may_be_called_by_its_label(acme):
    kinds_of_work(acme)
    for said in ("kitchen", "KITCHEN", "주방"):
        lead = acme.send_lead(custom={"renovation_type": said})
        assert acme.lead(lead["id"])["custom"] == {
            "renovation_type": "kitchen"}
    problem = acme.client.post(LEADS, {"custom": {
        "renovation_type": "garage"}}).expect(422).json["errors"][0]
    assert problem["pointer"] == "/custom/renovation_type"
    assert "kitchen, bath" in problem["message"]


def test_a_name_with_a_slip_is_told_which_was_meant(acme):
    kinds_of_work(acme)
    problem = acme.client.post(LEADS, {"custom": {
        "renovation_typ": "bath"}}).expect(422).json["errors"][0]
    assert problem["pointer"] == "/custom/renovation_typ"
    assert 'Did you mean "renovation_type"?' in problem["message"]
    results = acme.client.post(LEADS + "/batch", {"leads": [
        {"custom": {"renovation_typ": "bath"}},
        {"custom": {"renovation_type": "bath"}}]}).expect(200).json["results"]
    assert members(results, "status") == [422, 201]


def test_what_an_import_says_of_a_field_is_read_and_nothing_is_lost(
        baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana"])
    kinds_of_work(acme)
    declare(acme, "rooms", "number")
    file = write(tmp_path, "Name,rooms,renovation type,shoe size\n"
                           "Kim,\"1,200\",주방,240\nLee,many,garage,\n")
    import_leads(baton, file)
    leads = {lead["name"]: lead["custom"]
             for lead in acme.client.get(LEADS).json["items"]}
    assert leads["Kim"] == {"rooms": 1200, "renovation_type": "kitchen",
                            "shoe_size": "240"}
    assert leads["Lee"] == {"rooms": "many", "renovation_type": "garage"}
    assert found(acme, when("custom.rooms", "at_least", 1200)) == {"Kim"}
    assert found(acme, when("custom.rooms", "is_empty")) == {"Lee"}


def test_what_a_returning_person_says_of_own_fields_is_added(acme):
    kinds_of_work(acme)
    declare(acme, "rooms", "number")
    lead = acme.send_lead(email="kim@x.test", custom={"rooms": 3})
    acme.send_lead(email="kim@x.test", custom={"rooms": 9,
                                               "renovation_type": "bath"})
    assert acme.lead(lead["id"])["custom"] == {"rooms": 3,
                                               "renovation_type": "bath"}


def test_a_change_of_an_own_field_stands_on_the_timeline(acme):
    declare(acme, "rooms", "number")
    lead = acme.send_lead(custom={"rooms": 3})
    acme.edit(lead, custom={"rooms": 4})
    entries = acme.of(lead, "timeline")
    change = next(entry for entry in entries if entry["kind"] == "lead.changed")
    assert change["data"]["changes"] == [
        {"field": "custom.rooms", "from": 3, "to": 4}]
    assert change["actor"]["kind"] != "system"


# Deciding

def test_rules_on_own_fields_find_the_owner(acme):
    """R11."""
    kinds_of_work(acme)
    declare(acme, "rooms", "number")
    acme.publish(rules=[
        rule("big", {"all": [when("custom.renovation_type", "is", "Kitchen"),
                             when("custom.rooms", "at_least", 2.5)]}, "bo")],
        otherwise={"rep": "ana@acme.test"})
    big = acme.send_lead(custom={"renovation_type": "kitchen", "rooms": 3})
    small = acme.send_lead(custom={"renovation_type": "kitchen", "rooms": 2})
    assert [big["owner"]["name"], small["owner"]["name"]] == ["bo", "ana"]
    decision = acme.of(small, "decisions")[0]
    assert decision["record"]["input"] == {
        "custom.renovation_type": "kitchen", "custom.rooms": 2}
    missed = decision["trail"][0]["because"]
    assert (missed["field"], missed["was"]) == ("custom.rooms", 2)
    tried = acme.try_lead({"custom": {"renovation_type": "bath"}})
    assert tried["owner"]["name"] == "ana"


def test_scores_count_own_fields(acme):
    declare(acme, "keen", "bool")
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "keen", "points": 40,
         "when": when("custom.keen", "is", True)}]}).expect(200)
    assert acme.send_lead(custom={"keen": True})["score"] == 40
    cool = acme.send_lead(custom={"keen": False})
    assert cool["score"] == 0
    assert acme.edit(cool, custom={"keen": True})["score"] == 40


CASES = [
    (when("custom.kind", "is", "OAK"), {"a"}),
    (when("custom.kind", "contains", "a"), {"a", "b"}),
    (when("custom.kind", "is_not", "oak"), {"b", "c"}),
    (when("custom.rooms", "between", [2, 12.5]), {"a"}),
    (when("custom.rooms", "more_than", 12.5), {"b"}),
    (when("custom.keen", "is", True), {"a"}),
    (when("custom.keen", "is_known"), {"a", "b"}),
    (when("custom.begin", "before", "2026-12-01T00:00:00Z"), {"a"}),
    (when("custom.likes", "contains", "QUIET"), {"b"}),
    (when("custom.likes", "is_empty"), {"c"}),
    ({"not": when("custom.likes", "is_any_of", ["sun", "quiet"])}, {"c"}),
]


@pytest.mark.parametrize("condition, names", CASES,
                         ids=[json.dumps(case[0]) for case in CASES])
def test_a_list_and_a_rule_answer_alike_about_own_fields(acme, condition,
                                                         names):
    for name, type in (("kind", "text"), ("rooms", "number"),
                       ("keen", "bool"), ("begin", "date"), ("likes", "tags")):
        declare(acme, name, type)
    acme.publish(rules=[rule("asked", condition, "bo")],
                 otherwise={"rep": "ana@acme.test"})
    owners = {}
    for name, custom in (
            ("a", {"kind": "Oak", "rooms": 12.5, "keen": True,
                   "begin": "2026-11-20", "likes": ["Sun"]}),
            ("b", {"kind": "Ash", "rooms": 13, "keen": False,
                   "begin": "2026-12-20", "likes": ["Quiet", "sun"]}),
            ("c", {})):
        owners[name] = acme.send_lead(name=name, custom=custom)["owner"]["name"]
    assert {name for name, owner in owners.items() if owner == "bo"} == names
    assert found(acme, condition) == names


def test_what_was_said_before_a_field_was_declared_is_found(acme):
    for n in range(230):
        acme.send_lead(name=str(n), custom={"rooms": n, "floor": "x"})
    declare(acme, "rooms", "number")
    acme.settle()
    assert found(acme, when("custom.rooms", "between", [3, 4])) == {"3", "4"}
    assert found(acme, when("custom.rooms", "at_least", 228)) == {"228", "229"}


def test_a_condition_on_a_field_nobody_declared_is_refused(acme):
    declare(acme, "rooms", "number")
    for condition, pointer in (
            (when("custom.room", "at_least", 2), "/filter/field"),
            (when("custom.rooms", "at_least", "two"), "/filter/value"),
            (when("custom.rooms", "contains", "t"), "/filter/op")):
        answer = acme.client.get(LEADS, query={
            "filter": json.dumps(condition)})
        assert faults(answer) == [pointer]


def test_leads_that_become_one_share_what_their_own_fields_say(acme):
    declare(acme, "rooms", "number")
    into = acme.send_lead(name="Kim", email="kim@x.test")
    same = acme.send_lead(name="Kim M", email="m@x.test", custom={"rooms": 7})
    acme.client.post(f"{LEADS}/{same['id']}/merge",
                     {"into": into["id"]}).expect(200)
    assert acme.lead(into["id"])["custom"] == {"rooms": 7}
    assert found(acme, when("custom.rooms", "is", 7)) == {"Kim"}


# Taking away

def test_a_field_that_something_uses_stays(acme):
    kinds_of_work(acme)
    path = FIELDS + "/renovation_type"
    acme.publish(rules=[rule("kitchens", when("custom.renovation_type", "is",
                                              "kitchen"), "bo")],
                 otherwise={"rep": "ana@acme.test"})
    refused = acme.client.delete(path).expect(409).json
    assert "the routing rules" in refused["detail"]
    assert faults(acme.client.patch(path, {"options": [
        {"value": "bath"}]})) == ["/options"]
    acme.client.patch(path, {"options": [{"value": "kitchen"}]}).expect(200)


def test_a_field_taken_away_is_asked_for_no_more_and_its_values_stay(acme):
    declare(acme, "rooms", "number")
    declare(acme, "floor", "number")
    acme.publish(rules=[rule("big", when("custom.rooms", "at_least", 3),
                             "bo")], otherwise={"rep": "ana@acme.test"})
    lead = acme.send_lead(custom={"rooms": 3})
    acme.publish(otherwise={"rep": "ana@acme.test"})
    acme.client.delete(FIELDS + "/rooms").expect(204)
    acme.client.get(FIELDS + "/rooms").expect(404)
    assert acme.lead(lead["id"])["custom"] == {"rooms": 3}
    assert faults(acme.client.post(LEADS, {"custom": {"rooms": 4}})) == [
        "/custom/rooms"]
    assert acme.client.get(LEADS, query={"filter": json.dumps(
        when("custom.rooms", "is", 3))}).status == 422
    decision = acme.of(lead, "decisions")[-1]
    assert decision["trail"][0]["matched"] is True
    assert faults(acme.client.post(FIELDS, {
        "name": "rooms", "type": "text"})) == ["/type"]
    declare(acme, "rooms", "number")
    assert acme.lead(lead["id"])["custom"] == {"rooms": 3}


# Columns that are called like a field

TABLE = ("이름,Kind of work,방 수,ROOMS,Floor,Position\n"
         "Kim,Bath,3,4,upper,boss\n")


def called_alike(acme):
    kinds_of_work(acme)
    declare(acme, "rooms", "number", label={"en": "Rooms", "ko": "방 수"})
    declare(acme, "storey", label={"en": "Floor", "ko": "층"})
    declare(acme, "covering", label={"en": "floor"})


COLUMNS = {"이름": "name", "Kind of work": "custom.renovation_type",
           "방 수": "custom.rooms", "ROOMS": "custom.rooms_2",
           "Floor": "custom.floor", "Position": "job_title"}


def test_a_column_is_found_by_the_label_of_a_field(acme):
    called_alike(acme)
    done = run(acme, TABLE)
    assert done["summary"]["columns"] == COLUMNS
    assert done["summary"]["ambiguous"] == {
        "Floor": ["custom.covering", "custom.storey"]}
    [row] = results(acme, done)
    lead = acme.lead(row["lead"])
    assert (lead["name"], lead["job_title"]) == ("Kim", "boss")
    assert lead["custom"] == {"renovation_type": "bath", "rooms": 3,
                              "rooms_2": "4", "floor": "upper"}

    said = run(acme, TABLE, source="said", mapping={
        "columns": {"Floor": "custom.storey"}})
    assert said["summary"]["ambiguous"] == {}
    assert said["summary"]["columns"]["Floor"] == "custom.storey"


def test_the_command_knows_the_labels_too(acme, tmp_path):
    called_alike(acme)
    summary, rows = import_leads(acme.baton, write(tmp_path, TABLE),
                                 workspace=acme.slug)
    assert summary["columns"] == COLUMNS
    assert summary["ambiguous"] == {
        "Floor": ["custom.covering", "custom.storey"]}
    shown = acme.baton.cli_result(
        "import", "leads", str(write(tmp_path, TABLE)), "--workspace",
        acme.slug, "--source", "fair", "--dry-run")
    assert "Floor -> custom.floor (name it in the mapping; meant may be " \
           "custom.covering, custom.storey)" in shown.stdout
