"""Whatever is sent to whatever takes a body: made from the description that
the server gives of itself, so a new endpoint is tried by being there. What
breaks the description is refused, with its place, and nothing of it is kept;
what only its handler can judge is taken or refused, and never an error."""

import itertools
import json

import pytest
from support.story import Company
from test_roles import TABLE, UNKNOWN, make_records, reading

JSON = {"Content-Type": "application/json"}
DEEP_MAX = 4                       # members of members of members
BOTTOMLESS = b'{"a":' * 500 + b"1" + b"}" * 500
WRONG = {"string": 7, "integer": "many", "number": "much",
         "boolean": "perhaps", "array": "some", "object": "thing"}
SENSE = {          # what a handler wants of a member, by its name
    "url": "http://127.0.0.1:1/", "country": "KR", "time_zone": "Asia/Seoul",
    "begin_at": "2027-01-01T00:00:00Z", "end_at": "2027-01-02T00:00:00Z",
    "currency": "KRW", "password": "correct horse", "queue": "inbox",
    "to": {"queue": "inbox"}, "otherwise": {"queue": "inbox"},
    "give_to": {"queue": "inbox"}, "places": [{"country": "JP"}],
    "steps": [{"change": {"add_tags": ["x"]}}], "template": None,
    "sequence": "ours-sequence", "role": "rep",
    "due_at": "2027-01-01T00:00:00Z",
}
ODD = {                            # of the right kind
    "null": [None],
    "string": ["", " ", "x\0y", "\u202e\u200b", "\U0001d4b3" * 60, "'; --",
               "{{lead.name", "../../etc", "%00", "9" * 400],
    "integer": [0, -1, 2**63 - 1, -2**63],
    "number": [0, -1, 1.5, 1e300, 1e-300],
    "boolean": [True, False],
    "array": [[], [[]], [None], [{"x": 1}] * 3, ["a", "a"]],
    "object": [{}, {"": {"": [{}]}}, {"all": [{"not": {}}]},
               {"field": 7, "op": [], "value": {}}, {"mon": [["09:00"]]}],
}
ODD_QUESTIONS = ["{}", "[]", "-1", "0", "1e9", "18446744073709551617",
                 "2027-13-45", "2026-01-01", '{"field":"name"}']


def once(members):
    """An object in which no name stands twice: two shapes of one name would
    be one to whoever reads the description."""
    names = [name for name, _ in members]
    assert len(set(names)) == len(names), names
    return dict(members)


class Described:
    """What the server says of itself."""

    def __init__(self, client, ids):
        self.sense = {**SENSE, "lead": ids["lead"], "ids": [ids["submission"]]}
        self.made = itertools.count()
        self.all = json.loads(
            client.get("/api/v1/openapi.json").expect(200).body,
            object_pairs_hook=once)

    def bodies(self):
        """(endpoint, schema) of every body that is JSON."""
        for row in TABLE:
            asked = self.all["paths"][row.path][row.method.lower()]
            kinds = asked.get("requestBody", {}).get("content", {})
            if "application/json" in kinds:
                yield row, self.of(kinds["application/json"]["schema"])

    def of(self, schema):
        """Itself, without references."""
        while "$ref" in schema or "anyOf" in schema:
            if "anyOf" in schema:
                schema = schema["anyOf"][0]
            else:
                name = schema["$ref"].rpartition("/")[2]
                schema = self.all["components"]["schemas"][name]
        return schema

    def written(self, schema):
        return {name: self.of(member)
                for name, member in schema.get("properties", {}).items()
                if not member.get("readOnly")}

    def sample(self, schema, name=""):
        """A value of the right shape, and of some sense."""
        if name in self.sense:
            return self.sense[name]
        if "enum" in schema:
            return schema["enum"][0]
        kind = (kinds(schema) or ["string"])[0]
        if kind == "object":
            return {name: self.sample(member, name)
                    for name, member in self.written(schema).items()
                    if name in schema.get("required", [])
                    or name == "due_at"}
        if kind == "string":
            new = f"x{next(self.made)}"
            return {"email": f"{new}@x.test", "date": "2027-01-01"}.get(
                schema.get("format"), UNKNOWN if "pattern" in schema else new)
        return {"integer": schema.get("minimum", 1), "boolean": False,
                "number": 1, "array": []}[kind]

    def places(self, schema, path=()):
        """(path, schema) of every member, and of members of members."""
        if len(path) > DEEP_MAX:
            return
        for name, member in self.written(schema).items():
            yield (*path, name), member
            yield from self.places(member, (*path, name))
            if "items" in member:
                item = self.of(member["items"])
                yield (*path, name, 0), item
                yield from self.places(item, (*path, name, 0))

    def body_with(self, schema, path, value):
        """A body of the right shape but for what stands at one place."""
        if not path:
            return value
        if path[0] == 0:
            return [self.body_with(self.of(schema["items"]), path[1:], value)]
        body = self.sample(schema)
        member = self.written(schema).get(path[0], {})
        return {**body, path[0]: self.body_with(member, path[1:], value)}


