"""A stage that fails: the database refuses what it writes."""

import contextlib
import sqlite3

from support.postgres import Server

WORDS = "this stage is broken"


def break_stage(baton, table, when=None):
    """From now on the database refuses every new row of a table, or those of
    which `when` is true (SQL; the row is NEW)."""
    baton.allow_error("broken")
    only = f" WHEN ({when})" if when else ""
    if baton.engine == "sqlite":
        _sqlite(baton,
                f"CREATE TRIGGER broken_{table} BEFORE INSERT ON {table}{only}"
                f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END")
        return
    Server(baton.database).sql(
        "CREATE OR REPLACE FUNCTION broken() RETURNS trigger AS $$ BEGIN"
        f" RAISE EXCEPTION '{WORDS}'; END $$ LANGUAGE plpgsql")
    Server(baton.database).sql(
        f"CREATE TRIGGER broken_{table} BEFORE INSERT ON {table}"
        f" FOR EACH ROW{only} EXECUTE FUNCTION broken()")


def mend_stage(baton, table):
    if baton.engine == "sqlite":
        _sqlite(baton, f"DROP TRIGGER broken_{table}")
        return
    Server(baton.database).sql(f"DROP TRIGGER broken_{table} ON {table}")


@contextlib.contextmanager
def broken_stage(baton, table, when=None):
    break_stage(baton, table, when)
    try:
        yield
    finally:
        mend_stage(baton, table)


def _sqlite(baton, sql):
    with sqlite3.connect(baton.database) as database:
        database.execute(sql)
    database.close()
