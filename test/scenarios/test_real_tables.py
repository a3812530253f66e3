"""Tables as other programs really write them: each has a checked result."""

import csv
import io
import json
from pathlib import Path

import pytest
from support.real import DATA, real
from support.story import Company
from test_import_api import begin, hand_in, results, state

@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def names_of(folder):
    """The files of a folder, so that each is a test; none: one is skipped."""
    place = DATA / folder
    found = sorted(str(f.relative_to(place)) for f in place.rglob("*")
                   if f.is_file()) if place.exists() else []
    return found or ["nothing"]


def run(acme, table, **given):
    made = begin(acme, **given)
    hand_in(acme, made, table, {"Content-Type": "text/csv"}).expect(202)
    acme.settle()
    return state(acme, made)


def bodies(acme, made):
    """Each row as it was kept, in order."""
    return [json.loads(acme.client.get(
        f"/api/v1/leads/{row['lead']}/submissions").json["items"][0]["body"])
        for row in results(acme, made)]


def leads(acme, made):
    return [acme.lead(row["lead"]) for row in results(acme, made)]


# Headers

HEADERS = {
    "hubspot_contacts_native_export": {
        "Record ID": "external_id", "First Name": "first_name",
        "Last Name": "last_name", "Email": "email", "Phone Number": "phone",
        "Original Source": "source", "Job Title": "job_title",
        "Company Name": "company", "Country/Region": "country",
        "State/Region": "region", "Postal Code": "postal_code",
        "Contact owner": "custom.contact_owner"},
    "hubspot_companies_native_export": {
        "Record ID": "external_id", "Company name": "company",
        "Website URL": "website"},
    "pipedrive_deals_export": {
        "Deal - Value": "deal_value", "Deal - Currency of Value": "currency",
        "Person - Name": "name", "Person - Email": "email",
        "Person - Phone": "phone", "Organization - Name": "company",
        "Organization - Address": "address", "Deal - Label": "tags",
        "Deal - ID": "custom.deal_id"},
    "salesforce_lead_api_names": {
        "LastName": "last_name", "FirstName": "first_name", "Name": "name",
        "Title": "job_title", "Company": "company", "Street": "address",
        "City": "city", "State": "region", "PostalCode": "postal_code",
        "Country": "country", "Phone": "phone", "Email": "email",
        "Website": "website", "Description": "message",
        "LeadSource": "source", "Industry": "industry",
        "NumberOfEmployees": "employees", "Id": "custom.id"},
    "zoho_leads_export": {
        "Record Id": "external_id", "Company": "company",
        "First Name": "first_name", "Last Name": "last_name",
        "Title": "job_title", "Email": "email", "Phone": "phone",
        "Website": "website", "Lead Source": "source",
        "Industry": "industry", "No. of Employees": "employees",
        "Street": "address", "City": "city", "State": "region",
        "Zip Code": "postal_code", "Country": "country",
        "Description": "message", "Tag": "tags"},
    "meta_leads_center_csv": {
        "campaign_name": "campaign", "full_name": "name", "email": "email",
        "phone_number": "phone", "id": "custom.id"},
}


@pytest.mark.parametrize("vendor", HEADERS)
def test_the_columns_of_other_programs_need_no_mapping(acme, vendor):
    columns = json.loads(real("crm-export-headers", "headers.json"))[
        vendor]["columns"]
    table = io.StringIO()
    csv.writer(table).writerows([columns, [f"v{i}"
                                           for i in range(len(columns))]])

    seen = run(acme, table.getvalue().encode(), dry_run=True)["summary"]

    assert list(seen["columns"]) == columns
    assert HEADERS[vendor].items() <= seen["columns"].items()
    assert seen["new"] == 1


def test_dashes_stars_and_prefixes_of_columns_are_looked_over(acme):
    seen = run(acme, "Person – Name*,property_email,property_firstname\n"
               "a,b,c\n", dry_run=True)["summary"]
    assert list(seen["columns"].values()) == ["name", "email", "first_name"]


# Contents

@pytest.mark.parametrize("name", [n for n in names_of("csv/csv-spectrum")
                                  if not n.endswith(".json")])
