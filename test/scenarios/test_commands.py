"""Workspaces, people and keys from the command line."""

import json
import sqlite3

import pytest
from support.baton import Baton


@pytest.fixture
def program(empty_database, engine):
    """The program without a server."""
    return Baton(empty_database, engine=engine)


def refusal(program, *words, stdin=None):
    """Exit code and the line on standard error, which must be one."""
    done = program.cli_result(*words, stdin=stdin)
    assert done.stdout == ""
    return done.returncode, done.stderr.strip()


@pytest.mark.parametrize("name, slug", [
    ("Été & Söhne 株式", "été-söhne-株式"),
    ("  ÉCOLE  Nº 5 ", "école-no-5"),
    ("한국 Solar — Süd", "한국-solar-süd"),
])
def test_the_slug_is_the_name_in_lower_case_in_any_script(
        program, name, slug):
    made = program.cli("workspace", "create", "--name", name, "--json")
    assert made["slug"] == slug


def test_a_workspace_is_made_and_listed(program):
    made = program.cli("workspace", "create", "--name", "Acme Co.",
                       "--language", "ko", "--json")
    assert made["slug"] == "acme-co"
    assert made["language"] == "ko"
    listed = program.cli("workspace", "list", "--json")
    assert [w["id"] for w in listed["items"]] == [made["id"]]
    assert program.cli("workspace", "list") == "acme-co\tAcme Co.\n"


def test_a_name_that_is_taken_is_refused(program):
    program.cli("workspace", "create", "--name", "Acme")
    code, line = refusal(program, "workspace", "create", "--name", "ACME!")
    assert code == 1
    assert "acme" in line and "\n" not in line


def test_all_that_is_wrong_is_said_in_one_line(program):
    code, line = refusal(program, "workspace", "create", "--name", "Acme",
                         "--country", "Korea", "--time-zone", "Mars")
    assert code == 1
    assert "/country" in line and "/time_zone" in line and "\n" not in line


