"""Leads as a file: asked for, written, fetched, read again; and who may have
it, and for how long."""

import csv
import io
import socket
from urllib.parse import urlsplit

import pytest
from support.events import EventStream
from support.story import Company

ALL_FIELDS = {
    "name": "김민지", "email": "minji@example.test", "phone": "+821012345678",
    "company": "한빛", "job_title": "부장", "website": "https://hanbit.test",
    "country": "KR", "region": "KR-26", "city": "부산",
    "postal_code": "48058", "address": "센텀로 1", "language": "ko",
    "time_zone": "Asia/Seoul", "ip": "203.0.113.9", "campaign": "가을",
    "medium": "cpc", "referrer": "https://search.test/?q=a,b",
    "page": "https://ours.test/", "industry": "조선", "employees": 120,
    "product": "A, \"B\"", "segment": "smb", "use_case": "공장",
    "deal_value": 22700.5, "currency": "USD", "tags": ["vip", "a, b"],
    "message": "첫 줄\n둘째 줄; \"따옴표\", 쉼표", "birthday": "1990-12-31",
    "next_step": "call", "external_id": "crm-1",
    "consent": {"marketing": True},
    "social": {"instagram": "minji"},
    "custom": {"rooms": 3.5, "floors": ["1", "2, left"], "town": "own",
               "note": "=HYPERLINK(1)", "pets": False},
}
SPAN = {"begin_at": "2027-01-01T00:00:00Z", "end_at": "2027-01-02T00:00:00Z"}
FIELDS = [("rooms", "number", "Rooms", "방 수"),
          ("floors", "tags", "Floors", "층"), ("town", "text", "City", "도시"),
          ("note", "text", "Note"), ("pets", "bool", "Pets", "동물")]
FORMULAS = ["=1+1", "+82 10", "-2", "@SUM(A1)", "\t=1", " =1", "＝1",
            "'=1", "''=1", "'plain", "\u200b=1"]


@pytest.fixture
def acme(baton):
    return Company(baton, "ana", "bo")


def declare(acme):
    for name, kind, *label in FIELDS:
        acme.client.post("/api/v1/fields", {
            "name": name, "type": kind,
            "label": dict(zip(("en", "ko"), label))}).expect(201)


def ask(client, **given):
    return client.post("/api/v1/exports", {"what": "leads", **given})


def made(acme, client=None, **given):
    """An export that is over."""
    client = client or acme.client
    export = ask(client, **given).expect(201).json
    acme.settle()
    return client.get(f"/api/v1/exports/{export['id']}").expect(200).json


def file_of(client, export):
    answer = client.get(f"/api/v1/exports/{export['id']}/file")
    return answer.expect(200)


def rows_of(client, export):
    return list(csv.DictReader(io.StringIO(
        file_of(client, export).body.decode("utf-8-sig"), newline="")))


def send_many(acme, count, **more):
    for first in range(0, count, 500):
        acme.client.post("/api/v1/leads/batch", {"leads": [
            {"name": f"Lead {n}", **more} for n in
            range(first, min(first + 500, count))]}).expect(200, 201, 207)


def names(client, export, column="Name"):
    return sorted(row[column] for row in rows_of(client, export))


# Written and fetched

def test_leads_become_a_file_that_a_spreadsheet_reads(acme):
    acme.send_lead(**{**ALL_FIELDS, "custom": {"shoe": "240"}})

    done = made(acme, language="ko")

    assert (done["state"], done["leads"]) == ("done", 1)
    answer = file_of(acme.client, done)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == \
        f'attachment; filename="leads-{done["id"]}.csv"'
    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert len(answer.body) == done["bytes"]
    assert int(answer.headers["content-length"]) == done["bytes"]
    assert answer.body.count(b"\r\n") == 2
    row, = rows_of(acme.client, done)
    assert row["이름"] == "김민지" and row["전화번호"] == "'+821012345678"
    assert row["리드: 단계"] == "open" and row["리드: 담당자"] in ("ana", "bo")
    assert row["리드: 그 밖의 항목"] == '{"shoe":"240"}'


