"""L9: stages in a company's own words: renamed, added, put in order, removed,
and with the moves that are allowed. What Baton does follows from what a stage
means."""

import pytest
from support.story import Company, members

STAGES = "/api/v1/stages"
LEADS = "/api/v1/leads"
USUAL = ["open", "contacted", "nurturing", "qualified", "negotiation",
         "customer", "inactive", "unqualified"]


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def stages(acme):
    return acme.client.get(STAGES).expect(200).json["items"]


def save(acme, items, **more):
    answer = acme.client.put(STAGES, {"items": items, **more})
    acme.settle()
    return answer


def without(acme, name):
    return [stage for stage in stages(acme) if stage["name"] != name]


def faults(answer):
    return members(answer.expect(422).json["errors"], "pointer")


def test_a_company_begins_with_the_eight_usual_stages(acme):
    seen = stages(acme)
    assert members(seen, "name") == USUAL
    assert members(seen, "meaning") == ["open"] * 5 + ["won", "inactive",
                                                      "lost"]
    assert seen[5]["label"] == {"en": "Customer", "ko": "고객"}


def test_stages_are_renamed_added_and_put_in_order(acme):
    items = stages(acme)
    items[0]["label"] = {"en": "Fresh", "ko": "새 문의"}
    visit = {"name": "site_visit", "meaning": "open",
             "label": {"en": "Site visit", "ko": "방문"}}
    items = [items[0], visit, *items[1:]]
    saved = save(acme, items).expect(200).json["items"]
    assert members(saved, "name") == ["open", "site_visit", *USUAL[1:]]
    assert saved[0]["label"]["en"] == "Fresh"
    lead = acme.send_lead(name="Kim")
    assert acme.edit(lead, stage="site_visit")["stage"] == "site_visit"
    assert acme.lead(lead["id"])["stage"] == "site_visit"


def test_a_new_lead_is_in_the_first_stage(acme):
    items = [{"name": "fresh", "meaning": "open"}, *stages(acme)]
    save(acme, items).expect(200)
    assert acme.send_lead(name="Kim")["stage"] == "fresh"


def test_what_a_stage_means_decides_not_what_it_is_called(acme):
    """A lead in a stage of one's own that means lost takes no room."""
    save(acme, [*stages(acme), {"name": "too_small", "meaning": "lost"}]
         ).expect(200)
    acme.publish([{"id": "all", "name": "All", "strategy": "in_turn",
                   "members": [{"rep": "ana@acme.test"}]}])
    acme.change("ana", open_leads_max=1)
    first, second = acme.send_lead(name="a"), acme.send_lead(name="b")
    assert [acme.owner(first), acme.owner(second)] == ["ana", "Inbox"]
    closed = acme.edit(first, stage="too_small")
    assert closed["response_due_at"] is None
    assert acme.owner(second) == "ana"


def test_a_move_that_is_not_allowed_says_what_is(acme):
    items = stages(acme)
    items[0]["moves"] = ["contacted", "unqualified"]
    save(acme, items).expect(200)
    lead = acme.send_lead(name="Kim")
    problem = acme.client.patch(f"{LEADS}/{lead['id']}", {
        "stage": "customer"}).expect(422).json["errors"][0]
    assert problem["pointer"] == "/stage"
    assert "contacted, unqualified" in problem["message"]
    assert acme.edit(lead, stage="contacted")["stage"] == "contacted"
    assert acme.edit(lead, stage="customer")["stage"] == "customer"


def test_the_leads_of_a_removed_stage_go_where_the_company_says(acme):
    leads = [acme.send_lead(name=str(n)) for n in range(120)]
    for lead in leads[:105]:
        acme.client.patch(f"{LEADS}/{lead['id']}", {
            "stage": "nurturing"}).expect(200)
    assert faults(save(acme, without(acme, "nurturing"))) == [
        "/moved/nurturing"]
    assert faults(save(acme, without(acme, "nurturing"),
                       moved={"nurturing": "nowhere"})) == [
        "/moved/nurturing"]
    save(acme, without(acme, "nurturing"),
         moved={"nurturing": "contacted"}).expect(200)
    seen = [acme.lead(lead["id"])["stage"] for lead in leads]
    assert seen == ["contacted"] * 105 + ["open"] * 15
    entry = next(entry for entry in acme.of(leads[0], "timeline")
                 if entry["data"].get("reason") == "stage_removed")
    assert entry["data"]["changes"] == [
        {"field": "stage", "from": "nurturing", "to": "contacted"}]
    assert faults(acme.client.patch(f"{LEADS}/{leads[0]['id']}", {
        "stage": "nurturing"})) == ["/stage"]


def test_a_stage_that_a_rule_asks_for_stays(acme):
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "near", "points": 10, "when": {
            "field": "stage", "op": "is", "value": "negotiation"}}]}
    ).expect(200)
    answer = save(acme, without(acme, "negotiation")).expect(422).json
    assert "the scoring" in answer["errors"][0]["message"]
    assert members(stages(acme), "name") == USUAL


@pytest.mark.parametrize("change, pointer", [
    (lambda s: s[0].update(name="Two words"), "/items/0/name"),
    (lambda s: s[1].update(name="open"), "/items/1/name"),
    (lambda s: s[1].update(meaning="won"), "/items/1/meaning"),
    (lambda s: s[1].update(meaning="maybe"), "/items/1/meaning"),
    (lambda s: s[1].update(moves=["nowhere"]), "/items/1/moves/0"),
    (lambda s: s.insert(0, s.pop(5)), "/items"),
    (lambda s: s.pop(6), "/items"),
])
def test_a_list_of_stages_with_a_fault_is_told_where(acme, change, pointer):
    items = stages(acme)
    change(items)
    assert pointer in faults(save(acme, items))
    assert members(stages(acme), "name") == USUAL


def test_reps_see_stages_and_leave_them_as_they_are(acme):
    ana = acme.sign_in("ana")
    items = ana.get(STAGES).expect(200).json["items"]
    ana.put(STAGES, {"items": items}).expect(403)


def test_two_who_change_the_stages_do_not_undo_each_other(acme):
    seen = acme.client.get(STAGES)
    tag = {"If-Match": seen.headers["etag"]}
    items = seen.json["items"]
    acme.client.put(STAGES, {"items": items}, headers=tag).expect(200)
    acme.client.put(STAGES, {"items": items}, headers=tag).expect(409)
