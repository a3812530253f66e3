"""Sentences that a stranger can do something with: they name people and
reasons, and no code stands where words should."""

import re

from support.story import OFFICE, Company, monday, move_to


def pool(*names, strategy="in_turn", **more):
    return {"id": "team", "name": "Seoul team", "strategy": strategy,
            "members": [{"rep": f"{name}@acme.test"} for name in names],
            **more}


def last_sentence(acme, lead):
    sentence = acme.of(lead, "decisions")[-1]["sentence"]
    for text in sentence.values():
        assert text.endswith(".") and not re.search(r"[{}|?_]", text), text
    assert re.search("[가-힣]", sentence["ko"])
    assert not re.search("[가-힣]", sentence["en"])
    return sentence


def test_after_a_missed_promise_it_is_said_who_had_the_lead(town):
    acme = Company(town, "ana", "bo")
    acme.publish([pool("ana", "bo")], late={
        "after_minutes": 5, "then": "next", "times": 1})
    lead = acme.send_lead()
    first = lead["owner"]["name"]
    assert "in time" not in last_sentence(acme, lead)["en"]
    town.clock.advance("6m")
    told = last_sentence(acme, lead)
    assert told["en"].startswith(f"{first} did not answer in time. Otherwise:")
    assert told["ko"].startswith(first) and "제때" in told["ko"]
    record = acme.of(lead, "decisions")[-1]["record"]
    assert record["missed_by"]["name"] == first


def test_the_last_resort_says_who_did_not_answer(town):
    acme = Company(town, "ana", "bo")
    acme.publish([pool("ana")], late={
        "after_minutes": 5, "times": 0, "finally": {"rep": "bo@acme.test"}})
    lead = acme.send_lead()
    town.clock.advance("6m")
    assert last_sentence(acme, lead)["en"] == (
        "ana did not answer in time, so it went to bo, as the rules say.")


def named(acme, **more):
    acme.publish([pool("ana", "bo")], otherwise={"rep": "ana@acme.test"},
                 **more)
    acme.change("ana", presence="away")
    return acme.send_lead()


def test_the_only_one_who_is_named_is_named_with_what_stops_him(town):
    acme = Company(town, "ana", "bo")
    told = last_sentence(acme, named(acme))
    assert told["en"].startswith("Otherwise: ana is away. It is kept in ")
    assert "자리를 비웠습니다" in told["ko"]


def test_nor_is_the_only_member_of_a_pool_nobody_of_1(town):
    acme = Company(town, "ana", "bo")
    acme.publish([pool("ana")], otherwise={"pool": "team"},
                 nobody_can={"then": {"rep": "bo@acme.test"}})
    acme.change("ana", open_leads_max=0)
    assert last_sentence(acme, acme.send_lead())["en"] == (
        "Otherwise: ana has 0 of at most 0 open leads. It went to bo instead.")


def test_who_works_later_is_waited_for_by_name(town):
    acme = Company(town, "ana")
    acme.client.patch("/api/v1/workspace",
                      {"time_zone": "Asia/Seoul"}).expect(200)
    acme.publish([pool("ana")], nobody_can={"wait": "until_hours"})
    acme.change("ana", hours=OFFICE)
    move_to(town, monday(town).replace(hour=20))
    lead = acme.send_lead()
    told = last_sentence(acme, lead)["en"]
    assert told.startswith("Otherwise: ana works again from ")
    assert "It waits in " in told and told.count("09:00") == 2
    assert lead["decision"]["sentence"] == told


def test_of_several_the_count_is_told(town):
    acme = Company(town, "ana", "bo")
    acme.publish([pool("ana", "bo")])
    acme.change("ana", presence="away")
    acme.change("bo", presence="busy")
    assert "nobody of 2" in last_sentence(acme, acme.send_lead())["en"]


def test_a_sequence_that_begins_is_mentioned(town):
    acme = Company(town, "ana")
    acme.client.post("/api/v1/sequences", {
        "name": "Welcome", "slug": "welcome",
        "steps": [{"after": {"days": 3}, "change": {"add_tags": ["x"]}}],
    }).expect(201)
    acme.publish([pool("ana")], otherwise={
        "sequence": "welcome", "owner": {"queue": "inbox"}})
    told = last_sentence(acme, acme.send_lead())
    assert "sent the sequence welcome" in told["en"]
    assert "시퀀스 welcome" in told["ko"]
    acme.publish([pool("ana")], otherwise={
        "sequence": "welcome", "owner": {"pool": "team"}})
    told = last_sentence(acme, acme.send_lead())
    assert told["en"].endswith("The sequence welcome begins.")


