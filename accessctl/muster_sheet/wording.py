"""How the list says things: a mark and words for how sure it is, and what each mark means."""

from datetime import datetime
from typing import Final, NamedTuple

from accessctl.muster_sheet.doubts import Doubt, Why
from accessctl.muster_sheet.listed import MusterPerson, MusterView, Standing
from accessctl.tui.look import GRANTED, UNSURE
from accessctl.tui.times import clock, day_and_clock, how_long, when
from accessctl.tui.words import _, many, to_translate

SURE: Final = ""
IN_DOUBT: Final = "?"
_SERIOUS: Final = Why.NOT_OPENED
"""What weighs as much or more puts it in doubt; what weighs less makes it less sure."""


class _Wording(NamedTuple):
    short: str
    meaning: str
    told: str
    """Of one person: ``{at}`` and ``{where}`` are filled in."""


_WORDINGS: Final = {
    Why.NOWHERE: _Wording(
        to_translate("place unknown"),
        to_translate("Nobody knows where they were last."),
        to_translate("Nobody knows where they were last."),
    ),
    Why.TAILGATE: _Wording(
        to_translate("tailgate suspected"),
        to_translate("Came once more without having left: passed a door behind somebody else."),
        to_translate("Showed a card to come in once more at {at} ({where}): must have left behind somebody."),
    ),
    Why.LET_IN: _Wording(
        to_translate("let in, door not opened"),
        to_translate("Let in, and the door was not opened: may have come in behind somebody else."),
        to_translate("Was let in at {at} ({where}) and did not open the door: may be inside all the same."),
    ),
    Why.NOT_OPENED: _Wording(
        to_translate("went on, door not opened"),
        to_translate("Let through since, and the door was not opened: may have gone behind somebody else."),
        to_translate("Was let through at {at} ({where}) and did not open the door: may have gone on."),
    ),
    Why.EXIT: _Wording(
        to_translate("exit button since"),
        to_translate("Somebody left from there since by exit button or handle; nobody knows who."),
        to_translate("Somebody left by exit button or handle at {at} ({where}): nobody knows who."),
    ),
    Why.ASSUMED: _Wording(
        to_translate("assumed"),
        to_translate("Let in at a door where nothing tells that it was opened."),
        to_translate("Let in where nothing tells whether the door was opened."),
    ),
}
_SURE: Final = _Wording(
    to_translate("seen to go in"),
    to_translate("The door was opened after they were let in, and nothing since speaks against it."),
    to_translate("The door was opened after they were let in."),
)


def mark_of(doubt: Doubt) -> str:
    """Give the mark of a doubt."""
    return IN_DOUBT if doubt.why <= _SERIOUS else UNSURE


def sureness_mark(person: MusterPerson) -> str:
    """Give the mark of how sure it is that somebody is there."""
    return mark_of(person.doubts[0]) if person.doubts else SURE


def sureness(person: MusterPerson) -> str:
    """Say in a few words how sure it is; what weighs less stands behind."""
    return ", ".join(_(_WORDINGS[each.why].short) for each in person.doubts) or _(_SURE.short)


def in_full(person: MusterPerson, now: datetime) -> str:
    """Say everything that there is to say of how sure it is."""
    told = [
        _(_WORDINGS[each.why].told).format(at=when(each.at, now), where=each.where) for each in person.doubts
    ]
    return " ".join(told) or _(_SURE.told)


def legend(view: MusterView) -> list[tuple[str, str, str]]:
    """Give mark, short words and meaning of everything that the list says of how sure it is."""
    used = sorted({doubt.why for person in view.people for doubt in person.doubts})
    doubts = [(mark_of(Doubt(why)), _(_WORDINGS[why].short), _(_WORDINGS[why].meaning)) for why in used]
    return [*doubts, (SURE, _(_SURE.short), _(_SURE.meaning))]


def how_safe(person: MusterPerson, now: datetime) -> str:
    """Say what is known of somebody's safety."""
    match person.standing:
        case Standing.MISSING:
            return _("MISSING")
        case Standing.LATE:
            return _("came in since")
        case Standing.MAYBE:
            return _("may be inside")
        case Standing.INSIDE:
            return ""
        case _:
            pass
    said = f"{GRANTED} {_('safe')}"
    if person.safe_by:
        said += f", {person.safe_by}"
    if person.safe_at is not None:
        said += f" {when(person.safe_at, now)}"
    return f"{said} ({_('not sent yet')})" if person.unsent else said


def title(view: MusterView) -> str:
    """Say what the list is."""
    if not view.running:
        return _("Who is inside")
    return _("Muster since {when}").format(when=day_and_clock(view.since))


def totals(view: MusterView) -> str:
    """Count them."""
    said = []
    if view.running:
        said += [
            _("{missing} MISSING of {expected}").format(missing=view.missing, expected=view.expected),
            _("{safe} safe").format(safe=view.safe),
        ]
    else:
        said.append(many("{count} person inside", "{count} people inside", view.inside))
    late, maybe = view.count(Standing.LATE), view.count(Standing.MAYBE)
    if late:
        said.append(_("{count} came in since").format(count=late))
    if maybe:
        said.append(_("{count} may be inside besides").format(count=maybe))
    unsent = sum(person.unsent for person in view.people)
    if unsent:
        said.append(many("{count} tick not sent yet", "{count} ticks not sent yet", unsent))
    return " · ".join(said)


def as_of(view: MusterView, now: datetime) -> str:
    """Say when the list was true, and how old that is where it is older than a few seconds."""
    age = (now - view.as_of).total_seconds()
    words = _("As of {when}").format(when=day_and_clock(view.as_of))
    return f"{words} ({_('{long} ago').format(long=how_long(age))})" if age >= FRESH_S else words


FRESH_S: Final = 10.0
"""So old may a list be without that being worth a word."""


def short_clock(at: datetime | None, now: datetime) -> str:
    """Give since when, as short as it can be understood."""
    return when(at, now) if at is not None else clock(at)
