"""What a wrong version of the rules has given away is taken back: exactly
that, and nothing that people have worked on since."""

import pytest
from support.story import Company

WRONG = {"late": {"after_minutes": 60, "then": "next", "times": 1}}


def pool(*names):
    return {"id": "team", "name": "Team", "strategy": "in_turn",
            "members": [{"rep": f"{name}@acme.test"} for name in names]}


def company(town, *names):
    """Ana has what came by version 1."""
    acme = Company(town, *(names or ("ana", "bo", "cy", "dee")))
    acme.publish([pool("ana")])
    return acme


def number(acme):
    return acme.client.get("/api/v1/routing/versions").expect(
        200).json["items"][0]["number"]


def revert(acme, version, status=200, **more):
    return acme.client.post(f"/api/v1/routing/versions/{version}/revert", {
        "note": "Wrong region", **more}).expect(status).json


def finished(acme, record):
    acme.settle()
    return acme.client.get(
        f"/api/v1/routing/reverts/{record['id']}").expect(200).json


def listed(acme, version):
    """By lead, what a revert would do with each."""
    page = acme.client.get(
        f"/api/v1/routing/versions/{version}/assignments").expect(200).json
    return {item["lead"]: item for item in page["items"]}


def reported(acme, record):
    page = acme.client.get(
        f"/api/v1/routing/reverts/{record['id']}/leads").expect(200).json
    return {item["lead"]: item for item in page["items"]}


def wrong_rules(acme, *names, **more):
    acme.publish([pool(*names)], **more)
    return number(acme)


def test_a_new_lead_is_routed_again_by_the_rules_that_are_right(town):
    acme = company(town)
    wrong = wrong_rules(acme, "bo")
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "bo"
    acme.publish([pool("cy")])
    assert listed(acme, wrong)[lead["id"]]["outcome"] == "routed_again"
    done = revert(acme, wrong)
    assert (done["state"], done["counts"]) == ("done", {"routed_again": 1})
    assert acme.owner(lead) == "cy"
    assert reported(acme, done)[lead["id"]]["to"]["name"] == "cy"


def test_a_lead_goes_back_to_who_had_it_before(town):
    acme = company(town)
    lead = acme.send_lead()
    assert lead["owner"]["name"] == "ana"
    wrong = wrong_rules(acme, "bo", **WRONG)
    acme.change("ana", active=False)
    acme.change("ana", active=True)
    assert acme.owner(lead) == "bo"
    acme.publish([pool("cy")])
    item = listed(acme, wrong)[lead["id"]]
    assert (item["outcome"], item["to"]["name"]) == ("given_back", "ana")
    done = revert(acme, wrong)
    assert done["counts"] == {"given_back": 1}
    assert acme.owner(lead) == "ana"
    last = acme.of(lead, "assignments")[-1]
    assert last["reason"] == "given_back"
    assert last["decision"] == acme.of(lead, "decisions")[0]["id"]


def test_two_owners_by_the_same_version_are_both_undone(town):
    acme = company(town)
    wrong = wrong_rules(acme, "bo", "dee", **WRONG)
    lead = acme.send_lead()
    first = lead["owner"]["name"]
    town.clock.advance("61m")
    assert acme.owner(lead) != first
    acme.publish([pool("ana")])
    counts = revert(acme, wrong)["counts"]
    assert counts == {"routed_again": 1, "moved_on": 1}
    assert acme.owner(lead) == "ana"
    assert {name: row["credit"] for name, row in acme.ledger().items()} == {
        "ana": 0, "bo": 0, "cy": 0, "dee": 0}


def test_the_account_of_turns_is_as_if_the_wrong_rules_had_never_been(town):
    acme = company(town)
    acme.publish([pool("ana", "bo", "cy")])
    for _ in range(4):
        acme.send_lead()
    before = {name: row["credit"] for name, row in acme.ledger().items()}
    wrong = wrong_rules(acme, "bo", "cy", "dee")
    for _ in range(5):
        acme.send_lead()
    wrong_credit = {n: row["credit"] for n, row in acme.ledger().items()}
    assert wrong_credit != before
    acme.publish([], otherwise={"queue": "inbox"})
    assert revert(acme, wrong)["counts"] == {"routed_again": 5}
    after = {name: row["credit"] for name, row in acme.ledger().items()}
    assert after == before
    assert acme.ledger()["dee"]["open_leads"] == 0
    assert acme.ledger()["dee"]["day_leads"] == 0


