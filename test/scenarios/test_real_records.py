"""What other programs hold, brought over with the numbers it had there: people
and their teams, companies and who belongs to whom, deals, merges, forms,
fields. Each figure is worked out here again from the file."""

import csv
import json
from collections import Counter
from datetime import datetime, timedelta

import pytest
from support.real import real, rows_of, table_of
from support.story import Company, moment
from test_import import leads_of
from test_import_api import results, run, total

ACCOUNTS, FIELDS = "/api/v1/accounts", "/api/v1/fields"
TASKS, TEAMS = "/api/v1/tasks", "/api/v1/teams"


@pytest.fixture
def acme(town):
    return Company(town)


def person(acme, name, **more):
    """With an address made from the name, and nothing held back."""
    email = name.lower().replace(" ", ".") + "@acme.test"
    return acme.client.post("/api/v1/people", {
        "name": name, "email": email, "role": "rep", **more
    }).expect(201).json


def fixed_by(acme, field, people):
    """Whoever is named in a field gets the lead."""
    acme.publish_rules({"rules": [
        {"id": f"r{i}", "name": who["name"],
         "when": {"field": field, "op": "is", "value": who["name"]},
         "give_to": {"rep": who["email"]}}
        for i, who in enumerate(people)], "otherwise": {"queue": "inbox"}})


def found(acme, *terms):
    """All leads for which every term holds."""
    condition = {"all": [dict(zip(("field", "op", "value"), term, strict=True))
                         for term in terms]}
    leads, cursor = [], None
    while True:
        query = {"filter": json.dumps(condition), "limit": 200}
        page = acme.client.get("/api/v1/leads", query={
            **query, **({"cursor": cursor} if cursor else {})}).expect(200)
        leads += page.json["items"]
        cursor = page.json["next_cursor"]
        if not cursor:
            return leads


def own_fields(acme, *names):
    for name in names:
        acme.client.post(FIELDS, {"name": name, "type": "text"}).expect(201)


def statuses(done):
    return {name: done["summary"][name]
            for name in ("new", "joined", "repeated", "refused")}


def stages_of(acme, meanings):
    acme.client.put("/api/v1/stages", {"items": [
        {"name": name, "meaning": meaning}
        for name, meaning in meanings.items()],
        "moved": {"open": next(iter(meanings))}}).expect(200)
    acme.settle()


# Zoho: leads, contacts, companies, campaigns, tasks

ZOHO_MAP = {
    "columns": {"Last Name": "name", "Mobile": "phone",
                "Lead Owner": "custom.lead_owner",
                "Lead Status": "custom.status"},
    "external_id": "LEADID", "ignore": ["month_Created Time1"],
    "defaults": {"country": "US"}}


def zoho_people(acme):
    return [person(acme, row["Last Name"])
            for row in rows_of("zoho-crm-sample", "Users.csv")]


def zoho_leads(acme, columns=(), **more):
    mapping = {**ZOHO_MAP, "columns": {**ZOHO_MAP["columns"], **dict(columns)}}
    return run(acme, real("zoho-crm-sample", "Leads.csv.gz"), source="leads",
               mapping=mapping, **more)


def test_owners_by_name_get_what_they_had(acme):
    given = rows_of("zoho-crm-sample", "Leads.csv.gz")
    own_fields(acme, "lead_owner")
    fixed_by(acme, "custom.lead_owner", zoho_people(acme))
    done = zoho_leads(acme)
    assert statuses(done) == {"new": len(given), "joined": 0, "repeated": 0,
                              "refused": 0}
    owners = Counter(lead["owner"]["name"] for lead in leads_of(acme.client))
    assert owners == Counter(row["Lead Owner"] for row in given)
    assert owners["Jasmine Frank"] == 286


