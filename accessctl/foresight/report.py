"""What a rehearsal found, as rows, sums and sentences."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from accessctl.foresight.rehearse import ASKED_FOR_MORE, DELAYED, GONE, GRANTED, KINDS, REFUSED, Rehearsal
from policies.ids import AccessPointId

_SAID: Final[Mapping[str, str]] = {
    REFUSED: "would have been refused",
    GONE: "used an access point that would be gone",
    DELAYED: "would have had to wait for another person or another door",
    ASKED_FOR_MORE: "would have been asked for another factor",
    GRANTED: "would have been granted",
}


def report(rehearsal: Rehearsal, names: Mapping[str, str]) -> dict[str, Any]:
    """Give the differences, the most frequent first, with their sums."""
    points = rehearsal.now.rulebook.points
    rows: list[dict[str, Any]] = [
        {
            "person": found.person,
            "name": None if found.person is None else names.get(found.person),
            "door": str(points[AccessPointId(found.access_point)].point.door),
            "access_point": found.access_point,
            "would": found.would,
            "reason": found.reason,
            "entries": len(at),
            "first": min(at).isoformat(),
            "last": max(at).isoformat(),
        }
        for found, at in rehearsal.differences.items()
    ]
    rows.sort(key=lambda row: (-row["entries"], row["person"] or "", row["access_point"], row["reason"]))
    sums = {kind: _sum(row for row in rows if row["would"] == kind) for kind in KINDS}
    return {
        "summary": _sentences(sums),
        "played": rehearsal.played,
        "left_out": dict(sorted(rehearsal.left_out.items())),
        **sums,
        "differences": rows,
    }


def _sum(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    chosen = list(rows)
    people = {row["person"] for row in chosen} - {None}
    return {"people": len(people), "entries": sum(row["entries"] for row in chosen)}


def _sentences(sums: Mapping[str, Mapping[str, int]]) -> list[str]:
    found = [
        f"{_who(sums[kind]['people'])}{_count(sums[kind]['entries'], 'entry', 'entries')} {said}"
        for kind, said in _SAID.items()
        if sums[kind]["entries"]
    ]
    return found or ["Nothing that is in the record would have gone otherwise."]


def _who(people: int) -> str:
    return f"{_count(people, 'person', 'people')}, " if people else "Nobody in particular, "


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
