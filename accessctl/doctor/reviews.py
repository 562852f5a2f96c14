"""Which areas should have been reviewed by their owners, and were not."""

from collections.abc import Iterator
from datetime import datetime

from accessctl.doctor.finding import Finding, Weight
from accessctl.home import Home
from accessctl.office.reviews import ReviewState, period_at, period_before, state_of
from accessctl.office.rules import OfficeRules
from accessctl.store.errors import StoreError
from accessctl.store.operators import OperatorQueries
from accessctl.store.reviews import ReviewQueries


def reviews(rules: OfficeRules, home: Home, now: datetime) -> Iterator[Finding]:
    """Find reviews that are overdue or soon will be, and areas whose owners are no operators."""
    if not rules.reviews:
        return
    queries, operators = ReviewQueries(home.people), OperatorQueries(home.people)
    try:
        signed, begun = queries.signed(), queries.first_owed()
        known = {owner: operators.operator(owner) for rule in rules.reviews for owner in rule.owners}
    except StoreError:
        return  # told of already
    for rule in rules.reviews:
        where, period = f"areas.{rule.area}", period_at(rule.every, now, rules.timezone)
        do = f"{' or '.join(rule.owners)}: accessctl reviews sign {rule.area}"
        first = begun.get(rule.area, period.name)
        match state_of(rule, now, rules.timezone, signed.get(rule.area, ()), first):
            case ReviewState.OVERDUE:
                ended = period_before(rule.every, period).name
                yield Finding(where, f"nobody signed who had access in {ended}, or has since", do)
            case ReviewState.ENDS_SOON:
                what = f"who has access is to be signed before {period.end}"
                yield Finding(where, what, do, Weight.NOTE)
            case ReviewState.DUE | ReviewState.SIGNED:
                pass
        if not any(row is not None and not row.disabled for row in map(known.get, rule.owners)):
            what = f"none of its owners is an operator who counts: {', '.join(rule.owners)}"
            yield Finding(f"{where}.owner", what, "name one who is (accessctl operators list)")
