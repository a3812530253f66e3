"""Functions stay short. tools/long_functions.txt lists the longer ones that
are tolerated, with their length: none may grow, no new one may join."""

import json

from house.tree import Complaint

LINES_MAX = 60
LINES_MAX_IN_TESTS = 120  # a test may hold a table of cases
TOLERATED = "tools/long_functions.txt"


def check(tree):
    tolerated = _tolerated(tree)
    for file, name, line, length in long_functions(tree):
        allowed = tolerated.get((file, name), lines_max(file))
        if length > allowed:
            yield Complaint(file, line, f"{name} has {length} lines",
                            f"{allowed} are enough: which second story does "
                            "it tell?")


def long_functions(tree):
    """(file, name, line, length) of those longer than the limit. The main of a
    test program is a list of its tests and may be long."""
    files = tree.c_files()
    if not files:
        return
    code, out, err = tree.run(
        "ctags", "--options=NONE", "--output-format=json", "--fields=NFne",
        "--kinds-C=f", "--kinds-C++=f", "-o", "-", *files)
    if code != 0:
        raise RuntimeError("ctags: " + err)
    for tag in map(json.loads, out.splitlines()):
        length = tag.get("end", tag["line"]) - tag["line"] + 1
        is_list = tag["name"] == "main" and tag["path"].endswith("_test.c")
        if length > lines_max(tag["path"]) and not is_list:
            yield tag["path"], tag["name"], tag["line"], length


def lines_max(file):
    is_test = file.endswith("_test.c") or file.startswith("test/")
    return LINES_MAX_IN_TESTS if is_test else LINES_MAX


def lower(tree):
    """Takes out of the list what has become shorter; adds nothing."""
    now = {(file, name): length
           for file, name, _, length in long_functions(tree)}
    head = [text for text in tree.text(TOLERATED).splitlines()
            if text.startswith("#")]
    kept = [f"{min(now[key], length)} {key[0]} {key[1]}"
            for key, length in sorted(_tolerated(tree).items()) if key in now]
    (tree.root / TOLERATED).write_text("\n".join(head + kept) + "\n")


def _tolerated(tree):
    if TOLERATED not in tree.files:
        return {}
    entries = [text.split() for text in tree.text(TOLERATED).splitlines()
               if text and not text.startswith("#")]
    return {(file, name): int(length) for length, file, name in entries}
