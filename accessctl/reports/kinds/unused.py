"""Unused credentials: cards, codes and passes that count and that let nobody in for a while."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted, known_since
from accessctl.reports.people import CredentialRow, ReportReads
from accessctl.reports.question import Desk
from accessctl.reports.reading import Want
from accessctl.reports.value import Chart, Column, Kind, Report, Series, Table, Tone
from accessctl.store.entry import instant
from accessctl.store.event_filter import TYPES_OF, Outcome
from policies.reasons import Reason

_GRANTED: Final = Reason.GRANTED.event_type
_COLUMNS = (
    Column("person", "Who", Kind.PERSON),
    Column("credential", "Credential"),
    Column("technology", "What"),
    Column("hint", "Number ends in"),
    Column("enrolled", "Enrolled", Kind.INSTANT),
    Column("last", "Last let in", Kind.INSTANT),
    Column("idle", "Unused for", Kind.NUMBER),
    Column("refused", "Last refused", Kind.INSTANT),
    Column("until", "Valid until", Kind.INSTANT),
)
_NEVER, _BEFORE, _NOT_KNOWN = "never used", "used before", "no use in the record"
_TONES: Final = {_NEVER: Tone.BAD, _BEFORE: Tone.UNSURE, _NOT_KNOWN: Tone.PLAIN}
_AGES: Final = ((180, "up to half a year"), (365, "up to a year"), (None, "longer"))


class _Uses:
    """When each credential last let somebody in, and was last refused."""

    def __init__(self, desk: Desk) -> None:
        self.known = desk.record.access_since or desk.asked.now
        self._granted: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        types = {_GRANTED, *TYPES_OF[Outcome.REFUSED]}
        want = Want(types, None, desk.asked.until, desk.asked.by.get(By.PERSON))
        for entry in desk.record.entries(want):
            if entry.credential is not None:
                last = self._granted if entry.type == _GRANTED else self._refused
                last[entry.credential] = max(entry.at_ms, last.get(entry.credential, 0))

    def last(self, credential: str) -> datetime | None:
        at_ms = self._granted.get(credential)
        return None if at_ms is None else instant(at_ms)

    def refused(self, credential: str) -> datetime | None:
        at_ms = self._refused.get(credential)
        return None if at_ms is None else instant(at_ms)

    def never(self, each: CredentialRow) -> bool:
        """Whether it never let anybody in, as far back as its enrolment."""
        return self.last(each.id) is None and each.enrolled_at >= self.known

    def idle_since(self, each: CredentialRow) -> datetime:
        """Give since when it is known to be unused: its last use or enrolment, as far as the record goes."""
        return self.last(each.id) or max(each.enrolled_at, self.known)


def unused(desk: Desk) -> Report:
    """Work the report out."""
    since, until = desk.asked.span
    uses, person = _Uses(desk), desk.asked.by.get(By.PERSON)
    credentials = [
        each
        for each in ReportReads(desk.home.people).counting_credentials(desk.asked.now)
        if person in {None, each.person}
    ]
    idle = [each for each in credentials if each.enrolled_at < since and _before(uses.last(each.id), since)]
    idle.sort(key=lambda each: (uses.idle_since(each), each.enrolled_at, each.id))
    new = sum(1 for each in credentials if each.enrolled_at >= since)
    return desk.report(
        _summary(len(idle), len(credentials), new, until - since, desk.unknown_before),
        (_chart(idle, uses, until),),
        (_table(desk, idle, uses, until),),
        (
            "Counted are cards, codes and passes that are active, of people who are not disabled.",
            "A finger or a face beside a card, and a PIN, have no entry that names them: they are not here.",
            *([f"{counted(new, 'credential is', 'credentials are')} newer than this time."] if new else []),
        ),
    )


def _before(last: datetime | None, since: datetime) -> bool:
    return last is None or last < since


def _idle(each: CredentialRow, uses: _Uses, until: datetime) -> int:
    """Give the whole days for which it is known to be unused."""
    return max(0, (until - uses.idle_since(each)).days)


def _table(desk: Desk, idle: list[CredentialRow], uses: _Uses, until: datetime) -> Table:
    given = idle[: desk.asked.rows]
    named = desk.people(each.person for each in given)
    rows = tuple(
        (
            named(each.person),
            each.id,
            each.technology,
            each.hint or None,
            each.enrolled_at,
            uses.last(each.id),
            _idle(each, uses, until),
            uses.refused(each.id),
            each.valid_until,
        )
        for each in given
    )
    note = "What was unused for longest comes first. Unused for: days, since the last use or the enrolment."
    if any(uses.last(each.id) is None and not uses.never(each) for each in given):
        note += f" Of these the record does not know all: {known_since(uses.known)}."
    return Table("Unused", _COLUMNS, rows, len(idle), note, "None.")


def _chart(idle: list[CredentialRow], uses: _Uses, until: datetime) -> Chart:
    counts: dict[str, Counter[str]] = {what: Counter() for what in _TONES}
    for each in idle:
        days = _idle(each, uses, until)
        age = next(name for limit, name in _AGES if limit is None or days <= limit)
        counts[_NEVER if uses.never(each) else _BEFORE if uses.last(each.id) else _NOT_KNOWN][age] += 1
    labels = tuple(name for _, name in _AGES if any(each[name] for each in counts.values()))
    series = tuple(
        Series(what, tuple(float(counts[what][name]) for name in labels), tone)
        for what, tone in _TONES.items()
        if what != _NOT_KNOWN or counts[what]
    )
    return Chart("Unused for", labels, series, "credentials")


def _summary(idle: int, counting: int, new: int, length: timedelta, known: datetime | None) -> list[str]:
    days = counted(length.days, "day", "days")
    if not counting:
        return ["There is no credential that counts."]
    if counting == new:
        return [f"No credential is older than {days}."]
    if not idle:
        return [f"Every credential that is older than {days} was used in them."]
    of = f"{idle:,} of {counted(counting, 'credential', 'credentials')}"
    if known is not None:
        return [f"{of} have no use in the record; {known_since(known)}."]
    return [f"{of} were not used for {days}."]
