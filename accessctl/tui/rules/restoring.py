"""Putting back what the site file was before: the difference first, then at once and as a whole."""

from itertools import islice
from typing import Final

from accessctl.client import ApiError, ApiRefused
from accessctl.tui.console import Console
from accessctl.tui.rules.applying import AskReason, changed_meanwhile, put_in_force, said_of
from accessctl.tui.rules.history_rows import Revision, former_of
from accessctl.tui.words import _

MOST: Final = 1000
"""So many changes are fetched; the record has all of them."""


async def revisions_of(console: Console) -> list[Revision] | None:
    """Fetch the changes, newest first; ``None`` where that was refused, which is said."""
    return await console.attempt(lambda api: list(islice(api.site_revisions(), MOST)))


async def put_former_back(console: Console) -> bool:
    """Put back what lay there before; true when that was done."""
    revisions = await revisions_of(console)
    if revisions is None:
        return False
    former = former_of(revisions) if revisions else None
    if former is None:
        console.notify(_("There is no former one: the site file was never another."), severity="warning")
        return False
    return await put_back(console, former["revision"])


async def put_back(console: Console, revision: str) -> bool:
    """Show what putting a revision back would change, ask why, and do it; true when that was done."""
    texts = await console.attempt(lambda api: (api.site_file(), api.site_revision(revision)))
    if texts is None:
        return False
    present, former = texts
    words = _("Back to revision {revision}, in place of {present}:").format(
        revision=revision, present=present["revision"]
    )
    suggested = _("back to revision {revision}").format(revision=revision)
    ask = AskReason(
        _("Put the former one back"), words, present["site"] or "", former["site"] or "", suggested
    )
    reason = await console.push_screen_wait(ask)
    if reason is None:
        return False
    try:
        changed = await put_in_force(
            console,
            lambda api, why, restart: api.restore_site(revision, why, present["revision"], restart=restart),
            reason,
        )
    except ApiError as error:
        console.say_why(error)
        if isinstance(error, ApiRefused) and changed_meanwhile(error):
            console.notify(_("Look at it again: somebody has changed it at this moment."), severity="warning")
        return False
    if changed is None:
        return False
    console.notify(said_of(changed), markup=False, timeout=10)
    console.look_again()
    return True
