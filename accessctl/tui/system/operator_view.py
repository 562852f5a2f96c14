"""Operators, and what is open in their names, as lines."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from accessctl.client import OpenSession, Operator, Token
from accessctl.operators.rights import Right, Rights, Role, rights_of
from accessctl.tui.dialogs import Choice
from accessctl.tui.line_rows import Cell, Row
from accessctl.tui.look import ALARM, GONE, LIVE, NOTHING, UNSURE, Tone
from accessctl.tui.times import day_and_minute, instant, when
from accessctl.tui.words import _, to_translate

ROLE_WORDS: Final = {
    Role.ADMIN: to_translate("may do everything"),
    Role.ENROLLER: to_translate("people, cards, PINs, levels for a while"),
    Role.GUARD: to_translate("doors, lockdown, alarms, muster"),
    Role.AUDITOR: to_translate("sees everything, changes nothing"),
    Role.INSTALLER: to_translate("readers and wiring, without names"),
}
RIGHT_WORDS: Final = {
    Right.OWN_ACCOUNT: to_translate("one's own account"),
    Right.DOORS_READ: to_translate("see doors and devices"),
    Right.DOORS_ORDER: to_translate("release, unlock and lock doors"),
    Right.SITE_ORDER: to_translate("lock down, lift, muster, areas"),
    Right.ALARMS_ANSWER: to_translate("acknowledge alarms"),
    Right.PRESENCE_READ: to_translate("see who is where"),
    Right.EVENTS_READ: to_translate("read the record"),
    Right.NAMES_READ: to_translate("see names in the record"),
    Right.PEOPLE_READ: to_translate("see people"),
    Right.PEOPLE_WRITE: to_translate("add and change people"),
    Right.PEOPLE_DELETE: to_translate("delete people, erase biometrics"),
    Right.PEOPLE_COPY: to_translate("copy what is held of somebody"),
    Right.CREDENTIALS_READ: to_translate("see cards, codes, passes"),
    Right.CREDENTIALS_WRITE: to_translate("enrol and revoke cards, PINs, codes"),
    Right.ACCESS_WRITE: to_translate("lend levels, qualify people"),
    Right.READERS_INSTALL: to_translate("test and pair readers"),
    Right.KEYS_WRITE: to_translate("make the keys of cards"),
    Right.RULES_READ: to_translate("read the site file; findings"),
    Right.RULES_FORESEE: to_translate("ask why, rehearse rules"),
    Right.RULES_WRITE: to_translate("put a site file in force"),
    Right.REVIEWS_READ: to_translate("see reviews of who has access"),
    Right.REVIEWS_SIGN: to_translate("sign reviews of one's own areas"),
    Right.OPERATORS_READ: to_translate("see operators"),
    Right.OPERATORS_WRITE: to_translate("add and change operators"),
    Right.TOKENS_WRITE: to_translate("make tokens"),
    Right.APPROVALS_READ: to_translate("see what waits for two"),
    Right.APPROVALS_DECIDE: to_translate("approve and refuse"),
    Right.BACKUPS_READ: to_translate("see and check backups"),
    Right.BACKUPS_WRITE: to_translate("make and delete backups"),
}


class Open(NamedTuple):
    """A session or token."""

    kind: str
    id: str
    operator: str


def role_choices(rights: Rights) -> list[Choice]:
    """Give the roles that somebody with these rights may grant."""
    return [
        Choice(role.value, f"{role.value:<10} {_(ROLE_WORDS[role])}")
        for role in Role
        if rights_of([role]) <= rights
    ]


def right_choices(rights: Iterable[Right]) -> list[Choice]:
    """Give rights to choose from, in the order in which they are listed everywhere."""
    given = frozenset(rights)
    return [
        Choice(right.value, f"{right.value:<18} {_(RIGHT_WORDS[right])}") for right in Right if right in given
    ]


def operator_row(operator: Operator, sessions: Sequence[OpenSession], now: datetime) -> Row:
    """Give an operator as a line."""
    mine = [each for each in sessions if each["operator"] == operator["id"]]
    used = max((each["used_at"] for each in mine), default=None)
    mark, words, tone = _standing(operator, bool(mine), now)
    return (
        Cell(mark, tone),
        Cell(operator["id"], Tone.STRONG),
        operator["name"],
        ", ".join(operator["roles"]),
        Cell(words, tone),
        _("here {time}").format(time=when(used, now)) if used else NOTHING,
    )


def _standing(operator: Operator, here: bool, now: datetime) -> tuple[str, str, Tone]:  # noqa: FBT001
    if operator["disabled"]:
        return GONE, _("disabled"), Tone.DIM
    if is_locked(operator, now):
        until = when(operator["locked_until"], now)
        return ALARM, _("LOCKED OUT until {time}").format(time=until), Tone.BAD
    if not operator["can_log_in"]:
        return UNSURE, _("no password"), Tone.WARN
    return (LIVE, _("logged in"), Tone.GOOD) if here else (" ", _("can log in"), Tone.PLAIN)


def is_locked(operator: Operator, now: datetime) -> bool:
    """Tell whether an operator is locked out after wrong tries."""
    return operator["locked_until"] is not None and instant(operator["locked_until"]) > now


def open_of(operator: str, sessions: Sequence[OpenSession], tokens: Sequence[Token]) -> list[Open]:
    """Give what is open in an operator's name, or was, in the order of the lines."""
    return [
        *(Open("session", each["id"], operator) for each in sessions if each["operator"] == operator),
        *(Open("token", each["id"], operator) for each in tokens if each["operator"] == operator),
    ]


def open_rows(
    operator: str, sessions: Sequence[OpenSession], tokens: Sequence[Token], now: datetime
) -> list[Row]:
    """Give sessions and tokens of an operator as lines."""
    return [
        *(session_row(each, now) for each in sessions if each["operator"] == operator),
        *(token_row(each, now) for each in tokens if each["operator"] == operator),
    ]


def session_row(session: OpenSession, now: datetime) -> Row:
    """Give a session as a line."""
    return (
        Cell(LIVE, Tone.GOOD),
        _("session"),
        session["whence"],
        _("since {time}").format(time=when(session["begun_at"], now)),
        _("until {time}").format(time=when(session["ends_at"], now)),
        _("used {time}").format(time=when(session["used_at"], now)),
    )


def token_row(token: Token, now: datetime) -> Row:
    """Give a token as a line."""
    used = _("used {time}").format(time=when(token["used_at"], now)) if token["used_at"] else _("never used")
    if token["revoked_at"] is not None:
        mark, ends = Cell(GONE, Tone.DIM), Cell(_("revoked"), Tone.DIM)
    elif instant(token["ends_at"]) <= now:
        mark, ends = Cell(GONE, Tone.DIM), Cell(_("ended"), Tone.DIM)
    else:
        until = _("until {time}").format(time=day_and_minute(token["ends_at"]))
        mark, ends = Cell(LIVE, Tone.NOTE), Cell(until)
    label = f"{token['label']}: {', '.join(token['scopes'])}"
    return (mark, _("token"), label, _("made {time}").format(time=when(token["made_at"], now)), ends, used)
