"""Teams: a name, a manager, and members who work together."""

import pytest
from support.story import Company

TEAMS = "/api/v1/teams"


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo", "cy")


def made(acme, **more):
    return acme.client.post(TEAMS, {
        "name": "North", "manager": "cy@acme.test",
        "members": ["ana@acme.test", acme.people["bo"].id],
        **more}).expect(201).json


def test_a_team_is_made_shown_and_changed(acme):
    team = made(acme)
    assert team["manager"]["name"] == "cy"
    assert [m["name"] for m in team["members"]] == ["ana", "bo"]
    path = f"{TEAMS}/{team['id']}"
    changed = acme.client.patch(path, {"manager": None, "members": [
        "bo@acme.test"]}, if_match=1).expect(200).json
    assert changed["manager"] is None and changed["version"] == 2
    assert [m["name"] for m in changed["members"]] == ["bo"]
    assert acme.client.get(TEAMS).expect(200).json["items"] == [changed]
    answer = acme.client.patch(path, {"name": "X"}, if_match=1).expect(409)
    assert answer.json["current"]["name"] == "North"
    acme.client.patch(path, {"name": "X", "version": 1}).expect(409)
    acme.client.delete(path).expect(204)
    acme.client.delete(path).expect(404)
    assert len(acme.client.get("/api/v1/people").json["items"]) == 3


def test_whoever_leaves_is_shown_as_gone(acme):
    made(acme)
    acme.change("ana", active=False)
    team = acme.client.get(TEAMS).json["items"][0]
    assert [m["active"] for m in team["members"]] == [False, True]


@pytest.mark.parametrize("body, pointer", [
    ({"name": " "}, "/name"), ({"name": "North"}, "/name"),
    ({"name": None}, "/name"), ({"manager": "x@acme.test"}, "/manager"),
    ({"members": ["ana@acme.test", "x@acme.test"]}, "/members/1"),
    ({"members": ["ana@acme.test"] * 2}, "/members/1"),
    ({"members": "ana@acme.test"}, "/members"), ({"colour": 1}, "/colour"),
])
def test_a_team_without_sense_is_pointed_at(acme, body, pointer):
    made(acme)
    answer = acme.client.post(TEAMS, {"name": "South", **body}).expect(422)
    assert answer.json["errors"][0]["pointer"] == pointer


def test_a_rep_sees_teams_and_changes_none(acme):
    team = made(acme)
    ana = acme.sign_in("ana")
    assert ana.get(TEAMS).expect(200).json["items"] == [team]
    ana.post(TEAMS, {"name": "Mine"}).expect(403)
    ana.patch(f"{TEAMS}/{team['id']}", {"name": "Mine"}).expect(403)
    ana.delete(f"{TEAMS}/{team['id']}").expect(403)
