"""What users of other programs complained of, one story each. The number is
the line in the list of lessons."""

import concurrent.futures
import json
import random

from support.story import Company, members, monday, move_to


def turns(company):
    return {name: person["turns"]
            for name, person in company.ledger().items()}


def korea(**give_to):
    return {"id": "korea", "name": "Korea", "give_to": give_to,
            "when": {"field": "country", "op": "is", "value": "KR"}}


def named(*names, id="team", strategy="in_turn"):
    return {"id": id, "name": id.title(), "strategy": strategy,
            "members": [{"rep": f"{name}@acme.test"} for name in names]}


def test_the_oldest_member_does_not_win_every_tie(town):
    """1: a turn is remembered over a restart, and no run begins anew with
    whoever was added first."""
    acme = Company(town, "ana", "bo", "cy")
    got = []
    for _ in range(6):
        got.append(acme.send())
        town.restart()
        acme.client = town.client.with_key(acme.key)
    assert sorted(got) == ["ana", "ana", "bo", "bo", "cy", "cy"]
    assert set(got[:3]) == {"ana", "bo", "cy"}


def test_the_limit_of_a_day_holds_however_often_leads_are_asked_for(town):
    """2: a cap is for a period, not for a run."""
    acme = Company(town, ana={"day_leads_max": 2}, bo={"day_leads_max": 2})
    monday(town)
    got = [acme.send() for _ in range(6)]
    for _ in range(5):
        acme.change("ana", presence="away")
        acme.change("ana", presence="available")
        town.clock.advance("1h")
    assert sorted(got[:4]) == ["ana", "ana", "bo", "bo"]
    assert got[4:] == ["Inbox", "Inbox"]
    assert all(p["day_leads"] == 2 for p in acme.ledger().values())


def test_a_holiday_leaves_no_gap_behind_that_comes_again(town):
    """3: a week without leads changes nothing in the turns after it."""
    acme = Company(town, "ana", "bo", "cy")
    acme.everyone()
    for _ in range(5):
        acme.send()
    town.clock.advance("7d")
    for _ in range(4):
        acme.send()
    town.clock.advance("30d")
    for _ in range(6):
        acme.send()
    assert turns(acme) == {"ana": 5, "bo": 5, "cy": 5}


def test_a_lead_that_waited_for_weeks_is_still_given_away(town):
    """4: no hidden limit of age."""
    acme = Company(town, ana={"presence": "away"})
    lead = acme.send_lead(name="Patient")
    town.clock.advance("60d")
    assert acme.owner(lead) == "Inbox"
    acme.change("ana", presence="available")
    assert acme.owner(lead) == "ana"


def test_every_lead_in_a_queue_says_why_it_is_there(town):
    """5: whoever is not chosen has a reason that can be read."""
    acme = Company(town, ana={"presence": "away"}, bo={"open_leads_max": 0},
                   cy={"active": False})
    acme.publish([named("ana", "bo", "cy")])
    lead = acme.send_lead(name="Nobody's")
    [decision] = acme.of(lead, "decisions")
    reasons = {c["person"]["name"]: c["gate"]["code"]
               for c in decision["record"]["candidates"]}
    assert reasons == {"ana": "away", "bo": "full", "cy": "inactive"}


def test_whoever_leaves_gets_nothing_from_any_pool(town):
    """6 and 7: one switch, and every pool is without him at once."""
    acme = Company(town, "ana", "bo")
    acme.publish([named("ana", "bo"), named("ana", "bo", id="korea",
                                            strategy="fixed")],
                 rules=[korea(pool="korea")])
    acme.change("ana", active=False)
    assert {acme.send(), acme.send(), acme.send(),
            acme.send(country="KR"), acme.send(country="KR")} == {"bo"}


def test_a_lead_that_is_opened_again_does_not_stay_with_whoever_left(town):
    """6: also when it was closed when he left."""
    acme = Company(town, "ana", "bo")
    leads = [acme.send_lead(name=f"L{i}") for i in range(2)]
    hers = next(lead for lead in leads if lead["owner"]["name"] == "ana")
    acme.edit(hers, stage="customer")
    acme.change("ana", active=False)
    assert acme.owner(hers) == "ana"
    changed = acme.edit(hers, stage="open")
    assert changed["owner"]["name"] == acme.owner(hers) == "bo"
    assert acme.ledger()["ana"]["open_leads"] == 0


