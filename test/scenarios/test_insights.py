"""Figures: every one is worked out again here, from the leads, their
assignments and their timelines, and must be the same."""

import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from support.postgres import Server
from support.story import OFFICE, SEOUL, Company, moment, monday, now

ERROR = 1 / 32
ANSWERS = {"call", "email", "message", "meeting"}
CLOSED = {"customer", "inactive", "unqualified"}


@pytest.fixture
def acme(town):
    monday(town)
    return Company(town, "ana", "bo")


def ask(client, block, **query):
    return client.get(f"/api/v1/insights/{block}",
                      query=query).expect(200).json


def by_name(answer):
    return {item["name"]: item for item in answer["items"]}


def stages(figures, what):
    return {s["stage"]: s[what] for s in figures["stages"] if s[what]}


# What each figure is

def test_leads_are_counted_on_the_day_they_came_by_what_they_are_now(acme):
    for source in ("web", "web", "ads"):
        acme.send_lead(source=source, email=f"{source}@x.test")
    acme.send_lead(source="phone")
    acme.baton.clock.advance("1d")
    lead = acme.send_lead(source="web", name="Kim")
    answer = ask(acme.client, "created", split="source", by="day")
    assert answer["total"] == {"created": 4}    # one came twice
    assert {k: v["created"] for k, v in by_name(answer).items()} \
        == {"web": 2, "ads": 1, "phone": 1}
    days = answer["periods"]
    assert len(days) == 30 and days[-1]["created"] == 1
    assert [d["created"] for d in days[:-2]] == [0] * 28
    acme.edit(lead, source="ads")
    answer = ask(acme.client, "created", split="source")
    assert by_name(answer)["web"]["created"] == 1
    assert answer["time_zone"] == "Asia/Seoul" and answer["complete"]
    assert "present owner" in answer["definition"]


def asked(baton, sql):
    """The one value that the database answers."""
    if baton.engine == "postgres":
        return Server(baton.database).sql(sql)[0][0]
    with closing(sqlite3.connect(baton.database)) as database, database:
        return database.execute(sql).fetchone()[0]


def notes(baton):
    """What has happened and was not yet added to the sums."""
    return int(asked(baton, "SELECT COUNT(*) FROM insight_note"))


def test_figures_are_the_same_before_and_after_a_job_has_added_them(acme):
    for number in range(5):
        acme.send_lead(source=f"s{number % 2}", name=str(number))
    assert notes(acme.baton)
    before = ask(acme.client, "created", split="source")
    assert before["total"] == {"created": 5}
    acme.baton.clock.advance("3s")
    assert not notes(acme.baton)
    after = ask(acme.client, "created", split="source")
    assert after["total"] == before["total"]
    assert by_name(after) == by_name(before)
    acme.send_lead(source="s1", name="one more")
    assert by_name(ask(acme.client, "created", split="source"))["s1"][
        "created"] == by_name(before)["s1"]["created"] + 1


def test_the_leads_of_a_table_are_counted_by_what_each_is(acme):
    """They are stored together, and each row's memory is used again for the
    next; a new source makes the rules be read anew between them."""
    acme.publish(rules=[{"id": "kr", "give_to": {"rep": "ana@acme.test"},
                         "when": {"field": "country", "op": "is",
                                  "value": "KR"}}])
    products = ["roof", "a door in the back", "x", "windows"]
    for number, product in enumerate(products):
        table = "email,country,product,segment\n" + "".join(
            f"t{number}{row}@x.test,KR,{products[row % 4]},{product}\n"
            for row in range(12))
        acme.client.request(
            "POST", "/api/v1/imports", body=table.encode(),
            headers={"Content-Type": "text/csv"},
            query={"source": f"fair {number}"}).expect(201)
        acme.settle()
    for _ in range(2):                  # before and after they are added
        assert created_by(acme, "rule") == {"kr": 48}
        assert created_by(acme, "source") == {
            f"fair {number}": 12 for number in range(4)}
        for split in ("product", "segment"):
            assert created_by(acme, split) == dict.fromkeys(products, 12)
        assert stages(ask(acme.client, "stages")["total"], "now") \
            == {"open": 48}
        acme.baton.clock.advance("5s")


