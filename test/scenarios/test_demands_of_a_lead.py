"""The life of a lead, demand by demand, as a salesperson would tell it: each
touches the real thing once, and says where the rest of its stories are."""

import json
from datetime import timedelta

import pytest
from support.events import EventStream
from support.page import Visitor
from support.story import Company, members, moment, monday
from test_first_answer import set_answer, template
from test_import_api import CSV
from test_webhook_in import Source

KIM = {"name": "Kim Minji", "email": "minji@x.test", "phone": "010-1234-5678",
       "company": "Hanok", "message": "Please call me."}


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def found(acme, field, op, value):
    page = acme.client.get("/api/v1/leads", query={"filter": json.dumps(
        {"field": field, "op": op, "value": value})}).expect(200).json
    return members(page["items"], "name")


def test_l1_a_lead_says_who_it_is_what_it_wants_and_whatever_else_we_keep(
        acme):
    """L1: three groups of information: basic, qualifiers, additional; the
    rest is in test_fields.py."""
    acme.client.post("/api/v1/fields", {
        "name": "dog", "type": "text", "group": "additional"}).expect(201)
    said = {**KIM, "product": "Roof", "deal_value": 50000,
            "birthday": "1990-05-01", "social": {"linkedin": "in/minji"},
            "custom": {"dog": "Bori"}}
    lead = acme.lead(acme.send_lead(**said)["id"])
    assert lead["social"] == said["social"] and lead["custom"] == said["custom"]
    assert (lead["birthday"], lead["message"], lead["product"]) == (
        "1990-05-01", "Please call me.", "Roof")
    groups = {field["name"]: field["group"] for field in acme.client.get(
        "/api/v1/fields").expect(200).json["items"]}
    assert set(groups.values()) == {"basic", "qualifier", "additional"}
    assert (groups["email"], groups["product"], groups["birthday"],
            groups["dog"]) == ("basic", "qualifier", "additional",
                               "additional")


def test_l2_what_qualifies_a_lead_is_found_and_decides(acme):
    """L2: products, segment, tags, deal size, and a qualifier of our own."""
    acme.client.post("/api/v1/fields", {
        "name": "roof_area", "type": "number", "group": "qualifier"}
    ).expect(201)
    terms = [("product", "is", "Roof"), ("segment", "is", "SMB"),
             ("tags", "contains", "fair"), ("deal_value", "at_least", 1000),
             ("custom.roof_area", "more_than", 99)]
    acme.publish(rules=[
        {"id": f"r{number}", "give_to": {"rep": "ana@acme.test"},
         "when": {"field": field, "op": op, "value": value}}
        for number, (field, op, value) in enumerate(terms)],
        pools=[{"id": "rest", "name": "Rest",
                "members": [{"rep": "bo@acme.test"}]}])
    said = [{"product": "roof"}, {"segment": "smb"}, {"tags": ["Fair"]},
            {"deal_value": 1000}, {"custom": {"roof_area": 120}}]
    assert [acme.send(name=str(i), **fields)
            for i, fields in enumerate(said)] == ["ana"] * 5
    assert acme.send(name="none") == "bo"
    assert [found(acme, *term) for term in terms] \
        == [[str(i)] for i in range(5)]


def test_l3_a_score_adds_up_answers_behaviour_and_fades(acme):
    """L3: from what is known and done, line by line; test_scoring.py."""
    acme.client.put("/api/v1/scoring", {"rules": [
        {"id": "phone", "name": "Can be called", "points": 20,
         "half_life_days": 5, "when": {"field": "phone", "op": "is_known"}},
        {"id": "back", "name": "Came back", "points": 30, "when": {
            "field": "returns", "op": "at_least", "value": 1}}]}).expect(200)
    lead = acme.send_lead(**KIM)
    assert lead["score"] == 20
    assert acme.send_lead(**KIM | {"message": "Hello?"})["score"] == 50
    acme.baton.clock.advance("6d")
    shown = acme.lead(lead["id"])
    assert shown["score"] < 50
    assert shown["score"] == sum(members(shown["score_lines"], "points"))
    assert members(shown["score_lines"], "name") == ["Can be called",
                                                     "Came back"]


