"""The tables of what is proved where name tests that are there."""

import re
from pathlib import Path

import pytest

TEST = Path(__file__).resolve().parents[1]
TABLES = [path for path in sorted(TEST.glob("**/*.md"))
          if "`test_" in path.read_text()]
ANSWERED = [*range(1, 37), *range(65, 73)]     # all of these sections


def names_written():
    """Names of all tests, in Python and in C."""
    names = set()
    for path in TEST.glob("**/test_*.py"):
        names |= set(re.findall(r"^def (test_\w+)\(", path.read_text(), re.M))
    return names


@pytest.mark.parametrize("table", TABLES, ids=lambda p: p.parent.name)
def test_every_test_that_a_table_names_is_there(table):
    named = set(re.findall(r"`(test_\w+)`", table.read_text()))
    assert sorted(named - names_written()) == []


def test_every_lesson_has_a_row():
    rows = re.findall(r"^\| (\d+) \|", (TEST / "scenarios" / "README.md")
                      .read_text(), re.M)
    assert [n for n in ANSWERED if str(n) not in rows] == []
    assert len(rows) == len(set(rows))