def failures(acme, expect):
    acme.client.put("/api/v1/routing/draft", {
        "format": "baton-rules/1", "rules": [], "pools": [pool("ana")],
        "otherwise": {"pool": "team"},
        "tests": [{"name": "Seoul", "lead": {}, "expect": expect}],
    }).expect(200)
    refused = acme.client.post("/api/v1/routing/draft/publish", {})
    return [error["message"] for error in refused.expect(422).json["errors"]]


def test_a_test_that_fails_says_what_was_to_be_and_what_came_out(town):
    acme = Company(town, "ana", "bo")
    came = ("What came out: Otherwise: ana was next in turn; 1 of 1 in Seoul "
            "team could take it.")
    assert failures(acme, {"rule": "korea", "rep": "bo@acme.test",
                           "queue": "inbox"}) == [
        f'"Seoul": the rule was to be korea, but no rule matched. {came}',
        '"Seoul": the rep was to be bo@acme.test, but the rep was '
        f"ana@acme.test. {came}",
        f'"Seoul": the queue was to be inbox, but it is in no queue. {came}']


def test_a_trial_says_when_the_owner_who_stays_will_not_answer_at_once(town):
    acme = Company(town, "ana")
    acme.everyone()
    acme.send_lead(email="kim@x.test")
    again = {"email": "kim@x.test"}
    assert acme.try_lead(again)["sentence"]["en"] == (
        "ana has this person's lead already.")
    acme.change("ana", presence="away")
    tried = acme.try_lead(again)["sentence"]
    assert tried["en"] == (
        "ana has this person's lead already. ana is away.")
    assert "자리를 비웠습니다" in tried["ko"]
    sent = acme.send_lead(email="kim@x.test", message="again")
    assert sent["decision"]["sentence"] == tried["en"]


def test_a_trial_at_night_says_when_the_owner_works_again(town):
    acme = Company(town, "ana")
    acme.everyone()
    acme.change("ana", hours=OFFICE)
    monday(town)
    acme.send_lead(email="kim@x.test")
    night = monday(town).replace(hour=22).isoformat()
    tried = acme.try_lead({"email": "kim@x.test"}, at=night)
    assert "ana works again from" in tried["sentence"]["en"]


def test_whoever_cannot_accept_reads_why_in_words(town):
    acme = Company(town, "ana")
    acme.publish([pool("ana", strategy="first_to_accept", accept_minutes=10)])
    ana = acme.sign_in("ana")
    lead = acme.send_lead()
    acme.change("ana", open_leads_max=0)
    path = f"/api/v1/leads/{lead['id']}/accept"
    refused = ana.post(path).expect(409).json
    assert refused["detail"] == ("You cannot take a lead now. ana has 0 of at "
                                 "most 0 open leads.")
    acme.change("ana", language="ko")
    assert "상한" in ana.post(path).expect(409).json["detail"]


def test_the_ledger_says_in_words_what_stops_somebody(town):
    acme = Company(town, "ana", "bo")
    acme.change("ana", presence="busy")
    ledger = acme.ledger()
    assert ledger["ana"]["sentence"]["en"] == "ana is busy."
    assert "sentence" not in ledger["bo"]


def test_one_lead_of_a_batch_says_why_it_is_his(post_town, mailbox):
    acme = Company(post_town, "ana")
    acme.everyone()
    mailbox.only(acme)
    acme.client.post("/api/v1/leads/batch", {"leads": [
        {"name": "Kim", "email": "kim@x.test"}]}).expect(200)
    post_town.clock.advance("2m")
    [mail] = mailbox.wait_for(1)
    assert "Why you: Otherwise: ana was next in turn" in mail.text


def test_a_promise_is_kept_by_a_time_not_until_it(post_town, mailbox):
    acme = Company(post_town, "ana")
    acme.everyone(late={"after_minutes": 30})
    mailbox.only(acme)
    acme.send_lead(name="Kim")
    post_town.clock.advance("31m")
    new, late = mailbox.wait_for(2)
    assert "Answer by: " in new.text
    assert re.search(r"was promised an answer by .* and has none", late.text)
