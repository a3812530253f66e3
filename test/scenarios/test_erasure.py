"""Somebody is forgotten: nothing personal is left in any table, file or log
(S20), what he was counted in adds up, and no list brings him back."""

import json
import sqlite3

import pytest
from support.postgres import Server
from support.stored import everything, holds
from support.story import Company, members

LEADS = "/api/v1/leads"
# What was stored of back@x.test before there was a secret key in it.
UNKEYED = "-147872265984883892"
# Each says where it was: whatever is found afterwards says where it is.
KIM = {"name": "Canaryname Kim", "email": "canarymail@canarydomain.test",
       "phone": "+821055557777", "company": "Canarycompany Ltd",
       "message": "Canarymessage in full", "city": "Canarycity",
       "job_title": "Canaryjob", "website": "https://canarysite.test",
       "external_id": "canaryexternal", "referrer": "https://canaryref.test",
       "tags": ["canarytag"], "address": "Canarystreet 1"}
CANARIES = ["anaryname", "anarymail", "anarydomain", "55557777", "anarycomp",
            "anarymessage", "anarycity", "anaryjob", "anarysite",
            "anaryexternal", "anaryref", "anarytag", "anarystreet",
            "anarynote", "anarytask", "anaryfile", "anarymerged",
            "anaryoutcome", "anaryheld"]


