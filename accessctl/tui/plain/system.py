"""How the system is: readers, backups, approvals that wait."""

from accessctl.client import ApiClient
from accessctl.operators.rights import Right
from accessctl.tui.plain.talk import Left, Option, Talk
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, many


def show(talk: Talk, api: ApiClient) -> None:
    """Say how the system is, and decide what waits for a second operator."""
    rights = set(api.who_am_i()["rights"])
    status, site = api.status(), api.site()
    talk.say(_("The record is written.") if status["record_ok"] else _("THE RECORD CANNOT BE WRITTEN."))
    talk.say(_("The keys are there.") if status["keys_ok"] else _("THE KEYS ARE NOT THERE."))
    for condition in site["conditions"]:
        talk.say(_("At present: {what}.").format(what=condition.replace("_", " ")))
    bad = [reader for reader in api.readers() if reader["state"] != "here" or reader["fault"]]
    talk.say(_("All readers work.") if not bad else many("{count} reader:", "{count} readers:", len(bad)))
    for reader in bad:
        talk.say(f"{reader['id']}: {reader['state']}. {reader['fault'] or reader['why']}")
    if Right.BACKUPS_READ.value in rights:
        made = max((backup["at"] for backup in api.backups()), default=None)
        when = _("none was ever made") if made is None else day_and_minute(made)
        talk.say(_("Last backup: {when}.").format(when=when))
    if Right.APPROVALS_READ.value in rights:
        _approvals(talk, api, may_decide=Right.APPROVALS_DECIDE.value in rights)


def _approvals(talk: Talk, api: ApiClient, *, may_decide: bool) -> None:
    waiting = [each for each in api.approvals() if each["state"] == "waiting"]
    talk.say(
        many(
            "{count} call waits for a second operator.",
            "{count} calls wait for a second operator.",
            len(waiting),
        )
    )
    for each in waiting:
        words = _("{id}: {who} asks for {what}, until {when}.")
        talk.say(
            words.format(
                id=each["id"], who=each["asked_by"], what=each["what"], when=day_and_minute(each["ends_at"])
            )
        )
    if not waiting or not may_decide:
        return
    wanted = talk.choose(_("Decide which; empty: none"), [Option(each["id"], each["id"]) for each in waiting])
    decision = talk.choose(_("Decision"), [Option("approve", _("Approve")), Option("refuse", _("Refuse"))])
    if decision == "approve":
        talk.sure(_("It is done then, in the name of who asked."))
        api.approve(wanted)
    elif decision == "refuse":
        api.refuse(wanted)
    else:
        raise Left
    talk.say(_("Done."))