def test_who_may_only_look_at_leads_is_given_none(town):
    """6: by no pool, by no switch, by nobody; and keeps none that he had."""
    acme = Company(town, "ana", "bo")
    acme.publish(pools=[{"id": "two", "name": "Two", "members": [
        {"rep": "ana@acme.test"}, {"rep": "bo@acme.test"}]}])
    leads = [acme.send_lead(name=f"L{i}") for i in range(2)]
    changed = acme.change("ana", role="viewer", takes_leads=True)
    assert not changed["receives_leads"]
    assert [acme.owner(lead) for lead in leads] == ["bo"] * 2
    assert [acme.send() for _ in range(3)] == ["bo"] * 3
    acme.change("bo", presence="away")
    why = acme.of(acme.send_lead(), "decisions")[-1]
    gates = {who["person"]["name"]: who["gate"]
             for who in why["record"]["candidates"]}
    assert gates["ana"]["code"] == "views_only"
    assert gates["ana"]["sentence"]["en"] \
        == "ana may look at leads, and have none."

    refused = acme.client.post(f"/api/v1/leads/{leads[0]['id']}/owner",
                               {"to": {"rep": "ana@acme.test"}}).expect(422)
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] \
        == [("/to/rep", "views_only")]


def test_the_open_leads_of_whoever_leaves_are_handed_on(town):
    """6: nothing stays with somebody who is not there."""
    acme = Company(town, "ana", "bo")
    leads = [acme.send_lead(name=f"L{i}") for i in range(4)]
    acme.change("ana", active=False)
    assert [acme.owner(lead) for lead in leads] == ["bo"] * 4
    assert acme.ledger()["ana"]["open_leads"] == 0
    moved = [lead for lead in leads if lead["owner"]["name"] == "ana"]
    for lead in moved:
        assert members(acme.of(lead, "assignments"), "reason") \
            == ["routed", "left"]


def test_many_leads_at_the_same_moment_are_shared_evenly(town):
    """8: the choice and its note are one: never two for the same turn."""
    acme = Company(town, "ana", "bo", "cy", "dee", "eve", "fay", "gil")

    def send(number):
        client = town.client.with_key(acme.key)
        sent = client.post("/api/v1/leads", {"name": f"Lead {number}"})
        client.close()
        return sent.expect(201).json["owner"]["name"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(send, range(140)))
    assert {got.count(name) for name in acme.people} == {20}


def test_one_person_sent_many_times_at_once_is_one_lead(town):
    """8: two requests that arrive together meet in one lead, one owner."""
    acme = Company(town, "ana", "bo", "cy")

    def send(number):
        client = town.client.with_key(acme.key)
        sent = client.post("/api/v1/leads", {
            "email": "kim@example.test", "message": f"Hello {number}"})
        client.close()
        return sent.expect(200, 201)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(60)))
    assert len({a.json["id"] for a in answers}) == 1
    assert len({a.json["owner"]["name"] for a in answers}) == 1
    assert [a.status for a in answers].count(201) == 1
    assert sum(turns(acme).values()) == 1


def batch(acme, leads):
    answer = acme.client.post("/api/v1/leads/batch", {"leads": leads})
    return answer.expect(200).json["results"]


def test_a_batch_is_as_many_single_picks(town):
    """9: a thousand at once are not all one person's."""
    acme = Company(town, "ana", "bo", "cy")
    got = [r["owner"]["name"] for r in
           batch(acme, [{"name": f"B{i}"} for i in range(90)])]
    assert {got.count(name) for name in acme.people} == {30}


def test_within_a_batch_each_pick_knows_those_before_it(town):
    """10: limits hold inside a batch too."""
    acme = Company(town, ana={"open_leads_max": 1},
                   bo={"open_leads_max": 2}, cy={})
    acme.everyone(strategy="most_room")
    got = [r["owner"]["name"] for r in
           batch(acme, [{"name": f"B{i}"} for i in range(9)])]
    assert got.count("ana") <= 1 and got.count("bo") <= 2
    assert "Inbox" not in got


