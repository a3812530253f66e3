"""Nobody sees or changes what is not his: every endpoint, every role, and
records of others by every verb. What each may is written in roles_table.py; an
endpoint without a row there fails here by its name."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from roles_table import A_PERSON, ANYBODY, ROWS, SPAN, STEPS
from support.events import EventStream
from support.story import Company, now

ROLES = {"O": "owner", "A": "admin", "M": "manager", "R": "rep",
         "V": "viewer"}
UNKNOWN = "0000000000001"
MARK = "zq-not-yours"        # in the name of all that is somebody else's


@dataclass
class Row:
    method: str
    path: str
    who: str
    names: str = ""          # what a path parameter names; *: own for a rep
    body: dict | str | None = None    # a text: a table

    @property
    def kind(self):
        return self.names.rstrip("*")

    @property
    def label(self):
        return f"{self.method} {self.path}"

    def to(self, id):
        """The path, its parameters filled."""
        path = self.path.replace("{id}", id).replace("{name}", id)
        for name, value in (("{absence}", UNKNOWN), ("{block}", "created"),
                            ("{number}", "1"), ("{form}", UNKNOWN),
                            ("{source}", UNKNOWN), ("{token}", UNKNOWN),
                            ("{delivery}", UNKNOWN)):
            path = path.replace(name, value)
        assert "{" not in path, f"roles_table.py: fill {path}"
        return path

    def ask(self, client, id=UNKNOWN, **more):
        if isinstance(self.body, str):
            return client.request(self.method, self.to(id),
                                  body=self.body.encode(),
                                  headers={"Content-Type": "text/csv"}, **more)
        body = None if self.method in ("GET", "DELETE") else self.body or {}
        return client.request(self.method, self.to(id), body, **more)


TABLE = [Row(*row) for row in ROWS]


def make_records(company, mark):
    """One record of each kind, with the mark in its name; ids by kind."""
    client = company.client
    lead = company.send_lead(name=f"{mark} lead", email=f"{mark}@x.test",
                             company=f"{mark} Ltd", message=mark,
                             tags=[f"{mark}-tag"])

    def make(path, **body):
        made = client.post("/api/v1/" + path, body).expect(200, 201).json
        return made["id"]

    source = make("sources", name=f"{mark} web")
    field = mark.replace("-", "_") + "_field"
    client.post("/api/v1/fields", {"name": field, "type": "text"}).expect(201)
    erased = company.send_lead(name="erased", city="ana")
    erasure = client.post(f"/api/v1/leads/{erased['id']}/erase",
                          {"reason": "asked for"}).expect(200).json
    ids = {
        "erasure": erasure["id"],
        "field": field,
        "tag": f"{mark}-tag",
        "lead": lead["id"],
        "account": company.lead(lead["id"])["account"]["id"],
        "person": make("people", email=f"{mark}@acme.test", role="rep",
                       name=mark),
        "task": make("tasks", lead=lead["id"], kind="call",
                     title=f"{mark} task",
                     due_at=(now(company.baton)
                             + timedelta(hours=1)).isoformat()),
        "source": source,
        "form": make("forms", name=f"{mark} form", source=f"{mark} web"),
        "key": make("keys", role="viewer", name=f"{mark} key"),
        "webhook": make("webhooks", url=f"https://{mark}.test/"),
        "absence": make("absences", person=f"{mark}@acme.test", **SPAN),
        "skill": make("skills", name=f"{mark} skill"),
        "team": make("teams", name=f"{mark} team"),
        "holiday": make("holidays", name=f"{mark} days", days=[]),
        "calendar": make("calendars", name=f"{mark} calendar"),
        "pool": make("pools", id=f"{mark}-pool", members=[]),
        "sequence": make("sequences", name=f"{mark} sequence", steps=STEPS),
        "territory": make("territories", name=f"{mark} land",
                          places=[{"country": "JP"}]),
        "list": make("lists", name=f"{mark} list", items=["a"]),
        "template": make("templates", name=f"{mark} text", language="en",
                         channel="email", subject="x", body=mark),
        "import": make("imports", source=f"{mark} import"),
        "export": make("exports", what="leads", q=mark),
        "replay": make("routing/replays"),
        "decision": company.of(lead, "decisions")[0]["id"],
        "submission": company.of(lead, "submissions")[0]["id"],
        "revert": make("routing/versions/0/revert", note=mark, dry_run=True,
                       queue="inbox"),
        "job": UNKNOWN,      # jobs are made by the program alone
    }
    return ids


@pytest.fixture(scope="module")
def acme(town):
    company = Company(town, "ana", "bo")
    company.publish(rules=[{
        "id": "ana", "give_to": {"rep": "ana@acme.test"},
        "when": {"field": "city", "op": "is", "value": "ana"}}],
        pools=[{"id": "bo", "name": "Bo",
                "members": [{"rep": "bo@acme.test"}]}])
    company.client = company.client_as("owner")
    company.ana = company.sign_in("ana")
    company.hers = company.send_lead(name="Hers", city="ana")
    company.ids = make_records(company, "ours")
    company.clients = {letter: town.client.with_key(company.make_key(role))
                       for letter, role in ROLES.items() if letter != "O"}
    company.clients["O"] = company.client
    company.clients["S"] = town.client.with_key(
        company.make_key(source="ours web"))
    company.settle()
    return company


@pytest.fixture(scope="module")
def other(town):
    """Another workspace; what is in it bears the mark."""
    company = Company(town, "zoe")
    company.ids = make_records(company, MARK)
    company.settle()
    return company


def reading(client):
    """All that a caller can list: answers by label."""
    return {row.label: row.ask(client) for row in TABLE
            if row.method == "GET" and not row.names
            and row.path.startswith("/api/v1/") and "openapi" not in row.path}


# The table

def test_every_endpoint_has_a_row_that_says_who_may(town):
    paths = town.client.get("/api/v1/openapi.json").expect(200).json["paths"]
    served = {f"{method.upper()} {path}" for path, rows in paths.items()
              for method in rows
              if method in ("get", "post", "put", "patch", "delete")}
    written = [row.label for row in TABLE]
    assert sorted(served - set(written)) == [], "add them to roles_table.py"
    assert sorted(set(written) - served) == [], "gone: roles_table.py"
    assert len(written) == len(set(written))


def test_every_kind_of_record_is_made_by_the_test(acme):
    assert {row.kind for row in TABLE if row.names} <= set(acme.ids)


@pytest.mark.parametrize("letter", [*ROLES, "S"])
def test_a_role_may_ask_what_the_table_says_and_nothing_else(acme, letter):
    wrong = []
    for row in TABLE:
        if row.who == ANYBODY or row.label == "DELETE /api/v1/session":
            continue
        status = row.ask(acme.clients[letter]).status
        if (status == 403) == (letter in row.who) or status in (401, 500):
            wrong.append((row.label, status))
    assert wrong == []


WITHOUT_VERSION = {
    "PATCH /api/v1/tags/{name}", "DELETE /api/v1/tags/{name}",
    "PUT /api/v1/people/{id}/password", "DELETE /api/v1/keys/{id}",
    "DELETE /api/v1/sources/{id}/token", "DELETE /api/v1/exports/{id}",
    "DELETE /api/v1/leads/{id}/sequence",
    "PUT /api/v1/imports/{id}/file"}  # its version counts its progress


def test_a_change_for_another_version_is_not_made(acme):
    """Where there is none to compare with, that is said."""
    for row in TABLE:
        if row.method in ("PUT", "PATCH", "DELETE") and row.names:
            answer = row.ask(acme.client, acme.ids[row.kind], if_match="99")
            expected = (404, 409)
            if row.label in WITHOUT_VERSION:
                expected += (400,)
            assert answer.status in expected, (row.label, answer.text)


def test_a_condition_that_cannot_be_kept_is_not_passed_over(acme):
    for method, path, body in (
            ("POST", "leads", {"email": "kept@x.test"}),
            ("PATCH", "tags/ours-tag", {"name": "other"})):
        refused = acme.client.request(method, f"/api/v1/{path}", body,
                                      if_match="99").expect(400)
        assert "If-Match" in refused.json["detail"]
    assert acme.client.get("/api/v1/tags").json["items"][0]["name"] \
        == "ours-tag"
    assert acme.client.get("/api/v1/leads", query={
        "filter": '{"field":"email","op":"is","value":"kept@x.test"}'
    }).json["total"] == 0


def test_without_a_key_only_the_doors_open(acme):
    stranger = acme.baton.client.with_key("")
    for row in TABLE:
        status = row.ask(stranger).status
        assert (status == 401) == (row.who != ANYBODY) \
            or row.label == "POST /api/v1/session", (row.label, status)


# Other workspaces

def told(answer, id):
    """What is said of a record, without its id."""
    return answer.status, {key: str(value).replace(id, "-")
                           for key, value in (answer.json or {}).items()}


def test_what_is_another_workspaces_is_answered_like_what_is_not(acme,
                                                                 other):
    before = {label: answer.json
              for label, answer in reading(other.client).items()}
    wrong = []
    for row in TABLE:
        if not row.names:
            continue
        foreign = row.ask(acme.client, other.ids[row.kind])
        unknown = row.ask(acme.client)
        if foreign.status != 404 or told(foreign, other.ids[row.kind]) \
                != told(unknown, UNKNOWN):
            wrong.append((row.label, foreign.status, unknown.status,
                          foreign.text[:200]))
    assert wrong == []
    after = {label: answer.json
             for label, answer in reading(other.client).items()}
    for label, was in before.items():
        assert without_time(after[label]) == without_time(was), label


def without_time(answer):
    return {key: value for key, value in (answer or {}).items()
            if key != "as_of"}


def test_a_body_that_names_another_workspaces_record_finds_none(acme, other):
    lead, ids = acme.ids["lead"], other.ids
    soon = (now(acme.baton) + timedelta(hours=1)).isoformat()
    for method, path, body in (
            ("POST", "tasks", {"lead": ids["lead"], "kind": "call",
                               "title": "x", "due_at": soon}),
            ("POST", f"leads/{lead}/merge", {"into": ids["lead"]}),
            ("POST", f"leads/{lead}/owner", {"to": {"rep": ids["person"]}}),
            ("POST", f"leads/{lead}/sequence", {"sequence": ids["sequence"]}),
            ("POST", "routing/try", {"lead": {"id": ids["lead"]}}),
            ("POST", f"templates/{acme.ids['template']}/preview",
             {"lead": ids["lead"]}),
            ("PATCH", f"accounts/{acme.ids['account']}",
             {"parent": ids["account"]}),
            ("PATCH", f"people/{acme.people['bo'].id}",
             {"skills": [ids["skill"]]})):
        answer = acme.client.request(method, f"/api/v1/{path}", body)
        assert answer.status in (404, 422), (path, answer.status)
        assert MARK not in answer.text, path
    replayed = acme.client.post("/api/v1/submissions/replay",
                                {"ids": [ids["submission"]]})
    assert MARK not in replayed.text


def test_no_list_count_or_search_shows_another_workspaces(acme, other):
    acme.baton.clock.advance("1m")     # the index of texts follows
    for letter, client in acme.clients.items():
        for label, answer in reading(client).items():
            assert MARK not in answer.text, (letter, label)
            assert other.ids["field"] not in answer.text, (letter, label)
            assert other.ids["lead"] not in answer.text, (letter, label)
    for query in ({"q": MARK}, {"q": f"{MARK}@x.test"},
                  {"owner": other.ids["person"]},
                  {"filter": '{"field":"name","op":"contains","value":"%s"}'
                   % MARK}):
        page = acme.client.get("/api/v1/leads", query=query).expect(200)
        assert page.json["total"] == 0 and page.json["items"] == [], query
    found = other.client.get("/api/v1/leads", query={"q": MARK})
    assert found.json["total"] == 1    # the search does find


def test_no_event_of_another_workspace_is_told(acme, other):
    with EventStream(acme.client) as events:
        other.send_lead(name=MARK)
        other.edit({"id": other.ids["lead"]}, city="x")
        mine = acme.send_lead(name="mine")
        assert events.wait_for("lead.assigned").json["id"] == mine["id"]
        assert all(MARK not in event.data for event in events.events)


# Other people's leads

def test_a_rep_reaches_no_lead_of_somebody_else_by_any_verb(acme):
    before = acme.lead(acme.ids["lead"])
    assert before["owner"]["name"] == "bo"
    wrong = []
    for row in TABLE:
        if not row.names.endswith("*") or "R" not in row.who:
            continue
        foreign = row.ask(acme.ana, acme.ids[row.kind])
        unknown = row.ask(acme.ana)
        if foreign.status != 404 or told(foreign, acme.ids[row.kind]) \
                != told(unknown, UNKNOWN):
            wrong.append((row.label, foreign.status, foreign.text[:200]))
    assert wrong == []
    acme.ana.post(f"/api/v1/templates/{acme.ids['template']}/preview",
                  {"lead": acme.ids["lead"]}).expect(404)
    assert acme.lead(acme.ids["lead"]) == before


def test_a_rep_reaches_the_leads_of_his_team_and_no_others(town):
    """72: where reps see their teams, by every row of the table."""
    company = Company(town, "ana", "bo", "cy")
    leads = {}
    for name in ("bo", "cy"):
        leads[name] = company.send_lead(name=name, email=f"{name}@x.test")
        company.give(leads[name], name)
    company.client.post("/api/v1/teams", {"name": "North", "members": [
        "ana@acme.test", "bo@acme.test"]}).expect(201)
    company.client.patch("/api/v1/workspace",
                         {"reps_see": "team"}).expect(200)
    ana = company.sign_in("ana")
    wrong = []
    for row in TABLE:
        if row.names != "lead*" or "R" not in row.who:
            continue
        foreign = row.ask(ana, leads["cy"]["id"])
        if foreign.status != 404 or told(foreign, leads["cy"]["id"]) \
                != told(row.ask(ana), UNKNOWN):
            wrong.append((row.label, foreign.status))
        if row.method == "GET" \
                and row.ask(ana, leads["bo"]["id"]).status != 200:
            wrong.append((row.label, "his team's"))
    assert wrong == []
    for label, answer in reading(ana).items():
        assert leads["cy"]["id"] not in answer.text, label


def test_a_rep_reaches_what_is_his_own(acme):
    """The rows above refuse because it is not his, not because of him."""
    for row in TABLE:
        if row.kind == "lead" and row.method == "GET":
            row.ask(acme.ana, acme.hers["id"]).expect(200)
    for row in TABLE:
        if row.who == A_PERSON:
            assert row.ask(acme.ana).status in (200, 201, 204, 404), row.label
    acme.ana.patch(f"/api/v1/leads/{acme.hers['id']}",
                   {"next_step": "call"}).expect(200)


def test_no_list_or_figure_shows_a_rep_what_is_somebody_elses(acme):
    acme.send_lead(name=MARK, email="bos@x.test", message=MARK)
    acme.settle()
    for label, answer in reading(acme.ana).items():
        assert MARK not in answer.text, label
        assert acme.ids["lead"] not in answer.text, label
    for row in TABLE:      # what he may see may hold what he may not
        if row.method == "GET" and "R" in row.who and row.names \
                and not row.names.endswith("*"):
            answer = row.ask(acme.ana, acme.ids[row.kind]).expect(200)
            assert acme.ids["lead"] not in answer.text, row.label
            assert acme.ids["task"] not in answer.text, row.label
    created = acme.ana.get("/api/v1/insights/created",
                           query={"split": "rep"}).expect(200).json
    assert created["total"]["created"] == 1
    assert [item["name"] for item in created["items"]] == ["ana"]
