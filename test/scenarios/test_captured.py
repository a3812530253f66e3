"""R10: who catches a lead keeps it, where a rule says so."""

from support.story import OFFICE, Company, monday

KEEPS = {"id": "own", "name": "Own catch", "when": {"all": []},
         "capturer_keeps": True, "give_to": {"rep": "bo@acme.test"}}


def rules(acme, **more):
    return acme.publish(rules=[{**KEEPS, **more}])


def enter(client, **fields):
    return client.post("/api/v1/leads", fields).expect(201).json


def decision(acme, lead):
    return acme.of(lead, "decisions")[-1]


def owner_and_gate(acme, lead):
    return (lead["owner"]["name"],
            decision(acme, lead)["record"]["capturer"]["gate"]["code"])


def test_who_enters_a_lead_keeps_it_and_it_says_why(town):
    acme = Company(town, "ana", "bo")
    rules(acme)
    lead = enter(acme.sign_in("ana"), email="a@x.test")
    assert lead["owner"]["name"] == "ana"
    why = decision(acme, lead)
    record = why["record"]
    assert (record["band"], record["rule"]["id"], record["code"]) == (
        "rule", "own", "captured")
    assert record["capturer"]["person"]["name"] == "ana"
    assert record["capturer"]["gate"] is None
    assert why["sentence"]["en"] == (
        "Own catch: ana has entered this lead, and keeps it.")
    assert "직접 입력" in why["sentence"]["ko"]


def test_what_nobody_has_entered_goes_where_the_rule_says(town):
    acme = Company(town, "ana", "bo")
    rules(acme)
    ana = acme.sign_in("ana")
    assert acme.send(email="a@x.test") == "bo"          # by a key
    many = ana.post("/api/v1/leads/batch", {"leads": [
        {"email": f"{i}@y.test"} for i in range(2)]}).expect(200).json
    assert {r["owner"]["name"] for r in many["results"]} == {"bo"}
    assert decision(acme, acme.send_lead(email="b@x.test"))[
        "record"]["capturer"] is None


def test_without_the_switch_entering_a_lead_means_nothing(town):
    acme = Company(town, "ana", "bo")
    rules(acme, capturer_keeps=False)
    lead = enter(acme.sign_in("ana"), email="a@x.test")
    assert lead["owner"]["name"] == "bo"


def test_who_enters_a_lead_is_at_work_whatever_the_hours_say(town):
    acme = Company(town, ana={"hours": OFFICE}, bo={})
    rules(acme)
    ana = acme.sign_in("ana")
    monday(town, hour=20)
    acme.change("ana", presence="busy")
    assert enter(ana, email="a@x.test")["owner"]["name"] == "ana"


def test_who_is_full_does_not_keep_one_more(town):
    """I9."""
    acme = Company(town, ana={"open_leads_max": 1}, bo={})
    rules(acme)
    ana = acme.sign_in("ana")
    assert enter(ana, email="a@x.test")["owner"]["name"] == "ana"
    assert owner_and_gate(acme, enter(ana, email="b@x.test")) == ("bo", "full")


def test_who_takes_no_leads_gives_them_to_those_who_do(town):
    acme = Company(town, "bo", boss={"role": "manager"})
    rules(acme)
    lead = enter(acme.sign_in("boss"), email="a@x.test")
    assert owner_and_gate(acme, lead) == ("bo", "takes_no_leads")


def test_what_the_rule_needs_is_needed_of_who_enters_it_too(town):
    acme = Company(town, ana={"seniority": "junior"},
                   bo={"seniority": "senior"})
    rules(acme, needs={"seniority": "senior"})
    lead = enter(acme.sign_in("ana"), email="a@x.test")
    assert owner_and_gate(acme, lead) == ("bo", "too_junior")


def test_a_catch_of_ones_own_is_no_turn_of_the_others(town):
    acme = Company(town, "ana", "bo")
    acme.publish(pools=[{"id": "all", "members": "everyone"}],
                 rules=[{**KEEPS, "give_to": {"pool": "all"}}])
    ana = acme.sign_in("ana")
    for i in range(3):
        assert enter(ana, email=f"{i}@x.test")["owner"]["name"] == "ana"
    assert {p["credit"] for p in acme.ledger().values()} == {0}


def test_a_company_that_is_somebody_elses_stays_so(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[KEEPS], keep_together={"account": True})
    acme.give(acme.send_lead(email="a@hanbit.test", company="Hanbit"), "bo")
    lead = enter(acme.sign_in("ana"), email="b@hanbit.test", company="Hanbit")
    assert lead["owner"]["name"] == "bo"
    assert decision(acme, lead)["record"]["band"] == "kept"


def test_it_can_be_tried_and_tested_before(town):
    acme = Company(town, "ana", "bo")
    rules(acme)
    tried = acme.try_lead({"email": "a@x.test"}, captured_by="ana@acme.test")
    assert tried["owner"]["name"] == "ana"
    assert acme.try_lead({"email": "a@x.test"})["owner"]["name"] == "bo"
    wrong = acme.client.post("/api/v1/routing/try", {
        "lead": {}, "captured_by": "cy@acme.test"}).expect(422)
    assert wrong.json["errors"][0]["pointer"] == "/captured_by"
    example = {"name": "hers", "lead": {"email": "a@x.test"},
               "captured_by": "ana@acme.test",
               "expect": {"rep": "ana@acme.test", "rule": "own"}}
    acme.publish(rules=[KEEPS], tests=[example])


def test_what_was_captured_and_comes_late_goes_on(town):
    acme = Company(town, "ana", "bo")
    rules(acme, late={"after_minutes": 10, "then": "next", "times": 1})
    lead = enter(acme.sign_in("ana"), email="a@x.test")
    town.clock.advance("11m")
    assert acme.owner(lead) == "bo"
