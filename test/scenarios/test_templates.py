"""Texts with gaps: what a new workspace has, what can be written in one, and
what it comes to for a lead."""

import pytest
from support.story import SEOUL, Company, members, moment

TEMPLATES = "/api/v1/templates"
THANKS = {"name": "Mine", "channel": "email", "language": "en",
          "subject": "Hello {{lead.name|first|default:\"you\"}}",
          "body": "Dear {{lead.name}},\n{{owner.name}} of {{workspace.name}}"
                  " looks after {{lead.product|default:\"it\"|upper}}."}


def make(acme, **changes):
    return acme.client.post(TEMPLATES, THANKS | changes).expect(201).json


def preview(client, template, lead):
    return client.post(f"{TEMPLATES}/{template['id']}/preview",
                       {"lead": lead["id"]})


def test_a_new_workspace_has_four_templates_in_each_language(town):
    acme = Company(town, "ana")
    items = acme.client.get(TEMPLATES).expect(200).json["items"]
    names = {language: [t["name"] for t in items if t["language"] == language]
             for language in ("en", "ko")}
    assert names["en"] == ["Product introduction", "Meeting request",
                           "Thanks", "New launch"]
    assert names["ko"] == ["제품 소개", "미팅 요청", "감사 인사", "신제품 안내"]
    lead = acme.send_lead(name="Kim")
    for template in items:
        shown = preview(acme.client, template, lead).expect(200).json
        assert "{{" not in shown["body"] and "Kim" in shown["body"]


def test_a_template_is_made_changed_shown_and_removed(town):
    acme = Company(town, "ana")
    made = make(acme)
    path = f"{TEMPLATES}/{made['id']}"
    assert made["version"] == 1 and made["subject"] == THANKS["subject"]
    changed = acme.client.patch(path, {"body": "Hi"}, if_match=1).expect(200)
    assert changed.json == acme.client.get(path).expect(200).json
    assert changed.json["version"] == 2 and changed.json["name"] == "Mine"
    refused = acme.client.patch(path, {"body": "Ho"}, if_match=1).expect(409)
    assert refused.json["current"] == changed.json
    acme.client.delete(path).expect(204)
    acme.client.get(path).expect(404)


def test_a_template_comes_to_a_text_for_a_lead(town):
    acme = Company(town, "ana")
    lead = acme.send_lead(name="Kim <Minji>", product="sofa")
    shown = preview(acme.client, make(acme), lead).expect(200).json
    assert shown["subject"] == "Hello Kim"
    assert shown["body"] == (f"Dear Kim <Minji>,\nana of {acme.name}"
                             " looks after SOFA.")
    assert "Dear Kim &lt;Minji&gt;,<br>" in shown["html"]


def test_dates_and_money_are_written_as_people_write_them(town):
    acme = Company(town, "ana")
    lead = acme.send_lead(deal_value=24000000.5, currency="USD")
    body = ("{{lead.created_at|date}}: {{lead.deal_value}} {{lead.currency}},"
            " {{lead.employees|default:\"?\"}}")
    korean = make(acme, body=body, language="ko")
    day = lead_day(acme, lead)
    shown = preview(acme.client, korean, lead).expect(200).json["body"]
    assert shown == (f"{day.year}년 {day.month}월 {day.day}일:"
                     " 24,000,000.50 USD, ?")


def lead_day(acme, lead):
    return moment(acme.lead(lead["id"])["created_at"]).astimezone(SEOUL)


@pytest.mark.parametrize("wrong, pointer, code, says", [
    ({"body": "{{lead.nmae}}"}, "/body", "unknown_field", "lead.name"),
    ({"subject": "{{lead.name|uper}}"}, "/subject", "unknown_filter", "upper"),
    ({"body": "{{lead.name"}, "/body", "not_closed", "}}"),
    ({"body": "{{lead.name|date}}"}, "/body", "not_a_time", "times"),
    ({"subject": "one\ntwo"}, "/subject", "one_line", "one line"),
    ({"subject": None}, "/subject", "required", "subject"),
    ({"body": " "}, "/body", "required", "text"),
    ({"channel": "sms"}, "/subject", "not_used", "e-mail"),
    ({"name": "Thanks"}, "/name", "taken", "already"),
    ({"name": "  "}, "/name", "required", "name"),
    ({"body": "x" * 20001}, "/body", None, ""),
    ({"channel": "fax"}, "/channel", None, "sms"),
])
def test_what_is_wrong_with_a_template_is_said_with_its_place(
        town, wrong, pointer, code, says):
    acme = Company(town, "ana")
    refused = acme.client.post(TEMPLATES, THANKS | wrong).expect(422)
    [error] = refused.json["errors"]
    assert error["pointer"] == pointer and says in error["message"]
    assert code is None or error["code"] == code


def test_all_faults_are_said_at_once(town):
    acme = Company(town, "ana")
    refused = acme.client.post(TEMPLATES, THANKS | {
        "subject": "{{x}}", "body": "{{y}}"}).expect(422)
    assert members(refused.json["errors"], "pointer") == ["/subject", "/body"]


def test_fields_and_filters_can_be_looked_up(town):
    acme = Company(town, "ana")
    places = acme.client.get(TEMPLATES + "/places").expect(200).json
    assert "lead.name" in members(places["fields"], "name")
    assert members(places["filters"], "name") == [
        "upper", "lower", "title", "first", "default", "date", "time"]
    body = " ".join("{{%s}}" % name
                    for name in members(places["fields"], "name"))
    make(acme, body=body)


def test_a_rep_uses_templates_and_changes_none(town):
    acme = Company(town, "ana", boss={"role": "manager"})
    made = make(acme)
    ana, boss = acme.sign_in("ana"), acme.sign_in("boss")
    path = f"{TEMPLATES}/{made['id']}"
    ana.get(path).expect(200)
    ana.post(TEMPLATES, THANKS | {"name": "x"}).expect(403)
    ana.patch(path, {"body": "x"}).expect(403)
    ana.delete(path).expect(403)
    boss.patch(path, {"body": "x"}).expect(200)


def test_a_lead_that_one_may_not_see_is_not_shown_in_a_preview(town):
    acme = Company(town, "ana", "bo")
    made = make(acme)
    lead = acme.send_lead(name="Kim")
    acme.give(lead, "ana")
    ana, bo = acme.sign_in("ana"), acme.sign_in("bo")
    preview(ana, made, lead).expect(200)
    refused = preview(bo, made, lead).expect(404)
    assert "Kim" not in refused.body.decode()
    preview(bo, made, {"id": "0000000000001"}).expect(404)


def test_templates_belong_to_one_company(town):
    acme, other = Company(town, "ana"), Company(town, "ana")
    made = make(acme)
    for call in (lambda path: other.client.get(path),
                 lambda path: other.client.patch(path, {"body": "x"}),
                 lambda path: other.client.delete(path)):
        call(f"{TEMPLATES}/{made['id']}").expect(404)