def test_contacts_who_are_leads_join_them_and_overwrite_nothing(acme):
    leads = rows_of("zoho-crm-sample", "Leads.csv.gz")
    contacts = rows_of("zoho-crm-sample", "Contacts.csv.gz")
    known = {row["Email"].lower(): row for row in leads}
    both = [row for row in contacts if row["Email"].lower() in known]
    zoho_leads(acme, route=False)

    done = run(acme, real("zoho-crm-sample", "Contacts.csv.gz"),
               source="contacts", route=False, mapping={
                   "columns": {"Last Name": "name", "Mobile": "phone"},
                   "external_id": "CONTACTID",
                   "defaults": {"country": "US"}})

    assert statuses(done) == {
        "new": len(contacts) - len(both), "joined": len(both),
        "repeated": 0, "refused": 0}
    assert len(both) == 600
    assert len(leads_of(acme.client)) == len(leads) + 285
    rows = results(acme, done)
    for row, contact in list(zip(rows, contacts, strict=True))[::40]:
        there = known.get(contact["Email"].lower())
        assert row["status"] == ("joined" if there else "new")
        lead = acme.lead(row["lead"])
        if there:
            assert lead["company"] == there["Company"]
            assert lead["name"] == there["Last Name"]
            assert lead["external_id"] == there["LEADID"]
        else:
            assert lead["name"] == contact["Last Name"]
            assert lead["source"] == contact["Lead Source"]
        assert lead["phone"] == "+1" + contact["Mobile"].replace("-", "")


def test_leads_belong_to_the_companies_that_are_there(acme):
    """By name: the addresses are of mail services that anybody may use, and
    the sites were drawn by lot."""
    leads = rows_of("zoho-crm-sample", "Leads.csv.gz")
    companies = {}
    for row in rows_of("zoho-crm-sample", "Accounts.csv.gz"):
        companies.setdefault(row["Account Name"], row)
    wanted = Counter(row["Company"] for row in leads
                     if row["Company"] in companies)
    names = [name for name, _ in wanted.most_common(60)]
    ids = {name: acme.client.post(ACCOUNTS, {
        "name": name, "industry": companies[name]["Industry"]
    }).expect(201).json["id"] for name in names}

    zoho_leads(acme, {"Website": None}, route=False)

    held = Counter(lead["account"]["id"] for lead in leads_of(acme.client)
                   if lead.get("account"))
    assert {name: held[ids[name]] for name in names} == {
        name: wanted[name] for name in names}


def test_each_campaign_has_the_leads_that_it_had(acme):
    rows = rows_of("zoho-crm-sample", "Campaign_Lead_Status.csv.gz")
    given = rows[:1200]
    own_fields(acme, "status")
    done = run(acme, table_of(given), source="campaigns", route=False, mapping={
        "columns": {"Campaign Name": "campaign",
                    "Lead First Name": "first_name",
                    "Lead Last Name": "last_name", "Status": "custom.status"}})
    assert done["summary"]["new"] == len(given)
    counted = Counter(row["Campaign Name"] for row in given)
    for name, count in counted.most_common(5):
        assert len(found(acme, ("campaign", "is", name))) == count
    lost = [row for row in given if row["Status"] == "Opted Out"]
    assert len(found(acme, ("custom.status", "is", "opted out"))) == len(lost)


def amount(text):
    """$1,117.10K in dollars."""
    digits = text.strip("$K").replace(",", "")
    return round(float(digits) * 1000, 2)


def test_amounts_in_thousands_are_what_they_stand_for(acme):
    given = rows_of("zoho-crm-sample", "Campaigns.csv")
    done = run(acme, real("zoho-crm-sample", "Campaigns.csv"),
               source="campaigns", route=False, mapping={
                   "external_id": "CAMPAIGNID",
                   "columns": {"Campaign Name": "campaign",
                               "Expected Revenue": "deal_value"}})
    assert done["summary"]["new"] == len(given) == 110
    for row, seen in zip(given, results(acme, done), strict=True):
        lead = acme.lead(seen["lead"])
        assert (lead["campaign"], lead["currency"]) == (
            row["Campaign Name"].strip(), "USD")
        assert lead["deal_value"] == amount(row["Expected Revenue"]), row


def due_of(row):
    return datetime.strptime(row["Due Date"], "%d %b, %Y %H:%M:%S")


