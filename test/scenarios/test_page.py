"""The pages of the server itself: set-up, signing in, the overview."""

from urllib.parse import urlsplit

import pytest

from support.page import Visitor

PASSWORD = "correct horse"
OLGA = {"workspace": "Acme", "name": "Olga", "email": "olga@acme.test",
        "password": PASSWORD, "language": "en", "time_zone": "Asia/Seoul"}
HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
           "'><svg/onload=alert(1)>", "</title><script>alert(1)</script>",
           "</textarea><script>alert(1)</script>", "javascript:alert(1)",
           "&lt;b&gt;", "<!--", "<b>한국어</b>"]


@pytest.fixture
def visitor(baton):
    return Visitor(baton)


@pytest.fixture
def link(baton):
    parts = urlsplit(baton.setup_link())
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def olga(visitor, link):
    visitor.send(visitor.open(link), "/setup", **OLGA)
    return visitor


def only_text(page):
    """Nothing that runs, and nothing that leads elsewhere, has come in."""
    assert not {"script", "img", "svg", "iframe", "b-"} & set(page.names())
    for _, attributes in page.tags:
        assert not [a for a in attributes if a.startswith("on")]
        assert not attributes.get("href", "").startswith("javascript:")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


# Set-up

def test_before_the_set_up_the_page_says_what_to_do(visitor):
    page = visitor.open("/")
    assert page.status == 200
    assert "Open the set-up link" in page.text


def test_the_set_up_link_leads_to_the_overview(olga):
    page = olga.open("/")
    assert page.status == 200
    assert "Acme" in page.text and "Olga" in page.text
    assert "No leads yet" in page.text


def test_the_set_up_link_works_once(baton, olga, link):
    other = Visitor(baton)
    page = other.open(link)
    assert page.status == 403 and "not valid any more" in page.text
    token = link.partition("token=")[2]
    page = other.post("/setup", {**OLGA, "token": token,
                                 "email": "eve@evil.test"})
    assert page.status == 403
    assert other.cookie is None


def test_a_wrong_set_up_link_opens_nothing(visitor):
    assert visitor.open("/setup?token=" + "0" * 64).status == 403
    assert visitor.open("/setup").status == 403


def test_what_is_wrong_is_said_beside_its_field_and_values_stay(visitor, link):
    page = visitor.send(visitor.open(link), "/setup",
                        **{**OLGA, "email": "olga", "password": "short",
                           "name": " ", "time_zone": "Mars/Base"})
    assert page.status == 422
    assert "e-mail address" in page.fault("email")
    assert "8 characters" in page.fault("password")
    assert page.fault("name") and page.fault("time_zone")
    assert not page.fault("workspace")
    fields = page.form("/setup")["fields"]
    assert fields["workspace"] == "Acme" and fields["email"] == "olga"
    assert fields["password"] == ""
    page = visitor.send(page, "/setup", **OLGA)
    assert page.status == 200 and "No leads yet" in page.text


def test_the_set_up_speaks_korean(baton, link):
    page = Visitor(baton, "ko-KR,ko;q=0.9,en;q=0.8").open(link)
    assert "워크스페이스 만들기" in page.text
    assert page.form("/setup")["fields"]["language"] == "ko"
    assert "Create workspace" in Visitor(baton, "fr").open(link).text
    assert "Create workspace" in Visitor(baton, "ko").open(
        link + "&lang=en").text


# Signing in

def test_a_wrong_password_is_refused_politely(baton, olga):
    visitor = Visitor(baton)
    page = visitor.send(visitor.open("/"), "/sign-in",
                        email="olga@acme.test", password="wrong password")
    assert page.status == 401
    assert "The address or the password is wrong." in page.text
    assert page.form("/sign-in")["fields"]["email"] == "olga@acme.test"
    assert page.form("/sign-in")["fields"]["password"] == ""
    assert visitor.cookie is None


def test_who_signs_in_sees_the_overview_until_he_signs_out(baton, olga):
    visitor = Visitor(baton)
    page = visitor.send(visitor.open("/"), "/sign-in",
                        email="olga@acme.test", password=PASSWORD)
    assert page.status == 200 and "Latest leads" in page.text
    cookie = visitor.cookie
    page = visitor.send(page, "/sign-out")
    assert "Sign in" in page.text
    visitor.cookie = cookie  # the one he had opens nothing any more
    assert "Latest leads" not in visitor.open("/").text