def created_by(acme, split):
    answer = ask(acme.client, "created", split=split)
    return {name: item["created"] for name, item in by_name(answer).items()}


def test_what_many_groups_add_becomes_one_note_and_then_sums(acme):
    for number in range(120):
        acme.send_lead(source=f"s{number}", name=str(number))
    before = ask(acme.client, "created", split="source")
    acme.baton.clock.advance("3s")
    assert notes(acme.baton) == 1
    merged = ask(acme.client, "created", split="source")
    acme.baton.clock.advance("3s")
    assert notes(acme.baton) == 0
    after = ask(acme.client, "created", split="source")
    assert before["total"] == merged["total"] == after["total"] \
        == {"created": 120}
    assert by_name(before) == by_name(merged) == by_name(after)


def test_notes_of_an_older_version_are_counted(acme):
    acme.send_lead(source="web", name="Kim")
    today = ask(acme.client, "created", by="day")
    day = asked(acme.baton, "SELECT MAX(created_ms) FROM lead")
    day = (int(day) + 9 * 3600_000) // 86_400_000   # in Seoul
    asked(acme.baton,
          "INSERT INTO insight_note (workspace_id, id, cells)"
          " SELECT workspace_id, id + 1,"
          f" '[[0,{day},\"\",0,0,\"old\",\"\",\"\",\"\",3]]'"
          " FROM insight_note RETURNING 1")
    for _ in range(2):
        answer = ask(acme.client, "created", split="source")
        assert answer["total"] == {"created": today["total"]["created"] + 3}
        assert by_name(answer)["old"]["created"] == 3
        acme.baton.clock.advance("3s")


def test_the_pipeline_shows_what_stands_and_what_moved(acme):
    leads = [acme.send_lead(name=str(i), product="a" if i else "b")
             for i in range(4)]
    acme.edit(leads[0], stage="qualified")
    acme.edit(leads[0], stage="contacted")
    acme.edit(leads[0], stage="qualified")
    acme.edit(leads[1], stage="customer")
    answer = ask(acme.client, "stages", split="product")
    assert stages(answer["total"], "now") == {
        "open": 2, "qualified": 1, "customer": 1}
    assert stages(answer["total"], "entered") == {
        "qualified": 2, "contacted": 1, "customer": 1}
    assert stages(by_name(answer)["b"], "entered")["qualified"] == 2


def test_the_time_to_an_owner_counts_the_wait_in_the_queue(acme):
    acme.send_lead(name="at once")
    for name in ("ana", "bo"):
        acme.change(name, presence="away")
    came = now(acme.baton)
    acme.send_lead(name="waits")
    waiting = ask(acme.client, "time_to_owner")
    assert moment(waiting["oldest_waiting_at"]) == came
    assert waiting["total"]["owned"] == 1
    acme.baton.clock.advance("2h")
    acme.change("bo", presence="available")
    answer = ask(acme.client, "time_to_owner", split="rep")
    assert answer["total"]["owned"] == 2
    assert answer["oldest_waiting_at"] is None
    assert answer["total"]["p50_ms"] == 0
    assert abs(answer["total"]["p99_ms"] - 7_200_000) <= 7_200_000 * ERROR
    assert by_name(answer)["bo"]["p99_ms"] == answer["total"]["p99_ms"]


def test_an_answer_after_hours_is_quick_in_working_time(town):
    """Friday at 17:30, answered on Monday at 9:30: an hour of work."""
    monday(town)
    acme = Company(town, ana={"hours": OFFICE})
    town.clock.advance("4d 8h 30m")
    lead = acme.send_lead(name="Kim")
    town.clock.advance("2d 16h")
    acme.touch(lead, "call").expect(201)
    total = ask(acme.client, "response_time")["total"]
    assert total["answered"] == 1
    assert abs(total["working"]["p50_ms"] - 3_600_000) <= 3_600_000 * ERROR
    wall = 64 * 3_600_000
    assert abs(total["wall"]["p50_ms"] - wall) <= wall * ERROR


