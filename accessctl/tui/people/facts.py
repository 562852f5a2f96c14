"""What is known of a person, as sections of facts: answers of the API put in words, nothing drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from accessctl.client import Biometric, Card, Consent, Event, Pass, PersonDetails, PrintedCode
from accessctl.tui.look import ALARM, GRANTED, NOTHING, REFUSED, UNSURE, Tone
from accessctl.tui.people.rows import state_in_words
from accessctl.tui.times import day_and_minute, instant
from accessctl.tui.words import _, many


class Fact(NamedTuple):
    """One line: what it is about, what is so, and its tone."""

    about: str
    said: str
    tone: Tone = Tone.PLAIN


class Section(NamedTuple):
    """Facts under a heading."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The names of what the site file defines, by id."""

    roles: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    qualifications: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person, and what belongs to them. What was not asked, or may not be seen, is ``None``."""

    person: PersonDetails
    cards: tuple[Card, ...] | None = None
    codes: tuple[PrintedCode, ...] | None = None
    passes: tuple[Pass, ...] | None = None
    biometrics: tuple[Biometric, ...] | None = None
    consents: tuple[Consent, ...] | None = None
    can_pass: tuple[str, ...] | None = None
    """Names of access points."""
    where: Mapping[str, Any] | None = None
    """Of ``GET /presence``; empty where they are nowhere."""
    events: tuple[Event, ...] | None = None
    """The newest first."""
    troubles: tuple[str, ...] = ()
    """What could not be found out, in the API's words."""


def sections(dossier: Dossier, names: Names, now: datetime) -> list[Section]:
    """Put all of it in words, what matters most first."""
    person = dossier.person
    found = [
        Section(_("Person"), (*_standing(person, names, now), *_limits(person))),
        Section(_("Where they are"), tuple(_where(dossier.where, names))),
        Section(_("Can pass now"), tuple(_passable(dossier.can_pass))),
        Section(_("For a while"), tuple(_lent(person, now))),
        Section(_("Qualified for"), tuple(_qualified(person, names, now))),
        Section(_("Shows or types"), tuple(_credentials(dossier, now))),
        Section(_("Not known now"), tuple(Fact("", why, Tone.WARN) for why in dossier.troubles)),
    ]
    return [section for section in found if section.facts]


def _standing(person: PersonDetails, names: Names, now: datetime) -> Iterable[Fact]:
    state = state_in_words(person, now)
    yield Fact(_("state"), str(state), state.tone)
    yield Fact(_("roles"), _named(person["roles"], names.roles))
    if person["groups"]:
        yield Fact(_("groups"), _named(person["groups"], names.groups))
    yield Fact(_("valid"), span(person["valid_from"], person["valid_until"]))


def _limits(person: PersonDetails) -> Iterable[Fact]:
    if person["uses_total"] is not None:
        yield Fact(_("uses"), _("{count} in all").format(count=person["uses_total"]))
    if person["uses_a_day"] is not None:
        yield Fact(_("uses"), _("{count} a day").format(count=person["uses_a_day"]))
    if person["exempt"]:
        yield Fact(_("passback"), _("does not count for them"), Tone.NOTE)
    if person["extended"]:
        yield Fact(_("doors"), _("give them more time"), Tone.NOTE)
    yield Fact(_("added"), day_and_minute(person["added_at"]), Tone.DIM)


def _where(where: Mapping[str, Any] | None, names: Names) -> Iterable[Fact]:
    if where is None:
        return
    if not where or where.get("outside"):
        yield Fact("", _("not inside, as far as the doors know"), Tone.DIM)
        return
    yield Fact(_("area"), names.areas.get(where["area"], where["area"]), Tone.NOTE)
    yield Fact(_("since"), day_and_minute(where["since"]))
    if where["sureness"] != "seen":
        yield Fact(_("how sure"), f"{UNSURE} {where['sureness']}", Tone.WARN)


def _passable(can_pass: tuple[str, ...] | None) -> Iterable[Fact]:
    if can_pass is None:
        return
    if not can_pass:  # also where they have nothing to show
        yield Fact("", f"{REFUSED} {_('nowhere')}", Tone.BAD)
    for name in can_pass:
        yield Fact("", f"{GRANTED} {name}", Tone.GOOD)


def _lent(person: PersonDetails, now: datetime) -> Iterable[Fact]:
    for loan in person["temporary_access"]:
        over = instant(loan["valid_until"]) <= now
        yield Fact(
            loan["level"],
            ended(loan["valid_from"], loan["valid_until"], now),
            Tone.DIM if over else Tone.NOTE,
        )


