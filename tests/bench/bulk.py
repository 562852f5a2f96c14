"""``python -m tests.bench.bulk``: a hundred thousand people in one call, their cards behind it, a search.

Real processes on one machine: the office imports while the door decides. The times of badges are taken with
and without tags being made.
"""

import csv
import io
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from accessctl.home import Home
from tests.bench.figures import Times, median_ratio, note, promise, ratio, show
from tests.bench.path import badges, locking
from tests.whole.processes import Api, Door, Warehouse, stopped

PEOPLE: Final = 100_000
ROUNDS: Final = 6
BADGES: Final = 80
PAUSE_S: Final = 2.0
"""A reader's allowance is for people, not for benchmarks: it fills up again meanwhile."""
SEARCHES: Final = 20
PREFIXES: Final = (
    *("a", "m", "s", "z", "an", "ma", "mar", "marsh", "muller", "x", "q"),
    *("p-", "p-a", "p-3k", "ana m", "s m", "jo sm", "a b", "oz", "li wa 7"),
)
_FIRST: Final = "Ana Bo Carla Dmitri Eve Farid Grete Hana Ines João Kwame Li Maja Nour Olu Pia Quinn Rui Sara Tomás Uma Vito Wen Xia Yusuf Zoë"  # noqa: E501
_LAST: Final = "Marsh Okafor Nowak Müller Šimon García Smith Wang Ito Berg Costa Dubois Eriksen Fekete Haddad Ivanov Jensen Kaya Lund Moreau Novak O'Brien Petrov Quist Rossi Sato Tan Usman Varga Weiss Yilmaz Zhou"  # noqa: E501


def body_of(people: int, seed: int = 1) -> bytes:
    """Write so many people with a card each."""
    chance = random.Random(seed)
    first, last = _FIRST.split(), _LAST.split()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "roles", "groups", "valid_until", "card"])
    for number in range(people):
        name = f"{chance.choice(first)} {chance.choice(last)} {chance.choice(last)[:3]}{number % 997}"
        card = f"04{number:08X}{chance.randrange(1 << 32):08X}"[:14]
        writer.writerow([name, "staff", "", "2030-01-01T00:00:00+01:00", card])
    return out.getvalue().encode()


def report(home: Home, warehouse: Warehouse, people: int = PEOPLE) -> None:
    """Print every figure."""
    print(f"{people:,} people in one call, with a card each:")
    with Door(home) as door:
        api = Api(home)
        try:
            idle = _badges(door, warehouse)
            import_ = _import(api, home, people)
            _outbox(door, warehouse, idle, home, people)
            _tagging(api, door, warehouse, import_)
            _search(api)
            note("most memory of the API process since its start", _peak_mib(api.process.pid), "MiB")
            note("most memory of the door process", _peak_mib(door.process.pid), "MiB")
        finally:
            api.close()


def _import(api: Api, home: Home, people: int) -> str:
    body = body_of(people)
    note("size of the body", len(body) / 2**20, "MiB")
    note("memory of the API process before", _peak_mib(api.process.pid), "MiB")
    waits: list[float] = []
    with _asking(home, waits):
        began = time.monotonic()
        answer = api.client.post(
            "/v1/people/import", content=body, headers={"Content-Type": "text/csv"}, timeout=600
        )
        took = time.monotonic() - began
    assert answer.status_code == 200, answer.text[:2000]
    promise("imported", took, "s", 60)
    note("longest that another call waited meanwhile", max(waits), "s")
    note("most memory of the API process by then", _peak_mib(api.process.pid), "MiB")
    id_: str = answer.json()["id"]
    return id_


