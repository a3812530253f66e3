"""What every scenario may ask for.

    baton        the program on a new database; each test runs once on
                 SQLite and once on PostgreSQL
    start_baton  starts further servers, or one with other arguments
    database     the address of that database alone: all tables, no row
    empty_database  the address of one without a table
    receiver     a web server that stands in for other people's systems
    mailbox      a mail server, and what it was given

A test that brings about an error in the server's log says so first:
`baton.allow_error("disk")`.
"""

import contextlib
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from support import postgres  # noqa: E402
from support.baton import Baton, binary  # noqa: E402
from support.mailbox import Mailbox  # noqa: E402
from support.receiver import Receiver  # noqa: E402


@pytest.fixture(scope="session")
def postgres_server():
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.param


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A file that was migrated, to be copied."""
    file = tmp_path_factory.mktemp("template") / "baton.db"
    postgres.migrate(binary(), str(file))
    return file


@pytest.fixture(scope="session")
def new_database(request):
    """with new_database(engine, folder) as address: all tables, no row."""
    @contextlib.contextmanager
    def make(engine, folder):
        if engine == "postgres":
            server = request.getfixturevalue("postgres_server")
            with server.database(migrated_by=binary()) as url:
                yield url
            return
        yield str(shutil.copyfile(
            request.getfixturevalue("sqlite_template"), folder / "baton.db"))

    return make


@pytest.fixture
def database(engine, new_database, tmp_path):
    with new_database(engine, tmp_path) as address:
        yield address


@pytest.fixture
def empty_database(engine, request, tmp_path):
    if engine == "sqlite":
        yield str(tmp_path / "empty.db")
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


@pytest.fixture
def start_baton(engine, database):
    """start_baton(**options of Baton): a server that runs. All are stopped,
    and judged, when the test ends."""
    servers = []

    def start(**options):
        options = {"database": database, "engine": engine, **options}
        server = Baton(**options)
        servers.append(server)
        return server.start()

    yield start
    complaints = []
    for server in servers:
        try:
            server.stop()
        except AssertionError as complaint:
            complaints.append(str(complaint))
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def baton(start_baton):
    return start_baton()


@pytest.fixture(scope="session")
def mail_server():
    running = Mailbox().start()
    yield running
    running.stop()


@pytest.fixture
def mailbox(mail_server):
    mail_server.forget()
    return mail_server


@pytest.fixture
def receiver():
    running = Receiver().start()
    yield running
    running.stop()
