"""What chats, telephones, messengers and mail send, read by a mapping alone:
each real body becomes the lead that its mapping says, or is ignored by it."""

import hmac
import json
from urllib.parse import urlencode

import pytest
from support.story import Company, now
from test_quarantine import held
from test_webhook_in import (
    JSON, KEPT, PAYLOADS, Source, facts, payload, total, vector)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

AIRCALL = {
    "delivery": "/data/id",
    "fields": {"phone": "/data/raw_digits", "message": "/event"},
    "only": [{"at": "/data/direction", "is": ["inbound"]}]}
CHATWOOT = {
    "fields": {"name": ["/sender/name", "/contact/name"],
               "email": "/sender/email", "message": "/content",
               "referrer": "/conversation/additional_attributes/referer"},
    "only": [{"at": "/message_type", "is": ["incoming"]}]}
TELEGRAM = {
    "delivery": "/update_id",
    "fields": {"first_name": ["/message/contact/first_name",
                              "/message/from/first_name"],
               "last_name": "/message/from/last_name",
               "phone": "/message/contact/phone_number",
               "message": "/message/text",
               "custom.telegram": "/message/from/id"}}
TELEGRAM_BUTTONS = {
    "delivery": "/update_id",
    "fields": {"first_name": "/callback_query/from/first_name",
               "last_name": "/callback_query/from/last_name",
               "message": "/callback_query/data"}}
TWILIO = {
    "delivery": "/MessageSid",
    "fields": {
        "phone": "From", "city": "FromCity", "region": "FromState",
        "country": "FromCountry", "postal_code": "FromZip",
        "message": "Body"}}
KAKAO = {
    "fields": {"name": "/action/params/name",
               "phone": "/action/params/phone",
               "message": "/userRequest/utterance",
               "time_zone": "/userRequest/timezone",
               "custom.kakao": "/userRequest/user/id"},
    "defaults": {"country": "KR"}}
NAVER = {
    "fields": {"custom.naver": "/user", "message": "/textContent/text"},
    "only": [{"at": "/event", "is": ["send"]}]}
POSTMARK = {
    "delivery": "/MessageID",
    "fields": {"name": "/FromFull/Name", "email": "/FromFull/Email",
               "message": "/TextBody"}}
MAILGUN = {
    "delivery": "/message-headers/[0=Message-Id]/1",
    "unpack": ["message-headers"],
    "fields": {"name": "from", "email": ["from",
                                         "/message-headers/[0=From]/1",
                                         "sender"],
               "message": ["stripped-text", "body-plain"]},
    "except": [{"at": "event", "is": ["delivered", "clicked"]}]}
MAILGUN_EVENTS = {
    "fields": {"email": ["/event-data/recipient", "/sender"]},
    "only": [{"at": "/event-data/event", "is": ["unsubscribed"]}]}
SENDGRID = {
    "fields": {"email": "from", "message": "text", "ip": "sender_ip"}}
SENDGRID_EVENTS = {
    "delivery": "/sg_event_id", "fields": {"email": "/email"},
    "only": [{"at": "/event", "is": ["group_resubscribe"]}]}
POSTMARK_EVENTS = {
    "fields": {"email": ["/Recipient", "/Email"]},
    "only": [{"at": "/RecordType", "is": ["Inbound"]}]}
SLACK = {
    "delivery": "trigger_id",
    "fields": {"name": "user_name", "message": ["text", "command"],
               "custom.slack_team": "team_domain"},
    "signature": {"header": "X-Slack-Signature", "algorithm": "hmac-sha256",
                  "prefix": "v0=", "time_header": "X-Slack-Request-Timestamp",
                  "signed": "v0:{timestamp}:{body}"}}
