"""A client that does one thing: it sends leads, alone or many at a time."""

from load import note_answer
from support.client import Client

# The log is copied into the file when it has grown to 64 MB.
BATCH_LEADS = 200
LONG_MESSAGE = "We are looking for an offer. " * 500


class Sender:
    """Sends leads of ever new people, and notes what is acknowledged."""

    def __init__(self, baton, told):
        self.acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
        self.told = told
        self._number = 0

    def person(self):
        self._number += 1
        return {"name": "Kim", "email": f"p{self._number}@example.test"}

    def send(self, baton, person=None):
        """The answer to one lead."""
        person = person or self.person()
        answer = self._post(baton, "/api/v1/leads", person)
        if answer.status in (200, 201):
            note_answer(self.told, [person], answer)
        return answer

    def send_many(self, baton):
        people = [{**self.person(), "message": LONG_MESSAGE}
                  for _ in range(BATCH_LEADS)]
        answer = self._post(baton, "/api/v1/leads/batch", {"leads": people})
        if answer.status in (200, 201):
            note_answer(self.told, people, answer)
        return answer

    def client(self, baton):
        return Client(baton.address, self.acme.key)

    def _post(self, baton, path, body):
        return self.client(baton).request("POST", path, body)