def left(acme, lead, what):
    """What happens to a lead after it was given away."""
    client = acme.client
    path = f"/api/v1/leads/{lead['id']}"
    return {
        "touched": lambda: acme.touch(lead, "note", note="Rang"),
        "moved_by_hand": lambda: acme.give(lead, "cy"),
        "pinned": lambda: acme.give(lead, lead["owner"]["name"],
                                    pin_until="2040-01-01T00:00:00Z"),
        "closed": lambda: client.patch(path, {"stage": "unqualified"}),
        "erased": lambda: client.post(path + "/erase", {"reason": "asked"}),
        "merged": lambda: client.post(path + "/merge", {
            "into": acme.send_lead(name="Other")["id"]}),
    }[what]()


@pytest.mark.parametrize("code", ["touched", "moved_by_hand", "pinned",
                                  "closed", "erased", "merged"])
def test_what_people_have_done_since_is_left_and_said(town, code):
    acme = company(town)
    wrong = wrong_rules(acme, "bo")
    lead = acme.send_lead(name="Kim")
    left(acme, lead, code)
    acme.publish([pool("dee")])
    counts = revert(acme, wrong)["counts"]
    assert counts[code] == 1
    done = revert(acme, wrong, dry_run=True)
    item = reported(acme, done)[lead["id"]]
    assert item["outcome"] == code
    for language in ("en", "ko"):
        assert item["sentence"][language].endswith(".")
        assert "{" not in item["sentence"][language]
    if code not in ("erased", "merged"):
        assert acme.owner(lead) == ("cy" if code == "moved_by_hand" else "bo")


def test_somebody_who_writes_again_is_no_reason_to_leave_it(town):
    acme = company(town)
    wrong = wrong_rules(acme, "bo")
    lead = acme.send_lead(email="kim@x.test")
    acme.send_lead(email="kim@x.test", message="Are you there?")
    acme.publish([pool("dee")])
    assert revert(acme, wrong)["counts"] == {"routed_again": 1}
    assert acme.owner(lead) == "dee"


def test_a_second_time_nothing_happens(town):
    acme = company(town)
    wrong = wrong_rules(acme, "bo", "dee")
    leads = [acme.send_lead() for _ in range(4)]
    acme.publish([pool("bo", "cy")])
    assert revert(acme, wrong)["counts"] == {"routed_again": 4}
    owners = [acme.owner(lead) for lead in leads]
    assert "bo" in owners  # the right rules chose him, too
    ledger = acme.ledger()
    assert revert(acme, wrong)["counts"] == {"reverted": 4}
    assert [acme.owner(lead) for lead in leads] == owners
    assert acme.ledger() == ledger
    for lead in leads:
        assert len(acme.of(lead, "assignments")) == 2


def test_a_dry_run_changes_nothing_and_says_what_would_be(town):
    acme = company(town)
    wrong = wrong_rules(acme, "bo")
    lead = acme.send_lead()
    acme.publish([pool("cy")])
    before = (acme.lead(lead["id"]), acme.of(lead, "timeline"), acme.ledger())
    would = revert(acme, wrong, dry_run=True)
    assert (would["dry_run"], would["counts"]) == (True, {"routed_again": 1})
    assert before == (acme.lead(lead["id"]), acme.of(lead, "timeline"),
                      acme.ledger())
    assert revert(acme, wrong)["counts"] == would["counts"]


def test_rules_in_force_are_not_asked_again_about_their_own_mistakes(town):
    acme = company(town)
    wrong = wrong_rules(acme, "bo")
    lead = acme.send_lead()
    refused = revert(acme, wrong, status=409)
    assert "in force" in refused["detail"]
    assert acme.owner(lead) == "bo"
    done = revert(acme, wrong, queue="inbox")
    assert done["counts"] == {"queued": 1}
    inbox = acme.lead(lead["id"])["owner"]
    assert inbox["kind"] == "queue"
    acme.change("bo", presence="away")
    acme.change("bo", presence="available")
    acme.publish([pool("cy")])
    acme.settle()
    assert acme.lead(lead["id"])["owner"] == inbox  # a person gives it away


def test_two_versions_are_taken_back_one_after_the_other(town):
    acme = company(town)
    one = wrong_rules(acme, "bo")
    lead = acme.send_lead()
    two = wrong_rules(acme, "dee")
    acme.change("bo", active=False)
    acme.change("bo", active=True)
    assert acme.owner(lead) == "dee"
    acme.publish([pool("cy")])
    assert revert(acme, two)["counts"] == {"given_back": 1}
    assert acme.owner(lead) == "bo"
    assert revert(acme, two)["counts"] == {"reverted": 1}
    assert revert(acme, one)["counts"] == {"routed_again": 1}
    assert acme.owner(lead) == "cy"