def kinds(schema):
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else kind


def pointer(path):
    return "".join(f"/{part}" for part in path)


def breaks(description, schema):
    """(place, body) of bodies that break what is described."""
    yield "", []
    yield "", "text"
    yield "/nmae_zq", {**description.sample(schema), "nmae_zq": 1}
    for name in schema.get("required", []):
        body = description.sample(schema)
        del body[name]
        yield f"/{name}", body
    for path, member in description.places(schema):
        wrong = WRONG.get((kinds(member) or [""])[0])
        if wrong is not None:
            yield pointer(path), description.body_with(schema, path, wrong)
        if member.get("additionalProperties") is False:
            yield pointer(path) + "/nmae_zq", description.body_with(
                schema, path, {**description.sample(member), "nmae_zq": 1})
        if "maxLength" in member:
            yield pointer(path), description.body_with(
                schema, path, "x" * (member["maxLength"] + 1))
        if "enum" in member:
            yield pointer(path), description.body_with(schema, path, "zq")
        for limit, beyond in (("minimum", -1), ("maximum", 1)):
            if limit in member:
                yield pointer(path), description.body_with(
                    schema, path, member[limit] + beyond)
        if "maxItems" in member:
            some = description.sample(description.of(member["items"]))
            yield pointer(path), description.body_with(
                schema, path, [some] * (member["maxItems"] + 1))


def oddities(description, schema):
    """Bodies that are no more than strange. Each place is given some of the
    odd texts, its neighbours the others."""
    texts = itertools.cycle(ODD["string"])
    for path, member in description.places(schema):
        for kind in kinds(member) or ODD:
            values = itertools.islice(texts, 3) if kind == "string" \
                else ODD[kind]
            for value in values:
                yield description.body_with(schema, path, value)
        if "string" in kinds(member) and "enum" not in member:
            yield description.body_with(schema, path,
                                        "x" * member.get("maxLength", 5000))


def is_problem(answer):
    """It says what is wrong, in the way that is promised."""
    problem = answer.json or {}
    return (answer.headers["content-type"].startswith(
                "application/problem+json")
            and problem.get("status") == answer.status
            and bool(problem.get("detail"))
            and (answer.status not in (400, 422)
                 or bool(problem.get("errors"))))


def points_at(answer, place):
    return any(error["pointer"] == place
               or error["pointer"].startswith(place + "/")
               for error in answer.json.get("errors", []))


@pytest.fixture(scope="module")
def acme(town):
    company = Company(town, "ana", "bo")
    company.client = company.client_as("owner")
    company.ids = make_records(company, "ours")
    company.described = Described(company.client, company.ids)
    company.settle()
    return company


def ask(acme, row, body):
    return acme.client.request(
        row.method, row.to(acme.ids.get(row.kind, UNKNOWN)),
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers=JSON)