WHATSAPP = {
    "leads": "/entry",
    "delivery": "/changes/0/value/messages/0/id",
    "fields": {"name": "/changes/0/value/contacts/0/profile/name",
               "phone": "/changes/0/value/messages/0/from",
               "message": "/changes/0/value/messages/0/text/body"},
    "only": [{"at": "/changes/0/value/messages/0/type",
              "is": ["text", "image", "video", "audio", "document",
                     "location", "interactive", "button", "sticker"]}],
    "defaults": {"country": "IL"}}

EXAMPLES = [
    ("aircall/call.ended.json", AIRCALL, {"phone": "+18001234567"}),
    ("chatwoot/message_created.json", CHATWOOT, {
        "name": "Visitor", "email": "visitor@example.com", "message": "Hi",
        "referrer": "http://www.example.com"}),
    ("telegram/message-text.json", TELEGRAM, {
        "name": "Test Firstname Test Lastname", "message": "/start"}),
    ("telegram/contact-shared.json", TELEGRAM, {
        "name": "Test Test Lastname", "phone": "+821012345678"}),
    ("telegram/callback_query.json", TELEGRAM_BUTTONS, {
        "name": "Test Firstname Test Lastname",
        "message": "Data from button callback"}),
    ("twilio/incoming-sms.form", TWILIO, {
        "phone": "+14158675309", "country": "US", "postal_code": "94105",
        "message": "Hi, please call me back 😀"}),
    ("twilio/incoming-call.form", TWILIO, {
        "phone": "+14158675309", "country": "US"}),
    ("kakao/skill-request.json", KAKAO, {
        "name": "홍길동", "phone": "+821012345678",
        "message": "견적 문의드립니다", "time_zone": "Asia/Seoul"}),
    ("naver-talktalk/send-text.json", NAVER, {"message": "hello world"}),
    ("postmark/inbound-sample.json", POSTMARK, {
        "name": "Postmarkapp Support", "email": "support@postmarkapp.com"}),
    ("postmark/inbound-inbound_basics.json", POSTMARK, {
        "name": "Displayed From", "email": "from+test@example.org",
        "message": "Test body plain"}),
    ("mailgun/inbound-inbound_basics.json", MAILGUN, {
        "email": "from+test@example.org",
        "message": "stripped plaintext body"}),
    ("mailgun/inbound-misconfigured_store_action.json", MAILGUN, {
        "email": "envelope-from@example.org", "message": "Test body plain"}),
    ("sendgrid/inbound-inbound_basics.json", SENDGRID, {
        "email": "from+test@example.org", "message": "Test body plain",
        "ip": "10.10.1.71"}),
    ("telegram/message-deep-link.json", TELEGRAM, {
        "name": "Test Firstname Test Lastname",
        "message": "/start campaign_42"}),
    ("typeform/form_response.json", {"preset": "typeform"}, {
        "email": "laura@example.com"}),
    ("calendly/invitee.created.json", {"preset": "calendly"}, {
        "name": "John Doe", "email": "test@example.com",
        "company": "Example Ltd", "time_zone": "America/New_York"}),
    ("callrail/post-call.json", {"preset": "callrail"}, {
        "name": "Example Caller", "phone": "+19042315600",
        "city": "Jacksonville", "country": "US", "medium": "cpc"}),
    ("intercom/contact.lead.created.json", {"preset": "intercom"}, {
        "name": "John Doe", "email": "john.doe@example.com",
        "country": "KR", "city": "Seoul", "campaign": "autumn"}),
    ("whatsapp-cloud/message__text.json", WHATSAPP, {
        "name": "Test Name", "phone": "+972541234567",
        "message": "Body Text"}),
]


# What is sent to the same addresses and is nobody's message.
NO_LEADS = [
    ("mailgun/event-", MAILGUN_EVENTS), ("sendgrid/event-", SENDGRID_EVENTS),
    ("postmark/event-", POSTMARK_EVENTS),
    ("mailgun/inbound-misconfigured_tracking", MAILGUN),
    ("twilio/sms-status", {**TWILIO, "only": [
        {"at": "SmsStatus", "is": ["received"]}]}),
    ("twilio/call-status", {**TWILIO, "only": [
        {"at": "CallStatus", "is": ["ringing"]}]}),
    ("naver-talktalk/open", NAVER),
    ("kakao/channel-webhook", {**KAKAO, "except": [
        {"at": "/event", "is": ["added", "blocked"]}]}),
]

