"""All that a database holds, as bytes: to look for what must not be there.
And the numbers by which it holds it."""

import subprocess
from pathlib import Path

from support import postgres

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def everything(baton, *files):
    """The file of SQLite with its log; the rows of PostgreSQL as text, blobs
    in hexadecimal. And these files."""
    if baton.engine == "postgres":
        found = subprocess.run(
            [postgres.program("pg_dump"), "--inserts", baton.database],
            capture_output=True, check=True, timeout=180).stdout
    else:
        path = Path(baton.database)
        found = b"".join(p.read_bytes() for p in
                         [path, *path.parent.glob(path.name + "-*")])
    return found + b"".join(Path(p).read_bytes() for p in files)


def holds(found, text):
    """As text, or as the hexadecimal digits of its bytes."""
    return text.encode() in found or text.encode().hex().encode() in found


def number_of(shown):
    """The key in the tables of an id as the API shows it."""
    number = 0
    for character in shown:
        number = number * 32 + ALPHABET.index(character)
    return number