def test_turns_of_absent_people_do_not_all_fall_to_one_colleague(town):
    """11: first who can, then whose turn."""
    acme = Company(town, "ana", "bo", "cy", "dee")
    acme.change("ana", presence="away")
    acme.change("bo", presence="away")
    got = [acme.send() for _ in range(10)]
    assert got.count("cy") == got.count("dee") == 5


def test_weights_are_kept_and_the_account_is_open(town):
    """12: three to one means three to one, and everybody can count it."""
    acme = Company(town, ana={"weight": 3}, bo={"weight": 1})
    got = [acme.send() for _ in range(16)]
    assert (got.count("ana"), got.count("bo")) == (12, 4)
    ledger = acme.ledger()
    assert (ledger["ana"]["turns"], ledger["bo"]["turns"]) == (12, 4)
    assert abs(sum(p["credit"] for p in ledger.values())) < 1e-9
    shares = [c["gains"] for lead in acme.client.get(
        "/api/v1/decisions").json["items"]
        for c in lead["record"]["candidates"]
        if c["person"]["name"] == "ana"]
    assert shares == [0.75] * 16


def test_a_rule_for_one_person_leaves_the_turns_of_the_others_alone(town):
    """13: one fixed owner beside a pool in turn."""
    acme = Company(town, "ana", "bo", "cy")
    acme.publish([named("bo", "cy")], rules=[korea(rep="ana@acme.test")])
    got = []
    for _ in range(6):
        assert acme.send(country="KR") == "ana"
        got.append(acme.send())
    assert (got.count("bo"), got.count("cy")) == (3, 3)


def test_nobody_is_loaded_beyond_his_limit_while_others_have_room(town):
    """14"""
    acme = Company(town, ana={"open_leads_max": 2}, bo={})
    acme.everyone(strategy="most_room")
    got = [acme.send() for _ in range(8)]
    assert got.count("ana") <= 2
    assert got.count("Inbox") == 0


def test_the_order_of_leads_can_be_explained_to_the_manager(town):
    """15 and 16: each decision shows the pool, who could, what each was owed
    before, and the winner follows from that."""
    acme = Company(town, ana={"weight": 2}, bo={}, cy={"presence": "away"})
    acme.everyone()
    for _ in range(9):
        lead = acme.send_lead()
        [decision] = acme.of(lead, "decisions")
        record = decision["record"]
        assert record["pool"]["id"] == "all"
        assert record["strategy"] == "in_turn"
        able = [c for c in record["candidates"] if c["gate"] is None]
        assert record["able"] == len(able) == 2
        most = max(c["credit"] + c["gains"] for c in able)
        assert lead["owner"]["name"] in [
            c["person"]["name"] for c in able
            if c["credit"] + c["gains"] == most]


def test_what_a_person_has_decided_is_not_reversed_by_the_machine(town):
    """15: a lead put into the Inbox by hand stays there until somebody says
    otherwise."""
    acme = Company(town, "ana", "bo")
    lead = acme.send_lead(name="Kim")
    acme.give(lead, "inbox", reason="wait for the fair")
    assert acme.owner(lead) == "Inbox"
    town.clock.advance("2d")
    assert acme.owner(lead) == "Inbox"
    acme.give(lead, "bo")
    assert acme.owner(lead) == "bo"


def test_later_rules_that_match_too_are_visible(town):
    """17: the trail ends at the rule that decided, and it says which; moving
    it down the list changes the answer."""
    acme = Company(town, "ana", "bo")
    large = {"id": "large", "give_to": {"rep": "bo@acme.test"}, "when": {
        "field": "deal_value", "op": "at_least", "value": 100}}
    lead = {"country": "KR", "deal_value": 500}
    acme.publish([named("ana", "bo")],
                 rules=[korea(rep="ana@acme.test"), large])
    tried = acme.try_lead(lead)
    assert members(tried["trail"], "id") == ["korea"]
    assert tried["owner"]["name"] == "ana"
    acme.publish([named("ana", "bo")],
                 rules=[large, korea(rep="ana@acme.test")])
    assert acme.try_lead(lead)["owner"]["name"] == "bo"


