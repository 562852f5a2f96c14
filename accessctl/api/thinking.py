"""Has a process of its own think: the API process loads no site file, and waits for nobody who does."""

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


async def think(home: Home, question: dict[str, Any], who: str = FORESIGHT) -> dict[str, Any]:
    """Have a process, this module, answer; it ends with the answer, and with whoever asked."""
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
