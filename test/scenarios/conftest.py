"""Stories that need no server of their own share one of each engine.

    town       a server for all tests of a file; each test makes a company of
               its own in it, and moves the one clock only forward
    post_town  the same, with a mail server

Whatever the stories of a file did, what must always be true of the stored
data is so when they are over.
"""

import pytest
from support.baton import Baton


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def town(request, new_database, tmp_path_factory):
    engine = request.param
    with new_database(engine, tmp_path_factory.mktemp("town")) as address:
        yield from _serving(address, engine)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def post_town(request, new_database, tmp_path_factory, mail_server):
    mailing = ["--mail-server", mail_server.url,
               "--mail-from", "Baton <leads@baton.test>",
               "--base-url", "https://baton.test/"]
    engine = request.param
    with new_database(engine, tmp_path_factory.mktemp("post_town")) as address:
        yield from _serving(address, engine, mailing)


def _serving(database, engine, more=()):
    server = Baton(database, engine=engine,
                   arguments=["--allow-address", "127.0.0.0/8", *more])
    yield server.start()
    server.stop()
    looked = server.cli("doctor", "--json", expect=(0, 1))
    assert looked["ok"], [check for check in looked["checks"]
                          if not check["ok"]]


@pytest.fixture
def hook():
    """Makes webhooks, and removes them: a receiver of a later test may listen
    on the port of this one."""
    made = []

    def make(acme, receiver, **more):
        webhook = acme.client.post("/api/v1/webhooks", {
            "url": receiver.url + "/in", **more}).expect(201).json
        made.append((acme, webhook))
        return webhook

    yield make
    for acme, webhook in made:
        client = acme.baton.client.with_key(acme.key)
        client.delete(f"/api/v1/webhooks/{webhook['id']}").expect(204)
        client.close()
