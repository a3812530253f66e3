"""Rules by HTTP: drafts, versions, trials, the log and the ledger."""

EVERYONE = {"id": "all", "name": "All", "members": "everyone"}


def rules(**more):
    return {"format": "baton-rules/1", "rules": [], "pools": [EVERYONE],
            "otherwise": {"pool": "all"}, **more}


def rule(name, when, **give_to):
    return {"id": name, "name": name.title(), "when": when,
            "give_to": give_to}


def korea():
    return {"field": "country", "op": "is", "value": "KR"}


def pointers(answer):
    return [error["pointer"] for error in answer.json["errors"]]


def test_a_draft_is_saved_published_and_restored(baton):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    client = acme.client
    first = rules(rules=[rule("korea", korea(), rep="bo@acme.test")])

    saved = client.put("/api/v1/routing/draft", first).expect(200)
    assert saved.json == {"version": 1, "warnings": []}
    published = client.post("/api/v1/routing/draft/publish",
                            {"note": "Korea to Bo"}).expect(201).json
    assert published["number"] == 1
    assert published["note"] == "Korea to Bo"
    client.put("/api/v1/routing/draft", rules()).expect(200)
    client.post("/api/v1/routing/draft/publish", {}).expect(201)

    versions = client.get("/api/v1/routing/versions").expect(200).json["items"]
    assert [version["number"] for version in versions] == [2, 1]
    old = client.get("/api/v1/routing/versions/1").expect(200).json
    assert old["document"] == first
    client.post("/api/v1/routing/versions/1/restore").expect(200)
    assert client.get("/api/v1/routing/draft").expect(200).json == first
    client.get("/api/v1/routing/versions/9").expect(404)


def test_published_rules_decide_at_once(baton):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    acme.publish_rules(rules(rules=[
        rule("korea", korea(), rep="bo@acme.test")]))

    for _ in range(2):
        assert acme.send_lead(country="KR")["owner"]["name"] == "bo"


def test_an_old_draft_is_not_overwritten(baton):
    acme = baton.workspace("Acme", people=["ana"])
    client = acme.client
    empty = client.get("/api/v1/routing/draft").expect(200)
    assert empty.headers["etag"] == '"0"'
    client.put("/api/v1/routing/draft", rules(), if_match=0).expect(200)

    refused = client.put("/api/v1/routing/draft", rules(), if_match=0)

    assert refused.expect(409).json["current"]["otherwise"] == {"pool": "all"}


def test_faults_of_a_draft_have_pointers_and_odd_things_are_warned_of(baton):
    acme = baton.workspace("Acme", people=["ana"])
    bad = rules(rules=[
        rule("one", {"field": "contry", "op": "is", "value": "KR"},
             pool="nowhere")],
        tests=[{"name": "no lead"}])
    refused = acme.client.put("/api/v1/routing/draft", bad).expect(422)
    assert {"/rules/0/when/field", "/rules/0/give_to/pool"} \
        <= set(pointers(refused))

    odd = rules(keep_together={"months": 3})
    saved = acme.client.put("/api/v1/routing/draft", odd).expect(200).json
    assert [w["pointer"] for w in saved["warnings"]] \
        == ["/keep_together/months"]


def test_a_test_that_expects_nothing_is_refused(baton):
    """It could not fail."""
    acme = baton.workspace("Acme", people=["ana", "bo"])
    refused = acme.client.put("/api/v1/routing/draft", rules(
        tests=[{"name": "Seoul", "lead": {}, "expect": {}}])).expect(422)
    assert pointers(refused) == ["/tests/0/expect"]


def test_a_draft_whose_tests_fail_is_not_published(baton):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    example = {"name": "Seoul", "lead": {"country": "KR"},
               "at": "2026-11-20T10:00:00+09:00",
               "expect": {"rule": "korea", "rep": "bo@acme.test"}}
    wrong = rules(tests=[example])
    acme.client.put("/api/v1/routing/draft", wrong).expect(200)

    refused = acme.client.post("/api/v1/routing/draft/publish", {})
    assert "/tests/0" in pointers(refused.expect(422))
    assert "Seoul" in refused.json["errors"][0]["message"]
    assert acme.client.get("/api/v1/routing/versions").json["items"] == []

    right = rules(tests=[example], rules=[
        rule("korea", korea(), rep="bo@acme.test")])
    acme.client.put("/api/v1/routing/draft", right).expect(200)
    acme.client.post("/api/v1/routing/draft/publish", {}).expect(201)