def test_tasks_keep_whose_they_are_their_time_and_whether_they_are_done(acme):
    """Those that are open, and as many that are done. Their years are moved,
    so that some are late and some are not."""
    rows = rows_of("zoho-crm-sample", "Tasks.csv.gz")
    unfinished = [row for row in rows if row["Status"] != "Completed"]
    given = unfinished + [row for row in rows
                          if row["Status"] == "Completed"][:60]
    people = {who["name"]: who for who in zoho_people(acme)}
    lead = acme.send_lead(name="Kim")
    for row in given:
        local = due_of(row).replace(year=2026)
        task = acme.client.post(TASKS, {
            "lead": lead["id"], "kind": "call", "title": row["Subject"],
            "assignee": people[row["Task Owner"]]["email"],
            "due_local": local.isoformat(timespec="minutes"),
            "time_zone": "America/Los_Angeles"}).expect(201).json
        assert moment(task["due_at"]) - local.replace(
            tzinfo=moment(task["due_at"]).tzinfo) in (
                timedelta(hours=7), timedelta(hours=8))
        if row["Status"] == "Completed":
            acme.client.post(f"{TASKS}/{task['id']}/done", {}).expect(200)

    def seen(**query):
        return acme.client.get(TASKS, query={"limit": 200, **query}).expect(
            200).json["items"]

    assert len(seen(state="open")) == len(unfinished) == 18
    assert len(seen(state="done")) == 60
    left = Counter(task["assignee"]["name"] for task in seen(state="open"))
    assert left == Counter(row["Task Owner"] for row in unfinished)
    due = [task["due_at"] for task in seen(state="open")]
    assert due == sorted(due)


# A seller of hardware: people, teams, offices, deals

def maven_people(acme):
    """The people, by name, in a team for each manager."""
    given = rows_of("maven-crm", "sales_teams.csv")
    people = {row["sales_agent"]: person(acme, row["sales_agent"])
              for row in given}
    for name in dict.fromkeys(row["manager"] for row in given):
        manager = person(acme, name, role="manager")
        acme.client.post(TEAMS, {
            "name": name, "manager": manager["email"],
            "members": [people[row["sales_agent"]]["email"] for row in given
                        if row["manager"] == name]}).expect(201)
    return people


def test_people_teams_and_managers_are_as_they_were(acme):
    given = rows_of("maven-crm", "sales_teams.csv")
    maven_people(acme)
    teams = acme.client.get(TEAMS).expect(200).json["items"]
    assert {team["name"]: Counter(who["name"] for who in team["members"])
            for team in teams} == {
        name: Counter(row["sales_agent"] for row in given
                      if row["manager"] == name)
        for name in {row["manager"] for row in given}}
    assert len(acme.client.get("/api/v1/people").json["items"]) == 41
    assert {team["manager"]["name"] for team in teams} == {
        row["manager"] for row in given}


DEALS = {"external_id": "opportunity_id",
         "columns": {"close_value": "deal_value", "account": "company"},
         "defaults": {"currency": "USD"}}
MEANINGS = {"Prospecting": "open", "Engaging": "open", "Won": "won",
            "Lost": "lost", "Asleep": "inactive"}


def test_deals_are_with_their_people_in_their_stage_at_their_value(acme):
    given = rows_of("maven-crm", "sales_pipeline.csv.gz")[::20]
    people = maven_people(acme)
    own_fields(acme, "sales_agent")
    stages_of(acme, {name.lower(): what for name, what in MEANINGS.items()})
    fixed_by(acme, "custom.sales_agent", list(people.values()))
    done = run(acme, table_of(given), source="deals", mapping=DEALS)
    assert done["summary"]["new"] == len(given) == 308
    for row, seen in zip(given, results(acme, done), strict=True):
        acme.client.patch(f"/api/v1/leads/{seen['lead']}", {
            "stage": row["deal_stage"].lower()}).expect(200)

    def worth(rows, value, *keys):
        sums = Counter()
        for row in rows:
            sums[tuple(key(row) for key in keys)] += value(row)
        return sums

    leads = leads_of(acme.client)
    assert worth(leads, lambda lead: lead.get("deal_value", 0),
                 lambda lead: lead["owner"]["name"],
                 lambda lead: lead["stage"]) == worth(
        given, lambda row: float(row["close_value"] or 0),
        lambda row: row["sales_agent"], lambda row: row["deal_stage"].lower())
    figures = acme.client.get("/api/v1/insights/stages").expect(200).json
    assert {stage["stage"]: stage["now"]
            for stage in figures["total"]["stages"] if stage["now"]} == \
        Counter(row["deal_stage"].lower() for row in given)


def test_a_product_that_is_spelled_otherwise_is_kept_and_noted(acme):
    given = rows_of("maven-crm", "sales_pipeline.csv.gz")[:400]
    products = [row["product"] for row in rows_of("maven-crm", "products.csv")]
    acme.client.patch(FIELDS + "/product", {
        "options": [{"value": name} for name in products]}).expect(200)
    done = run(acme, table_of(given), source="deals", route=False,
               mapping=DEALS)
    unknown = [row for row in given if row["product"] not in products]
    noted = [row for row, seen in zip(given, results(acme, done), strict=True)
             if "unknown_option" in json.dumps(
                 acme.of({"id": seen["lead"]}, "timeline"))]
    assert noted == unknown and len(unknown) > 0
    assert {row["product"] for row in unknown} == {"GTXPro"}
    counted = Counter(lead["product"] for lead in leads_of(acme.client))
    assert counted == Counter(row["product"] for row in given)


