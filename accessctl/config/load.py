"""From a file or its text to a site, or to everything that is wrong with it."""

import hashlib
import re
import stat
import tomllib
from pathlib import Path
from typing import Final

from accessctl.config.build import build
from accessctl.config.contradictions import contradictions
from accessctl.config.errors import Problem, SiteInvalid
from accessctl.config.kinds import Named
from accessctl.config.reading import Reading, misspelt
from accessctl.config.schema import SiteFile
from accessctl.config.site import Site

LARGEST_FILE: Final = 1024 * 1024
"""In bytes. A site with hundreds of doors stays far below it."""
_REVISION_DIGITS: Final = 12
_BYTE_ORDER_MARK: Final = "\ufeff"
_WHERE: Final = re.compile(r"\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def load_file(path: Path | str) -> Site:
    """Read and check a site file. Raises ``SiteInvalid``, also when there is no such file."""
    where = str(path)
    try:
        raw = _bytes_of(Path(path))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise SiteInvalid([Problem(where, f"cannot be read: {reason or error}")]) from error
    if len(raw) > LARGEST_FILE:
        raise SiteInvalid([Problem(where, f"is larger than {LARGEST_FILE // 1024} KiB")])
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SiteInvalid([Problem(where, f"is not UTF-8 text (line {line})")]) from error
    return load(text)


def load(text: str) -> Site:
    """Parse and check the whole text. Raises ``SiteInvalid`` with every problem, each by its path."""
    return build(_checked(_parse(text)), revision_of(text))


def revision_of(text: str) -> str:
    """Name this version of the text: ``sha256sum`` of the file begins with the same digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_REVISION_DIGITS]


def _bytes_of(path: Path) -> bytes:
    """Read one byte more than is allowed at most. Never waits, as a pipe would make it do."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _parse(text: str) -> dict[str, object]:
    if text.startswith(_BYTE_ORDER_MARK):
        raise SiteInvalid([Problem("line 1, column 1", "a byte order mark; save the file as plain UTF-8")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteInvalid([_syntax_problem(str(error), text)]) from error
    except ValueError as error:
        # Python reads no integer of thousands of digits, and says so without its place.
        raise SiteInvalid([Problem("the text", "holds a number that is far too long")]) from error
    except RecursionError as error:
        raise SiteInvalid([Problem("the text", "is nested far too deep")]) from error


def _syntax_problem(message: str, text: str) -> Problem:
    what = _WHERE.sub("", message).strip()
    found = _WHERE.search(message)
    if found is not None and found["line"]:
        return Problem(f"line {found['line']}, column {found['column']}", what)
    *before, last = text.rstrip().split("\n")
    return Problem(f"line {len(before) + 1}, column {len(last) + 1}", what)


def _checked(raw: dict[str, object]) -> SiteFile:
    reading = Reading(_ids_in(raw))
    file = SiteFile.read(raw, "", reading)
    problems = [*reading.problems, *contradictions(file)]
    if problems:
        raise SiteInvalid(problems)
    return file


def _ids_in(raw: dict[str, object]) -> dict[str, tuple[str, ...]]:
    """Give the ids of each section, and leave out a section that is missing by mistake."""
    mistaken = set(misspelt(raw, SiteFile).values())
    ids: dict[str, tuple[str, ...]] = {}
    for declared in SiteFile.keys.values():
        if not isinstance(declared.kind, Named):
            continue
        section = raw.get(declared.name)
        if isinstance(section, dict):
            ids[declared.name] = tuple(section)
        elif declared.name not in raw and declared.name not in mistaken and not declared.required:
            ids[declared.name] = ()
    if "roles" in ids and "groups" in ids:
        ids["members"] = (*ids["roles"], *ids["groups"])
    return ids
