"""What to say of cards: what was enrolled, what it is worth, and what else was shown meanwhile."""

from typing import Any, Final, NamedTuple

from accessctl.client import ApiError, ApiRefused, Card, EnrolledCard, Event
from accessctl.tui.look import ALARM, GRANTED, Tone, mark
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, to_translate

_KINDS: Final = {
    "iso14443-uid": to_translate("plain UID"),
    "iso15693-uid": to_translate("plain UID, ISO 15693"),
    "felica-idm": to_translate("plain id, FeliCa"),
    "ndef": to_translate("text on a tag"),
    "wiegand": to_translate("number over a line"),
    "typed": to_translate("number that is typed"),
    "pkoc": to_translate("PKOC, proves its own key"),
    "piv": to_translate("PIV, proves its own key"),
    "desfire-aes": to_translate("DESFire, proves the site's key"),
    "ntag424-sun": to_translate("NTAG 424 SUN, proves the site's key"),
}
_BAR: Final = 40
_TYPED: Final = ("code", "pass")
_DECISIONS: Final = ("access_granted", "denied_", "authorization_delayed")


class Line(NamedTuple):
    """Words, and how they are meant."""

    words: str
    tone: Tone


def kind_of(card: Card) -> str:
    """Say how a card is read."""
    return _(_KINDS.get(card["technology"], card["technology"]))


def counting(cards: list[Card]) -> list[Card]:
    """Give the cards that can be lost: those that count, the newest first; no codes and no passes."""
    real = [card for card in cards if card["status"] == "active" and card["technology"] not in _TYPED]
    return sorted(real, key=lambda card: card["enrolled_at"], reverse=True)


def enrolled_lines(card: EnrolledCard, name: str) -> list[Line]:
    """Say that a card is enrolled, and what one should know of it."""
    said = _("Card …{hint} is enrolled ({kind}).").format(hint=card["hint"], kind=kind_of(card))
    lines = [Line(f"{GRANTED} {said}", Tone.GOOD)]
    if card["clonable"]:
        warning = _(
            "Anyone who has held this card can copy it. Where that matters, ask for a PIN as well, or enrol "
            "a card that proves a key, such as DESFire or PIV."
        )
        lines.append(Line(f"{ALARM} {warning}", Tone.WARN))
    if card["like_pin"]:
        warning = _(
            "The PIN of {name} is the beginning or the end of this card's number, which everybody can read "
            "who holds it: set another PIN."
        ).format(name=name)
        lines.append(Line(f"{ALARM} {warning}", Tone.WARN))
    return lines


def ends_words(until: str | None) -> str:
    """Say until when a card counts."""
    if until is None:
        return _("Counts until it is revoked.")
    return _("Counts until {when}.").format(when=day_and_minute(until))


def time_left(left_s: float, of_s: float) -> str:
    """Give the time that is left as a bar and as a number."""
    full = min(_BAR, round(_BAR * left_s / of_s))
    bar = mark("█", "#") * full + mark("░", ".") * (_BAR - full)
    return f"{bar}  " + _("{seconds} s").format(seconds=round(left_s))


def failed_words(error: ApiError, place: str) -> str:
    """Say why no card was enrolled."""
    if kind_of_problem(error) == "timed-out":
        return _("No new card was shown at {place} in time.").format(place=place)
    return str(error)


def seen_words(event: Event, person: str) -> str | None:
    """Say what was shown at the reader while a new card was waited for; nothing of what does not matter.

    A card that somebody has is decided about as ever: its holder may be on the way in.
    """
    if not event["type"].startswith(_DECISIONS):
        return None
    if event["person"] == person:
        return _("A card was shown that this person has already.")
    if event["person"] is not None:
        return _("Not enrolled: the card that was shown is {name}'s. Show another one.").format(
            name=event["person_name"] or event["person"]
        )
    return _("What was shown was refused: {why}").format(why=event["reason"] or event["type"])


def kind_of_problem(error: ApiError) -> str:
    """Give the kind of a refusal, such as ``busy``; nothing for any other error."""
    problem: dict[str, Any] = error.problem if isinstance(error, ApiRefused) else {}
    return str(problem.get("type", "")).rpartition(":")[2]