# HubSpot: fields, companies, people, merges, forms

TYPES = {"date": "date", "datetime": "time"}


def test_companies_keep_what_is_known_of_them(acme):
    given = rows_of("hubspot-seeds", "company_data.csv")
    for row in given:
        acme.client.post(ACCOUNTS, {
            "name": row["property_name"], "country": row["property_country"],
            "industry": row["property_industry"]}).expect(201)
    there = acme.client.get(ACCOUNTS, query={"limit": 200}).expect(200).json
    assert {(one["name"], one["industry"], one["country"])
            for one in there["items"]} == {
        (row["property_name"], row["property_industry"],
         {"United States": "US", "United Kingdom": "GB"}[
             row["property_country"]]) for row in given}


def test_companies_of_a_table_are_leads_with_columns_of_any_name(acme):
    given = rows_of("hubspot-seeds", "company_data.csv")
    done = run(acme, real("hubspot-seeds", "company_data.csv"),
               source="companies", route=False, mapping={
                   "external_id": "id",
                   "columns": {"property_name": "company",
                               "property_annualrevenue": "deal_value"},
                   "defaults": {"currency": "USD"}})
    assert done["summary"]["new"] == len(given) == 24
    rows = results(acme, done)
    for row, seen in zip(given, rows, strict=True):
        lead = acme.lead(seen["lead"])
        assert lead["country"] == {"United States": "US",
                                   "United Kingdom": "GB"}[
            row["property_country"]]
        assert lead.get("city", "") == row["property_city"]
        assert (lead["region"], lead["deal_value"]) == ("XX", 10000000)
        odd = row["property_hs_all-funky-a9384-syntax"]
        assert odd == "" or odd in lead["custom"].values()


def test_merged_contacts_are_one_lead_that_knows_them_all(acme):
    given = rows_of("hubspot-seeds", "contact_data.csv")
    done = run(acme, real("hubspot-seeds", "contact_data.csv"),
               source="contacts", route=False, mapping={"external_id": "id"})
    ids = {row["id"]: seen["lead"] for row, seen in zip(
        given, results(acme, done), strict=True)}
    audit = [(row["id"], part.split(":")[0]) for row in given
             for part in row["property_hs_calculated_merged_vids"].split(";")
             if part]
    assert len(audit) == 3
    for into, goes in audit:
        acme.client.post(f"/api/v1/leads/{ids[goes]}/merge",
                         {"into": ids[into]}).expect(200)
    assert total(acme) == len(given) - len(audit)
    stays = {"id": ids[audit[0][0]]}
    assert len(acme.of(stays, "submissions")) == 1 + len(audit)
    for _, goes in audit:
        assert acme.lead(ids[goes])["merged_into"] == stays["id"]
    again = run(acme, real("hubspot-seeds", "contact_data.csv"),
                source="contacts", route=False, mapping={"external_id": "id"})
    assert statuses(again) == {"new": 0, "joined": 0, "refused": 0,
                               "repeated": len(given)}
    assert total(acme) == len(given) - len(audit)


def test_merges_that_a_table_tells_of_are_made(acme):
    """Of people of whom nothing is known but their number."""
    audit = rows_of("hubspot-seeds", "contact_merge_audit_data.csv")
    made = {vid: acme.send_lead(external_id=vid)["id"] for row in audit
            for vid in (row["canonical_vid"], row["vid_to_merge"])}
    assert len(made) == 8
    for row in audit:
        acme.client.post(f"/api/v1/leads/{made[row['vid_to_merge']]}/merge", {
            "into": made[row["canonical_vid"]]}).expect(200)
    assert {lead["external_id"] for lead in leads_of(acme.client)} == {
        row["canonical_vid"] for row in audit}
    again = acme.send_lead(external_id=audit[0]["vid_to_merge"], name="Kim")
    assert again["id"] == made[audit[0]["canonical_vid"]]


