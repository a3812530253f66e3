"""The first answer that goes out to a lead by itself: to whom, once, and what
it counts for."""

import pytest
from support.story import Company, members

PATH = "/api/v1/first-answers"
KIM = {"name": "Kim Minji", "email": "kim@x.test", "message": "hello"}
LATE = {"after_minutes": 10}


def company(town, mailbox, **setting):
    acme = Company(town, ana={"mail": []}, bo={"mail": []})
    acme.everyone(late=LATE)
    acme.thanks = template(acme, "Thanks")
    set_answer(acme, **{"template": acme.thanks["id"]} | setting)
    mailbox.only(acme)
    return acme


def template(acme, name):
    items = acme.client.get("/api/v1/templates").expect(200).json["items"]
    return next(t for t in items if t["name"] == name)


def set_answer(acme, **setting):
    return acme.client.put(PATH, setting).expect(200).json


def sent(acme, lead):
    return [entry for entry in acme.of(lead, "timeline")
            if entry["kind"] == "message.sent"]


def test_a_lead_hears_at_once_that_somebody_looks_after_it(post_town, mailbox):
    acme = company(post_town, mailbox)
    lead = acme.send_lead(**KIM)
    acme.settle()
    [mail] = mailbox.wait_for(1)
    assert mail.to == "kim@x.test"
    assert mail.subject == f"Thank you for writing to {acme.name}"
    assert lead["owner"]["name"] in mail.text and "Kim Minji" in mail.text
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert f"{lead['owner']['name']}@acme.test" in mail["Reply-To"]
    [entry] = sent(acme, lead)
    assert entry["actor"]["kind"] == "system"
    assert entry["data"]["automatic"] is True
    assert entry["data"]["template"] == acme.thanks["id"]


def test_it_is_no_answer_of_a_person(post_town, mailbox):
    acme = company(post_town, mailbox)
    lead = acme.send_lead(**KIM)
    acme.settle()
    mailbox.wait_for(1)
    waits = acme.lead(lead["id"])
    assert waits["first_response_at"] is None
    assert waits["response_due_at"] is not None
    post_town.clock.advance("11m")
    assert acme.owner(lead) != lead["owner"]["name"]


def test_it_counts_as_an_answer_where_that_is_set(post_town, mailbox):
    acme = company(post_town, mailbox, counts_as_answer=True)
    lead = acme.send_lead(**KIM)
    acme.settle()
    answered = acme.lead(lead["id"])
    assert answered["first_response_at"] is not None
    assert answered["response_due_at"] is None


def test_a_lead_that_writes_again_is_answered_by_itself_once(
        post_town, mailbox):
    acme = company(post_town, mailbox)
    lead = acme.send_lead(**KIM)
    post_town.clock.advance("2d")
    again = acme.send_lead(**KIM | {"message": "again"})
    acme.settle()
    assert again["id"] == lead["id"]
    assert len(mailbox.wait_for(1)) == len(sent(acme, lead)) == 1


@pytest.mark.parametrize("later, mails", [("1h", 1), ("25h", 2)])
def test_one_address_is_written_to_once_a_day_whatever_lead_it_is(
        post_town, mailbox, later, mails):
    """The second lead could not be reached; then it has the same address."""
    acme = company(post_town, mailbox)
    acme.send_lead(**KIM)
    acme.settle()
    post_town.clock.advance(later)
    second = acme.send_lead(email=f"later-{acme.slug}-{mails}@x.test")
    acme.settle()
    acme.edit(second, email="kim@x.test")
    post_town.clock.advance("10m")
    assert [mail.to for mail in mailbox.wait_for(mails)] \
        == ["kim@x.test"] * mails
    post_town.clock.advance("1h")
    assert len(mailbox.all()) == mails


@pytest.mark.parametrize("lead", [
    {"name": "No address", "phone": "010-1111-2222"},
    {"email": "noreply@x.test"},
    {"email": "Mailer-Daemon@x.test"},
    KIM | {"consent": {"email": False}},
    KIM | {"consent": False},
])
def test_who_cannot_or_will_not_be_written_to_is_not(post_town, mailbox, lead):
    acme = company(post_town, mailbox)
    taken = acme.send_lead(**lead)
    acme.settle()
    post_town.clock.advance("1h")
    assert mailbox.all() == [] and sent(acme, taken) == []