@pytest.mark.parametrize("words", [
    ["workspace"],
    ["workspace", "destroy"],
    ["workspace", "create"],
    ["workspace", "create", "--nmae", "Acme"],
    ["user", "add", "--workspace", "acme", "--email", "a@acme.test"],
    ["user", "add", "--workspace", "acme", "--email", "a@acme.test",
     "--role", "boss"],
    ["key", "create", "--workspace", "acme"],
    ["key", "create", "--workspace", "acme", "--role", "rep",
     "--source", "web"],
    ["workspace", "list", "acme"],
    ["rules"],
    ["rules", "check"],
    ["rules", "diff", "rules.json"],
    ["rules", "match", "rules.json"],
    ["rules", "match", "rules.json", "--leads", "l.jsonl", "--mode", "most"],
    ["serve", "--bogus"],
    ["serve", "--listen", "nonsense"],
    ["serve", "--listen", "127.0.0.1:-1"],
    ["serve", "--listen", "127.0.0.1:99999"],
    ["reboot"],
])
def test_wrong_usage_is_told_in_one_line_and_an_exit_code_of_its_own(
        program, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.json").write_text("{}")
    done = program.cli_result(*words)
    assert done.returncode == 2
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert {f.name for f in tmp_path.iterdir()} == {"rules.json"}


def test_a_database_that_is_not_there_is_a_name_misspelt(tmp_path):
    typo = Baton(tmp_path / "typo.db", engine="sqlite")
    for words in (["workspace", "list"], ["doctor"],
                  ["key", "create", "--workspace", "a", "--role", "admin"],
                  ["backup", "b.db"]):
        done = typo.cli_result(*words)
        assert done.returncode == 1 and "typo.db" in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_one_server_alone_serves_a_file(start_baton):
    baton = start_baton()
    if baton.engine != "sqlite":
        pytest.skip("several servers share a database of PostgreSQL")
    second = baton.cli_result("serve", "--listen", "127.0.0.1:0")
    assert second.returncode == 1
    assert "another server serves this file" in second.stderr
    acme = baton.workspace("Acme", people=["ana"])  # a command beside it
    assert acme.send_lead(name="Kim")["owner"]["name"] == "ana"
    baton.kill()
    baton.start()


def test_nobody_else_on_the_machine_reads_a_database_or_its_backup(tmp_path):
    baton = Baton(tmp_path / "b.db", engine="sqlite")
    baton.cli("workspace", "create", "--name", "Acme")
    baton.cli("backup", tmp_path / "kept.db")
    made = list(tmp_path.iterdir())
    assert {"b.db", "kept.db"} <= {f.name for f in made}
    assert {f.name: f.stat().st_mode & 0o077 for f in made} == {
        f.name: 0 for f in made}


def test_migrate_and_restore_print_for_programs(tmp_path):
    baton = Baton(tmp_path / "b.db", engine="sqlite")
    to_do = baton.cli("migrate", "--plan", "--json")["to_do"]
    assert baton.cli("migrate", "--json") == {"done": to_do} and to_do
    assert baton.cli("migrate", "--json") == {"done": []}
    baton.cli("backup", tmp_path / "kept.db")
    restored = baton.cli("restore", tmp_path / "kept.db", "--database",
                         tmp_path / "new.db", "--json")
    assert restored == {"restored": True, "schema": to_do[-1]}


def test_a_person_is_added_to_the_workspace(program):
    program.cli("workspace", "create", "--name", "Acme")
    ana = program.cli("user", "add", "--workspace", "acme",
                      "--email", "Ana@Acme.test", "--role", "rep", "--hours",
                      '{"mon": ["09:00-18:00"]}', "--json")
    assert ana["email"] == "ana@acme.test"
    assert ana["name"] == "ana"
    assert ana["role"] == "rep"


@pytest.mark.parametrize("email, hours", [
    ("ana", None),
    ("ana@acme", None),
    ("ana@acme.test", "nine to five"),
    ("ana@acme.test", '{"mon": ["9-18"]}'),
])
def test_a_person_must_make_sense(program, email, hours):
    program.cli("workspace", "create", "--name", "Acme")
    more = ["--hours", hours] if hours else []
    code, _ = refusal(program, "user", "add", "--workspace", "acme",
                      "--email", email, "--role", "rep", *more)
    assert code == 1


def test_an_address_belongs_to_one_person_of_a_workspace(program):
    program.cli("workspace", "create", "--name", "Acme")
    program.cli("workspace", "create", "--name", "Other")
    add = ["--email", "ana@acme.test", "--role", "rep"]
    program.cli("user", "add", "--workspace", "acme", *add)
    code, line = refusal(program, "user", "add", "--workspace", "acme", *add)
    assert code == 1 and "/email" in line
    program.cli("user", "add", "--workspace", "other", *add)


def test_a_short_password_is_refused(program):
    program.cli("workspace", "create", "--name", "Acme")
    code, line = refusal(program, "user", "add", "--workspace", "acme",
                         "--email", "ana@acme.test", "--role", "rep",
                         "--password-stdin", stdin="short\n")
    assert code == 1 and "8" in line


def test_an_unknown_workspace_is_named(program):
    program.cli("workspace", "create", "--name", "Acme")
    code, line = refusal(program, "key", "create", "--workspace", "acne",
                         "--role", "admin")
    assert code == 1 and "acne" in line and "workspace list" in line


def test_a_key_is_printed_once_and_its_source_is_made(program):
    program.cli("workspace", "create", "--name", "Acme")
    first = program.cli("key", "create", "--workspace", "acme",
                        "--source", "web").strip()
    second = program.cli("key", "create", "--workspace", "acme",
                         "--source", "web", "--json")
    assert first.startswith("bk_") and len(first) == 59
    assert second["key"] != first
    assert second["name"] == "web" and second["role"] is None


def test_a_sample_has_people_and_leads_with_owners(start_baton):
    baton = start_baton()
    baton.cli("workspace", "create", "--name", "Acme", "--sample")
    key = baton.cli("key", "create", "--workspace", "acme",
                    "--role", "admin").strip()
    people = baton.client.with_key(key).get("/api/v1/people").json["items"]
    assert len(people) == 4
    assert all("sample" in p["name"] for p in people)
    assert sum(p["open_leads"] for p in people) == 6


def test_a_database_of_an_older_program_is_left_alone(program, engine):
    if engine != "sqlite":
        pytest.skip("the schema is the same; one engine is enough")
    program.cli("workspace", "create", "--name", "Acme")
    with sqlite3.connect(program.database) as db:
        db.execute("DELETE FROM schema_migration WHERE number ="
                   " (SELECT MAX(number) FROM schema_migration)")
    code, line = refusal(program, "workspace", "list")
    assert code == 1 and "baton migrate" in line


def test_a_file_of_rules_may_ask_for_fields_of_ones_own(program, tmp_path):
    """Without a workspace the rules themselves say what they are."""
    def asks(id, field, op, *value):
        return {"id": id, "give_to": {"pool": "all"},
                "when": {"field": field, "op": op,
                         **({"value": value[0]} if value else {})}}
    rules = {"format": "baton-rules/1", "otherwise": {"pool": "all"},
             "pools": [{"id": "all", "name": "All", "strategy": "in_turn",
                        "members": "everyone"}],
             "rules": [asks("big", "custom.rooms", "at_least", 2.5),
                       asks("oak", "custom.wood", "contains", "OAK"),
                       asks("keen", "custom.keen", "is", True),
                       asks("soon", "custom.begin", "before",
                            "2026-12-01T00:00:00Z"),
                       asks("said", "custom.wood", "is_known")]}
    leads = [{"custom": {"rooms": 3, "wood": "red oak"}},
             {"custom": {"rooms": "2", "keen": "yes"}},
             {"custom": {"begin": "2026-11-20", "wood": "ash"}}, {}]
    file, lines = tmp_path / "rules.json", tmp_path / "leads.jsonl"
    file.write_text(json.dumps(rules))
    lines.write_text("".join(json.dumps(lead) + "\n" for lead in leads))
    lines.write_text(lines.read_text() + "\n\n")  # blank lines are no leads
    assert program.cli("rules", "check", file) == "good\n"
    assert program.cli("rules", "match", file, "--leads", lines,
                       "--mode", "all") == "big,oak,said\nkeen\nsoon,said\n-\n"
    rules["rules"].append(asks("odd", "custom.rooms", "starts_with", "x"))
    file.write_text(json.dumps(rules))
    done = program.cli_result("rules", "check", file)
    assert done.returncode == 1 and "/rules/5/when/op" in done.stderr


def test_rules_are_exported_into_a_file_or_onto_the_screen(program, tmp_path):
    program.cli("workspace", "create", "--name", "Acme")
    export = ["rules", "export", "--workspace", "acme"]
    shown = program.cli(*export)
    file = tmp_path / "rules.json"
    assert program.cli(*export, file) == ""
    assert file.read_text() == shown
    assert program.cli("rules", "check", file, "--workspace", "acme") \
        == "good\n"
    code, line = refusal(program, *export, tmp_path / "none" / "rules.json")
    assert code == 1 and "none/rules.json" in line


def test_a_rule_file_by_itself_is_checked_with_what_it_needs(program,
                                                             tmp_path):
    """Skills are of a workspace and not looked up; how they are said is."""
    file = tmp_path / "rules.json"

    def check(**needs):
        file.write_text(json.dumps({
            "format": "baton-rules/1", "otherwise": {"pool": "all"},
            "rules": [], "pools": [{"id": "all", "members": "everyone",
                                    "needs": needs}]}))
        return program.cli_result("rules", "check", file)

    good = check(skills={"solar": 3}, language="lead", seniority="senior",
                 territory="lead")
    assert (good.returncode, good.stdout) == (0, "good\n")
    for needs, pointer in (({"skills": {"solar": 9}}, "skills/solar"),
                           ({"seniority": "boss"}, "seniority"),
                           ({"territory": "seoul"}, "territory"),
                           ({"colour": "red"}, "colour")):
        done = check(**needs)
        assert done.returncode == 1, needs
        assert f"/pools/0/needs/{pointer}" in done.stderr, needs
