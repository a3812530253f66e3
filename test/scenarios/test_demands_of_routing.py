"""What a company wants of routing, demand by demand, as its people would tell
it: who gets the lead (R1 to R14), and how the weakness of each way is
countered (R15)."""

from collections import Counter
from datetime import timedelta

from support.story import OFFICE, SEOUL, Company, monday, move_to, now


def is_(field, value):
    return {"field": field, "op": "is", "value": value}


def to(name, when, id=None, **more):
    return {"id": id or name, "when": when,
            "give_to": {"rep": f"{name}@acme.test"}, **more}


def pool(id, *names, **more):
    return {"id": id, "members": [{"rep": f"{name}@acme.test"}
                                  for name in names], **more}


def senior_and_junior(town):
    return Company(town, sue={"seniority": "senior"},
                   jay={"seniority": "junior"})


def test_r1_in_turn_nobody_is_a_turn_ahead(town):
    acme = Company(town, "ana", "bo", "cy")
    acme.everyone()
    won = Counter(acme.send(name=f"n{i}") for i in range(10))
    assert max(won.values()) - min(won.values()) <= 1


def test_r2_by_geography_and_what_lies_in_it(town):
    acme = Company(town, "ana", "bo")
    for name, place, more in (
            ("Korea", {"country": "KR"}, {}),
            ("Seoul", {"region": "KR-11", "country": "KR"},
             {"parent": "korea"})):
        acme.client.post("/api/v1/territories", {
            "name": name, "places": [place], **more}).expect(201)
    acme.publish(rules=[
        to("ana", {"field": "region", "op": "within", "value": "seoul"}),
        to("bo", {"field": "country", "op": "within", "value": "korea"})])
    assert acme.send(name="a", country="KR", region="Seoul") == "ana"
    assert acme.send(name="b", country="KR", region="Busan") == "bo"
    assert acme.send(name="c", country="JP") == "Inbox"


def test_r3_r6_r7_by_industry_product_and_use_case(town):
    acme = Company(town, "ana", "bo", "cy")
    acme.publish(rules=[to("ana", is_("industry", "Banking")),
                        to("bo", is_("product", "Heat pump")),
                        to("cy", is_("use_case", "Renovation"))])
    assert acme.send(name="a", industry="banking") == "ana"
    assert acme.send(name="b", product="heat pump") == "bo"
    assert acme.send(name="c", use_case="renovation") == "cy"


def test_r4_high_scores_go_to_the_experienced(town):
    acme = senior_and_junior(town)
    acme.everyone()
    strong = acme.send_lead(name="a", email="a@firm.test", company="Firm",
                            phone="010-1234-5678")
    weak = acme.send_lead(name="b")
    assert strong["score"] > weak["score"]
    acme.publish([pool("all", "sue", "jay")], rules=[
        {"id": "high", "needs": {"seniority": "senior"},
         "give_to": {"pool": "all"}, "when": {
             "field": "score", "op": "at_least", "value": strong["score"]}},
        to("jay", {"all": []})])
    again = acme.send_lead(name="c", email="c@other.test", company="Other",
                           phone="010-1234-5679")
    assert again["owner"]["name"] == "sue"
    assert acme.send(name="d") == "jay"


def test_r5_large_deals_to_a_senior_small_ones_to_a_sequence(town):
    acme = senior_and_junior(town)
    acme.client.post("/api/v1/sequences", {"name": "welcome", "steps": [
        {"change": {"add_tags": ["greeted"]}}]}).expect(201)
    acme.publish([pool("all", "sue", "jay", needs={"seniority": "senior"})],
                 rules=[
        {"id": "large", "give_to": {"pool": "all"}, "when": {
            "field": "deal_value", "op": "at_least", "value": 50000}},
        {"id": "small", "when": {"all": []}, "give_to": {
            "sequence": "welcome", "owner": {"queue": "inbox"}}}])
    assert acme.send(name="a", deal_value=60000) == "sue"
    small = acme.send_lead(name="b", deal_value=10)
    assert small["owner"]["kind"] == "queue"
    acme.settle()
    assert acme.lead(small["id"])["tags"] == ["greeted"]


def test_r8_a_sister_company_goes_to_who_serves_the_family(town):
    acme = Company(town, "ana", "bo")
    acme.everyone(keep_together={"account": True, "parent_account": True})
    made = {}
    for name in ("Hanbit", "Hanbit Steel", "Hanbit Foods"):
        made[name] = acme.client.post("/api/v1/accounts", {
            "name": name, "parent": made.get("Hanbit")}).expect(201).json["id"]
    first = acme.send(name="a", company="Hanbit Steel")
    for i in range(3):
        assert acme.send(name=f"b{i}", company="Hanbit Foods") == first


def test_r9_the_next_who_is_really_there(town):
    acme = Company(town, ana={"hours": OFFICE}, bo={"open_leads_max": 0},
                   cy={"presence": "away"}, dee={}, eve={})
    acme.everyone()
    here = now(town)
    acme.absence("dee", here.isoformat(),
                 (here + timedelta(days=9)).isoformat())
    monday(town, hour=20)
    assert {acme.send(name=f"n{i}") for i in range(3)} == {"eve"}


def test_r10_by_customer_segment(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[to("ana", is_("segment", "Enterprise"))],
                 otherwise={"rep": "bo@acme.test"})
    assert acme.send(name="a", segment="enterprise") == "ana"
    assert acme.send(name="b", segment="Home") == "bo"


