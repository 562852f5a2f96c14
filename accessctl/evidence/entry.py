"""Entries as whoever checks them sees them: bytes that have to be canonical and have to say certain things.

``docs/record.md`` names the members. An entry of a newer version of the software may have more of them.

Nearly every entry is flat text without an escape, so one regular expression tells that it is canonical and
takes it apart; whatever does not match it is looked at the long way. The two agree, or a test says so.
"""

import json
import re
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from accessctl.evidence.canonical import LARGEST, NotCanonical, canonical
from accessctl.evidence.cells import quoted

COLUMNS: Final = (
    *("seq", "at", "type", "door", "access_point", "person", "credential", "reason", "detail", "seal"),
    *("synced", "mono_us", "controller", "epoch", "boot", "rules", "version"),
)
"""The members in the order in which a table has them."""
HEADING: Final = ",".join(COLUMNS) + "\r\n"
MISSING: Final = "log_entry_missing"
"""What stands in the tree for an entry that is gone, once an operator has accepted that; it says no more."""
_NEEDED: Final = frozenset(COLUMNS) - {
    *("door", "access_point", "person", "credential", "reason", "detail", "seal")
}
_LEAST: Final = frozenset({"epoch", "seq", "type"})

_TEXT: Final = r'"([^"\\\x00-\x1f]*)"'
_WHOLE: Final = r"(0|[1-9][0-9]{0,14})"
_AT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
_FLAT: Final = re.compile(
    rf'\{{(?:"access_point":{_TEXT},)?"at":"({_AT})","boot":{_TEXT},"controller":{_TEXT},'
    rf'(?:"credential":{_TEXT},)?(?:"detail":(\{{.*?\}}),)?(?:"door":{_TEXT},)?"epoch":{_TEXT},'
    rf'"mono_us":{_WHOLE},(?:"person":{_TEXT},)?(?:"reason":{_TEXT},)?"rules":{_TEXT},(?:"seal":{_TEXT},)?'
    rf'"seq":{_WHOLE},"synced":(true|false),"type":{_TEXT},"version":{_TEXT}\}}'
)
_INSTANT: Final = re.compile(_AT)
# Members of a detail that are plain to see; numbers of 15 digits are within what JSON can hold.
_SIMPLE: Final = r'(?:"[^"\\\x00-\x1f]*"|0|-?[1-9][0-9]{0,14}|true|false|null)'
_MEMBER: Final = rf'"([a-z0-9_]+)":(?:{_SIMPLE}|\[(?:{_SIMPLE}(?:,{_SIMPLE})*)?\])'
_ONE: Final = re.compile(rf"\{{{_MEMBER}\}}")
_MANY: Final = re.compile(rf"\{{{_MEMBER}(?:,{_MEMBER})+\}}")
_NAME: Final = re.compile(r'"([a-z0-9_]+)":')


_NEVER: Final = "0001-01-01T00:00:00.000Z"


class EntryWrong(ValueError):
    """Bytes that are no entry. The words say why."""


class Facts(NamedTuple):
    """What an entry says, each member as a table shows it."""

    seq: str
    at: str
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    credential: str | None
    reason: str | None
    detail: str | None
    """Canonical JSON."""
    seal: str | None
    synced: str
    mono_us: str
    controller: str
    epoch: str
    boot: str
    rules: str
    version: str

    @property
    def csv_line(self) -> str:
        """The line of CSV, with its end: what is text stands in quotation marks."""
        seq, at, type_, door, point, person, credential, reason, detail, seal, synced, mono, *run = self
        where = f"{_cell(type_)},{_cell(door)},{_cell(point)},{_cell(person)},{_cell(credential)}"
        why = f"{_cell(reason)},{quoted(detail)},{_cell(seal)}"
        return f"{seq},{at},{where},{why},{synced},{mono},{_cells(*run)}\r\n"


_cell = lru_cache(maxsize=8192)(quoted)


@lru_cache(maxsize=256)
def _cells(*texts: str) -> str:
    return ",".join(map(quoted, texts))


def epoch_in(origin: str) -> str:
    """Give the record's epoch out of the name of its log: ``accessctl/CONTROLLER/EPOCH`` and what follows."""
    return (*origin.split("/"), "", "", "")[2]


def facts_of(entry: bytes) -> Facts:
    """Take an entry apart. Raises ``EntryWrong`` for one that is not canonical or lacks something."""
    try:
        text = entry.decode()
    except UnicodeDecodeError:
        raise EntryWrong("is no text in UTF-8") from None
    found = _FLAT.fullmatch(text)
    if found is not None:
        point, at, boot, controller, credential, detail, door, epoch, mono, *rest = found.groups()
        person, reason, rules, seal, seq, synced, type_, version = rest
        if _is_day(at[:10]) and (detail is None or _is_plain(detail)):
            where = (door, point, person, credential, reason, detail, seal)
            return Facts(seq, at, type_, *where, synced, mono, controller, epoch, boot, rules, version)
    return _the_long_way(entry, text)


def is_plain(written: str) -> bool:
    """Whether JSON is so plain that one sees that it is canonical. Where not, it may still be."""
    if _ONE.fullmatch(written):
        return True
    if not _MANY.fullmatch(written):
        return False
    # In text there are no quotation marks, so this finds names of members and nothing else.
    names = _NAME.findall(written)
    return all(name < after for name, after in pairwise(names))


_is_plain = lru_cache(maxsize=4096)(is_plain)


@lru_cache(maxsize=64)
def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _the_long_way(entry: bytes, text: str) -> Facts:
    try:
        value = json.loads(text)
    except RecursionError:
        raise EntryWrong("has no canonical form (RFC 8785)") from None
    except ValueError:  # also a number of more digits than Python takes
        raise EntryWrong("is no JSON") from None
    try:
        same = canonical(value) == entry
    except (NotCanonical, RecursionError):
        raise EntryWrong("has no canonical form (RFC 8785)") from None
    if not same:
        raise EntryWrong("is not written in the canonical form (RFC 8785)")
    if not isinstance(value, dict):
        raise EntryWrong("is no object")
    if value.keys() == _LEAST and value["type"] == MISSING:
        value |= dict.fromkeys(_NEEDED - _LEAST, "") | {"at": _NEVER, "mono_us": 0, "synced": False}
    if lacking := sorted(_NEEDED - value.keys()):
        raise EntryWrong(f"says nothing of {', '.join(lacking)}")
    return _checked(value)


def _checked(value: dict[str, Any]) -> Facts:
    at = value["at"]
    if not (isinstance(at, str) and _INSTANT.fullmatch(at) and _is_day(at[:10])):
        raise EntryWrong("says no instant, such as 2026-03-02T12:00:00.000Z")
    for name in ("seq", "mono_us"):
        number = value[name]
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= LARGEST:
            raise EntryWrong(f"has no whole number as {name}")
    if not isinstance(value["synced"], bool):
        raise EntryWrong("does not say whether the clock was kept right")
    for name in set(COLUMNS) - {"at", "seq", "mono_us", "synced", "detail"}:
        if not isinstance(value.get(name, ""), str):
            raise EntryWrong(f"has something else than text as {name}")
    shown: dict[str, Any] = {name: value.get(name) for name in COLUMNS}
    shown["detail"] = canonical(value["detail"]).decode() if "detail" in value else None
    shown["synced"] = "true" if value["synced"] else "false"
    return Facts(**shown | {"seq": str(value["seq"]), "mono_us": str(value["mono_us"])})
