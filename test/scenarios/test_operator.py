"""What an operator does: save, restore, migrate, look over."""

import json
import sqlite3
from pathlib import Path

import pytest
from support.baton import PROJECT


@pytest.fixture
def filled(baton):
    """A workspace with leads of several kinds of history."""
    acme = baton.workspace("Acme", people=["ana", "bo", "cho"])
    for i in range(30):
        acme.send_lead(name=f"P{i}", email=f"p{i}@example.test",
                       phone=f"010-1234-{i:04}", company="Sol")
    acme.send_lead(name="P3", email="p3@example.test", message="again")
    baton.clock.advance("31m")
    return acme


@pytest.fixture
def other(empty_database):
    """The address of a second database."""
    return empty_database


def change(baton, request, sql):
    """Spoils the stored data behind the program's back."""
    if baton.engine == "sqlite":
        with sqlite3.connect(baton.database) as file:
            file.execute(sql)
        return
    server = request.getfixturevalue("postgres_server")
    server.sql(sql, baton.database)


def failed_checks(baton):
    done = baton.cli_result("doctor", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == (0 if found["ok"] else 1)
    return [check["check"] for check in found["checks"] if not check["ok"]]


# Looking over


def test_the_doctor_finds_nothing_wrong_after_a_full_day(baton, filled):
    found = baton.cli("doctor", "--json")

    assert found["ok"] is True
    checked = {check["check"]: check["checked"] for check in found["checks"]}
    assert checked["each lead has one open assignment, to its owner"] == 30
    assert checked["each submission has its lead"] == 31


@pytest.mark.parametrize("sql, check", [
    ("DELETE FROM assignment WHERE id = (SELECT max(id) FROM assignment)",
     "one open assignment"),
    ("UPDATE ledger SET credit = credit + 1", "credits"),
    ("UPDATE ledger SET open_leads = open_leads + 1", "open leads"),
    ("UPDATE lead SET score = score + 1", "sum of its lines"),
    ("DELETE FROM lead_key", "found by its address"),
    ("DELETE FROM person", "a person or a queue"),
])
def test_the_doctor_finds_what_was_spoiled(baton, filled, request, sql, check):
    assert failed_checks(baton) == []

    change(baton, request, sql)

    assert any(check in name for name in failed_checks(baton))


# what spoils, what mends it again, what is found
SPOILED = [
    ("UPDATE assignment SET ended_ms = begun_ms - 1 WHERE ended_ms > 0",
     "UPDATE assignment SET ended_ms = (SELECT min(b.begun_ms)"
     " FROM assignment b WHERE b.lead_id = assignment.lead_id"
     " AND b.id > assignment.id) WHERE ended_ms > 0", "one after the other"),
    ("UPDATE decision SET owner_id = owner_id + 1",
     "UPDATE decision SET owner_id = owner_id - 1", "decided on"),
    ("UPDATE task SET owner_id = owner_id + 1",
     "UPDATE task SET owner_id = owner_id - 1", "task goes along"),
    ("UPDATE task SET assignee_id = assignee_id + 1",
     "UPDATE task SET assignee_id = assignee_id - 1", "task goes along"),
    ("UPDATE lead SET sequence_state = 1",
     "UPDATE lead SET sequence_state = 0", "in a sequence"),
    ("UPDATE account SET lead_count = lead_count + 1",
     "UPDATE account SET lead_count = lead_count - 1", "leads are counted"),
    ("UPDATE account SET served_lead = served_lead - 1",
     "UPDATE account SET served_lead = served_lead + 1", "is served by"),
    ("UPDATE result SET leads = leads + 1",
     "UPDATE result SET leads = leads - 1", "results add up"),
    ("UPDATE workspace SET default_queue_id = default_queue_id + 1",
     "UPDATE workspace SET default_queue_id = default_queue_id - 1",
     "a queue and an owner"),
    ("UPDATE lead SET response_due_ms = 1 WHERE stage = 'customer'",
     "UPDATE lead SET response_due_ms = NULL WHERE stage = 'customer'",
     "have a promise"),
]


def test_the_doctor_finds_whatever_does_not_fit(baton, filled, request):
    lead = filled.send_lead(name="Won", email="won@example.test")
    filled.client.patch(f"/api/v1/leads/{lead['id']}",
                        {"stage": "customer"}).expect(200)
    lead = filled.send_lead(name="Open", email="open@example.test")
    filled.client.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "call", "title": "Call",
        "due_at": "2026-12-01T00:00:00Z"}).expect(201)
    assert failed_checks(baton) == []

    for spoil, mend, check in SPOILED:
        change(baton, request, spoil)
        assert any(check in name for name in failed_checks(baton)), spoil
        change(baton, request, mend)
        assert failed_checks(baton) == [], mend


