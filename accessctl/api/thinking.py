"""Has a process of its own think: the API process loads no site file, and waits for nobody who does.

Each is a whole interpreter, and may work for minutes. So few work at the same time, however many ask.
"""

import asyncio
import json
import sys
from http import HTTPStatus
from typing import Any, Final

from accessctl.api.problems import FieldProblem, Refusal
from accessctl.home import Home

LONGEST_S: Final = 600.0
FORESIGHT: Final = "accessctl.foresight"
DOCTOR: Final = "accessctl.doctor"
AT_ONCE: Final = 2
"""So many questions and reports are worked out at the same time: the doors need the rest of the machine."""


class Thinking:
    """Has questions answered, some at a time. Whoever else asks waits, in the order in which they came."""

    def __init__(self, home: Home, at_once: int) -> None:
        """Take about what is asked, and how many processes there may be."""
        self._home, self._turns = home, asyncio.Semaphore(at_once)

    async def answer(self, question: dict[str, Any], who: str = FORESIGHT) -> dict[str, Any]:
        """Have a process, this module, answer once it is its turn; who is cancelled gives the turn away.

        Raises ``Refusal`` for what cannot be answered, or takes too long from its turn on.
        """
        async with self._turns:
            return await _think(self._home, question, who)


async def _think(home: Home, question: dict[str, Any], who: str) -> dict[str, Any]:
    """Have a process answer; it ends with the answer, and with whoever asked."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", who, str(home.path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(json.dumps(question).encode()), LONGEST_S)
    except TimeoutError:
        raise Refusal(
            HTTPStatus.SERVICE_UNAVAILABLE, "too-long", "the question takes too long to answer"
        ) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "the question could not be answered")
    answer: dict[str, Any] = json.loads(out)
    return answer


def or_refuse(answer: dict[str, Any]) -> dict[str, Any]:
    """Give an answer that is one, and raise ``Refusal`` for any other."""
    match answer.get("error"):
        case None:
            return answer
        case "unknown":
            raise Refusal(HTTPStatus.NOT_FOUND, "unknown", answer["words"])
        case "site_invalid":
            problems = [FieldProblem(**problem) for problem in answer["problems"]]
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "site-invalid", answer["words"], problems)
        case _:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "store-unavailable", answer["words"])
