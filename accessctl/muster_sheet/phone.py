"""The list on a phone at the muster point: one HTML page with a large button beside everybody missing.

It works without scripts: each button is a form that is sent with POST, with the fields ``person``,
``since`` and ``csrf``, and the page is shown again after it (303); 409 where ``since`` is another muster.
With scripts it looks again by itself, keeps what could not be sent, and sends it later.

What serves it allows, in its Content-Security-Policy, the nonce for script and style, ``connect-src 'self'``
and ``form-action 'self'``; nothing comes from elsewhere. A page that is not this list, such as a login,
must have no element ``muster``: the script then says that one has to log in.
"""

import json
from datetime import datetime
from html import escape
from typing import Final

from accessctl.muster_sheet import wording
from accessctl.muster_sheet.listed import MusterArea, MusterPerson, MusterView, Standing
from accessctl.muster_sheet.phone_parts import SCRIPT, STYLE
from accessctl.muster_sheet.sheet import area_count
from accessctl.tui.times import clock, when
from accessctl.tui.words import LANGUAGE, _

CSRF_FIELD: Final = "csrf"
PERSON_FIELD: Final = "person"
SINCE_FIELD: Final = "since"
"""Which muster a tick is for, by the instant at which it began: one that was kept must count in no other."""
_ASKED: Final = (Standing.MISSING, Standing.INSIDE, Standing.LATE, Standing.MAYBE)


def phone_page(
    view: MusterView,
    *,
    action: str,
    csrf: str,
    nonce: str,
    may_tick: bool,
    now: datetime | None = None,
    said: str = "",
) -> str:
    """Give the page. ``action``: where a tick is sent; ``may_tick``: whether there are buttons for it.

    ``said``: what became of the last tick, if it did not count.
    """
    at = now or view.as_of
    buttons, since = may_tick and view.running, view.since.isoformat() if view.since else ""
    return f"""<!DOCTYPE html>
<html lang="{_e(LANGUAGE)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{_e(f"{view.site} · {wording.title(view)}")}</title>
<style nonce="{_e(nonce)}">{STYLE}</style>
</head>
<body>
<main id="muster" data-since="{_e(since)}">
{_head(view, at, said)}
{"".join(_area(area, view, at, _Form(action, csrf, since) if buttons else None) for area in view.areas)}
{_safe(view, at)}
{_legend(view)}
</main>
<script nonce="{_e(nonce)}">const WORDS = {_words()};
{SCRIPT}</script>
</body>
</html>
"""


class _Form:
    """What every button needs."""

    def __init__(self, action: str, csrf: str, since: str) -> None:
        self.action, self.hidden = action, ((CSRF_FIELD, csrf), (SINCE_FIELD, since))

    def of(self, person: MusterPerson) -> str:
        """Give the button that ticks somebody off."""
        label = _("{name} was seen safe").format(name=person.shown)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{_e(value)}">'
            for name, value in (*self.hidden, (PERSON_FIELD, person.person))
        )
        return (
            f'<form method="post" action="{_e(self.action)}">{hidden}'
            f'<button type="submit" aria-label="{_e(label)}">{_e(_("seen safe"))}</button></form>'
        )


def _head(view: MusterView, now: datetime, said: str) -> str:
    partial = _("Where people are may be older than that: {why}").format(why=view.partial)
    notes = "".join(f'<p class="warning">{_e(each)}</p>' for each in (said, view.partial and partial) if each)
    return f"""<header class="{"running" if view.running else ""}">
<h1>{_e(view.site)}</h1>
<p>{_e(wording.title(view))}</p>
<p class="totals">{_e(wording.totals(view))}</p>
<p class="line"><span id="line" role="status" data-at="{_e(clock(view.as_of))}">\
{_e(wording.as_of(view, now))}</span> <a href="" class="again">{_e(_("refresh"))}</a></p>
<p id="unsent" class="warning" role="status" hidden></p>
</header>
{notes}"""


def _area(area: MusterArea, view: MusterView, now: datetime, form: _Form | None) -> str:
    people = area.standing(*_ASKED)
    if not people:
        return ""
    rows = "".join(_person(person, now, form) for person in people)
    count = area_count(area, running=view.running)
    return f"<section><h2>{_e(area.name)} <small>{_e(count)}</small></h2><ul>{rows}</ul></section>\n"


def _person(person: MusterPerson, now: datetime, form: _Form | None) -> str:
    kind = person.standing.name.lower()
    facts = [
        "" if person.standing in {Standing.MISSING, Standing.INSIDE} else wording.how_safe(person, now),
        when(person.since, now),
        f"{wording.sureness_mark(person)} {wording.sureness(person)}".strip(),
    ]
    button = form.of(person) if form is not None else ""
    return (
        f'<li class="{kind}" data-person="{_e(person.person)}"><div><b>{_e(person.shown)}</b>'
        f"<span>{_e(' · '.join(filter(None, facts)))}</span></div>{button}</li>\n"
    )


def _safe(view: MusterView, now: datetime) -> str:
    people = [person for area in view.areas for person in area.standing(Standing.SAFE)]
    if not people:
        return ""
    rows = "".join(
        f"<li><div><b>{_e(person.shown)}</b><span>{_e(wording.how_safe(person, now))}</span></div></li>\n"
        for person in sorted(people, key=lambda each: each.shown.casefold())
    )
    heading = f"<h2>{_e(_('Safe'))} <small>{len(people)}</small></h2>"
    return f'<section class="safe">{heading}<ul>{rows}</ul></section>'


def _legend(view: MusterView) -> str:
    rows = "".join(
        f"<dt>{_e(f'{mark} {short}'.strip())}</dt><dd>{_e(meaning)}</dd>"
        for mark, short, meaning in wording.legend(view)
    )
    return f"<details><summary>{_e(_('What the marks mean'))}</summary><dl>{rows}</dl></details>"


def _words() -> str:
    """Give the words of the script, as a script may hold them."""
    words = {
        "gone": _("no network: as of {at}"),
        "login": _("Your session has ended. Open this page again and log in; ticks below are not sent."),
        "refused": _("refused: {name}"),
        "sending": _("not sent yet"),
        "unsent": _("{count} not sent yet: keep this page open"),
    }
    return json.dumps(words).replace("<", "\\u003c").replace("&", "\\u0026")


def _e(text: str) -> str:
    return escape(text, quote=True)