def test_rules_come_back_from_an_old_version_as_they_were(town):
    """18: a rule set is data; it survives a restart and comes back whole."""
    acme = Company(town, "ana", "bo")
    acme.publish([named("ana", strategy="most_room")],
                 rules=[korea(rep="bo@acme.test")])
    first = acme.client.get("/api/v1/routing/draft").json
    acme.publish([named("bo")])
    town.restart()
    acme.client = town.client.with_key(acme.key)
    assert acme.client.get(
        "/api/v1/routing/versions/1").json["document"] == first
    acme.client.post("/api/v1/routing/versions/1/restore").expect(200)
    acme.client.post("/api/v1/routing/draft/publish", {}).expect(201)
    assert acme.send() == "ana"
    assert acme.send(country="KR") == "bo"


def test_editing_a_lead_does_not_route_it_again(town):
    """19: a change of any field leaves the owner where he is."""
    acme = Company(town, "ana", "bo")
    acme.publish([named("bo")], rules=[korea(rep="ana@acme.test")])
    lead = acme.send_lead(country="KR")
    for change in ({"country": "JP"}, {"deal_value": 9}, {"tags": ["x"]},
                   {"stage": "contacted"}, {"name": "Kim"},
                   {"email": "kim@x.test"}, {"custom": {"a": 1}}):
        assert acme.edit(lead, **change)["owner"]["name"] == "ana"
    assert len(acme.of(lead, "decisions")) == 1


def test_a_lead_has_one_owner_in_every_place_it_is_shown(town):
    """20: list, lead, assignments and the load agree."""
    acme = Company(town, "ana", "bo")
    lead = acme.send_lead()
    for to in ("bo", "ana", "inbox", "bo"):
        acme.give(lead, to)
        shown = acme.lead(lead["id"])["owner"]
        [listed] = acme.client.get("/api/v1/leads").json["items"]
        open_ones = [a for a in acme.of(lead, "assignments")
                     if a["ended_at"] is None]
        assert listed["owner"] == shown
        assert [a["owner"] for a in open_ones] == [shown]
        loads = {name: person["open_leads"]
                 for name, person in acme.ledger().items()}
        assert loads == {name: int(name == shown["name"])
                         for name in acme.people}


def test_a_stage_that_changes_frees_room_whoever_changed_it(town):
    """21: rules hang on the record, not on a screen."""
    acme = Company(town, ana={"open_leads_max": 1})
    first, second = acme.send_lead(name="A"), acme.send_lead(name="B")
    assert acme.owner(second) == "Inbox"
    acme.edit(first, stage="customer")
    assert acme.owner(second) == "ana"


def test_imported_leads_are_routed_and_say_so(town, tmp_path):
    """22: an import goes the way of every lead, or says that it does not."""
    acme = Company(town, "ana", "bo")
    acme.publish([named("bo")], rules=[korea(rep="ana@acme.test")])
    table = tmp_path / "leads.csv"
    table.write_text("name,email,country\nKim,kim@x.test,KR\n"
                     "Lee,lee@x.test,JP\n", encoding="utf-8")
    town.cli("import", "leads", table, "--workspace", acme.slug,
             "--source", "fair")
    town.clock.advance("1s")
    leads = {lead["name"]: lead for lead in
             acme.client.get("/api/v1/leads").json["items"]}
    assert leads["Kim"]["owner"]["name"] == "ana"
    assert leads["Lee"]["owner"]["name"] == "bo"
    assert len(acme.of(leads["Kim"], "decisions")) == 1
    table.write_text("name,email\nNoh,noh@x.test\n", encoding="utf-8")
    town.cli("import", "leads", table, "--workspace", acme.slug,
             "--source", "fair", "--no-route")
    town.clock.advance("1d")
    [held] = [lead for lead in acme.client.get("/api/v1/leads").json["items"]
              if lead["name"] == "Noh"]
    assert held["owner"]["name"] == "Inbox"


def test_what_no_rule_expects_still_has_an_owner(town):
    """23: there is always an otherwise."""
    acme = Company(town, "ana")
    acme.publish([named("ana")], rules=[korea(rep="ana@acme.test")])
    lead = acme.send_lead(country="FR")
    assert lead["owner"]["name"] == "ana"
    [decision] = acme.of(lead, "decisions")
    assert decision["record"]["band"] == "otherwise"
    answer = acme.client.put("/api/v1/routing/draft", {
        "format": "baton-rules/1", "rules": []}).expect(422)
    assert answer.json["errors"][0]["pointer"] == "/otherwise"