def test_who_has_left_or_is_on_leave_does_not_get_it_back(town):
    acme = company(town)
    lead = acme.send_lead()
    wrong = wrong_rules(acme, "bo")
    acme.change("ana", active=False)
    assert acme.owner(lead) == "bo"
    acme.publish([pool("cy")])
    assert revert(acme, wrong)["counts"] == {"routed_again": 1}
    assert acme.owner(lead) == "cy"


def test_a_sequence_that_the_wrong_rules_began_is_stopped(town):
    acme = company(town)
    acme.client.post("/api/v1/sequences", {
        "name": "Welcome", "slug": "welcome",
        "steps": [{"after": {"days": 3}, "change": {"add_tags": ["x"]}}],
    }).expect(201)
    wrong = wrong_rules(acme, "bo", otherwise={
        "sequence": "welcome", "owner": {"queue": "inbox"}})
    lead = acme.send_lead()
    assert lead["owner"]["kind"] == "queue"
    acme.publish([pool("cy")])
    assert acme.lead(lead["id"])["owner"]["kind"] == "queue"
    assert revert(acme, wrong)["counts"] == {"routed_again": 1}
    assert acme.owner(lead) == "cy"
    run = acme.client.get(
        f"/api/v1/leads/{lead['id']}/sequence").expect(200).json
    assert "reverted" in str(run)


def test_an_offer_of_the_wrong_rules_is_taken_back(town):
    acme = company(town)
    offered = {"id": "team", "name": "Team", "strategy": "first_to_accept",
               "accept_minutes": 60, "members": [{"rep": "bo@acme.test"}]}
    acme.publish([offered])
    wrong = number(acme)
    lead = acme.send_lead()
    taken = acme.send_lead()
    bo = acme.sign_in("bo")
    bo.post(f"/api/v1/leads/{taken['id']}/accept").expect(200)
    acme.publish([pool("cy")])
    acme.settle()
    counts = revert(acme, wrong)["counts"]
    assert counts["accepted"] == 1
    assert acme.owner(taken) == "bo"
    assert acme.owner(lead) == "cy"


def test_who_when_and_why_stand_in_the_timeline(town):
    acme = company(town)
    acme.add("eve", role="admin")
    wrong = wrong_rules(acme, "bo")
    lead = acme.send_lead()
    acme.publish([pool("cy")])
    eve = acme.sign_in("eve")
    done = eve.post(f"/api/v1/routing/versions/{wrong}/revert",
                    {"note": "Wrong region"}).expect(200).json
    assert done["asked_by"]["name"] == "eve"
    entry = next(entry for entry in acme.of(lead, "timeline")
                 if entry["kind"] == "lead.assigned")
    assert entry["actor"]["name"] == "eve"
    assert entry["data"]["note"] == "Wrong region"
    assert entry["data"]["revert"] == done["id"]
    assert (entry["from"]["name"], entry["to"]["name"]) == ("bo", "cy")


def test_only_who_may_publish_may_revert_and_a_reason_is_needed(town):
    acme = company(town)
    acme.add("max", role="manager")
    wrong = wrong_rules(acme, "bo")
    acme.publish([pool("cy")])
    path = f"/api/v1/routing/versions/{wrong}/revert"
    acme.sign_in("max").post(path, {"note": "x"}).expect(403)
    acme.sign_in("ana").post(path, {"note": "x"}).expect(403)
    acme.client.post(path, {}).expect(422)
    acme.client.post(path, {"note": " "}).expect(422)
    acme.client.post(path, {"note": "x", "queue": "nowhere"}).expect(422)
    acme.client.post("/api/v1/routing/versions/99/revert",
                     {"note": "x"}).expect(404)


def test_many_leads_are_a_job_in_pieces_with_progress(town):
    acme = company(town)
    wrong = wrong_rules(acme, "bo", "dee")
    acme.client.post("/api/v1/leads/batch", {"leads": [
        {"email": f"n{i}@x.test"} for i in range(450)]}).expect(200)
    acme.publish([pool("cy")])
    begun = revert(acme, wrong, status=202)
    assert begun["state"] == "running"
    assert 0 < begun["counts"]["routed_again"] < 450
    assert 0 <= begun["percent"] < 100
    done = finished(acme, begun)
    assert (done["state"], done["percent"]) == ("done", 100)
    assert done["counts"] == {"routed_again": 450}
    assert acme.ledger()["cy"]["open_leads"] == 450
    path, seen = f"/api/v1/routing/reverts/{begun['id']}/leads?limit=200", 0
    cursor = ""
    while cursor is not None:
        page = acme.client.get(path + cursor).expect(200).json
        seen += len(page["items"])
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert seen == 450


