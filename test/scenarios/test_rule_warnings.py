"""What is allowed in a rule set and hardly meant: each warning names the
place and how to mend it, and keeps nobody from publishing."""

import json

import pytest
from support.story import Company

DRAFT = "/api/v1/routing/draft"
ANA, BO = {"rep": "ana@acme.test"}, {"rep": "bo@acme.test"}
KOREA = {"field": "country", "op": "is", "value": "KR"}
LARGE = {"field": "deal_value", "op": "at_least", "value": 5000}


def document(rules=(), pools=(), **more):
    return {"format": "baton-rules/1", "rules": list(rules),
            "pools": [{"id": "all", "members": "everyone"}, *pools],
            "otherwise": {"pool": "all"}, **more}


def rule(id, when, to=None, **more):
    return {"id": id, "when": when, "give_to": to or {"pool": "all"}, **more}


def warnings(acme, *arguments, **more):
    saved = acme.client.put(DRAFT, document(*arguments, **more)).expect(200)
    return [(w["pointer"], w["code"]) for w in saved.json["warnings"]]


def never(acme, *conditions):
    found = warnings(acme, [rule(f"r{i}", when)
                            for i, when in enumerate(conditions)])
    assert {code for _, code in found} <= {"never_reached"}
    return [int(pointer.split("/")[2]) for pointer, _ in found]


@pytest.fixture
def acme(town):
    acme = Company(town, ana={"seniority": "senior", "languages": ["de"]},
                   bo={})
    acme.client.post("/api/v1/skills", {"name": "solar"}).expect(201)
    acme.change("bo", skills=[{"skill": "solar", "level": 2}])
    return acme


# Rules that nothing reaches

def test_behind_a_rule_that_takes_everything_no_rule_is_reached(acme):
    assert never(acme, KOREA, {}, LARGE) == [2]
    assert never(acme, {"all": []}, KOREA, LARGE) == [1, 2]


def test_the_same_condition_twice_is_reached_once(acme):
    same = {"value": "kr", "op": "is", "field": "country"}
    assert never(acme, KOREA, LARGE, same) == [2]
    assert never(acme, {"all": [KOREA, LARGE]},
                 {"all": [LARGE, {"any": [KOREA]}]}) == [1]


def test_what_asks_for_more_behind_what_asks_for_less_is_not_reached(acme):
    assert never(acme, KOREA, {"all": [LARGE, KOREA]}) == [1]
    assert never(acme, {"all": [LARGE, KOREA]}, KOREA) == []
    assert never(acme, {"not": KOREA}, {"all": [KOREA, LARGE]}) == []
    assert never(acme, {"any": [KOREA, LARGE]}, KOREA) == [1]
    assert never(acme, KOREA, {"any": [KOREA, LARGE]}) == []


def test_rules_that_are_off_take_nothing_and_are_not_judged(acme):
    assert warnings(acme, [rule("a", {}, enabled=False), rule("b", KOREA),
                           rule("c", KOREA, enabled=False)]) == []


def test_a_sequence_takes_each_lead_once_only(acme):
    acme.client.post("/api/v1/sequences", {"name": "welcome", "steps": [
        {"change": {"add_tags": ["greeted"]}}]}).expect(201)
    assert warnings(acme, [
        rule("a", {}, {"sequence": "welcome", "owner": {"queue": "inbox"}}),
        rule("b", KOREA)]) == []


def test_the_warning_names_the_rule_before_and_what_to_do(acme):
    acme.client.put(DRAFT, document([rule("korea", KOREA, name="Korea"),
                                     rule("again", KOREA)])).expect(200)
    published = acme.client.post(f"{DRAFT}/publish", {}).expect(201).json
    (warning,) = published["warnings"]
    assert warning["pointer"] == "/rules/1"
    assert "\"Korea\" (/rules/0)" in warning["message"]
    assert "before it" in warning["message"]
    assert acme.client.get("/api/v1/routing/versions").json["items"]


