"""What owners hear by mail: of a lead that is theirs, one that has gone on,
one that wrote again; in their language, and only what they want to hear."""

import re

import pytest
from support.story import Company

KIM = {"name": "Kim Minji", "email": "minji@x.test", "phone": "010-1234-5678",
       "company": "Hanok", "message": "Please call me."}


def pool(*names):
    return [{"id": "one", "name": "One", "strategy": "fixed",
             "members": [{"rep": f"{name}@acme.test"} for name in names]}]


def company(town, mailbox, late=None, **people):
    acme = Company(town, **(people or {"ana": {}, "bo": {}}))
    mailbox.only(acme)
    acme.publish(pool(*acme.people), **({"late": late} if late else {}))
    return acme


def hard_to_reach(acme):
    """A rep whose mail server takes mail at the second attempt."""
    address = f"later-{acme.slug}@acme.test"
    acme.client.post("/api/v1/people", {
        "email": address, "name": "late", "role": "rep"}).expect(201)
    return address


def subjects(mails):
    return [mail.subject for mail in mails]


def test_the_owner_hears_by_mail_that_a_lead_is_his_and_why(
        post_town, mailbox):
    acme = company(post_town, mailbox)
    lead = acme.send_lead(**KIM)
    acme.settle()
    [mail] = mailbox.wait_for(1)
    assert mail.to == "ana@acme.test" and mail.sender == "leads@baton.test"
    assert mail["From"] == "Baton <leads@baton.test>"
    assert mail.subject == "New lead: Kim Minji"
    for said in ("Kim Minji is yours now.", "+82 10-1234-5678", "Hanok",
                 "Please call me.", lead["decision"]["sentence"],
                 f"https://baton.test/leads/{lead['id']}"):
        assert said in mail.text or said.replace("+82 10-1234-5678",
                                                 "+821012345678") in mail.text
    assert f'href="https://baton.test/leads/{lead["id"]}"' in mail.html
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_mail_is_known_by_its_job_so_that_a_second_try_is_the_same_mail(
        post_town, mailbox):
    acme = company(post_town, mailbox)
    acme.send_lead(**KIM)
    acme.settle()
    [mail] = mailbox.wait_for(1)
    assert re.fullmatch(r"<[0-9a-z]{13}@baton\.test>", mail["Message-ID"])


def test_a_mail_server_that_is_busy_is_asked_again(post_town, mailbox):
    acme = Company(post_town)
    mailbox.only(acme)
    late = hard_to_reach(acme)
    acme.everyone()
    acme.send_lead(**KIM)
    acme.settle()
    assert mailbox.all() == []
    post_town.clock.advance("10m")
    [mail] = mailbox.wait_for(1)
    assert mail.to == late
    post_town.clock.advance("1d")
    assert len(mailbox.all()) == 1


def test_whoever_cannot_be_reached_holds_up_nobody(post_town, mailbox):
    """The mail to the first owner fails; the next one hears all the same."""
    acme = Company(post_town, "bo")
    mailbox.only(acme)
    acme.client.post("/api/v1/people", {
        "email": "refused@acme.test", "name": "R", "role": "rep"}).expect(201)
    acme.publish(pool("refused", "bo"), late={"after_minutes": 10})
    acme.send_lead(**KIM)
    post_town.clock.advance("11m")
    [mail] = mailbox.wait_for(1)
    assert (mail.to, mail.subject) == ("bo@acme.test", "New lead: Kim Minji")


def test_the_owner_who_loses_a_late_lead_hears_it_too(post_town, mailbox):
    acme = company(post_town, mailbox, late={"after_minutes": 10})
    acme.send_lead(**KIM)
    post_town.clock.advance("11m")
    mailbox.wait_for(3)
    assert subjects(mailbox.all("ana@acme.test")) == [
        "New lead: Kim Minji", "Kim Minji went on to bo"]
    assert subjects(mailbox.all("bo@acme.test")) == ["New lead: Kim Minji"]
    gone = mailbox.all("ana@acme.test")[1]
    assert "010" not in gone.text and "minji@x.test" not in gone.text


def test_a_person_reads_mail_in_his_own_language(post_town, mailbox):
    acme = company(post_town, mailbox, ana={"language": "ko"})
    lead = acme.send_lead(**KIM)
    acme.settle()
    [mail] = mailbox.wait_for(1)
    assert mail.subject == "새 리드: Kim Minji"
    why = acme.of(lead, "decisions")[0]["sentence"]
    assert why["ko"] in mail.text and why["en"] not in mail.text


def test_a_person_hears_only_of_what_he_wants_to_hear(post_town, mailbox):
    acme = company(post_town, mailbox, late={"after_minutes": 10},
                   ana={"mail": ["lead.moved_on"]}, bo={"mail": []})
    acme.send_lead(**KIM)
    post_town.clock.advance("11m")
    assert subjects(mailbox.wait_for(1)) == ["Kim Minji went on to bo"]


