"""Answers one question: ``python -m accessctl.foresight HOME``, the question on stdin, the answer on stdout.

Both are one JSON object. A question says ``ask`` (explain, who_can, what_can, rehearse, review, check),
``now`` and what it is about; ``status`` is what the door process says of itself, if it answers. An answer
that is none says ``error``, and why.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from accessctl.config import SiteInvalid, load
from accessctl.foresight.answers import changes, explained, what_can, who_can
from accessctl.foresight.checking import checked
from accessctl.foresight.history import History
from accessctl.foresight.rehearse import rehearse
from accessctl.foresight.report import report
from accessctl.foresight.reviewing import NoSuchArea, who_has_access
from accessctl.foresight.situation import Situation, put_doors, situation_of
from accessctl.home import Home
from accessctl.store.errors import StoreError
from accessctl.store.facts import FactQueries
from accessctl.store.holders import Bearer, HolderQueries

_NICENESS: Final = 10
"""Whatever is asked here has time; on the same machine doors have not."""

Question = Mapping[str, Any]


class NoSuchThing(LookupError):
    """A question names a person or an access point that is not there."""


def answer(home: Home, question: Question) -> dict[str, Any]:
    """Answer a question. What cannot be answered is an ``error`` with words."""
    try:
        return _ASKED[question["ask"]](home, question)
    except (NoSuchThing, NoSuchArea) as error:
        return {"error": "unknown", "words": str(error.args[0])}
    except SiteInvalid as error:
        problems = [{"path": problem.path, "what": problem.what} for problem in error.problems]
        return {"error": "site_invalid", "words": str(error), "problems": problems}
    except StoreError as error:
        return {"error": "store_unavailable", "words": str(error)}


def _explain(home: Home, question: Question) -> dict[str, Any]:
    at, situation = _situation(home, question)
    point = _point(question, situation)
    return explained(_bearers(home, question), point, situation, at)


def _who_can(home: Home, question: Question) -> dict[str, Any]:
    at, situation = _situation(home, question)
    point = _point(question, situation)
    queries = HolderQueries(home.people)
    found, names = who_can(point, queries.everybody(), situation, at), queries.names()
    people = [{"id": person, "name": names.get(person)} for person in found]
    return {"access_point": point, "at": at.isoformat(), "people": people}


def _what_can(home: Home, question: Question) -> dict[str, Any]:
    at, situation = _situation(home, question)
    bearers = _bearers(home, question)
    found = what_can(bearers, situation, at)
    points = [{"id": id_, "name": situation.rulebook.access_points[id_].name} for id_ in found]
    return {"person": bearers[0].holder.person.id, "at": at.isoformat(), "access_points": points}


def _rehearse(home: Home, question: Question) -> dict[str, Any]:
    proposed = load(question["site"]).rulebook
    now, situation = _situation(home, question)
    since = datetime.fromisoformat(question["since"])
    queries = HolderQueries(home.people)
    history = History(home.record).since(since)
    played = rehearse(situation.rulebook, proposed, queries.by_credential(), history)
    names = queries.names()
    memory = FactQueries(home.record).memory()
    put_doors(memory, proposed, question.get("status"), now)
    then = Situation(proposed, memory, situation.wrong_pins)
    return {
        "since": since.isoformat(),
        "rules": situation.rulebook.revision,
        "proposed": proposed.revision,
        **report(played, names),
        "rights_now": [
            {**change, "name": names.get(change["person"])}
            for change in changes(queries.everybody(), now, situation, then)
        ],
    }


def _review(home: Home, question: Question) -> dict[str, Any]:
    status, now = question.get("status"), datetime.fromisoformat(question["now"])
    return who_has_access(home, question["area"], None if status is None else status["rules"], now)


def _situation(home: Home, question: Question) -> tuple[datetime, Situation]:
    now = datetime.fromisoformat(question["now"])
    at = None if question.get("at") is None else datetime.fromisoformat(question["at"])
    return at or now, situation_of(home, question.get("status"), now, at)


def _point(question: Question, situation: Situation) -> str:
    point = str(question["access_point"])
    if point not in situation.rulebook.points:
        raise NoSuchThing(f"there is no access point {point}")
    return point


def _bearers(home: Home, question: Question) -> list[Bearer]:
    bearers = HolderQueries(home.people).of(question["person"])
    if not bearers:
        raise NoSuchThing(f"{question['person']} has no card and no code, or there is no such person")
    return bearers


_ASKED: Final[Mapping[str, Callable[[Home, Question], dict[str, Any]]]] = {
    "explain": _explain,
    "who_can": _who_can,
    "what_can": _what_can,
    "rehearse": _rehearse,
    "review": _review,
    "check": lambda _home, question: checked(question["site"]),
}


if __name__ == "__main__":
    with suppress(PermissionError):  # a unit may forbid it
        os.nice(_NICENESS)
    json.dump(answer(Home(Path(sys.argv[1])), json.load(sys.stdin)), sys.stdout)
