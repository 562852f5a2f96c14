"""How the installation is, in words: out of what the API says, and of what it does not say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from accessctl.tui.line_rows import Cell, Row
from accessctl.tui.look import ALARM, GRANTED, REFUSED, Tone, mark
from accessctl.tui.system.amounts import how_large, how_old
from accessctl.tui.system.facts import Fact
from accessctl.tui.words import _, many

NOTE: Final = mark("·", "-")
_FULL: Final = 0.03
_TIGHT: Final = 0.10
_SHORT: Final = 8
"""So many letters of a name that nobody reads tell it from another."""

Answer = Mapping[str, Any]


def overall(status: Answer | None, health: Answer | None) -> tuple[str, Tone]:
    """Say in one line how it is."""
    if health is None:
        return _of_status(status)
    wrong = sum(each["weight"] == "wrong" for each in health["findings"])
    notes = len(health["findings"]) - wrong
    if wrong:
        words = many("{count} thing is wrong", "{count} things are wrong", wrong)
        return f"{REFUSED} {words}", Tone.BAD
    if notes:
        words = many("All is well; {count} note", "All is well; {count} notes", notes)
        return f"{GRANTED} {words}", Tone.GOOD
    return f"{GRANTED} {_('All is well')}", Tone.GOOD


def _of_status(status: Answer | None) -> tuple[str, Tone]:
    if status is None:
        return _("Not known yet"), Tone.DIM
    if status["record_ok"] and status["keys_ok"] and not status["unrecorded"]:
        return f"{GRANTED} {_('Doors work')}", Tone.GOOD
    return f"{REFUSED} {_('Doors do not work as they should')}", Tone.BAD


def facts(status: Answer | None, site: Answer | None, health: Answer | None, now: datetime) -> list[Fact]:
    """Give what is known, the most important first."""
    found = [*_of_doors(status), *_clock(site, health)]
    if health is not None:
        found += [*_kept(health, now), *_versions(health)]
    if status is not None:
        found.append(Fact(_("Controller"), str(status["controller"])))
        if health is None:
            found.append(Fact(_("Rules"), str(status["rules"])))
    return found


def _of_doors(status: Answer | None) -> list[Fact]:
    if status is None:
        return [Fact(_("Doors"), _("no answer"), Tone.BAD)]
    good, bad = Tone.GOOD, Tone.BAD
    waiting = int(status["unrecorded"])
    waits = many("{count} entry waits in memory", "{count} entries wait in memory", waiting)
    return [
        Fact(
            _("Record"), *((_("is written"), good) if status["record_ok"] else (_("CANNOT BE WRITTEN"), bad))
        ),
        Fact(_("Unrecorded"), *((waits, bad) if waiting else (_("nothing"), good))),
        Fact(
            _("Keys"),
            *((_("cards and PINs are checked"), good) if status["keys_ok"] else (_("NOT USABLE"), bad)),
        ),
    ]


def _clock(site: Answer | None, health: Answer | None) -> list[Fact]:
    if site is None:
        return []
    gone = site["conditions"]
    error = None if health is None else health["clock"]["error_s"]
    if "clock_untrusted" in gone:
        fact = Fact(_("Clock"), f"{ALARM} {_('not trusted: nothing keeps it right')}", Tone.BAD)
    elif error is not None:
        words = _("trusted, within {seconds:.3f} s").format(seconds=error)
        fact = Fact(_("Clock"), words, Tone.GOOD)
    else:
        fact = Fact(_("Clock"), _("trusted"), Tone.GOOD)
    others = ", ".join(each.replace("_", " ") for each in gone if each != "clock_untrusted")
    return [fact, *([Fact(_("Gone"), f"{ALARM} {others}", Tone.BAD)] if others else [])]


def _kept(health: Answer, now: datetime) -> list[Fact]:
    return [_disk(health["disk"]), _stores(health["stores"]), _backups(health["backups"], now), _site(health)]


def _disk(disk: Answer | None) -> Fact:
    if disk is None:
        return Fact(_("Disk"), _("not known"), Tone.WARN)
    share = disk["free"] / max(1, disk["total"])
    words = _("{free} of {total} free ({percent} %)").format(
        free=how_large(disk["free"]), total=how_large(disk["total"]), percent=round(100 * share)
    )
    tone = Tone.BAD if share < _FULL else Tone.WARN if share < _TIGHT else Tone.GOOD
    return Fact(_("Disk"), words, tone)


def _stores(stores: Sequence[Answer]) -> Fact:
    words = ", ".join(f"{each['name']} {how_large(each['size'])}" for each in stores)
    tone = Tone.BAD if any(each["wrong"] for each in stores) else Tone.GOOD
    return Fact(_("Databases"), words, tone)


def _backups(backups: Answer, now: datetime) -> Fact:
    if backups["newest_at"] is None:
        return Fact(_("Backups"), _("none"), Tone.WARN)
    words = _("{count}, the newest {age}").format(
        count=backups["count"], age=how_old(backups["newest_at"], now)
    )
    return Fact(_("Backups"), words)


def _site(health: Answer) -> Fact:
    lies, in_force = health["site_file"], health["in_force"]
    if in_force is None or lies is None:
        return Fact(_("Site file"), _("not known"), Tone.WARN)
    if lies == in_force:
        return Fact(_("Site file"), _("{revision}, in force").format(revision=lies), Tone.GOOD)
    words = _("{revision} is in force; {other} lies there").format(revision=in_force, other=lies)
    return Fact(_("Site file"), words, Tone.BAD)


def _versions(health: Answer) -> list[Fact]:
    run = health["run"]
    answers = _("answers") if health["door_answers"] else _("NO ANSWER")
    door = (
        answers if run is None else _("{answers}, {version}").format(answers=answers, version=run["version"])
    )
    found = [
        Fact(_("Door process"), door, Tone.GOOD if health["door_answers"] else Tone.BAD),
        Fact(
            _("API process"),
            _("{answers}, {version}").format(answers=_("answers"), version=health["version"]),
        ),
    ]
    if run is not None:
        found.append(Fact(_("Boot"), str(run["boot"])[:_SHORT]))
    return found


def finding_rows(health: Answer | None) -> list[Row]:
    """Give the findings, what is wrong first."""
    return [
        (
            Cell(REFUSED, Tone.BAD) if each["weight"] == "wrong" else Cell(NOTE, Tone.NOTE),
            Cell(each["about"], Tone.STRONG),
            each["what"],
        )
        for each in ordered(health)
    ]


def ordered(health: Answer | None) -> list[Answer]:
    """Give the findings in the order in which they are shown."""
    found: list[Answer] = [] if health is None else list(health["findings"])
    return sorted(found, key=lambda each: each["weight"] != "wrong")
