"""Tables of leads handed in over HTTP: looked at, taken, reported row by row,
and taken back."""

import csv
import io
import json
import subprocess

import pytest
from support.baton import binary
from support.events import EventStream
from support.story import Company

CSV = {"Content-Type": "text/csv"}
SMALL = """Name,E-mail,Mobile,Company,Shoe size
Kim Minji,minji@example.test,010-1234-5678,Hanbit,240
Ana Lopez,ana@example.test,,Sol,
Broken,"x
"""


@pytest.fixture
def acme(baton):
    return Company(baton, "ana", "bo")


def begin(acme, **given):
    return acme.client.post("/api/v1/imports", {
        "source": "fair", **given}).expect(201).json


def hand_in(acme, made, table, headers=CSV):
    body = table if isinstance(table, bytes) else table.encode()
    return acme.client.request("PUT", f"/api/v1/imports/{made['id']}/file",
                               body=body, headers=headers)


def state(acme, made):
    return acme.client.get(f"/api/v1/imports/{made['id']}").expect(200).json


def run(acme, table, **given):
    """To its end."""
    made = begin(acme, **given)
    hand_in(acme, made, table).expect(202)
    acme.settle()
    return state(acme, made)


def results(acme, made, **query):
    answer = acme.client.get(f"/api/v1/imports/{made['id']}/results",
                             query=query).expect(200)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def total(acme):
    return acme.client.get("/api/v1/leads", query={"limit": 1}).json["total"]


def table(count, start=0):
    return "Name,E-mail\n" + "".join(
        f"Lead {n},lead{n}@x.test\n" for n in range(start, start + count))


# Taken

def test_a_table_becomes_leads_with_a_result_for_each_row(acme):
    done = run(acme, SMALL, file_name="fair.csv")

    assert done["state"] == "done" and done["reason"] is None
    assert done["rows_done"] == 3 and done["bytes"] == len(SMALL)
    assert (done["summary"]["new"], done["summary"]["refused"]) == (2, 1)
    assert done["summary"]["columns"]["Mobile"] == "phone"
    rows = results(acme, done)
    assert [row["status"] for row in rows] == ["new", "new", "refused"]
    assert "never closed" in rows[2]["notes"]
    lead = acme.lead(rows[0]["lead"])
    assert lead["phone"] == "+821012345678" and lead["source"] == "fair"
    assert lead["custom"] == {"shoe_size": "240"}
    assert {row["owner"] for row in rows[:2]} == {"ana", "bo"}
    assert [r["row"] for r in results(acme, done, status="refused")] == ["3"]
    assert [r["row"] for r in results(acme, done, after=1, limit=1)] == ["2"]


def test_the_table_itself_may_be_the_body(acme):
    made = acme.client.request(
        "POST", "/api/v1/imports", body=b"Mail;Firm\nana@x.test;Sol\n",
        headers=CSV, query={
            "source": "fair", "route": "no",
            "mapping": json.dumps({"columns": {"Firm": "company"}})})
    acme.settle()
    done = state(acme, made.expect(201).json)
    assert done["state"] == "done" and done["route"] is False
    lead = acme.lead(results(acme, done)[0]["lead"])
    assert lead["company"] == "Sol" and lead["owner"]["kind"] == "queue"


def test_the_command_and_the_api_know_the_same_rows(acme, tmp_path):
    run(acme, table(20))
    file = tmp_path / "again.csv"
    file.write_text(table(25))

    summary = acme.baton.cli("import", "leads", file, "--workspace",
                             acme.slug, "--source", "fair", "--json")

    assert (summary["repeated"], summary["new"]) == (20, 5)
    done = run(acme, table(30))
    assert (done["summary"]["repeated"], done["summary"]["new"]) == (25, 5)
    assert total(acme) == 30


def test_what_it_says_is_told_while_it_runs(acme):
    with EventStream(acme.client) as events:
        made = begin(acme)
        hand_in(acme, made, table(1200)).expect(202)
        seen = [events.wait_for("import.progress").json for _ in range(3)]
        done = events.wait_for("import.done").json
    assert [e["rows_done"] for e in seen] == [500, 1000, 1200]
    assert {e["id"] for e in seen} == {made["id"], done["id"]}
    assert done["rows_done"] == 1200
    assert state(acme, made)["state"] == "done"
    assert len(results(acme, made)) == 1200


def test_a_submission_says_which_import_it_is_of(acme):
    done = run(acme, table(1))
    lead = results(acme, done)[0]["lead"]
    kept, = acme.client.get(
        f"/api/v1/leads/{lead}/submissions").json["items"]
    assert kept["import"] == done["id"]
    other = acme.send_lead(name="Kim")
    kept, = acme.client.get(
        f"/api/v1/leads/{other['id']}/submissions").json["items"]
    assert kept["import"] is None