def test_a_trial_answers_what_then_happens_and_leaves_no_trace(baton):
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    before = acme.client.get("/api/v1/ledger").expect(200).json

    for number in range(6):
        lead = {"name": f"Lead {number}", "country": "KR"}
        tried = acme.client.post("/api/v1/routing/try", {"lead": lead})
        tried.expect(200)
        again = acme.client.post("/api/v1/routing/try", {"lead": lead})
        assert again.json["owner"] == tried.json["owner"]
        if number == 0:
            ledger = acme.client.get("/api/v1/ledger").expect(200).json
            assert ledger == before
            assert acme.client.get("/api/v1/leads").json["total"] == 0
            assert acme.client.get("/api/v1/decisions").json["items"] == []
        assert tried.json["id"] is None
        sent = acme.send_lead(**lead)
        assert sent["owner"] == tried.json["owner"]
        assert sent["decision"]["sentence"] == tried.json["sentence"]["en"]


def test_a_trial_knows_who_came_back_and_tries_drafts(baton):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    sent = acme.send_lead(name="Kim", email="kim@example.test")
    other = "bo" if sent["owner"]["name"] == "ana" else "ana"
    acme.client.put("/api/v1/routing/draft", rules(
        otherwise={"rep": f"{other}@acme.test"})).expect(200)

    def owner(**question):
        return acme.client.post("/api/v1/routing/try", question).expect(
            200).json["owner"]["name"]

    assert owner(lead={"email": "kim@example.test"}, draft=True) \
        == sent["owner"]["name"]
    assert owner(lead={"id": sent["id"]}, draft=True) == other
    assert owner(lead={"email": "new@example.test"}, draft=True) == other
    acme.client.post("/api/v1/routing/try",
                     {"lead": {"citty": "Seoul"}}).expect(422)


def test_the_log_is_newest_first_and_the_ledger_adds_up_to_nothing(baton):
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    sent = [acme.send_lead(name=f"Lead {i}")["id"] for i in range(5)]

    first = acme.client.get("/api/v1/decisions",
                            query={"limit": 3}).expect(200).json
    rest = acme.client.get("/api/v1/decisions", query={
        "cursor": first["next_cursor"]}).expect(200).json
    assert [d["lead"] for d in first["items"] + rest["items"]] == sent[::-1]
    assert rest["next_cursor"] is None

    people = acme.client.get("/api/v1/ledger").expect(200).json["items"]
    assert sum(person["turns"] for person in people) == 5
    assert sum(person["open_leads"] for person in people) == 5
    assert abs(sum(person["credit"] for person in people)) < 1e-9
    assert max(p["turns"] for p in people) - min(
        p["turns"] for p in people) <= 1


def test_rules_are_for_those_who_may(baton):
    acme = baton.workspace("Acme", people=["ana"])
    rep, viewer = acme.client_as("rep"), acme.client_as("viewer")

    for path in ("/api/v1/routing/draft", "/api/v1/decisions",
                 "/api/v1/ledger", "/api/v1/scoring"):
        rep.get(path).expect(403)
        viewer.get(path).expect(200)
    viewer.put("/api/v1/routing/draft", rules()).expect(403)
    viewer.put("/api/v1/scoring", {"rules": []}).expect(403)


def test_new_scoring_counts_from_the_next_lead_on(baton):
    acme = baton.workspace("Acme", people=["ana"])
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "korea", "points": 40, "when": korea()}]}).expect(200)

    lead = acme.lead(acme.send_lead(country="KR")["id"])

    assert lead["score"] == 40
    assert [line["points"] for line in lead["score_lines"]] == [40]
    acme.client.put("/api/v1/scoring", {"rules": []}, if_match=0).expect(409)


def test_a_webhook_shows_its_secret_once(baton):
    acme = baton.workspace("Acme", people=["ana"])
    made = acme.client.post("/api/v1/webhooks", {
        "url": "https://example.test/in",
        "topics": ["lead.created"]}).expect(201).json
    path = f"/api/v1/webhooks/{made['id']}"

    assert made["secret"].startswith("whsec_")
    assert "secret" not in acme.client.get(path).expect(200).json
    changed = acme.client.patch(path, {"active": False, "topics": None})
    assert changed.expect(200).json["topics"] is None
    assert "secret" not in changed.json
    acme.client.post("/api/v1/webhooks", {"url": "ftp://x"}).expect(422)
    acme.client.post("/api/v1/webhooks", {
        "url": "https://example.test", "topics": ["lead.eaten"]}).expect(422)
    acme.client_as("manager").get("/api/v1/webhooks").expect(403)
    acme.client.delete(path).expect(204)
    assert acme.client.get("/api/v1/webhooks").json["items"] == []


def test_no_job_has_failed_and_none_can_be_run_again(baton):
    acme = baton.workspace("Acme", people=["ana"])
    assert acme.client.get("/api/v1/jobs", query={
        "state": "failed"}).expect(200).json["items"] == []
    acme.client.post("/api/v1/jobs/06ftpq0kbr000/retry").expect(404)
    acme.client.get("/api/v1/jobs", query={"state": "done"}).expect(422)
