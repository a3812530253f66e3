"""Companies are kept together: whose leads come from a company we serve, and
what ends it."""

import csv
from pathlib import Path

import pytest
from support.story import Company, now

ACCOUNTS = "/api/v1/accounts"
COMPANIES = Path(__file__).parent.parent / "data/maven-crm/accounts.csv"
KEEP = {"account": True, "parent_account": True, "months": 12}


@pytest.fixture
def acme(town):
    company = Company(town, "ana", "bo", "cy")
    keep(company)
    return company


def keep(acme, **keep_together):
    acme.everyone(keep_together={**KEEP, **keep_together},
                  late={"after_minutes": 30, "then": "stay"})


def add(acme, name, **more):
    return acme.client.post(ACCOUNTS, {"name": name, **more}).expect(201).json


def why(acme, lead):
    return acme.of(lead, "decisions")[-1]


def gates(decision):
    return [(asked["person"]["name"], (asked["gate"] or {}).get("code"))
            for asked in decision["record"]["kept"]]


def test_the_next_lead_of_a_company_goes_to_whoever_has_the_first(acme):
    first = acme.send_lead(email="kim@hanbit.test", company="Hanbit")
    rep = first["owner"]["name"]
    for i in range(4):
        lead = acme.send_lead(email=f"p{i}@hanbit.test")
        assert lead["owner"]["name"] == rep
    assert lead["decision"]["sentence"] == f"{rep} has leads of Hanbit already."
    decision = why(acme, lead)
    assert decision["record"]["band"] == "kept"
    assert decision["record"]["code"] == "account_served"
    assert decision["record"]["account"]["name"] == "Hanbit"
    assert decision["trail"] == []
    assert decision["sentence"]["ko"] == \
        f"{rep}이(가) 이미 Hanbit의 리드를 맡고 있습니다."


def test_who_is_named_for_a_company_comes_first(acme):
    first = acme.send_lead(email="kim@hanbit.test")
    other = next(name for name in acme.people
                 if name != first["owner"]["name"])
    path = f"{ACCOUNTS}/{acme.lead(first['id'])['account']['id']}"
    acme.client.patch(path, {"owner": f"{other}@acme.test"}).expect(200)
    lead = acme.send_lead(email="lee@hanbit.test", company="x")
    assert lead["owner"]["name"] == other
    assert why(acme, lead)["record"]["code"] == "account_owner"


def test_a_parent_that_we_serve_brings_its_subsidiaries(acme):
    top = add(acme, "Top", domain="top.test", owner="bo@acme.test")
    add(acme, "Low", domain="low.test", parent=top["id"])
    add(acme, "Lower", domain="lower.test", parent=add(
        acme, "Between", parent=top["id"])["id"])
    for domain in ("low.test", "lower.test"):
        for i in range(3):
            lead = acme.send_lead(email=f"p{i}@{domain}")
            assert lead["owner"]["name"] == "bo", domain
    assert lead["decision"]["sentence"] == "bo has leads of Lower already."
    assert acme.of(acme.send_lead(email="x@top.test"), "decisions")[0][
        "record"]["code"] == "account_owner"


def test_a_sister_that_we_serve_brings_its_sisters(acme):
    top = add(acme, "Top")
    for name in ("one", "two"):
        add(acme, name, domain=f"{name}.test", parent=top["id"])
    first = acme.send_lead(email="kim@one.test")
    second = acme.send_lead(email="kim@two.test")
    assert second["owner"] == first["owner"]
    assert why(acme, second)["record"]["code"] == "family_served"
    assert "which this company belongs together with" \
        in second["decision"]["sentence"]


def test_a_parent_counts_only_when_the_rules_say_so(acme):
    top = add(acme, "Top", domain="top.test", owner="bo@acme.test")
    add(acme, "Low", domain="low.test", parent=top["id"])
    keep(acme, parent_account=False)
    assert gates(why(acme, acme.send_lead(email="x@low.test"))) == []
    assert gates(why(acme, acme.send_lead(email="x@top.test"))) \
        == [("bo", None)]


def test_without_the_switch_companies_take_turns_like_everybody(acme):
    add(acme, "Hanbit", domain="hanbit.test", owner="bo@acme.test")
    acme.everyone()
    owners = [acme.send(email=f"p{i}@hanbit.test") for i in range(6)]
    assert sorted(owners) == ["ana", "ana", "bo", "bo", "cy", "cy"]


@pytest.mark.parametrize("settings, gate", [
    ({"presence": "away"}, "away"), ({"open_leads_max": 1}, "full"),
    ({"active": False}, "inactive"), ({"takes_leads": False},
                                      "takes_no_leads")])