def test_answers_in_time_and_promises_missed(acme):
    acme.everyone(late={"after_minutes": 30, "then": "stay"})
    quick, slow, never = [acme.send_lead(name=n) for n in "abc"]
    acme.baton.clock.advance("10m")
    acme.touch(quick, "note").expect(201)     # no answer
    acme.touch(quick, "call").expect(201)
    acme.baton.clock.advance("1h")
    acme.touch(slow, "call").expect(201)
    total = ask(acme.client, "response_time")["total"]
    assert (total["answered"], total["in_time"], total["too_late"]) \
        == (2, 1, 1)
    assert total["share_in_time"] == 0.5 and total["late"] == 2
    assert acme.lead(never["id"])["late_count"] == 1


def test_the_period_before_is_as_long(acme):
    acme.send_lead(name="a")
    acme.baton.clock.advance("7d")
    for name in "bc":
        acme.send_lead(name=name)
    today = now(acme.baton).astimezone(SEOUL).date()
    week = {"from": (today - timedelta(days=6)).isoformat(),
            "to": today.isoformat()}
    answer = ask(acme.client, "created", **week)
    assert answer["total"]["created"] == 2
    assert answer["previous"]["created"] == 1
    assert answer["previous"]["to"] == (today
                                        - timedelta(days=7)).isoformat()
    assert answer["last_day_is_partial"]
    assert ask(acme.client, "created", compare="none",
               **week)["previous"] is None


def test_weeks_begin_on_monday_and_quarters_are_the_calendars(acme):
    answer = ask(acme.client, "created", by="week", compare="none",
                 **{"from": "2026-12-30", "to": "2027-01-12"})
    assert [(p["from"], p["to"]) for p in answer["periods"]] == [
        ("2026-12-30", "2027-01-03"), ("2027-01-04", "2027-01-10"),
        ("2027-01-11", "2027-01-12")]
    answer = ask(acme.client, "created", by="quarter",
                 **{"from": "2026-02-01", "to": "2026-12-31"})
    assert [p["from"] for p in answer["periods"]] == [
        "2026-02-01", "2026-04-01", "2026-07-01", "2026-10-01"]
    answer = ask(acme.client, "created", by="month",
                 **{"from": "2028-01-31", "to": "2028-03-01"})
    assert [p["to"] for p in answer["periods"]] == [
        "2028-01-31", "2028-02-29", "2028-03-01"]


def test_a_slip_in_the_question_is_pointed_at(acme):
    for query, pointer in (({"from": "yesterday"}, "/from"),
                           ({"from": "2026-11-20", "to": "2026-11-19"},
                            "/to"),
                           ({"by": "year"}, "/by"),
                           ({"from": "2020-01-01", "by": "day"}, "/by"),
                           ({"from": "1980-01-01"}, "/from"),
                           ({"split": "owner"}, "/split"),
                           ({"compare": "goal"}, "/compare")):
        problem = acme.client.get("/api/v1/insights/created",
                                  query=query).expect(422).json
        assert problem["errors"][0]["pointer"] == pointer, query
    acme.client.get("/api/v1/insights/weather").expect(404)
    acme.client.get("/api/v1/insights/created",
                    query={"spilt": "rep"}).expect(400)


# Who is shown what

def test_a_rep_is_shown_his_own_figures(acme):
    leads = [acme.send_lead(name=str(i), source="web") for i in range(5)]
    for lead in leads:
        acme.touch(lead, "call").expect(201)
    mine = [lead for lead in leads if lead["owner"]["name"] == "ana"]
    acme.edit(mine[0], stage="qualified")
    ana = acme.sign_in("ana")
    created = ask(ana, "created", split="rep")
    assert created["leads"] == "own"
    assert created["total"]["created"] == len(mine) < 5
    assert set(by_name(created)) == {"ana"}
    assert by_name(ask(ana, "created", split="source"))["web"] \
        ["created"] == len(mine)
    assert ask(ana, "response_time")["total"]["answered"] == len(mine)
    assert ask(ana, "stages")["total"]["stages"][3]["now"] == 1
    assert ask(ana, "time_to_owner")["oldest_waiting_at"] is None
    assert ask(acme.client, "created")["leads"] == "all"
    viewer = ask(acme.client_as("viewer"), "created")
    assert viewer["total"]["created"] == 5
    ana.post("/api/v1/insights/recount").expect(403)
    nobody = ask(acme.client_as("rep"), "created")
    assert nobody["total"]["created"] == 0