# Says that there is somebody, and not who: another question would tell.
WITHOUT_ANYBODY = [
    ("hubspot/webhook-batch.json", {"preset": "hubspot-contact"}, 2),
    ("meta-lead-ads/webhook-batch.json", {
        "preset": "meta-lead", "leads": "/entry"}, 2),
    ("linkedin-lead-gen/notification-created.json", {
        "preset": "linkedin", "signature": None}, 1),
]


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def is_form(file):
    return file.endswith(".form") or file.startswith(("mailgun/inbound",
                                                      "sendgrid/inbound"))


def headers_of(file):
    return FORM if is_form(file) else JSON


def body_of(file):
    """The invented number of the examples is nobody's in that country: with
    it nobody could tell whether its first digits are the country's. Forms
    that are kept as JSON are sent as they come: as forms."""
    body = payload(*file.split("/")).replace(b"972987654321",
                                             b"972541234567")
    if is_form(file) and file.endswith(".json"):
        return urlencode(json.loads(body), doseq=True).encode()
    return body


def files_of(beginning):
    folder, _, name = beginning.partition("/")
    found = [*(KEPT / folder).glob(name + "*")] or [
        *(PAYLOADS / folder).glob(name + "*")]
    if not found:
        pytest.skip(f"no test data at {PAYLOADS}; set BATON_TEST_DATA")
    return [f"{folder}/{file.name}" for file in sorted(found)]


@pytest.mark.parametrize("file, mapping, expected", EXAMPLES,
                         ids=[example[0] for example in EXAMPLES])
def test_a_body_becomes_the_lead_that_its_mapping_says(acme, file, mapping,
                                                       expected):
    if "preset" in mapping:
        mapping = {"signature": None, **mapping}
    source = Source(acme, mapping)
    lead = source.lead_of(body_of(file), headers=headers_of(file))
    assert facts(lead, *expected) == expected
    assert lead["owner"]["kind"] == "rep" and total(acme) == 1
    assert held(acme) == []


def test_the_same_mail_is_one_lead_by_the_id_in_its_headers(acme):
    source = Source(acme, MAILGUN)
    body = body_of("mailgun/inbound-inbound_basics.json")
    lead = source.lead_of(body, headers=FORM)
    again = source.send(body, headers=FORM).expect(200).json["results"]
    assert [r["state"] for r in again] == ["repeated"]
    assert again[0]["lead"] == lead["id"] and total(acme) == 1


@pytest.mark.parametrize("beginning, mapping", NO_LEADS,
                         ids=[example[0] for example in NO_LEADS])
def test_what_a_mapping_leaves_out_is_ignored_and_kept(acme, beginning,
                                                       mapping):
    source = Source(acme, mapping)
    sent = 0
    for file in files_of(beginning):
        answer = source.send(body_of(file), headers=headers_of(file))
        for result in answer.expect(200).json["results"]:
            assert (result["state"], result["lead"]) == ("ignored", None), file
            sent += 1
    assert len(held(acme, "ignored", limit=200)) == sent > 0
    assert held(acme) == [] and total(acme) == 0


@pytest.mark.parametrize("file, mapping, count", WITHOUT_ANYBODY,
                         ids=[example[0] for example in WITHOUT_ANYBODY])
def test_ids_alone_are_kept_until_somebody_looks(acme, file, mapping, count):
    source = Source(acme, {"signature": None, **mapping})
    results = source.send(body_of(file)).expect(200).json["results"]
    assert [r["state"] for r in results] == ["quarantined"] * count
    kept = held(acme)
    assert len(kept) == count and total(acme) == 0
    assert {item["code"] for item in kept} == {"nothing_mapped"}


