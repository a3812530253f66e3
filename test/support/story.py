"""A company for a story: people with hours and limits, made over HTTP in a
workspace of its own, and the questions that stories ask of it."""

import itertools
from datetime import datetime, timedelta, timezone

from support.client import Client
from support.workspace import Person, Workspace

PASSWORD = "correct horse"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = {day: ["09:00-18:00"] for day in DAYS[:5]}
SEOUL = timezone(timedelta(hours=9))

_numbers = itertools.count(1)


class Company(Workspace):
    """`people`: names, with settings as keywords: Company(baton, ana={},
    bo={"hours": OFFICE}). Addresses are ana@acme.test and so on."""

    def __init__(self, baton, *names, **people):
        super().__init__(baton, f"Acme {next(_numbers)}")
        for name, settings in {**dict.fromkeys(names, {}), **people}.items():
            self.add(name, **settings)

    def add(self, name, **settings):
        settings = {"role": "rep", "time_zone": "Asia/Seoul", **settings}
        made = self.client.post("/api/v1/people", {
            "email": f"{name}@acme.test", "name": name, **settings})
        person = Person(name, f"{name}@acme.test", settings["role"])
        person.id = made.expect(201).json["id"]
        self.people[name] = person
        return person

    def change(self, name, **settings):
        """Changes a person; what follows from it has happened."""
        answer = self.client.patch(
            f"/api/v1/people/{self.people[name].id}", settings).expect(200)
        self.settle()
        return answer.json

    def absence(self, name, begin, end, **more):
        made = self.client.post(
            f"/api/v1/people/{self.people[name].id}/absences",
            {"begin_at": begin, "end_at": end, **more}).expect(201).json
        self.settle()
        return made

    def settle(self):
        """All jobs that are due have run."""
        self.baton.clock.advance("0s")

    # Rules

    def everyone(self, strategy="in_turn", **more):
        """One pool of everybody."""
        return self.publish(pools=[{"id": "all", "name": "Everyone",
                                    "strategy": strategy,
                                    "members": "everyone"}], **more)

    def publish(self, pools=(), rules=(), **more):
        return self.publish_rules({
            "rules": list(rules), "pools": list(pools),
            "otherwise": {"pool": pools[0]["id"]} if pools
            else {"queue": "inbox"}, **more})

    def try_lead(self, lead, **more):
        return self.client.post("/api/v1/routing/try",
                                {"lead": lead, **more}).expect(200).json

    # Leads

    def send(self, **fields):
        """The name of whoever got it."""
        return self.send_lead(**fields)["owner"]["name"]

    def owner(self, lead):
        return self.lead(lead["id"])["owner"]["name"]

    def of(self, lead, what):
        """Its timeline, decisions, assignments or submissions."""
        return self.client.get(
            f"/api/v1/leads/{lead['id']}/{what}").expect(200).json["items"]

    def give(self, lead, to, **more):
        to = {"queue": to} if to == "inbox" else {"rep": f"{to}@acme.test"}
        given = self.client.post(f"/api/v1/leads/{lead['id']}/owner",
                                 {"to": to, **more}).expect(200).json
        self.settle()
        return given

    def touch(self, lead, kind, **more):
        return self.client.post(f"/api/v1/leads/{lead['id']}/touches",
                                {"kind": kind, **more})

    def edit(self, lead, **fields):
        changed = self.client.patch(f"/api/v1/leads/{lead['id']}",
                                    fields).expect(200).json
        self.settle()
        return changed

    def ledger(self):
        items = self.client.get("/api/v1/ledger").expect(200).json["items"]
        return {person["name"]: person for person in items}

    # People as callers

    def sign_in(self, name):
        """A client with the session of this person."""
        self.client.put(f"/api/v1/people/{self.people[name].id}/password",
                        {"password": PASSWORD}).expect(204)
        client = SignedIn(self.baton.address)
        client.sign_in(self.people[name].email, self.slug)
        return client


class SignedIn(Client):
    """Somebody with a cookie instead of a key."""

    cookie = None

    def sign_in(self, email, workspace):
        answer = self.post("/api/v1/session", {
            "email": email, "password": PASSWORD,
            "workspace": workspace}).expect(200)
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    def _headers(self, *arguments):
        headers = {**super()._headers(*arguments), "Origin": self.address}
        if self.cookie:
            headers["Cookie"] = self.cookie
        return headers


# Time

def now(baton):
    return datetime.fromisoformat(baton.now())


def move_to(baton, moment):
    """Moves the clock forward to a moment."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    ahead = moment - now(baton)
    assert ahead >= timedelta(0), f"{moment} is past, it is {baton.now()}"
    baton.clock.advance(f"{round(ahead / timedelta(milliseconds=1))}ms")


def monday(baton, hour=9):
    """Moves to the next Monday in Seoul; its midnight."""
    here = now(baton).astimezone(SEOUL)
    day = here.replace(hour=0, minute=0, second=0, microsecond=0)
    day += timedelta(days=-day.weekday() % 7)
    if day + timedelta(hours=hour) < here:
        day += timedelta(days=7)
    move_to(baton, day + timedelta(hours=hour))
    return day


def moment(text):
    """A time as the server writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def members(rows, name):
    return [row[name] for row in rows]