def test_the_classic_cases_are_kept_to_the_letter(acme, name):
    table = real("csv", "csv-spectrum", name)
    expected = json.loads(real("csv", "csv-spectrum",
                               Path(name).with_suffix(".json").name))
    done = run(acme, table)
    assert done["state"] == "done"
    assert bodies(acme, done) == expected


@pytest.mark.parametrize("name", ["zoho_leads.pipe-all-quoted.csv",
                                  "zoho_leads.sep-line.csv",
                                  "zoho_leads.utf16le-bom-tab.txt"])
def test_one_table_in_several_dresses_is_one_table(acme, name):
    table = real("csv", "transcoded", name)
    plain = real("csv", "transcoded", "zoho_leads.pipe-all-quoted.csv")
    expected = list(csv.DictReader(
        io.StringIO(plain.decode("utf-8-sig")), delimiter="|"))

    done = run(acme, table)

    rows = results(acme, done)
    assert len(rows) == len(expected) == 200
    assert {row["status"] for row in rows} <= {"new", "joined"}
    assert bodies(acme, done)[:3] == expected[:3]


@pytest.mark.parametrize("name", [
    n for n in names_of("csv") if n.split("/")[0] not in (
        "LICENSES", "csv-spectrum", "README.md", "papaparse-cases.jsonl")
    and not n.endswith(".gz")])
def test_every_row_of_a_messy_table_has_a_result(acme, name):
    """None is lost: what cannot be a lead says why."""
    done = run(acme, real("csv", *name.split("/")))
    assert done["state"] in ("done", "stopped")
    if done["state"] == "stopped":
        assert done["reason"]
        return
    rows = results(acme, done)
    assert [int(row["row"]) for row in rows] == list(range(1, len(rows) + 1))
    assert done["rows_done"] == len(rows) == done["summary"]["rows"]
    for row in rows:
        assert (row["status"] == "refused") == (row["lead"] == "")
        assert row["status"] != "refused" or row["notes"]


DIALECTS = {
    "rust-csv/smallpop.csv": ",", "rust-csv/uspop.csv": ",",
    "rust-csv/smallpop-colon.csv": ":", "papaparse/sample.csv": ",",
    "commons-csv/CSV-198__optd_por_public.csv": "^",
    "commons-csv/CSV-213__999751170.patch.csv": ";",
    "opencsv/Sample.csv": ",", "opencsv/testinputcase11.csv": ";",
    "opencsv/testinputcase78null.csv": ";", "opencsv/testinputcase81.csv": ";",
    "opencsv/testinputcase82.csv": ";", "opencsv/testinputcase88.csv": ";",
    "csvtojson/dataDiffDelimiter.txt": ";", "csvtojson/columnArray.txt": ",",
    "csvtojson/trailingComma.txt": ",", "csvtojson/testData.txt": ",",
}
NAMELESS = ["rust-csv/smallpop-no-headers.csv", "opencsv/testinputcase51.csv",
            "opencsv/testinputcase55.csv", "opencsv/testinputopenrange.csv",
            "opencsv/testmultilinelimitebroke1.csv",
            "opencsv/testmultilinelimitebroke2.csv", "text-csv-xs/E2022.csv",
            "text-csv-xs/E2023.csv", "text-csv-xs/utf8.csv"]
FOUND_OUT = ",;\t|"


@pytest.mark.parametrize("name", DIALECTS)
def test_a_table_is_kept_as_another_reader_reads_it(acme, name):
    table = real("csv", *name.split("/"))
    delimiter = DIALECTS[name]
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig")),
                           delimiter=delimiter))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    mapping = {} if delimiter in FOUND_OUT else {"delimiter": delimiter}

    done = run(acme, table, source=name, route=False, mapping=mapping)

    assert done["state"] == "done", done["reason"]
    assert done["summary"]["delimiter"] == delimiter
    assert done["rows_done"] == len(rows) - 1
    seen = bodies(acme, done)
    for given, kept in zip(rows[1:], seen, strict=True):
        assert [cell for cell in kept.values() if cell.strip()] == [
            cell for cell in given if cell.strip()], name


