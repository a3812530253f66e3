#!/usr/bin/env python3
"""Writes db_migrations[] (lib/db/db.h) from the numbered files of schema/.

NNNN_word.sql serves both engines and is written in PostgreSQL's types;
NNNN_word.sqlite.sql and NNNN_word.postgres.sql stand together when the
engines must differ, and are taken as they are. Nothing is run here.

    embed_schema.py SCHEMA_FOLDER OUTPUT.c
"""

import re
import sys
from pathlib import Path

FILE_NAME = re.compile(r"(\d{4})_(\w+?)(?:\.(sqlite|postgres))?\.sql")

# Comments, texts and quoted names are stepped over, never changed.
KEPT = r"(--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")"

WORKSPACE_ID = r"\(\s*workspace_id\s*,\s*id\s*\)"

# For SQLite the id alone is the key, so that it is the rowid; a foreign key
# to it must then name the id alone as well.
CHANGES = {
    "sqlite": [
        (r"\bBIGINT\b", "INTEGER"),
        (r"\bPRIMARY\s+KEY\s*" + WORKSPACE_ID, "PRIMARY KEY (id)"),
        (
            r"\bFOREIGN\s+KEY\s*\(\s*workspace_id\s*,\s*(\w+)\s*\)"
            r"\s*REFERENCES\s+(\w+)\s*" + WORKSPACE_ID,
            r"FOREIGN KEY (\1) REFERENCES \2 (id)",
        ),
    ],
    "postgres": [(r"\bBLOB\b", "BYTEA")],
}


def text_for(engine, sql):
    """The common text as one engine reads it."""
    for pattern, replacement in CHANGES[engine]:
        change = re.compile(pattern, re.IGNORECASE)
        parts = re.split(KEPT, sql, flags=re.DOTALL)
        for i in range(0, len(parts), 2):
            parts[i] = change.sub(replacement, parts[i])
        sql = "".join(parts)
    return sql


def read_migrations(folder):
    """[(number, name, {engine: text})] in order; ValueError when unclear."""
    found = {}
    for path in sorted(Path(folder).glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise ValueError(f"{path.name}: not NNNN_word.sql")
        number, word, engine = int(match[1]), match[2], match[3]
        name = f"{match[1]}_{word}"
        sql = path.read_text(encoding="utf-8")
        entry = found.setdefault(number, (name, {}))
        if entry[0] != name or number == 0:
            raise ValueError(f"{path.name}: the number {match[1]} is taken")
        for one in [engine] if engine else list(CHANGES):
            if one in entry[1]:
                raise ValueError(f"{path.name}: a second text for {one}")
            entry[1][one] = sql if engine else text_for(one, sql)
    for name, texts in found.values():
        for engine in CHANGES:
            if engine not in texts:
                raise ValueError(f"{name}: no text for {engine}")
    if sorted(found) != list(range(1, len(found) + 1)):
        raise ValueError(f"numbers have a gap: {sorted(found)}")
    return [(number, *found[number]) for number in sorted(found)]


def literal(text):
    """C string literals, one for each line."""
    lines = []
    for line in text.splitlines(keepends=True):
        escaped = "".join(
            {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "?": "\\?"}.get(
                c, c if c.isprintable() else octal(c)
            )
            for c in line
        )
        lines.append(f'      "{escaped}"')
    return "\n".join(lines) or '      ""'


def octal(character):
    return "".join(f"\\{byte:03o}" for byte in character.encode())


def write(migrations):
    rows = "".join(
        f'    {{ {number}, "{name}",\n'
        f'{literal(texts["sqlite"])},\n{literal(texts["postgres"])} }},\n'
        for number, name, texts in migrations
    )
    return (
        "/* Generated from schema/ by tools/embed_schema.py. */\n"
        '#include "lib/db/db.h"\n\n'
        "const struct db_migration db_migrations[] = {\n"
        f"{rows}    {{ 0, NULL, NULL, NULL }},\n}};\n"
    )


def main(folder, output):
    try:
        made = write(read_migrations(folder))
    except ValueError as error:
        sys.exit(f"schema: {error}")
    path = Path(output)
    # An unchanged file is left alone, so that nothing is compiled again.
    if not path.exists() or path.read_text(encoding="utf-8") != made:
        path.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
