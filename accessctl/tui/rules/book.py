"""What the site file says of when and how, in words, as far as it can be read."""

import tomllib
from collections.abc import Mapping
from typing import Any, Final, Self

from accessctl.tui.words import _, to_translate

_ASKED: Final = {
    "nothing": to_translate("nothing"),
    "card": to_translate("a card"),
    "card_and_pin": to_translate("card and PIN"),
    "card_and_code": to_translate("card and one-time code"),
    "card_and_biometric": to_translate("card and finger or face"),
    "card_and_fingerprint": to_translate("card and finger"),
    "card_and_face": to_translate("card and face"),
    "card_pin_and_code": to_translate("card, PIN and one-time code"),
    "card_pin_and_biometric": to_translate("card, PIN and finger or face"),
    "pin": to_translate("a keypad code"),
    "fingerprint": to_translate("a finger alone"),
    "face": to_translate("a face alone"),
}
_HOLIDAYS: Final = {
    "full": to_translate("full holidays"),
    "half": to_translate("half holidays"),
    "site": to_translate("the site's own days"),
}
_ALL_DAY: Final = ("00:00", ("24:00", "00:00"))
_PASSBACK: Final = {
    "hard": to_translate("nobody enters twice without leaving"),
    "soft": to_translate("who enters twice without leaving is reported"),
    "timed": to_translate("nobody enters twice within a while"),
}


