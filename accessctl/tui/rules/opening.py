"""Opening the site file: with the text that lies there, or with what one has not finished."""

from typing import Any

from accessctl.operators.rights import Right
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Choice, Choose
from accessctl.tui.rules.draft import Draft
from accessctl.tui.rules.editor import SiteEditor
from accessctl.tui.rules.kept import Keeper, KeptText
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _


async def open_editor(console: Console) -> None:
    """Show the editor, where the text may be seen. To be awaited in a worker."""
    present = await console.attempt(lambda api: api.site_file())
    if present is None:
        return
    if present["site"] is None:
        console.notify(_("There are passwords in it that you may not see."), severity="warning")
        return
    read_only = Right.RULES_WRITE not in console.rights
    site = (console.standing.status or {}).get("controller", "")
    keeper = Keeper(console.remembered.folder, str(site), console.operator)
    kept = None if read_only else keeper.find()
    draft = Draft(present["site"], present["revision"], present["site"])
    if kept is not None and kept.text != present["site"]:
        wanted = await _unfinished(console, kept, present)
        if wanted is None:
            return
        if wanted == "go-on":
            draft.text = kept.text
        else:
            keeper.drop()
    console.push_screen(SiteEditor(draft, keeper, read_only=read_only))


async def _unfinished(console: Console, kept: KeptText, present: dict[str, Any]) -> str | None:
    """Ask what becomes of text that was not finished."""
    words = _("You have text from {when} that was not applied.").format(when=day_and_minute(kept.at))
    if kept.revision != present["revision"]:
        further = _(
            "The site file was changed since: what you see as different contains that, the other way round."
        )
        words = f"{words} {further}"
    choices = [
        Choice("go-on", _("Go on with it")),
        Choice("begin-anew", _("Throw it away"), _("begin with the text that lies there")),
    ]
    return await console.push_screen_wait(Choose(_("Unfinished text"), choices, words))
