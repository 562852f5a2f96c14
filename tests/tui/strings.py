"""The strings of the console, gathered from its code, and the catalogs of other languages held against them.

``python -m tests.tui.strings`` says what a language lacks; with ``--write`` the catalogs get what is new,
without words yet, and lose what is gone.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Final

import polib

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = ("accessctl/tui", "accessctl/muster_sheet", "accessctl/web")
CATALOGS: Final = ROOT / "accessctl" / "tui" / "languages"
_MARKED: Final = {"_": 1, "to_translate": 1, "many": 2}
"""By what a string is marked, and how many of them the call takes."""


@dataclass(frozen=True, order=True)
class Words:
    """A string of the code."""

    one: str
    more: str | None = None
    """Of more than one, where it counts something."""

    @property
    def fields(self) -> set[str]:
        """What is filled in."""
        return fields_of(self.more or self.one)


def fields_of(text: str) -> set[str]:
    """Give the names of what is filled in."""
    return {name for _literal, name, _spec, _conversion in Formatter().parse(text) if name}


class Unmarked(Exception):
    """A string is marked that nobody can gather, since it is put together at run time."""


def gathered() -> dict[Words, str]:
    """Give every marked string with a place where it stands."""
    found: dict[Words, str] = {}
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for words, line in _in_file(path):
                found.setdefault(words, f"{path.relative_to(ROOT)}:{line}")
    return found


def _in_file(path: Path) -> Iterator[tuple[Words, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKED:
            taken = node.args[: _MARKED[node.func.id]]
            texts = [
                arg.value for arg in taken if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            if len(texts) == _MARKED[node.func.id]:
                yield Words(*texts), node.lineno
            elif node.func.id != "_" or isinstance(taken[0], ast.JoinedStr):
                raise Unmarked(f"{path}:{node.lineno}")


def renewed(catalog: polib.POFile, strings: dict[Words, str]) -> polib.POFile:
    """Give a catalog with every string of the code and no other; what was translated stays."""
    known = {(entry.msgid, entry.msgid_plural or None): entry for entry in catalog}
    new = polib.POFile(wrapwidth=100)
    new.metadata = dict(catalog.metadata)
    for words, place in sorted(strings.items()):
        entry = known.get((words.one, words.more)) or _entry(words)
        entry.occurrences = [(place.split(":")[0], "")]
        new.append(entry)
    return new


def _entry(words: Words) -> polib.POEntry:
    if words.more is None:
        return polib.POEntry(msgid=words.one, msgstr="")
    return polib.POEntry(msgid=words.one, msgid_plural=words.more, msgstr_plural={0: "", 1: ""})


def complaints(catalog: polib.POFile, strings: dict[Words, str]) -> Iterator[str]:
    """Say what a catalog lacks or has too much, and where it fills in other things than the code."""
    known = {Words(entry.msgid, entry.msgid_plural or None): entry for entry in catalog if not entry.obsolete}
    for words in sorted(strings.keys() - known.keys()):
        yield f"is not there: {words.one!r} ({strings[words]})"
    for words in sorted(known.keys() - strings.keys()):
        yield f"is not in the code any more: {words.one!r}"
    for words, entry in known.items():
        said = list(entry.msgstr_plural.values()) if words.more else [entry.msgstr]
        if not all(said) or entry.fuzzy:
            yield f"is not translated: {words.one!r}"
        for text in filter(None, said):
            if not fields_of(text) <= words.fields or (not words.more and fields_of(text) != words.fields):
                yield f"fills in {sorted(fields_of(text))} and not {sorted(words.fields)}: {words.one!r}"


def main() -> int:
    """Hold every catalog against the code, or bring it up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring the catalogs up to date")
    wanted = parser.parse_args()
    strings, found = gathered(), 0
    for path in sorted(CATALOGS.glob("*.po")):
        catalog = polib.pofile(str(path), wrapwidth=100)
        if wanted.write:
            catalog = renewed(catalog, strings)
            catalog.save(str(path))
        for complaint in complaints(catalog, strings):
            found += 1
            print(f"{path.name} {complaint}")  # noqa: T201 - a command's output
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