def test_what_breaks_the_description_is_refused_with_its_place(acme):
    wrong = []
    before = {name: answer.json for name, answer in
              reading(acme.client).items()}
    for row, schema in acme.described.bodies():
        for place, body in breaks(acme.described, schema):
            answer = ask(acme, row, body)
            if answer.status not in (400, 413, 422) or not is_problem(answer) \
                    or not points_at(answer, place) and answer.status != 413:
                wrong.append((row.label, place, str(body)[:120],
                              answer.status, answer.text[:300]))
    after = {name: answer.json for name, answer in
             reading(acme.client).items()}
    assert wrong == [], many(wrong)
    for name, was in before.items():
        assert same(after[name]) == same(was), name


def many(wrong):
    return "\n".join(map(str, wrong[:20]))


def same(answer):
    return {key: value for key, value in (answer or {}).items()
            if key not in ("as_of", "server_time")}


@pytest.mark.parametrize("body, status", [
    (b'{"name": "Kim"', 400), (b"nonsense", 400), (b'{"a": NaN}', 400),
    (b'{"a": 1, "a": 2}', 400), (b'{"a": "\xff"}', 400), (BOTTOMLESS, 400)],
    ids=["cut off", "no JSON", "no number", "twice", "no UTF-8", "too deep"])
def test_what_is_no_json_is_refused_everywhere(acme, body, status):
    wrong = []
    for row, _ in acme.described.bodies():
        answer = ask(acme, row, body)
        if answer.status != status or not is_problem(answer):
            wrong.append((row.label, answer.status, answer.text[:200]))
    assert wrong == [], many(wrong)


def test_what_is_strange_is_taken_or_refused_and_never_an_error(acme):
    wrong = []
    for row, schema in acme.described.bodies():
        for body in oddities(acme.described, schema):
            answer = ask(acme, row, body)
            if answer.status >= 500 or answer.status >= 400 \
                    and not is_problem(answer):
                wrong.append((row.label, str(body)[:120], answer.status,
                              answer.text[:300]))
    acme.settle()
    assert wrong == [], many(wrong)
    assert acme.baton.cli("doctor", "--json")["ok"]


def test_a_question_without_sense_is_refused_with_its_name(acme):
    wrong = []
    for row in TABLE:
        asked = acme.described.all["paths"][row.path][row.method.lower()]
        names = [parameter["name"] for parameter in asked["parameters"]
                 if parameter["in"] == "query"]
        if row.method != "GET" or not names:
            continue
        path = row.to(acme.ids.get(row.kind, UNKNOWN))
        for name in names:
            for value in ODD["string"] + ODD_QUESTIONS:
                answer = acme.client.get(path, query={name: value})
                if answer.status >= 500 or answer.status in (400, 422) \
                        and not (points_at(answer, f"/{name}")
                                 or "\0" in value):
                    wrong.append((row.label, name, value, answer.status,
                                  answer.text[:300]))
    assert wrong == [], many(wrong)


def test_what_cannot_be_asked_for_is_refused_everywhere(acme):
    """A slip in the name of a filter must not show everything, nor change
    something else than was meant; and it is said what can be asked for."""
    wrong = []
    before = {name: answer.json for name, answer in
              reading(acme.client).items()}
    for row in TABLE:
        if not row.path.startswith("/api/"):
            continue  # others write those addresses
        asked = acme.described.all["paths"][row.path][row.method.lower()]
        names = [parameter["name"] for parameter in asked["parameters"]
                 if parameter["in"] == "query"]
        answer = acme.client.request(
            row.method, row.to(acme.ids.get(row.kind, UNKNOWN)),
            query={"zq": "1"})
        if answer.status != 400 or not is_problem(answer) \
                or not points_at(answer, "/zq") \
                or any(n not in answer.json["errors"][0]["message"]
                       for n in names):
            wrong.append((row.label, answer.status, answer.text[:300]))
    assert wrong == [], many(wrong)
    after = {name: answer.json for name, answer in
             reading(acme.client).items()}
    for name, was in before.items():
        assert same(after[name]) == same(was), name
