"""People, their presence and their absences."""

import pytest

PASSWORD = "correct horse"


@pytest.fixture
def acme(baton):
    acme = baton.workspace("Acme", people=["ana", "bo", "olga owner"])
    acme.owner = baton.client.with_key(acme.make_key("owner"))
    return acme


def people(acme):
    items = acme.client.get("/api/v1/people").expect(200).json["items"]
    return {p["name"]: p for p in items}


def path_of(acme, name):
    return "/api/v1/people/" + people(acme)[name]["id"]


def signed_in(acme, name):
    """A client with the session of a person, not with a key."""
    acme.client.put(path_of(acme, name) + "/password",
                    {"password": PASSWORD}).expect(204)
    client = acme.baton.client.with_key(None)
    answer = client.post("/api/v1/session", {
        "email": people(acme)[name]["email"],
        "password": PASSWORD}).expect(200)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    plain = client.request

    def request(method, path, json=None, **more):
        more["headers"] = {"Cookie": cookie, "Origin": acme.baton.address}
        return plain(method, path, json, **more)

    client.request = request
    return client


def test_a_person_is_added_changed_and_shown(acme):
    made = acme.client.post("/api/v1/people", {
        "email": "Kim@Acme.test", "name": "Kim", "role": "rep",
        "hours": {"mon": ["09:00-18:00"]}, "open_leads_max": 3,
    }).expect(201).json
    assert made["email"] == "kim@acme.test"
    assert made["version"] == 1
    path = "/api/v1/people/" + made["id"]
    changed = acme.client.patch(path, {"hours": None, "takes_leads": False,
                                       "open_leads_max": None, "weight": 2})
    assert changed.expect(200).json == acme.client.get(path).json
    assert changed.json["hours"] is None
    assert changed.json["open_leads_max"] is None
    assert changed.json["receives_leads"] is False
    assert changed.json["version"] == 2


@pytest.mark.parametrize("field, value", [
    ("email", "nobody"), ("email", "bo@acme.test"), ("role", "boss"),
    ("time_zone", "Mars"), ("hours", {"mon": ["9"]}), ("weight", 0),
    ("weight", 101), ("presence", "asleep"), ("id", "0000000000001"),
    ("open_leads_max", -1), ("workspace_id", "0000000000001"),
])
def test_a_value_without_sense_is_pointed_at(acme, field, value):
    answer = acme.client.patch(path_of(acme, "ana"), {field: value})
    assert answer.expect(422).json["errors"][0]["pointer"].startswith(
        "/" + field)


def test_a_change_for_an_old_version_is_refused_and_shows_both(acme):
    path = path_of(acme, "ana")
    acme.client.patch(path, {"name": "Ana T."}, if_match=1).expect(200)
    answer = acme.client.patch(path, {"name": "Ana X."}, if_match=1)
    assert answer.expect(409).json["current"]["name"] == "Ana T."
    answer = acme.client.patch(path, {"name": "Ana X.", "version": 1})
    assert answer.expect(409).json["current"]["version"] == 2


# Who may

def test_a_rep_changes_the_own_presence_only(acme):
    ana = signed_in(acme, "ana")
    own, other = path_of(acme, "ana"), path_of(acme, "bo")
    away = ana.patch(own, {"presence": "away"}).expect(200).json
    assert away["presence"] == "away" and away["available_now"] is False
    ana.patch(other, {"presence": "away"}).expect(403)
    for change in ({"role": "admin"}, {"weight": 100}, {"name": "Queen"},
                   {"presence": "available", "open_leads_max": 0}):
        ana.patch(own, change).expect(403)
    ana.post("/api/v1/people", {"email": "x@acme.test",
                                "role": "rep"}).expect(403)


def test_a_manager_sets_presence_and_absences_but_no_roles(acme):
    manager = acme.client_as("manager")
    path = path_of(acme, "ana")
    manager.patch(path, {"presence": "away"}).expect(200)
    manager.post(path + "/absences", {
        "begin_at": "2026-11-20T00:00:00+09:00",
        "end_at": "2026-11-21T00:00:00+09:00"}).expect(201)
    manager.patch(path, {"role": "manager"}).expect(403)


