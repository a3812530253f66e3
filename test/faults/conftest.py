"""What is proved here must be true of a server that flushes what it commits:
these stories have a PostgreSQL of their own, none that others share."""

import pytest
from support import postgres


@pytest.fixture(scope="session")
def postgres_server():
    with postgres.Cluster() as cluster:
        yield cluster