# Pools that nobody of can take a lead

def test_a_pool_in_which_nobody_works_any_more(acme):
    acme.change("bo", active=False)
    assert warnings(acme, [], [{"id": "p", "members": [BO]},
                               {"id": "q", "members": []},
                               {"id": "r", "members": [ANA, BO]}]) == [
        ("/pools/1/members", "nobody_here"),
        ("/pools/2/members", "nobody_here")]


@pytest.mark.parametrize("needs, says", [
    ({"skills": {"solar": 3}}, "level 3 of solar"),
    ({"language": "fr"}, "speaks fr"),
    ({"seniority": 4}, "seniority 4"),
    ({"territory": "lead"}, "serves a territory"),
    ({"skills": {"solar": 2}, "seniority": "senior"}, "all of it")])
def test_a_pool_of_which_nobody_meets_the_needs(acme, needs, says):
    pool = {"id": "p", "name": "Sun", "members": [ANA, BO], "needs": needs}
    saved = acme.client.put(DRAFT, document([], [pool])).expect(200).json
    (warning,) = saved["warnings"]
    assert (warning["pointer"], warning["code"]) == ("/pools/1/needs",
                                                     "nobody_meets")
    assert says in warning["message"] and "\"Sun\"" in warning["message"]


def test_needs_that_somebody_meets_are_no_matter(acme):
    assert warnings(acme, [rule("a", KOREA, needs={"language": "lead"})], [
        {"id": "p", "members": [ANA, BO], "needs": {
            "skills": {"solar": 2}}}]) == []


def test_a_rule_whose_pool_or_person_does_not_meet_its_needs(acme):
    senior, solar = {"seniority": "senior"}, {"skills": {"solar": 1}}
    assert warnings(acme, [
        rule("a", KOREA, {"pool": "suns"}, needs=senior),
        rule("b", LARGE, ANA, needs=solar),
        rule("c", {"all": [KOREA, LARGE]}, ANA, needs=senior)], [
        {"id": "suns", "members": [ANA, BO], "needs": solar}]) == [
        ("/rules/0/needs", "nobody_meets"),
        ("/rules/1/needs", "nobody_meets"),
        ("/rules/2", "never_reached")]


def test_somebody_who_has_left_is_named_still(acme):
    acme.change("bo", active=False)
    assert warnings(acme, [rule("a", KOREA, BO)], otherwise=BO, nobody_can={
        "then": BO}) == [("/rules/0/give_to/rep", "has_left"),
                         ("/otherwise/rep", "has_left"),
                         ("/nobody_can/then/rep", "has_left")]


# By command

def test_the_command_warns_of_the_same(acme, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(document(
        [rule("a", {}), rule("b", KOREA)],
        [{"id": "none", "members": []}])))
    alone = acme.baton.cli_result("rules", "check", file)
    assert (alone.returncode, alone.stdout) == (0, "good\n")
    assert "warning: /rules/1: " in alone.stderr
    known = acme.baton.cli_result("rules", "check", file,
                                  "--workspace", acme.slug)
    assert (known.returncode, known.stdout) == (0, "good\n")
    assert "warning: /rules/1: " in known.stderr
    assert "warning: /pools/1/members: " in known.stderr
    listed = acme.baton.cli("rules", "check", file, "--workspace", acme.slug,
                            "--json")
    assert [w["pointer"] for w in listed["warnings"]] == [
        "/pools/1/members", "/rules/1"]


def test_ten_thousand_rules_are_looked_over_at_once(acme):
    """No rule is compared with all that stand before it."""
    rules = [rule(f"r{i}", {"all": [KOREA, {
        "field": "city", "op": "is", "value": f"c{i}"}]})
        for i in range(9999)] + [rule("last", {"all": [KOREA, {
            "field": "city", "op": "is", "value": "C7"}]})]
    assert warnings(acme, rules) == [("/rules/9999", "never_reached")]