def live_through_much(acme, town):
    """A lead that has left something wherever it can."""
    acme.publish(rules=[{
        "id": "seoul", "give_to": {"rep": "ana@acme.test"},
        "when": {"field": "city", "op": "contains", "value": "narycit"}},
        {"id": "firm", "give_to": {"rep": "bo@acme.test"},
         "when": {"field": "company", "op": "contains",
                  "value": "narycomp"}}],
        pools=[{"id": "all", "name": "All", "members": "everyone"}])
    lead = acme.client.post(LEADS, KIM, idempotency_key="canary-1") \
        .expect(201).json
    path = f"{LEADS}/{lead['id']}"
    acme.client.patch(path, {"message": KIM["message"] + " and more"},
                      idempotency_key="canary-2").expect(200)
    acme.client.post(f"{path}/touches", {
        "kind": "note", "note": "Canarynote about him",
        "outcome": "Canaryoutcome"}).expect(201)
    acme.client.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "Canarytask",
        "note": "Canarynote", "due_at": "2030-01-01T09:00:00Z"}).expect(201)
    acme.client.post(LEADS, {**KIM, "city": "Canarycity two"}).expect(200)
    other = acme.send_lead(name="Canarymerged", email="canarymerged@x.test")
    acme.client.post(f"{LEADS}/{other['id']}/merge",
                     {"into": lead["id"]}).expect(200)
    table = (f"name,email,phone,note\nCanaryname Kim,{KIM['email']},"
             "+821055557777,Canaryfile\nLee,lee@x.test,,\n")
    made = acme.client.post("/api/v1/imports", {"source": "List"}).expect(201)
    acme.import_path = f"/api/v1/imports/{made.json['id']}"
    acme.client.put(acme.import_path + "/file", body=table.encode(),
                    headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    hold(acme)
    town.clock.advance("5m")  # what follows the timeline has run
    return lead, other


def hold(acme):
    """A body that its source says is no lead: it waits, and names him."""
    made = acme.client.post("/api/v1/sources", {"name": "Hook"}).expect(201)
    path = f"/api/v1/sources/{made.json['id']}"
    acme.client.patch(path, {"webhook": {
        "fields": {"email": "/email"},
        "only": [{"at": "/event", "is": ["lead"]}]}}).expect(200)
    address = acme.client.post(path + "/token").expect(201).json["path"]
    acme.baton.client.post(address, {
        "event": "other", "email": KIM["email"].upper(),
        "note": "Canaryheld"}).expect(200, 202)


def erase(acme, lead, status=200, **more):
    answer = acme.client.post(f"{LEADS}/{lead['id']}/erase",
                              {"reason": "asked for", **more})
    return answer.expect(status).json


def found(town, *files):
    stored = everything(town, *files)
    return [canary for canary in CANARIES if holds(stored, canary)]


def test_of_who_was_erased_nothing_is_found_anywhere(start_baton, tmp_path):
    town = start_baton()
    acme = Company(town, "ana", "bo")
    lead, other = live_through_much(acme, town)
    before = found(town)
    assert before == CANARIES, "the test looks for what was never there"
    erasure = erase(acme, lead)
    assert erasure["leads"] == 2 and erasure["submissions"] >= 3
    town.clock.advance("1m")
    town.cli("backup", tmp_path / "copy")
    assert found(town, tmp_path / "copy") == []
    acme.send_lead(name="the next one")
    town.clock.advance("5m")
    assert found(town) == []
    for one in (lead, other):
        acme.client.get(f"{LEADS}/{one['id']}").expect(404)
    town.restart()
    assert found(town) == []
    doctor = town.cli("doctor", "--json")
    assert doctor["ok"], [c for c in doctor["checks"] if not c["ok"]]
    assert [canary for canary in CANARIES if canary in str(town.log())] == []


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def keys_of_the_erased(town):
    """All others of the story have an address."""
    [[count]] = keys_of(town, "SELECT COUNT(*) FROM lead_key AS k"
                        " JOIN lead AS l ON l.workspace_id = k.workspace_id"
                        "  AND l.id = k.record_id WHERE l.email IS NULL")
    return int(count)


@pytest.mark.parametrize("before", [0, 40])
def test_no_key_of_who_was_erased_is_written_later(start_baton, before):
    """Keys of the newest wait in memory, or half of them are written: in
    tests, from thirty on."""
    town = start_baton()
    acme = Company(town, "ana")
    kim = acme.send_lead(name="Kim", email="kim@x.test", phone="+821055557777")
    for number in range(before):
        acme.send_lead(name="Lee", email=f"first{number}@x.test")
    erase(acme, kim)
    for number in range(80):
        acme.send_lead(name="Lee", email=f"lee{number}@x.test")
    assert keys_of_the_erased(town) == 0
    assert town.cli("doctor", "--json")["ok"]


@pytest.mark.parametrize("before", [0, 40])
def test_no_key_of_an_address_it_once_had_is_left(start_baton, before):
    """Changed by hand, taken from a part, and given back to it."""
    town = start_baton()
    acme = Company(town, "ana")
    kim = acme.send_lead(name="Kim", email="old@x.test", phone="+821055557777")
    part = acme.send_lead(name="Kim", email="part@x.test")
    for number in range(before):
        acme.send_lead(name="Lee", email=f"first{number}@x.test")
    path, of_part = f"{LEADS}/{kim['id']}", f"{LEADS}/{part['id']}"
    acme.client.patch(path, {"email": "new@x.test"}).expect(200)
    acme.client.patch(path, {"phone": "+821055558888"}).expect(200)
    acme.client.post(of_part + "/merge", {
        "into": kim["id"], "take": ["email"]}).expect(200)
    acme.client.post(of_part + "/unmerge", {}).expect(200)
    acme.client.patch(path, {"email": None, "phone": None}).expect(200)
    erase(acme, part)
    erase(acme, kim)
    for number in range(80):
        acme.send_lead(name="Lee", email=f"lee{number}@x.test")
    assert keys_of_the_erased(town) == 0
    assert town.cli("doctor", "--json")["ok"]


def test_what_a_repeated_request_was_answered_is_forgotten(start_baton):
    """What was done once is not done again, and says nothing of him."""
    town = start_baton()
    acme = Company(town, "ana")
    lee = acme.client.post(LEADS, {"email": "lee@x.test"},
                           idempotency_key="lee").expect(201).json
    kim = {"name": "Canaryname Kim", "email": KIM["email"]}
    asked = {"what": "leads", "filter": {
        "field": "email", "op": "is", "value": KIM["email"]}}
    lead = acme.client.post(LEADS, kim, idempotency_key="kim") \
        .expect(201).json
    acme.client.post("/api/v1/exports", asked,
                     idempotency_key="file").expect(201)
    acme.settle()
    assert found(town) != []
    erase(acme, lead)
    town.clock.advance("1m")
    assert found(town) == []
    for path, body, key in ((LEADS, kim, "kim"), (LEADS, KIM, "kim"),
                            ("/api/v1/exports", asked, "file")):
        refused = acme.client.post(path, body, idempotency_key=key)
        assert "erased" in refused.expect(404).json["detail"]
    assert acme.client.get(LEADS).json["total"] == 1
    again = acme.client.post(LEADS, {"email": "lee@x.test"},
                             idempotency_key="lee").expect(201)
    assert again.json == lee


def test_an_erased_lead_is_not_there_any_more(acme, town):
    lead = acme.send_lead(name="Gone Kim", email="gone@x.test")
    kept = acme.send_lead(name="Lee")
    total = acme.client.get(LEADS).json["total"]
    erased = erase(acme, lead)
    path = f"{LEADS}/{lead['id']}"
    for asked in ("", "/timeline", "/decisions", "/assignments",
                  "/submissions"):
        assert "erased" in acme.client.get(path + asked).expect(404).json[
            "detail"]
    acme.client.patch(path, {"city": "x"}).expect(404)
    acme.client.post(path + "/touches", {"kind": "call"}).expect(404)
    erase(acme, lead, status=404)
    listed = acme.client.get(LEADS).json
    assert members(listed["items"], "id") == [kept["id"]]
    assert listed["total"] == total - 1
    town.clock.advance("1m")
    assert acme.client.get(f"{LEADS}?q=gone").json["items"] == []
    [entry] = acme.client.get("/api/v1/erasures").json["items"]
    assert entry == erased and entry["reason"] == "asked for"
    assert "Gone" not in json.dumps(entry)


def test_its_owner_has_room_again_and_its_promise_ends(town):
    acme = Company(town, ana={"open_leads_max": 1})
    acme.everyone(late={"after_minutes": 30, "then": "next"})
    lead = acme.send_lead(name="Kim")
    waits = acme.send_lead(name="Lee")
    assert acme.owner(lead) == "ana" and waits["owner"]["kind"] == "queue"
    erase(acme, lead)
    acme.settle()
    assert acme.owner(waits) == "ana"
    town.clock.advance("1d")
    assert [job for job in acme.client.get("/api/v1/jobs").json["items"]
            if job["lead"] == lead["id"]] == []


def test_figures_still_add_up(acme, town):
    lead = acme.send_lead(name="Kim")
    town.clock.advance("1m")
    block = "/api/v1/insights/created?from=2026-01-01&to=2030-01-01"
    before = acme.client.get(block).expect(200).json
    erase(acme, lead)
    town.clock.advance("1m")
    after = acme.client.get(block).expect(200).json
    assert after | {"as_of": 0} == before | {"as_of": 0}


def test_others_hear_of_it_by_ids(acme, town, receiver, hook):
    hook(acme, receiver, topics=["lead.erased"])
    lead = acme.send_lead(name="Kim")
    erasure = erase(acme, lead)
    acme.settle()
    [told] = receiver.wait_for(1)
    assert told.json["type"] == "lead.erased"
    assert told.json["data"] == {"id": lead["id"], "erasure": erasure["id"]}


def test_no_batch_and_no_import_brings_somebody_back(acme, town):
    kim = {"name": "Kim", "email": "back@x.test", "phone": "010-4444-3333"}
    erasure = erase(acme, acme.send_lead(**kim))
    assert erasure["blocks_lists"] is True

    def batch(**lead):
        return acme.client.post(LEADS + "/batch", {"leads": [
            lead, {"name": "Lee"}]}).expect(200).json["results"]

    for again in ({"email": "Back@X.test"}, {"phone": "01044443333"}):
        refused, taken = batch(name="Kim", **again)
        assert refused["status"] == 422 and taken["status"] == 201
        assert erasure["lift"] in refused["problem"]["errors"][0]["message"]
    made = acme.client.post("/api/v1/imports", {"source": "List"}).json
    path = f"/api/v1/imports/{made['id']}"
    acme.client.put(path + "/file", body=b"email\nback@x.test\nlee@x.test\n",
                    headers={"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    rows = acme.client.get(path + "/results").expect(200).text
    assert "refused" in rows and erasure["lift"] in rows
    assert acme.client.get(LEADS).json["total"] == 3  # three times Lee

    acme.client.post(erasure["lift"]).expect(200)
    assert batch(name="Kim", email="back@x.test")[0]["status"] == 201
    [entry] = acme.client.get("/api/v1/erasures").json["items"]
    assert entry["blocks_lists"] is False and entry["lifted_at"]


def test_no_list_of_a_webhook_brings_somebody_back(acme, town):
    erasure = erase(acme, acme.send_lead(email="back@x.test"))
    source = acme.client.post("/api/v1/sources", {"name": "CRM"}).json["id"]
    acme.client.patch(f"/api/v1/sources/{source}", {"webhook": {
        "leads": "/rows", "fields": {"email": "/mail", "name": "/name"}}}) \
        .expect(200)
    path = acme.client.post(
        f"/api/v1/sources/{source}/token").expect(201).json["path"]
    rows = [{"mail": "Back@X.test", "name": "Canaryhook"},
            {"mail": "lee@x.test", "name": "Lee"}]
    results = town.client.post(path, {"rows": rows}).expect(200) \
        .json["results"]
    assert members(results, "state") == ["erased", "taken"]
    noted = acme.client.get(
        f"/api/v1/submissions/{results[0]['submission']}").expect(200)
    assert noted.json["code"] == "erased"
    assert erasure["lift"] in noted.json["reason"]
    assert "anaryhook" not in noted.text
    assert acme.client.get(LEADS).json["total"] == 1

    # alone he is taken: so writes whoever is there anew
    [alone] = town.client.post(path, {"rows": rows[:1]}).expect(200) \
        .json["results"]
    assert alone["state"] == "taken"


def keys_of(baton, sql):
    if baton.engine == "postgres":
        return [tuple(row) for row in
                Server(baton.database).sql(sql, baton.database)]
    with sqlite3.connect(baton.database) as database:
        rows = database.execute(sql).fetchall()
    database.close()
    return [tuple(map(str, row)) for row in rows]


KEYS = "SELECT key, keyed_by FROM erased_key ORDER BY key"


def refused_again(acme):
    [result] = acme.client.post(LEADS + "/batch", {
        "leads": [{"email": "back@x.test"}]}).expect(200).json["results"]
    return result["status"] == 422


def test_who_has_the_database_cannot_tell_who_was_erased(start_baton):
    baton = start_baton()
    acme = Company(baton, "ana")
    erase(acme, acme.send_lead(email="back@x.test"))
    [(key, name)] = keys_of(baton, KEYS)
    assert key != UNKEYED and len(name) == 8
    assert refused_again(acme)


def test_hashes_from_before_are_keyed_at_the_start(start_baton):
    baton = start_baton()
    acme = Company(baton, "ana")
    erase(acme, acme.send_lead(email="back@x.test"))
    keyed = keys_of(baton, KEYS)
    baton.stop()
    keys_of(baton, f"UPDATE erased_key SET key = {UNKEYED}, keyed_by = NULL"
                   " RETURNING key")
    assert any("not sealed yet" in hint
               for hint in baton.cli("doctor", "--json")["hints"])
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    assert keys_of(baton, KEYS) == keyed
    assert refused_again(acme)


def test_with_another_secret_key_no_import_begins(start_baton, tmp_path):
    baton = start_baton()
    acme = Company(baton, "ana")
    erase(acme, acme.send_lead(email="back@x.test"))
    table = tmp_path / "list.csv"
    table.write_text("email\nback@x.test\nlee@x.test\n")
    words = ("import", "leads", table, "--workspace", acme.slug,
             "--source", "List")
    said = baton.cli_result(*words)
    assert said.returncode == 0 and "1" in said.stdout
    assert acme.client.get(LEADS).json["total"] == 1
    other = tmp_path / "other.key"
    other.write_text("0f" * 32 + "\n")
    other.chmod(0o600)
    said = baton.cli_result(*words, "--secret-key-file", other)
    assert said.returncode == 1 and "another secret key" in said.stderr


def test_who_writes_himself_is_taken(acme, town):
    kim = {"name": "Kim", "email": "self@x.test"}
    old = acme.send_lead(**kim)
    erase(acme, old)
    new = acme.client.post(LEADS, kim).expect(201).json
    assert new["id"] != old["id"] and new["matched"] is False


def test_somebody_may_be_erased_without_a_block(acme, town):
    kim = {"name": "Kim", "email": "free@x.test"}
    erasure = erase(acme, acme.send_lead(**kim), allow_again=True)
    assert erasure["blocks_lists"] is False and erasure["lift"] is None
    [result] = acme.client.post(LEADS + "/batch", {
        "leads": [kim]}).expect(200).json["results"]
    assert result["status"] == 201


def test_a_part_of_another_lead_is_not_erased_alone(acme, town):
    one = acme.send_lead(name="Kim", email="one@x.test")
    two = acme.send_lead(name="Kim", email="two@x.test")
    acme.client.post(f"{LEADS}/{two['id']}/merge",
                     {"into": one["id"]}).expect(200)
    refused = erase(acme, two, status=409)
    assert one["id"] in refused["detail"]


def test_a_reason_is_asked_for(acme, town):
    lead = acme.send_lead(name="Kim")
    for body in ({}, {"reason": "  "}):
        refused = acme.client.post(f"{LEADS}/{lead['id']}/erase", body)
        assert refused.expect(422).json["errors"][0]["pointer"] == "/reason"
    acme.client_as("manager").post(f"{LEADS}/{lead['id']}/erase",
                                   {"reason": "x"}).expect(403)
