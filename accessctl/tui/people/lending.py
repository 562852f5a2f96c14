"""What people have for a while, and what they are qualified for."""

from datetime import datetime

from accessctl.client import ApiClient, ApiError, Level, Loan, Person
from accessctl.tui.console import Console
from accessctl.tui.dialogs import AskUntil, Choice, Choose, Tell
from accessctl.tui.people.facts import Names, ended
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _

_FOR_A_DAY = "1d"


async def lend(console: Console, person: Person) -> bool:
    """Let a person have a level for a while."""
    try:
        levels = await console.ask(lambda api: api.levels())
    except ApiError as error:
        console.say_why(error)
        return False
    name = person["name"]
    level = await console.push_screen_wait(
        Choose(_("Temporary access for {name}").format(name=name), [level_choice(each) for each in levels])
    )
    if level is None:
        return False
    until = await console.push_screen_wait(
        AskUntil(
            _("{level} for {name}").format(level=level, name=name),
            _("Until when? It ends by itself."),
            now=console.now(),
            value=_FOR_A_DAY,
        )
    )
    if until is None:
        return False
    done = _("{name} has {level} until {when}").format(name=name, level=level, when=day_and_minute(until))
    lent = await console.attempt(lambda api: api.lend(person["id"], level, until.isoformat()), done)
    return lent is not None


def level_choice(level: Level) -> Choice:
    """Offer a level: where it lets people, in one line."""
    points = sorted({point for policy in level["policies"] for point in policy["access_points"]})
    return Choice(level["id"], level["id"], ", ".join(points))


async def take_back(console: Console, person: Person) -> bool:
    """Take something back that was lent."""
    loans = person["temporary_access"]
    title = _("Take back from {name}").format(name=person["name"])
    if not loans:
        await console.push_screen_wait(Tell(title, _("Nothing is lent to them.")))
        return False
    now = console.now()
    loan = await console.push_screen_wait(Choose(title, [_loan_choice(each, now) for each in loans]))
    if loan is None:
        return False

    def end(api: ApiClient) -> bool:
        api.end_loan(loan)
        return True

    return bool(await console.attempt(end, _("It was taken back")))


def _loan_choice(loan: Loan, now: datetime) -> Choice:
    return Choice(loan["id"], loan["level"], ended(loan["valid_from"], loan["valid_until"], now))


async def qualify(console: Console, person: Person, names: Names) -> bool:
    """Note that a person is qualified for something, until when, or not any more."""
    held = {each["id"]: each["until"] for each in person["qualifications"]}
    known = {**dict.fromkeys(held, ""), **names.qualifications}
    title = _("What {name} is qualified for").format(name=person["name"])
    if not known:
        await console.push_screen_wait(Tell(title, _("The site file asks for no qualification.")))
        return False
    now = console.now()
    choices = [
        Choice(each, f"{name or each}", ended(None, held[each], now) if each in held else _("not qualified"))
        for each, name in known.items()
    ]
    chosen = await console.push_screen_wait(Choose(title, choices))
    if chosen is None:
        return False
    what = "until" if chosen not in held else await _what_about(console, known[chosen] or chosen)
    if what == "take":
        done = _("{name} is not qualified any more").format(name=person["name"])

        def take(api: ApiClient) -> bool:
            api.disqualify(person["id"], chosen)
            return True

        return bool(await console.attempt(take, done))
    return what == "until" and await _give(console, person, chosen)


async def _what_about(console: Console, name: str) -> str | None:
    return await console.push_screen_wait(
        Choose(
            name,
            [
                Choice("until", _("Another end"), _("how long it counts")),
                Choice("take", _("Take it away"), _("they are not qualified any more")),
            ],
        )
    )


async def _give(console: Console, person: Person, qualification: str) -> bool:
    until = await console.push_screen_wait(
        AskUntil(
            qualification,
            _("Until when does it count? Leave it empty for good."),
            now=console.now(),
            endless=True,
        )
    )
    if until is None:
        return False
    end = None if until == datetime.max else until.isoformat()  # noqa: DTZ901 - stands for no end
    done = _("{name} is qualified").format(name=person["name"])

    def give(api: ApiClient) -> bool:
        api.qualify(person["id"], qualification, end)
        return True

    return bool(await console.attempt(give, done))
