"""Files that other programs and people wrote: in the tree where their licence
lets us keep them, else in a folder beside it, else the test is skipped."""

import csv
import gzip
import io
import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KEPT = PROJECT / "test" / "data"
DATA = Path(os.environ.get("BATON_TEST_DATA",
                           PROJECT.parent / "shared" / "data"))


def real(*path):
    """Its bytes, unpacked."""
    found = [folder.joinpath(*path) for folder in (KEPT, DATA)
             if folder.joinpath(*path).exists()]
    if not found:
        pytest.skip(f"no test data at {DATA}; set BATON_TEST_DATA")
    content = found[0].read_bytes()
    return gzip.decompress(content) if found[0].suffix == ".gz" else content


def rows_of(*path):
    """What Python's own reader makes of it."""
    text = real(*path).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def table_of(rows):
    """As a file again: for a part of one."""
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
