"""Stories that need no server of their own share one of each engine.

    town     a server for all tests of a file; each test makes a company of
             its own in it, and moves the one clock only forward
"""

import pytest
from support.baton import Baton


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def town(request, tmp_path_factory):
    if request.param == "sqlite":
        database = str(tmp_path_factory.mktemp("town") / "baton.db")
        yield from _serving(database, "sqlite")
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield from _serving(url, "postgres")


def _serving(database, engine):
    server = Baton(database, engine=engine,
                   arguments=["--allow-address", "127.0.0.0/8"])
    yield server.start()
    server.stop()
