"""How it stands with a text that is being written, in one line."""

from accessctl.tui.look import GRANTED, REFUSED, UNSURE
from accessctl.tui.rules.diff import how_much
from accessctl.tui.rules.draft import Draft
from accessctl.tui.words import _, many

_BETWEEN = "   "


def standing_of(draft: Draft, trouble: str, *, read_only: bool) -> str:
    """Say what was changed, whether it is sound, and whether it was rehearsed."""
    parts = [_("revision {revision}").format(revision=draft.revision)]
    if read_only:
        parts.append(_("to read only"))
    else:
        parts.append(_change(draft))
    parts.append(_soundness(draft, trouble))
    if draft.changed and not read_only:
        if draft.text == draft.asked_for:
            parts.append(f"{UNSURE} {_('waits for a second operator')}")
        elif draft.rehearsal is not None:
            parts.append(f"{GRANTED} {_('rehearsed')}")
        else:
            parts.append(_("not rehearsed yet"))
    return _BETWEEN.join(parts)


def _change(draft: Draft) -> str:
    if not draft.changed:
        return _("unchanged")
    came, went = how_much(draft.base, draft.text)
    return _("changed +{came} -{went}").format(came=came, went=went)


def _soundness(draft: Draft, trouble: str) -> str:
    found = draft.check
    if trouble:
        return f"{UNSURE} {_('not looked through: {why}').format(why=trouble)}"
    if found is None:
        return _("being looked through")
    if found["valid"]:
        return f"{GRANTED} {_('sound')}"
    problems = many("{count} problem", "{count} problems", len(found["problems"]))
    return f"{REFUSED} {problems}"
