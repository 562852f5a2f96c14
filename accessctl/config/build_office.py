"""Turns what a file says of operators, approvals and the API into the rules of the office."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from accessctl.config.schema import SiteFile
from accessctl.config.schema_office import ApiTable
from accessctl.office.reviews import ReviewRule
from accessctl.office.rules import NetworkRules, OfficeRules


def office_of(file: SiteFile) -> OfficeRules:
    """Give the rules of the office."""
    rules = OfficeRules(network=None if file.api is None else _network(file.api))
    if file.operators is not None:
        rules = replace(
            rules,
            local=MappingProxyType(dict(file.operators.local)),
            session=timedelta(hours=file.operators.session_hours),
            idle=timedelta(minutes=file.operators.idle_minutes),
            auditors_see_names=file.operators.auditors_see_names,
        )
    if file.approvals is not None:
        rules = replace(
            rules,
            needs=frozenset(file.approvals.needs),
            within=timedelta(minutes=file.approvals.within_minutes),
            wide_roles=frozenset(file.approvals.wide_roles),
            wide_levels=frozenset(file.approvals.wide_levels),
        )
    reviews = _reviews(file)
    return replace(rules, reviews=reviews, timezone=file.site.timezone) if reviews else rules


def _reviews(file: SiteFile) -> tuple[ReviewRule, ...]:
    return tuple(
        ReviewRule(id_, area.name, area.review, area.owner)
        for id_, area in sorted(file.areas.items())
        if area.review is not None
    )


def _network(table: ApiTable) -> NetworkRules | None:
    if table.listen is None:
        return None
    address, port = table.listen
    return NetworkRules(
        address, port, table.certificate, table.key_file, table.names, table.requests_a_minute
    )
