"""Who may include whom: lib < records < stages < lifecycle < doors."""

import re

from house.tree import Complaint, matches

# A folder of lib/ and the folders it stands on.
LIB = {
    "base": set(),
    "db": {"base"},
    "net": {"base"},
    "jobs": {"base", "db", "net"},
    "time": {"base", "db", "jobs"},
    "rules": {"base", "db", "jobs", "time"},
    "http": {"base", "db", "jobs", "rules", "time"},
}
RECORDS = {"lead", "account", "team", "access", "workspace", "operation"}
STAGES = {"capture", "standardise", "match", "score", "route", "notify", "sla",
          "follow_up", "message", "workflow", "insight"}
# Who asks: what they ask for is in the lifecycle and below it.
DOORS = {"api", "page", "import", "export", "replay", "command"}
# These two hang everything together.
HINGES = {"main.c", "modules.c"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.MULTILINE)


def check(tree):
    for file in tree.c_files(under=("lib/", "src/")):
        for found, line in matches(INCLUDE, tree.text(file)):
            why = refusal(file, found[1])
            if why:
                yield Complaint(file, line, f'includes "{found[1]}"', why)


def refusal(file, header):
    """Why `file` may not include `header`; None when it may."""
    to = header.split("/")
    if to[0] not in ("lib", "src", "schema", "test"):
        return "paths are written from the root of the project"
    if to[0] == "test":
        return None if file.endswith("_test.c") else "tests serve only tests"
    if file.startswith("lib/"):
        return _refusal_in_lib(file.split("/")[1], to)
    return _refusal_in_src(_rank(file.split("/")), to)


def _refusal_in_lib(folder, to):
    if to[0] == "src":
        return "lib knows nothing of leads"
    if to[0] == "schema" or to[1] == folder:
        return None
    if folder not in LIB:
        return f"lib/{folder} is not in the table of tools/house/includes.py"
    if to[1] not in LIB[folder]:
        below = ", ".join(sorted(LIB[folder])) or "nothing"
        return f"lib/{folder} stands on {below}"
    return None


def _refusal_in_src(rank, to):
    if to[0] != "src":
        return None
    kind, folder = rank
    kind_to, folder_to = _rank(to)
    if kind is None:
        return f"src/{folder} is not in the table of tools/house/includes.py"
    if kind_to is None:
        return f"src/{folder_to} is not in the table of tools/house/includes.py"
    if kind == "door" or folder == folder_to:
        return None
    if to[1:] == ["module.h"]:
        return None  # the type by which every folder registers itself
    if kind_to == "door":
        return (None if folder in HINGES else
                f"src/{folder_to} is a door: what stands behind it does not "
                "know it")
    if kind == "lifecycle":
        return None
    if kind_to == "lifecycle":
        return "the lifecycle knows the stages, never the other way round"
    if kind_to == "stage" and kind == "record":
        return "a record knows nothing of the stages"
    if kind_to == "stage":
        return ("no stage includes another: what travels between them is a "
                "type of a record")
    return None


def _rank(path):
    """What a file under src/ belongs to: (kind, folder)."""
    if len(path) == 2:
        return "lifecycle", path[1]
    if path[1] in DOORS:
        return "door", path[1]
    folder = path[1]
    if folder in RECORDS:
        return "record", folder
    if folder in STAGES:
        return "stage", folder
    return None, folder