def test_what_forms_took_is_counted_by_form_and_told_once(acme):
    forms = {row["guid"]: row["name"]
             for row in rows_of("hubspot-seeds", "form_data.csv")}
    given = rows_of("hubspot-seeds", "contact_form_submission_data.csv")
    for guid, name in forms.items():
        acme.client.post("/api/v1/forms", {
            "name": name, "source": name, "fields": [{"name": "email"}]
        }).expect(201)
    for times in ("first", "again"):
        for row in given:
            answer = acme.client.post("/api/v1/leads", {
                "external_id": row["contact_id"],
                "source": forms[row["form_id"]], "page": row["page_url"]},
                idempotency_key=row["conversion_id"])
            answer.expect(201 if times == "first" else 200, 201)
    leads = leads_of(acme.client)
    assert Counter(lead["source"] for lead in leads) == Counter(
        row["title"] for row in given)
    assert {lead["page"] for lead in leads} == {
        row["page_url"] for row in given}


def test_fields_of_ones_own_are_declared_and_used(acme):
    given = [row for row in rows_of("hubspot-seeds", "property_data.csv")
             if row["hubspot_object"] == "contact"]
    kinds = {row["name"]: TYPES[row["type"]] for row in given}
    for row in {row["name"]: row for row in given}.values():
        acme.client.post(FIELDS, {
            "name": row["name"], "type": kinds[row["name"]],
            "label": {"en": row["label"], "ko": row["label"]}}).expect(201)
    there = {field["name"]: field["type"] for field in
             acme.client.get(FIELDS).expect(200).json["items"]
             if field["name"].removeprefix("custom.") in kinds}
    assert len(there) == len(kinds) == 3
    lead = acme.send_lead(custom={"test_pro": "2023-05-03"})
    assert acme.lead(lead["id"])["custom"]["test_pro"] == "2023-05-03"


def test_options_with_values_out_of_letters_and_signs_are_found(acme):
    given = rows_of("hubspot-seeds", "property_option_data.csv")
    of_one = [row for row in given
              if row["property_id"] == given[0]["property_id"]]
    acme.client.post(FIELDS, {
        "name": "choice", "type": "option", "options": [
            {"value": row["value"],
             "label": {"en": row["label"], "ko": row["label"]}}
            for row in of_one]}).expect(201)
    for row in of_one:
        by_label = acme.send_lead(custom={"choice": row["label"]})
        assert acme.lead(by_label["id"])["custom"]["choice"] == row["value"]
        assert [lead["id"] for lead in found(
            acme, ("custom.choice", "is", row["value"]))] == [by_label["id"]]


def test_users_and_their_teams_are_brought_over(acme):
    users = {row["id"]: row for row in
             rows_of("hubspot-seeds", "users_data.csv")}
    teams = rows_of("hubspot-seeds", "team_data.csv")
    places = rows_of("hubspot-seeds", "team_user_data.csv")
    for user in users.values():
        acme.client.post("/api/v1/people", {
            "email": user["email"], "role": "rep",
            "name": f"{user['first_name']} {user['last_name']}"}).expect(201)
    for team in teams:
        acme.client.post(TEAMS, {"name": team["name"], "members": [
            users[place["user_id"]]["email"] for place in places
            if place["team_id"] == team["id"]]}).expect(201)
    there = acme.client.get(TEAMS).expect(200).json["items"]
    assert {team["name"]: [who["name"] for who in team["members"]]
            for team in there} == {"team_01": ["Jean-Luc Picard"],
                                   "team_02": ["Kathryn Janeway"],
                                   "team_03": []}


def test_an_owner_whose_address_is_none_is_refused_with_the_reason(acme):
    """All hashed: none of them can be written to."""
    owners = rows_of("hubspot-seeds", "owner_data.csv")
    for owner in owners[:10]:
        problem = acme.client.post("/api/v1/people", {
            "name": owner["owner_id"], "email": owner["email"],
            "role": "rep"}).expect(422).json
        assert [fault["pointer"] for fault in problem["errors"]] == ["/email"]
    assert acme.client.get("/api/v1/people").json["items"] == []


def test_members_of_lists_have_a_tag_for_each(acme):
    given = rows_of("hubspot-seeds", "contact_list_member_data.csv")
    done = run(acme, real("hubspot-seeds", "contact_list_member_data.csv"),
               source="lists", route=False, mapping={
                   "external_id": "contact_id",
                   "columns": {"contact_list_id": "tags"}})
    people = {row["contact_id"] for row in given}
    assert done["summary"]["refused"] == 0
    assert done["summary"]["new"] == len(people) == len(leads_of(acme.client))
    tags = acme.client.get("/api/v1/tags").expect(200).json["items"]
    assert {tag["name"]: tag["leads"] for tag in tags} == Counter(
        row["contact_list_id"] for row in given)


