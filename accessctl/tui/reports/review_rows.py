"""Reviews of who has access, as lines and words."""

from collections.abc import Mapping
from typing import Any, Final

from accessctl.client import AreaReview, HasAccess, SignedReview, SignedReviewRow
from accessctl.tui.line_rows import Cell, Column, Row
from accessctl.tui.look import ALARM, GRANTED, LIVE, NOTHING, REFUSED, Look, Tone
from accessctl.tui.system.facts import Fact
from accessctl.tui.times import day_and_clock, day_and_minute
from accessctl.tui.words import _, many, to_translate

KEEP: Final = "keep"
STRIKE: Final = "strike"
AREA_COLUMNS: Final = (
    Column("", 1),
    Column(_("Area")),
    Column(_("State"), 11),
    Column(_("Period"), 8),
    Column(_("Ends"), 10, from_width=60),
    Column(_("Owners"), 18, from_width=96),
    Column(_("Last signed"), 16, from_width=70),
)
SIGNED_COLUMNS: Final = (
    Column(_("Signed"), 16),
    Column(_("Area")),
    Column(_("Period"), 8),
    Column(_("By"), 12, from_width=56),
    Column(_("Review"), 10, from_width=70),
)
PEOPLE_COLUMNS: Final = (
    Column("", 1),
    Column(_("Person"), 22),
    Column(_("Decision"), 12),
    Column(_("By what right")),
    Column(_("Card"), 6, from_width=70),
)
TO_DO_COLUMNS: Final = (Column("", 1), Column(_("Person"), 22), Column(_("To be taken")))
_STATES: Final = {
    "overdue": Look(ALARM, to_translate("OVERDUE"), Tone.BAD),
    "ends soon": Look(ALARM, to_translate("ends soon"), Tone.WARN),
    "due": Look(LIVE, to_translate("due"), Tone.NOTE),
    "signed": Look(GRANTED, to_translate("signed"), Tone.GOOD),
}
_DECISIONS: Final = {
    KEEP: Look(GRANTED, to_translate("keeps it"), Tone.GOOD),
    STRIKE: Look(REFUSED, to_translate("is struck"), Tone.BAD),
    None: Look("?", to_translate("not decided"), Tone.WARN),
}
_BY: Final = {
    "role": to_translate("role {id}"),
    "group": to_translate("group {id}"),
    "loan": to_translate("loan {id}"),
}


def owed(areas: list[AreaReview]) -> list[AreaReview]:
    """Give the areas for which a review is missing."""
    return [each for each in areas if each["state"] != "signed"]


def area_row(area: AreaReview) -> Row:
    """Say how an area stands."""
    look = _STATES.get(area["state"], Look("?", area["state"], Tone.WARN))
    return (
        Cell(look.mark, look.tone),
        area["name"],
        Cell(_(look.words), look.tone),
        area["period"],
        area["ends"],
        ", ".join(area["owners"]),
        day_and_minute(area["last_at"]) or NOTHING,
    )


def signed_row(review: SignedReviewRow) -> Row:
    """Give a signed review as a line."""
    signed = day_and_minute(review["at"])
    return (signed, review["area"], review["period"], review["operator"], review["id"])


def person_row(each: HasAccess, decision: str | None) -> Row:
    """Say who has access, why, and what was decided."""
    look = _DECISIONS[decision]
    return (
        Cell(look.mark, look.tone),
        each["name"] or each["person"],
        Cell(_(look.words), look.tone),
        rights_in_short(each),
        _("yes") if each["can_show_something"] else Cell(_("none"), Tone.DIM),
    )


def to_do_row(each: HasAccess) -> Row:
    """Say what is to be taken from somebody who was struck."""
    return (Cell(ALARM, Tone.WARN), each["name"] or each["person"], rights_in_short(each))


def rights_in_short(each: HasAccess) -> str:
    """Say by what somebody has access."""
    return ", ".join(f"{_right(right)} ({right['level']})" for right in each["rights"])


def rights_in_full(each: HasAccess) -> str:
    """Say of each right where and when, a line for each access point."""
    lines = [each["person"]]
    for right in each["rights"]:
        until = right.get("until")
        ends = f", {_('until {when}').format(when=day_and_clock(until))}" if until else ""
        lines += ["", f"{_right(right)}, {_('level {level}').format(level=right['level'])}{ends}"]
        for point, schedules in right["access_points"].items():
            lines.append(f"  {point}: {', '.join(schedules)}")
    if not each["can_show_something"]:
        lines += ["", _("They have no card and no code that counts just now.")]
    return "\n".join(lines)


def _right(right: Mapping[str, Any]) -> str:
    return (
        _(_BY[right["by"]]).format(id=right["id"]) if right["by"] in _BY else f"{right['by']} {right['id']}"
    )


def decided_in_words(decisions: Mapping[str, str], of: int) -> str:
    """Say how far a review is."""
    struck = sum(each == STRIKE for each in decisions.values())
    left = of - len(decisions)
    parts = [
        many("{count} keeps it", "{count} keep it", len(decisions) - struck),
        many("{count} is struck", "{count} are struck", struck),
    ]
    if left:
        parts.append(many("{count} is not decided", "{count} are not decided", left))
    return ", ".join(parts)


def signed_facts(review: SignedReview) -> list[Fact]:
    """Give what was signed, by whom, and whether it is as it was signed."""
    struck = sum(each["decision"] == STRIKE for each in review["people"])
    evidence, to_do = review["evidence"], len(review["to_do"])
    sound = Tone.GOOD if evidence["sound"] else Tone.ALARM
    if not review["in_force"]:
        done, tone = _("cannot be found out: the area is not there any more"), Tone.WARN
    elif to_do:
        done, tone = many("{count} has access still", "{count} have access still", to_do), Tone.WARN
    else:
        done, tone = _("nothing is left to do"), Tone.GOOD
    return [
        Fact(_("Review"), f"{review['id']}, {review['area']}, {review['period']}"),
        Fact(
            _("Signed"),
            _("{when} by {who}").format(when=day_and_clock(review["at"]), who=review["operator"]),
        ),
        Fact(_("Kept"), str(len(review["people"]) - struck)),
        Fact(_("Struck"), f"{struck}: {done}" if struck else "0", tone if struck else Tone.PLAIN),
        Fact(_("Evidence"), f"{GRANTED if evidence['sound'] else ALARM} {evidence['what']}", sound),
        Fact(_("Entry"), NOTHING if evidence["seq"] is None else str(evidence["seq"])),
        Fact("SHA-256", review["sha256"]),
    ]