def _qualified(person: PersonDetails, names: Names, now: datetime) -> Iterable[Fact]:
    for each in person["qualifications"]:
        over = each["until"] is not None and instant(each["until"]) <= now
        name = names.qualifications.get(each["id"], each["id"])
        yield Fact(each["id"], f"{name}, {ended(None, each['until'], now)}", Tone.BAD if over else Tone.PLAIN)


def _credentials(dossier: Dossier, now: datetime) -> Iterable[Fact]:
    person = dossier.person
    if dossier.cards is None:
        count = person["active_cards"]
        words = many("{count} that counts", "{count} that count", count) if count else NOTHING
        yield Fact(_("cards"), words, Tone.PLAIN if count else Tone.WARN)
    else:
        yield from (_card(card, now) for card in dossier.cards)
        if not dossier.cards:
            yield Fact(_("cards"), NOTHING, Tone.WARN)
    yield Fact(_("PIN"), _pin(person))
    if person["code_generator"] != "none":
        waits = person["code_generator"] == "unconfirmed"
        words = f"{ALARM} {_('not confirmed yet')}" if waits else _("yes")
        yield Fact(_("generator"), words, Tone.WARN if waits else Tone.PLAIN)
    yield from (_code(code, now) for code in dossier.codes or ())
    yield from (_pass(each, now) for each in dossier.passes or ())
    yield from (_biometric(each, dossier.consents or (), now) for each in dossier.biometrics or ())


def _pin(person: PersonDetails) -> str:
    if not person["has_pin"]:
        return NOTHING
    return _("yes, and one under threat") if person.get("has_duress_pin") else _("yes")


def _card(card: Card, now: datetime) -> Fact:
    clonable = f" {UNSURE} {_('can be copied')}" if card["clonable"] and card["status"] == "active" else ""
    said, tone = _counts(card["status"], card["valid_from"], card["valid_until"], now)
    return Fact(_("card"), f"…{card['hint']} {said}{clonable}  {card['technology']}", tone)


def _code(code: PrintedCode, now: datetime) -> Fact:
    said, tone = _counts(code["status"], code["valid_from"], code["valid_until"], now)
    kind = _("break-glass") if code["break_glass"] else _("code")
    return Fact(kind, f"{code['label'] or _('kept in the head')} {said}", tone)


def _pass(pass_: Pass, now: datetime) -> Fact:
    said, tone = _counts(pass_["status"], pass_["valid_from"], pass_["valid_until"], now)
    return Fact(_("pass"), f"…{pass_['hint']} {pass_['label'] or ''} {said}".replace("  ", " "), tone)


def _biometric(each: Biometric, consents: Sequence[Consent], now: datetime) -> Fact:
    agreed = next((c for c in consents if c["kind"] == each["kind"] and c["withdrawn_at"] is None), None)
    said = _("agreed {when}").format(when=day_and_minute(agreed["given_at"])) if agreed else _("no consent")
    over = each["expires_at"] is not None and instant(each["expires_at"]) <= now
    state = _("disabled") if each["disabled"] else _("expired") if over else _("counts")
    tone = Tone.DIM if each["disabled"] or over else Tone.PLAIN if agreed else Tone.WARN
    return Fact(_KINDS.get(each["kind"], each["kind"]), f"{state}, {said}", tone)


_KINDS: Final = {"finger": _("finger"), "face": _("face")}


def _counts(status: str, since: str | None, until: str | None, now: datetime) -> tuple[str, Tone]:
    """Say whether something counts, and if not, why."""
    if status != "active":
        return status, Tone.DIM
    if until is not None and instant(until) <= now:
        return _("ended {when}").format(when=day_and_minute(until)), Tone.DIM
    if since is not None and instant(since) > now:
        return _("from {when}").format(when=day_and_minute(since)), Tone.WARN
    return (_("until {when}").format(when=day_and_minute(until)) if until else _("counts")), Tone.PLAIN


def span(since: str | None, until: str | None) -> str:
    """Say from when until when."""
    if since is None and until is None:
        return _("without an end")
    begin = _("from {when}").format(when=day_and_minute(since)) if since else ""
    end = _("until {when}").format(when=day_and_minute(until)) if until else ""
    return " ".join(each for each in (begin, end) if each)


def ended(since: str | None, until: str | None, now: datetime) -> str:
    """Say from when until when, and plainly when that is over or lies ahead."""
    if until is not None and instant(until) <= now:
        return f"{REFUSED} {_('ended {when}').format(when=day_and_minute(until))}"
    ahead = since if since is not None and instant(since) > now else None
    return span(ahead, until)


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(id_, id_) for id_ in ids)