def test_plain_rotation_needs_no_setting_at_all(town):
    """24: a new workspace without rules gives in turn."""
    acme = Company(town, "ana", "bo", "cy")
    got = [acme.send() for _ in range(9)]
    assert got[:3] == got[3:6] == got[6:]
    assert set(got) == set(acme.people)


def test_a_rep_who_works_alone_gets_everything(town):
    """24: and while there is no rep, the owner of the workspace does."""
    acme = Company(town, olga={"role": "viewer"})
    town.cli("user", "add", "--workspace", acme.slug, "--email",
             "boss@acme.test", "--role", "owner")
    assert acme.send() == "boss"
    acme.add("ana")
    assert acme.send() == "ana"


# What follows from the other complaints

def test_the_oldest_waiting_lead_goes_first_when_room_is_made(town):
    """25"""
    acme = Company(town, ana={"open_leads_max": 2})
    leads = []
    for i in range(5):
        leads.append(acme.send_lead(name=f"L{i}"))
        town.clock.advance("1m")
    acme.edit(leads[0], stage="unqualified")
    assert [acme.owner(lead) for lead in leads[1:]] \
        == ["ana", "ana", "Inbox", "Inbox"]
    newer = acme.send_lead(name="newer")
    assert newer["owner"]["name"] == "Inbox"
    acme.change("ana", open_leads_max=3)
    assert acme.owner(leads[3]) == "ana"
    assert acme.owner(leads[4]) == acme.owner(newer) == "Inbox"


def test_what_was_closed_while_it_waited_is_given_to_nobody(town):
    """25: room goes to who still wants something. Opened again, it waits as
    the others do."""
    acme = Company(town, ana={"presence": "away", "open_leads_max": 1})
    closed, waiting = (acme.send_lead(name=name) for name in ("A", "B"))
    acme.edit(closed, stage="unqualified")
    acme.change("ana", presence="available")
    assert [acme.owner(closed), acme.owner(waiting)] == ["Inbox", "ana"]
    assert acme.ledger()["ana"]["turns"] == 1

    acme.edit(waiting, stage="customer")
    assert acme.owner(closed) == "Inbox"
    acme.edit(closed, stage="open")
    assert acme.owner(closed) == "ana"


def test_a_new_lead_does_not_overtake_those_that_wait(town):
    """25: room that is made goes to who waited longest, also when a new lead
    arrives at that very moment."""
    acme = Company(town, ana={"open_leads_max": 1})
    first = acme.send_lead(name="first")
    waiting = acme.send_lead(name="waiting")
    town.clock.advance("1m")
    path = f"/api/v1/leads/{first['id']}"
    acme.client.patch(path, {"stage": "customer"}).expect(200)
    newer = acme.send_lead(name="newer")
    acme.settle()
    assert acme.owner(waiting) == "ana"
    assert acme.owner(newer) == "Inbox"


def test_room_made_by_a_late_lead_is_used(town):
    """25: whoever loses a lead because he was late has room for another."""
    acme = Company(town, ana={"open_leads_max": 1}, bo={})
    acme.publish([named("ana")], late={
        "after_minutes": 10, "times": 0,
        "finally": {"rep": "bo@acme.test"}})
    first = acme.send_lead(name="first")
    town.clock.advance("5m")
    second = acme.send_lead(name="second")
    assert second["owner"]["name"] == "Inbox"
    town.clock.advance("6m")
    assert acme.owner(first) == "bo"
    assert acme.owner(second) == "ana"


def test_leads_of_the_night_are_given_out_when_somebody_comes(town):
    """26"""
    hours = {"mon": ["09:00-18:00"], "tue": ["09:00-18:00"]}
    acme = Company(town, ana={"hours": hours})
    day = monday(town, hour=19)
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "Inbox"
    town.clock.advance("13h 59m")
    assert acme.owner(lead) == "Inbox"
    town.clock.advance("1m")
    assert acme.owner(lead) == "ana"


