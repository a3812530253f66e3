"""A rep sees the own leads and nothing of the others', whichever way he asks:
list, count, search, the lead, its history, and what is told live."""

import pytest
from support.events import EventStream
from support.story import Company

LEADS = "/api/v1/leads"


@pytest.fixture
def acme(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[{
        "id": name, "give_to": {"rep": f"{name}@acme.test"},
        "when": {"field": "city", "op": "is", "value": name}}
        for name in ("ana", "bo")])
    acme.hers = [acme.send_lead(name=f"Hers {i}", city="ana",
                                email=f"hers{i}@x.test") for i in range(2)]
    acme.his = [acme.send_lead(name=f"His {i}", city="bo",
                               email=f"his{i}@x.test") for i in range(3)]
    acme.waits = acme.send_lead(name="Waits")
    acme.settle()
    acme.ana = acme.sign_in("ana")
    return acme


def listed(client, **query):
    return client.get(LEADS, query=query).expect(200).json


def ids(leads):
    return {lead["id"] for lead in leads}


def test_lists_and_counts_hold_the_own_leads_only(acme):
    page = listed(acme.ana)
    assert ids(page["items"]) == ids(acme.hers)
    assert (page["total"], page["total_is_exact"]) == (2, True)
    assert ids(listed(acme.ana, sort="-score")["items"]) == ids(acme.hers)
    assert listed(acme.ana, owner="me")["total"] == 2
    assert listed(acme.client)["total"] == 6


def test_asking_for_somebody_elses_leads_finds_none(acme):
    acme.baton.clock.advance("1m")   # the index follows
    bo = acme.people["bo"].id
    queue = acme.waits["owner"]["id"]
    for query in ({"owner": bo}, {"owner": queue},
                  {"filter": '{"field":"owner","op":"is","value":"%s"}' % bo},
                  {"filter": '{"any":[{"field":"city","op":"is","value":'
                             '"bo"}]}'},
                  {"filter": '{"not":{"field":"city","op":"is","value":'
                             '"ana"}}'},
                  {"q": "His"}, {"q": "his1@x.test"}):
        page = listed(acme.ana, **query)
        assert page["items"] == [] and page["total"] == 0, query


def test_search_finds_the_own(acme):
    acme.baton.clock.advance("1m")   # the index follows
    assert ids(listed(acme.ana, q="Hers")["items"]) == ids(acme.hers)


def test_a_lead_of_somebody_else_does_not_exist_for_him(acme):
    for lead in (acme.his[0], acme.waits):
        path = f"{LEADS}/{lead['id']}"
        for below in ("", "/timeline", "/decisions", "/assignments",
                      "/submissions"):
            answer = acme.ana.get(path + below).expect(404)
            unknown = acme.ana.get(f"{LEADS}/0000000000001{below}")
            assert answer.json["title"] == unknown.json["title"]
        acme.ana.patch(path, {"city": "ana"}).expect(404)
        acme.ana.post(path + "/touches", {"kind": "call"}).expect(404)
        acme.ana.post(path + "/owner",
                      {"to": {"rep": "ana@acme.test"}}).expect(403, 404)
    assert acme.lead(acme.his[0]["id"])["version"] == 1


def test_the_own_lead_is_open_in_every_way(acme):
    path = f"{LEADS}/{acme.hers[0]['id']}"
    for below in ("", "/timeline", "/decisions", "/assignments",
                  "/submissions"):
        acme.ana.get(path + below).expect(200)
    acme.ana.patch(path, {"city": "Busan"}).expect(200)
    acme.ana.post(path + "/touches", {"kind": "call"}).expect(201)


def test_what_is_told_live_is_of_the_own_leads(acme):
    with EventStream(acme.ana) as events:
        acme.send_lead(name="His too", city="bo")
        acme.edit(acme.his[0], product="x")
        hers = acme.send_lead(name="Hers too", city="ana")
        assert events.wait_for().json["id"] == hers["id"]
        assert {e.json["id"] for e in events.events} == {hers["id"]}


