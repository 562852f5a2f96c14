"""Whether the time that a PIN takes tells who is known: unknown people against wrong PINs, in turn."""

import asyncio
import secrets
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from accessctl.door.proving import Prover
from accessctl.door.workers import ThreadWorkers
from accessctl.home import Home
from accessctl.keys.root import RootKey
from accessctl.store.migrate import migrate
from accessctl.store.people import PeopleReader
from accessctl.store.people_writer import PeopleWriter
from policies.factors import PinCheck
from policies.ids import PersonId
from tests.bench.figures import Times, ratio, show

EACH: Final = 300
PROMISED: Final = 1.05
_ANA: Final = PersonId("ana")
_PIN: Final = "8059"


def report() -> None:
    """Print how long each takes, and the ratio of the medians, the longer to the shorter."""
    print(f"A PIN, {EACH} times each in turn, by the workers of a door process:")
    with tempfile.TemporaryDirectory(prefix="acc-") as folder:
        unknown, wrong, right = asyncio.run(_measured(_home(Path(folder))))
    show("nobody is known", unknown)
    show("a wrong PIN", wrong)
    show("the right PIN", right)
    for what, other in (("nobody / wrong PIN", unknown), ("right / wrong PIN", right)):
        ratio(
            f"{what}, medians, longer to shorter",
            max(other.p50, wrong.p50) / min(other.p50, wrong.p50),
            PROMISED,
        )
    print()


def _home(folder: Path) -> Home:
    home = Home(folder)
    RootKey.create(home.root_key)
    migrate(home)
    with closing(PeopleReader(home.people)) as people, closing(PeopleWriter(home.people)) as writer:
        writer.add_person("Ana Marsh", ("staff",), "bench", id_=_ANA)
        hasher = Prover(people, home.root_key, _Unused()).hasher()
        writer.set_pin(_ANA, hasher.hash(_ANA, _PIN), "bench")
    return home


async def _measured(home: Home) -> tuple[Times, Times, Times]:
    people = PeopleReader(home.people)
    workers = ThreadWorkers(asyncio.get_running_loop())
    prover = Prover(people, home.root_key, workers)
    series: tuple[list[int], list[int], list[int]] = ([], [], [])
    try:
        for turn in range(EACH + 1):
            wrong = f"{secrets.randbelow(10**4):04}".replace(_PIN, "1111")
            for taken, person, pin in zip(series, (None, _ANA, _ANA), (wrong, wrong, _PIN), strict=True):
                ns, check = await _checked(prover, person, pin)
                expected = PinCheck.MATCHED if pin == _PIN else PinCheck.WRONG
                if check is not expected:
                    raise AssertionError(f"{check} where {expected} was expected")
                if turn:  # the first opens files and warms up
                    taken.append(ns)
    finally:
        workers.close()
        people.close()
    unknown, wrong_pin, right = (Times.of_ns(taken) for taken in series)
    return unknown, wrong_pin, right


async def _checked(prover: Prover, person: PersonId | None, pin: str) -> tuple[int, PinCheck]:
    done: asyncio.Future[PinCheck] = asyncio.get_running_loop().create_future()
    began_ns = time.perf_counter_ns()
    prover.check_pin(person, pin, done.set_result)
    check = await done
    return time.perf_counter_ns() - began_ns, check


class _Unused:
    """Workers of whom nothing is asked."""

    def submit(self, task: object, then: object) -> None:
        raise AssertionError

    def close(self) -> None:
        pass


if __name__ == "__main__":
    report()
