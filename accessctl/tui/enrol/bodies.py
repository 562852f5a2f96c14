"""Fingers and faces: consent first, then where, then the enrolment; and the equal way for who refuses."""

from typing import Final

from accessctl.client import ConsentText, Person
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Choice, Choose, Confirm, Tell
from accessctl.tui.enrol.body_words import FINGER, Body, body, equal_way, standing_consent
from accessctl.tui.enrol.consent import AGREED, REFUSED, AskConsent
from accessctl.tui.enrol.pins import change_pin
from accessctl.tui.enrol.places import Place, place_at, sensor_places
from accessctl.tui.enrol.watch_body import WatchBody
from accessctl.tui.words import _

_DURESS: Final = ":duress"
_LAST: Final = "enrol.sensor."


async def enrol_body(console: Console, person: Person, kind: str) -> bool:
    """Enrol a finger or a face."""
    what = body(kind)
    readers = await console.attempt(lambda api: api.readers())
    if readers is None:
        return False
    places = sensor_places(readers, console.standing, what.device)
    if not places:
        await console.push_screen_wait(Tell(what.name, what.no_device))
        return False
    agreed = await _has_agreed(console, person, what)
    if agreed is None:
        return False
    if not agreed:
        return await _equally(console, person, what)
    where = await _where(console, person, what, places)
    if where is None:
        return False
    place, duress = where
    made = await console.push_screen_wait(WatchBody(person, what.kind, place, duress=duress))
    return made is not None


async def _has_agreed(console: Console, person: Person, what: Body) -> bool | None:
    """Have a consent to the text in force; ``None`` where nobody said anything, or nothing was recorded."""
    id_ = person["id"]
    found = await console.attempt(lambda api: (api.consent_text(), api.consents(id_)))
    if found is None:
        return None
    text, consents = found
    if not text["text"]:
        words = _("The site file has no consent text, which people have to agree to first: [biometrics].")
        await console.push_screen_wait(Tell(what.name, words))
        return None
    if standing_consent(consents, what.kind, text) is not None:
        return True
    said = await console.push_screen_wait(AskConsent(person, what.kind, text, console.operator))
    if said == AGREED:
        return await _record(console, person, what, text)
    return False if said == REFUSED else None


async def _record(console: Console, person: Person, what: Body, text: ConsentText) -> bool | None:
    id_, version = person["id"], text["version"]
    done = _("The consent of {name} is recorded.").format(name=person["name"])
    given = await console.attempt(lambda api: api.give_consent(id_, what.kind, version), done)
    return None if given is None else True


async def _equally(console: Console, person: Person, what: Body) -> bool:
    """Offer who refuses what lets them in as well."""
    text = await console.attempt(lambda api: api.consent_text())
    if text is None:
        return False
    words = _("{name} refuses, and nothing is kept. {way}\n\nGive them a PIN instead?").format(
        name=person["name"], way=equal_way(text)
    )
    if await console.push_screen_wait(Confirm(what.name, words, _("Give a PIN"))):
        return await change_pin(console, person)
    return False


async def _where(
    console: Console, person: Person, what: Body, places: list[Place]
) -> tuple[Place, bool] | None:
    """Ask for the place, and for a finger whether it is one for an emergency."""
    choices = [place.choice() for place in places]
    if what.kind == FINGER:
        silent = _("opens, and raises a silent alarm")
        choices += [
            Choice(place.point + _DURESS, _("Duress finger: {place}").format(place=place.name), silent)
            for place in places
        ]
    last = _LAST + what.kind
    chosen: str | None = choices[0].value
    if len(choices) > 1:
        title = _("{what} of {name}").format(what=what.name, name=person["name"])
        chosen = await console.push_screen_wait(
            Choose(title, choices, _("Where does the person stand?"), value=console.remembered.get(last))
        )
    place = place_at(places, None if chosen is None else chosen.removesuffix(_DURESS))
    if chosen is None or place is None:
        return None
    console.remembered.put(last, place.point)
    return place, chosen.endswith(_DURESS)
