"""Who is inside, and ticking people off who were seen safe."""

import secrets
from datetime import UTC, datetime

from accessctl.client import ApiClient
from accessctl.muster_sheet.answers import ask
from accessctl.muster_sheet.sheet import plain_text
from accessctl.muster_sheet.view import MusterView, Standing, view_of
from accessctl.operators.rights import Right
from accessctl.tui.plain.talk import Left, Option, Talk
from accessctl.tui.words import _


def run(talk: Talk, api: ApiClient) -> None:
    """Say who is inside; run a muster for whoever may."""
    rights = set(api.who_am_i()["rights"])
    view = _view(api, rights)
    for line in plain_text(view).splitlines():
        talk.say(line)
    if Right.SITE_ORDER.value not in rights:
        return
    if not view.running:
        talk.sure(_("Begin a muster?"), "muster")
        api.start_muster(secrets.token_hex(12))
    while True:
        _tick(talk, api, _view(api, rights))


def _tick(talk: Talk, api: ApiClient, view: MusterView) -> None:
    """Say who is missing, and tick one of them off or end it. Raises ``Left`` when it has ended."""
    words = _("{missing} of {expected} are missing.")
    talk.say(words.format(missing=view.missing, expected=view.expected))
    options = [
        Option(each.person, _("{name}, {area}").format(name=each.shown, area=area.name))
        for area in view.areas
        for each in area.standing(Standing.MISSING)
    ]
    options.append(Option("end", _("End the muster (end)")))
    wanted = talk.choose(_("Who was seen safe"), options)
    if wanted != "end":
        api.seen_safe(wanted, secrets.token_hex(12))
        return
    talk.sure(_("{missing} are missing still.").format(missing=view.missing), "end")
    api.end_muster(secrets.token_hex(12))
    talk.say(_("The muster has ended."))
    raise Left


def _view(api: ApiClient, rights: set[str]) -> MusterView:
    answers = ask(api, lambda: datetime.now(UTC), events=Right.EVENTS_READ.value in rights)
    return view_of(answers, site=answers.status.get("site", ""))
