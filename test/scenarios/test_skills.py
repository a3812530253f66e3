"""What a person can: skills with a level, languages, seniority; and rules that
need it of whoever takes a lead."""

import itertools

import pytest
from support.story import Company

_numbers = itertools.count()
SKILLS = "/api/v1/skills"


@pytest.fixture
def acme(town):
    acme = Company(town)
    for name in ("Solar", "Heat pumps"):
        acme.client.post(SKILLS, {"name": name}).expect(201)
    acme.add("ana", skills=[{"skill": "solar", "level": 4}],
             languages=["ko", "en-GB"], seniority="senior")
    acme.add("bo", skills=[{"skill": "solar", "level": 2},
                           {"skill": "heat-pumps", "level": 5}],
             languages=["de"], seniority="junior")
    acme.add("cy")
    return acme


def needing(acme, needs, strategy="in_turn", **more):
    """Everybody, and one rule for all leads with these needs."""
    return acme.publish(
        pools=[{"id": "all", "strategy": strategy, "members": "everyone"}],
        rules=[{"id": "r", "name": "Rule", "when": {"all": []},
                "give_to": {"pool": "all"}, "needs": needs}], **more)


def winners(acme, count=6, **fields):
    return {acme.send(email=f"{next(_numbers)}@x.test", **fields)
            for _ in range(count)}


def gates(acme, lead):
    """What stopped each person, in the lead's last decision."""
    record = acme.of(lead, "decisions")[-1]["record"]
    return {c["person"]["name"]: c["gate"] and {
        key: value for key, value in c["gate"].items() if key != "sentence"}
        for c in record["candidates"]}


# Who is asked

def test_a_lead_that_needs_a_skill_goes_to_whoever_has_it(acme):
    """R13: technical skill."""
    needing(acme, {"skills": {"solar": 3}})
    assert winners(acme) == {"ana"}
    needing(acme, {"skills": {"heat-pumps": 1}})
    assert winners(acme) == {"bo"}


def test_those_who_have_the_skill_share_the_leads(acme):
    """R9 does not forget R1: the able are taken in turn."""
    needing(acme, {"skills": {"solar": 2}})
    names = [acme.send(email=f"{i}@x.test") for i in range(6)]
    assert sorted(names) == ["ana"] * 3 + ["bo"] * 3


def test_a_lead_is_answered_in_its_own_language(acme):
    """R13: language; a region does not part people."""
    needing(acme, {"language": "lead"})
    assert winners(acme, language="ko-KR") == {"ana"}
    assert winners(acme, language="en") == {"ana"}
    assert winners(acme, language="de-AT") == {"bo"}
    assert winners(acme) == {"ana", "bo", "cy"}     # asks for none


def test_a_rule_can_need_one_language_of_everybody(acme):
    needing(acme, {"language": "de"})
    assert winners(acme, language="ko") == {"bo"}


def test_a_large_deal_goes_to_a_senior(acme):
    """R5."""
    needing(acme, {"seniority": "senior"})
    assert winners(acme) == {"ana"}
    needing(acme, {"seniority": "regular"})
    assert winners(acme) == {"ana", "cy"}


def test_a_number_is_finer_than_a_word(acme):
    assert acme.change("cy", seniority=5)["seniority"] == 5
    needing(acme, {"seniority": 4})
    assert winners(acme) == {"cy"}


def test_a_pool_can_need_something_of_its_members(acme):
    acme.publish(pools=[{"id": "all", "members": "everyone",
                         "needs": {"skills": {"heat-pumps": 3}}}])
    assert winners(acme) == {"bo"}


def test_what_the_rule_needs_and_what_the_pool_needs_both_hold(acme):
    acme.publish(
        pools=[{"id": "all", "members": "everyone",
                "needs": {"skills": {"solar": 1}}}],
        rules=[{"id": "r", "when": {"all": []}, "give_to": {"pool": "all"},
                "needs": {"seniority": "regular"}}])
    assert winners(acme) == {"ana"}


def test_somebody_named_by_a_rule_must_meet_its_needs_too(acme):
    acme.publish(rules=[{"id": "r", "when": {"all": []},
                         "give_to": {"rep": "cy@acme.test"},
                         "needs": {"skills": {"solar": 1}}}])
    assert acme.send_lead(email="a@x.test")["owner"]["kind"] == "queue"


# Why not

def test_the_record_says_what_each_lacks_and_how_much(acme):
    needing(acme, {"skills": {"solar": 3}, "language": "lead",
                   "seniority": "senior"})
    lead = acme.send_lead(email="a@x.test", language="ko")
    stopped = gates(acme, lead)
    assert stopped["ana"] is None
    assert stopped["bo"] == {"code": "lacks_skill", "saw": 2, "limit": 3,
                             "what": "solar"}
    acme.change("bo", skills=[{"skill": "solar", "level": 3}])
    acme.change("cy", skills=[{"skill": "solar", "level": 5}],
                languages=["ko"])
    stopped = gates(acme, acme.send_lead(email="b@x.test", language="ko"))
    assert stopped["bo"] == {"code": "lacks_language", "saw": 0, "limit": 1,
                             "what": "ko"}
    assert stopped["cy"] == {"code": "too_junior", "saw": 2, "limit": 3,
                             "what": None}


