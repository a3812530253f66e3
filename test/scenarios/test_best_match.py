"""Leads go to whoever wins leads like them, and nobody is starved."""

import itertools

import pytest
from support.story import Company

_numbers = itertools.count()


def pool(acme, **more):
    acme.publish(pools=[{"id": "all", "name": "All", "members": "everyone",
                         "strategy": "best_match", "explore_percent": 0,
                         **more}])


def send(acme, **fields):
    return acme.send_lead(email=f"{next(_numbers)}@x.test", **fields)


def history(acme, name, segment, won, lost):
    """Leads of one person that were won and lost."""
    for stage in ["customer"] * won + ["unqualified"] * lost:
        lead = acme.client.post("/api/v1/leads", {
            "email": f"{next(_numbers)}@x.test",
            "segment": segment}).expect(201).json
        acme.give(lead, name)
        acme.edit(lead, stage=stage)


def figures(acme, lead):
    record = acme.of(lead, "decisions")[-1]["record"]
    return {c["person"]["name"]: c["figures"] for c in record["candidates"]}


def best(acme, lead):
    return lead["owner"]["name"]


@pytest.fixture
def acme(town):
    acme = Company(town, "ana", "bo")
    acme.publish()
    return acme


def test_a_lead_goes_to_whoever_wins_leads_like_it(acme):
    """R13: past results with similar leads."""
    history(acme, "ana", "factory", won=8, lost=2)
    history(acme, "bo", "factory", won=2, lost=8)
    history(acme, "bo", "shop", won=8, lost=2)
    history(acme, "ana", "shop", won=2, lost=8)
    pool(acme, fairness=1)
    assert best(acme, send(acme, segment="Factory")) == "ana"
    assert best(acme, send(acme, segment="shop")) == "bo"


def test_the_record_shows_what_each_number_stands_on(acme):
    history(acme, "ana", "factory", won=3, lost=1)
    pool(acme)
    lead = send(acme, segment="factory")
    shown = figures(acme, lead)
    assert (shown["ana"]["leads"], shown["ana"]["wins"]) == (4, 3)
    assert (shown["bo"]["leads"], shown["bo"]["wins"]) == (0, 0)
    assert 0 < shown["bo"]["chance"] <= shown["ana"]["chance"] <= 1
    assert shown["ana"]["fit"] == 100
    assert shown["ana"]["score"] == pytest.approx(100 + 4 * 0.5, abs=.01)
    weighing = acme.of(lead, "decisions")[-1]["record"]["weighing"]
    assert weighing == {"kind": "segment:factory", "fairness": 4,
                        "explore_percent": 0}


def test_few_leads_prove_little(acme):
    """One lucky win does not make an expert: twenty average leads are mixed
    in, so his chance stays near the team's."""
    history(acme, "ana", "factory", won=10, lost=10)
    history(acme, "bo", "factory", won=1, lost=0)
    pool(acme)
    shown = figures(acme, send(acme, segment="factory"))
    assert shown["bo"]["chance"] < 0.65


def test_a_junior_gets_a_fair_share_all_the_same(acme):
    """R15: the ledger's turns count; whoever is owed enough is chosen."""
    history(acme, "ana", "factory", won=9, lost=1)
    history(acme, "bo", "factory", won=1, lost=9)
    pool(acme, fairness=8)
    names = [best(acme, send(acme, segment="factory")) for _ in range(60)]
    assert names[0] == "ana"
    assert 24 <= names.count("bo") <= 30
    longest = max(len(list(run)) for name, run in itertools.groupby(names)
                  if name == "ana")
    assert longest <= 100 / 8 + 2


def test_without_fairness_the_best_gets_all(acme):
    history(acme, "ana", "factory", won=9, lost=1)
    history(acme, "bo", "factory", won=1, lost=9)
    pool(acme, fairness=0)
    assert {best(acme, send(acme, segment="factory"))
            for _ in range(12)} == {"ana"}


def test_a_share_of_leads_goes_by_turn_and_says_so(acme):
    history(acme, "ana", "factory", won=9, lost=1)
    history(acme, "bo", "factory", won=1, lost=9)
    pool(acme, fairness=0, explore_percent=100)
    leads = [send(acme, segment="factory") for _ in range(8)]
    names = [best(acme, lead) for lead in leads]
    assert names.count("bo") == 4
    why = acme.of(leads[0], "decisions")[-1]
    assert why["record"]["code"] == "best_match_by_turn"
    assert "by turn" in why["sentence"]["en"]
    assert "차례" in why["sentence"]["ko"]


def test_where_nothing_is_known_leads_go_in_turn(acme):
    pool(acme)
    names = [best(acme, send(acme)) for _ in range(8)]
    assert names.count("ana") == names.count("bo") == 4


def test_a_lead_that_is_opened_again_is_not_counted_any_more(acme):
    """The counts move with the stage, in the same transaction."""
    history(acme, "ana", "factory", won=1, lost=0)
    lead = send(acme, segment="factory")
    acme.give(lead, "ana")
    for stage, wins in (("customer", 2), ("negotiation", 1), ("inactive", 1),
                        ("customer", 2)):
        acme.edit(lead, stage=stage)
        pool(acme)
        shown = figures(acme, send(acme, segment="factory"))["ana"]
        assert shown["wins"] == wins
        assert shown["leads"] == (1 if stage == "negotiation" else 2)


def test_a_win_counts_for_whoever_had_the_lead_then(acme):
    lead = send(acme, segment="factory")
    acme.give(lead, "ana")
    acme.edit(lead, stage="customer")
    acme.give(lead, "bo")
    acme.edit(lead, stage="open")
    acme.edit(lead, stage="customer")
    pool(acme)
    shown = figures(acme, send(acme, segment="factory"))
    assert (shown["ana"]["wins"], shown["bo"]["wins"]) == (0, 1)


def test_a_trial_weighs_the_same(acme):
    """41."""
    history(acme, "ana", "factory", won=9, lost=1)
    history(acme, "bo", "factory", won=1, lost=9)
    pool(acme)
    tried = acme.try_lead({"email": "t@x.test", "segment": "factory"})
    assert tried["owner"]["name"] == "ana"


def test_the_ledger_sums_to_zero_whatever_is_weighed(acme):
    """I1, I12."""
    history(acme, "ana", "factory", won=3, lost=1)
    pool(acme, explore_percent=30)
    for _ in range(20):
        send(acme, segment="factory")
    assert abs(sum(p["credit"] for p in acme.ledger().values())) < 1e-6


@pytest.mark.parametrize("field, value", [
    ("fairness", -1), ("fairness", 101), ("explore_percent", 101),
    ("explore_percent", "5"), ("strategy", "best_macth")])
def test_a_knob_out_of_bounds_is_pointed_at(acme, field, value):
    answer = acme.client.put("/api/v1/routing/draft", {
        "format": "baton-rules/1", "rules": [], "otherwise": {"pool": "p"},
        "pools": [{"id": "p", "members": "everyone",
                   "strategy": "best_match", field: value}]}).expect(422)
    assert answer.json["errors"][0]["pointer"] == f"/pools/0/{field}"
