"""Public forms: made by the API, filled in by visitors without script."""

import json
from urllib.parse import urlencode

import pytest

from support.page import Visitor

EVERY_FIELD = ["name", "email", "phone", "company", "job_title", "website",
               "country", "region", "city", "postal_code", "address",
               "industry", "employees", "product", "segment", "use_case",
               "deal_value", "birthday", "message", "consent"]


@pytest.fixture
def acme(baton):
    return baton.workspace("Acme", people=["ana", "bo"])


@pytest.fixture
def visitor(baton):
    return Visitor(baton)


def make_form(acme, **fields):
    given = {"name": "Site", "source": "Website",
             "title": {"en": "Talk to us", "ko": "문의하기"}, **fields}
    return acme.client.post("/api/v1/forms", given).expect(201).json


def leads(acme):
    return acme.client.get("/api/v1/leads").expect(200).json["items"]


def fill_in(visitor, acme, form, **values):
    """As a person does: it takes longer than a moment."""
    page = visitor.open(form["path"])
    acme.baton.clock.advance("20s")
    return visitor.send(page, form["path"], **values)


# The API

def test_a_form_is_made_and_changed(acme):
    form = make_form(acme)
    assert [f["name"] for f in form["fields"]] == ["name", "email", "phone",
                                                   "message"]
    path = f"/api/v1/forms/{form['id']}"
    changed = acme.client.patch(path, {
        "accent": "#AB00CD", "fields": [{"name": "email", "required": True}],
    }, if_match=form["version"]).expect(200).json
    assert changed["accent"] == "#ab00cd"
    assert changed["title"] == form["title"]
    assert [f["name"] for f in changed["fields"]] == ["email"]
    assert changed["version"] == form["version"] + 1
    acme.client.patch(path, {"name": "x"}, if_match=1).expect(409)
    listed = acme.client.get("/api/v1/forms").expect(200).json["items"]
    assert listed == [changed]


def test_a_form_that_makes_no_sense_is_refused_with_pointers(acme):
    problem = acme.client.post("/api/v1/forms", {
        "name": " ", "title": {"en": ""}, "accent": "red",
        "fields": [{"name": "owner"}, {"name": "email"}, {"name": "email"}],
    }).expect(422).json
    pointers = {e["pointer"] for e in problem["errors"]}
    assert pointers == {"/name", "/title", "/accent", "/fields/0/name",
                        "/fields/2/name"}


def test_only_who_may_edit_sources_makes_forms(acme):
    rep = acme.client_as("rep")
    rep.post("/api/v1/forms", {"name": "x"}).expect(403)
    make_form(acme)
    assert "stamp_key" not in rep.get("/api/v1/forms").expect(200).text


# The page

def test_a_form_becomes_a_lead_of_its_source(acme, visitor):
    form = make_form(acme, thanks={"en": "We call you."})
    page = fill_in(visitor, acme, form, name="Kim Minji",
                   email="minji@example.test", phone="010-1234-5678",
                   message="Line one\nLine <two>")
    assert page.status == 200 and "We call you." in page.text
    lead, = leads(acme)
    assert lead["name"] == "Kim Minji" and lead["source"] == "Website"
    assert lead["phone"] == "+821012345678"
    assert lead["message"].splitlines()[-1] == "Line <two>"
    assert lead["owner"]["kind"] == "rep"


def test_every_kind_of_field_works_without_script(acme, visitor):
    form = make_form(acme, fields=[
        {"name": n, "required": n == "consent",
         **({"options": ["Kitchen", "Bath"]} if n == "product" else {})}
        for n in EVERY_FIELD])
    page = visitor.open(form["path"])
    assert "script" not in page.names()
    assert list(page.form("/f/")["kinds"])[:len(EVERY_FIELD)] == EVERY_FIELD
    page = fill_in(
        visitor, acme, form, name="Kim Minji", email="minji@example.test",
        phone="+82 10 1234 5678", company="Hanok", job_title="Owner",
        website="hanok.example", country="Korea", region="Seoul",
        city="Seoul", postal_code="04524", address="1 Sejong-daero",
        industry="Construction", employees="12", product="Bath",
        segment="Home", use_case="Remodel", deal_value="50000000",
        birthday="1990-12-31", message="Hello", consent="yes")
    assert page.status == 200, page.text
    lead, = leads(acme)
    assert lead["country"] == "KR" and lead["product"] == "Bath"
    assert lead["employees"] == 12 and lead["deal_value"] == 50000000
    assert lead["birthday"] == "1990-12-31"
    assert lead["consent"]["agreed"] is True and lead["consent"]["text"]


