"""What chats, telephones, messengers and mail send, read by a mapping alone:
each real body becomes the lead that its mapping says, or is ignored by it."""

import json

import pytest
from support.story import Company
from test_quarantine import held
from test_webhook_in import JSON, PAYLOADS, Source, facts, payload, total

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
    ("whatsapp-cloud/message__text.json", WHATSAPP, {
        "name": "Test Name", "phone": "+972541234567",
        "message": "Body Text"}),
]


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def headers_of(file):
    return FORM if file.endswith(".form") else JSON


def body_of(file):
    """The invented number of the examples is nobody's in that country: with
    it nobody could tell whether its first digits are the country's."""
    return payload(*file.split("/")).replace(b"972987654321",
                                             b"972541234567")


@pytest.mark.parametrize("file, mapping, expected", EXAMPLES,
                         ids=[example[0] for example in EXAMPLES])
def test_a_body_becomes_the_lead_that_its_mapping_says(acme, file, mapping,
                                                       expected):
    source = Source(acme, mapping)
    lead = source.lead_of(body_of(file), headers=headers_of(file))
    assert facts(lead, *expected) == expected
    assert lead["owner"]["kind"] == "rep" and total(acme) == 1
    assert held(acme) == []


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
