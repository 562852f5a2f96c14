"""Signed reviews of who has access: whom an area's owner kept and struck, and whether it is untouched."""

import json
from typing import Any, Final

from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted
from accessctl.reports.question import Desk
from accessctl.reports.value import Chart, Column, Kind, Report, Series, Table, Tone
from accessctl.store.events import EventQueries
from accessctl.store.review_evidence import Held, held_against
from accessctl.store.reviews import ReviewQueries, ReviewRow

_MEMBERS: Final = ("person", "decision", "rights", "can_show_something")
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
    found = _reviews(desk)
    events = EventQueries(desk.home.record)
    held = [(row, held_against(row, events)) for row in found]
    return desk.report(
        _summary(held),
        (_chart(desk, found),) if found else (),
        (_signed(desk, held), *(_people(desk, row) for row in found)),
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


def _summary(held: list[tuple[ReviewRow, Held]]) -> list[str]:
    if not held:
        return ["No review of who has access was signed."]
    wrong = [row for row, found in held if not found.sound]
    words = [f"{counted(len(held), 'review is', 'reviews are')} signed."]
    for row in wrong:
        words.insert(0, f"The review {row.id} is not as it was signed, or the record does not say so.")
    struck = sum(len(_of(row, "strike")) for row, _ in held)
    words.append(f"{counted(struck, 'person was', 'people were')} struck in them.")
    return words


def _signed(desk: Desk, held: list[tuple[ReviewRow, Held]]) -> Table:
    rows = tuple(
        (
            desk.area(row.area),
            row.period,
            row.operator,
            row.at,
            len(_of(row, "keep")),
            len(_of(row, "strike")),
            found.sound,
            found.what,
            row.sha256,
        )
        for row, found in held
    )
    return Table("Signed reviews", _REVIEWS, rows, note="The newest one of each area.", empty="None.")


def _people(desk: Desk, row: ReviewRow) -> Table:
    listed = sorted(_said(row), key=lambda each: (each["decision"] != "strike", each["person"]))
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
    return Table(title, _PEOPLE, rows, len(listed), "Struck ones come first.", "Nobody had access.")


def _chart(desk: Desk, found: list[ReviewRow]) -> Chart:
    areas = tuple(area.shown for row in found if (area := desk.area(row.area)) is not None)
    kept = tuple(float(len(_of(row, "keep"))) for row in found)
    struck = tuple(float(len(_of(row, "strike"))) for row in found)
    series = (Series("kept", kept, Tone.GOOD), Series("struck", struck, Tone.BAD))
    return Chart("Who had access", areas, series, "people")


def _said(row: ReviewRow) -> list[dict[str, Any]]:
    """Give the people of a document; none of one that is not readable any more, which is told beside it."""
    try:
        people: list[dict[str, Any]] = json.loads(row.document)["people"]
        return [{name: each[name] for name in _MEMBERS} for each in people]
    except (ValueError, KeyError, TypeError):
        return []


def _of(row: ReviewRow, decision: str) -> list[dict[str, Any]]:
    return [each for each in _said(row) if each["decision"] == decision]


def _points(each: dict[str, Any]) -> list[str]:
    return sorted({point for right in each["rights"] for point in right["access_points"]})