def test_a_missing_answer_is_asked_for_and_the_rest_stays(acme, visitor):
    form = make_form(acme)
    page = fill_in(visitor, acme, form, name="Kim Minji", message="Hello")
    assert page.status == 422
    assert page.fault("email") and not page.fault("name")
    assert page.form("/f/")["fields"]["message"] == "Hello"
    assert leads(acme) == []
    page = visitor.send(page, "/f/", email="minji@example.test")
    assert page.status == 200
    assert len(leads(acme)) == 1


def test_the_form_speaks_the_language_of_its_visitor(acme, baton):
    form = make_form(acme)
    assert "문의하기" in Visitor(baton, "ko").open(form["path"]).text
    assert "Talk to us" in Visitor(baton, "de,en").open(form["path"]).text
    assert "Talk to us" in Visitor(baton, "ko").open(
        form["path"] + "?lang=en").text


def test_a_value_without_sense_is_kept_as_it_was_given(acme, visitor):
    form = make_form(acme)
    fill_in(visitor, acme, form, name="Kim", email="not an address",
            phone="call me")
    lead, = leads(acme)
    sent = acme.client.get(f"/api/v1/leads/{lead['id']}/submissions")
    assert "call+me" in sent.expect(200).text


def test_unknown_fields_stay_with_the_submission(acme, visitor):
    form = make_form(acme)
    visitor.post(form["path"], {"name": "Kim", "email": "kim@example.test",
                                "favourite_colour": "green",
                                "owner": "eve", "source": "Eve"})
    lead, = leads(acme)
    assert lead["source"] == "Website" and lead["owner"]["name"] != "eve"
    sent = acme.client.get(f"/api/v1/leads/{lead['id']}/submissions")
    assert "favourite_colour=green" in sent.expect(200).text


def test_the_campaign_of_the_address_comes_with_the_lead(acme, visitor):
    form = make_form(acme)
    page = visitor.open(form["path"] + "?utm_campaign=Spring%20sale")
    acme.baton.clock.advance("20s")
    visitor.send(page, "/f/", name="Kim", email="kim@example.test")
    assert leads(acme)[0]["campaign"] == "Spring sale"


# Ways to send

def test_multipart_and_json_are_taken_too(acme, visitor, baton):
    form = make_form(acme)
    page = visitor.post_multipart(form["path"], {
        "name": "Ana", "email": "ana@example.test"})
    assert page.status == 200
    answer = baton.client.with_key(None).post(
        form["path"], {"name": "Bo", "email": "bo@example.test"})
    assert answer.expect(200).json["id"]
    assert {lead["name"] for lead in leads(acme)} == {"Ana", "Bo"}


def test_a_program_hears_what_is_missing(acme, baton):
    form = make_form(acme)
    program = baton.client.with_key(None)
    problem = program.post(form["path"], {"name": "Bo"}).expect(422).json
    assert problem["errors"][0]["pointer"] == "/email"
    program.request("POST", form["path"], body=b"{",
                    headers={"Content-Type": "application/json"}).expect(400)


def test_a_file_is_refused_in_words_and_the_rest_stays(acme, visitor):
    form = make_form(acme)
    page = visitor.post_multipart(form["path"], {
        "name": "Ana", "email": "ana@example.test"}, file="cat.png")
    assert page.status == 422 and "takes no files" in page.text
    assert page.form("/f/")["fields"]["name"] == "Ana"
    assert leads(acme) == []


# Once, and by people

@pytest.mark.parametrize("known", [True, False])
def test_a_double_click_makes_one_lead(acme, visitor, known):
    form = make_form(acme, fields=[{"name": "name"}, {"name": "email"}])
    values = {"name": "Kim", "email": "kim@example.test" if known else ""}
    page = visitor.open(form["path"])
    acme.baton.clock.advance("20s")
    for wait in ("1s", "4m", "30s"):
        assert visitor.send(page, "/f/", **values).status == 200
        acme.baton.clock.advance(wait)
    lead, = leads(acme)
    sent = acme.client.get(f"/api/v1/leads/{lead['id']}/submissions")
    assert len(sent.expect(200).json["items"]) == 1