def test_batches_and_imports_are_not_answered(post_town, mailbox, tmp_path):
    acme = company(post_town, mailbox)
    acme.client.post("/api/v1/leads/batch", {"leads": [
        {"email": f"b{i}@x.test"} for i in range(3)]}).expect(200)
    table = tmp_path / "leads.csv"
    table.write_text("email\nc1@x.test\nc2@x.test\n")
    post_town.cli("import", "leads", table, "--workspace", acme.slug,
                  "--source", "table")
    post_town.clock.advance("1h")
    assert mailbox.all() == []


def test_the_nearest_setting_counts(post_town, mailbox):
    acme = company(post_town, mailbox)
    web = post_town.client.with_key(acme.make_key(source="web"))
    fair = post_town.client.with_key(acme.make_key(source="fair"))
    sources = acme.client.get("/api/v1/sources").expect(200).json["items"]
    ids = {source["name"]: source["id"] for source in sources}
    set_answer(acme, source=ids["web"],
               template=template(acme, "감사 인사")["id"])
    set_answer(acme, source=ids["fair"], template=None)
    web.post("/api/v1/leads", {"email": "web@x.test"}).expect(201)
    fair.post("/api/v1/leads", {"email": "fair@x.test"}).expect(201)
    acme.send_lead(email="all@x.test")
    acme.settle()
    got = {mail.to: mail.subject for mail in mailbox.wait_for(2)}
    assert got == {
        "web@x.test": f"{acme.name}에 문의해 주셔서 감사합니다",
        "all@x.test": f"Thank you for writing to {acme.name}"}
    assert len(acme.client.get(PATH).expect(200).json["items"]) == 3


def test_a_mail_server_that_is_busy_does_not_make_it_go_out_twice(
        post_town, mailbox):
    acme = company(post_town, mailbox)
    lead = acme.send_lead(email=f"later-lead-{acme.slug}@x.test")
    acme.settle()
    assert mailbox.all() == [] and sent(acme, lead) == []
    for _ in range(3):
        post_town.clock.advance("1h")
    assert len(mailbox.wait_for(1)) == len(sent(acme, lead)) == 1


def test_a_template_that_was_removed_is_not_sent(post_town, mailbox):
    acme = company(post_town, mailbox)
    acme.client.delete(f"/api/v1/templates/{acme.thanks['id']}").expect(204)
    acme.send_lead(**KIM)
    acme.settle()
    assert mailbox.all() == []
    assert acme.client.get("/api/v1/jobs").json["items"] == []


@pytest.mark.parametrize("wrong, pointer", [
    ({"template": "0000000000001"}, "/template"),
    ({"template": "x"}, "/template"),
    ({}, "/template"),
    ({"template": None, "source": "0000000000001"}, "/source"),
    ({"template": None, "form": "0000000000001"}, "/form"),
    ({"template": None, "form": "0000000000001",
      "source": "0000000000001"}, "/form"),
])
def test_a_wrong_setting_is_refused_with_its_place(
        post_town, mailbox, wrong, pointer):
    acme = company(post_town, mailbox)
    refused = acme.client.put(PATH, wrong).expect(422)
    assert members(refused.json["errors"], "pointer") == [pointer]


def test_only_an_email_can_be_a_first_answer(post_town, mailbox):
    acme = company(post_town, mailbox)
    sms = acme.client.post("/api/v1/templates", {
        "name": "s", "channel": "sms", "body": "hi"}).expect(201).json
    refused = acme.client.put(PATH, {"template": sms["id"]}).expect(422)
    assert refused.json["errors"][0]["code"] == "not_an_email"


def test_a_rep_sets_nothing_that_goes_out(post_town, mailbox):
    acme = company(post_town, mailbox)
    acme.sign_in("ana").put(PATH, {"template": None}).expect(403)