# Looked at first

def test_a_dry_run_says_what_would_be_and_leaves_nothing(acme):
    made = begin(acme, dry_run=True)
    hand_in(acme, made, SMALL).expect(202)
    acme.settle()
    seen = state(acme, made)
    assert seen["state"] == "checked" and seen["rows_done"] == 0
    assert (seen["summary"]["new"], seen["summary"]["refused"]) == (2, 1)
    assert seen["summary"]["owners"] and total(acme) == 0
    assert results(acme, made) == []
    sources = acme.client.get("/api/v1/sources").json["items"]
    assert [s["name"] for s in sources] == []

    path = f"/api/v1/imports/{made['id']}/run"
    acme.client.post(path, {"mapping": {"columns": {
        "Shoe size": "custom.size"}}}).expect(202)
    acme.settle()

    done = state(acme, made)
    assert done["state"] == "done" and total(acme) == 2
    lead = acme.lead(results(acme, done)[0]["lead"])
    assert lead["custom"] == {"size": "240"}
    acme.client.post(path, {}).expect(409)


def test_a_dry_run_says_whether_it_looked_at_the_whole_table(acme):
    for rows, looked_at in ((2000, 2000), (2001, 2000)):
        seen = run(acme, table(rows), dry_run=True)["summary"]
        assert seen["rows"] == looked_at
        assert seen["whole_table"] == (rows == looked_at)


# Refused, stopped

@pytest.mark.parametrize("given, pointer", [
    ({"source": " "}, "/source"),
    ({"source": "x", "mapping": {"columns": {"A": "owner"}}},
     "/mapping/columns/A"),
    ({"source": "x", "mapping": {"colours": {}}}, "/mapping/colours"),
    ({"source": "x", "dry_run": "perhaps"}, "/dry_run"),
    ({}, "/source"),
])
def test_settings_without_sense_are_refused_with_a_pointer(acme, given,
                                                           pointer):
    problem = acme.client.post("/api/v1/imports", given).expect(422).json
    assert [e["pointer"] for e in problem["errors"]] == [pointer]


def test_what_is_no_table_stops_with_its_reason_and_can_be_mended(acme):
    done = run(acme, b"PK\x03\x04 a spreadsheet")
    assert done["state"] == "stopped" and "spreadsheet" in done["reason"]
    done = run(acme, "A,B\n1,2\n",
               mapping={"columns": {"C": "name"}})
    assert done["state"] == "stopped" and '"C"' in done["reason"]
    acme.client.post(f"/api/v1/imports/{done['id']}/run", {
        "mapping": {"columns": {"A": "name"}}}).expect(202)
    acme.settle()
    assert state(acme, done)["state"] == "done" and total(acme) == 1


def test_a_file_is_handed_in_once_and_is_a_table(acme):
    made = begin(acme)
    hand_in(acme, made, SMALL, {"Content-Type": "image/png"}).expect(415)
    hand_in(acme, made, b"").expect(400)
    hand_in(acme, made, SMALL).expect(202)
    hand_in(acme, made, SMALL).expect(409)
    for query in ({"status": "lost"}, {"after": -1}, {"limit": 0}):
        acme.client.get(f"/api/v1/imports/{made['id']}/results",
                        query=query).expect(422)
    acme.settle()


def test_only_who_may_import_does(acme):
    made = begin(acme)
    for role in ("rep", "viewer"):
        caller = acme.client_as(role)
        caller.get("/api/v1/imports").expect(403)
        caller.post("/api/v1/imports", {"source": "x"}).expect(403)
        caller.get(f"/api/v1/imports/{made['id']}/results").expect(403)
        caller.post(f"/api/v1/imports/{made['id']}/undo").expect(403)
    other = acme.baton.workspace("Other").client
    for path in ("", "/results"):
        other.get(f"/api/v1/imports/{made['id']}{path}").expect(404)
    other.post(f"/api/v1/imports/{made['id']}/undo").expect(404)
    assert other.get("/api/v1/imports").json["items"] == []
    acme.client_as("manager").get("/api/v1/imports").expect(200)


