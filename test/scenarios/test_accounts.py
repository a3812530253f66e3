"""The companies behind leads: which company it is, who is whose parent, and
who may see what of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.story import Company

ACCOUNTS = "/api/v1/accounts"


@pytest.fixture
def acme(town):
    company = Company(town, "ana", "bo")
    company.everyone()
    return company


def add(acme, name, **more):
    return acme.client.post(ACCOUNTS, {"name": name, **more}).expect(201).json


def account(acme, **fields):
    """The account that a new lead of these fields gets."""
    return acme.lead(acme.send_lead(**fields)["id"])["account"]


def names(acme, **query):
    page = acme.client.get(ACCOUNTS, query=query).expect(200).json
    return [item["name"] for item in page["items"]]


# Which company is it

def test_two_people_of_one_company_have_one_account(acme):
    first = account(acme, email="kim@hanbit.test", company="Hanbit Ltd")
    assert first["name"] == "Hanbit Ltd"
    for fields in ({"email": "lee@hanbit.test"},
                   {"email": "park@mail.hanbit.test", "company": "hb"},
                   {"website": "https://www.hanbit.test/about"},
                   {"company": "HANBIT, Inc."}):
        assert account(acme, **fields) == first, fields
    assert names(acme) == ["Hanbit Ltd"]


def test_a_company_is_known_whatever_legal_form_is_written(acme):
    first = account(acme, company="삼성전자 주식회사", name="김")
    for name in ("(주)삼성전자", "삼성전자(주)", "㈜ 삼성전자",
                 "주식회사 삼성전자"):
        assert account(acme, company=name, name=name) == first, name


def test_an_address_that_anybody_can_have_names_no_company(acme):
    assert account(acme, email="kim@gmail.com") is None
    assert account(acme, email="kim@mailinator.com") is None
    assert names(acme) == []


def test_who_names_only_a_domain_has_an_account_that_is_named_later(acme):
    first = account(acme, email="kim@hanbit.test")
    assert first["name"] == "hanbit.test"
    again = account(acme, email="lee@hanbit.test", company="Hanbit Ltd")
    assert again == {"id": first["id"], "name": "Hanbit Ltd"}
    assert account(acme, company="Hanbit", name="x")["id"] == first["id"]


def test_a_company_without_a_domain_learns_it_from_the_next_lead(acme):
    first = account(acme, company="Hanbit Ltd", name="x")
    account(acme, company="Hanbit", email="kim@hanbit.test")
    assert account(acme, email="lee@hanbit.test")["id"] == first["id"]


def test_a_hundred_leads_at_once_of_a_new_company_make_one_account(acme):
    def send(number):
        client = acme.baton.client.with_key(acme.key)
        return client.post("/api/v1/leads", {
            "email": f"p{number}@hanbit.test", "company": "Hanbit"
        }).expect(201).json["id"]

    with ThreadPoolExecutor(20) as pool:
        leads = list(pool.map(send, range(200)))
    found = {acme.lead(lead)["account"]["id"] for lead in leads}
    assert len(found) == 1
    assert names(acme) == ["Hanbit"]
    shown = acme.client.get(f"{ACCOUNTS}/{found.pop()}").expect(200).json
    assert shown["lead_count"] == 200


def test_a_batch_knows_the_companies_in_it(acme):
    batch = [{"email": f"p{i}@co{i % 3}.test"} for i in range(30)]
    acme.client.post("/api/v1/leads/batch", {"leads": batch}).expect(200)
    assert sorted(names(acme)) == ["co0.test", "co1.test", "co2.test"]


def test_companies_are_known_again_after_a_restart(start_baton):
    baton = start_baton()
    acme = Company(baton, "ana")
    acme.everyone()
    first = account(acme, email="kim@hanbit.test", company="Hanbit Ltd")
    baton.kill()
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    assert account(acme, email="lee@hanbit.test") == first
    assert account(acme, company="Hanbit GmbH", name="x") == first


def test_companies_are_known_when_their_keys_have_been_written(acme):
    """Keys of many new leads go from memory into the table."""
    first = account(acme, email="kim@hanbit.test", company="Hanbit Ltd")
    for i in range(40):
        acme.send_lead(email=f"p{i}@co{i}.test")
    assert account(acme, email="lee@hanbit.test") == first
    assert account(acme, email="lee@co1.test")["name"] == "co1.test"
    assert acme.baton.cli("doctor", "--json")["ok"]


def test_a_lead_that_changes_company_changes_account(acme):
    lead = acme.send_lead(email="kim@hanbit.test", company="Hanbit")
    old = acme.lead(lead["id"])["account"]
    moved = acme.edit(lead, email="kim@daum-soft.test", company="Daumsoft")
    assert moved["account"]["name"] == "Daumsoft"
    assert acme.edit(lead, city="Seoul")["account"] == moved["account"]
    assert acme.edit(lead, email=None, company=None)["account"] is None
    back = acme.edit(lead, company="Hanbit Inc")
    assert back["account"] == old
    page = acme.client.get(f"{ACCOUNTS}/{old['id']}/leads").expect(200).json
    assert [item["id"] for item in page["items"]] == [lead["id"]]
    counts = {item["name"]: item["lead_count"] for item in
              acme.client.get(ACCOUNTS).expect(200).json["items"]}
    assert counts == {"Hanbit": 1, "Daumsoft": 0}


def test_a_lead_cannot_be_given_an_account_by_hand(acme):
    lead = acme.send_lead(name="x")
    answer = acme.client.patch(f"/api/v1/leads/{lead['id']}",
                               {"account": "x"}).expect(422)
    assert answer.json["errors"][0]["pointer"] == "/account"


def test_leads_are_filtered_by_their_account(acme):
    hers = acme.send_lead(email="kim@hanbit.test")
    acme.send_lead(email="lee@other.test")
    acme.send_lead(name="nobody")
    of = acme.lead(hers["id"])["account"]["id"]

    def found(op, **value):
        page = acme.client.get("/api/v1/leads", query={
            "filter": '{"field":"account","op":"%s"%s}' % (
                op, ',"value":"%s"' % of if value else "")})
        return page.expect(200).json["total"]

    assert (found("is", value=of), found("is_known"), found("is_empty")) \
        == (1, 2, 1)


# By hand

def test_an_account_is_added_changed_and_found(acme):
    made = add(acme, "Hanbit Ltd", domain="https://www.hanbit.test/x",
               country="South Korea", employees=120, owner="bo@acme.test")
    assert made["domain"] == "hanbit.test" and made["country"] == "KR"
    assert made["owner"]["name"] == "bo"
    path = f"{ACCOUNTS}/{made['id']}"
    assert acme.client.get(path).expect(200).json == made
    changed = acme.client.patch(path, {"name": "Hanbit Global",
                                       "employees": None}).expect(200).json
    assert changed["version"] == made["version"] + 1
    assert changed["employees"] is None and changed["owner"]["name"] == "bo"
    assert names(acme, q="global") == names(acme, q="HANBIT.t") \
        == ["Hanbit Global"]
    assert names(acme, q="nothing") == []
    assert account(acme, company="Hanbit Global", name="x")["id"] == made["id"]


def test_one_company_is_added_once(acme):
    add(acme, "Hanbit Ltd", domain="hanbit.test")
    for body, pointer in (
            ({"name": "Other", "domain": "hanbit.test"}, "/domain"),
            ({"name": "HANBIT Inc"}, "/name")):
        answer = acme.client.post(ACCOUNTS, body).expect(422)
        assert answer.json["errors"][0]["pointer"] == pointer
    add(acme, "Hanbit", domain="hanbit.example")    # of the same name only


def test_what_makes_no_sense_is_refused_with_its_place(acme):
    for body, pointer in (
            ({}, "/name"), ({"name": "..."}, "/name"),
            ({"name": "x", "domain": "gmail.com"}, "/domain"),
            ({"name": "x", "domain": "co.kr"}, "/domain"),
            ({"name": "x", "owner": "nobody@x.test"}, "/owner"),
            ({"name": "x", "country": "Narnia"}, "/country"),
            ({"name": "x", "employees": -1}, "/employees"),
            ({"name": "x", "parent": "0000000000001"}, "/parent"),
            ({"name": "x", "nmae": "y"}, "/nmae")):
        answer = acme.client.post(ACCOUNTS, body).expect(422)
        assert answer.json["errors"][0]["pointer"] == pointer, body
    assert names(acme) == []
    acme.client.get(ACCOUNTS, query={"cursor": "x"}).expect(422)
    acme.client.get(f"{ACCOUNTS}/0000000000001").expect(404)


def test_a_change_of_another_version_is_refused(acme):
    made = add(acme, "Hanbit")
    path = f"{ACCOUNTS}/{made['id']}"
    acme.client.patch(path, {"industry": "a"}, if_match=1).expect(200)
    answer = acme.client.patch(path, {"industry": "b"}, if_match=1)
    assert answer.expect(409).json["current"]["industry"] == "a"


def test_no_account_is_its_own_parent(acme):
    top = add(acme, "Top")
    middle = add(acme, "Middle", parent=top["id"])
    low = add(acme, "Low", parent=middle["id"])
    assert middle["parent"] == {"id": top["id"], "name": "Top"}
    for child, parent in ((top, top), (top, middle), (top, low),
                          (middle, low)):
        answer = acme.client.patch(f"{ACCOUNTS}/{child['id']}",
                                   {"parent": parent["id"]}).expect(422)
        assert answer.json["errors"][0] | {"message": ""} == {
            "pointer": "/parent", "code": "cycle", "message": ""}
    free = acme.client.patch(f"{ACCOUNTS}/{middle['id']}",
                             {"parent": None}).expect(200).json
    assert free["parent"] is None
    acme.client.patch(f"{ACCOUNTS}/{top['id']}",
                      {"parent": low["id"]}).expect(200)


def test_an_account_is_taken_away_when_nothing_hangs_on_it(acme):
    top = add(acme, "Top")
    low = add(acme, "Low", parent=top["id"], domain="low.test")
    acme.client.delete(f"{ACCOUNTS}/{top['id']}").expect(409)
    lead = acme.send_lead(email="kim@low.test")
    acme.client.delete(f"{ACCOUNTS}/{low['id']}").expect(409)
    acme.edit(lead, email="kim@gmail.com")
    acme.client.delete(f"{ACCOUNTS}/{low['id']}").expect(204)
    acme.client.get(f"{ACCOUNTS}/{low['id']}").expect(404)
    assert names(acme) == ["Top"]
    again = account(acme, email="lee@low.test")
    assert again["id"] != low["id"]
    acme.client.delete(f"{ACCOUNTS}/{top['id']}").expect(204)


# Who sees what

def test_a_rep_sees_of_a_company_the_own_leads_only(acme):
    mine = acme.send_lead(email="kim@hanbit.test")
    his = acme.send_lead(email="lee@hanbit.test")
    acme.give(mine, "ana")
    acme.give(his, "bo")
    ana = acme.sign_in("ana")
    path = f"{ACCOUNTS}/{acme.lead(mine['id'])['account']['id']}"
    page = ana.get(path + "/leads").expect(200).json
    assert [item["id"] for item in page["items"]] == [mine["id"]]
    shown = ana.get(path).expect(200).json
    assert "lead_count" not in shown and "served_by" not in shown
    assert len(acme.client.get(path + "/leads").json["items"]) == 2


def test_a_rep_changes_no_company(acme):
    made = add(acme, "Hanbit")
    ana = acme.sign_in("ana")
    ana.post(ACCOUNTS, {"name": "x"}).expect(403)
    ana.patch(f"{ACCOUNTS}/{made['id']}", {"name": "x"}).expect(403)
    ana.delete(f"{ACCOUNTS}/{made['id']}").expect(403)


def test_the_companies_of_another_workspace_do_not_exist(acme):
    made = add(acme, "Hanbit", domain="hanbit.test")
    other = Company(acme.baton, "zoe")
    other.everyone()
    path = f"{ACCOUNTS}/{made['id']}"
    for answer in (other.client.get(path), other.client.delete(path),
                   other.client.patch(path, {"name": "x"}),
                   other.client.get(path + "/leads")):
        answer.expect(404)
    assert account(other, email="kim@hanbit.test")["id"] != made["id"]
    answer = other.client.post(ACCOUNTS, {"name": "x", "parent": made["id"]})
    assert answer.expect(422).json["errors"][0]["pointer"] == "/parent"


def test_the_leads_of_a_large_company_come_in_pages(acme):
    batch = [{"email": f"p{i}@hanbit.test"} for i in range(120)]
    sent = acme.client.post("/api/v1/leads/batch", {"leads": batch})
    expected = [r["id"] for r in sent.expect(200).json["results"]][::-1]
    of = acme.lead(expected[0])["account"]["id"]
    found, cursor = [], None
    while True:
        query = {"limit": 50, **({"cursor": cursor} if cursor else {})}
        page = acme.client.get(f"{ACCOUNTS}/{of}/leads",
                               query=query).expect(200).json
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == expected
