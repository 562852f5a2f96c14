"""Finding people, and looking after one of them."""

from datetime import UTC, datetime
from itertools import islice
from typing import Final

from accessctl.client import ApiClient, Person, PersonDetails
from accessctl.operators.rights import Right
from accessctl.tui.plain.talk import Left, Option, Talk
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, many

MOST: Final = 20
"""So many are said; whoever has more in mind types more of the name."""


def find(talk: Talk, api: ApiClient) -> Person:
    """Ask for somebody by a part of their name, until one is chosen."""
    while True:
        typed = talk.ask(_("Name, part of it, or id"))
        found = list(islice(api.people(q=typed), MOST + 1))
        if not found:
            talk.say(_("Nobody is found by that."))
            continue
        if len(found) == 1:
            return found[0]
        if len(found) > MOST:
            talk.say(_("More than {count} are found; here are the first.").format(count=MOST))
        try:
            chosen = talk.choose(
                _("Which of them; empty: another name"),
                [Option(person["id"], f"{person['name']}, {person['id']}") for person in found[:MOST]],
            )
        except Left:
            continue
        return next(person for person in found if person["id"] == chosen)


def look_after(talk: Talk, api: ApiClient) -> None:
    """Say what is known of somebody, and change it."""
    person = find(talk, api)
    rights = set(api.who_am_i()["rights"])
    while True:
        describe(talk, api.person(person["id"]))
        offered = [
            (Right.PEOPLE_WRITE, Option("disable", _("Disable, or enable again"))),
            (Right.ACCESS_WRITE, Option("lend", _("Lend an access level for a while"))),
            (Right.RULES_FORESEE, Option("where", _("Where they may pass now"))),
            (Right.PEOPLE_WRITE, Option("leave", _("They leave: take everything that opens doors"))),
        ]
        options = [option for right, option in offered if right.value in rights]
        match talk.choose(_("What is to be done; empty: back"), options):
            case "disable":
                _disable(talk, api, person["id"])
            case "lend":
                lend(talk, api, person["id"])
            case "where":
                points = api.what_can(person["id"])["access_points"]
                talk.say(many("{count} access point:", "{count} access points:", len(points)))
                for point in points:
                    talk.say(f"{point['id']}, {point['name']}")
            case _:
                talk.sure(
                    _("Nothing that {name} has opens a door then.").format(name=person["name"]), "leave"
                )
                left = api.leave(person["id"])
                gone = len(left["cards"]) + len(left["codes"]) + len(left["passes"])
                talk.say(
                    many("Done. {count} credential was taken.", "Done. {count} credentials were taken.", gone)
                )


def describe(talk: Talk, person: PersonDetails) -> None:
    """Say what is known of somebody."""
    talk.say(f"{person['name']}, {person['id']}")
    if person["disabled"]:
        talk.say(_("Disabled: nothing that they have counts."))
    talk.say(_("Roles: {roles}").format(roles=", ".join(person["roles"]) or _("none")))
    if person["groups"]:
        talk.say(_("Groups: {groups}").format(groups=", ".join(person["groups"])))
    if person["valid_until"]:
        talk.say(_("Valid until {when}").format(when=day_and_minute(person["valid_until"])))
    talk.say(many("{count} card that counts", "{count} cards that count", person["active_cards"]))
    talk.say(_("PIN: {yes}").format(yes=_("yes") if person["has_pin"] else _("no")))
    for loan in person["temporary_access"]:
        words = _("Lent: {level} until {when}")
        talk.say(words.format(level=loan["level"], when=day_and_minute(loan["valid_until"])))


def lend(talk: Talk, api: ApiClient, person: str) -> None:
    """Lend somebody a level with an end."""
    level = talk.choose(_("Which level"), [Option(level["id"], level["id"]) for level in api.levels()])
    until = talk.ask_until(_("Until when"), datetime.now(UTC), "1d")
    if until is None:
        raise Left
    api.lend(person, level, until.isoformat())
    talk.say(_("Lent until {when}.").format(when=day_and_minute(until)))


def _disable(talk: Talk, api: ApiClient, person: str) -> None:
    disabled = not api.person(person)["disabled"]
    api.change_person(person, disabled=disabled)
    talk.say(_("Disabled.") if disabled else _("Enabled."))
