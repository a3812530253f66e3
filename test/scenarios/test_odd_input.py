"""What nobody in his right mind would send, and is sent all the same: each is
either understood, or said to whoever sent it; and nothing of it is lost."""

import ipaddress
import json

import pytest
from support.page import Visitor
from support.story import Company

LEADS = "/api/v1/leads"


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def faults(answer):
    return [(e["pointer"], e["code"])
            for e in answer.expect(422).json["errors"]]


def as_given(acme, lead):
    """What was sent, as it came."""
    items = acme.of(lead, "submissions")
    return [json.loads(item["body"]) if isinstance(item["body"], str)
            else item["body"] for item in items]


# Addresses

def test_an_address_on_the_internet_that_is_none_is_said(acme):
    for odd in ("999.1.1.1", "10.1", "not an address", "1.2.3.4, 5.6.7.8",
                "::gg", "1.2.3.4/8"):
        assert faults(acme.client.post(LEADS, {"name": "A", "ip": odd})) == [
            ("/ip", "not_an_address")]
    answer = acme.client.post(LEADS, {"name": "A", "ip": "999.1.1.1"})
    assert "192.0.2.1" in answer.json["errors"][0]["message"]


def test_an_address_on_the_internet_has_one_spelling(acme):
    for given, kept in (("192.0.2.1", "192.0.2.1"),
                        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
                        ("::ffff:192.0.2.1", "192.0.2.1")):
        assert acme.lead(acme.send_lead(ip=given)["id"])["ip"] == kept


def test_a_website_that_is_none_is_said(acme):
    for odd in ("yes please", "javascript:alert(1)", "example", "http://",
                "https://exa mple.com/", "-.com"):
        assert [fault[0] for fault in faults(acme.client.post(
            LEADS, {"name": "A", "website": odd}))] == ["/website"]
    for good in ("example.com", "https://www.Example.co.kr/a?b#c",
                 "회사.한국", "http://user@example.com:8080/",
                 "//example.com"):
        lead = acme.send_lead(name="A", website=good)
        assert acme.lead(lead["id"])["website"] == good


def test_what_a_form_or_a_table_says_of_an_address_is_kept_and_noted(acme):
    acme.make_key(source="Site")
    form = acme.client.post("/api/v1/forms", {
        "name": "F", "source": "Site", "title": {"en": "F"},
        "fields": [{"name": "name"}, {"name": "website"}]}).expect(201).json
    acme.client.post(form["path"], {"name": "A", "website": "none, sorry"})
    lead = acme.client.get(LEADS).expect(200).json["items"][0]
    assert lead["website"] == "none, sorry"
    created = acme.of(lead, "timeline")[-1]
    assert created["data"]["kept_as_given"] == [
        {"field": "website", "code": "domain_character"}]


# Characters that nobody sees

def test_characters_that_nobody_sees_are_not_in_what_is_shown(acme):
    lead = acme.send_lead(name="Kim\u202eMin\u200b ju\u2066n\ufeff",
                          company="\u200fAc\u00adme\u2069 Ltd",
                          city="Se\u202doul", message="a\u202eb\nc\u200b",
                          tags=["v\u200bip"], email="ana@example.test\u200b")
    seen = acme.lead(lead["id"])
    assert (seen["name"], seen["company"], seen["city"], seen["message"],
            seen["tags"], seen["email"]) == (
        "KimMin jun", "Acme Ltd", "Seoul", "ab\nc", ["vip"],
        "ana@example.test")
    assert as_given(acme, lead)[0]["name"] == "Kim\u202eMin\u200b ju\u2066n\ufeff"


def test_a_joiner_stays_where_a_script_or_a_picture_needs_it(acme):
    for name in ("👨\u200d👩\u200d👧 Family", "می\u200cخواهم", "क्\u200dष",
                 "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"):
        assert acme.lead(acme.send_lead(name=name)["id"])["name"] == name
    assert acme.lead(acme.send_lead(name="A\u200dna")["id"])["name"] == "Ana"


def test_a_name_of_nothing_that_is_seen_is_no_name(acme):
    lead = acme.send_lead(name="\u202e\u200b", email="x@example.test")
    assert "name" not in acme.lead(lead["id"])


# The same person

