"""The outer shape of files: what they open with, how they end."""

import posixpath
import re
from fnmatch import fnmatch
from pathlib import PurePosixPath

from house.tree import Complaint, matches

GUARD = re.compile(r"^#ifndef (\w+)\n#define \1$", re.MULTILINE)
# The type of a function may have a name; a struct, enum or number may not.
TYPEDEF = re.compile(r"^[ \t]*typedef\b[^;(]*[;{]", re.MULTILINE)
# A file named in a README; X in it stands for anything, as * does.
NAMED = re.compile(r"`([\w./*-]+\.[ch])`")
TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def check_opening(tree):
    for file in tree.c_files():
        if not tree.text(file).startswith(("/*", "//")):
            yield Complaint(file, 1, "opens without a comment",
                            "say what the file is for and what it is not for")


def check_guards(tree):
    for file in tree.named(".h"):
        if not GUARD.search(tree.code(file)):
            yield Complaint(file, 1, "is not guarded",
                            "a header may be included twice")


def check_typedefs(tree):
    for file in tree.c_files(under=("lib/", "src/")):
        for _, line in matches(TYPEDEF, tree.code(file)):
            yield Complaint(file, line, "hides a type",
                            "struct tags stand in the open; a typedef is for a "
                            "function's type only")


def check_readmes(tree):
    folders = {PurePosixPath(f).parent
               for f in tree.named(".c", under=("lib/", "src/"))}
    for folder in sorted(folders - {PurePosixPath("src")}):
        if f"{folder}/README.md" not in tree.files:
            yield Complaint(
                f"{folder}/README.md", 1, "is missing",
                "a folder says what enters, what leaves, what is always true")
            continue
        yield from _named_and_gone(tree, folder)


def _named_and_gone(tree, folder):
    readme = f"{folder}/README.md"
    for found, line in matches(NAMED, tree.text(readme)):
        names = [posixpath.normpath(f"{start}/{found[1]}").replace("X", "*")
                 for start in (folder, "src", ".")]
        if not any(fnmatch(file, name)
                   for file in tree.files for name in names):
            yield Complaint(readme, line, f"names {found[1]}, which is gone",
                            "a reader looks for it")


def check_whitespace(tree):
    for file in tree.text_files():
        text = tree.text(file)
        if "\0" in text:
            continue
        for _, line in matches(TRAILING, text):
            yield Complaint(file, line, "ends in spaces", "diffs show them")
        if "\r" in text:
            yield Complaint(file, 1, "has line ends of another system",
                            "lines end in one newline")
        if text and not text.endswith("\n"):
            yield Complaint(file, text.count("\n") + 1, "ends without a newline",
                            "the next line would join it")
