"""Texts and documents that software is known to stumble over, sent over HTTP
as a lead. Where they come from is in test/data.

What is told of a text is worked out here again, by Python's own tables.
"""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from support.client import Client

DATA = Path(__file__).resolve().parents[1] / "data"
DOCUMENTS = sorted((DATA / "json" / "test_parsing").glob("*.json"))
STRINGS = json.loads((DATA / "strings" / "blns.json").read_text())
NAME_CHARACTERS_MAX = 200

# Refused on purpose: a name that is used twice is understood in two ways.
TWICE = {"y_object_duplicated_key.json",
         "y_object_duplicated_key_and_value.json"}

# What is judged before a database is asked is judged once.
BEFORE_THE_DATABASE = pytest.mark.parametrize("engine", ["sqlite"])


def documents(letter):
    found = [d for d in DOCUMENTS if d.name.startswith(letter + "_")]
    assert found
    return found


def post(client, body):
    return client.post("/api/v1/leads", body=body,
                       headers={"Content-Type": "application/json"})


@pytest.fixture
def acme(baton):
    return baton.workspace("Acme", people=["ana"])


# Documents

@BEFORE_THE_DATABASE
def test_json_that_is_no_lead_is_never_called_malformed(acme):
    for document in documents("y"):
        answer = post(acme.client, document.read_bytes())
        if document.name in TWICE:
            answer.expect(400)
        elif json.loads(document.read_bytes()) == {}:
            answer.expect(201)
        else:
            assert answer.status == 422, (document.name, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


def test_any_json_is_kept_in_a_field_of_ones_own(acme):
    for document in documents("y"):
        raw = document.read_bytes()
        answer = post(acme.client, b'{"custom": {"x": ' + raw + b'}}')
        if document.name in TWICE:
            answer.expect(400)
            continue
        assert answer.status == 201, (document.name, answer.text)
        lead = acme.lead(answer.json["id"])
        assert lead["custom"]["x"] == json.loads(raw), document.name


@BEFORE_THE_DATABASE
def test_what_is_no_json_is_malformed(acme):
    for document in documents("n"):
        answer = post(acme.client, document.read_bytes())
        if not document.read_bytes():
            continue  # no body is a lead without facts
        assert answer.status == 400, (document.name, answer.text[:200])
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["errors"][0]["code"], document.name


def as_python_reads(raw):
    """Whether it is JSON, and what it says. Half a character is none, and
    what is too deep for one reader is too deep for the other."""
    try:
        value = json.loads(raw.decode())
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False, None
    return True, value


@pytest.mark.parametrize("folder", ["test_transform", "yajl"])
def test_values_are_kept_as_another_reader_reads_them(acme, folder):
    found = sorted((DATA / "json" / folder).glob("*.json"))
    taken = 0
    for document in found:
        raw = document.read_bytes()
        answer = post(acme.client, b'{"custom": {"x": ' + raw + b'}}')
        good, value = as_python_reads(raw)
        good = good and not document.name.startswith("object_same_key")
        assert answer.status == (201 if good else 400), (
            document.name, answer.text)
        if good:
            kept = acme.lead(answer.json["id"])["custom"]["x"]
            assert kept == value, document.name
            taken += 1
    assert taken > len(found) / 4


@BEFORE_THE_DATABASE
def test_what_readers_of_json_disagree_on_does_no_harm(acme):
    for document in documents("i"):
        raw = document.read_bytes()
        for body in raw, b'{"custom": {"x": ' + raw + b'}}':
            assert post(acme.client, body).status in (201, 400, 422), \
                document.name
    acme.send_lead(name="Kim Minji")


def test_a_text_with_nul_is_taken_or_refused_and_never_an_error(acme):
    for field in "name", "message", "city":
        body = json.dumps({field: "a\0b"}).encode()
        problem = post(acme.client, body).expect(422).json
        assert problem["errors"][0]["pointer"] == "/" + field
    post(acme.client, b'{"custom": {"a\\u0000": 1}}').expect(201, 422)
    post(acme.client, b'{"tags": ["a\\u0000"]}').expect(201, 422)
    post(acme.client, b'{"consent": "a\\u0000"}').expect(201, 422)


# Texts

def is_control(character):
    return unicodedata.category(character) == "Cc"


# What nobody sees: soft hyphen, zero width, marks and overrides of direction.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\uffa0\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e001f]"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]")


def as_message(given):
    """A message as it is kept: NFC, one kind of line end, no blanks around
    it."""
    given = INVISIBLE.sub("", given)
    text = re.sub("\r\n?", "\n", given.strip(" \t\r\n\v\f"))
    return unicodedata.normalize("NFC", "".join(
        c for c in text if c in "\n\t" or not is_control(c)))


def as_name(given):
    """A name as it is kept: NFC, on one line, one blank between words."""
    given = INVISIBLE.sub("", given)
    words = "".join(
        " " if c.isspace() or unicodedata.category(c) == "Zs" else c
        for c in given if c.isspace() or not is_control(c)).split()
    return unicodedata.normalize("NFC", " ".join(words))


def body_of_submission(acme, lead_id):
    path = f"/api/v1/leads/{lead_id}/submissions"
    return acme.client.get(path).expect(200).json["items"][0]["body"]


def test_a_message_comes_back_as_it_was_sent(acme):
    for text in STRINGS:
        sent = {"message": text}
        lead = acme.lead(acme.send_lead(**sent)["id"])
        assert lead.get("message", "") == as_message(text), ascii(text)
        if as_message(text) != text:
            assert sent == as_json(body_of_submission(acme, lead["id"]))


def test_a_name_comes_back_on_one_line(acme):
    for text in STRINGS:
        name = as_name(text)
        answer = acme.client.post("/api/v1/leads", {"name": text})
        if len(name) > NAME_CHARACTERS_MAX:
            answer.expect(422)  # nothing is cut silently
            continue
        lead = acme.lead(answer.expect(201).json["id"])
        assert lead.get("name", "") == name, ascii(text)


def test_any_text_is_a_value_in_a_field_of_ones_own(acme):
    everything = {f"n{i}": text for i, text in enumerate(STRINGS)}
    by_text = {text: i for i, text in enumerate(STRINGS) if text}

    lead = acme.lead(acme.send_lead(custom=everything)["id"])
    named = acme.lead(acme.send_lead(custom=by_text)["id"])

    assert lead["custom"] == everything
    assert named["custom"] == by_text


def test_any_text_can_be_looked_for_and_answered(acme):
    for text in STRINGS:
        found = acme.client.get("/api/v1/leads", query={"q": text[:200]})
        assert found.status in (200, 422), (ascii(text), found.text)
        condition = json.dumps({"field": "name", "op": "is", "value": text})
        found = acme.client.get("/api/v1/leads", query={"filter": condition})
        assert found.status in (200, 414, 422), (ascii(text), found.text)


@BEFORE_THE_DATABASE
def test_any_text_is_refused_as_a_key_without_harm(acme):
    for text in STRINGS:
        key = text.encode("utf-8", "surrogatepass").decode("latin-1")
        if re.search("[\r\n\0]", key):
            continue  # the client's library does not send these
        stranger = Client(acme.client.address, key=key or "none")
        answer = stranger.get("/api/v1/leads")
        assert answer.status in (400, 401), (ascii(text), answer.text)
        stranger.close()


def as_json(value):
    return json.loads(value) if isinstance(value, str) else value
