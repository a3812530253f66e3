"""Tables of leads from files: every row has a result, nothing is lost, and
the same file changes nothing the second time."""

import csv
import gzip
import json
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from support.baton import PROJECT, binary

SAMPLES = PROJECT / "docs" / "samples"
# Real files that are not kept in the tree.
DATA = Path(os.environ.get("BATON_TEST_DATA",
                           PROJECT.parent / "shared" / "data"))

SMALL = """Name,E-mail,Mobile,Company,Shoe size
Kim Minji,minji@example.test,010-1234-5678,Hanbit,240
,,,,
Ana Lopez,ana@example.test,,Sol,
,,,Nobody GmbH,44
"""


def write(folder, text, name="leads.csv", encoding="utf-8"):
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def import_leads(baton, file, *more, workspace="acme", source="fair",
                 expect=0):
    results = Path(file).with_suffix(".results.csv")
    summary = baton.cli("import", "leads", file, "--workspace", workspace,
                        "--source", source, "--results", results, "--json",
                        *more, expect=expect)
    with open(results, newline="", encoding="utf-8") as lines:
        return summary, list(csv.DictReader(lines))


def leads_of(client):
    """All leads, page by page."""
    cursor, leads = None, []
    while True:
        query = {"limit": 200, **({"cursor": cursor} if cursor else {})}
        page = client.get("/api/v1/leads", query=query).expect(200).json
        leads += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return leads


def total(client):
    return client.get("/api/v1/leads", query={"limit": 1}).json["total"]


# Rows