def test_what_was_missed_is_of_the_own_leads_too(acme):
    with EventStream(acme.ana) as events:
        acme.send_lead(name="first", city="ana")
        seen = events.wait_for("lead.assigned")
    acme.send_lead(name="his", city="bo")
    hers = acme.send_lead(name="second", city="ana")
    with EventStream(acme.ana, last_event_id=seen.id) as events:
        assert events.wait_for().json["id"] == hers["id"]
        assert {e.json["id"] for e in events.events} == {hers["id"]}


def test_a_lead_that_is_given_away_is_gone_for_whoever_had_it(acme):
    lead = acme.hers[0]
    acme.give(lead, "bo")
    acme.ana.get(f"{LEADS}/{lead['id']}").expect(404)
    assert listed(acme.ana)["total"] == 1
    bo = acme.sign_in("bo")
    assert bo.get(f"{LEADS}/{lead['id']}/timeline").expect(200)
    bodies = bo.get(f"{LEADS}/{lead['id']}/submissions").expect(200)
    assert len(bodies.json["items"]) == 1     # 71: with its whole history


def test_whoever_loses_a_lead_is_told_so_live(acme):
    """A page that shows the lead must learn that it has gone."""
    with EventStream(acme.ana) as events:
        acme.give(acme.hers[0], "bo")
        told = events.wait_for("lead.assigned")
        assert told.json["id"] == acme.hers[0]["id"]
        acme.edit(acme.hers[0], product="x")     # not his any more
        hers = acme.send_lead(name="Hers too", city="ana")
        assert events.wait_for().json["id"] == hers["id"]


def test_whoever_loses_a_lead_while_offline_is_told_later(acme):
    with EventStream(acme.ana) as events:
        acme.send_lead(name="first", city="ana")
        seen = events.wait_for("lead.assigned")
    acme.give(acme.hers[0], "bo")
    with EventStream(acme.ana, last_event_id=seen.id) as events:
        told = events.wait_for("lead.assigned")
        assert told.json["id"] == acme.hers[0]["id"]


def test_a_trial_tells_a_rep_nothing(acme):
    acme.ana.post("/api/v1/routing/try",
                  {"lead": {"id": acme.his[0]["id"]}}).expect(403)
    for path in ("decisions", "ledger", "jobs", "webhooks", "keys",
                 "routing/draft", "routing/versions"):
        acme.ana.get(f"/api/v1/{path}").expect(403)


def test_a_rep_who_sends_a_known_address_learns_nothing_of_its_lead(acme):
    """Matching must not be a way to read other people's leads."""
    answer = acme.ana.post(LEADS, {"email": "his0@x.test"}).expect(200, 201)
    assert "His" not in answer.text and "his0" not in answer.text


def test_a_viewer_sees_everything_and_changes_nothing(acme):
    viewer = acme.client_as("viewer")
    assert listed(viewer)["total"] == 6
    path = f"{LEADS}/{acme.his[0]['id']}"
    viewer.get(path).expect(200)
    viewer.patch(path, {"city": "x"}).expect(403)
    viewer.post(LEADS, {"name": "x"}).expect(403)
    viewer.post(path + "/touches", {"kind": "call"}).expect(403)


def test_the_workspace_may_let_its_reps_see_all_leads(acme):
    his = f"{LEADS}/{acme.his[0]['id']}"

    def reps_see(what):
        saved = acme.client.patch("/api/v1/workspace", {"reps_see": what})
        assert saved.expect(200).json["reps_see"] == what

    assert acme.client.get("/api/v1/workspace").json["reps_see"] == "own"
    acme.ana.get(his).expect(404)
    reps_see("all")
    assert listed(acme.ana)["total"] == 6
    acme.ana.get(his).expect(200)
    acme.ana.post(his + "/touches", {"kind": "call"}).expect(201)
    created = acme.ana.get("/api/v1/insights/created").expect(200).json
    assert (created["leads"], created["total"]["created"]) == ("all", 6)
    for path in ("decisions", "ledger", "jobs", "keys"):
        acme.ana.get(f"/api/v1/{path}").expect(403)   # no more than leads
    acme.ana.post(his + "/owner",
                  {"to": {"rep": "ana@acme.test"}}).expect(403)
    acme.ana.patch("/api/v1/workspace", {"reps_see": "all"}).expect(403)
    reps_see("own")
    acme.ana.get(his).expect(404)
    assert listed(acme.ana)["total"] == 2
    acme.client.patch("/api/v1/workspace", {"reps_see": "some"}).expect(422)