def test_the_doctor_finds_what_does_not_fit_of_companies(baton, filled,
                                                         request):
    def company(name, **more):
        return filled.client.post("/api/v1/accounts", {
            "name": name, **more}).expect(201).json["id"]

    one = company("One", domain="one.test")
    two = company("Two", domain="two.test", parent=one)
    company("Three", domain="three.test", parent=two)
    baton.restart()
    filled.client = baton.client.with_key(filled.key)
    filled.send_lead(email="late@x.test")  # writes the keys of those before
    assert failed_checks(baton) == []
    of_one, of_two = (
        f"SELECT id FROM account WHERE domain = '{name}.test'"
        for name in ("one", "two"))
    for spoil, mend, check in [
            ("UPDATE account SET domain = 'two.test' WHERE name = 'Three'",
             "UPDATE account SET domain = 'three.test' WHERE name = 'Three'",
             "a domain is one company's"),
            (f"UPDATE account SET parent_id = ({of_two}) WHERE name = 'One'",
             "UPDATE account SET parent_id = NULL WHERE name = 'One'",
             "no company lies below itself"),
            (f"UPDATE account SET family_id = ({of_two})"
             " WHERE family_id IS NOT NULL",
             f"UPDATE account SET family_id = ({of_one})"
             " WHERE family_id IS NOT NULL", "no company lies below itself"),
            ("UPDATE account SET name_key = 'other' WHERE name = 'Sol'",
             "UPDATE account SET name_key = 'sol' WHERE name = 'Sol'",
             "found by its name and domain")]:
        change(baton, request, spoil)
        assert any(check in name for name in failed_checks(baton)), spoil
        change(baton, request, mend)
        assert failed_checks(baton) == [], mend


def test_the_doctor_makes_no_database(baton, tmp_path):
    done = baton.cli_result("doctor", "--database", tmp_path / "none.db")

    assert done.returncode == 1 and "there is no database" in done.stderr
    assert not (tmp_path / "none.db").exists()


# Saving and restoring


def test_a_backup_of_a_running_server_is_restored_whole(
        start_baton, baton, filled, other, tmp_path):
    copy = tmp_path / "backup"
    told = baton.cli("backup", copy, "--json")
    assert told["bytes"] < copy.stat().st_size
    filled.send_lead(name="Late", email="late@example.test")

    baton.cli("restore", copy, "--database", other)

    assert baton.cli("doctor", "--json", "--database", other)["ok"]
    second = start_baton(database=other)
    leads = second.client.with_key(filled.key).get("/api/v1/leads",
                                                   query={"limit": 200})
    names = {lead["name"] for lead in leads.expect(200).json["items"]}
    assert names == {f"P{i}" for i in range(30)}