@pytest.mark.parametrize("name", NAMELESS)
def test_a_table_without_names_says_what_it_lacks(acme, name):
    done = run(acme, real("csv", *name.split("/")))
    assert done["state"] == "stopped"
    assert "no names of columns" in done["reason"]
    assert acme.client.get("/api/v1/leads").json["total"] == 0


@pytest.mark.parametrize("wrong", ["", "::", "a", "7", '"', "\n", "é"])
def test_a_delimiter_is_one_sign(acme, wrong):
    made = acme.client.post("/api/v1/imports", {
        "source": "x", "mapping": {"delimiter": wrong}}).expect(422).json
    assert made["errors"][0]["pointer"] == "/mapping/delimiter"


def test_places_of_a_table_are_known_by_their_codes(acme):
    """Of three thousand cities all over the world."""
    table = real("csv", "rust-csv", "bench-worldcitiespop.csv.gz")
    lines = table.decode().splitlines(keepends=True)[:3001]
    rows = list(csv.DictReader(lines))
    codes = {entry["alpha_2"] for entry in json.loads(
        Path("/usr/share/iso-codes/json/iso_3166-1.json").read_text())[
            "3166-1"]}
    done = run(acme, "".join(lines).encode(), source="world", route=False,
               mapping={"columns": {"City": None, "AccentCity": "city"}})
    assert done["summary"]["new"] == len(rows)
    for given, lead in list(zip(rows, leads(acme, done), strict=False))[::20]:
        assert lead["city"] == given["AccentCity"].strip()
        code = given["Country"].upper()
        assert lead["country"] == (code if code in codes  # Zaire is no more
                                   else given["Country"])
        assert lead["custom"]["latitude"] == given["Latitude"]


def test_korean_tables_are_read_in_their_encoding(acme):
    done = run(acme, real("csv", "korean-public",
                          "seoul_crime_2015.cp949.csv"))
    again = run(acme, real("csv", "korean-public", "seoul_crime_gu.utf8.csv"),
                source="other")
    assert done["summary"]["encoding"] == "CP949"
    columns = list(done["summary"]["columns"])
    assert any("관서" in c or "구분" in c for c in columns), columns
    assert done["summary"]["replaced_bytes"] == 0
    assert done["rows_done"] == again["rows_done"] == 31


def test_contacts_of_hubspot_tables(acme):
    table = real("hubspot-seeds", "contact_data.csv")
    given = list(csv.DictReader(io.StringIO(table.decode())))

    done = run(acme, table)

    assert {k: v for k, v in done["summary"]["columns"].items()
            if not v.startswith("custom.")} == {
        "property_email": "email", "property_company": "company",
        "property_firstname": "first_name", "property_lastname": "last_name",
        "property_jobtitle": "job_title"}
    assert done["rows_done"] == len(given)
    for row, lead in zip(given, leads(acme, done), strict=True):
        assert lead["email"] == row["property_email"]
        assert lead.get("company", "") == row["property_company"]


def test_accounts_and_deals_of_a_seller(acme):
    accounts = real("maven-crm", "accounts.csv")
    given = list(csv.DictReader(io.StringIO(accounts.decode())))
    done = run(acme, accounts, source="accounts")
    assert done["summary"]["new"] == len(given) == 85
    for row, lead in zip(given, leads(acme, done), strict=True):
        assert lead["company"] == row["account"]
        assert lead["industry"] == row["sector"]
        assert lead["employees"] == int(row["employees"])

    deals = real("maven-crm", "sales_pipeline.csv.gz")
    given = list(csv.DictReader(io.StringIO(deals.decode())))
    mapping = {"external_id": "opportunity_id",
               "columns": {"close_value": "deal_value"},
               "defaults": {"currency": "USD"}}
    done = run(acme, deals, source="deals", mapping=mapping, route=False)
    assert done["summary"]["new"] == done["rows_done"] == len(given)
    again = run(acme, deals, source="deals", mapping=mapping)
    assert again["summary"]["repeated"] == len(given)
    one = acme.lead(results(acme, done, limit=1)[0]["lead"])
    assert one["external_id"] == given[0]["opportunity_id"]
    assert one["deal_value"] == float(given[0]["close_value"])
    assert one["product"] == given[0]["product"]
