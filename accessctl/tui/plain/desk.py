"""The desk of the plain console: who one is, and a list of jobs to choose from."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

from accessctl.client import ApiClient, ApiError, ApiRefused, ApiUnreachable, ApiWaits, Session
from accessctl.operators.rights import Right, rights_named
from accessctl.tui.plain import alarms, doors, enrolling, events, muster, people, system
from accessctl.tui.plain.talk import Ended, Left, Option, Talk
from accessctl.tui.words import _

GOOD, FINDING = 0, 1


class Job(NamedTuple):
    """One thing that can be done here."""

    id: str
    words: str
    needs: Right
    do: Callable[[Talk, ApiClient], None]


JOBS: Final = (
    Job("doors", _("Doors: how they stand"), Right.DOORS_READ, doors.show),
    Job("release", _("Release, lock or unlock a door"), Right.DOORS_ORDER, doors.order),
    Job("lockdown", _("Lock down, or lift a lockdown"), Right.SITE_ORDER, doors.lock_down),
    Job("alarms", _("Alarms: read and acknowledge"), Right.EVENTS_READ, alarms.answer),
    Job("person", _("A person: find, change, disable, lend access"), Right.PEOPLE_READ, people.look_after),
    Job("new", _("A new person, with card and PIN"), Right.PEOPLE_WRITE, enrolling.new_person),
    Job(
        "card",
        _("Enrol a card by showing it, or replace a lost one"),
        Right.CREDENTIALS_WRITE,
        enrolling.card,
    ),
    Job("pin", _("Set a PIN"), Right.CREDENTIALS_WRITE, enrolling.pin),
    Job("why", _("Why was somebody refused"), Right.EVENTS_READ, events.why),
    Job("events", _("Events: the last ones, or as they come"), Right.EVENTS_READ, events.show),
    Job("export", _("Export events to a file"), Right.EVENTS_READ, events.export),
    Job("muster", _("Who is inside; a muster"), Right.PRESENCE_READ, muster.run),
    Job("system", _("System: readers, backups, approvals"), Right.DOORS_READ, system.show),
)
_WHO: Final = "nobody"


def run(socket: Path, token: str | None, *, must_log_in: bool = False) -> int:
    """Talk until somebody leaves. Gives the exit status."""
    talk = Talk()
    try:
        client = _log_in(talk, socket) if must_log_in else ApiClient(socket, token)
        with client:
            return _at_work(talk, client, socket)
    except Ended:
        return GOOD
    except (ApiError, Left) as error:
        if str(error):
            talk.say(str(error))
        return FINDING


def _log_in(talk: Talk, socket: Path) -> ApiClient:
    operator, password = talk.ask(_("Operator")), talk.ask_hidden(_("Password"))
    code = talk.ask(_("Code of the generator")).replace(" ", "")
    with ApiClient(socket, _WHO) as api:
        begun = api.log_in(operator, password, code)
    return ApiClient(socket, begun["token"])


def _at_work(talk: Talk, api: ApiClient, socket: Path) -> int:
    try:
        session = api.who_am_i()
    except ApiRefused as refused:
        if refused.status != HTTPStatus.UNAUTHORIZED:
            raise
        talk.say(str(refused))
        with _log_in(talk, socket) as logged_in:
            return _menus(talk, logged_in, logged_in.who_am_i())
    return _menus(talk, api, session)


def _menus(talk: Talk, api: ApiClient, session: Session) -> int:
    rights = rights_named(session["rights"])
    jobs = {job.id: job for job in JOBS if job.needs in rights}
    site = api.status()["site"]
    talk.say(_("{site}. You are {operator}.").format(site=site, operator=session["operator"]))
    options = [Option(job.id, f"{job.words} ({job.id})") for job in jobs.values()]
    options.append(Option("quit", _("Quit (quit)")))
    while True:
        talk.say()
        talk.say(_("What is to be done? An empty line says the list again; in a job it goes back here."))
        try:
            wanted = talk.choose(_("Number or word"), options)
        except Left:
            continue
        except KeyboardInterrupt:
            return GOOD
        if wanted == "quit":
            return GOOD
        _do(talk, api, jobs[wanted])


def _do(talk: Talk, api: ApiClient, job: Job) -> None:
    """Do one job. Whatever becomes of it, the list comes next."""
    try:
        job.do(talk, api)
    except Left:
        pass
    except KeyboardInterrupt:
        talk.say()
        talk.say(_("Left off."))
    except ApiWaits as waits:
        talk.say(_("Not done yet: {why}").format(why=waits))
    except ApiUnreachable as error:
        talk.say(_("No answer: {why}").format(why=error))
    except ApiError as error:
        talk.say(_("Refused: {why}").format(why=error))