# Companies of the web, and whose they are

def test_people_belong_to_the_company_of_their_domain(acme):
    """Each company by its site, below the one that owns it."""
    entities = json.loads(real("company-domains", "entities.json"))
    sites = {}
    for entity in entities:
        host = entity.get("homepage", "").split("//")[-1].split("/")[0]
        domain = host.removeprefix("www.")
        owner = entity.get("company", entity["name"])
        anybodys = domain.startswith("yandex.")  # a mail service
        if domain.count(".") == 1 and owner != entity["name"] and not anybodys:
            sites.setdefault(domain, entity)
    parents = {name: acme.client.post(ACCOUNTS, {
        "name": name}).expect(201).json["id"]
        for name in {entity["company"] for entity in sites.values()}}
    made = {domain: acme.client.post(ACCOUNTS, {
        "name": entity["name"], "domain": domain,
        "parent": parents[entity["company"]]}).expect(201).json["id"]
        for domain, entity in sites.items()}
    assert len(made) == 33
    for domain, entity in sites.items():
        lead = acme.send_lead(email=f"kim@mail.{domain}", company="x")
        account = acme.lead(lead["id"])["account"]
        assert account["id"] == made[domain], domain
        seen = acme.client.get(f"{ACCOUNTS}/{account['id']}").json
        assert seen["name"] == entity["name"]
        assert seen["parent"]["id"] == parents[entity["company"]]


# A bank that calls people

def test_a_table_of_calls_is_counted_as_it_was(acme):
    """Semicolons, all texts in quotes, nobody has a name."""
    rows = real("bank-marketing", "bank-additional-full.csv.gz").decode()
    lines = rows.splitlines(keepends=True)[:2001]
    given = list(csv.DictReader(lines, delimiter=";"))
    own_fields(acme, "y", "contact")
    done = run(acme, "".join(lines).encode(), source="bank", route=False,
               mapping={"columns": {"job": "job_title", "campaign": None},
                        "empty": ["unknown"]})
    assert done["summary"]["delimiter"] == ";"
    assert statuses(done) == {"new": 2000, "joined": 0, "repeated": 0,
                              "refused": 0}
    leads = leads_of(acme.client)
    assert Counter(lead.get("job_title", "unknown") for lead in leads) == \
        Counter(row["job"] for row in given)
    assert Counter(lead["custom"]["contact"] for lead in leads) == \
        Counter(row["contact"] for row in given)
    assert Counter(int(lead["custom"]["age"]) for lead in leads) == \
        Counter(int(row["age"]) for row in given)
    assert len(found(acme, ("custom.y", "is", "yes"))) == sum(
        row["y"] == "yes" for row in given)


# A market place: leads that were qualified, and those that were won

def test_won_deals_join_the_leads_they_were(acme):
    leads = rows_of("olist", "olist_marketing_qualified_leads_dataset.csv.gz")
    deals = {row["mql_id"]: row for row in
             rows_of("olist", "olist_closed_deals_dataset.csv.gz")}
    given = leads[:1500]
    won = [deals[row["mql_id"]] for row in given if row["mql_id"] in deals]
    people = {name: person(acme, name)
              for name in sorted({row["sr_id"] for row in won})}
    run(acme, table_of(given), source="olist", route=False, mapping={
        "columns": {"mql_id": "external_id", "origin": "source",
                    "landing_page_id": "page"}})
    assert Counter(lead["source"] for lead in leads_of(acme.client)) == \
        Counter(row["origin"] or "olist" for row in given)

    done = run(acme, table_of(won), source="olist", mapping={
        "columns": {"mql_id": "external_id", "business_segment": "segment",
                    "declared_monthly_revenue": "deal_value",
                    "sr_id": "custom.sr"},
        "defaults": {"currency": "BRL"}})

    assert statuses(done) == {"new": 0, "joined": len(won), "repeated": 0,
                              "refused": 0}
    assert len(won) > 100 and len(leads_of(acme.client)) == len(given)
    assert Counter(lead["custom"]["sr"] for lead in leads_of(acme.client)
                   if "sr" in lead.get("custom", {})) == \
        Counter(row["sr_id"] for row in won)
    assert set(people) == {row["sr_id"] for row in won}