def test_whoever_gives_a_number_that_cannot_be_read_is_known_by_it(acme):
    first = acme.send_lead(name="Kim", phone="010-1234-5678-9999-22 (office)")
    assert acme.lead(first["id"])["phone"] == "010-1234-5678-9999-22 (office)"
    again = acme.client.post(LEADS, {"phone": "010-1234-5678-9999-22 (office)"})
    assert again.expect(200).json["id"] == first["id"]
    spaced = acme.client.post(LEADS, {"phone": "０１０ 1234 5678 999922"})
    assert spaced.expect(200).json["id"] == first["id"]


def test_what_is_no_number_makes_nobody_the_same(acme):
    for odd in ("n/a", "-", "000000000", "1234567", "없음", "call me", "12345",
                "010-0000-0000"):
        one = acme.send_lead(name="A", phone=odd)
        two = acme.send_lead(name="B", phone=odd)
        assert one["id"] != two["id"], odd


def test_an_odd_number_does_not_make_two_addresses_one_person(acme):
    one = acme.send_lead(email="a@example.test", phone="010-1234-5678-9999-22")
    two = acme.send_lead(email="b@example.test", phone="010-1234-5678-9999-22")
    assert one["id"] != two["id"]


# Companies

def test_a_company_known_by_its_domain_alone_is_called_as_people_read_it(acme):
    lead = acme.send_lead(email="kim@xn--vf4b131b.xn--3e0b707e")
    assert acme.lead(lead["id"])["account"]["name"] == "회사.한국"
    lead = acme.send_lead(email="lee@bücher.example")
    assert acme.lead(lead["id"])["account"]["name"] == "bücher.example"


def test_a_domain_that_would_pass_for_another_is_shown_in_its_plain_form(acme):
    # "apple" in Cyrillic letters, and a word of two alphabets
    for ascii_name in ("xn--80ak6aa92e.com", "xn--pple-43d.com"):
        lead = acme.send_lead(email=f"kim@{ascii_name}")
        assert acme.lead(lead["id"])["account"]["name"] == ascii_name


# Touches

def test_a_touch_is_neither_before_its_lead_nor_to_come(acme):
    lead = acme.send_lead(name="A")
    for at, code in (("2020-01-01T00:00:00Z", "before_lead"),
                     ("2999-01-01T00:00:00Z", "future"),
                     ("9999-12-31T23:59:59Z", "future")):
        assert faults(acme.touch(lead, "call", at=at)) == [("/at", code)]
    assert acme.lead(lead["id"])["touches"] == 0
    acme.touch(lead, "call", at=acme.lead(lead["id"])["created_at"]).expect(201)


# Forms

def form_of(acme, **fields):
    return acme.client.post("/api/v1/forms", {
        "name": "Site", "source": "Website", "title": {"en": "T", "ko": "T"},
        **fields}).expect(201).json


def test_a_form_with_nothing_in_it_says_so(acme):
    form = form_of(acme, fields=[{"name": "name"}, {"name": "message"}])
    visitor = Visitor(acme.baton)
    page = visitor.open(form["path"])
    acme.baton.clock.advance("20s")
    sent = visitor.send(page, form["path"], name="  ", message="\u200b")
    assert sent.status == 422
    assert "Nothing has been filled in" in sent.text
    korean = Visitor(acme.baton, language="ko")
    page = korean.open(form["path"])
    acme.baton.clock.advance("20s")
    sent = korean.send(page, form["path"])
    assert sent.status == 422
    assert "채워진 칸이 없습니다" in sent.text
    acme.client.post(form["path"], {}).expect(422)
    acme.client.post(form["path"], {"name": None}).expect(422)
    assert acme.client.get(LEADS).json["total"] == 0
    visitor.send(visitor.open(form["path"]), form["path"], name="Ana")


# Tables

WORDS = "CSV"


