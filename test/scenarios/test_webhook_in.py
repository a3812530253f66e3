"""Webhooks of other programs: checked, read as the source says, stored
before they are answered."""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path

import pytest
from support.baton import PROJECT

# Real inputs: those that are kept in the tree, and those that are not.
KEPT = PROJECT / "test" / "data" / "payloads"
PAYLOADS = Path(os.environ.get(
    "BATON_TEST_DATA", PROJECT.parent / "shared" / "data")) / "payloads"

NOW_S = 1794787200  # the morning on which tests begin
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def acme(baton):
    return baton.workspace("Acme", people=["ana", "bo"])


class Source:
    """A source with an address for webhooks."""

    def __init__(self, acme, webhook=None, name="Hook"):
        self.acme, self.client = acme, acme.client
        made = self.client.post("/api/v1/sources", {"name": name}).expect(201)
        self.id, self.name = made.json["id"], name
        self.sender = acme.baton.client.with_key(None)
        if webhook is not None:
            self.map(webhook).expect(200)
        self.path = self.new_address()

    def map(self, webhook):
        return self.client.patch(f"/api/v1/sources/{self.id}",
                                 {"webhook": webhook})

    def new_address(self, **given):
        made = self.client.post(f"/api/v1/sources/{self.id}/token", given)
        return made.expect(201).json["path"]

    def send(self, body, headers=JSON, path=None):
        if not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        return self.sender.request("POST", path or self.path, body=body,
                                   headers=headers)

    def lead_of(self, body, **more):
        answer = self.send(body, **more).expect(200).json
        return self.acme.lead(answer["lead"])

    def fields(self):
        items = self.client.get(
            f"/api/v1/sources/{self.id}/fields").expect(200).json["items"]
        return {item["path"]: item["example"] for item in items}


def payload(*path):
    file = KEPT.joinpath(*path)
    if not file.exists():
        file = PAYLOADS.joinpath(*path)
    if not file.exists():
        pytest.skip(f"no test data at {PAYLOADS}; set BATON_TEST_DATA")
    return file.read_bytes()


def vector(*path):
    return json.loads(payload(*path))


def facts(lead, *names):
    return {name: lead[name] for name in names}


def submissions(acme, lead_id):
    return acme.client.get(
        f"/api/v1/leads/{lead_id}/submissions").expect(200).json["items"]


def total(acme):
    return acme.client.get("/api/v1/leads", query={"limit": 1}).json["total"]


# The mapping

def test_a_webhook_becomes_a_lead_as_the_source_says(acme):
    source = Source(acme, {
        "fields": {"name": "/contact/name", "email": "/contact/mail",
                   "custom.budget": "/answers/[question=Budget]/answer",
                   "tags": "/labels"},
        "set": {"country": "KR"}})
    sent = ('{ "contact": {"name": "Kim Minji", "mail": "minji@x.test"},'
            ' "labels": ["vip", "seoul"],'
            ' "answers": [{"question": "Colour", "answer": "green"},'
            ' {"question": "Budget", "answer": 5000}]}')

    lead = source.lead_of(sent.encode())

    assert facts(lead, "name", "email", "country", "source", "tags") == {
        "name": "Kim Minji", "email": "minji@x.test", "country": "KR",
        "source": "Hook", "tags": ["vip", "seoul"]}
    assert lead["custom"] == {"budget": "5000"}
    assert lead["owner"]["kind"] == "rep"
    kept, = submissions(acme, lead["id"])
    assert kept["body"] == sent and kept["source"]["name"] == "Hook"


def test_a_source_may_send_numbers_with_a_country_code_and_no_plus(acme):
    """52: as messengers do."""
    source = Source(acme, {"fields": {"phone": "/from"},
                           "phones": "international",
                           "defaults": {"country": "US"}})
    lead = source.lead_of(b'{"from": "6591234567"}')
    assert lead["phone"] == "+6591234567"
    again = source.lead_of(b'{"from": "+65 9123 4567"}')
    assert again["id"] == lead["id"]