# Teams

@pytest.fixture
def north(acme):
    """Ana and bo are North; cy works alone, and reps see their teams'."""
    acme.add("cy")
    acme.theirs = acme.send_lead(name="Theirs", email="theirs@x.test")
    acme.give(acme.theirs, "cy")
    acme.team = acme.client.post("/api/v1/teams", {
        "name": "North", "members": ["ana@acme.test", "bo@acme.test"],
    }).expect(201).json
    acme.client.patch("/api/v1/workspace", {"reps_see": "team"}).expect(200)
    acme.settle()
    return acme


def test_a_team_sees_its_leads_and_no_others_by_any_way(north):
    """72: view, change, count, search, tasks, figures, and what is told."""
    acme = north
    team = ids(acme.hers + acme.his)
    page = listed(acme.ana)
    assert (ids(page["items"]), page["total"]) == (team, 5)
    assert ids(listed(acme.ana, sort="-score", limit=3)["items"]) <= team
    bo, cy = acme.people["bo"].id, acme.people["cy"].id
    assert ids(listed(acme.ana, owner=bo)["items"]) == ids(acme.his)
    assert listed(acme.ana, owner="me")["total"] == 2
    assert listed(acme.ana, owner=cy)["total"] == 0
    acme.baton.clock.advance("1m")   # the index follows
    assert ids(listed(acme.ana, q="His")["items"]) == ids(acme.his)
    assert listed(acme.ana, q="Theirs")["total"] == 0
    his = f"{LEADS}/{acme.his[0]['id']}"
    acme.ana.get(his).expect(200)
    acme.ana.patch(his, {"next_step": "call"}).expect(200)
    acme.ana.get(f"{his}/timeline").expect(200)
    for hidden in (acme.theirs, acme.waits):
        acme.ana.get(f"{LEADS}/{hidden['id']}").expect(404)
    created = acme.ana.get("/api/v1/insights/created",
                           query={"split": "rep"}).expect(200).json
    assert created["leads"] == "team" and created["total"]["created"] == 5
    assert {item["name"] for item in created["items"]} == {"ana", "bo"}


def test_tasks_of_the_teams_leads_are_seen(north):
    acme = north
    for lead in (acme.his[0], acme.theirs):
        acme.client.post("/api/v1/tasks", {
            "lead": lead["id"], "kind": "call", "title": lead["id"],
            "due_at": "2030-01-01T00:00:00Z"}).expect(201)
    seen = acme.ana.get("/api/v1/tasks").expect(200).json["items"]
    assert [task["title"] for task in seen] == [acme.his[0]["id"]]
    assert acme.ana.get("/api/v1/today").expect(200)


def test_a_team_is_told_of_its_leads_and_of_no_others(north):
    acme = north
    with EventStream(acme.ana) as events:
        acme.client.patch(f"{LEADS}/{acme.theirs['id']}",
                          {"next_step": "x"}).expect(200)
        acme.client.patch(f"{LEADS}/{acme.his[0]['id']}",
                          {"next_step": "x"}).expect(200)
        told = events.wait_for("lead.changed")
        assert told.json["id"] == acme.his[0]["id"]


def test_who_joins_or_leaves_a_team_sees_other_leads_at_once(north):
    acme = north
    path = f"/api/v1/teams/{acme.team['id']}"
    assert listed(acme.ana)["total"] == 5
    acme.client.patch(path, {"members": ["ana@acme.test"],
                             "manager": "cy@acme.test"}).expect(200)
    assert ids(listed(acme.ana)["items"]) == ids([*acme.hers, acme.theirs])
    acme.client.delete(path).expect(204)
    assert ids(listed(acme.ana)["items"]) == ids(acme.hers)
    acme.client.patch("/api/v1/workspace", {"reps_see": "all"}).expect(200)
    assert listed(acme.ana)["total"] == 7