@pytest.mark.parametrize("spoil, says", [
    (lambda data: data[:len(data) // 2], "no whole backup"),
    (lambda data: data[:-40] + b"\n", "no whole backup"),
    (lambda data: data[:900] + bytes([data[900] ^ 1]) + data[901:],
     "damaged"),
    (lambda data: data[:100] + data[101:], "length"),
    (lambda data: b"", "no whole backup"),
])
def test_a_damaged_backup_is_refused(baton, filled, other, tmp_path, spoil,
                                     says):
    copy = tmp_path / "backup"
    baton.cli("backup", copy)
    copy.write_bytes(spoil(copy.read_bytes()))

    done = baton.cli_result("restore", copy, "--database", other)

    assert done.returncode == 1 and says in done.stderr
    if baton.engine == "sqlite":
        assert not Path(other).exists()


def test_restoring_replaces_nothing_unless_it_is_told_to(
        baton, filled, other, tmp_path):
    copy = tmp_path / "backup"
    baton.cli("backup", copy)
    baton.cli("restore", copy, "--database", other)

    again = baton.cli_result("restore", copy, "--database", other)
    forced = baton.cli_result("restore", copy, "--database", other, "--force")

    assert again.returncode == 1 and "--force" in again.stderr
    assert forced.returncode == 0, forced.stderr
    assert baton.cli("doctor", "--json", "--database", other)["ok"]


def test_a_database_in_use_is_not_replaced(baton, filled, tmp_path):
    if baton.engine == "postgres":
        pytest.skip("PostgreSQL keeps its own order among connections")
    copy = tmp_path / "backup"
    baton.cli("backup", copy)

    done = baton.cli_result("restore", copy, "--database", baton.database,
                            "--force")

    assert done.returncode == 1 and "in use" in done.stderr
    filled.send_lead(name="Still", email="still@example.test")


def test_a_backup_overwrites_no_file(baton, filled, tmp_path):
    copy = tmp_path / "backup"
    copy.write_text("something dear")

    done = baton.cli_result("backup", copy)

    assert done.returncode == 1 and "there already" in done.stderr
    assert copy.read_text() == "something dear"


def test_without_its_tools_postgresql_is_not_backed_up(baton, filled,
                                                       tmp_path):
    if baton.engine == "sqlite":
        pytest.skip("SQLite needs no tools")
    baton.environment["PATH"] = str(tmp_path)

    done = baton.cli_result("backup", tmp_path / "backup")

    assert done.returncode == 1 and "pg_dump" in done.stderr
    assert not (tmp_path / "backup").exists()


# Migrating


def test_a_plan_is_shown_and_nothing_done(baton, other):
    shown = baton.cli("migrate", "--plan", "--database", other)

    assert "0001_workspace" in shown
    assert shown == baton.cli("migrate", "--plan", "--database", other)


def test_a_server_makes_its_tables_in_an_empty_database(start_baton, other):
    server = start_baton(database=other)

    assert server.setup_link()
    assert server.cli("migrate") == "nothing to do\n"


def test_migrating_twice_does_nothing_the_second_time(baton, other):
    first = baton.cli("migrate", "--database", other)
    second = baton.cli("migrate", "--database", other)

    assert "0001_workspace" in first
    assert second == "nothing to do\n"


@pytest.mark.parametrize("sql, says", [
    ("INSERT INTO schema_migration VALUES"
     " (9999, '9999_later', 'x', 'done', 1, 1)", "newer"),
    ("UPDATE schema_migration SET state = 'running' WHERE number = 3",
     "did not end"),
    ("UPDATE schema_migration SET hash = 'x' WHERE number = 2",
     "another text"),
])
def test_a_schema_that_is_not_ours_is_left_alone(baton, request, sql, says):
    change(baton, request, sql)

    for command in (["migrate"], ["migrate", "--plan"], ["doctor"]):
        done = baton.cli_result(*command)
        assert done.returncode == 1 and says in done.stderr, command


# As leads were stored before ranges of addresses could be asked for.
ADDRESSES = {"10.1.2.3": "10.0.0.0/8", "10.255.0.10": "10.0.0.0/8",
             "11.0.0.1": "11.0.0.1", "2001:db8::1": "2001:db8::/126",
             "::": "::/128", "::1": "::1", "fd00::a:0:0:1": "fd00::a:0:0:0/127",
             "1:2:3:4:5:6:7:8": "1:2:3:4:5:6:7:8", "1::8": "1::8",
             "1:2:3:4:5:6:7::": "1:2:3:4:5:6:7:0",
             "0.0.0.0": "0.0.0.0", "255.255.255.255": "255.255.255.255"}
NO_ADDRESSES = ["10.abc", "999.1.1.1", "1:::2", "10.01.2.3", "1:2:3:4:5:6:7",
                '"]', "10.1.2", "10.1.2.3.4", "1:2:3:4:5:6:7:8:9", ":1",
                "1::2::3", "12345::1", "10.1.2.", "::10.1.2.3", "."]


def test_leads_from_before_are_found_by_ranges_of_addresses(baton, request):
    acme = baton.workspace("Acme", people=["ana"])
    for address in [*ADDRESSES, *NO_ADDRESSES]:
        acme.send_lead(name=address)
    baton.stop()
    change(baton, request, "UPDATE lead SET ip = name")
    change(baton, request, "ALTER TABLE lead DROP COLUMN ip_key")
    migrate_again(baton, request, f"0050_ip_key.{baton.engine}.sql")
    baton.start()

    for address, network in ADDRESSES.items():
        assert names_within(baton, acme, network) == sorted(
            a for a, n in ADDRESSES.items() if n == network), address
    assert names_within(baton, acme, "::/0") == sorted(ADDRESSES)


def migrate_again(baton, request, name):
    """Once more what a migration does, in one script."""
    text = (PROJECT / "schema" / name).read_text()
    if baton.engine == "sqlite":
        with sqlite3.connect(baton.database) as file:
            file.executescript(text)
        return
    request.getfixturevalue("postgres_server").sql(text, baton.database)


def test_amounts_from_before_mean_the_same(baton, request):
    acme = baton.workspace("Acme", people=["ana"])
    for amount in (12.34, 50000, 0):
        acme.send_lead(name=str(amount), deal_value=amount, currency="USD")
    baton.stop()
    change(baton, request, "UPDATE lead SET deal_value = deal_value / 100")
    migrate_again(baton, request, "0052_amount.sql")
    baton.start()
    for amount in (12.34, 50000, 0):
        condition = {"field": "deal_value", "op": "is", "value": amount}
        found = baton.client.get("/api/v1/leads", key=acme.key, query={
            "filter": json.dumps(condition)}).expect(200).json["items"]
        assert [lead["name"] for lead in found] == [str(amount)]


def names_within(baton, acme, network):
    condition = {"field": "ip", "op": "within", "value": network}
    found = baton.client.get("/api/v1/leads", key=acme.key, query={
        "filter": json.dumps(condition), "limit": 200}).expect(200).json
    return sorted(lead["name"] for lead in found["items"])


def test_commands_say_how_they_are_used(baton):
    for words in (["backup"], ["restore"], ["restore", "x"], ["import"],
                  ["import", "leads"], ["migrate", "--no"]):
        done = baton.cli_result(*words)
        assert done.returncode == 2 and done.stderr, words