def test_l4_every_lead_is_given_to_one_and_it_is_kept_how(acme):
    """L4: who got it, by which rule, and who did not, for ever."""
    lead = acme.send_lead(**KIM)
    assert lead["owner"]["name"] in acme.people
    [decision] = acme.of(lead, "decisions")
    assert decision["sentence"]["en"] == lead["decision"]["sentence"]
    assert {c["person"]["name"] for c in decision["record"]["candidates"]} \
        == set(acme.people)
    [period] = acme.of(lead, "assignments")
    assert period["owner"] == lead["owner"] and period["ended_at"] is None
    assert sum(p["turns"] for p in acme.ledger().values()) == 1


def test_l5_a_rep_plans_is_reminded_and_sees_the_day(acme):
    """L5: an appointment with a note, its reminder, the calendar, today's
    list; test_tasks.py, test_calendar_feed.py, test_today.py."""
    day = monday(acme.baton)
    acme.publish(pools=[{"id": "one", "name": "One",
                         "members": [{"rep": "ana@acme.test"}]}])
    ana = acme.sign_in("ana")
    lead = acme.send_lead(**KIM)
    made = ana.post("/api/v1/tasks", {
        "lead": lead["id"], "kind": "meeting", "title": "See the roof",
        "note": "Bring the ladder.",
        "due_at": (day + timedelta(hours=15)).isoformat(),
        "end_at": (day + timedelta(hours=16)).isoformat(),
        "remind_before_minutes": 30}).expect(201).json
    assert made["today"] and made["assignee"]["name"] == "ana"
    assert [task["title"] for task in ana.get(
        "/api/v1/today").expect(200).json["today"]] == ["See the roof"]
    feed = ana.post("/api/v1/calendar-feed").expect(201).json["path"]
    shown = acme.baton.client.get(feed).expect(200).text
    assert "SUMMARY:See the roof" in shown and "Bring the ladder." in shown
    with EventStream(ana) as told:
        acme.baton.clock.advance("5h 30m")
        assert told.wait_for("task.due_soon").json["lead"] == lead["id"]


def test_l6_what_is_said_often_is_written_once(acme):
    """L6: templates for mail, SMS and WhatsApp, in both languages, and one's
    own; test_templates.py."""
    items = acme.client.get("/api/v1/templates").expect(200).json["items"]
    assert {"Product introduction", "Meeting request", "Thanks",
            "New launch"} <= set(members(items, "name"))
    lead = acme.send_lead(**KIM)
    for channel in ("email", "sms", "whatsapp"):
        subject = {"subject": "Hello"} if channel == "email" else {}
        own = acme.client.post("/api/v1/templates", {
            "name": "Ours", "channel": channel, "language": "en", **subject,
            "body": "Dear {{lead.name}}, {{owner.name}} will call."}
        ).expect(201).json
        shown = acme.client.post(f"/api/v1/templates/{own['id']}/preview",
                                 {"lead": lead["id"]}).expect(200).json
        assert shown["body"] \
            == f"Dear Kim Minji, {lead['owner']['name']} will call."


def test_l7_a_lead_is_nurtured_until_it_answers(acme):
    """L7: touches over days that stop when the person writes;
    test_sequences.py."""
    acme.client.post("/api/v1/sequences", {"name": "warm", "steps": [
        {"task": {"kind": "message", "title": "Say hello"}},
        {"after": {"days": 3}, "change": {"add_tags": ["third day"]}},
        {"after": {"days": 14}, "change": {"add_tags": ["third week"]}}]}
    ).expect(201)
    lead = acme.send_lead(**KIM)
    path = f"/api/v1/leads/{lead['id']}/sequence"
    acme.client.post(path, {"sequence": "warm"}).expect(201)
    acme.settle()
    acme.baton.clock.advance("3d")
    assert acme.lead(lead["id"])["tags"] == ["third day"]
    acme.send_lead(**KIM | {"message": "Yes, I am interested."})
    [run] = acme.client.get(path).expect(200).json["items"]
    assert (run["state"], run["reason"]) == ("stopped", "answered")
    acme.baton.clock.advance("30d")
    assert acme.lead(lead["id"])["tags"] == ["third day"]


