"""Clients that all do different things at once, and write down what they were
told. They go on until they are stopped or the server does not answer."""

import http.client
import random
import threading

PATIENCE_SECONDS = 0.1  # of a client that was told to come back later
CONNECTION_LOST = (OSError, http.client.HTTPException)


class Load:
    """with Load(acme, told, seed=1): several clients work until the end."""

    def __init__(self, acme, told, seed, clients=4, survives_503=False,
                 server=None):
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=Caller(
                server or acme.baton, acme, told, f"{seed}-{i}", self._stop,
                survives_503).work)
            for i in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(240)
        assert not any(thread.is_alive() for thread in self._threads)


class Caller:
    """One client on one connection. `name` is the seed of what it does and
    part of all it sends, so two callers never mean the same person."""

    def __init__(self, server, acme, told, name, stop, survives_503):
        self._client = server.client.with_key(acme.key)
        self._people = [p.email for p in acme.people.values()]
        self._told = told
        self._name = name
        self._stop = stop
        self._random = random.Random(name)
        self._survives_503 = survives_503
        self._number = 0
        self._mine = []  # (id, address) of my leads

    def work(self):
        try:
            while not self._stop.is_set():
                self._do_something()
        except CONNECTION_LOST:
            pass  # the server was ended
        except Exception as error:  # noqa: BLE001 (the test must hear of it)
            self._told.complain(f"{type(error).__name__}: {error}")
        finally:
            self._client.close()

    def _do_something(self):
        kinds = [(8, self._new_lead), (6, self._keyed_lead),
                 (3, self._keyed_batch), (1, self._batch)]
        if self._mine:
            kinds += [(2, self._somebody_again), (2, self._touch),
                      (2, self._give), (1, self._close)]
        weights, actions = zip(*kinds)
        self._random.choices(actions, weights)[0]()

    # What it sends

    def _person(self):
        self._number += 1
        return {"name": f"Person {self._number}", "message": self._name,
                "email": f"p{self._number}.{self._name}@example.test"}

    def _key(self):
        return f"{self._name}/{self._number}"

    def _new_lead(self):
        body = self._person()
        self._note([body], self._send("/api/v1/leads", body))

    def _keyed_lead(self):
        body = self._person()
        self._note([body], self._send("/api/v1/leads", body, self._key()),
                   self._key())

    def _batch(self):
        people = [self._person() for _ in range(self._random.randint(2, 20))]
        self._note(people,
                   self._send("/api/v1/leads/batch", {"leads": people}))

    def _keyed_batch(self):
        people = [self._person() for _ in range(self._random.randint(2, 20))]
        key = self._key()
        self._note(people, self._send("/api/v1/leads/batch",
                                      {"leads": people}, key), key)

    def _somebody_again(self):
        lead_id, email = self._random.choice(self._mine)
        answer = self._send("/api/v1/leads", {"email": email, "city": "Jeju"})
        if answer and answer.json["id"] != lead_id:
            self._told.complain(f"{email} was {lead_id}, now {answer.text}")

    def _touch(self):
        lead_id, _ = self._random.choice(self._mine)
        self._number += 1
        note = f"touch {self._number} of {self._name}."
        if self._send(f"/api/v1/leads/{lead_id}/touches",
                      {"kind": "call", "note": note}):
            self._told.touch(lead_id, note)

    def _give(self):
        lead_id, _ = self._random.choice(self._mine)
        to = self._random.choice(self._people)
        if self._send(f"/api/v1/leads/{lead_id}/owner", {"to": {"rep": to}}):
            self._told.changed()

    def _close(self):
        lead_id, _ = self._random.choice(self._mine)
        stage = self._random.choice(["customer", "inactive", "open"])
        answer = self._client.patch(f"/api/v1/leads/{lead_id}",
                                    {"stage": stage})
        if self._is_good(answer):
            self._told.changed()

    # How it sends

    def _send(self, path, body, key=None):
        """The answer; None when it was an honest 503."""
        try:
            answer = self._client.post(path, body, idempotency_key=key)
        except CONNECTION_LOST:
            if key:
                self._told.lost_answer(path, body, key)
            raise
        if self._is_good(answer):
            return answer
        if key:
            self._told.lost_answer(path, body, key)
        return None

    def _is_good(self, answer):
        if self._survives_503 and answer.status == 503:
            if "retry-after" not in answer.headers:
                self._told.complain("503 without Retry-After")
            self._stop.wait(PATIENCE_SECONDS)
            return False
        answer.expect(200, 201)
        return True

    def _note(self, people, answer, key=None):
        if answer is None:
            return
        ids = note_answer(self._told, people, answer, key)
        self._mine += zip(ids, (p["email"] for p in people))


def note_answer(told, people, answer, key=None):
    """Writes down the leads of an answer to a single lead or a batch."""
    results = answer.json.get("results", [answer.json])
    assert len(results) == len(people), answer.text
    ids = [result["id"] for result in results]
    for person, lead_id in zip(people, ids):
        told.lead(lead_id, person["email"])
    if key:
        told.keyed(key, ids)
    return ids


def settle(acme, told):
    """Sends again what was sent with a key and not answered: it is stored
    once, whether or not it was stored before."""
    unsettled, told.unsettled = told.unsettled, []
    client = acme.baton.client.with_key(acme.key)
    for path, body, key in unsettled:
        answer = client.post(path, body, idempotency_key=key).expect(200, 201)
        note_answer(told, body.get("leads", [body]), answer, key)
    client.close()
    return len(unsettled)
