"""The same as test_histories.py, in a company where more goes on: companies
behind leads, tables that are imported and taken back, offers, substitutes,
weights. BATON_TEST_SEED repeats."""

from datetime import timedelta

from support.story import OFFICE, now
from test_histories import CHECK_EVERY, History, seed  # noqa: F401
from test_import_api import CSV

STEPS = 150
COMPANIES = ["Sol", "Luna Ltd", "Terra", "Mars GmbH"]


class BusyHistory(History):
    """One company and all that happens to it."""

    def __init__(self, baton, seed):
        super().__init__(baton, seed)
        self.imports = []
        self.clients = {name: self.company.sign_in(name)
                        for name in self.company.people}

    def step(self):
        happening = self.draw.choice(
            [super().step] * 6
            + [self.company_lead, self.company_lead, self.other_company,
               self.family, self.table, self.take_table_back, self.done,
               self.give_up_sequence, self.offers, self.accept, self.accept,
               self.decline, self.catch, self.substitute, self.absence_ends, self.weight])
        if self.leads or happening == self.company_lead:
            happening()

    def company_lead(self):
        self.take(self.company.send_lead(
            email=f"c{self.draw.randrange(60)}@x.test",
            company=self.draw.choice(COMPANIES), country="KR",
            product=self.draw.choice(["roof", "a door in the back"])))

    def other_company(self):
        self.change(company=self.draw.choice([*COMPANIES, "New", None]))

    def family(self):
        accounts = self.company.client.get("/api/v1/accounts").json["items"]
        if len(accounts) > 1:
            one, other = self.draw.sample(accounts, 2)
            self.company.client.patch(f"/api/v1/accounts/{one['id']}", {
                "parent": self.draw.choice([other["id"], None]),
            }).expect(200, 422)         # 422: a circle

    def table(self):
        rows = "".join(f"t{self.draw.randrange(80)}@x.test,"
                       f"{self.draw.choice([*COMPANIES, ''])},KR\n"
                       for _ in range(self.draw.randrange(1, 9)))
        made = self.company.client.request(
            "POST", "/api/v1/imports", headers=CSV,
            body=b"email,company,country\n" + rows.encode(),
            query={"source": f"fair {self.draw.randrange(4)}",
                   "route": self.draw.choice(["yes", "no"])})
        self.imports.append(made.expect(201).json["id"])
        self.look_again()

    def take_table_back(self):
        if self.imports:
            taken = self.imports.pop(self.draw.randrange(len(self.imports)))
            self.company.client.post(f"/api/v1/imports/{taken}/undo",
                                     {}).expect(200, 202, 409)
            self.look_again()

    def look_again(self):
        """A table makes and changes leads behind the test's back."""
        self.company.settle()
        self.leads, query = {}, {"limit": 200}
        while query:
            page = self.company.client.get("/api/v1/leads", query=query).json
            self.leads.update((lead["id"], lead) for lead in page["items"])
            query = page["next_cursor"] and {
                "limit": 200, "cursor": page["next_cursor"]}

    def done(self):
        tasks = self.company.client.get(
            "/api/v1/tasks", query={"state": "open"}).json["items"]
        if tasks:
            task = self.draw.choice(tasks)
            self.company.client.post(f"/api/v1/tasks/{task['id']}/done",
                                     {}).expect(200)

    def give_up_sequence(self):
        self.company.client.delete(
            f"/api/v1/leads/{self.lead()['id']}/sequence"
        ).expect(200, 204, 404, 409)

    def offers(self):
        """Rules that offer, and put what is late into a queue."""
        self.company.publish(
            [{"id": "all", "name": "All", "members": "everyone"},
             {"id": "fast", "name": "Fast", "strategy": "first_to_accept",
              "accept_minutes": 30, "members": "everyone"}],
            rules=[{"id": "kr", "give_to": {"pool": "fast"},
                    "capturer_keeps": self.draw.random() < 0.5, "when": {
                        "field": "country", "op": "is", "value": "KR"}}],
            late={"after_minutes": 20, "finally": {"queue": "inbox"}},
            keep_together={"person": True, "months": 12,
                           "account": self.draw.random() < 0.5,
                           "parent_account": True})

    def accept(self):
        self.answer_offer("accept", 200, 409, 422)

    def decline(self):
        self.answer_offer("decline", 204)

    def answer_offer(self, how, *expected):
        client = self.clients.get(self.person(), self.company.client)
        offers = client.get("/api/v1/offers")   # 401: has left
        if offers.status == 200 and offers.json["items"]:
            offer = self.draw.choice(offers.json["items"])
            client.post(f"/api/v1/leads/{offer['lead']}/{how}").expect(
                *expected, 404)

    def catch(self):
        client = self.clients.get(self.person(), self.company.client)
        made = client.post("/api/v1/leads", {
            "email": f"h{self.draw.randrange(60)}@x.test", "region": "KR-26"})
        if made.expect(200, 201, 401).status != 401:    # 401: has left
            self.take(made.json)

    def substitute(self):
        one, other = self.draw.sample(sorted(self.company.people), 2)
        here = now(self.baton)
        self.company.client.post(
            f"/api/v1/people/{self.company.people[one].id}/absences", {
                "begin_at": here.isoformat(),
                "end_at": (here + timedelta(hours=9)).isoformat(),
                "substitute": f"{other}@acme.test"}).expect(201, 409, 422)

    def absence_ends(self):
        path = f"/api/v1/people/{self.company.people[self.person()].id}" \
               "/absences"
        absences = self.company.client.get(path).json["items"]
        if absences:
            which = self.draw.choice(absences)
            self.company.client.delete(f"{path}/{which['id']}").expect(
                204, 409, 422)          # what is over stays

    def weight(self):
        self.set(weight=self.draw.randrange(1, 5),
                 hours=self.draw.choice([None, OFFICE]))

    def restart(self):
        super().restart()
        active = {person["name"] for person in self.company.client.get(
            "/api/v1/people").json["items"] if person["active"]}
        self.clients = {name: self.company.sign_in(name)
                        for name in active & set(self.company.people)}


def test_in_any_busy_history_everything_adds_up(start_baton, seed):  # noqa: F811
    baton = start_baton()
    history = BusyHistory(baton, seed)
    for step in range(1, STEPS + 1):
        history.step()
        if step == STEPS // 2:
            history.restart()
        if step % CHECK_EVERY == 0:
            history.check()