def test_who_cannot_take_it_is_passed_over_and_the_record_says_so(
        acme, settings, gate):
    add(acme, "Hanbit", domain="hanbit.test", owner="bo@acme.test")
    acme.send_lead(email="kim@hanbit.test")
    acme.change("bo", **settings)
    lead = acme.send_lead(email="lee@hanbit.test")
    assert lead["owner"]["name"] != "bo"
    assert gates(why(acme, lead))[0] == ("bo", gate)


def test_after_the_months_a_company_is_for_everybody_again(acme):
    """R15: who once had a lead of a company does not have it for ever."""
    lead = acme.send_lead(email="kim@hanbit.test")
    acme.touch(lead, "call").expect(201)
    rep = lead["owner"]["name"]
    acme.baton.clock.advance("360d")
    assert acme.send(email="lee@hanbit.test") == rep
    acme.baton.clock.advance("370d")
    late = acme.send_lead(email="park@hanbit.test")
    assert gates(why(acme, late)) == [(rep, "too_long_ago")]
    assert why(acme, late)["record"]["band"] == "otherwise"


def test_a_lost_lead_keeps_no_company_and_a_won_one_does(acme):
    add(acme, "Hanbit", domain="hanbit.test")
    lost = acme.send_lead(email="kim@hanbit.test")
    acme.edit(lost, stage="unqualified")
    lead = acme.send_lead(email="lee@hanbit.test")
    assert gates(why(acme, lead)) == []
    acme.edit(lead, stage="customer")
    assert acme.send(email="park@hanbit.test") == lead["owner"]["name"]


def test_when_the_newest_is_lost_the_one_before_counts(acme):
    first = acme.send_lead(email="kim@hanbit.test")
    newest = acme.send_lead(email="lee@hanbit.test")
    other = next(name for name in acme.people
                 if name != first["owner"]["name"])
    acme.give(newest, other)
    assert acme.send(email="park@hanbit.test") == other
    for lead in acme.client.get(
            ACCOUNTS + "/" + acme.lead(first["id"])["account"]["id"]
            + "/leads").json["items"]:
        if lead["owner"]["name"] == other:
            acme.edit(lead, stage="inactive")
    assert acme.send(email="choi@hanbit.test") == first["owner"]["name"]


def test_a_late_lead_of_a_company_still_goes_to_the_next(acme):
    acme.everyone(keep_together=KEEP,
                  late={"after_minutes": 10, "then": "next", "times": 1})
    acme.send_lead(email="kim@hanbit.test")
    lead = acme.send_lead(email="lee@hanbit.test")
    acme.baton.clock.advance("11m")
    assert acme.owner(lead) != lead["owner"]["name"]
    assert (lead["owner"]["name"], "had_it") in gates(why(acme, lead))


def test_a_trial_says_what_a_company_would_bring_and_leaves_no_trace(acme):
    add(acme, "Hanbit", domain="hanbit.test", owner="cy@acme.test")
    tried = acme.try_lead({"email": "kim@hanbit.test"})
    assert tried["owner"]["name"] == "cy"
    assert tried["record"]["code"] == "account_owner"
    acme.try_lead({"email": "kim@unheard.test"})
    names = [item["name"] for item in
             acme.client.get(ACCOUNTS).expect(200).json["items"]]
    assert names == ["Hanbit"]


def test_kept_leads_count_for_room_and_the_ledger_stays_even(acme):
    add(acme, "Hanbit", domain="hanbit.test", owner="bo@acme.test")
    for i in range(5):
        acme.send_lead(email=f"p{i}@hanbit.test")
    ledger = acme.ledger()
    assert ledger["bo"]["open_leads"] == 5
    assert sum(entry["credit"] for entry in ledger.values()) == 0


def test_subsidiaries_of_real_companies_go_to_the_rep_of_the_parent(town):
    """85 companies with 15 subsidiaries, spelt as they are in the wild."""
    acme = Company(town, "ana", "bo", "cy")
    acme.everyone()
    with open(COMPANIES, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    made = {}
    for row in sorted(rows, key=lambda row: row["subsidiary_of"] != ""):
        parent = row["subsidiary_of"]
        made[row["account"]] = add(
            acme, row["account"], industry=row["sector"],
            employees=int(row["employees"]),
            **({"parent": made[parent]["id"]} if parent else {}))
    subsidiaries = [row for row in rows if row["subsidiary_of"]]
    assert len(made) == 85 and len(subsidiaries) == 15

    parents = sorted({row["subsidiary_of"] for row in subsidiaries})
    serves = {parent: acme.send(company=parent, name=parent)
              for parent in parents}
    assert set(serves.values()) == {"ana", "bo", "cy"}
    keep(acme)
    for row in subsidiaries:
        name = row["account"].upper() + " Ltd."
        lead = acme.send_lead(company=name, name="Somebody", phone="")
        assert lead["owner"]["name"] == serves[row["subsidiary_of"]], name
        assert acme.lead(lead["id"])["account"]["name"] == row["account"]
