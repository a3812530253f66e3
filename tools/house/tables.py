"""Every SQL table is named by one _store.c only; others ask it.

The owner is the _store.c that inserts into the table. A folder of lib/ that
keeps a table counts as one owner. Views are published to be read by others.
"""

import re
from collections import defaultdict

from house.tree import Complaint, strings_of

CREATED = re.compile(
    r"CREATE\s+(?:VIRTUAL\s+|UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(\w+)", re.IGNORECASE)
# SQL is written with its own words in capitals and names in small letters.
NAMED = re.compile(
    r"\b(?P<verb>FROM|INTO|UPDATE|JOIN)\s+(?:ONLY\s+)?"
    r"(?P<names>[a-z_]\w*(?:(?:\s+(?:AS\s+)?[a-z_]\w*)?\s*,\s*[a-z_]\w*)*)")
INSERTED = re.compile(r'\.table\s*=\s*"(\w+)"')


def check(tree):
    tables = _created(tree)
    uses = defaultdict(list)  # table -> [(owner, file, line, inserts)]
    for file in tree.named(".c", under=("lib/", "src/")):
        if file.endswith("_test.c"):
            continue
        for table, line, inserts in _named(tree.text(file)):
            if table in tables:
                uses[table].append((_unit(file), file, line, inserts))
    for table, found in sorted(uses.items()):
        yield from _judge(table, found)


def _created(tree):
    return {name for file in tree.named(".sql", under=("schema/",))
            for name in CREATED.findall(_without_comments(tree.text(file)))}


def _without_comments(sql):
    return re.sub(r"--[^\n]*", "", sql)


def _named(text):
    for content, line_at in strings_of(text):
        for found in NAMED.finditer(content):
            start = found.start("names")
            for name in re.finditer(r"(?:^|,\s*)(\w+)", found["names"]):
                yield (name[1], line_at(start + name.start(1)),
                       found["verb"] == "INTO")
    for found in INSERTED.finditer(text):
        yield found[1], text.count("\n", 0, found.start()) + 1, True


def _unit(file):
    """Who owns what a file names; None when the file may own nothing."""
    if file.startswith("lib/"):
        return "/".join(file.split("/")[:2])
    return file if file.endswith("_store.c") else None


def _judge(table, uses):
    owners = ([u for u, _, _, inserts in uses if u and inserts]
              or [u for u, _, _, _ in uses if u])
    owner = owners[0] if owners else None
    for unit, file, line, _ in uses:
        if unit is None:
            yield Complaint(file, line, f"names the table {table}",
                            "SQL stands in a _store.c: "
                            + (f"ask {owner}" if owner else "make one"))
        elif unit != owner:
            yield Complaint(file, line, f"names the table {table}",
                            f"it belongs to {owner}: ask it")