def test_the_first_owner_and_the_present_one_keep_their_times(town):
    """36: reports need both."""
    acme = Company(town, "ana", "bo")
    lead = acme.lead(acme.send_lead()["id"])
    town.clock.advance("3h")
    other = "bo" if lead["owner"]["name"] == "ana" else "ana"
    given = acme.give(lead, other)
    assert given["first_assigned_at"] == lead["first_assigned_at"]
    assert given["assigned_at"] > lead["assigned_at"]


def test_a_changed_owner_leaves_a_trace_that_says_who_and_why(town):
    """37"""
    acme = Company(town, "ana", "bo")
    lead = acme.send_lead()
    other = "bo" if lead["owner"]["name"] == "ana" else "ana"
    acme.give(lead, other, reason="speaks Korean")
    entries = [e for e in acme.of(lead, "timeline")
               if e["kind"] == "lead.assigned"]
    assert entries[0]["from"]["name"] == lead["owner"]["name"]
    assert entries[0]["to"]["name"] == other
    assert entries[0]["actor"]["kind"] == "key"
    assert "speaks Korean" in json.dumps(entries[0]["data"])


def test_a_trial_and_the_real_thing_agree(town):
    """41: the same input, the same owner, the same sentence."""
    draw = random.Random(5)
    acme = Company(town, ana={"weight": 2}, bo={"open_leads_max": 4}, cy={},
                   dee={"presence": "away"})
    acme.publish([named("ana", "bo", "cy", "dee"),
                  named("cy", "bo", id="korea", strategy="most_room")],
                 rules=[korea(pool="korea")])
    for number in range(16):
        lead = {"name": f"Lead {number}",
                "country": draw.choice(["KR", "JP", "DE"])}
        tried = acme.try_lead(lead)
        sent = acme.send_lead(**lead)
        assert sent["owner"] == tried["owner"]
        assert sent["decision"]["sentence"] == tried["sentence"]["en"]


def test_a_lead_somebody_sends_twice_by_a_double_click_is_one(town):
    """46 and 47: the sender sees success both times."""
    acme = Company(town, "ana", "bo")
    body = {"name": "Kim", "email": "kim@x.test", "message": "Hello"}
    first = acme.client.post("/api/v1/leads", body).expect(201).json
    second = acme.client.post("/api/v1/leads", body).expect(200).json
    assert second["id"] == first["id"] and second["matched"] is True
    assert second["owner"] == first["owner"]
    assert acme.client.get("/api/v1/leads").json["total"] == 1


def test_a_known_address_is_joined_and_the_second_message_is_kept(town):
    """48 and 49: never two records, never a dropped lead."""
    acme = Company(town, "ana", "bo")
    first = acme.send_lead(email="Kim@Example.test", message="one")
    second = acme.send_lead(email="kim@example.test", message="two",
                            city="Busan")
    assert second["id"] == first["id"]
    assert acme.lead(first["id"])["city"] == "Busan"
    bodies = "".join(s["body"] for s in acme.of(first, "submissions"))
    assert "one" in bodies and "two" in bodies
    assert acme.of(first, "timeline")[0]["kind"] == "lead.returned"


def test_ways_to_write_one_phone_number_are_one_person(town):
    """52"""
    acme = Company(town, "ana", "bo")
    acme.client.patch("/api/v1/workspace", {"country": "KR"}).expect(200)
    written = ["010-1234-5678", "+82 10 1234 5678", "+821012345678",
               "82-10-1234-5678", "(010) 1234.5678"]
    assert len({acme.send_lead(phone=p)["id"] for p in written}) == 1
    for pair in (["+52 1 55 1234 5678", "+52 55 1234 5678"],
                 ["+55 11 96123-4567", "+55 11 6123-4567"]):
        assert len({acme.send_lead(phone=p)["id"] for p in pair}) == 1, pair


def test_what_was_acknowledged_is_there_after_a_power_cut(start_baton):
    """54: on disk before the sender hears of it."""
    baton = start_baton()
    acme = Company(baton, "ana", "bo")
    sent = [acme.send_lead(name=f"Lead {i}") for i in range(20)]
    baton.kill()
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    for lead in sent:
        kept = acme.lead(lead["id"])
        assert kept["owner"] == lead["owner"]
        assert len(acme.of(lead, "submissions")) == 1
    assert sum(p["turns"] for p in acme.ledger().values()) == 20