def test_a_command_of_slack_is_signed_and_becomes_a_lead(acme):
    """The vector is of another day: it is too old, whoever signed it."""
    sample = vector("slack", "signature-vector.json")["published"]
    secret, body = sample["signing_secret"], sample["raw_body"].encode()
    signature = {**SLACK["signature"], "secret": secret}
    source = Source(acme, {**SLACK, "signature": signature})

    def send(at, text):
        return source.send(body, headers={
            **FORM, "X-Slack-Request-Timestamp": str(at),
            "X-Slack-Signature": text})

    def mac(at):
        return "v0=" + hmac.new(secret.encode(), b"v0:%d:" % at + body,
                                "sha256").hexdigest()

    assert mac(int(sample["timestamp"])) == sample["X-Slack-Signature"]
    send(sample["timestamp"], sample["X-Slack-Signature"]).expect(401)
    today = int(now(acme.baton).timestamp())
    send(today, sample["X-Slack-Signature"]).expect(401)
    lead = acme.lead(send(today, mac(today)).expect(200).json["lead"])
    assert facts(lead, "name", "message") == {
        "name": "roadrunner", "message": "/webhook-collect"}
    assert lead["custom"] == {"slack_team": "testteamnow"}


def test_hubspot_proves_itself_by_a_hash_of_secret_and_body(acme):
    """The vector is the vendor's own: it names ids, and nobody yet."""
    sample = vector("hubspot", "signature-vectors.json")["published"][0]
    assert sample["version"] == "v1"
    source = Source(acme, {
        "preset": "hubspot-contact", "delivery": "/eventId", "signature": {
            "header": "X-HubSpot-Signature", "algorithm": "sha256",
            "signed": "{secret}{body}", "secret": sample["client_secret"]}})
    body = sample["body"].encode()

    def send(text, mac):
        return source.send(text, headers={**JSON, "X-HubSpot-Signature": mac})

    send(body, sample["expected_hex"][:-1] + "0").expect(401)
    send(body + b" ", sample["expected_hex"]).expect(401)
    source.send(body).expect(401)
    assert held(acme) == []
    result, = send(body, sample["expected_hex"]).expect(200).json["results"]
    assert result["state"] == "quarantined" and total(acme) == 0
    assert [item["code"] for item in held(acme)] == ["nothing_mapped"]


def test_the_question_that_meta_asks_first_is_answered(acme):
    asked = payload("meta-lead-ads", "verify-request.http").split()[1]
    source = Source(acme, {"preset": "meta-lead", "signature": None,
                           "challenge": {"query": "hub.challenge",
                                         "token_query": "hub.verify_token",
                                         "token": "meatyhamhock"}})
    question = asked.decode().partition("?")[2]
    answer = source.sender.get(source.path + "?" + question).expect(200)
    assert answer.text == "1158201444"
    wrong = question.replace("meatyhamhock", "other")
    source.sender.get(source.path + "?" + wrong).expect(403)


def test_what_is_no_message_of_a_person_is_ignored_and_kept(acme):
    """Receipts, states of templates, and all else one address is sent."""
    source = Source(acme, WHATSAPP)
    files = sorted((PAYLOADS / "whatsapp-cloud").glob("*.json"))
    if not files:
        pytest.skip(f"no test data at {PAYLOADS}; set BATON_TEST_DATA")
    wanted = set(WHATSAPP["only"][0]["is"])
    seen = {True: 0, False: 0}
    for file in files:
        body = json.loads(file.read_text())
        value = body["entry"][0].get("changes", [{}])[0].get("value", {})
        message = (value.get("messages") or [{}])[0]
        becomes_lead = message.get("type") in wanted
        for result in source.send(body).expect(200).json["results"]:
            assert (result["state"] == "ignored") != becomes_lead, file.name
            assert (result["lead"] is None) != becomes_lead, file.name
        seen[becomes_lead] += 1
    assert min(seen.values()) > 5
    assert held(acme) == []