def test_the_same_again_after_a_while_is_another_submission(acme, visitor):
    form = make_form(acme)
    for _ in range(2):
        fill_in(visitor, acme, form, name="Kim", email="kim@example.test")
        acme.baton.clock.advance("6m")
    lead, = leads(acme)
    sent = acme.client.get(f"/api/v1/leads/{lead['id']}/submissions")
    assert len(sent.expect(200).json["items"]) == 2


def test_the_same_words_in_another_form_are_another_lead(acme, visitor):
    for name in ("One", "Two"):
        form = make_form(acme, name=name, fields=[{"name": "name"}])
        fill_in(visitor, acme, form, name="Kim")
    assert len(leads(acme)) == 2


def test_who_is_too_fast_is_asked_to_press_again(acme, visitor):
    form = make_form(acme)
    page = visitor.open(form["path"])
    page = visitor.send(page, "/f/", name="Kim", email="kim@example.test")
    assert page.status == 422 and "once more" in page.text
    assert leads(acme) == []
    acme.baton.clock.advance("3s")
    assert visitor.send(page, "/f/").status == 200
    assert len(leads(acme)) == 1


def test_a_stamp_that_was_made_up_is_no_stamp(acme, visitor):
    form = make_form(acme)
    page = visitor.open(form["path"])
    page = visitor.send(page, "/f/", name="Kim", email="kim@example.test",
                        form_opened="1." + "0" * 32)
    assert page.status == 422
    acme.baton.clock.advance("3s")
    assert visitor.send(page, "/f/").status == 200


def test_what_the_trap_catches_is_kept_and_can_be_let_go(acme, visitor):
    form = make_form(acme, fields=[{"name": "name"}, {"name": "deal_value"},
                                   {"name": "consent"}])
    page = fill_in(visitor, acme, form, name="Kim", deal_value="5000",
                   consent="yes", homepage_2="https://spam.test")
    assert page.status == 200 and leads(acme) == []
    visitor.post(form["path"], {"name": "Kim", "deal_value": "5000",
                                "consent": "yes", "homepage_2": "x"})
    spam = acme.client.get("/api/v1/submissions",
                           query={"state": "spam"}).expect(200).json["items"]
    assert {s["code"] for s in spam} == {"trap"}
    assert {s["form"] for s in spam} == {form["id"]}
    kept = spam[-1]
    assert "https%3A%2F%2Fspam.test" in kept["body"]

    done = acme.client.post(f"/api/v1/submissions/{kept['id']}/replay")

    lead, = leads(acme)
    assert done.expect(200).json["lead"] == lead["id"]
    assert lead["name"] == "Kim" and lead["source"] == "Website"
    assert lead["deal_value"] == 5000 and lead["consent"]["agreed"] is True
    sent, = acme.client.get(
        f"/api/v1/leads/{lead['id']}/submissions").json["items"]
    assert sent["id"] == kept["id"] and sent["body"] == kept["body"]


def test_a_program_that_falls_into_the_trap_hears_no_more_than_others(
        acme, baton):
    form = make_form(acme)
    program = baton.client.with_key(None)
    answer = program.post(form["path"], {
        "name": "A", "email": "a@x.test", "homepage_2": "x"}).expect(200).json
    assert answer["thanks"]
    assert leads(acme) == []
    acme.client.post(
        f"/api/v1/submissions/{answer['id']}/replay").expect(200)
    assert leads(acme)[0]["email"] == "a@x.test"


# Where a visitor goes on to

def test_a_visitor_goes_on_to_where_the_form_says(acme, visitor):
    form = make_form(acme, redirect="https://www.acme.test/thanks?x=1;y",
                     hosts=["www.acme.test"])
    page = fill_in(visitor, acme, form, name="Kim", email="kim@x.test")
    assert page.status == 200
    assert page.headers["refresh"] == (
        "2; url=https://www.acme.test/thanks?x=1;y")
    assert "Continue" in page.text
    program = acme.baton.client.with_key(None)
    assert program.post(form["path"], {"name": "Bo", "email": "bo@x.test"}
                        ).json["redirect"].startswith("https://www.acme")


