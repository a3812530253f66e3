"""A workspace made from the command line, with people and an API key."""


class Person:
    def __init__(self, name, email, role):
        self.name = name
        self.email = email
        self.role = role


class Workspace:
    """`people` are lines like "ana", "bo manager" or "kim@other.test rep": a
    name or an address, and a role (rep when none is given)."""

    def __init__(self, baton, name, people=()):
        self.baton = baton
        self.name = name
        self.slug = name.lower().replace(" ", "-")
        self.people = {}
        baton.cli("workspace", "create", "--name", name, "--json")
        for line in people:
            self.add_person(line)
        self.key = self.make_key("admin")
        self.client = baton.client.with_key(self.key)

    def add_person(self, line):
        who, _, role = line.partition(" ")
        email = who if "@" in who else f"{who}@{self.slug}.test"
        person = Person(who.partition("@")[0], email, role or "rep")
        self.baton.cli("user", "add", "--workspace", self.slug,
                       "--email", email, "--role", person.role, "--json")
        self.people[person.name] = person
        return person

    def make_key(self, role=None, source=None):
        """An API key for a role, or for a source."""
        purpose = ["--source", source] if source else ["--role", role]
        return self.baton.cli("key", "create", "--workspace", self.slug,
                              *purpose, "--json")["key"]

    def client_as(self, role):
        return self.baton.client.with_key(self.make_key(role))

    def send_lead(self, **fields):
        """Sends a lead; the answer, which must be 201 or 200."""
        return self.client.post("/api/v1/leads", fields).expect(200, 201).json

    def lead(self, lead_id):
        return self.client.get(f"/api/v1/leads/{lead_id}").expect(200).json

    def publish_rules(self, rules, note="test"):
        """Puts a rule set in place of the draft and publishes it."""
        rules = {"format": "baton-rules/1", **rules}
        self.client.put("/api/v1/routing/draft", rules).expect(200)
        return self.client.post("/api/v1/routing/draft/publish",
                                {"note": note}).expect(200, 201).json
