"""How what stands in a report reads as words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accessctl.reports.value import Cell, Named, Report

NOTHING: Final = "–"
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


def known_since(at: datetime) -> str:
    """Say how far back the record tells who wanted to pass, where it does not tell of all that was asked."""
    return f"of badges it tells only since {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Words:
    """Says cells in a time zone."""

    zone: ZoneInfo

    @classmethod
    def of(cls, report: Report) -> "Words":
        """Give what says the cells of a report, in its own time zone; in UTC where nobody knows that one."""
        try:
            return cls(ZoneInfo(report.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return cls(ZoneInfo("UTC"))

    def __call__(self, cell: Cell) -> str:
        """Give a cell as words, in one line."""
        match cell:
            case None | "" | ():
                return NOTHING
            case bool():
                return "yes" if cell else "no"
            case datetime():
                return self.instant(cell)
            case timedelta():
                return how_long(cell)
            case Named():
                return cell.shown
            case tuple():
                return ", ".join(each.shown for each in cell)
            case float():
                return f"{cell:,.1f}"
            case int():
                return f"{cell:,}"
            case str():
                return cell

    def instant(self, at: datetime) -> str:
        """Give day and time of day, to the second."""
        return f"{self._local(at):%Y-%m-%d %H:%M:%S}"

    def minute(self, at: datetime) -> str:
        """Give day and time of day, to the minute, with the offset from UTC."""
        return f"{self._local(at):%Y-%m-%d %H:%M %z}"

    def span(self, report: Report) -> str:
        """Say what time a report is about."""
        match report.since, report.until:
            case None, None:
                return "all that is recorded"
            case since, None if since is not None:
                return f"since {self.minute(since)}"
            case None, until if until is not None:
                return f"until {self.minute(until)}"
            case since, until:
                assert since is not None  # noqa: S101 - the cases above had it
                assert until is not None  # noqa: S101 - as above
                return f"{self.minute(since)} to {self.minute(until)}"

    def _local(self, at: datetime) -> datetime:
        try:
            return at.astimezone(self.zone)
        except OverflowError:  # in the first or last hours that there are
            return at.astimezone(UTC)


def how_long(length: timedelta) -> str:
    """Give a length of time in its two largest units; days are not used, as hours are what is added up."""
    whole = max(0, round(length.total_seconds()))
    hours, rest = divmod(whole, _HOUR_S)
    minutes, seconds = divmod(rest, _MINUTE_S)
    if hours:
        return f"{hours:,} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def counted(number: int, one: str, many: str) -> str:
    """Count things: ``1 person``, ``1,200 people``."""
    return f"{number:,} {one if number == 1 else many}"


def amount(value: float) -> str:
    """Give a value of a chart, whole where it is."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def left_out(rows: int, total: int) -> str:
    """Say that not all rows are given."""
    return f"{rows:,} of {total:,} rows are shown; ask for more with --rows, or for a shorter time."
