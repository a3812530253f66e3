"""What other programs know: the compiler, the formatter, our generators."""

import re
import shlex

from house.tree import Complaint

PACKAGES = ["libpq", "sqlite3", "libmicrohttpd", "libsodium", "libcurl"]


def check_headers(tree):
    """A header includes what it uses, so its place among others is free."""
    flags = shlex.split(tree.run("pkg-config", "--cflags", *PACKAGES)[1])

    def compile_alone(file):
        _, _, said = tree.run(
            "gcc", "-std=gnu17", "-D_GNU_SOURCE", "-I.", *flags,
            "-fsyntax-only", "-x", "c", file)
        found = re.search(rf"^{re.escape(file)}:(\d+):\d+: (?:fatal )?error: "
                          r"(.*)$", said, re.MULTILINE)
        if found:
            return Complaint(file, int(found[1]), found[2],
                             "a header compiles alone")
        if "error:" in said:
            return Complaint(file, 1, said.splitlines()[0],
                             "a header compiles alone")
        return None

    yield from filter(None, tree.each(compile_alone, tree.named(".h")))


def check_format(tree):
    def first_place(file):
        _, _, said = tree.run("clang-format", "--dry-run", file)
        found = re.search(rf"^{re.escape(file)}:(\d+):", said, re.MULTILINE)
        if found:
            return Complaint(file, int(found[1]), "is not formatted",
                             f"run clang-format -i {file}")
        return None

    yield from filter(None, tree.each(first_place, tree.c_files()))


def check_generated(tree):
    """The manuals are made from the tables of the code."""
    if "tools/docs" not in tree.files:
        return
    code, out, err = tree.run(tree.root / "tools/docs", "--check")
    if code != 0:
        said = (out + err).strip().splitlines() or ["it fails"]
        yield Complaint("tools/docs", 1, said[-1],
                        "what is generated is stale: run tools/docs")
