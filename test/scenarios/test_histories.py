"""Whatever happens in whatever order: each lead has one owner, the account of
turns adds up, nobody is given more than he takes, and what is planned goes
along with its lead. BATON_TEST_SEED repeats."""

import os
import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from support.story import OFFICE, Company, now

STEPS = 140
CHECK_EVERY = 20
STAGES = ["open", "contacted", "qualified", "customer", "unqualified"]
TAKEN_BACK = {"given_back", "routed_again", "queued"}
CLOSED = {"customer", "inactive", "unqualified"}


class History:
    """One company and what happens to it."""

    def __init__(self, baton, seed):
        self.draw = random.Random(seed)
        self.baton = baton
        self.company = Company(
            baton, ana={}, bo={"open_leads_max": 4}, cy={"hours": OFFICE},
            dee={"day_leads_max": 3, "weight": 3},
            eve={"hours": OFFICE, "time_zone": "Europe/Berlin"})
        self.company.client.post("/api/v1/sequences", {
            "name": "nurture", "steps": [
                {"task": {"kind": "call", "title": "Call"}},
                {"after": {"hours": 5}, "change": {"add_tags": ["warm"]}},
                {"after": {"days": 1}, "change": {"stage": "nurturing"}},
            ]}).expect(201)
        self.company.publish(
            [{"id": "all", "name": "All", "members": "everyone"},
             {"id": "few", "name": "Few", "strategy": "most_room",
              "members": [{"rep": "ana@acme.test"},
                          {"rep": "bo@acme.test"}]}],
            rules=[{"id": "kr", "give_to": {"pool": "few"}, "when": {
                "field": "country", "op": "is", "value": "KR"}},
                {"id": "de", "when": {
                    "field": "country", "op": "is", "value": "DE"},
                 "give_to": {"sequence": "nurture",
                             "owner": {"queue": "inbox"}}}],
            late={"after_minutes": 20, "times": 2,
                  "finally": {"rep": "dee@acme.test"}})
        self.leads = {}
        self.merged = {}    # the lead that went: the one that stays

    def step(self):
        happening = self.draw.choice(
            [self.capture] * 5 + [self.batch, self.again, self.reassign,
                                  self.pin, self.absence, self.leave,
                                  self.capacity, self.presence, self.touch,
                                  self.stage, self.stage, self.edit,
                                  self.plan, self.plan, self.nurture,
                                  self.rules, self.revert, self.scoring,
                                  self.merge, self.merge, self.unmerge,
                                  self.time, self.time])
        if self.leads or happening == self.capture:
            happening()

    def take(self, answer):
        assert answer["id"] not in self.merged
        self.leads[answer["id"]] = answer

    def lead(self):
        return self.leads[self.draw.choice(sorted(self.leads))]

    def person(self):
        return self.draw.choice(sorted(self.company.people))

    def capture(self):
        self.take(self.company.send_lead(
            email=f"p{self.draw.randrange(60)}@x.test",
            country=self.draw.choice(["KR", "JP", "DE"])))

    def batch(self):
        leads = [{"email": f"b{self.draw.randrange(40)}@x.test"}
                 for _ in range(self.draw.randrange(1, 8))]
        for answer in self.company.client.post(
                "/api/v1/leads/batch",
                {"leads": leads}).expect(200).json["results"]:
            self.take(answer)

    def again(self):
        email = self.company.lead(self.lead()["id"]).get("email")
        if email:
            self.take(self.company.send_lead(email=email, message="again"))

    def give(self, **more):
        to = self.draw.choice(["inbox", *self.company.people])
        target = ({"queue": to} if to == "inbox"
                  else {"rep": f"{to}@acme.test"})
        self.company.client.post(
            f"/api/v1/leads/{self.lead()['id']}/owner",
            {"to": target, **more}).expect(200, 422)  # 422: has left

    def reassign(self):
        self.give()

    def pin(self):
        hours = self.draw.randrange(1, 48)
        self.give(pin_until=(now(self.baton)
                             + timedelta(hours=hours)).isoformat())

    def absence(self):
        begin = now(self.baton) + timedelta(hours=self.draw.randrange(-5, 5))
        end = begin + timedelta(hours=self.draw.randrange(6, 72))
        person = self.company.people[self.person()]
        made = self.company.client.post(
            f"/api/v1/people/{person.id}/absences",
            {"begin_at": begin.isoformat(), "end_at": end.isoformat()})
        assert made.status == 201 \
            or made.json["errors"][0]["code"] == "overlaps"

    def set(self, **settings):
        person = self.company.people[self.person()]
        self.company.client.patch(f"/api/v1/people/{person.id}",
                                  settings).expect(200)

    def leave(self):
        self.set(active=self.draw.random() < 0.6)

    def capacity(self):
        self.set(open_leads_max=self.draw.choice([None, 0, 2, 5]))

    def presence(self):
        self.set(presence=self.draw.choice(["available", "away"]))

    def touch(self):
        self.company.touch(self.lead(), self.draw.choice(
            ["call", "email", "note"])).expect(201)

    def stage(self):
        self.change(stage=self.draw.choice(STAGES))

    def edit(self):
        self.change(country=self.draw.choice(["KR", "JP", None]))

    def change(self, **fields):
        self.company.client.patch(f"/api/v1/leads/{self.lead()['id']}",
                                  fields).expect(200)

    def plan(self):
        due = now(self.baton) + timedelta(hours=self.draw.randrange(1, 60))
        fixed = {"assignee": f"{self.person()}@acme.test"}
        self.company.client.post("/api/v1/tasks", {
            "lead": self.lead()["id"], "kind": "call", "title": "x",
            "due_at": due.isoformat(), "remind_before_minutes": 30,
            **self.draw.choice([{}, {}, fixed])}).expect(201, 422)

    def nurture(self):
        path = f"/api/v1/leads/{self.lead()['id']}/sequence"
        self.company.client.post(path,
                                 {"sequence": "nurture"}).expect(201, 409)

    def rules(self):
        """Other rules, another pool, another promise."""
        names = self.draw.sample(sorted(self.company.people), 2)
        self.company.publish(
            [{"id": "all", "name": "All", "members": "everyone"},
             {"id": "few", "name": "Few",
              "strategy": self.draw.choice(["in_turn", "most_room"]),
              "members": [{"rep": f"{name}@acme.test"} for name in names]}],
            rules=[{"id": "kr", "give_to": {"pool": "few"}, "when": {
                "field": self.draw.choice(["country", "city"]), "op": "is",
                "value": "KR"}}],
            late={"after_minutes": self.draw.choice([5, 45]), "times": 1})

    def revert(self):
        """What one version has assigned is taken back; while it is in force,
        only into a queue."""
        ask = self.company.client
        versions = ask.get("/api/v1/routing/versions").expect(200).json
        number = self.draw.choice(versions["items"])["number"]
        ask.post(f"/api/v1/routing/versions/{number}/revert", {
            "note": "wrong", "dry_run": self.draw.random() < 0.2,
            "queue": self.draw.choice([None, None, "inbox"]),
        }).expect(200, 202, 409)

    def scoring(self):
        """Points that fade, within bounds."""
        self.company.client.put("/api/v1/scoring", {
            "groups": [{"id": "g", "max": self.draw.randrange(20, 60)}],
            "rules": [
                {"id": "mail", "points": 30, "group": "g",
                 "half_life_days": self.draw.choice([None, 1, 5]),
                 "when": {"field": "email", "op": "is_known"}},
                {"id": "again", "points": 25, "group": "g",
                 "when": {"field": "returns", "op": "at_least", "value": 1}},
                {"id": "touched", "points": -10, "since": "last_touch_at",
                 "half_life_days": 2,
                 "when": {"field": "touches", "op": "at_least",
                          "value": 1}}]}).expect(200)

    def merge(self):
        goes, stays = self.lead()["id"], self.lead()["id"]
        if goes != stays:
            self.company.client.post(f"/api/v1/leads/{goes}/merge",
                                     {"into": stays}).expect(200)
            self.merged[goes] = stays
            del self.leads[goes]

    def unmerge(self):
        """Of those that became one, the last goes first."""
        ready = sorted(goes for goes, stays in self.merged.items()
                       if stays in self.leads)
        if ready:
            goes = self.draw.choice(ready)
            self.take_back(goes, self.company.client.post(
                f"/api/v1/leads/{goes}/unmerge", {}).expect(200).json)

    def take_back(self, goes, answer):
        del self.merged[goes]
        self.take(answer)

    def time(self):
        self.baton.clock.advance(
            f"{self.draw.choice([1, 15, 40, 300, 900])}m")

    def restart(self):
        self.baton.restart()
        self.company.client = self.baton.client.with_key(self.company.key)

    # What is always true

    def check(self):
        self.company.settle()
        shown = [self.company.lead(id) for id in sorted(self.leads)]
        for lead in shown:
            self.check_owner(lead)
            self.check_plans(lead)
        self.check_account(shown)
        for goes in self.merged:
            owned = self.company.of({"id": goes}, "assignments")
            assert all(period["ended_at"] for period in owned)
        page = self.company.client.get("/api/v1/leads", query={"limit": 1})
        assert page.json["total"] == len(self.leads)
        self.check_figures(shown)
        assert self.baton.cli("doctor", "--json")["ok"]

    def check_owner(self, lead):
        owned = self.company.of(lead, "assignments")
        still = [a for a in owned if a["ended_at"] is None]
        assert [a["owner"] for a in still] == [lead["owner"]]
        assert still[0] is owned[-1]
        for before, after in zip(owned, owned[1:]):
            if after["reason"] == "unmerged":
                assert before["owner"] == after["owner"]
                continue
            assert before["ended_at"] == after["begun_at"]
            assert (before["owner"] != after["owner"]
                    or after["reason"] in TAKEN_BACK)
        assert lead["score"] == sum(
            line["points"] for line in lead["score_lines"])
        if lead["stage"] in CLOSED or lead["owner"]["kind"] == "queue":
            assert lead["response_due_at"] is None

    def check_figures(self, leads):
        """What the figures say is what the leads are."""
        ask = self.company.client.get
        begin = (now(self.baton) - timedelta(days=300)).date().isoformat()
        created = ask("/api/v1/insights/created",
                      query={"from": begin, "split": "rep"}).expect(200).json
        owned = Counter(lead["owner"]["id"] for lead in leads)
        assert {item["id"]: item["created"]
                for item in created["items"]} == owned
        stages = ask("/api/v1/insights/stages").expect(200).json["total"]
        assert {stage["stage"]: stage["now"] for stage in stages["stages"]
                if stage["now"]} == Counter(lead["stage"] for lead in leads)
        answers = ask("/api/v1/insights/response_time",
                      query={"from": begin}).expect(200).json["total"]
        assert answers["answered"] == sum(
            lead["first_response_at"] is not None for lead in leads)

    def check_plans(self, lead):
        path = f"/api/v1/leads/{lead['id']}/sequence"
        runs = self.company.client.get(path).expect(200).json["items"]
        running = [run for run in runs if run["state"] == "running"]
        assert len(running) <= (lead["stage"] not in CLOSED)
        rep = lead["owner"]["kind"] == "rep"
        for task in self.company.client.get("/api/v1/tasks", query={
                "lead": lead["id"], "state": "open"}).json["items"]:
            assert not (task["automatic"] and lead["stage"] in CLOSED)
            assignee = task["assignee"] and task["assignee"]["id"]
            if not task["fixed"]:
                assert assignee == (lead["owner"]["id"] if rep else None)

    def check_account(self, leads):
        ledger = self.company.ledger()
        assert abs(sum(p["credit"] for p in ledger.values())) < 1e-9
        for name, person in ledger.items():
            open_leads = [lead for lead in leads
                          if lead["owner"]["id"] == person["id"]
                          and lead["stage"] not in CLOSED]
            assert person["open_leads"] == len(open_leads), name
            assert person["active"] or not open_leads, name


@pytest.fixture
def seed():
    seed = int(os.environ.get("BATON_TEST_SEED", time.time_ns() % 1_000_000))
    print(f"BATON_TEST_SEED={seed}")
    return seed


def test_in_any_history_each_lead_has_one_owner_and_the_account_adds_up(
        start_baton, seed):
    baton = start_baton()
    history = History(baton, seed)
    for step in range(1, STEPS + 1):
        history.step()
        if step == STEPS // 2:
            history.restart()
        if step % CHECK_EVERY == 0:
            history.check()