def test_without_leads_there_is_a_header(acme):
    done = made(acme, columns=["email", "owner"], language="names")
    assert file_of(acme.client, done).body.decode("utf-8-sig") \
        == '"email","lead.owner"\r\n'


def test_the_columns_that_are_asked_for_in_their_order(acme):
    declare(acme)
    acme.send_lead(name="Kim", email="kim@x.test", custom={"rooms": 3})
    done = made(acme, columns=["custom.rooms", "score", "email", "id"],
                language="en")
    row, = rows_of(acme.client, done)
    assert list(row) == ["Rooms", "Lead: score", "E-mail", "Lead: id"]
    assert row["Rooms"] == "3" and row["E-mail"] == "kim@x.test"
    assert done["columns"] == ["custom.rooms", "score", "email", "id"]


def test_the_header_is_in_the_callers_language(acme):
    person = acme.people["ana"].id
    acme.client.patch(f"/api/v1/people/{person}",
                      {"language": "ko"}).expect(200)
    ana = acme.sign_in("ana")
    done = made(acme, ana, columns=["name"])
    assert file_of(ana, done).body.decode("utf-8-sig") == '"이름"\r\n'
    done = made(acme, columns=["name"])
    assert file_of(acme.client, done).body.decode("utf-8-sig") \
        == '"Name"\r\n'


def test_only_what_the_question_holds(acme):
    for n, city in enumerate(["Seoul", "Busan", "Seoul"]):
        acme.send_lead(name=f"Lead {n}", city=city)
    acme.baton.clock.advance("5s")    # found by text a little later
    seoul = {"field": "city", "op": "is", "value": "seoul"}
    done = made(acme, filter=seoul, sort="created_at", language="en")
    assert [row["Name"] for row in rows_of(acme.client, done)] \
        == ["Lead 0", "Lead 2"]
    assert done["filter"] == seoul and done["leads"] == 2
    done = made(acme, q="Lead 1", language="en")
    assert names(acme.client, done) == ["Lead 1"]
    done = made(acme, language="en")
    assert [row["Name"] for row in rows_of(acme.client, done)] \
        == ["Lead 2", "Lead 1", "Lead 0"]


def test_a_cell_that_a_spreadsheet_would_run_is_text(acme):
    for n, formula in enumerate(FORMULAS):
        acme.send_lead(name=f"n{n}", company="x" + formula,
                       custom={"cell": formula}, city=formula)
    done = made(acme, columns=["city"], language="names")
    for row in rows_of(acme.client, done):
        cell = row["city"].lstrip("\t \u200b")
        assert not cell.startswith(("=", "+", "-", "@", "＝")), row


@pytest.mark.parametrize("given, pointer", [
    ({"what": "people"}, "/what"),
    ({"filter": {"field": "citty", "op": "is", "value": "x"}},
     "/filter/field"),
    ({"sort": "score"}, "/sort"),
    ({"q": "kim", "sort": "created_at"}, "/sort"),
    ({"columns": ["name", "shoe"]}, "/columns/1"),
    ({"columns": ["name", "name"]}, "/columns/1"),
    ({"language": "fr"}, "/language"),
    ({"colums": []}, "/colums")])
def test_a_wrong_question_says_where(acme, given, pointer):
    answer = ask(acme.client, **given).expect(422)
    assert answer.json["errors"][0]["pointer"] == pointer
    assert acme.client.get("/api/v1/exports").json["items"] == []


# Read again

@pytest.mark.parametrize("language", ["en", "ko", "names"])
def test_what_was_written_is_read_again_as_the_same_facts(acme, tmp_path,
                                                          language):
    acme.send_lead(name="=cmd|' /C calc'!A0", email="b@x.test",
                   phone="call me", city="+82", company="'=x",
                   custom={"shoe size": "240", "count": 3})
    declare(acme)
    acme.send_lead(**ALL_FIELDS)
    acme.send_lead(message="only this\r\nand that", tags=["x"])
    done = made(acme, language=language)
    file = tmp_path / "leads.csv"
    file.write_bytes(file_of(acme.client, done).body)

    other = Company(acme.baton, "zoe")
    declare(other)
    summary = other.baton.cli("import", "leads", file, "--workspace",
                              other.slug, "--source", "again", "--json")

    assert (summary["new"], summary["refused"]) == (3, 0), summary
    assert facts_of(other) == facts_of(acme)