def test_an_admin_gives_no_more_than_he_has(acme):
    admin = acme.client
    admin.post("/api/v1/people", {"email": "x@acme.test",
                                  "role": "owner"}).expect(403)
    admin.patch(path_of(acme, "ana"), {"role": "owner"}).expect(403)
    admin.patch(path_of(acme, "olga"), {"email": "me@acme.test"}).expect(403)
    admin.patch(path_of(acme, "olga"), {"active": False}).expect(403)
    admin.patch(path_of(acme, "ana"), {"role": "admin"}).expect(200)


def test_the_last_owner_stays(acme):
    path = path_of(acme, "olga")
    for change in ({"active": False}, {"role": "admin"}):
        answer = acme.owner.patch(path, change).expect(422)
        assert answer.json["errors"][0]["code"] == "last_owner"
    acme.owner.patch(path_of(acme, "bo"), {"role": "owner"}).expect(200)
    acme.owner.patch(path, {"active": False}).expect(200)


def test_whoever_leaves_is_signed_out_at_once(acme):
    ana = signed_in(acme, "ana")
    ana.get("/api/v1/session").expect(200)
    acme.client.patch(path_of(acme, "ana"), {"active": False}).expect(200)
    ana.get("/api/v1/session").expect(401)


def test_a_new_role_counts_from_the_next_request(acme):
    ana = signed_in(acme, "ana")
    ana.get("/api/v1/keys").expect(403)
    acme.client.patch(path_of(acme, "ana"), {"role": "admin"}).expect(200)
    ana.get("/api/v1/keys").expect(200)


# What routing makes of it

def test_nobody_who_is_away_or_absent_is_given_a_lead(acme):
    acme.client.patch(path_of(acme, "ana"), {"presence": "away"}).expect(200)
    names = {acme.send_lead(email=f"a{i}@x.test")["owner"]["name"]
             for i in range(4)}
    assert names == {"bo"}
    acme.client.patch(path_of(acme, "ana"),
                      {"presence": "available"}).expect(200)
    acme.client.post(path_of(acme, "bo") + "/absences", {
        "begin_at": "2026-11-15T00:00:00+09:00",
        "end_at": "2026-11-18T00:00:00+09:00",
        "reason": "ill"}).expect(201)
    assert people(acme)["bo"]["available_now"] is False
    names = {acme.send_lead(email=f"b{i}@x.test")["owner"]["name"]
             for i in range(4)}
    assert names == {"ana"}


def test_an_absence_is_taken_away_again(acme):
    path = path_of(acme, "bo") + "/absences"
    made = acme.client.post(path, {
        "begin_at": "2026-11-15T00:00:00+09:00",
        "end_at": "2026-11-18T00:00:00+09:00"}).expect(201).json
    other = path_of(acme, "ana") + "/absences/" + made["id"]
    acme.client.request("DELETE", other).expect(404)
    acme.client.request("DELETE", f"{path}/{made['id']}").expect(204)
    assert acme.client.get(path).json["items"] == []
    assert people(acme)["bo"]["available_now"] is True


def test_an_absence_ends_after_it_begins(acme):
    answer = acme.client.post(path_of(acme, "bo") + "/absences", {
        "begin_at": "2026-11-18T00:00:00+09:00",
        "end_at": "2026-11-18T00:00:00+09:00"})
    assert answer.expect(422).json["errors"][0]["pointer"] == "/end_at"


def test_why_somebody_is_absent_is_not_everybodys_to_read(acme):
    path = path_of(acme, "bo") + "/absences"
    acme.client.post(path, {
        "begin_at": "2026-11-15T00:00:00+09:00",
        "end_at": "2026-11-18T00:00:00+09:00",
        "reason": "ill"}).expect(201)
    bo, ana = signed_in(acme, "bo"), signed_in(acme, "ana")
    assert bo.get(path).expect(200).json["items"][0]["reason"] == "ill"
    assert ana.get(path).expect(200).json["items"][0]["reason"] is None