@pytest.mark.parametrize("back, followed", [
    ("https://shop.acme.test/done", True),
    ("https://SHOP.acme.test", True),
    ("https://evil.test/", False),
    ("https://shop.acme.test.evil.test/", False),
    ("https://shop.acme.test@evil.test/", False),
    ("https://evil.test\\@shop.acme.test/", False),
    ("//evil.test/", False),
    ("javascript:alert(1)//shop.acme.test", False),
    ("https://shop.acme.test/\r\nSet-Cookie: a=b", False),
])
def test_a_page_gets_its_visitor_back_only_at_hosts_of_the_form(
        acme, visitor, back, followed):
    form = make_form(acme, hosts=["shop.acme.test"])
    page = visitor.open(form["path"] + "?" + urlencode({"return": back}))
    acme.baton.clock.advance("20s")
    page = visitor.send(page, "/f/", name="Kim", email="kim@x.test")
    assert page.status == 200 and len(leads(acme)) == 1
    refresh = page.headers.get("refresh")
    assert refresh == (f"2; url={back}" if followed else None)


@pytest.mark.parametrize("given, pointer", [
    ({"redirect": "https://evil.test/", "hosts": ["acme.test"]}, "/redirect"),
    ({"redirect": "https://acme.test/"}, "/redirect"),
    ({"redirect": "ftp://acme.test/", "hosts": ["acme.test"]}, "/redirect"),
    ({"hosts": ["acme.test", "https://x"]}, "/hosts/1"),
])
def test_a_form_sends_nobody_to_a_foreign_host(acme, given, pointer):
    problem = acme.client.post("/api/v1/forms", {
        "name": "x", "title": {"en": "x"}, **given}).expect(422).json
    assert [e["pointer"] for e in problem["errors"]] == [pointer]


def test_what_was_agreed_to_is_kept_with_its_words_version_and_time(
        acme, visitor):
    form = make_form(acme, fields=[
        {"name": "email"}, {"name": "consent", "required": True,
                            "label": {"en": "You may call me."}}])
    acme.client.patch(f"/api/v1/forms/{form['id']}", {"fields": [
        {"name": "email"}, {"name": "consent", "label": {
            "en": "You may write to me.", "ko": "연락해도 됩니다."}}]})
    fill_in(visitor, acme, form, email="kim@x.test", consent="yes")
    consent = leads(acme)[0]["consent"]
    assert consent["agreed"] is True
    assert consent["text"] == "You may write to me."
    assert (consent["form"], consent["version"]) == (form["id"], 2)
    assert consent["at"].startswith("2026-11-16T00:00:20")


def test_a_form_that_does_not_exist_is_not_found(acme, visitor, baton):
    form = make_form(acme)
    start = form["path"][:-13]
    for path in (start + "0" * 12 + "1", "/f/nothing", "/f/" + "0" * 26,
                 "/f/%3Cscript%3E", form["path"][3:16] * 2):
        path = path if path.startswith("/f/") else "/f/" + path
        page = visitor.open(path)
        assert page.status == 404 and "no such form" in page.text
        assert visitor.post(path, {"name": "x"}).status == 404
    answer = baton.client.with_key(None).post(start + "0" * 12 + "1", {})
    assert answer.expect(404).json["title"]


def test_hostile_text_in_a_form_stays_text(acme, visitor):
    evil = "\"><script>alert(1)</script>"
    form = make_form(acme, title={"en": evil}, about={"en": evil},
                     thanks={"en": evil}, fields=[
                         {"name": "name", "label": {"en": evil}},
                         {"name": "product", "options": [evil, "x"]},
                         {"name": "email", "required": True}])
    page = visitor.open(form["path"] + "?utm_source=%22%3E%3Cscript%3E")
    assert "script" not in page.names() and evil in page.text
    acme.baton.clock.advance("20s")
    page = visitor.send(page, "/f/", name=evil, product=evil,
                        **{evil: evil})
    assert page.status == 422 and "script" not in page.names()
    assert page.form("/f/")["fields"]["name"] == evil
    assert page.form("/f/")["fields"][evil] == evil
    page = visitor.send(page, "/f/", email="kim@example.test")
    assert page.status == 200 and "script" not in page.names()
    assert evil in page.text
    assert json.dumps(leads(acme)[0]["name"]) == json.dumps(evil)
