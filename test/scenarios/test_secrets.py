"""Secrets that Baton signs and checks with are stored sealed: who has the
database, or a backup of it, has none of them (S14)."""

import re
import sqlite3
from pathlib import Path

import pytest
from support.receiver import signature_is_right
from support.stored import everything, holds
from support.story import Company

CANARY = "canary-7f3a-of-the-provider"
ALLOW = ["--allow-address", "127.0.0.0/8"]


def make_source(acme, secret=CANARY):
    made = acme.client.post("/api/v1/sources", {"name": "Hook"})
    path = f"/api/v1/sources/{made.expect(201).json['id']}"
    return acme.client.patch(path, {"webhook": {
        "fields": {"email": "/email"},
        "signature": {"header": "X-Signature", "algorithm": "plain",
                      "secret": secret}}}).expect(200).json


def make_webhook(acme, receiver, **more):
    return acme.client.post("/api/v1/webhooks", {
        "url": receiver.url, "topics": ["lead.created"]},
        **more).expect(201).json


def secret_of(webhook):
    return webhook["secret"].removeprefix("whsec_")


def test_who_has_the_database_or_a_backup_has_no_secret(start_baton, receiver,
                                                        tmp_path):
    baton = start_baton(arguments=ALLOW)
    acme = Company(baton, "ana")
    one = make_webhook(acme, receiver, idempotency_key="kept")
    two = acme.client.post(f"/api/v1/webhooks/{one['id']}/secret",
                           idempotency_key="kept too").expect(200).json
    source = make_source(acme)
    acme.send_lead(name="marker-in-the-file")
    baton.cli("backup", tmp_path / "copy")
    found = everything(baton, tmp_path / "copy")
    assert holds(found, "marker-in-the-file")
    for canary in (secret_of(one), secret_of(two), CANARY):
        assert not holds(found, canary)
    shown = acme.client.get(f"/api/v1/sources/{source['id']}").json
    assert shown["webhook"]["signature"]["has_secret"] is True
    assert CANARY not in str(shown)
    assert secret_of(two) not in acme.client.get("/api/v1/webhooks").text
    said = baton.cli("backup", tmp_path / "again")
    assert "the secret key is not in it" in said


def test_what_is_sealed_is_used(start_baton, receiver):
    baton = start_baton(arguments=ALLOW)
    acme = Company(baton, "ana")
    made = make_webhook(acme, receiver)
    baton.restart()
    acme.client = baton.client.with_key(acme.key)
    acme.send_lead()
    acme.settle()
    [delivery] = receiver.wait_for(1)
    assert signature_is_right(delivery, made["secret"])


def test_the_key_is_a_file_of_its_own_for_its_owner_alone(tmp_path,
                                                          start_baton, engine):
    if engine == "postgres":
        pytest.skip("with PostgreSQL it is told where to be")
    baton = start_baton()
    key = Path(baton.database + ".key")
    assert key.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}\n", key.read_text())


def test_secrets_from_before_are_sealed_at_the_start(start_baton, receiver,
                                                     engine):
    if engine == "postgres":
        pytest.skip("what is stored is made old through SQLite's file")
    baton = start_baton(arguments=ALLOW)
    acme = Company(baton, "ana")
    made = make_webhook(acme, receiver)
    source = make_source(acme)
    baton.stop()
    old = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
    with sqlite3.connect(baton.database) as db:
        db.execute("UPDATE webhook SET secret = ?", [old])
        db.execute("UPDATE source_hook SET secrets = ?",
                   ['{"signature": ["old-secret-of-a-source"]}'])
    db.close()
    doctor = baton.cli("doctor", "--json")
    assert any("not sealed yet" in hint for hint in doctor["hints"])
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    acme.send_lead()
    acme.settle()
    assert signature_is_right(receiver.wait_for(1)[0], old)
    assert not signature_is_right(receiver.deliveries[0], made["secret"])
    path = acme.client.post(
        f"/api/v1/sources/{source['id']}/token").expect(201).json["path"]
    baton.client.post(path, {"email": "kim@x.test"}, headers={
        "X-Signature": "old-secret-of-a-source"}).expect(200, 201)
    baton.client.post(path, {"email": "lee@x.test"}, headers={
        "X-Signature": "wrong"}).expect(401)
    acme.settle()  # what was sealed is written over, not only replaced
    assert not holds(everything(baton), "old-secret-of-a-source")
    baton.stop()
    assert not holds(everything(baton), secret_of({"secret": old}))
    assert not holds(everything(baton), "old-secret-of-a-source")
    baton.start()


def test_with_another_key_leads_come_in_and_the_rest_is_told(
        start_baton, receiver, tmp_path):
    baton = start_baton(arguments=ALLOW)
    acme = Company(baton, "ana")
    made = make_webhook(acme, receiver)
    source = make_source(acme)
    assert baton.cli("doctor", "--json")["ok"] is True
    baton.stop()
    baton.environment["BATON_SECRET_KEY_FILE"] = str(tmp_path / "other.key")
    (tmp_path / "other.key").write_text("0f" * 32 + "\n")
    (tmp_path / "other.key").chmod(0o600)
    baton.allow_error("secrets_of_another_key")
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    acme.send_lead()
    acme.settle()
    [delivery] = acme.client.get(
        f"/api/v1/webhooks/{made['id']}/deliveries").json["items"]
    assert "another secret key" in delivery["last_error"]
    done = baton.cli_result("doctor", "--json")
    assert done.returncode == 1
    assert '"check":"stored secrets can be opened","ok":false' in done.stdout
    shown = acme.client.get(f"/api/v1/sources/{source['id']}").json
    assert "has_secret" not in shown["webhook"]["signature"]

    new = acme.client.post(f"/api/v1/webhooks/{made['id']}/secret",
                           {"overlap_hours": 0}).expect(200).json
    baton.clock.advance("1h")
    assert signature_is_right(receiver.wait_for(1)[0], new["secret"])


def text_file(path):
    path.write_text("no database")


def of_another_program(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE theirs (id INTEGER)")
    database.close()


@pytest.mark.parametrize("make, says", [
    (text_file, "not a database"), (of_another_program, "another program's")])
def test_beside_what_is_no_database_of_ours_no_key_is_made(
        start_baton, tmp_path, make, says):
    baton = start_baton()
    theirs = tmp_path / "theirs" / "file"
    theirs.parent.mkdir()
    make(theirs)
    for command in ("serve", "migrate"):
        done = baton.cli_result(command, "--database", theirs)
        assert done.returncode == 1 and says in done.stderr
    assert [path.name for path in theirs.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("text", ["secret", "", "0f" * 31, "0f" * 33,
                                  "zz" * 32])
def test_a_key_file_without_a_key_stops_the_start(start_baton, tmp_path, text):
    baton = start_baton()
    baton.stop()
    wrong = tmp_path / "wrong.key"
    wrong.write_text(text)
    done = baton.cli_result("serve", "--secret-key-file", wrong)
    assert done.returncode == 1
    assert "64 hexadecimal digits" in done.stderr
    baton.start()
