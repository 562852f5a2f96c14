"""How the record is signed and kept, as facts and lines."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from accessctl.client import AreaReview, Event
from accessctl.tui.line_rows import Cell, Row
from accessctl.tui.look import ALARM, GRANTED, NOTHING, Tone
from accessctl.tui.system.amounts import how_old
from accessctl.tui.system.facts import Fact
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, many, to_translate

Log = Mapping[str, Any]
"""As ``GET /log`` tells it."""
_LATE_S: Final = 3600.0
"""Entries that wait longer than this for a head want to be looked at."""
_DAYS: Final = "_days"
_CLASSES: Final = {
    "access": to_translate("access"),
    "doors": to_translate("doors"),
    "devices": to_translate("devices"),
    "operators": to_translate("operators"),
    "people": to_translate("people"),
    "alarms": to_translate("alarms"),
}


class Kept(NamedTuple):
    """What is known besides of how the record is kept; ``None``: that may not be seen."""

    retention: Mapping[str, int] | None
    pruned: Event | None
    """The newest entry about deleted ones."""
    reviews: list[AreaReview] | None


def retention_in(site: str) -> Mapping[str, int]:
    """Read from a site file for how many days entries of each class are kept; empty: all for good."""
    try:
        kept = tomllib.loads(site).get("record", {}).get("retention", {})
    except (tomllib.TOMLDecodeError, AttributeError):
        return {}
    return {str(name).removesuffix(_DAYS): days for name, days in kept.items() if isinstance(days, int)}


def overall(log: Log, now: datetime) -> tuple[str, Tone]:
    """Say in one line whether the record is signed, and if not, why not."""
    if log["disagrees"] is not None:
        return f"{ALARM} {_('NOT SIGNED: it disagrees with what was signed before')}", Tone.ALARM
    if not log["running"]:
        return f"{ALARM} {_('Not signed now: the notary process is not there')}", Tone.BAD
    if log["head"] is None:
        return f"{ALARM} {_('No head was signed yet')}", Tone.WARN
    if failing := [each for each in log["anchors"] if each["failing_since"] is not None]:
        words = many("{count} anchor takes no heads", "{count} anchors take no heads", len(failing))
        return f"{ALARM} {_('Signed')}; {words}", Tone.WARN
    late = (now - datetime.fromisoformat(log["head"]["at"])).total_seconds() > _LATE_S
    if log["unsigned"] and late:
        return f"{ALARM} {_('Signed, but not lately')}", Tone.WARN
    return f"{GRANTED} {_('Signed')}", Tone.GOOD


def facts(log: Log, kept: Kept, now: datetime) -> list[Fact]:
    """Give what is known."""
    return [
        Fact(_("Name"), log["origin"] or NOTHING),
        _head(log, now),
        Fact(_("Not signed yet"), many("{count} entry", "{count} entries", log["unsigned"])),
        _notary(log),
        _retention(kept),
        _pruned(kept),
        *_reviews(kept),
    ]


def _head(log: Log, now: datetime) -> Fact:
    head = log["head"]
    if head is None:
        return Fact(_("Newest head"), _("none yet"), Tone.WARN)
    words = many("{count} entry", "{count} entries", head["size"])
    return Fact(_("Newest head"), f"{words}, {day_and_minute(head['at'])}, {how_old(head['at'], now)}")


def _notary(log: Log) -> Fact:
    if log["running"]:
        return Fact(_("Notary"), _("runs"), Tone.GOOD)
    return Fact(_("Notary"), f"{ALARM} {_('is not there: nothing is signed')}", Tone.BAD)


def _retention(kept: Kept) -> Fact:
    if kept.retention is None:
        return Fact(_("Kept"), _("stands in the site file"), Tone.DIM)
    if not kept.retention:
        return Fact(_("Kept"), _("everything, for good"))
    said = (
        f"{_(_CLASSES.get(name, name))} {many('{count} day', '{count} days', days)}"
        for name, days in kept.retention.items()
    )
    return Fact(_("Kept"), ", ".join(said))


def _pruned(kept: Kept) -> Fact:
    if kept.pruned is None:
        return Fact(_("Deleted"), _("nothing lately"))
    detail = kept.pruned["detail"]
    words = _("{entries} of {kind} up to {last}, on {when}").format(
        entries=many("{count} entry", "{count} entries", detail["count"]),
        kind=_(_CLASSES.get(detail["class"], detail["class"])),
        last=detail["last"],
        when=day_and_minute(kept.pruned["at"]),
    )
    return Fact(_("Deleted"), words)


def _reviews(kept: Kept) -> list[Fact]:
    if kept.reviews is None:
        return []
    missing = [each for each in kept.reviews if each["state"] != "signed"]
    if not missing:
        return [Fact(_("Reviews"), _("none is due"))]
    overdue = any(each["state"] == "overdue" for each in missing)
    words = f"{ALARM} {many('{count} review is due', '{count} reviews are due', len(missing))}: "
    areas = ", ".join(each["name"] for each in missing)
    return [Fact(_("Reviews"), f"{words}{areas}", Tone.BAD if overdue else Tone.WARN)]


def anchor_row(anchor: Mapping[str, Any], now: datetime) -> Row:
    """Say how what keeps heads off this device does."""
    took = NOTHING if anchor["at"] is None else how_old(anchor["at"], now)
    size = NOTHING if anchor["size"] is None else str(anchor["size"])
    mark, said, tone = _anchor_state(anchor)
    return (Cell(mark, tone), anchor["name"], size, took, Cell(said, tone))


def anchor_in_words(anchor: Mapping[str, Any]) -> str:
    """Say what it has, and how it does."""
    words = " ".join(_anchor_state(anchor)[:2]).strip()
    if anchor["at"] is None:
        return words
    entries = many("{count} entry", "{count} entries", anchor["size"])
    newest = _("its newest head: {entries}, {when}")
    return f"{words}\n{newest.format(entries=entries, when=day_and_minute(anchor['at']))}"


def _anchor_state(anchor: Mapping[str, Any]) -> tuple[str, str, Tone]:
    if anchor["failing_since"] is not None:
        since = day_and_minute(anchor["failing_since"])
        words = _("takes none since {when}: {why}").format(when=since, why=anchor["why"] or "?")
        return ALARM, words, Tone.BAD
    return (GRANTED, _("well"), Tone.GOOD) if anchor["at"] else (" ", _("no head yet"), Tone.DIM)


def finding_in_words(finding: Mapping[str, Any]) -> str:
    """Say what disagrees, since when, and what kept the head that it disagrees with."""
    words = _("{id}: {words} (since {when})").format(
        id=finding["id"], words=finding["words"], when=day_and_minute(finding["at"])
    )
    if finding["anchor"] is None:
        return words
    return f"{words}\n{_('Kept by {anchor}').format(anchor=finding['anchor'])}"


def wanting(log: Log) -> int:
    """Count what wants to be looked at."""
    return sum(each["failing_since"] is not None for each in log["anchors"]) + (log["disagrees"] is not None)
