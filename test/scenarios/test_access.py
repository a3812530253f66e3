"""Who gets in, and what each may do."""

import pytest

PASSWORD = "correct horse"


@pytest.fixture
def acme(baton):
    return baton.workspace("Acme", people=["ana", "bo"])


@pytest.fixture
def olga(acme):
    """The owner, who has a password."""
    acme.baton.cli("user", "add", "--workspace", "acme",
                   "--email", "olga@acme.test", "--role", "owner",
                   "--password-stdin", "--json", stdin=PASSWORD + "\n")
    return Browser(acme)


class Browser:
    """A page of the server itself, with its cookie."""

    def __init__(self, acme):
        self.client = acme.baton.client.with_key(None)
        self.origin = acme.baton.address
        self.cookie = None

    def request(self, method, path, json=None, **more):
        headers = {"Origin": self.origin, **more.pop("headers", {})}
        if self.cookie:
            headers["Cookie"] = self.cookie
        answer = self.client.request(method, path, json, headers=headers,
                                     **more)
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def sign_in(self, email="olga@acme.test", password=PASSWORD, **more):
        return self.request("POST", "/api/v1/session",
                            {"email": email, "password": password, **more})


def person(acme, name):
    people = acme.client.get("/api/v1/people").expect(200).json["items"]
    return next(p for p in people if p["name"] == name)


# Sessions