def _outbox(door: Door, warehouse: Warehouse, idle: Times, home: Home, people: int) -> None:
    """Badge while the door process takes the entries of all these people into the record."""
    began, before = time.monotonic(), door.status().seq
    time.sleep(PAUSE_S)
    times = badges(warehouse, "shed", BADGES, between=locking(door, "shed"))
    seq = door.status().seq
    note("entries taken a second, badges among them", (seq - before) / (time.monotonic() - began), "/s")
    show("badge before the import", idle)
    show("badge while its entries are taken", times)
    ratio("meanwhile / before, medians", times.p50 / idle.p50, 1.5)
    while door.status().seq < people:
        time.sleep(0.5)
    note("until all entries are in the record", time.monotonic() - began, "s")


def _tagging(api: Api, door: Door, warehouse: Warehouse, import_: str) -> None:
    """Badge with and without, in turn: what disturbs one of them disturbs the other."""
    pairs = []
    for _ in range(ROUNDS):
        busy = _badges(door, warehouse)
        with stopped(api.process.pid):
            pairs.append((busy, _badges(door, warehouse)))
    show("badge while tags are made", _all(busy for busy, _ in pairs))
    show("badge while none are", _all(calm for _, calm in pairs))
    ratio("with / without, median of rounds", median_ratio(pairs), 1.25)
    seen = _progress(api, import_)
    began, first = time.monotonic(), seen["tagged"]
    time.sleep(10)
    seen = _progress(api, import_)
    note("tags a second", (seen["tagged"] - first) / (time.monotonic() - began), "/s")
    note("the rate that the API tells", seen["rate"] or 0, "/s")
    note("the rest, as the API estimates it", (seen["estimate_s"] or 0) / 60, "min")


def _search(api: Api) -> None:
    times: dict[str, list[int]] = {prefix: [] for prefix in PREFIXES}
    for _ in range(SEARCHES):
        for prefix in PREFIXES:
            began = time.monotonic_ns()
            answer = api.client.get("/v1/people", params={"q": prefix, "limit": 100})
            times[prefix].append(time.monotonic_ns() - began)
            assert answer.status_code == 200, answer.text
    everything = Times.of_ns([each for some in times.values() for each in some])
    show(f"search, {len(PREFIXES)} prefixes, HTTP, a page of 100", everything)
    promise("search, 95th percentile", everything.at(0.95) / 1000, "ms", 50)
    slowest = max(times, key=lambda prefix: Times.of_ns(times[prefix]).p50)
    note(f"slowest of them ({slowest!r}), median", Times.of_ns(times[slowest]).p50 / 1000, "ms")


def _badges(door: Door, warehouse: Warehouse) -> Times:
    time.sleep(PAUSE_S)
    return badges(warehouse, "shed", BADGES, between=locking(door, "shed"))


def _all(some: Iterable[Times]) -> Times:
    return Times(tuple(sorted(us for times in some for us in times.us)))


def _progress(api: Api, import_: str) -> dict[str, Any]:
    seen: dict[str, Any] = api.client.get(f"/v1/people/imports/{import_}").json()
    return seen


@contextmanager
def _asking(home: Home, waits: list[float]) -> Iterator[None]:
    """Ask the API something small again and again meanwhile, and change somebody."""
    from threading import Event, Thread

    over = Event()

    def ask() -> None:
        transport = httpx.HTTPTransport(uds=str(home.api_socket))
        with httpx.Client(transport=transport, base_url="http://api", timeout=60) as client:
            while not over.wait(0.05):
                calls: tuple[Callable[[], httpx.Response], ...] = (
                    lambda: client.get("/v1/people/alice"),
                    lambda: client.get("/v1/doors"),
                )
                for call in calls:
                    began = time.monotonic()
                    answer = call()
                    assert answer.status_code == 200, answer.text
                    waits.append(time.monotonic() - began)

    thread = Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _peak_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def main() -> None:
    """Run it alone; a first argument is how many people there are to be."""
    from tests.bench.one_home import bench_home

    with bench_home() as home:
        warehouse = Warehouse(home)
        try:
            report(home, warehouse, int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
        finally:
            warehouse.close()


if __name__ == "__main__":
    main()