def test_r10_whoever_caught_the_lead_keeps_it(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[to("ana", {"all": []}, capturer_keeps=True)])
    mine = acme.sign_in("bo").post("/api/v1/leads", {"name": "a"})
    assert mine.expect(201).json["owner"]["name"] == "bo"
    assert acme.send(name="b") == "ana"


def test_r11_any_field_tag_or_field_of_ones_own(town):
    acme = Company(town, "ana", "bo")
    acme.client.post("/api/v1/fields", {"name": "rooms",
                                        "type": "number"}).expect(201)
    acme.publish(rules=[to("ana", {"all": [
        {"field": "custom.rooms", "op": "at_least", "value": 4},
        {"not": is_("tags", "spam")}, is_("source", "Fair")]})],
        otherwise={"rep": "bo@acme.test"})
    wanted = {"source": "Fair", "custom": {"rooms": 5}}
    assert acme.send(name="a", **wanted) == "ana"
    assert acme.send(name="b", **wanted, tags=["spam"]) == "bo"
    assert acme.send(name="c", source="Fair", custom={"rooms": 3}) == "bo"


def test_r12_one_lead_has_one_owner_at_every_moment(town):
    acme = Company(town, "ana", "bo")
    acme.everyone()
    lead = acme.send_lead(name="a")
    for name in ("bo", "ana", "inbox", "bo"):
        acme.give(lead, name)
    rows = acme.of(lead, "assignments")
    assert [row["ended_at"] for row in rows].count(None) == 1
    assert all(a["ended_at"] == b["begun_at"] for a, b in zip(rows, rows[1:]))


def test_r13_skill_and_language_come_before_any_turn(town):
    acme = Company(town)
    acme.client.post("/api/v1/skills", {"name": "solar"}).expect(201)
    acme.add("ana", languages=["de"],
             skills=[{"skill": "solar", "level": 4}])
    acme.add("bo", languages=["de"])
    acme.add("cy", skills=[{"skill": "solar", "level": 5}])
    acme.publish([{"id": "all", "members": "everyone", "needs": {
        "skills": {"solar": 3}, "language": "lead"}}])
    assert {acme.send(name=f"n{i}", language="de")
            for i in range(3)} == {"ana"}


def test_r14_too_long_is_measured_in_working_time(town):
    acme = Company(town, ana={"hours": OFFICE}, bo={"hours": OFFICE})
    acme.publish([pool("all", "ana", "bo", strategy="fixed")],
                 late={"after_minutes": 60, "then": "next", "times": 1})
    start = monday(town, hour=10)
    move_to(town, start + timedelta(hours=17, minutes=30))
    lead = acme.send_lead(name="a")
    move_to(town, start + timedelta(days=1, hours=9, minutes=29))
    assert acme.owner(lead) == "ana"          # half an hour of work is left
    move_to(town, start + timedelta(days=1, hours=9, minutes=31))
    acme.settle()
    assert acme.owner(lead) == "bo"


# R15: the weakness of each way

def test_r15_a_region_that_is_full_flows_over(town):
    acme = Company(town, ana={"open_leads_max": 2}, bo={})
    acme.publish([pool("north", "ana"), pool("everybody", "ana", "bo")],
                 rules=[{"id": "n", "when": is_("city", "north"),
                         "give_to": {"pool": "north"}}],
                 nobody_can={"then": {"pool": "everybody"}},
                 otherwise={"pool": "everybody"})
    names = [acme.send(name=f"n{i}", city="north") for i in range(4)]
    assert names == ["ana", "ana", "bo", "bo"]


def test_r15_juniors_get_their_share_of_good_leads(town):
    """Best match knows sue wins; with fairness jay is not starved."""
    acme = senior_and_junior(town)
    for name, stage in (("sue", "customer"), ("jay", "unqualified")):
        for i in range(3):
            lead = acme.send_lead(name=f"{name}{i}")
            acme.give(lead, name)
            acme.edit(lead, stage=stage)
    acme.publish([pool("all", "sue", "jay", strategy="best_match",
                       explore_percent=0, fairness=20)])
    won = Counter(acme.send(name=f"n{i}") for i in range(12))
    assert won["sue"] > won["jay"] >= 2


def test_r15_a_company_is_not_kept_for_ever(town):
    acme = Company(town, "ana", "bo")
    acme.publish([pool("all", "ana", "bo", strategy="fixed")],
                 keep_together={"account": True, "months": 1})
    first = acme.send_lead(name="a", company="Hanbit")
    acme.give(first, "bo")
    assert acme.send(name="b", company="Hanbit") == "bo"
    town.clock.advance("760h")
    assert acme.send(name="c", company="Hanbit") == "ana"


def test_r15_who_is_there_must_be_able_as_well(town):
    acme = Company(town, ana={"languages": ["ko"], "hours": OFFICE}, bo={})
    acme.publish([{"id": "all", "members": "everyone",
                   "needs": {"language": "lead"}}])
    start = monday(town, hour=20)
    lead = acme.send_lead(name="a", language="ko")
    assert lead["owner"]["kind"] == "queue"      # bo is there, and cannot
    move_to(town, start.astimezone(SEOUL) + timedelta(days=1, hours=9))
    acme.settle()
    assert acme.owner(lead) == "ana"


def test_r15_a_score_does_not_decide_alone(town):
    acme = Company(town, "ana", "bo")
    acme.publish(rules=[to("ana", {"any": [
        {"field": "score", "op": "at_least", "value": 1000000},
        is_("company", "Known Ltd")]})], otherwise={"rep": "bo@acme.test"})
    assert acme.send(name="a", company="Known Ltd") == "ana"
    assert acme.send(name="b") == "bo"