def test_everybody_may_change_his_own_mail_and_nobody_elses(
        post_town, mailbox):
    acme = company(post_town, mailbox)
    ana = acme.sign_in("ana")
    mine, other = (f"/api/v1/people/{acme.people[name].id}"
                   for name in ("ana", "bo"))
    assert acme.client.get(mine).json["mail"] == [
        "lead.assigned", "lead.moved_on", "lead.returned", "lead.due_soon",
        "lead.late"]
    changed = ana.patch(mine, {"mail": ["lead.late"], "language": "ko"})
    assert changed.expect(200).json["mail"] == ["lead.late"]
    assert changed.json["language"] == "ko"
    ana.patch(other, {"mail": []}).expect(403)
    ana.patch(mine, {"mail": [], "role": "admin"}).expect(403)
    back = ana.patch(mine, {"mail": None, "language": None}).expect(200).json
    assert len(back["mail"]) == 5 and back["language"] is None


@pytest.mark.parametrize("body, pointer", [
    ({"mail": ["lead.created"]}, "/mail/0"),
    ({"mail": "all"}, "/mail"),
    ({"language": "de"}, "/language"),
])
def test_a_wrong_choice_of_mail_is_refused_with_its_place(
        post_town, mailbox, body, pointer):
    acme = company(post_town, mailbox)
    refused = acme.client.patch(
        f"/api/v1/people/{acme.people['ana'].id}", body).expect(422)
    assert refused.json["errors"][0]["pointer"] == pointer


def test_an_owner_hears_that_his_lead_wrote_again(post_town, mailbox):
    acme = company(post_town, mailbox)
    acme.send_lead(**KIM)
    acme.send_lead(**KIM | {"message": "Are you there?"})
    acme.settle()
    assert subjects(mailbox.wait_for(2)) == [
        "New lead: Kim Minji", "Kim Minji wrote again"]


def test_a_lead_given_by_hand_is_told_to_who_gets_it_not_to_who_gives_it(
        post_town, mailbox):
    acme = company(post_town, mailbox, ana={}, bo={}, boss={"role": "manager"})
    lead = acme.send_lead(**KIM)
    acme.settle()
    boss = acme.sign_in("boss")
    path = f"/api/v1/leads/{lead['id']}/owner"
    boss.post(path, {"to": {"rep": "boss@acme.test"}}).expect(200)
    boss.post(path, {"to": {"rep": "bo@acme.test"}}).expect(200)
    acme.settle()
    mailbox.wait_for(3)
    assert mailbox.all("boss@acme.test") == []
    assert subjects(mailbox.all("bo@acme.test")) == ["New lead: Kim Minji"]


def test_nobody_is_told_of_a_lead_that_is_not_his_any_more(
        post_town, mailbox):
    """The mail waits; the lead goes on before it leaves."""
    acme = Company(post_town, "bo")
    mailbox.only(acme)
    late = hard_to_reach(acme)
    acme.publish(pool(late.partition("@")[0], "bo"))
    lead = acme.send_lead(name="Lee")
    acme.settle()
    assert acme.owner(lead) == "late"
    acme.give(lead, "bo")
    post_town.clock.advance("1h")
    assert "New lead: Lee" not in subjects(mailbox.all(late))
    assert "New lead: Lee" in subjects(mailbox.all("bo@acme.test"))


def test_what_a_lead_says_is_no_mark_up_and_no_header_in_a_mail(
        post_town, mailbox):
    acme = company(post_town, mailbox)
    acme.send_lead(name="Eve<script>", email="eve@x.test",
                   message="a\r\nBcc: all@x.test\r\n.\r\nQUIT")
    acme.settle()
    [mail] = mailbox.wait_for(1)
    assert mail["Bcc"] is None and mail.to == "ana@acme.test"
    assert "<script>" not in mail.html


def test_without_a_mail_server_nothing_fails_and_it_is_said(start_baton):
    baton = start_baton()
    acme = Company(baton, "ana")
    acme.send_lead(**KIM)
    acme.settle()
    assert acme.client.get("/api/v1/jobs").expect(200).json["items"] == []
    hints = baton.client.get("/health/ready").expect(200).json["hints"]
    assert len(hints) == 1 and "--mail-server" in hints[0]
    said = baton.cli("doctor")
    assert "--mail-server" in said


def test_a_half_set_mail_server_is_refused_at_the_start(start_baton):
    baton = start_baton()
    for words, says in ((["--mail-server", "smtp://x.test"], "--mail-from"),
                        (["--mail-server", "x.test", "--mail-from", "a@x.test"],
                         "smtp://"),
                        (["--base-url", "baton.test"], "https://")):
        done = baton.cli_result("serve", "--listen", "127.0.0.1:0", *words)
        assert done.returncode == 2 and says in done.stderr


def test_a_mail_server_on_the_same_machine_needs_no_more_than_its_name(
        start_baton, mail_server, mailbox):
    """A postfix beside us is what most have; webhooks still may not go there.
    """
    baton = start_baton(arguments=["--mail-server", mail_server.url,
                                   "--mail-from", "leads@baton.test"])
    acme = company(baton, mailbox, ana={})
    acme.send_lead(**KIM)
    acme.settle()
    assert subjects(mailbox.all("ana@acme.test")) == ["New lead: Kim Minji"]
    refused = acme.client.post("/api/v1/webhooks", {
        "url": "http://127.0.0.1:9/in"}).expect(422).json
    assert refused["errors"][0]["pointer"] == "/url"
