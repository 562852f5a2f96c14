"""Which break-glass codes there are: nobody should have to look for them, nor forget them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from accessctl.config import Site
from accessctl.doctor.finding import Finding, Weight
from accessctl.home import Home
from accessctl.store.errors import StoreError
from accessctl.store.facts import FactQueries
from accessctl.store.people_queries import CardRow, PeopleQueries
from policies.ids import CredentialId
from policies.people import CardStatus

SOON: Final = timedelta(days=30)
_MAKE: Final = "accessctl codes make --break-glass --envelope NAME --role ROLE --at ACCESS_POINT --until DATE"


def emergencies(site: Site, home: Home, now: datetime) -> Iterator[Finding]:
    """Name every break-glass code that counts, and say where there should be one."""
    try:
        rows = PeopleQueries(home.people).codes(break_glass=True)
        spent = FactQueries(home.record).memory().spent
    except StoreError:
        return  # that a store cannot be read is found elsewhere
    counting = [row for row in rows if _counts(row, spent.get(CredentialId(row.id), 0), now)]
    if site.codes is None or not site.codes.break_glass:
        for row in counting:
            what = "this break-glass code opens nothing: the site file has no [codes] break_glass = true"
            yield Finding(row.id, what, f"accessctl codes revoke {row.id}, or allow them again", Weight.NOTE)
        return
    for row in counting:
        yield _found(row, now)
    if not counting:
        yield Finding(
            "[codes] break_glass", "there may be break-glass codes, and there is none", _MAKE, Weight.NOTE
        )


def _found(row: CardRow, now: datetime) -> Finding:
    end = row.validity.end
    where = ", ".join(row.points or ())
    what = f"a break-glass code for {where} lies at {row.person} ({row.label})"
    if end is not None and end - now <= SOON:
        return Finding(row.id, f"{what}, and ends at {end.isoformat(' ', 'minutes')}", _MAKE, Weight.NOTE)
    do = f"see now and then whether its envelope is shut; accessctl codes revoke {row.id} ends it"
    return Finding(row.id, what, do, Weight.NOTE)


def _counts(row: CardRow, used: int, now: datetime) -> bool:
    over = row.validity.end is not None and row.validity.end <= now
    used_up = row.uses is not None and used >= row.uses
    return row.status is CardStatus.ACTIVE and not over and not used_up
