"""Signed reviews of who has access: whom an area's owner kept and struck, and whether it is untouched."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted
from accessctl.reports.question import Desk
from accessctl.reports.value import Chart, Column, Kind, Report, Series, Table, Tone
from accessctl.store.events import EventQueries
from accessctl.store.review_document import NoReview, review_document
from accessctl.store.review_entries import SignedEntries, SignedEntry
from accessctl.store.review_evidence import Held, held_against
from accessctl.store.reviews import ReviewQueries, ReviewRow

_PEOPLE: Final = (
    Column("person", "Who", Kind.PERSON),
    Column("decision", "Decision"),
    Column("by", "By what right"),
    Column("points", "Where", Kind.PLACE),
    Column("shows", "Has a card or code", Kind.YES),
)
_REVIEWS: Final = (
    Column("area", "Area", Kind.PLACE),
    Column("period", "Period"),
    Column("operator", "Signed by"),
    Column("at", "Signed", Kind.INSTANT),
    Column("kept", "Kept", Kind.NUMBER),
    Column("struck", "Struck", Kind.NUMBER),
    Column("sound", "As it was signed", Kind.YES),
    Column("evidence", "Evidence"),
    Column("sha256", "SHA-256"),
)


def review(desk: Desk) -> Report:
    """Work the report out: the newest signed review of one area, or of each area that has one."""
    events = EventQueries(desk.home.record)
    # Before the people's store is read, where a review is a moment earlier than its entry.
    entries = SignedEntries(events).by_review()
    found, gone = _reviews(desk), _gone(desk, entries)
    held = [(row, held_against(row, events)) for row in found]
    return desk.report(
        _summary(held, gone),
        (_chart(desk, found),) if found else (),
        (_signed(desk, held, gone), *(_people(desk, row) for row in found)),
        (
            "A review tells who had access when it was signed, by rights alone, and not who came in.",
            "Who is struck loses nothing by that: an operator has to take the right, which the record says.",
        ),
    )


def _reviews(desk: Desk) -> list[ReviewRow]:
    queries, wanted = ReviewQueries(desk.home.people), desk.asked.by.get(By.AREA)
    areas = sorted(queries.signed()) if wanted is None else [wanted]
    newest = (queries.newest(area) for area in areas)
    return [row for row in newest if row is not None]


def _gone(desk: Desk, entries: Mapping[str, SignedEntry]) -> list[SignedEntry]:
    """Give what was signed, as the record says, and is not in the people's store."""
    there, wanted = ReviewQueries(desk.home.people).ids(), desk.asked.by.get(By.AREA)
    return [each for each in entries.values() if each.review not in there and wanted in {None, each.area}]


def _summary(held: list[tuple[ReviewRow, Held]], gone: list[SignedEntry]) -> list[str]:
    if not held and not gone:
        return ["No review of who has access was signed."]
    wrong = [row for row, found in held if not found.sound]
    words = [f"{counted(len(held), 'review is', 'reviews are')} signed."]
    for row in wrong:
        words.insert(0, f"The review {row.id} is not as it was signed, or the record does not say so.")
    for each in gone:
        words.insert(0, f"The review {each.review} of {each.area} was {each.gone}.")
    struck = sum(_count(row, "strike") or 0 for row, _ in held)
    words.append(f"{counted(struck, 'person was', 'people were')} struck in them.")
    return words


def _signed(desk: Desk, held: list[tuple[ReviewRow, Held]], gone: list[SignedEntry]) -> Table:
    absent = tuple(
        (
            desk.area(each.area),
            each.period,
            each.operator,
            each.at,
            None,
            None,
            False,
            each.gone,
            each.sha256,
        )
        for each in gone
    )
    rows = tuple(
        (
            desk.area(row.area),
            row.period,
            row.operator,
            row.at,
            _count(row, "keep"),
            _count(row, "strike"),
            found.sound,
            found.what,
            row.sha256,
        )
        for row, found in held
    )
    note = "The newest one of each area, and each that the people's store does not have any more."
    return Table("Signed reviews", _REVIEWS, (*absent, *rows), note=note, empty="None.")


def _people(desk: Desk, row: ReviewRow) -> Table:
    said = _said(row)
    listed = sorted(said or (), key=lambda each: (each["decision"] != "strike", each["person"]))
    given = listed[: desk.asked.rows]
    named = desk.people(each["person"] for each in given)
    rows = tuple(
        (
            named(each["person"]),
            each["decision"],
            ", ".join(f"{right['by']} {right['id']}: {right['level']}" for right in each["rights"]),
            tuple(point for id_ in _points(each) if (point := desk.point(id_)) is not None),
            each["can_show_something"],
        )
        for each in given
    )
    area = desk.area(row.area)
    title = f"{row.area if area is None else area.shown}, {row.period}"
    empty = "Nobody had access." if said is not None else "The document is not as it was signed."
    return Table(title, _PEOPLE, rows, len(listed), "Struck ones come first.", empty)


def _chart(desk: Desk, found: list[ReviewRow]) -> Chart:
    areas = tuple(area.shown for row in found if (area := desk.area(row.area)) is not None)
    kept = tuple(float(_count(row, "keep") or 0) for row in found)
    struck = tuple(float(_count(row, "strike") or 0) for row in found)
    series = (Series("kept", kept, Tone.GOOD), Series("struck", struck, Tone.BAD))
    return Chart("Who had access", areas, series, "people")


def _said(row: ReviewRow) -> Sequence[Mapping[str, Any]] | None:
    """Give the people of a document; ``None`` of one that nobody signed like that."""
    try:
        return review_document(row.document).people
    except NoReview:
        return None


def _count(row: ReviewRow, decision: str) -> int | None:
    """Give how many it was decided about like that; ``None`` where nobody can tell."""
    said = _said(row)
    return None if said is None else sum(each["decision"] == decision for each in said)


def _points(each: Mapping[str, Any]) -> list[str]:
    return sorted({point for right in each["rights"] for point in right["access_points"]})