def test_l8_everything_that_happened_is_there_with_who_when_and_why(acme):
    """L8: calls, messages, comments, documents, and every change of stage,
    owner and field."""
    lead = acme.send_lead(**KIM)
    for kind in ("call", "email", "message", "meeting", "note", "document"):
        acme.touch(lead, kind, note=f"a {kind}").expect(201)
    acme.edit(lead, stage="contacted", reason="reached her")
    acme.edit(lead, city="Busan")
    other = "bo" if lead["owner"]["name"] == "ana" else "ana"
    acme.give(lead, other, reason="speaks Korean")
    happened = acme.of(lead, "timeline")
    told = json.dumps(happened)
    for words in ("a call", "a email", "a message", "a meeting", "a note",
                  "a document", "reached her", "speaks Korean", "Busan",
                  '"stage"', '"city"'):
        assert words in told, words
    assert all(entry["at"] and entry["actor"] for entry in happened)
    assert [moment(entry["at"]) for entry in happened] \
        == sorted((moment(entry["at"]) for entry in happened), reverse=True)
    for method in ("PATCH", "DELETE", "PUT"):       # it only grows
        acme.client.request(method, f"/api/v1/leads/{lead['id']}/timeline",
                            {}).expect(405)


def test_l9_the_pipeline_is_the_companys_own(acme):
    """L9: eight stages to begin with; renamed, added, reordered;
    test_stages.py."""
    stages = acme.client.get("/api/v1/stages").expect(200).json["items"]
    assert members(stages, "name") == [
        "open", "contacted", "nurturing", "qualified", "negotiation",
        "customer", "inactive", "unqualified"]
    stages[1]["label"] = {"en": "Reached"}
    stages.insert(4, {"name": "site_visit", "meaning": "open",
                      "label": {"en": "Site visit"}})
    stages[2], stages[3] = stages[3], stages[2]
    acme.client.put("/api/v1/stages", {"items": stages}).expect(200)
    lead = acme.send_lead(**KIM)
    assert acme.edit(lead, stage="site_visit")["stage"] == "site_visit"
    shown = acme.client.get("/api/v1/insights/stages").json["total"]["stages"]
    assert members(shown, "stage")[:5] == [
        "open", "contacted", "qualified", "nurturing", "site_visit"]
    assert [s["stage"] for s in shown if s["now"]] == ["site_visit"]


def test_l10_the_company_sees_what_became_of_its_leads(acme):
    """L10: created, qualified by product and by segment, the pipeline, how
    fast; by rep, source and rule; by day, week, month, quarter;
    test_insights.py."""
    for product, segment in (("roof", "smb"), ("roof", "home"),
                             ("door", "home")):
        lead = acme.send_lead(name=f"{product} {segment}", source="web",
                              product=product, segment=segment)
        acme.edit(lead, stage="qualified")
    acme.touch(lead, "call").expect(201)

    def ask(block, **query):
        return acme.client.get(f"/api/v1/insights/{block}",
                               query=query).expect(200).json

    def qualified(split):
        return {item["name"]: stage["now"]
                for item in ask("stages", split=split)["items"]
                for stage in item["stages"] if stage["stage"] == "qualified"}

    assert qualified("product") == {"roof": 2, "door": 1}
    assert qualified("segment") == {"smb": 1, "home": 2}
    for by in ("day", "week", "month", "quarter"):
        periods = ask("created", by=by)["periods"]
        assert sum(period["created"] for period in periods) == 3
    for split in ("rep", "source", "rule", "product", "segment"):
        items = ask("created", split=split)["items"]
        assert sum(item["created"] for item in items) == 3
    assert ask("response_time")["total"]["answered"] == 1
    assert ask("time_to_owner")["total"]["owned"] == 3


