"""The files of the project, and the text of C files seen as code."""

import bisect
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

C_ENDINGS = (".c", ".h", ".cc")
# Bad examples, and inputs from elsewhere, follow no rules of ours.
NOT_OURS = ("test/tidy/", "test/data/", "test/fuzz/corpus/")
NOT_TEXT = (".gz", ".png", ".ico", ".woff2", ".xlsx", ".pdf", ".db", ".jpg")


@dataclass(frozen=True, order=True)
class Complaint:
    """`file:line: what - why`"""

    file: str
    line: int
    what: str
    why: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.what} - {self.why}"


class Tree:
    """The files below `root`, by their names relative to it."""

    def __init__(self, root, files=None):
        self.root = Path(root)
        names = _tracked(self.root) if files is None else files
        self.files = sorted(n for n in names if (self.root / n).is_file())

    def named(self, *endings, under=("",)):
        return [f for f in self.files
                if f.endswith(endings) and f.startswith(tuple(under))]

    def c_files(self, under=("src/", "lib/", "test/", "schema/", "tools/")):
        return self.named(*C_ENDINGS, under=under)

    def text_files(self):
        return [f for f in self.files if not f.endswith(NOT_TEXT)]

    def text(self, name):
        return _read(self.root / name)

    def code(self, name):
        """A C file with comments and the inside of strings blanked; offsets
        and lines stay the same."""
        return code_of(self.text(name))

    def run(self, *command):
        """Standard output and errors of a command, run at the root."""
        done = subprocess.run([str(word) for word in command], cwd=self.root,
                              capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def each(self, work, names):
        """work(name) for all names, on all cores; the results in order."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(work, names))


def all_below(root):
    return [str(p.relative_to(root)) for p in Path(root).rglob("*")]


def _tracked(root):
    """What git knows or would add; so a new file is checked as well."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True).stdout
    return [n for n in listed.split("\0") if n and not n.startswith(NOT_OURS)]


@lru_cache(maxsize=None)
def _read(path):
    return path.read_bytes().decode("utf-8", "replace")


TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<character>'(?:\\.|[^'\\\n])*')""", re.DOTALL | re.VERBOSE)


@lru_cache(maxsize=None)
def code_of(text):
    def blank(token):
        return re.sub(r"[^\n]", " ", token[0])
    return TOKEN.sub(blank, text)


def strings_of(text):
    """The string literals of a C text. Neighbours are one literal, as for the
    compiler: (content, line_at) where line_at(offset) is a line number."""
    lines = LineNumbers(text)
    parts, end = [], None
    for token in TOKEN.finditer(text):
        if token["comment"]:
            continue
        between = "" if end is None else text[end:token.start()]
        if parts and (not token["string"] or code_of(between).strip()):
            yield _joined(parts, lines)
            parts = []
        if token["string"]:
            parts.append((token.start() + 1, token["string"][1:-1]))
            end = token.end()
    if parts:
        yield _joined(parts, lines)


def _joined(parts, lines):
    starts, offset = [], 0
    for _, content in parts:
        starts.append(offset)
        offset += len(content)

    def line_at(place):
        index = bisect.bisect_right(starts, place) - 1
        return lines.of(parts[index][0] + place - starts[index])

    return "".join(content for _, content in parts), line_at


class LineNumbers:
    def __init__(self, text):
        self._ends = [m.start() for m in re.finditer("\n", text)]

    def of(self, offset):
        return bisect.bisect_left(self._ends, offset) + 1


def matches(pattern, text):
    """Each match of a compiled pattern with its line number."""
    lines = LineNumbers(text)
    for found in pattern.finditer(text):
        yield found, lines.of(found.start())
