"""What is said of operators, approvals and the API to no use, and what is worth knowing of it."""

import ipaddress
from collections.abc import Iterator

from accessctl.config.finding import Finding, mistake, note
from accessctl.config.site import Site
from accessctl.office.rules import TwoPeople


def findings_about_the_office(site: Site) -> Iterator[Finding]:
    """Give what comes to nothing, and where the API can be reached from everywhere."""
    rules = site.office
    wide = bool(rules.wide_roles or rules.wide_levels)
    if TwoPeople.WIDE_GRANT in rules.needs and not wide:
        yield mistake(
            "approvals.needs",
            '"wide_grant" never needs a second operator: wide_roles and wide_levels name nothing',
        )
    if wide and TwoPeople.WIDE_GRANT not in rules.needs:
        yield note(
            "approvals.wide_roles" if rules.wide_roles else "approvals.wide_levels",
            'one operator alone may grant what is wide: needs has no "wide_grant"',
        )
    if rules.needs and TwoPeople.RULE_CHANGE not in rules.needs:
        yield note(
            "approvals.needs",
            'one operator alone may change this list, since it has no "rule_change"',
        )
    if TwoPeople.WIDE_GRANT in rules.needs:
        yield from _ways_to_wide_levels(site)
    if rules.network is not None and ipaddress.ip_address(rules.network.address).is_unspecified:
        yield note(
            "api.listen",
            f"{rules.network.address} is every address of this machine: whoever is in any of its networks "
            "can reach the API",
        )


def _ways_to_wide_levels(site: Site) -> Iterator[Finding]:
    """Name the roles and groups that bring a wide level to their members, and are not wide themselves."""
    rules = site.office
    for name, levels in {**site.roles, **site.groups}.items():
        wide = sorted({level.id for level in levels} & rules.wide_levels)
        if wide and name not in rules.wide_roles:
            yield note(
                "approvals.wide_levels",
                f"{name} brings {', '.join(wide)} and is granted by one operator: it is not in wide_roles",
            )
