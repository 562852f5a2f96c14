"""What was recorded: read, followed, explained, and written to a file."""

import contextlib
import os
from datetime import UTC, datetime, timedelta
from typing import Final

from accessctl.client import ApiClient, Event
from accessctl.tui.event_words import Names, names_of, type_words, where_of, who_of
from accessctl.tui.events.export import Export, Format
from accessctl.tui.plain.talk import Option, Talk
from accessctl.tui.times import day_and_clock, day_and_minute
from accessctl.tui.typed_path import is_no_file, typed_path
from accessctl.tui.words import _, many

LAST: Final = 20
_SPANS: Final = (
    Option("1", _("One day")),
    Option("7", _("Seven days")),
    Option("31", _("31 days")),
    Option("0", _("All")),
)


def sentence(event: Event, names: Names) -> str:
    """Say one entry. ``names``: of doors and access points."""
    said = f"{event['seq']}, {day_and_clock(event['at'])}: {type_words(event['type'])}"
    said += "".join(f", {part}" for part in (where_of(event, names), who_of(event)) if part)
    return f"{said}. {event['reason']}" if event["reason"] else f"{said}."


def show(talk: Talk, api: ApiClient) -> None:
    """Say the last entries, or each as it comes."""
    names = names_of(api.status())
    options = [Option("last", _("The last ones")), Option("follow", _("As they come, until Ctrl-C"))]
    if talk.choose(_("Which"), options) == "last":
        for event in api.events(most=LAST):
            talk.say(sentence(event, names))
        return
    with contextlib.closing(api.follow(None, talk.say)) as coming:  # type: ignore[type-var]  # a generator
        for event in coming:
            talk.say(sentence(event, names))


def why(talk: Talk, api: ApiClient) -> None:
    """Say why somebody was refused, every check in order, and when it would be granted."""
    names = names_of(api.status())
    refused = {str(each["seq"]): each for each in api.events(most=LAST, outcome="refused")}
    options = [Option(seq, sentence(each, names)) for seq, each in reversed(refused.items())]
    event = refused[talk.choose(_("Which refusal"), options)]
    talk.say(sentence(event, names))
    if event["person"] is None or event["access_point"] is None:
        talk.say(_("Nobody is known to whom the credential belongs, so there is nothing more to explain."))
        return
    told = api.explain(event["person"], event["access_point"], event["at"])
    for check in told["checks"]:
        said = _("passed") if check["passed"] else _("objects: {why}").format(why=check["objection"] or "")
        talk.say(f"{check['check']}: {said}.")
    if told["next_granted"]:
        talk.say(_("It would be granted from {when} on.").format(when=day_and_minute(told["next_granted"])))


def export(talk: Talk, api: ApiClient) -> None:
    """Write entries to a file."""
    days = int(talk.choose(_("From when on"), _SPANS))
    kind = Format(talk.choose(_("Format"), [Option(each.value, each.value) for each in Format]))
    path = typed_path(talk.ask(_("File"), f"events.{kind}"))
    if is_no_file(path):
        talk.say(_("{path} is a device or a pipe, and nothing to be replaced.").format(path=path))
        return
    if path.exists():
        talk.sure(_("{path} is there already, and would be replaced.").format(path=path))
    since = {} if not days else {"since": (datetime.now(UTC) - timedelta(days=days)).isoformat()}
    writing = Export(path, kind, since)
    try:
        writing.run(api.again)
    except OSError as error:
        talk.say(_("Not written: {why}").format(why=error.strerror or error))
        return
    talk.say(many("{count} entry was written.", "{count} entries were written.", writing.entries))
    talk.say(os.fspath(path))