def test_every_row_becomes_a_lead_with_an_owner(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana", "bo"])

    summary, rows = import_leads(baton, write(tmp_path, SMALL))

    assert (summary["rows"], summary["new"], summary["blank_lines"]) == (4, 4, 0)
    assert {row["owner"] for row in rows} == {"ana", "bo"}
    lead = acme.lead(rows[0]["lead"])
    assert lead["name"] == "Kim Minji"
    assert lead["email"] == "minji@example.test"
    assert lead["phone"] == "+821012345678"
    assert lead["company"] == "Hanbit"
    assert lead["source"] == "fair"
    assert lead["custom"] == {"shoe_size": "240"}


def test_a_row_is_kept_as_it_came(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana"])
    _, rows = import_leads(baton, write(tmp_path, SMALL))

    kept = acme.client.get(
        f"/api/v1/leads/{rows[3]['lead']}/submissions").expect(200).json

    body = kept["items"][0]["body"]
    assert (json.loads(body) if isinstance(body, str) else body) == {
        "Name": "", "E-mail": "", "Mobile": "", "Company": "Nobody GmbH",
        "Shoe size": "44"}


def test_the_same_file_changes_nothing_the_second_time(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    twice = SMALL + SMALL.splitlines()[3] + "\n,,,Nobody GmbH,44\n"
    file = write(tmp_path, twice)
    first, rows = import_leads(baton, file)
    before = leads_of(acme.client)

    again, rows_again = import_leads(baton, file)

    assert first["new"] == 5 and first["joined"] == 1
    assert again["repeated"] == again["rows"] == 6
    assert leads_of(acme.client) == before
    assert [r["lead"] for r in rows] == [r["lead"] for r in rows_again]


def test_a_row_of_somebody_we_know_joins_the_lead(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    known = acme.send_lead(name="Minji", email="Minji@Example.test")

    summary, rows = import_leads(baton, write(tmp_path, SMALL))

    assert rows[0]["status"] == "joined" and rows[0]["lead"] == known["id"]
    assert rows[0]["owner"] == known["owner"]["name"]
    assert acme.lead(known["id"])["company"] == "Hanbit"
    assert summary["new"] == 3


def test_an_external_id_tells_rows_apart_for_good(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana"])
    map_file = tmp_path / "map.json"
    map_file.write_text(json.dumps({"external_id": "No",
                                    "columns": {"Firm": "company"}}))
    import_leads(baton, write(tmp_path, "No,Firm\n7,Sol\n8,Luna\n"),
                 "--map", map_file)

    summary, rows = import_leads(
        baton, write(tmp_path, "No,Firm\n7,Sol\n8,Luna Ltd\n9,Mars\n"),
        "--map", map_file)

    assert [row["status"] for row in rows] == ["repeated", "joined", "new"]
    again, _ = import_leads(
        baton, write(tmp_path, "No,Firm\n7,Sol\n8,Luna Ltd\n9,Mars\n"),
        "--map", map_file)
    assert again["repeated"] == 3
    assert total(acme.client) == 3


def test_a_broken_row_has_a_result_and_stops_nothing(baton, tmp_path):
    baton.workspace("Acme", people=["ana"])
    text = ("Name,Email\nOne,one@a.test\nTwo,two@a.test,surplus\n"
            "Three\n\nFive,five@a.test\n\"Six,six@a.test\n")

    summary, rows = import_leads(baton, write(tmp_path, text))

    assert [(row["line"], row["status"]) for row in rows] == [
        ("2", "new"), ("3", "refused"), ("4", "new"), ("6", "new"),
        ("7", "refused")]
    assert rows[1]["notes"] == "3 values for 2 columns"
    assert rows[2]["notes"] == "1 values for 2 columns"
    assert "never closed" in rows[4]["notes"]
    assert summary["refused_first"][0]["line"] == 3
    assert summary["blank_lines"] == 1


def test_what_cannot_be_read_is_kept_as_given_and_noted(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana"])
    text = "Name;Email;Country\nAna;ana at sol;Atlantis\n"

    summary, rows = import_leads(baton, write(tmp_path, text))

    assert "email" in rows[0]["notes"] and "country" in rows[0]["notes"]
    assert acme.lead(rows[0]["lead"])["email"] == "ana at sol"
    assert summary["delimiter"] == ";"


def test_numbers_may_begin_with_a_country_code_that_has_no_plus(baton,
                                                                tmp_path):
    """52: only where the mapping says so: 659 123 4567 is in Alabama too."""
    acme = baton.workspace("Acme", people=["ana"])
    text = ("Name,Phone\nA,6591234567\nB,821012345678\nC,(205) 555-0123\n"
            "D,+49 30 123456\nE,00 49 30 123457\nF,12\n")
    home = {"defaults": {"country": "US"}}

    def numbers(**mapping):
        file = tmp_path / "map.json"
        file.write_text(json.dumps({**home, **mapping}))
        _, rows = import_leads(baton, write(tmp_path, text), "--map", file,
                               source=f"fair {len(mapping)}")
        return [acme.lead(row["lead"])["phone"] for row in rows]

    abroad = numbers(phones="international")
    assert abroad == ["+6591234567", "+821012345678", "+12055550123",
                      "+4930123456", abroad[4], "12"]
    assert numbers()[0] == "+16591234567"


def test_a_korean_file_of_windows_is_read(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana"])
    text = "성,이름,휴대폰,회사명\r\n김,민지,010-2345-6789,한빛 주식회사\r\n"

    summary, rows = import_leads(
        baton, write(tmp_path, text, encoding="cp949"))

    lead = acme.lead(rows[0]["lead"])
    assert (lead["name"], lead["company"]) == ("김민지", "한빛 주식회사")
    assert lead["phone"] == "+821023456789"
    assert summary["encoding"] == "CP949"


# Trying, and not routing


def test_a_dry_run_leaves_nothing(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    known = acme.send_lead(name="Minji", email="minji@example.test")
    file = write(tmp_path, SMALL + "Ana L,ana@example.test,,,\n")
    ledger = acme.client.get("/api/v1/ledger").expect(200).json

    summary, rows = import_leads(baton, file, "--dry-run")

    assert [row["status"] for row in rows] == [
        "joined", "new", "new", "new", "joined"]
    assert rows[0]["lead"] == known["id"]
    assert summary["dry_run"] is True
    assert total(acme.client) == 1
    assert acme.client.get("/api/v1/ledger").json == ledger
    sources = acme.client.get("/api/v1/sources").expect(200).json
    assert "fair" not in json.dumps(sources)


def test_a_dry_run_says_what_the_import_then_does(baton, tmp_path):
    baton.workspace("Acme", people=["ana", "bo"])
    file = write(tmp_path, SMALL)

    _, tried = import_leads(baton, file, "--dry-run")
    _, done = import_leads(baton, file)

    shown = ["row", "line", "status", "owner", "rule", "why", "notes"]
    assert ([[row[name] for name in shown] for row in tried]
            == [[row[name] for name in shown] for row in done])


def test_leads_that_are_not_routed_wait_for_a_person(baton, tmp_path):
    acme = baton.workspace("Acme", people=["ana", "bo"])

    summary, rows = import_leads(baton, write(tmp_path, SMALL), "--no-route")

    assert summary["rules"] == [{"rule": "(not routed)", "leads": 4}]
    lead = acme.lead(rows[0]["lead"])
    assert lead["owner"]["kind"] == "queue"
    acme.add_person("cho")     # the queue is looked at again
    baton.clock.advance("1d")
    assert acme.lead(lead["id"])["owner"] == lead["owner"]


# Refusals


@pytest.mark.parametrize("mapping, says", [
    ({"columns": {"Nmae": "name"}}, 'no column "Nmae"'),
    ({"columns": {"Name": "naem"}}, '"naem" is no field'),
    ({"columns": {}, "colums": {}}, "colums"),
    ({"set": {"external_id": "1"}}, "external_id"),
])
def test_a_mapping_that_cannot_be_right_is_refused(baton, tmp_path, mapping,
                                                   says):
    acme = baton.workspace("Acme", people=["ana"])
    map_file = tmp_path / "map.json"
    map_file.write_text(json.dumps(mapping))

    done = baton.cli_result("import", "leads", write(tmp_path, SMALL),
                            "--workspace", "acme", "--source", "fair",
                            "--map", map_file)

    assert done.returncode == 1 and says in done.stderr
    assert total(acme.client) == 0


@pytest.mark.parametrize("content, says", [
    (b"", "empty"),
    (b"PK\x03\x04rest", "save the sheet as CSV"),
    (b"\x1f\x8b\x08rest", "gunzip"),
])
def test_a_file_that_is_no_table_is_refused(baton, tmp_path, content, says):
    baton.workspace("Acme", people=["ana"])
    file = tmp_path / "leads.csv"
    file.write_bytes(content)

    done = baton.cli_result("import", "leads", file, "--workspace", "acme",
                            "--source", "fair")

    assert done.returncode == 1 and says in done.stderr


def test_an_unknown_workspace_is_refused_by_name(baton, tmp_path):
    done = baton.cli_result("import", "leads", write(tmp_path, SMALL),
                            "--workspace", "nowhere", "--source", "fair")

    assert done.returncode == 1 and '"nowhere"' in done.stderr


# Ends that come early


def test_an_import_that_is_killed_goes_on_when_it_is_run_again(baton,
                                                               tmp_path):
    acme = baton.workspace("Acme", people=["ana", "bo", "cho"])
    file = write(tmp_path, "Name,Email\n" + "".join(
        f"P{i},p{i}@example.test\n" for i in range(6000)))
    pipe = tmp_path / "results"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [binary(), "import", "leads", file, "--workspace", "acme", "--source",
         "fair", "--results", pipe],
        env={**os.environ, "BATON_DATABASE": baton.database},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(pipe, encoding="utf-8") as lines:
        for _ in range(1500):
            assert lines.readline()
        process.send_signal(signal.SIGKILL)
    process.wait(timeout=180)

    summary, rows = import_leads(baton, file)

    assert summary["repeated"] >= 1000
    assert summary["repeated"] + summary["new"] == 6000
    assert len(leads_of(acme.client)) == 6000
    owners = Counter(row["owner"] for row in rows)
    assert max(owners.values()) - min(owners.values()) <= 1


# Real files


class RealFile:
    def __init__(self, name, file, id_column, people_at):
        self.name = name
        self.file = DATA / file
        self.id_column = id_column
        self.people_at = people_at

    @property
    def map(self):
        return json.loads((SAMPLES / f"{self.name}-map.json").read_text())

    @property
    def rules(self):
        return json.loads((SAMPLES / f"{self.name}-rules.json").read_text())

    def rows(self):
        with gzip.open(self.file, "rt", encoding="utf-8", newline="") as text:
            return list(csv.DictReader(text))

    def unpacked(self, folder):
        file = folder / f"{self.name}.csv"
        file.write_bytes(gzip.decompress(self.file.read_bytes()))
        return file

    def people(self):
        return sorted({rep for pool in self.rules["pools"]
                       for rep in members_of(pool)}
                      | {rule["give_to"]["rep"] for rule in self.rules["rules"]
                         if "rep" in rule["give_to"]})


def members_of(pool):
    return {member["rep"]: member.get("weight", 1)
            for member in pool["members"]}


REAL = [
    RealFile("zoho", "zoho-crm-sample/Leads.csv.gz", "LEADID",
             "finepick.test"),
    RealFile("xeducation", "xeducation/Leads.csv.gz", "Prospect ID",
             "xeducation.test"),
]


def first_match(rules, lead):
    """The rules of the two samples, decided once more in plain words."""
    def holds(when):
        if "all" in when:
            return all(map(holds, when["all"]))
        if "any" in when:
            return any(map(holds, when["any"]))
        have = (lead.get(when["field"]) or "").casefold()
        value = when.get("value")
        return {
            "is": lambda: have == value.casefold(),
            "is_not": lambda: have != value.casefold(),
            "is_any_of": lambda: have in [v.casefold() for v in value],
            "is_known": lambda: have != "",
            "contains": lambda: value.casefold() in have,
        }[when["op"]]()
    for rule in rules["rules"]:
        if holds(rule["when"]):
            return rule["id"]
    return "otherwise"


@pytest.mark.parametrize("real", REAL, ids=[real.name for real in REAL])
def test_a_real_file_is_imported_whole(baton, tmp_path, real):
    if not real.file.exists():
        pytest.skip(f"{real.file.name} of {real.name} is not at hand: "
                    "neither BATON_TEST_DATA nor ../shared/data has it")
    given = real.rows()
    acme = baton.workspace("Acme", people=[f"{who} rep"
                                           for who in real.people()])
    acme.publish_rules(real.rules)

    summary, rows = import_leads(baton, real.unpacked(tmp_path), "--map",
                                 SAMPLES / f"{real.name}-map.json")

    # Every row has a result: a new lead of its own.
    assert summary["rows"] == summary["new"] == len(rows) == len(given)
    assert len({row["lead"] for row in rows}) == len(rows)
    leads = {lead["id"]: lead for lead in leads_of(acme.client)}
    assert len(leads) == len(rows)

    for row, result in zip(given, rows, strict=True):
        lead = leads[result["lead"]]
        assert lead["owner"]["kind"] == "rep"
        assert lead["owner"]["name"] == result["owner"]
        assert_facts_kept(real, row, lead)
        assert result["rule"] == first_match(real.rules, lead)
    assert_fair(real, summary, rows)


def assert_facts_kept(real, row, lead):
    """What no stage may reshape is there to the letter."""
    mapping = real.map
    empty = {"", *mapping.get("empty", [])}
    assert lead["external_id"] == row[real.id_column]
    for column, field in mapping["columns"].items():
        value = row[column].strip()
        if value in empty:
            continue
        if field.startswith("custom."):
            assert lead["custom"][field[7:]] == value
        elif field in ("source", "industry", "company", "product", "segment",
                       "medium", "city", "name"):
            assert " ".join(value.split()) == lead[field]
        else:
            assert lead[field]


def assert_fair(real, summary, rows):
    """Within a pool nobody is more than one turn ahead of his share."""
    got = Counter(row["owner"] for row in rows)
    assert sum(owner["leads"] for owner in summary["owners"]) == len(rows)
    for pool in real.rules["pools"]:
        weights = members_of(pool)
        leads = sum(got[rep.partition("@")[0]] for rep in weights)
        for rep, weight in weights.items():
            share = leads * weight / sum(weights.values())
            assert abs(got[rep.partition("@")[0]] - share) <= 1
