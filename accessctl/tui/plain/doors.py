"""Doors, said one after the other, and orders to them."""

import secrets
from datetime import UTC, datetime
from typing import Any

from accessctl.client import ApiClient
from accessctl.tui.look import door_look
from accessctl.tui.plain.talk import Option, Talk
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _


def show(talk: Talk, api: ApiClient) -> None:
    """Say how every door stands, those in alarm first."""
    status = api.status()
    for door in sorted(status["doors"], key=lambda door: not (door["alarm"] or door["fault"])):
        talk.say(sentence(door))
    for reader in status["readers"]:
        if reader.get("state", "here") != "here":
            talk.say(_("Reader {id}: {state}.").format(id=reader["id"], state=reader["state"]))


def sentence(door: dict[str, Any]) -> str:
    """Say how one door stands."""
    said = _("{name} ({id}): {state}; mode {mode}, leaf {leaf}, strike {strike}").format(
        name=door["name"],
        id=door["id"],
        state=door_look(door).words.lower(),
        mode=door["mode"],
        leaf=door["leaf"],
        strike=door["strike"],
    )
    if door.get("until"):
        said += _(", until {when}").format(when=day_and_minute(door["until"]))
    if door["alarm"] or door["fault"]:
        said += _("; alarm: {what}").format(what=door["fault"] or door["alarm"].replace("_", " "))
    return f"{said}."


def order(talk: Talk, api: ApiClient) -> None:
    """Give an order to one door."""
    door = chosen_door(talk, api)
    orders = [
        Option("release", _("Release it once")),
        Option("lock", _("Lock it")),
        Option("unlock", _("Unlock it, until a time or until it is locked")),
        Option("prop", _("Let the leaf stand open for a while")),
        Option("block", _("Block it: no credential counts")),
        Option("normal", _("Give it back to its schedule")),
    ]
    wanted, key = talk.choose(_("Order"), orders), secrets.token_hex(12)
    now = datetime.now(UTC)
    match wanted:
        case "release" | "lock":
            api.order(door, "release" if wanted == "release" else "lock", key)
        case "unlock":
            until = talk.ask_until(_("Until when; empty: until it is locked"), now, "")
            api.set_mode(door, "unlocked", None if until is None else until.isoformat(), key)
        case "prop":
            until = talk.ask_until(_("Until when"), now, "30 min")
            api.prop(door, ((until or now) - now).total_seconds(), key)
        case "block":
            talk.sure(_("Nobody gets through {door} then.").format(door=door))
            api.set_mode(door, "blocked", None, key)
        case _:
            api.clear_mode(door, key)
    talk.say(_("Done."))
    talk.say(sentence(next(each for each in api.status()["doors"] if each["id"] == door)))


def lock_down(talk: Talk, api: ApiClient) -> None:
    """Lock down an area or the whole site, or lift that."""
    site = api.site()
    if site["lockdowns"]:
        where = ", ".join(area or _("the whole site") for area in site["lockdowns"])
        talk.say(_("Locked down now: {where}.").format(where=where))
    what = talk.choose(
        _("Lock down or lift"),
        [Option("lockdown", _("Lock down")), Option("lift", _("Lift a lockdown"))],
    )
    areas = [Option("", _("The whole site"))]
    areas += [Option(area["id"], area["name"]) for area in site["areas"] if not area["outside"]]
    area = talk.choose(_("Where"), areas)
    if what == "lockdown":
        talk.sure(_("Only those pass then whom the site lets pass in a lockdown."), area or _("site"))
    api.give(what, secrets.token_hex(12), area=area or None)
    talk.say(_("Done."))


def chosen_door(talk: Talk, api: ApiClient) -> str:
    """Ask which door."""
    return talk.choose(_("Which door"), [Option(door["id"], door["name"]) for door in api.doors()])


def chosen_point(talk: Talk, api: ApiClient, question: str) -> str:
    """Ask at which access point with a reader."""
    status = api.status()
    names = {door["id"]: door["name"] for door in status["doors"]}
    points = {
        reader["access_point"]: names.get(reader["door"], reader["access_point"])
        for reader in status["readers"]
    }
    return talk.choose(question, [Option(point, f"{point}, {name}") for point, name in points.items()])