class Book:
    """The parts of a site file that say when a right holds and what is asked for."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        """Take the parsed file; any part of it may be of any shape."""
        self._raw = raw

    @classmethod
    def of(cls, text: str | None) -> Self | None:
        """Read the text; ``None`` where there is none or it is no TOML."""
        try:
            return None if text is None else cls(tomllib.loads(text))
        except (ValueError, RecursionError):
            return None

    # ------------------------------------------------------------------------------- schedules

    def hours(self, schedule: str) -> list[str]:
        """Give when a schedule holds, a line for each kind of day; nothing where that is not known."""
        said = self._at("schedules", schedule)
        weekly, holidays = _tables(said.get("weekly")), _table(said.get("holidays"))
        if not weekly and not holidays:
            return []
        if is_always(weekly) and all(_is_all_day(_tables(holidays.get(kind))) for kind in _HOLIDAYS):
            return [_("at every hour of every day")]
        lines = [f"{_word(each, 'days')} {_interval(each)}" for each in weekly]
        closed = [_(words) for kind, words in _HOLIDAYS.items() if not _tables(holidays.get(kind))]
        for kind, words in _HOLIDAYS.items():
            if times := _tables(holidays.get(kind)):
                lines.append(f"{_(words)}: {', '.join(_interval(each) for each in times)}")
        if closed:
            lines.append(_("never on {days}").format(days=", ".join(closed)))
        return lines

    # ---------------------------------------------------------------------------- access points

    def point_name(self, point: str) -> str | None:
        """Give the name of an access point."""
        return _text(self._at("access_points", point).get("name"))

    def door_of(self, point: str) -> str | None:
        """Give the door that an access point leads through."""
        return _text(self._at("access_points", point).get("door"))

    def leaves(self, point: str) -> bool:
        """Tell a way out, where software refuses nobody."""
        return self._at("access_points", point).get("direction") == "out"

    def asks_for_more(self, point: str) -> bool:
        """Tell whether a card alone does not do there, always or at times."""
        said = self._at("access_points", point)
        area = self._at("areas", str(said.get("to")))
        more = said.get("asks", "card") not in ("card", "nothing") or bool(said.get("asks_when"))
        return more or (not self.leaves(point) and bool(area.get("together") or area.get("assurance")))

    def asks(self, point: str) -> list[str]:
        """Give what has to be shown, and what instead at times."""
        said = self._at("access_points", point)
        if not said:
            return []
        lines = [asked(said.get("asks", "card"))]
        times = _tables(said.get("asks_when"))
        return [*lines, *(f"{_conditions(each)}: {asked(each.get('asks'))}" for each in times)]

    def enters(self, point: str) -> list[str]:
        """Give what the area asks of whoever enters it there."""
        said = self._at("access_points", point)
        area_id = str(said.get("to"))
        area = self._at("areas", area_id)
        if not area:
            return []
        name = _text(area.get("name")) or area_id
        if self.leaves(point):
            return [_("leads out to {area}; leaving is refused to nobody").format(area=name)]
        return [_("leads to {area}").format(area=name), *self._wanted_of(area)]

    def _wanted_of(self, area: Mapping[str, Any]) -> list[str]:
        lines = []
        if needed := [self._name("qualifications", each) for each in _list(area.get("requires"))]:
            lines.append(_("asks for: {qualifications}").format(qualifications=", ".join(needed)))
        if together := _table(area.get("together")):
            of = " / ".join(self.member_name(each) for each in _list(together.get("of")))
            words = _("{count} have to badge together").format(count=together.get("persons", 2))
            lines.append(f"{words} ({of})" if of else words)
        if area.get("assurance"):
            lines.append(_("kinds of proof that nobody can copy: {count}").format(count=area["assurance"]))
        if passback := _PASSBACK.get(str(area.get("passback"))):
            lines.append(_(passback))
        for limit in _tables(area.get("limits")):
            whom = self.member_name(limit["of"]) if "of" in limit else _("people")
            most = limit.get("at_most", "?")
            lines.append(_("at most {count}: {whom}").format(count=most, whom=whom))
        if area.get("at_least"):
            lines.append(_("never fewer than {count} inside").format(count=area["at_least"]))
        return lines

    # ------------------------------------------------------------------------- doors, members

    def door_modes(self, door: str) -> list[str]:
        """Give the modes that a door has by schedule."""
        words = {
            "unlocked": _("unlocked while {schedule}"),
            "blocked": _("blocked while {schedule}"),
            "locked": _("locked while {schedule}"),
        }
        lines = []
        for each in _tables(self._at("doors", door).get("modes")):
            said = words.get(str(each.get("mode")))
            if said is not None:
                line = said.format(schedule=_word(each, "schedule"))
                lines.append(
                    _("{what}, once somebody came in").format(what=line) if each.get("first_card") else line
                )
        return lines

    def member_name(self, id_: object) -> str:
        """Give the name of a role or group."""
        key = str(id_)
        return _text({**self._at("groups", key), **self._at("roles", key)}.get("name")) or key

    def member(self, id_: str) -> list[str]:
        """Give what a role or group means besides its levels."""
        said = {**self._at("groups", id_), **self._at("roles", id_)}
        lines = []
        if said.get("needs_escort"):
            lines.append(_("only right behind an escort"))
        if said.get("passes_lockdown"):
            lines.append(_("passes in a lockdown"))
        if said.get("exempt_from_passback"):
            lines.append(_("passback does not count"))
        if isinstance(days := said.get("expires_unseen_days"), int):
            lines.append(_("expires after {days} days unseen").format(days=days))
        if isinstance(level := said.get("threat_authority"), int) and level:
            lines.append(_("comes in up to threat level {level}").format(level=level))
        return lines

    def _name(self, section: str, id_: object) -> str:
        return _text(self._at(section, str(id_)).get("name")) or str(id_)

    def _at(self, section: str, id_: str) -> Mapping[str, Any]:
        return _table(_table(self._raw.get(section)).get(id_))


def asked(what: object) -> str:
    """Say what is asked for."""
    if isinstance(what, dict):
        factors = ", ".join(str(each) for each in _list(what.get("two_of")))
        return _("any two of {factors}").format(factors=factors)
    return _(_ASKED[what]) if isinstance(what, str) and what in _ASKED else str(what)


def is_always(weekly: list[Mapping[str, Any]]) -> bool:
    """Tell intervals that leave no hour of the week out."""
    return any(each.get("days") == "every day" and _is_all_day([each]) for each in weekly)


def _is_all_day(times: list[Mapping[str, Any]]) -> bool:
    return any(each.get("from") == _ALL_DAY[0] and each.get("to") in _ALL_DAY[1] for each in times)


def _conditions(each: Mapping[str, Any]) -> str:
    found = []
    if "schedule" in each:
        found.append(_("while {schedule}").format(schedule=each["schedule"]))
    if "threat_level" in each:
        found.append(_("from threat level {level} on").format(level=each["threat_level"]))
    if each.get("area") == "empty":
        found.append(_("while nobody is inside"))
    if each.get("area") == "armed":
        found.append(_("while the area is armed"))
    return ", ".join(found)


def _interval(each: Mapping[str, Any]) -> str:
    return f"{_word(each, 'from')}-{_word(each, 'to')}"


def _word(each: Mapping[str, Any], name: str) -> str:
    return str(each.get(name, "?"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _tables(value: object) -> list[Mapping[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]