def test_a_lead_that_nobody_can_take_waits_and_goes_to_who_learns_it(acme):
    """26: a change of a person is looked at at once."""
    needing(acme, {"skills": {"heat-pumps": 5}, "seniority": "regular"})
    lead = acme.send_lead(email="a@x.test")
    assert lead["owner"]["kind"] == "queue"
    acme.change("cy", skills=[{"skill": "heat-pumps", "level": 5}])
    assert acme.owner(lead) == "cy"


def test_a_trial_asks_for_the_same(acme):
    """41: what is tried is what happens."""
    needing(acme, {"skills": {"solar": 3}})
    tried = acme.try_lead({"email": "a@x.test"})
    assert tried["owner"]["name"] == "ana"


# The catalogue

def test_the_catalogue_says_how_many_can(acme):
    items = acme.client.get(SKILLS).expect(200).json["items"]
    assert {i["slug"]: i["people"] for i in items} == {"solar": 2,
                                                       "heat-pumps": 1}


def test_a_skill_gets_another_name_and_keeps_its_short_one(acme):
    skill = acme.client.get(SKILLS).json["items"][0]
    changed = acme.client.patch(f"{SKILLS}/{skill['id']}", {"name": "PV"})
    assert changed.expect(200).json == {**skill, "name": "PV", "version": 2}


def test_a_skill_that_the_rules_need_stays(acme):
    needing(acme, {"skills": {"solar": 3}})
    ids = {s["slug"]: s["id"] for s in acme.client.get(SKILLS).json["items"]}
    acme.client.delete(f"{SKILLS}/{ids['solar']}").expect(409)
    acme.client.delete(f"{SKILLS}/{ids['heat-pumps']}").expect(204)
    acme.client.delete(f"{SKILLS}/{ids['heat-pumps']}").expect(404)
    person = acme.client.get(f"/api/v1/people/{acme.people['bo'].id}").json
    assert person["skills"] == [{"skill": "solar", "level": 2}]


@pytest.mark.parametrize("body, pointer", [
    ({"name": " "}, "/name"), ({"name": "!!"}, "/slug"),
    ({"name": "x", "slug": "Not A Slug"}, "/slug"),
    ({"name": "Solar"}, "/slug"), ({}, "/name"), ({"name": "x", "y": 1}, "/y"),
])
def test_a_skill_without_sense_is_pointed_at(acme, body, pointer):
    answer = acme.client.post(SKILLS, body).expect(422)
    assert answer.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("field, value, pointer", [
    ("skills", [{"skill": "solr", "level": 1}], "/skills/0/skill"),
    ("skills", [{"skill": "solar", "level": 6}], "/skills/0/level"),
    ("skills", [{"skill": "solar", "level": 1}] * 2, "/skills/1/skill"),
    ("languages", ["ko", "korean language"], "/languages/1"),
    ("languages", ["ko-"], "/languages/0"), ("languages", [""], "/languages/0"),
    ("seniority", "boss", "/seniority"), ("seniority", 11, "/seniority"),
    ("seniority", 0, "/seniority"), ("country", "Wonderland", "/country"),
    ("country", "1a", "/country"), ("country", "XX", "/country"),
    ("holidays", ["0000000000001"], "/holidays/0"),
])
def test_what_a_person_cannot_be_is_pointed_at(acme, field, value, pointer):
    answer = acme.client.patch(f"/api/v1/people/{acme.people['ana'].id}",
                               {field: value}).expect(422)
    assert answer.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("needs, pointer", [
    ({"skills": {"solr": 3}}, "/rules/0/needs/skills/solr"),
    ({"skills": {"solar": 0}}, "/rules/0/needs/skills/solar"),
    ({"skills": {"solar": "3"}}, "/rules/0/needs/skills/solar"),
    ({"seniority": "boss"}, "/rules/0/needs/seniority"),
    ({"language": "Korean"}, "/rules/0/needs/language"),
    ({"colour": "red"}, "/rules/0/needs/colour"),
])
def test_a_need_that_nobody_can_meet_is_pointed_at(acme, needs, pointer):
    answer = acme.client.put("/api/v1/routing/draft", {
        "format": "baton-rules/1", "otherwise": {"queue": "inbox"},
        "rules": [{"id": "r", "when": {"all": []}, "needs": needs,
                   "give_to": {"queue": "inbox"}}]}).expect(422)
    assert answer.json["errors"][0]["pointer"] == pointer


def test_a_rep_changes_no_skills(acme):
    ana = acme.sign_in("ana")
    ana.get(SKILLS).expect(200)
    ana.post(SKILLS, {"name": "x"}).expect(403)
    ana.patch(f"/api/v1/people/{acme.people['ana'].id}",
              {"skills": [{"skill": "solar", "level": 5}]}).expect(403)


def test_a_busy_person_is_given_nothing_until_he_is_free(acme):
    """29: presence is declared, never guessed."""
    acme.everyone()
    for name in ("ana", "bo"):
        acme.change(name, presence="busy")
    assert winners(acme, 3) == {"cy"}
    acme.change("cy", presence="away")
    lead = acme.send_lead(email="late@x.test")
    assert gates(acme, lead)["ana"]["code"] == "busy"
    acme.change("ana", presence="available")
    assert acme.owner(lead) == "ana"