def test_names_that_leave_no_doubt_need_no_mapping(acme):
    source = Source(acme)
    lead = source.lead_of(
        b"your-name=Ana+Lopez&your-email=ana%40x.test&your-message=Hello",
        headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert facts(lead, "name", "email", "message") == {
        "name": "Ana Lopez", "email": "ana@x.test", "message": "Hello"}
    lead = source.lead_of({"person": {"first_name": "Bo", "last_name": "Li",
                                      "e-mail": "bo@x.test"}})
    assert facts(lead, "name", "email") == {"name": "Bo Li",
                                            "email": "bo@x.test"}


def test_what_is_not_mapped_is_kept_and_offered(acme):
    source = Source(acme, {"fields": {"email": "/email"}})
    source.lead_of({"email": "ana@x.test", "shoe": {"size": 44},
                    "answers": [{"question": "Colour", "answer": "green"}]})
    colour = "/answers/[question=Colour]/answer"
    assert source.fields() == {"/shoe/size": "44", colour: "green"}

    source.map({"fields": {"email": "/email", "custom.colour": colour}})

    assert source.fields() == {"/shoe/size": "44"}
    lead = source.lead_of({
        "email": "bo@x.test",
        "answers": [{"question": "Size", "answer": "L"},
                    {"question": "Colour", "answer": "red"}]})
    assert lead["custom"] == {"colour": "red"}


def test_the_first_path_that_says_something_counts(acme):
    source = Source(acme, {"fields": {"email": ["/work", "/home"],
                                      "name": "^/name"}})
    assert source.lead_of({"name": "Ana", "work": "", "home": "a@x.test"})[
        "email"] == "a@x.test"
    assert source.lead_of({"name": "Bo", "work": "b@x.test",
                           "home": "c@x.test"})["email"] == "b@x.test"


def test_a_batch_has_a_result_for_each_lead(acme):
    source = Source(acme, {"leads": "/entry", "delivery": "/id",
                           "fields": {"email": "/mail"}})
    entries = [{"id": 2**62 + 1, "mail": "a@x.test"},
               {"id": 2**62 + 2, "mail": "b@x.test"},
               {"id": 2**62 + 3}]

    first = source.send({"entry": entries}).expect(200).json
    again = source.send({"entry": entries[:2]}).expect(200).json

    assert [r["state"] for r in first["results"]] == [
        "taken", "taken", "quarantined"]
    assert [r["state"] for r in again["results"]] == ["repeated", "repeated"]
    assert first["lead"] == first["results"][0]["lead"]
    kept, = submissions(acme, first["lead"])
    assert json.loads(kept["body"]) == entries[0]
    assert kept["delivery_key"] == str(2**62 + 1)


def test_what_the_source_says_is_no_lead_is_kept_apart(acme):
    source = Source(acme, {
        "fields": {"email": "/email"},
        "only": [{"at": "/event", "is": ["created", "new"]}],
        "except": [{"at": "/test", "is": ["yes"]}]})
    states = [source.send({"email": "a@x.test", **more}).expect(200)
              .json["results"][0]["state"]
              for more in ({"event": "deleted"}, {},
                           {"event": "new", "test": True},
                           {"event": "new", "test": False})]
    assert states == ["ignored", "ignored", "ignored", "taken"]
    counts = acme.client.get("/api/v1/submissions/counts").expect(200).json
    assert counts == {"quarantined": 0, "spam": 0, "ignored": 3}
    assert total(acme) == 1


@pytest.mark.parametrize("webhook, pointers", [
    ({"fields": {"owner": "/a", "email": 5, "name": "/a/[b"}},
     {"/webhook/fields/owner", "/webhook/fields/email"}),
    ({"preset": "nobody"}, {"/webhook/preset"}),
    ({"preset": "typeform"}, {"/webhook/signature/secret"}),
    ({"set": {"external_id": "1"}}, {"/webhook/set/external_id"}),
    ({"colour": "red"}, {"/webhook/colour"}),
    ({"phones": "abroad"}, {"/webhook/phones"}),
    ({"only": [{"at": "/a"}]}, {"/webhook/only/0/is"}),
    ({"signature": {"algorithm": "md5"}}, {"/webhook/signature/algorithm"}),
    ({"key": {"at": "/k", "secret": ["a"] * 6}}, {"/webhook/key/secret"}),
])
def test_a_mapping_without_sense_is_refused_with_pointers(acme, webhook,
                                                          pointers):
    source = Source(acme)
    problem = source.map(webhook).expect(422).json
    assert {error["pointer"] for error in problem["errors"]} == pointers
    assert source.client.get(f"/api/v1/sources/{source.id}").json[
        "webhook"]["has_token"]


def test_only_who_may_edit_sources_opens_an_address(acme):
    source = Source(acme, {"fields": {"email": "/email"}})
    for role in ("rep", "manager", "viewer"):
        caller = acme.client_as(role)
        caller.patch(f"/api/v1/sources/{source.id}",
                     {"name": "x"}).expect(403)
        caller.post(f"/api/v1/sources/{source.id}/token", {}).expect(403)
        caller.get(f"/api/v1/sources/{source.id}/fields").expect(403)
    other = acme.baton.workspace("Other")
    other.client.get(f"/api/v1/sources/{source.id}").expect(404)
    other.client.post(f"/api/v1/sources/{source.id}/token", {}).expect(404)


# The address

def test_only_the_whole_address_leads_anywhere(acme):
    source = Source(acme, {"fields": {"email": "/email"}})
    start, _, token = source.path.rpartition("/")
    body = {"email": "a@x.test"}
    for path in (start + "/" + token[:-1] + "x", start + "/x",
                 "/in/" + "0" * 26 + "/" + token, "/in/x/" + token,
                 start[:-1] + ("0" if start[-1] != "0" else "1") + "/" + token):
        source.send(body, path=path).expect(404)
        source.sender.get(path).expect(404)
    assert total(acme) == 0
    assert token not in source.client.get(f"/api/v1/sources/{source.id}").text


def test_a_new_address_ends_the_old_one_when_it_is_told_to(acme):
    source = Source(acme, {"fields": {"email": "/email"}})
    first = source.path
    second = source.new_address(keep_old_minutes=60)
    for path in (first, second):
        source.send({"email": "a@x.test"}, path=path).expect(200)
    acme.baton.clock.advance("61m")
    source.send({"email": "a@x.test"}, path=first).expect(404)
    third = source.new_address()
    source.send({"email": "a@x.test"}, path=second).expect(404)
    source.send({"email": "a@x.test"}, path=third).expect(200)
    source.client.delete(f"/api/v1/sources/{source.id}/token").expect(204)
    source.send({"email": "a@x.test"}, path=third).expect(404)


# Once

def test_the_same_delivery_is_one_lead_for_ever(acme):
    source = Source(acme, {"delivery": "/id", "fields": {"name": "/name"}})
    first = source.send({"id": 7, "name": "Kim"}).expect(200).json
    for wait in ("1s", "1h", "31d"):
        acme.baton.clock.advance(wait)
        again = source.send({"id": 7, "name": "Kim"}).expect(200).json
        assert again["results"][0]["state"] == "repeated"
        assert again["lead"] == first["lead"]
    other = source.send({"id": 7, "name": "Kim", "more": 1}).expect(200).json
    assert other["lead"] == first["lead"]
    assert source.send({"id": 8, "name": "Kim"}).json["lead"] != first["lead"]
    another = Source(acme, {"delivery": "/id", "fields": {"name": "/name"}},
                     name="Another")
    assert another.send({"id": 7, "name": "Kim"}).json["lead"] != first["lead"]
    assert total(acme) == 3


def test_without_an_id_nothing_is_taken_for_a_repeat(acme):
    source = Source(acme, {"fields": {"name": "/name"}})
    leads = {source.send({"name": "Kim"}).expect(200).json["lead"]
             for _ in range(3)}
    assert len(leads) == 3


@pytest.mark.parametrize("header", ["Idempotency-Key", "webhook-id"])
def test_a_sender_may_name_a_delivery_in_a_header(acme, header):
    source = Source(acme, {"fields": {"name": "/name"}})

    def send(key, body=None):
        return source.send(body or {"name": "Kim"},
                           headers={**JSON, header: key}).expect(200).json

    first = send("a")
    acme.baton.clock.advance("40d")
    again = send("a")
    assert again["results"][0]["state"] == "repeated"
    assert again["lead"] == first["lead"] != send("b")["lead"]
    two = [{"name": "Ana"}, {"name": "Bo"}]
    assert len({r["lead"] for r in send("c", two)["results"]}) == 2
    assert [r["state"] for r in send("c", two)["results"]] == ["repeated"] * 2
    long = send("k" * 4000)
    assert send("k" * 4000)["lead"] == long["lead"]


def test_a_delivery_id_that_no_column_could_hold_is_still_one(acme):
    source = Source(acme, {"delivery": "/id", "fields": {"name": "/name"}})
    body = b'{"id": "a\\u0000b", "name": "Kim"}'
    first = source.send(body).expect(200).json
    assert source.send(body).json["results"][0]["state"] == "repeated"
    assert first["results"][0]["state"] == "taken"


def test_somebody_we_know_joins_the_lead_we_have(acme):
    known = acme.send_lead(name="Kim", email="kim@x.test")
    source = Source(acme, {"fields": {"email": "/email", "phone": "/phone"}})
    answer = source.send({"email": "KIM@x.test",
                          "phone": "010-1234-5678"}).expect(200).json
    assert answer["results"][0]["state"] == "joined"
    assert answer["lead"] == known["id"]
    assert acme.lead(known["id"])["phone"] == "+821012345678"


# Who sent it

def signed(source, body, digest, **headers):
    """Is it taken, and no other one?"""
    good = source.send(body, headers={**JSON, **headers})
    for broken in (body[:-1], body + b" ", body.replace(b"a", b"b", 1)):
        source.send(broken, headers={**JSON, **headers}).expect(401)
    source.send(body).expect(401)
    name = next(iter(headers))
    for value in (digest[:-2] + "AA", "", digest.swapcase() + "="):
        source.send(body, headers={**JSON, name: value}).expect(401)
    return good.expect(200)


@pytest.mark.parametrize("algorithm, encoding, prefix", [
    ("hmac-sha256", "hex", "sha256="), ("hmac-sha1", "base64", ""),
    ("hmac-sha512", "hex", ""), ("hmac-sha256", "base64", "v0,")])
def test_a_signature_is_over_the_raw_bytes(acme, algorithm, encoding, prefix):
    source = Source(acme, {
        "fields": {"email": "/email"},
        "signature": {"header": "X-Sign", "algorithm": algorithm,
                      "encoding": encoding, "prefix": prefix,
                      "secret": ["older", "geheim"]}})
    body = b'{"email":  "ana@x.test"}'
    mac = hmac.new(b"geheim", body, algorithm.partition("-")[2])
    text = prefix + (mac.hexdigest() if encoding == "hex"
                     else base64.b64encode(mac.digest()).decode())
    signed(source, body, text, **{"X-Sign": text})
    assert total(acme) == 1


def test_a_signed_time_may_not_be_far_off(acme):
    source = Source(acme, {
        "fields": {"email": "/email"},
        "signature": {"header": "X-Sign", "algorithm": "hmac-sha256",
                      "element": "v1", "time_element": "t",
                      "signed": "{timestamp}.{body}", "secret": "geheim"}})
    body = b'{"email": "ana@x.test"}'

    def send(at):
        mac = hmac.new(b"geheim", b"%d." % at + body, "sha256").hexdigest()
        return source.send(body, headers={**JSON,
                                          "X-Sign": f"t={at}, v1={mac}"})

    assert send(NOW_S).status == 200
    assert send(NOW_S - 290).status == 200
    assert send(NOW_S - 310).status == 401
    assert send(NOW_S + 310).status == 401


def test_a_secret_is_shown_to_nobody_and_stays(acme):
    webhook = {"fields": {"email": "/email"},
               "signature": {"header": "X-Sign", "algorithm": "plain",
                             "secret": "sesame"},
               "key": {"at": "/key", "secret": "inner"},
               "challenge": {"query": "c", "token_query": "t",
                             "token": "third"}}
    source = Source(acme, webhook)
    shown = source.client.get(f"/api/v1/sources/{source.id}").expect(200)
    for secret in ("sesame", "inner", "third"):
        assert secret not in shown.text
    assert shown.json["webhook"]["signature"]["has_secret"] is True
    for part in ("signature", "key", "challenge"):
        webhook[part].pop("secret" if part != "challenge" else "token")
    source.map(webhook).expect(200)

    body = {"email": "a@x.test", "key": "inner"}
    source.send(body, headers={**JSON, "X-Sign": "sesame"}).expect(200)
    source.send(body, headers={**JSON, "X-Sign": "other"}).expect(401)
    source.send({**body, "key": "outer"},
                headers={**JSON, "X-Sign": "sesame"}).expect(401)


def test_a_challenge_is_answered(acme):
    source = Source(acme, {
        "fields": {"email": "/email"},
        "challenge": {"query": "hub.challenge", "token_query":
                      "hub.verify_token", "token": "abc"}})
    good = source.sender.get(source.path, query={
        "hub.mode": "subscribe", "hub.challenge": "1158201444",
        "hub.verify_token": "abc"}).expect(200)
    assert good.text == "1158201444"
    source.sender.get(source.path, query={
        "hub.challenge": "1", "hub.verify_token": "no"}).expect(403)
    source.sender.get(source.path).expect(200)
    assert total(acme) == 0


# What providers really send

def test_typeform(acme):
    sample = vector("typeform", "signed-request.json")
    source = Source(acme, {
        "preset": "typeform",
        "fields": {"first_name": "/form_response/answers/"
                   "[field/ref=readable_ref_short_text]/text",
                   "message": "/form_response/answers/"
                   "[field/ref=readable_ref_long_text]/text"},
        "signature": {"header": "Typeform-Signature",
                      "algorithm": "hmac-sha256", "encoding": "base64",
                      "prefix": "sha256=", "secret": sample["secret"]}})
    body = sample["raw_body"].encode()
    header = sample["headers"]["Typeform-Signature"]
    answer = signed(source, body, header, **{"Typeform-Signature": header})
    lead = acme.lead(answer.json["lead"])
    assert facts(lead, "name", "email", "message") == {
        "name": "Laura", "email": "laura@example.com",
        "message": "Sunny and warm."}
    assert source.fields()["/form_response/answers/"
                           "[field/ref=readable_ref_number1]/number"] == "1"


def test_jotform(acme):
    raw = payload("jotform", "submission.http")
    head, _, body = raw.partition(b"\r\n\r\n")
    kind = next(line for line in head.decode().split("\r\n")
                if line.lower().startswith("content-type"))
    source = Source(acme, {"preset": "jotform"})
    lead = source.lead_of(body, headers={
        "Content-Type": kind.partition(": ")[2]})
    assert facts(lead, "name", "email", "company") == {
        "name": "Ada Example", "email": "ada@example.com",
        "company": "Example Ltd"}
    assert lead["phone"]
    kept, = submissions(acme, lead["id"])
    assert kept["delivery_key"] == "5700000000000000001"
    assert source.fields()["/rawRequest/q7_interests"] == "CRM, Telephony"


def test_google_ads(acme):
    source = Source(acme, {
        "preset": "google-ads",
        "fields": {"custom.dealership": "/user_column_data/"
                   "[column_id=PREFERRED_DEALERSHIP]/string_value"},
        "key": {"at": "/google_key", "secret": ["s3cret-key", "123456"]}})
    lead = source.lead_of(payload("google-ads-lead-form",
                                  "custom-questions.json"))
    assert facts(lead, "name", "email", "company", "country", "campaign") == {
        "name": "Ada Example", "email": "ada@example.org",
        "company": "Example GmbH", "country": "DE", "campaign": "9876543210"}
    assert lead["custom"] == {"dealership": "Berlin Mitte"}
    test_lead = source.send(payload("google-ads-lead-form", "test-lead.json"))
    assert test_lead.expect(200).json["results"][0]["state"] == "ignored"
    wrong = json.loads(payload("google-ads-lead-form",
                               "custom-questions.json"))
    source.send({**wrong, "google_key": "guess"}).expect(401)


def test_google_forms(acme):
    source = Source(acme, {
        "preset": "google-forms",
        "fields": {"name": "/answers/5bdc4001/textAnswers/answers/0/value",
                   "message":
                   "/answers/283d759e/textAnswers/answers/0/value"}})
    lead = source.lead_of(payload("google-forms", "response.json"))
    assert facts(lead, "name", "message") == {"name": "test",
                                              "message": "نعم"}


def test_calendly(acme):
    sample = vector("calendly", "signed-request.json")
    source = Source(acme, {
        "preset": "calendly",
        "signature": {"header": "Calendly-Webhook-Signature",
                      "algorithm": "hmac-sha256", "element": "v1",
                      "time_element": "t", "tolerance_s": 180,
                      "signed": "{timestamp}.{body}",
                      "secret": sample["signing_key"]}})
    body = sample["raw_body"].encode()
    source.send(body, headers={**JSON, **sample["headers"]}).expect(401)
    mac = hmac.new(sample["signing_key"].encode(), b"%d." % NOW_S + body,
                   "sha256").hexdigest()
    answer = source.send(body, headers={
        **JSON, "Calendly-Webhook-Signature": f"t={NOW_S},v1={mac}"})
    lead = acme.lead(answer.expect(200).json["lead"])
    assert facts(lead, "name", "email", "company", "time_zone") == {
        "name": "John Doe", "email": "test@example.com",
        "company": "Example Ltd", "time_zone": "America/New_York"}
    assert lead["custom"]["meeting"] == "30 Minute Meeting"


def test_hubspot(acme):
    source = Source(acme, {"preset": "hubspot-contact"})
    lead = source.lead_of(payload("hubspot", "contact-object.json"))
    assert facts(lead, "name", "email", "phone", "company", "job_title") == {
        "name": "Kim Example", "email": "kim@example.com",
        "phone": "+821012345678", "company": "Example Ltd",
        "job_title": "CTO"}


def test_pipedrive(acme):
    persons = Source(acme, {"preset": "pipedrive-person"}, name="Persons")
    lead = persons.lead_of(payload("pipedrive", "new-person.json"))
    assert facts(lead, "name", "email", "company") == {
        "name": "Will Smith", "email": "12345@email.com",
        "company": "Org Name"}
    deals = Source(acme, {"preset": "pipedrive-deal"}, name="Deals")
    lead = deals.lead_of(payload("pipedrive", "new-deal.json"))
    assert facts(lead, "name", "email", "company", "deal_value",
                 "currency") == {
        "name": "Person", "email": "person@pipedrive.com",
        "company": "Organization", "deal_value": 5000, "currency": "EUR"}


def test_tiktok(acme):
    source = Source(acme, {"preset": "tiktok"})
    body = json.loads(payload("tiktok-lead-gen", "webhook.json"))
    lead = source.lead_of(body)
    assert facts(lead, "name", "email", "campaign") == {
        "name": "Jane Example", "email": "lead@example.com",
        "campaign": "Autumn"}
    body["entry"][0]["id"] = int(body["entry"][0]["id"])  # as it comes, too
    again = source.send(body).expect(200).json
    assert again["lead"] == lead["id"]


def test_linkedin(acme):
    sample = vector("linkedin-lead-gen", "challenge-and-signature.json")
    answer = "/formResponse/answers/[questionId=%d]/answerDetails/" \
             "textQuestionAnswer/answer"
    signature = {"header": "X-LI-Signature", "algorithm": "hmac-sha256",
                 "signed": "hmacsha256={body}",
                 "secret": sample["client_secret"]}
    webhook = {"preset": "linkedin", "signature": signature,
               "fields": {"email": answer % 1, "first_name": answer % 2}}
    source = Source(acme, webhook)
    asked = sample["challenge"]["request"].partition("challengeCode=")[2]
    got = source.sender.get(source.path, query={"challengeCode": asked})
    assert got.expect(200).json == sample["challenge"]["response_json"]

    body = sample["signed_post"]["raw_body"].encode()
    header = sample["signed_post"]["X-LI-Signature"]
    notice = signed(source, body, header, **{"X-LI-Signature": header})
    assert notice.json["results"][0]["state"] == "quarantined"

    source.map({**webhook, "signature": None}).expect(200)
    lead = source.lead_of(payload("linkedin-lead-gen",
                                  "lead-form-response.json"))
    assert facts(lead, "name", "email") == {"name": "Kim",
                                            "email": "kim@example.com"}


def test_meta_lead_object(acme):
    source = Source(acme, {"preset": "meta-lead"})
    body = json.loads(payload("meta-lead-ads", "lead-object.json"))
    lead = source.lead_of(body)
    answers = {f["name"]: f["values"] for f in body["field_data"]}
    assert lead["email"] == answers["email"][0]
    assert lead["name"] == answers["full_name"][0]


def test_callrail(acme):
    sample = vector("callrail", "signed-request.json")
    source = Source(acme, {
        "preset": "callrail",
        "signature": {"header": "Signature", "algorithm": "hmac-sha1",
                      "encoding": "base64",
                      "secret": sample["signing_key"]}})
    header = sample["headers"]["Signature"]
    answer = signed(source, sample["raw_body"].encode(), header,
                    Signature=header)
    lead = acme.lead(answer.json["lead"])
    assert facts(lead, "name", "phone", "city", "country", "medium") == {
        "name": "Example Caller", "phone": "+19042315600",
        "city": "Jacksonville", "country": "US", "medium": "cpc"}


def test_intercom(acme):
    sample = vector("intercom", "signed-request.json")
    source = Source(acme, {
        "preset": "intercom",
        "signature": {"header": "X-Hub-Signature", "algorithm": "hmac-sha1",
                      "prefix": "sha1=", "secret": sample["client_secret"]}})
    header = sample["headers"]["X-Hub-Signature"]
    answer = signed(source, sample["raw_body"].encode(), header,
                    **{"X-Hub-Signature": header})
    lead = acme.lead(answer.json["lead"])
    assert facts(lead, "name", "email", "country", "city") == {
        "name": "John Doe", "email": "john.doe@example.com",
        "country": "KR", "city": "Seoul"}


def test_standard_webhooks(acme):
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    source = Source(acme, {
        "fields": {"email": "/data/email"},
        "signature": {"algorithm": "standard-webhooks", "secret": secret}})
    body = b'{"data": {"email": "ana@x.test"}}'
    mac = hmac.new(b"k" * 32, b"msg_1.%d." % NOW_S + body, hashlib.sha256)
    text = "v1," + base64.b64encode(mac.digest()).decode()
    signed(source, body, text, **{
        "webhook-signature": text, "webhook-id": "msg_1",
        "webhook-timestamp": str(NOW_S)})


def test_every_preset_is_a_mapping_that_can_be_saved(acme):
    presets = acme.client.get(
        "/api/v1/source-presets").expect(200).json["items"]
    assert {p["name"] for p in presets} >= {"typeform", "jotform", "calendly"}
    for number, preset in enumerate(presets):
        source = Source(acme, name=f"Source {number}")
        source.map({"preset": preset["name"], "signature": None,
                    "key": None, "challenge": None}).expect(200)