def test_a_revert_that_was_cut_off_goes_on_where_it_stopped(baton):
    acme = company(baton)
    wrong = wrong_rules(acme, "bo", "dee")
    acme.client.post("/api/v1/leads/batch", {"leads": [
        {"email": f"n{i}@x.test"} for i in range(350)]}).expect(200)
    acme.publish([pool("cy")])
    begun = revert(acme, wrong, status=202)
    baton.kill()
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    done = finished(acme, begun)
    assert (done["state"], done["counts"]) == ("done", {"routed_again": 350})
    assert acme.ledger()["cy"]["open_leads"] == 350
    assert {row["credit"] for row in acme.ledger().values()} == {0}


def test_a_company_does_not_stay_with_who_got_it_by_mistake(town):
    acme = company(town)
    keep = {"keep_together": {"account": True, "months": 12}}
    wrong = wrong_rules(acme, "bo", **keep)
    leads = [acme.send_lead(email=f"{name}@build.test", company="Build")
             for name in ("kim", "lee", "park")]
    assert {lead["owner"]["name"] for lead in leads} == {"bo"}
    acme.publish([pool("cy", "dee")], **keep)
    assert revert(acme, wrong)["counts"] == {"routed_again": 3}
    owners = {acme.owner(lead) for lead in leads}
    assert len(owners) == 1 and "bo" not in owners


def test_what_was_kept_together_rightly_stays_so(town):
    acme = company(town)
    keep = {"keep_together": {"account": True, "months": 12}}
    old = acme.send_lead(email="kim@build.test", company="Build")
    wrong = wrong_rules(acme, "bo", **keep)
    kept = [acme.send_lead(email=f"{name}@build.test", company="Build")
            for name in ("lee", "park")]
    acme.publish([pool("cy")], **keep)
    assert revert(acme, wrong)["counts"] == {"routed_again": 2}
    assert {acme.owner(lead) for lead in [old, *kept]} == {"ana"}


def test_who_has_entered_a_lead_keeps_it_by_the_right_rules_too(town):
    acme = company(town)
    keeps = [{"id": "own", "name": "Own catch", "when": {"all": []},
              "capturer_keeps": True, "give_to": {"rep": "bo@acme.test"}}]
    wrong = wrong_rules(acme, "bo", rules=keeps)
    lead = acme.sign_in("dee").post("/api/v1/leads", {
        "email": "kim@x.test"}).expect(201).json
    other = acme.send_lead()
    assert (lead["owner"]["name"], other["owner"]["name"]) == ("dee", "bo")
    keeps[0]["give_to"] = {"rep": "cy@acme.test"}
    acme.publish([pool("cy")], rules=keeps)
    assert revert(acme, wrong)["counts"] == {"routed_again": 2}
    assert (acme.owner(lead), acme.owner(other)) == ("dee", "cy")


def test_what_was_given_by_mistake_does_not_fill_anybodys_day(town):
    acme = company(town)
    acme.change("bo", day_leads_max=2)
    wrong = wrong_rules(acme, "bo")
    for _ in range(2):
        acme.send_lead()
    acme.publish([pool("cy")])
    revert(acme, wrong)
    acme.publish([pool("bo")])
    assert [acme.send() for _ in range(2)] == ["bo", "bo"]


def test_a_queue_that_a_rule_had_chosen_has_its_lead_back(town):
    acme = company(town)
    acme.publish([], otherwise={"queue": "inbox"})
    lead = acme.send_lead(email="kim@x.test")
    wrong = wrong_rules(acme, "bo")
    acme.settle()
    assert acme.owner(lead) == "bo"
    acme.publish([], otherwise={"queue": "inbox"})
    assert revert(acme, wrong)["counts"] == {"routed_again": 1}
    assert acme.lead(lead["id"])["owner"]["kind"] == "queue"


def test_each_hears_of_all_in_one_mail(post_town, mailbox):
    acme = Company(post_town, "bo", "cy")
    mailbox.only(acme)
    wrong = wrong_rules(acme, "bo")
    acme.client.post("/api/v1/leads/batch", {"leads": [
        {"email": f"n{i}@x.test"} for i in range(5)]}).expect(200)
    post_town.clock.advance("2m")
    acme.publish([pool("cy")])
    revert(acme, wrong)
    post_town.clock.advance("2m")
    mailbox.wait_for(3)
    assert [mail.subject for mail in mailbox.all("cy@acme.test")] == [
        "5 new leads"]
    gone = mailbox.all("bo@acme.test")[-1]
    assert gone.subject == "5 leads are no longer yours"
    assert "Wrong region" in gone.text
    assert len(mailbox.all()) == 3
