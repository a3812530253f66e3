"""Words that do not belong, in code and elsewhere."""

import re

from house.tree import Complaint, matches

BANNED = {
    "strcpy strcat strncat sprintf vsprintf gets stpcpy alloca":
        "it knows no bounds: use struct text",
    "strncpy": "it may leave the text without an end: use struct text",
    "strtok": "it keeps state between calls",
    "system popen": "no shell is ever started",
    "rand srand rand_r drand48 lrand48": "use lib/base/random",
    "tmpnam tempnam mktemp": "another may take the name first: use mkstemp",
    "longjmp setjmp": "memory and locks would be left behind",
    "sleep usleep": "wait for a condition, with a deadline",
}
# Harmless in a test, which has one thread and checks what it reads.
BANNED_BUT_IN_TESTS = {
    "atoi atol atoll atof scanf sscanf fscanf":
        "it cannot say that it failed: use the parsers of lib/base",
    "localtime gmtime ctime asctime mktime tzset":
        "it depends on the machine's zone and keeps state: use lib/time",
    "setlocale": "it changes how all threads read numbers",
    "setenv putenv unsetenv": "other threads read the environment",
}
SOURCES = ("time clock clock_gettime gettimeofday timespec_get random "
           "getrandom getentropy arc4random arc4random_buf "
           "arc4random_uniform")
MARKS = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b(?!\((?:#\d+|docs/\S+)\))")
PLACES = re.compile(r"(?<![\w.\-/\\)}\]*])/(?:work|home|root)(?=/)"
                    r"|(?<![\w.\-/\\)}\]*])/root\b")
# By their first word: naming them here would be naming them.
REGISTRIES = re.compile(r"\b(?:registry|deb|security|crates|pypi|proxy)"
                        r"\.(?:[a-z]+\.)?[a-z]+\.(?:org|io|com)\b")


def _calls(names):
    alternatives = "|".join(names.split())
    return re.compile(rf"(?<![\w.])(?<!->)({alternatives})\s*\(")


def check_banned(tree):
    files = tree.c_files()
    yield from _called(tree, BANNED, files)
    yield from _called(tree, BANNED_BUT_IN_TESTS, [
        f for f in files
        if not f.endswith("_test.c") and not f.startswith("test/")])


def _called(tree, banned, files):
    for names, why in banned.items():
        pattern = _calls(names)
        for file in files:
            for found, line in matches(pattern, tree.code(file)):
                yield Complaint(file, line, f"calls {found[1]}", why)


def check_sources(tree):
    pattern = _calls(SOURCES + r" randombytes_\w+")
    for file in tree.c_files(under=("lib/", "src/")):
        if file.startswith("lib/base/"):
            continue
        for found, line in matches(pattern, tree.code(file)):
            yield Complaint(
                file, line, f"calls {found[1]}",
                "time and chance come from lib/base alone: work has w->now_ms "
                "and w->random")


def check_marks(tree):
    for file in tree.text_files():
        for found, line in matches(MARKS, tree.text(file)):
            yield Complaint(file, line, f"{found[0]} without a reference",
                            "write (#12) or (docs/...) behind it, or do it")


def check_places(tree):
    for file in tree.text_files():
        for found, line in matches(PLACES, tree.text(file)):
            yield Complaint(file, line, f"names the folder {found[0]}",
                            "the project must work wherever it lies")
        for found, line in matches(REGISTRIES, tree.text(file)):
            yield Complaint(file, line, f"names the host {found[0]}",
                            "where packages come from is the machine's choice")
