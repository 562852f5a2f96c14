"""Alarms, one after the other, and taking notice of them."""

from accessctl.client import Alarm, ApiClient
from accessctl.operators.rights import Right
from accessctl.tui.plain.talk import Option, Talk
from accessctl.tui.times import day_and_clock
from accessctl.tui.words import _, many


def answer(talk: Talk, api: ApiClient) -> None:
    """Say the open alarms, and take notice of one or all."""
    found = list(api.alarms("open"))
    talk.say(many("{count} open alarm.", "{count} open alarms.", len(found)))
    for alarm in found:
        talk.say(sentence(alarm))
    new = [alarm for alarm in found if alarm["acknowledged"] is None]
    if not new or Right.ALARMS_ANSWER.value not in api.who_am_i()["rights"]:
        return
    options = [Option("all", _("All of them"))]
    options += [Option(str(alarm["seq"]), sentence(alarm)) for alarm in new]
    wanted = talk.choose(_("Acknowledge which"), options)
    note = talk.ask(_("A note, or empty"), "")
    for alarm in new:
        if wanted in {"all", str(alarm["seq"])}:
            api.acknowledge(alarm["seq"], note or None)
            talk.say(_("Alarm {seq} is acknowledged.").format(seq=alarm["seq"]))


def sentence(alarm: Alarm) -> str:
    """Say one alarm."""
    where = alarm["access_point"] or alarm["door"] or _("the site")
    said = _("Alarm {seq}, {what}, at {where}, since {when}").format(
        seq=alarm["seq"],
        what=alarm["type"].replace("_", " "),
        where=where,
        when=day_and_clock(alarm["since"]),
    )
    if alarm["reason"]:
        said += f": {alarm['reason']}"
    if alarm["acknowledged"]:
        said += _(" Acknowledged by {who}.").format(who=alarm["acknowledged"]["by"])
    return said