# Any history

class History:
    def __init__(self, baton, seed):
        self.draw = random.Random(seed)
        self.baton = baton
        self.company = Company(
            baton, ana={"hours": OFFICE}, bo={"open_leads_max": 6}, cy={},
            dee={"hours": OFFICE, "time_zone": "Europe/Berlin"})
        self.company.publish(
            [{"id": "all", "name": "All", "members": "everyone"},
             {"id": "few", "name": "Few", "strategy": "in_turn",
              "members": [{"rep": "ana@acme.test"},
                          {"rep": "bo@acme.test"}]}],
            rules=[{"id": "kr", "name": "Korea", "give_to": {"pool": "few"},
                    "when": {"field": "country", "op": "is",
                             "value": "KR"}}],
            late={"after_minutes": 45, "times": 2, "then": "next"})
        self.leads = []

    def step(self):
        if not self.leads or self.draw.random() < 0.35:
            self.capture()
        else:
            self.draw.choice([self.touch, self.touch, self.stage, self.stage,
                              self.give, self.edit, self.presence, self.time,
                              self.time])()

    def capture(self):
        number = self.draw.randrange(40)
        answer = self.company.send_lead(
            email=f"p{number}@x.test",
            country=self.draw.choice(["KR", "JP"]),
            source=self.draw.choice(["web", "ads", "Näher"]),
            product=["a", "b", None][number % 3])
        if answer["id"] not in self.leads:
            self.leads.append(answer["id"])

    def lead(self):
        return {"id": self.draw.choice(self.leads)}

    def touch(self):
        more = {}
        lead = self.lead()
        if self.draw.random() < 0.3:
            ago = timedelta(minutes=self.draw.randrange(60))
            came = datetime.fromisoformat(
                self.company.lead(lead["id"])["created_at"])
            more["at"] = max(now(self.baton) - ago, came).isoformat()
        self.company.touch(lead, self.draw.choice(
            ["call", "email", "note"]), **more).expect(201)

    def stage(self):
        self.company.edit(self.lead(), stage=self.draw.choice(
            ["open", "contacted", "qualified", "customer", "unqualified"]))

    def give(self):
        self.company.give(self.lead(), self.draw.choice(
            ["inbox", "ana", "bo", "cy", "dee"]))

    def edit(self):
        self.company.edit(self.lead(), segment=self.draw.choice(
            ["small", "large", None]))

    def presence(self):
        self.company.change(self.draw.choice(["ana", "bo", "cy", "dee"]),
                            presence=self.draw.choice(["available", "away"]))

    def time(self):
        self.baton.clock.advance(f"{self.draw.choice([7, 50, 600])}m")

    # The same figures, from the raw facts

    def facts(self):
        for id in self.leads:
            lead = self.company.lead(id)
            yield (lead, self.company.of(lead, "assignments"),
                   self.company.of(lead, "timeline"))

    def check(self):
        facts = list(self.facts())
        client = self.company.client
        begin = (now(self.baton) - timedelta(days=60)).date().isoformat()
        query = {"from": begin, "compare": "none"}
        for split, of in (("source", lambda l: l["source"]),
                          ("rep", lambda l: l["owner"]["name"]),
                          ("segment", lambda l: l.get("segment"))):
            answer = ask(client, "created", split=split, by="day", **query)
            assert {k: v["created"] for k, v in by_name(answer).items()} \
                == Counter(of(lead) for lead, _, _ in facts)
            assert days(answer, "created") == Counter(
                day(lead["created_at"]) for lead, _, _ in facts)
        self.check_stages(client, facts, query)
        self.check_owned(client, facts, query)
        self.check_answers(client, facts, query)

    def check_stages(self, client, facts, query):
        answer = ask(client, "stages", split="rep", **query)
        standing = Counter((lead["owner"]["name"], lead["stage"])
                           for lead, _, _ in facts)
        assert {(name, stage): n for name, item in by_name(answer).items()
                for stage, n in stages(item, "now").items()} == standing
        moves = Counter(
            change["to"] for _, _, timeline in facts for entry in timeline
            for change in entry["data"].get("changes", [])
            if change["field"] == "stage")
        assert stages(answer["total"], "entered") == moves

    def check_owned(self, client, facts, query):
        firsts = [(lead, next((a for a in assignments
                               if a["owner"]["kind"] == "rep"), None))
                  for lead, assignments, _ in facts]
        waits = [(first["owner"]["name"],
                  ms(lead["created_at"], first["begun_at"]))
                 for lead, first in firsts if first]
        answer = ask(client, "time_to_owner", split="rep", **query)
        assert answer["total"]["owned"] == len(waits)
        close(answer["total"], [wait for _, wait in waits])
        for name, item in by_name(answer).items():
            close(item, [wait for who, wait in waits if who == name])
        waiting = [lead["created_at"] for lead, _, _ in facts
                   if lead["owner"]["kind"] == "queue"
                   and lead["stage"] not in CLOSED]
        assert answer["oldest_waiting_at"] == min(waiting, default=None)

    def check_answers(self, client, facts, query):
        answered = [lead for lead, _, _ in facts
                    if lead["first_response_at"]]
        total = ask(client, "response_time", by="day", **query)
        assert days(total, "answered") == Counter(
            day(lead["first_response_at"]) for lead in answered)
        close(total["total"]["wall"], [
            max(0, ms(lead["created_at"], lead["first_response_at"]))
            for lead in answered])
        late = sum(entry["kind"] == "lead.late"
                   for _, _, timeline in facts for entry in timeline)
        assert total["total"]["late"] == late
        assert total["total"]["in_time"] + total["total"]["too_late"] \
            <= len(answered)


