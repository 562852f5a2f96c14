"""Builds the list out of what the API answered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from accessctl.muster_sheet.answers import Answers
from accessctl.muster_sheet.doubts import Doubts, Whereabouts, let_in
from accessctl.muster_sheet.listed import MusterArea, MusterPerson, MusterView, Standing, tick_key
from accessctl.tui.words import _
from policies.event_types import EventType

__all__ = ["MusterArea", "MusterPerson", "MusterView", "Standing", "Tick", "tick_key", "view_of"]


@dataclass(frozen=True, slots=True)
class Tick:
    """Somebody was ticked off, as far as is known here."""

    person: str
    at: datetime
    by: str
    unsent: bool = False


@dataclass(slots=True)
class _Listing:
    """The list in the making."""

    answers: Answers
    doubts: Doubts
    ticks: Mapping[str, Tick]
    rows: dict[str | None, dict[str, MusterPerson]] = field(default_factory=lambda: defaultdict(dict))
    listed: set[str] = field(default_factory=set)

    def add(
        self, there: Whereabouts, name: str | None, standing: Standing, *, expected: bool = False
    ) -> None:
        """Put somebody on it; who was ticked off is safe."""
        tick = self.ticks.get(there.person)
        if standing is not Standing.INSIDE and tick is not None:
            standing = Standing.SAFE
        doubts = () if standing is Standing.SAFE else self.doubts.of(there)
        found = MusterPerson(there.person, name, standing, there.since, doubts, expected=expected)
        if tick is not None and standing is Standing.SAFE:
            found = replace(found, safe_by=tick.by, safe_at=tick.at, unsent=tick.unsent)
        self.rows[there.area][there.person] = found
        self.listed.add(there.person)


def view_of(answers: Answers, *, site: str = "", ticks: Iterable[Tick] = ()) -> MusterView:
    """Give the list. ``site``: what it is called, where the answers do not say. ``ticks``: not sent yet."""
    muster = answers.muster
    known = {**_ticked(answers), **{tick.person: tick for tick in ticks}}
    listing = _Listing(answers, Doubts(answers), known)
    if muster["running"]:
        _list_expected(listing)
    _list_inside(listing)
    _list_let_in(listing)
    return MusterView(
        answers.status.get("site") or site,
        muster["running"],
        _instant(muster["since"]),
        answers.at,
        _in_order(listing),
        answers.partial,
    )


def _list_expected(listing: _Listing) -> None:
    """List those whom the muster looks for; of who is safe, where they were last."""
    for each in listing.answers.muster["missing"]:
        there = Whereabouts(each["person"], each["area"], _instant(each["since"]), each["sureness"])
        listing.add(there, each["name"], Standing.MISSING, expected=True)
    stays = {each["person"]: each for each in listing.answers.presence}
    for safe in listing.answers.muster["safe"]:
        person = str(safe["person"])
        stay = stays.get(person)
        there = (
            Whereabouts(person, None, None, None)
            if stay is None
            else Whereabouts(person, stay["area"], _instant(stay["since"]), stay["sureness"])
        )
        listing.add(there, safe["name"], Standing.SAFE, expected=True)


def _list_inside(listing: _Listing) -> None:
    standing = Standing.LATE if listing.answers.muster["running"] else Standing.INSIDE
    for each in listing.answers.presence:
        if not each["outside"] and each["person"] not in listing.listed:
            there = Whereabouts(each["person"], each["area"], _instant(each["since"]), each["sureness"])
            listing.add(there, each["name"], standing)


def _list_let_in(listing: _Listing) -> None:
    """List those who may have come in behind somebody else."""
    since = {
        each["person"]: datetime.fromisoformat(each["since"])
        for each in listing.answers.presence
        if each["outside"]
    }
    names = {each["person"]: each["name"] for each in listing.answers.presence}
    for person, (event, area) in listing.doubts.let_in(since).items():
        if person in listing.listed:
            continue
        at = datetime.fromisoformat(event["at"])
        name = names.get(person) or event["person_name"]
        listing.add(Whereabouts(person, area, at, None), name, Standing.MAYBE)
        where = listing.answers.points.get(event["access_point"] or "", event["access_point"] or "")
        found = listing.rows[area][person]
        doubts = () if found.safe else (let_in(event, where),)
        listing.rows[area][person] = replace(found, doubts=doubts)


def _in_order(listing: _Listing) -> tuple[MusterArea, ...]:
    names = {area["id"]: area["name"] for area in listing.answers.site.get("areas", ())}
    areas = [
        MusterArea(
            area,
            _("Nobody knows where") if area is None else names.get(area, area),
            tuple(sorted(people.values(), key=lambda each: (each.standing, each.shown.casefold()))),
        )
        for area, people in listing.rows.items()
    ]
    return tuple(
        sorted(areas, key=lambda each: (each.people[0].standing, each.id is None, each.name.casefold()))
    )


def _ticked(answers: Answers) -> dict[str, Tick]:
    """Give who was ticked off since the muster began, by whom or where, and when, as far as it is known."""
    began = _instant(answers.muster["since"])
    if began is None:
        return {}
    found: dict[str, Tick] = {}
    for event in answers.events:
        at, person = datetime.fromisoformat(event["at"]), event["person"]
        if event["type"] == EventType.MUSTER and at >= began and person is not None:
            point = event["access_point"]
            by = answers.points.get(point, point) if point else str(event["detail"].get("operator", ""))
            found.setdefault(person, Tick(person, at, by))
    for each in answers.presence:
        at = datetime.fromisoformat(each["since"])
        if each["outside"] and at >= began:
            found.setdefault(each["person"], Tick(each["person"], at, _("left the site")))
    return found


def _instant(at: str | None) -> datetime | None:
    return None if at is None else datetime.fromisoformat(at)