def test_the_workspace_is_asked_for_only_when_wanted(baton, olga):
    visitor = Visitor(baton)
    page = visitor.open("/sign-in")
    assert "workspace" not in page.form("/sign-in")["fields"]
    page = visitor.open("/sign-in?workspace=")
    page = visitor.send(page, "/sign-in", workspace="acme",
                        email="olga@acme.test", password=PASSWORD)
    assert "Latest leads" in page.text


def test_another_site_cannot_sign_anybody_in_or_send_a_lead(baton, olga):
    elsewhere = {"Origin": "https://evil.test"}
    visitor = Visitor(baton)
    assert visitor.post("/sign-in", {"email": "olga@acme.test",
                                     "password": PASSWORD},
                        **elsewhere).status == 403
    assert visitor.cookie is None
    answer = olga.request("POST", "/page/lead", b"name=Eve",
                          Content_Type="application/x-www-form-urlencoded",
                          **elsewhere)
    assert answer.status == 403
    assert "No leads yet" in olga.open("/").text


# The overview

def test_a_test_lead_shows_up_with_its_owner_and_why(olga):
    page = olga.send(olga.open("/"), "/page/lead", name="Kim Minji",
                     email="minji@example.test", phone="010-1234-5678")
    assert page.status == 200
    assert "Kim Minji · minji@example.test · +821012345678" in page.text
    assert "Owner Olga" in page.text
    assert "Olga was next in turn" in page.text
    assert "open leads 1" in page.text
    page = olga.open("/?lang=ko")
    assert "담당자 Olga" in page.text and "다음 차례였습니다" in page.text


def test_a_test_lead_with_a_fault_is_not_taken_and_keeps_its_values(olga):
    page = olga.send(olga.open("/"), "/page/lead", name="Kim Minji",
                     email="minji")
    assert page.status == 422
    assert "@" in page.fault("email")
    assert page.form("/page/lead")["fields"]["name"] == "Kim Minji"
    assert "No leads yet" in olga.open("/").text


def test_what_others_write_is_shown_as_text(olga):
    for text in HOSTILE:
        page = olga.send(olga.open("/"), "/page/lead", name=text,
                         email="", phone=text, company=text, country=text,
                         message=text)
        only_text(page)
        assert page.status in (200, 422)
        if page.status == 422:  # a phone number has digits
            page = olga.send(page, "/page/lead", phone="", country="")
            only_text(page)
        assert " ".join(text.split()) in page.text
    only_text(olga.open("/?new=" + "%22%3E%3Cscript%3E"))


def test_hostile_values_in_set_up_and_sign_in_stay_text(visitor, link):
    page = visitor.open(link)
    for text in HOSTILE:
        page = visitor.send(page, "/setup", workspace=text, name=text,
                            email=text, password="short", time_zone=text,
                            language=text)
        assert page.status == 422
        only_text(page)
        assert page.form("/setup")["fields"]["workspace"] == text
    page = visitor.send(page, "/setup", **{**OLGA, "workspace": HOSTILE[0]})
    assert HOSTILE[0] in page.text
    only_text(page)
    other = visitor.open("/sign-in?workspace=%22%3E%3Cscript%3E")
    only_text(other)


def test_a_rep_sees_his_own_leads_only(baton, olga):
    baton.cli("user", "add", "--workspace", "acme", "--email",
              "rita@acme.test", "--role", "rep", "--password-stdin",
              "--json", stdin=PASSWORD + "\n")
    baton.cli("user", "add", "--workspace", "acme", "--email",
              "sam@acme.test", "--role", "rep", "--json")
    for name in ("Lead One", "Lead Two"):
        olga.send(olga.open("/"), "/page/lead", name=name)
    rita = Visitor(baton)
    text = rita.send(rita.open("/"), "/sign-in", email="rita@acme.test",
                     password=PASSWORD).text
    assert ("Lead One" in text) != ("Lead Two" in text)