def day(text):
    return moment(text).astimezone(SEOUL).date().isoformat()


def ms(begin, end):
    return round((moment(end) - moment(begin)) / timedelta(milliseconds=1))


def days(answer, figure):
    return {p["from"]: p[figure] for p in answer["periods"] if p[figure]}


def close(figures, durations):
    """Each percentile within its error of the nearest rank."""
    durations = sorted(durations)
    for percent in (50, 90, 99):
        shown = figures[f"p{percent}_ms"]
        if not durations:
            assert shown is None
            continue
        rank = max(1, -(-len(durations) * percent // 100))
        true = durations[rank - 1]
        assert abs(shown - true) <= true * ERROR, (percent, shown, true)


@pytest.fixture
def seed():
    seed = int(os.environ.get("BATON_TEST_SEED", time.time_ns() % 1_000_000))
    print(f"BATON_TEST_SEED={seed}")
    return seed


def test_after_any_history_every_figure_is_what_the_raw_facts_say(
        start_baton, seed):
    history = History(start_baton(), seed)
    for step in range(1, 161):
        history.step()
        if step % 80 == 0:
            history.check()
    history.baton.restart()
    history.company.client = history.baton.client.with_key(
        history.company.key)
    history.step()
    history.check()


def everything(client, baton):
    begin = (now(baton) - timedelta(days=60)).date().isoformat()
    shown = {}
    for block in ("created", "stages", "time_to_owner", "response_time"):
        for split in ("rep", "source", "product", "segment"):
            answer = ask(client, block, split=split, by="day",
                         **{"from": begin})
            answer["items"].sort(key=lambda item: str(item["id"]))
            assert answer["complete"]
            answer.pop("as_of")
            shown[block, split] = answer
    return shown


def test_counted_anew_from_what_is_stored_the_figures_are_the_same(
        start_baton, seed):
    history = History(start_baton(), seed)
    history.edit = history.presence     # segments are those of now
    for _ in range(120):
        history.step()
    history.company.settle()
    client = history.company.client
    before = everything(client, history.baton)
    client.post("/api/v1/insights/recount").expect(202)
    partial = ask(client, "created")
    history.company.settle()
    after = everything(client, history.baton)
    assert before == after
    assert partial["total"]["created"] <= after["created", "rep"][
        "total"]["created"]
    history.step()
    history.check()


def test_leads_that_come_while_all_are_counted_anew_are_counted_once(acme):
    batch = [{"email": f"b{i}@x.test"} for i in range(350)]
    acme.client.post("/api/v1/leads/batch", {"leads": batch}).expect(200)
    acme.client.post("/api/v1/insights/recount").expect(202)
    for i in range(20):
        acme.send_lead(email=f"n{i}@x.test")
        acme.send_lead(email=f"b{i}@x.test", product="new")
    acme.settle()
    answer = ask(acme.client, "created", split="product")
    assert answer["complete"] and answer["total"]["created"] == 370
    assert by_name(answer)["new"]["created"] == 20


def test_a_note_of_the_same_moment_is_no_answer_when_all_is_counted_anew(
        acme):
    lead = acme.send_lead(name="Kim")
    acme.touch(lead, "note").expect(201)
    other = "bo" if lead["owner"]["name"] == "ana" else "ana"
    acme.give(lead, other)
    acme.touch(lead, "call").expect(201)
    acme.settle()

    def answered():
        items = by_name(ask(acme.client, "response_time", split="rep"))
        return {name: item["answered"] for name, item in items.items()}

    assert answered() == {other: 1}
    acme.client.post("/api/v1/insights/recount").expect(202)
    acme.settle()
    assert answered() == {other: 1}


def test_days_are_counted_in_the_workspaces_zone(acme):
    acme.baton.clock.advance("12h")     # 21:00 in Seoul, 12:00 in London
    acme.baton.clock.advance("4h")      # the next day in Seoul only
    acme.send_lead(name="late")
    seoul = days(ask(acme.client, "created", by="day"), "created")
    acme.client.patch("/api/v1/workspace",
                      {"time_zone": "Europe/London"}).expect(200)
    kept = ask(acme.client, "created", by="day")
    assert kept["time_zone"] == "Asia/Seoul"
    assert days(kept, "created") == seoul
    acme.client.post("/api/v1/insights/recount").expect(202)
    acme.settle()
    london = ask(acme.client, "created", by="day")
    assert london["time_zone"] == "Europe/London"
    before = datetime.fromisoformat(next(iter(seoul))) - timedelta(days=1)
    assert list(days(london, "created")) == [before.date().isoformat()]


def test_a_merged_lead_is_counted_once_and_twice_when_it_is_undone(acme):
    leads = [acme.send_lead(name=name, email=f"{name}@x.test")
             for name in ("kim", "lee")]
    acme.baton.clock.advance("1h")
    for lead in leads:
        acme.touch(lead, "call").expect(201)
    acme.edit(leads[0], stage="qualified")

    def shown():
        created = ask(acme.client, "created", split="rep")
        pipeline = ask(acme.client, "stages")["total"]
        return (created["total"]["created"],
                sum(v["created"] for v in by_name(created).values()),
                stages(pipeline, "now"), stages(pipeline, "entered"),
                ask(acme.client, "time_to_owner")["total"]["owned"],
                ask(acme.client, "response_time")["total"]["answered"])

    two = shown()
    assert two == (2, 2, {"open": 1, "qualified": 1}, {"qualified": 1}, 2, 2)
    merge = acme.client.post(f"/api/v1/leads/{leads[0]['id']}/merge",
                             {"into": leads[1]["id"]}).expect(200, 201)
    acme.settle()
    one = (1, 1, {"open": 1}, {"qualified": 1}, 1, 1)
    assert shown() == one, merge.json
    acme.client.post("/api/v1/insights/recount").expect(202)
    acme.settle()
    assert shown() == one
    acme.client.post(f"/api/v1/leads/{leads[0]['id']}/unmerge",
                     {}).expect(200)
    acme.settle()
    assert shown() == two
