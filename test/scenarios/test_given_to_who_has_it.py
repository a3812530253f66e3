"""A lead that is given to whoever has it already: the pin and the reason are
noted, and what was promised stays promised."""

from support.story import Company


def test_the_pin_and_its_reason_stand_on_the_timeline(town):
    acme = Company(town, "ana")
    acme.publish(pools=[{"id": "all", "members": "everyone"}],
                 late={"after_minutes": 30, "then": "next", "times": 1})
    lead = acme.send_lead(name="Kim")
    due = acme.lead(lead["id"])["response_due_at"]
    town.clock.advance("5m")

    answer = acme.client.post(f"/api/v1/leads/{lead['id']}/owner", {
        "to": {"rep": "ana@acme.test"}, "reason": "She knows them.",
        "pin_until": "2030-01-01T00:00:00Z"}).expect(200)

    assert answer.json["owner"]["name"] == "ana"
    assert acme.lead(lead["id"])["response_due_at"] == due is not None
    entry = acme.of(lead, "timeline")[0]
    assert entry["kind"] == "pinned"
    assert entry["data"]["note"] == "She knows them."
    assert entry["data"]["pinned_until"] == "2030-01-01T00:00:00.000Z"
    assert len(acme.of(lead, "assignments")) == 1


def give_to_ana(acme, lead, **more):
    answer = acme.client.post(f"/api/v1/leads/{lead['id']}/owner", {
        "to": {"rep": "ana@acme.test"}, **more}).expect(200)
    assert answer.json["owner"]["name"] == "ana"


def test_a_pin_can_be_taken_off(town):
    acme = Company(town, "ana", "bo")
    acme.publish(pools=[{"id": "all", "members": "everyone"}],
                 late={"after_minutes": 30, "then": "next", "times": 1})
    lead = acme.send_lead(name="Kim")
    give_to_ana(acme, lead, pin_until="2030-01-01T00:00:00Z")
    give_to_ana(acme, lead, reason="Yes, her.")
    town.clock.advance("31m")
    assert acme.owner(lead) == "ana", "pinned still"
    give_to_ana(acme, lead, pin_until=None, reason="No longer.")
    kinds = [entry["kind"] for entry in acme.of(lead, "timeline")]
    assert kinds[0] == "unpinned"
    assert kinds.count("pinned") == 1 and kinds.count("kept") == 1
    give_to_ana(acme, lead)
    assert [entry["kind"] for entry in acme.of(lead, "timeline")] == kinds, (
        "nothing was said that was not so")
    acme.change("ana", active=False)
    acme.settle()
    assert acme.owner(lead) == "bo"


def test_a_pin_that_was_taken_off_lets_a_late_lead_go_on(town):
    acme = Company(town, "ana", "bo")
    acme.publish(pools=[{"id": "all", "members": "everyone"}],
                 late={"after_minutes": 30, "then": "next", "times": 1})
    lead = acme.send_lead(name="Kim")
    give_to_ana(acme, lead, pin_until="2030-01-01T00:00:00Z")
    give_to_ana(acme, lead, pin_until=None)
    town.clock.advance("31m")
    assert acme.owner(lead) == "bo"


def test_everyone_is_a_pool_that_need_not_be_written_down(town):
    acme = Company(town, "ana", "bo", "cy")
    acme.publish_rules({
        "rules": [{"id": "capital", "give_to": {"pool": "capital"},
                   "when": {"field": "city", "op": "is", "value": "Seoul"}}],
        "otherwise": {"pool": "everyone"},
        "pools": [{"id": "capital", "strategy": "in_turn",
                   "members": [{"rep": "ana@acme.test"}]}]})
    got = {acme.send_lead(name=f"L{i}")["owner"]["name"] for i in range(3)}
    assert got == {"ana", "bo", "cy"}
    assert acme.send_lead(name="Kim", city="Seoul")["owner"]["name"] == "ana"


def test_a_workspace_is_made_in_a_country_there_is(town):
    for option, value in (("--country", "ZZ"), ("--currency", "QQQ")):
        done = town.cli_result("workspace", "create", "--name", "Nowhere",
                               option, value)
        assert done.returncode == 1 and option[2:] in done.stderr
    town.cli("workspace", "create", "--name", "Somewhere", "--country", "JP",
             "--currency", "JPY")