def facts_of(company):
    """What was given of each lead, and what hangs on it by name."""
    ours = ("id", "version", "stage", "owner", "account", "score",
            "score_lines", "late_count", "returns", "touches", "pinned_until",
            "source")
    leads = company.client.get("/api/v1/leads").json["items"]
    return sorted((
        {key: value for key, value in lead.items()
         if key not in ours and not key.endswith("_at")}
        for lead in leads), key=str)


# Whose

def test_a_rep_has_what_he_sees_and_nothing_else(acme):
    leads = [acme.send_lead(name=f"Lead {n}") for n in range(6)]
    his = sorted(f"Lead {n}" for n, lead in enumerate(leads)
                 if lead["owner"]["name"] == "ana")
    ana = acme.sign_in("ana")

    done = made(acme, ana, language="en")

    assert names(ana, done) == his and done["leads"] == len(his)
    wanted = {"field": "owner", "op": "is", "value": acme.people["bo"].id}
    assert made(acme, ana, filter=wanted)["leads"] == 0
    acme.client.patch("/api/v1/workspace", {"reps_see": "all"}).expect(200)
    assert made(acme, ana)["leads"] == 6


def test_a_file_is_for_whoever_asked_for_it_and_who_runs_the_workspace(acme):
    ana, bo = acme.sign_in("ana"), acme.sign_in("bo")
    manager = acme.client_as("manager")
    hers = made(acme, ana)
    path = f"/api/v1/exports/{hers['id']}"
    unknown = bo.get("/api/v1/exports/0000000000001").expect(404).json

    for stranger in (bo, manager):
        for answer in (stranger.get(path), stranger.get(path + "/file"),
                       stranger.delete(path)):
            answer.expect(404)
            assert answer.json["detail"].replace(hers["id"], "-") == \
                unknown["detail"].replace("0000000000001", "-")
        assert stranger.get("/api/v1/exports").json["items"] == []
    assert [e["id"] for e in ana.get("/api/v1/exports").json["items"]] \
        == [hers["id"]]
    assert file_of(acme.client, hers).status == 200
    acme.client_as("viewer").get("/api/v1/exports").expect(403)


def test_who_sees_less_than_the_file_holds_does_not_get_it(acme):
    acme.client.patch("/api/v1/workspace", {"reps_see": "all"}).expect(200)
    acme.send_lead(name="Kim")
    ana = acme.sign_in("ana")
    done = made(acme, ana)
    file_of(ana, done)

    acme.client.patch("/api/v1/workspace", {"reps_see": "own"}).expect(200)

    refused = ana.get(f"/api/v1/exports/{done['id']}/file").expect(409)
    assert "has changed" in refused.json["detail"]
    file_of(acme.client, done)


def test_who_has_left_fetches_nothing(acme):
    acme.send_lead(name="Kim")
    manager = acme.client_as("manager")
    done = made(acme, manager)
    key, = (item for item in acme.client.get("/api/v1/keys").json["items"]
            if item["role"] == "manager")
    acme.client.delete(f"/api/v1/keys/{key['id']}").expect(204)
    manager.get(f"/api/v1/exports/{done['id']}/file").expect(401)


def test_what_was_taken_out_stays_written_down(acme):
    acme.send_lead(name="Kim", city="Seoul")
    ana = acme.sign_in("ana")
    seoul = {"field": "city", "op": "is", "value": "Seoul"}
    done = made(acme, ana, filter=seoul)
    ana.delete(f"/api/v1/exports/{done['id']}").expect(204)
    ana.delete(f"/api/v1/exports/{done['id']}").expect(204)
    acme.settle()

    entry, = acme.client.get("/api/v1/exports").json["items"]

    assert entry["state"] == "deleted" and entry["file"] is None
    assert entry["made_by"] == {"kind": "person", "name": "ana",
                                "id": acme.people["ana"].id}
    assert (entry["leads"], entry["filter"]) == (done["leads"], seoul)
    refused = ana.get(f"/api/v1/exports/{done['id']}/file").expect(409)
    assert "deleted" in refused.json["detail"]