def test_imports_are_listed_page_by_page(acme):
    made = [begin(acme)["id"] for _ in range(3)]
    page = acme.client.get("/api/v1/imports", query={"limit": 2}).json
    rest = acme.client.get("/api/v1/imports", query={
        "cursor": page["next_cursor"]}).json
    assert [i["id"] for i in page["items"] + rest["items"]] == made[::-1]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_an_import_that_was_cut_off_goes_on_where_it_was(acme, baton, end):
    made = begin(acme)
    with EventStream(acme.client) as events:
        hand_in(acme, made, table(6000)).expect(202)
        events.wait_for("import.progress")
        getattr(baton, end)()
    baton.start()
    acme.client = baton.client.with_key(acme.key)

    baton.clock.advance("5m")

    done = state(acme, made)
    assert done["state"] == "done" and done["rows_done"] == 6000
    rows = results(acme, made)
    assert [int(r["row"]) for r in rows] == list(range(1, 6001))
    assert {r["status"] for r in rows} == {"new"}
    assert len({r["lead"] for r in rows}) == 6000


def test_of_a_list_nothing_is_left_behind_by_who_was_killed(
        start_baton, tmp_path):
    """Nobody would ever erase these people there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    baton = start_baton(environment={"TMPDIR": str(folder)})
    acme = Company(baton, "ana")
    made = begin(acme)
    with EventStream(acme.client) as events:
        hand_in(acme, made, table(6000)).expect(202)
        events.wait_for("import.progress")
        baton.kill()
    assert list(folder.iterdir()) == []
    baton.start()


# Taken back

def test_an_import_is_taken_back_but_for_what_was_touched(acme):
    known = acme.send_lead(name="Known", email="lead3@x.test")
    done = run(acme, table(300))
    rows = results(acme, done)
    acme.touch({"id": rows[0]["lead"]}, "call").expect(200, 201)
    acme.edit({"id": rows[1]["lead"]}, city="Seoul")
    acme.send_lead(email="lead2@x.test", name="Came back")

    path = f"/api/v1/imports/{done['id']}/undo"
    acme.client.post(path).expect(202)
    acme.settle()

    undone = state(acme, done)
    assert undone["state"] == "undone"
    assert undone["undone"] == {"closed": 296, "kept": 3}
    marks = [r["undo"] for r in results(acme, done)]
    assert marks[:5] == ["kept", "kept", "kept", "", "closed"]
    lead = acme.lead(rows[10]["lead"])
    assert lead["stage"] == "inactive" and lead["response_due_at"] is None
    assert acme.lead(known["id"])["stage"] == "open"
    trace = acme.of(lead, "timeline")[0]
    assert trace["data"]["import_undone"] == done["id"]
    acme.client.post(path).expect(409)


def test_the_same_table_can_come_again_after_it_was_taken_back(acme):
    first = run(acme, table(10))
    acme.client.post(f"/api/v1/imports/{first['id']}/undo").expect(202)
    acme.settle()

    again = run(acme, table(10))

    assert again["summary"]["new"] == 10
    old = {r["lead"] for r in results(acme, first)}
    new = {r["lead"] for r in results(acme, again)}
    assert not old & new
    assert {acme.lead(lead)["stage"] for lead in new} == {"open"}
    back = acme.send_lead(email="lead1@x.test", name="Lead 1")
    assert back["matched"] and back["id"] in new
    acme.baton.cli("doctor")

# How large

def test_how_large_a_table_may_be_is_set(start_baton):
    baton = start_baton(arguments=["--import-file", "1"])
    acme = baton.workspace("Acme", people=["ana"])
    row = b"Kim,kim@x.test," + b"x" * 1000 + b"\n"
    table = b"Name,E-mail,Message\n"
    table += row * ((1024 * 1024 - len(table)) // len(row))

    def hand_in(body):
        made = acme.client.post("/api/v1/imports", {"source": "fair"})
        return acme.client.request(
            "PUT", f"/api/v1/imports/{made.expect(201).json['id']}/file",
            body=body, headers={"Content-Type": "text/csv"})

    refused = hand_in(table + b"x" * 2000).expect(413)
    assert "1048576" in refused.json["detail"]
    hand_in(table).expect(202)
    acme.client.request(
        "POST", "/api/v1/imports", query={"source": "fair"}, body=table * 2,
        headers={"Content-Type": "text/csv"}).expect(413)


@pytest.mark.parametrize("value", ["0", "1001", "-5", "1 MB", "1.5", ""])
def test_a_size_without_sense_is_no_setting(tmp_path, value):
    refused = subprocess.run(
        [binary(), "serve", "--database", str(tmp_path / "baton.db"),
         "--listen", "127.0.0.1:0", "--import-file", value],
        capture_output=True, text=True, timeout=180)
    assert refused.returncode == 2
    assert "--import-file is a number of megabytes from 1 to 1000" \
        in refused.stderr