def test_l11_leads_come_from_everywhere_and_look_the_same(acme):
    """L11: a form, a webhook, a table, the API, a call noted by hand: one
    shape, by the company's own conventions; test_form.py,
    test_webhook_in.py, test_import_api.py, test_conventions.py."""
    acme.client.put("/api/v1/conventions", {"rules": [{
        "id": "rf", "when": {"field": "product", "op": "is_any_of",
                             "value": ["RF", "Roofing"]},
        "set": {"product": "Roof"}}]}).expect(200)
    form = acme.client.post("/api/v1/forms", {
        "name": "Site", "source": "Website",
        "fields": [{"name": "name"}, {"name": "product"}]}).expect(201).json
    visitor = Visitor(acme.baton)
    page = visitor.open(form["path"])
    acme.baton.clock.advance("20s")
    visitor.send(page, form["path"], name="Form", product="rf")
    hook = Source(acme, {"usual": True}, name="Ads")
    hook.send({"name": "Hook", "product": "Roofing"}).expect(200)
    acme.client.request("POST", "/api/v1/imports?source=Fair",
                        body=b"name,product\nTable,RF\n",
                        headers=CSV).expect(201)
    acme.send_lead(name="Call", source="Phone", product="roofing")
    acme.settle()
    leads = acme.client.get("/api/v1/leads").expect(200).json["items"]
    assert {lead["name"]: (lead["source"], lead["product"])
            for lead in leads} == {
        "Form": ("Website", "Roof"), "Hook": ("Ads", "Roof"),
        "Table": ("Fair", "Roof"), "Call": ("Phone", "Roof")}
    assert all(lead["owner"]["kind"] == "rep" for lead in leads)


def test_l12_the_owner_hears_at_once_and_so_does_the_lead(post_town, mailbox,
                                                           receiver, hook):
    """L12: in the page, by mail, in a chat that listens, and a first answer
    to the lead by itself; test_mail.py, test_first_answer.py,
    test_delivery.py."""
    acme = Company(post_town, "ana")
    set_answer(acme, template=template(acme, "Thanks")["id"])
    mailbox.only(acme)
    hook(acme, receiver, topics=["lead.assigned"])
    with EventStream(acme.sign_in("ana")) as told:
        lead = acme.send_lead(**KIM)
        assert told.wait_for("lead.assigned").json["id"] == lead["id"]
    acme.settle()
    mails = {mail.to: mail for mail in mailbox.wait_for(2)}
    assert mails["ana@acme.test"].subject == "New lead: Kim Minji"
    assert "Kim Minji" in mails["minji@x.test"].text
    assert lead["id"] in receiver.wait_for(1)[0].body.decode()


def test_l13_a_rep_is_shown_what_he_needs_to_act_first(acme):
    """L13: today's list names, numbers and what is due, in order of
    importance, and not all that is known; test_today.py."""
    ana = acme.sign_in("ana")
    acme.publish(pools=[{"id": "one", "name": "One",
                         "members": [{"rep": "ana@acme.test"}]}],
                 late={"after_minutes": 60, "then": "stay"})
    acme.send_lead(name="first", **{"address": "Seoul 1", "page": "/x"})
    acme.baton.clock.advance("10m")
    acme.send_lead(name="second")
    shown = ana.get("/api/v1/today").expect(200).json
    assert [row["lead"]["name"] for row in shown["waiting"]] \
        == ["first", "second"]
    assert "Seoul 1" not in json.dumps(shown)


def test_l15_what_the_team_uses_already_is_told_and_may_tell(acme, receiver,
                                                             hook):
    """L15: a webhook out, one in, a calendar, a number that can be called,
    and an API that describes itself."""
    hook(acme, receiver)
    source = Source(acme, {"usual": True}, name="PBX")
    came = source.send({"name": "Caller", "phone": "010-9999-8888"}).expect(200)
    acme.settle()
    assert came.json["lead"] in receiver.wait_for(1)[0].body.decode()
    assert acme.lead(came.json["lead"])["phone"] == "+821099998888"
    assert acme.sign_in("ana").post("/api/v1/calendar-feed").expect(201)
    paths = acme.client.get("/api/v1/openapi.json").expect(200).json["paths"]
    assert {"/api/v1/leads", "/api/v1/tasks", "/api/v1/webhooks"} <= set(paths)