def test_whoever_signs_in_is_told_who_he_is(olga):
    answer = olga.sign_in().expect(200)
    cookie = answer.headers["set-cookie"]
    for part in ("baton_session=", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    me = olga.request("GET", "/api/v1/session").expect(200).json
    assert me["person"]["email"] == "olga@acme.test"
    assert me["role"] == "owner"
    assert "hand_over_workspace" in me["permissions"]
    assert me["workspace"]["slug"] == "acme"


def test_a_wrong_password_and_a_stranger_hear_the_same(olga):
    wrong = olga.sign_in(password="wrong horse").expect(401).json
    stranger = olga.sign_in(email="zoe@acme.test").expect(401).json
    assert wrong == stranger


def test_guessing_is_slowed_down(olga):
    for _ in range(6):
        olga.sign_in(password="wrong horse").expect(401)
    answer = olga.sign_in().expect(429)
    assert int(answer.headers["retry-after"]) >= 1


def test_after_signing_out_the_cookie_opens_nothing(olga):
    olga.sign_in().expect(200)
    kept = olga.cookie
    olga.request("DELETE", "/api/v1/session").expect(204)
    olga.cookie = kept
    olga.request("GET", "/api/v1/session").expect(401)


def test_a_session_that_is_not_used_ends(acme, olga):
    olga.sign_in().expect(200)
    acme.baton.clock.advance("29d")
    olga.request("GET", "/api/v1/session").expect(200)
    acme.baton.clock.advance("29d")
    olga.request("GET", "/api/v1/session").expect(200)
    acme.baton.clock.advance("31d")
    olga.request("GET", "/api/v1/session").expect(401)


def test_a_page_of_another_host_cannot_use_the_cookie(olga):
    olga.sign_in().expect(200)
    olga.request("DELETE", "/api/v1/session",
                 headers={"Origin": "https://evil.test"}).expect(403)
    olga.request("GET", "/api/v1/session").expect(200)


def test_who_is_in_two_workspaces_says_which(acme, olga):
    acme.baton.cli("workspace", "create", "--name", "Other")
    acme.baton.cli("user", "add", "--workspace", "other",
                   "--email", "olga@acme.test", "--role", "viewer",
                   "--password-stdin", stdin="another horse\n")
    olga.sign_in().expect(401)
    olga.sign_in(workspace="acme").expect(200)
    other = olga.sign_in(workspace="other", password="another horse")
    assert other.expect(200).json["role"] == "viewer"


def test_a_new_password_ends_the_sessions_that_knew_the_old_one(acme, olga):
    path = f"/api/v1/people/{person(acme, 'olga')['id']}/password"
    olga.sign_in().expect(200)
    stolen = olga.cookie
    olga.request("PUT", path, {"password": "battery staple"}).expect(422)
    olga.request("PUT", path, {"password": "battery staple",
                               "current": PASSWORD}).expect(204)
    olga.request("GET", "/api/v1/session").expect(200)
    olga.cookie = stolen
    olga.request("GET", "/api/v1/session").expect(401)
    olga.sign_in(password="battery staple").expect(200)


def test_nobody_sets_the_password_of_who_has_more_rights(acme, olga):
    path = f"/api/v1/people/{person(acme, 'olga')['id']}/password"
    acme.client.put(path, {"password": "battery staple"}).expect(403)
    acme.client_as("manager").put(
        f"/api/v1/people/{person(acme, 'ana')['id']}/password",
        {"password": "battery staple"}).expect(403)


# Keys

def test_a_revoked_key_opens_nothing_from_then_on(acme):
    made = acme.client.post("/api/v1/keys",
                            {"role": "viewer"}).expect(201).json
    client = acme.baton.client.with_key(made["key"])
    client.get("/api/v1/session").expect(200)
    acme.client.request("DELETE", f"/api/v1/keys/{made['id']}").expect(204)
    client.get("/api/v1/session").expect(401)
    listed = acme.client.get("/api/v1/keys").json["items"]
    assert all("key" not in key for key in listed)
    revoked = next(key for key in listed if key["id"] == made["id"])
    assert revoked["revoked_at"] is not None


def test_nobody_makes_a_key_with_more_rights_than_he_has(acme):
    acme.client.post("/api/v1/keys", {"role": "owner"}).expect(403)
    acme.client_as("manager").post("/api/v1/keys",
                                   {"role": "rep"}).expect(403)


def test_a_repeated_request_for_a_key_does_not_show_it_again(acme):
    first = acme.client.post("/api/v1/keys", {"role": "rep"},
                             idempotency_key="k").expect(201)
    again = acme.client.post("/api/v1/keys", {"role": "rep"},
                             idempotency_key="k").expect(201)
    assert again.headers["idempotent-replay"] == "true"
    assert again.json["id"] == first.json["id"]
    assert "key" not in again.json


def every_row(baton):
    """Method and path of every row that is not open to anybody."""
    paths = baton.client.get("/api/v1/openapi.json").expect(200).json["paths"]
    public = {("POST", "/api/v1/session"), ("GET", "/api/v1/openapi.json")}
    for path, rows in paths.items():
        for method in rows:
            row = (method.upper(), path)
            if path.startswith("/api/v1/") and row not in public \
                    and method.upper() in ("GET", "POST", "PUT", "PATCH",
                                           "DELETE"):
                yield row


def test_a_source_key_can_do_nothing_but_submit(acme):
    client = acme.baton.client.with_key(acme.make_key(source="web"))
    may = {("POST", "/api/v1/leads"), ("POST", "/api/v1/leads/batch")}
    rows = [row for row in every_row(acme.baton) if row not in may]
    assert len(rows) > 10
    open_rows = []
    for method, path in rows:
        path = path.replace("{id}", "0000000000001")
        for name in ("{absence}", "{n}"):
            path = path.replace(name, "0000000000001")
        body = {} if method != "GET" else None
        status = client.request(method, path, body).status
        if status != 403:
            open_rows.append((method, path, status))
    assert open_rows == []
    client.post("/api/v1/leads", {"email": "kim@x.test"}).expect(201)


def test_without_a_key_nothing_opens(acme):
    client = acme.baton.client.with_key(None)
    for method, path in every_row(acme.baton):
        path = path.replace("{", "").replace("}", "")
        client.request(method, path).expect(401)


def test_another_workspace_is_out_of_reach(acme):
    other = acme.baton.workspace("Other", people=["zoe"])
    zoe = person(other, "zoe")
    acme.client.get(f"/api/v1/people/{zoe['id']}").expect(404)
    acme.client.patch(f"/api/v1/people/{zoe['id']}",
                      {"name": "Mine"}).expect(404)
    key = other.client.get("/api/v1/keys").json["items"][0]
    acme.client.request("DELETE", f"/api/v1/keys/{key['id']}").expect(404)


# Repeated changes

def test_a_repeated_change_is_made_once(acme):
    body = {"name": "web"}
    first = acme.client.post("/api/v1/sources", body,
                             idempotency_key="s-1").expect(201)
    again = acme.client.post("/api/v1/sources", body,
                             idempotency_key="s-1").expect(201)
    assert again.json == first.json
    assert again.headers["idempotent-replay"] == "true"
    other = acme.client.post("/api/v1/sources", {"name": "ads"},
                             idempotency_key="s-1").expect(422)
    assert other.json["errors"][0]["code"] == "idempotency_key_reused"


# The workspace

def test_the_workspace_is_renamed_and_keeps_its_slug(acme):
    changed = acme.client.patch("/api/v1/workspace",
                                {"name": "Acme Two", "language": "ko"})
    assert changed.expect(200).json["slug"] == "acme"
    assert acme.client.get("/api/v1/workspace").json["name"] == "Acme Two"
    wrong = acme.client.patch("/api/v1/workspace", {"time_zone": "Mars"})
    assert wrong.expect(422).json["errors"][0]["pointer"] == "/time_zone"
    acme.client_as("manager").patch("/api/v1/workspace",
                                    {"name": "Mine"}).expect(403)


def test_a_change_says_which_version_of_the_workspace_it_is_for(acme):
    before = acme.client.get("/api/v1/workspace").expect(200)
    assert before.headers["etag"].strip('"') == str(before.json["version"])
    changed = acme.client.patch("/api/v1/workspace", {"currency": "USD"},
                                if_match=before.json["version"]).expect(200)
    assert changed.json["version"] == before.json["version"] + 1
    late = acme.client.patch("/api/v1/workspace", {"currency": "EUR"},
                             if_match=before.json["version"]).expect(409)
    assert late.json["current"]["currency"] == "USD"
    acme.client.patch("/api/v1/workspace", {"currency": "KRW"}).expect(200)


def test_a_touch_says_which_version_of_the_lead_it_is_for(acme):
    lead = acme.client.post("/api/v1/leads", {"name": "Kim"}).json
    path = f"/api/v1/leads/{lead['id']}"
    version = acme.client.get(path).json["version"]
    acme.client.post(path + "/touches", {"kind": "call"},
                     if_match=version).expect(201)
    late = acme.client.post(path + "/touches", {"kind": "call"},
                            if_match=version).expect(409)
    assert late.json["current"]["touches"] == 1
    acme.client.post(path + "/touches", {"kind": "call"}).expect(201)


def test_null_says_nothing_of_a_lead(acme):
    made = acme.client.post("/api/v1/leads", {
        "name": "Kim", "consent": None}).expect(201).json
    lead = acme.client.get(f"/api/v1/leads/{made['id']}").json
    assert "consent" not in lead and "custom" not in lead
    for field in ("custom", "social"):
        acme.client.post("/api/v1/leads", {"name": "Kim", field: None}
                         ).expect(422)


def test_the_timeline_calls_a_key_by_its_name(acme):
    made = acme.client.post("/api/v1/keys", {
        "role": "manager", "name": "Nightly sync"}).expect(201).json
    sync = acme.baton.client.with_key(made["key"])
    lead = sync.post("/api/v1/leads", {"name": "Kim"}).expect(201).json
    path = f"/api/v1/leads/{lead['id']}"
    sync.patch(path, {"city": "Seoul"}).expect(200)
    entries = acme.client.get(path + "/timeline").expect(200).json["items"]
    by_key = [entry["actor"] for entry in entries
              if entry["actor"]["kind"] == "key"]
    assert by_key and {actor["name"] for actor in by_key} == {"Nightly sync"}


def test_every_record_of_what_was_done_calls_a_key_by_its_name(acme):
    made = acme.client.post("/api/v1/keys", {
        "role": "admin", "name": "Nightly sync"}).expect(201).json
    sync = acme.baton.client.with_key(made["key"])
    by = {"kind": "key", "id": made["id"], "name": "Nightly sync"}
    routing = "/api/v1/routing"
    sync.put(f"{routing}/draft", {
        "format": "baton-rules/1", "rules": [],
        "otherwise": {"rep": "ana@acme.test"}}).expect(200)
    published = sync.post(f"{routing}/draft/publish", {}).expect(201).json
    assert published["published_by"] == by
    [newest, *_] = acme.client.get(f"{routing}/versions").json["items"]
    assert newest["published_by"] == by
    lead = sync.post("/api/v1/leads", {"name": "Kim"}).expect(201).json
    sync.put(f"{routing}/draft", {
        "format": "baton-rules/1", "rules": [],
        "otherwise": {"rep": "bo@acme.test"}}).expect(200)
    sync.post(f"{routing}/draft/publish", {}).expect(201)
    reverted = sync.post(f"{routing}/versions/{published['number']}/revert",
                         {"note": "wrong"}).expect(200).json
    assert reverted["asked_by"] == by
    [revert] = acme.client.get(f"{routing}/reverts").json["items"]
    assert revert["asked_by"] == by
    export = sync.post("/api/v1/exports", {"what": "leads"}).expect(201).json
    assert export["made_by"] == by
    [export] = acme.client.get("/api/v1/exports").json["items"]
    assert export["made_by"] == by
    path = f"/api/v1/leads/{lead['id']}"
    sync.post(path + "/owner", {"to": {"rep": "ana@acme.test"},
                                "reason": "hers"}).expect(200)
    sync.patch(path, {"city": "Seoul"}).expect(200)
    for entry in acme.client.get(path + "/timeline").json["items"]:
        if entry["kind"] in ("owner.changed", "lead.changed"):
            assert entry["actor"] == by
    [city] = [fact for fact in acme.client.get(path + "/facts").json["items"]
              if fact["field"] == "city"]
    assert city["from"] == by
    erased = sync.post(path + "/erase", {"reason": "asked"}).expect(200).json
    assert erased["erased_by"] == by
    [erasure] = acme.client.get("/api/v1/erasures").json["items"]
    assert erasure["erased_by"] == by