@pytest.mark.parametrize("begins", [
    b"PK\x03\x04\x14\x00", b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xd8\xff\xe0\x00",
    b"GIF89a\x01\x00", b"\xd0\xcf\x11\xe0\xa1", b"%PDF-1.7\n", b"SQLite format 3\0",
    b"7z\xbc\xaf\x27\x1c", b"BZh91AY", b"\xfd7zXZ\0", b"{\\rtf1\\ansi",
    b"PAR1\x15\x04", b"\x7fELF\x02\x01", b"\x00\x01\x02\x03\x04\x05",
])
def test_a_file_that_is_no_table_is_refused_whole(acme, begins):
    made = acme.client.post("/api/v1/imports", {"source": "List"}).json
    path = f"/api/v1/imports/{made['id']}"
    acme.client.put(path + "/file", body=begins + b"a,b\nc\x00,d\n" * 50,
                    headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    ended = acme.client.get(path).expect(200).json
    assert ended["state"] == "stopped", ended
    assert WORDS in ended["reason"] or "gunzip" in ended["reason"]
    assert acme.client.get(LEADS).json["total"] == 0


@pytest.mark.parametrize("table", [
    "Kim Minji,minji@example.test,010-1234-5678\n"
    "Ana Lopez,ana@example.test,010-2345-6789\n",
    "minji@example.test\nana@example.test\n",
    "1,2026-11-20,010-1234-5678\n2,2026-11-21,010-2345-6789\n",
])
def test_a_table_without_names_of_columns_is_refused(acme, table):
    made = acme.client.post("/api/v1/imports", {"source": "List"}).json
    path = f"/api/v1/imports/{made['id']}"
    acme.client.put(path + "/file", body=table.encode(),
                    headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    ended = acme.client.get(path).expect(200).json
    assert ended["state"] == "stopped"
    assert "first line" in ended["reason"]
    assert acme.client.get(LEADS).json["total"] == 0


def test_a_table_whose_columns_have_odd_names_is_taken(acme):
    made = acme.client.post("/api/v1/imports", {"source": "List"}).json
    path = f"/api/v1/imports/{made['id']}"
    acme.client.put(path + "/file", body=b"Shoe size,Colour 2\n44,red\n45,blue\n",
                    headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    assert acme.client.get(path).expect(200).json["state"] == "done"
    assert acme.client.get(LEADS).json["total"] == 2


# Ranges of addresses

RANGES = ("10.0.0.0/8", "172.16.0.0/12", "10.1.2.3", "2001:db8::/33", "::/0",
          "0.0.0.0/0", "10.1.2.0/31")
ADDRESSES = ("10.1.2.3", "11.0.0.1", "172.31.255.255", "172.32.0.0",
             "2001:db8:7fff::1", "2001:db8:8000::1", "0.0.0.0",
             "255.255.255.255", "::1")


@pytest.mark.parametrize("op", ["within", "is", "is_not"])
def test_a_range_of_addresses_means_the_same_in_rules_and_in_lists(acme, op):
    for number, address in enumerate(ADDRESSES):
        acme.send_lead(name=f"lead {number}", ip=address)
    for given in RANGES:
        condition = {"field": "ip", "op": op, "value": given}
        network = ipaddress.ip_network(given)
        wanted = [a for a in ADDRESSES if (
            in_network(a, network) != (op == "is_not"))]
        found = acme.client.get(LEADS, query={
            "filter": json.dumps(condition)}).expect(200).json["items"]
        assert sorted(lead["ip"] for lead in found) == sorted(wanted), given
        acme.publish(rules=[{"id": "near", "when": condition,
                             "give_to": {"rep": "bo@acme.test"}}])
        for address in ADDRESSES:
            tried = acme.try_lead({"name": "A", "ip": address})
            assert (tried["owner"]["name"] == "bo") == (address in wanted)


def in_network(address, network):
    """As the kernel sees them: IPv4 is a part of IPv6."""
    if network.version == 4:
        return ipaddress.ip_address(address).version == 4 \
            and ipaddress.ip_address(address) in network
    address = ipaddress.ip_address(address)
    if address.version == 4:
        address = ipaddress.ip_address(f"::ffff:{address}")
    return address in network


def test_several_ranges_are_asked_for_at_once(acme):
    for address in ADDRESSES:
        acme.send_lead(name=address, ip=address)
    found = acme.client.get(LEADS, query={"filter": json.dumps(
        {"field": "ip", "op": "is_any_of",
         "value": ["172.16.0.0/12", "::1", "11.0.0.1"]})}).expect(200)
    assert sorted(lead["ip"] for lead in found.json["items"]) == [
        "11.0.0.1", "172.31.255.255", "::1"]


@pytest.mark.parametrize("value", ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1",
                                   "10.*", "999.1.1.1", "2001:db8::/129", "",
                                   "10.0.0.0/8/8", 10, ["10.0.0.0/8"]])
def test_what_is_no_range_of_addresses_is_said(acme, value):
    for op in ("within", "is"):
        condition = {"field": "ip", "op": op, "value": value}
        answer = acme.client.get(LEADS, query={"filter": json.dumps(condition)})
        fault = answer.expect(422).json["errors"][0]
        assert fault["pointer"].endswith("/value")
        assert "10.0.0.0/8" in fault["message"]


# Places

def test_a_country_is_not_within_a_region(acme):
    condition = {"field": "country", "op": "within", "value": "KR-11"}
    answer = acme.client.get(LEADS, query={"filter": json.dumps(condition)})
    fault = answer.expect(422).json["errors"][0]
    assert fault["code"] == "wrong_place"
    assert fault["pointer"].endswith("/value")
    assert "region" in fault["message"]
    draft = {"format": "baton-rules/1", "rules": [
        {"id": "a", "when": condition, "give_to": {"rep": "bo@acme.test"}}],
        "otherwise": {"queue": "inbox"}}
    assert "wrong_place" in [e["code"] for e in acme.client.put(
        "/api/v1/routing/draft", draft).expect(422).json["errors"]]
    for code in ("KR", "KR-11"):  # a city is a name
        answer = acme.client.get(LEADS, query={"filter": json.dumps(
            {"field": "city", "op": "within", "value": code})})
        assert [e["code"] for e in answer.expect(422).json["errors"]] == [
            "wrong_place"]
    for right in ({"field": "region", "op": "within", "value": "KR-11"},
                  {"field": "country", "op": "within", "value": "KR"}):
        acme.client.get(LEADS, query={
            "filter": json.dumps(right)}).expect(200)


# Money

@pytest.mark.parametrize("currency, amounts", [
    ("BHD", (12.345, 0.001, 123456789012.345, 12.3, 7)),
    ("CLF", (12.3456, 0.0001)),
    ("USD", (12.34, 1.15, 0.07, 9999999999999.99, 3.3)),
    ("KRW", (90000000000000, 12, 0)),
    ("JPY", (12,)),
])
def test_an_amount_is_kept_to_the_last_digit_of_its_currency(
        acme, currency, amounts):
    for amount in amounts:
        lead = acme.send_lead(name="A", currency=currency, deal_value=amount)
        assert acme.lead(lead["id"])["deal_value"] == amount
        acme.edit(lead, name="B")  # stored and read again
        assert acme.lead(lead["id"])["deal_value"] == amount
        for op, found in (("is", True), ("at_least", True), ("at_most", True),
                          ("more_than", False), ("less_than", False)):
            items = acme.client.get(LEADS, query={"filter": json.dumps({"all": [
                {"field": "currency", "op": "is", "value": currency},
                {"field": "deal_value", "op": op, "value": amount}]})})
            ids = [i["id"] for i in items.expect(200).json["items"]]
            assert (lead["id"] in ids) == found, (op, amount)


@pytest.mark.parametrize("currency, amount, says", [
    ("BHD", 12.3456, "three decimals"), ("USD", 12.345, "two decimals"),
    ("KRW", 12.5, "no decimals"), ("JPY", 0.1, "no decimals"),
    ("CLF", 1.00001, "four decimals"),
    ("USD", 99999999999999, "90000000000000"),
    ("USD", 12345678901234.56, "15 digits"), ("USD", 1e300, "90000000000000"),
])
def test_an_amount_that_its_currency_cannot_have_is_said(
        acme, currency, amount, says):
    answer = acme.client.post(LEADS, {
        "name": "A", "currency": currency, "deal_value": amount})
    fault, = answer.expect(422).json["errors"]
    assert fault["pointer"] == "/deal_value" and says in fault["message"]
    lead = acme.send_lead(name="A", currency=currency)
    answer = acme.client.patch(f"{LEADS}/{lead['id']}", {"deal_value": amount})
    assert faults(answer)[0][0] == "/deal_value"


def test_what_a_table_says_of_money_is_rounded_where_it_must_be_and_noted(acme):
    made = acme.client.post("/api/v1/imports", {"source": "List"}).json
    path = f"/api/v1/imports/{made['id']}"
    table = ("name,deal_value\na,12.345 BHD\nb,\"1,234.567 USD\"\nc,12.5 KRW\n"
             "d,12.5\ne,-0.5 JPY\n")
    acme.client.put(path + "/file", body=table.encode(),
                    headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    leads = {lead["name"]: lead for lead in acme.client.get(LEADS).json["items"]}
    assert {name: lead["deal_value"] for name, lead in leads.items()} == {
        "a": 12.345, "b": 1234.57, "c": 13, "d": 12.5, "e": -1}
    noted = {name for name, lead in leads.items() if {
        "field": "deal_value", "code": "too_precise"} in acme.of(
            lead, "timeline")[-1]["data"].get("kept_as_given", [])}
    assert noted == {"b", "c", "e"}


# Dates

def test_a_date_of_ones_own_is_compared_with_a_date(acme):
    acme.client.post("/api/v1/fields", {
        "name": "begin", "type": "date",
        "label": {"en": "Begin"}}).expect(201)
    days = ["2026-11-19", "2026-11-20", "2026-11-21"]
    for day in days:
        acme.send_lead(name=day, custom={"begin": day})
    for op, value, found in (
            ("before", "2026-11-20", days[:1]),
            ("after", "2026-11-20", days[2:]),
            ("is", "2026-11-20", days[1:2]),
            ("is_not", "2026-11-20", [days[0], days[2]]),
            ("between", ["2026-11-20", "2026-11-21"], days[1:]),
            ("after", "2026-11-20T00:00:00Z", days[2:])):
        condition = {"field": "custom.begin", "op": op, "value": value}
        items = acme.client.get(LEADS, query={
            "filter": json.dumps(condition)}).expect(200).json["items"]
        assert sorted(lead["name"] for lead in items) == found, op
        acme.publish(rules=[{"id": "d", "when": condition,
                             "give_to": {"rep": "bo@acme.test"}}])
        for day in days:
            tried = acme.try_lead({"name": "A", "custom": {"begin": day}})
            assert (tried["owner"]["name"] == "bo") == (day in found)
    for odd in ("2026-02-30", "tomorrow", "2026-13-01", 20261120):
        answer = acme.client.get(LEADS, query={"filter": json.dumps(
            {"field": "custom.begin", "op": "before", "value": odd})})
        fault = answer.expect(422).json["errors"][0]
        assert fault["pointer"].endswith("/value")
        assert "2026-11-20" in fault["message"]


def test_a_date_of_birth_is_one_somebody_can_have(acme):
    for odd in ("2999-01-01", "0000-01-01", "1799-12-31", "1990-02-30"):
        assert faults(acme.client.post(LEADS, {
            "name": "A", "birthday": odd}))[0][0] == "/birthday"
    for good in ("1800-01-01", "1990-12-31", acme.baton.now()[:10]):
        lead = acme.send_lead(name="A", birthday=good)
        assert acme.lead(lead["id"])["birthday"] == good


# Tags

def test_a_tag_is_one_tag_whatever_is_in_it(acme):
    lead = acme.send_lead(name="A", tags=["a\u001fb", "c\nd", "\u200b", " "])
    seen = acme.lead(lead["id"])["tags"]
    assert seen == ["ab", "c d"]
    for tag, found in (("a", 0), ("b", 0), ("ab", 1), ("c d", 1)):
        items = acme.client.get(LEADS, query={"filter": json.dumps(
            {"field": "tags", "op": "is", "value": tag})}).expect(200).json
        assert len(items["items"]) == found, tag
    acme.client.post("/api/v1/fields", {
        "name": "marks", "type": "tags"}).expect(201)
    assert faults(acme.client.post(LEADS, {
        "name": "A", "custom": {"marks": ["a\u001fb"]}})) == [
            ("/custom/marks", "wrong_value")]


# Numbers

def test_a_whole_number_of_any_length_is_kept_to_its_last_digit(acme):
    for number in (2**63, 2**64 - 1, 2**64, -2**63 - 1, 10**40 + 1):
        lead = acme.send_lead(name="A", custom={
            "a": 1.5, "n": number, "list": [1, {"b": number + 2}], "c": 7})
        acme.edit(lead, name="B")  # stored and read again
        kept = acme.lead(lead["id"])["custom"]
        assert kept == {"a": 1.5, "n": number, "list": [1, {"b": number + 2}],
                        "c": 7}