# How long

def test_a_file_is_gone_after_three_days(acme):
    acme.send_lead(name="Kim")
    done = made(acme)
    acme.baton.clock.advance("2d23h")
    acme.settle()
    file_of(acme.client, done)
    acme.baton.clock.advance("2h")
    acme.settle()
    after = acme.client.get(f"/api/v1/exports/{done['id']}").json
    assert after["state"] == "expired" and after["leads"] == 1
    acme.client.get(f"/api/v1/exports/{done['id']}/file").expect(409)


def test_who_is_forgotten_is_in_no_file(acme):
    kim = acme.send_lead(name="Kim Minji", email="minji@x.test",
                         phone="010-1234-5678")
    acme.settle()
    done = made(acme)
    named = made(acme, q="minji@x.test")
    by_number = made(acme, filter={
        "field": "phone", "op": "contains", "value": "10-1234-5678"})
    other = made(acme, q="somebody")

    acme.client.post(f"/api/v1/leads/{kim['id']}/erase",
                     {"reason": "asked for"}).expect(200)
    acme.settle()

    for export in (done, named, by_number, other):
        after = acme.client.get(f"/api/v1/exports/{export['id']}").json
        assert after["state"] == "erased" and after["file"] is None
        acme.client.get(f"/api/v1/exports/{export['id']}/file").expect(409)
        assert "minji" not in str(after) and "1234" not in str(after["filter"])
    assert acme.client.get(f"/api/v1/exports/{other['id']}").json["q"] \
        == "somebody"
    assert made(acme)["leads"] == 0


# Many

def test_its_maker_hears_how_far_it_is_and_others_do_not(acme):
    send_many(acme, 1200)
    bo = acme.sign_in("bo")
    with EventStream(acme.client) as events, EventStream(bo) as others:
        export = ask(acme.client).expect(201).json
        told = events.wait_for("export.progress").json
        done = events.wait_for("export.done").json
        acme.client.post(f"/api/v1/people/{acme.people['bo'].id}/absences",
                         SPAN).expect(201)
        others.wait_for("person.changed")
        assert told["id"] == done["id"] == export["id"]
        assert 0 < told["leads"] < done["leads"] == 1200
        assert [e for e in others.events if e.topic.startswith("export.")] \
            == []
    rows = rows_of(acme.client, export)
    assert sorted(int(row["Name"][5:]) for row in rows) == list(range(1200))


def test_a_file_goes_on_after_a_crash_with_every_lead_once(acme):
    send_many(acme, 1500)
    export = ask(acme.client).expect(201).json
    acme.baton.kill()
    acme.baton.start()
    acme.client = acme.baton.client.with_key(acme.key)
    acme.baton.clock.advance("5m")
    acme.settle()
    after = acme.client.get(f"/api/v1/exports/{export['id']}").json
    assert (after["state"], after["leads"]) == ("done", 1500), after
    rows = rows_of(acme.client, export)
    assert sorted(int(row["Name"][5:]) for row in rows) == list(range(1500))


def test_who_reads_slowly_holds_nobody_up(acme):
    send_many(acme, 1500, message="x" * 4000)
    done = made(acme)
    assert done["bytes"] > 5_000_000
    host, port = urlsplit(acme.client.address).netloc.split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall((f"GET /api/v1/exports/{done['id']}/file HTTP/1.1\r\n"
                      f"Host: {host}:{port}\r\n"
                      f"Authorization: Bearer {acme.client.key}\r\n\r\n")
                     .encode())
        assert slow.recv(100).startswith(b"HTTP/1.1 200")
        for _ in range(20):
            acme.client.get("/api/v1/leads", query={"limit": 1}).expect(200)
        acme.send_lead(name="meanwhile")
        assert len(rows_of(acme.client, done)) == 1500
    acme.client.get("/api/v1/workspace").expect(200)
