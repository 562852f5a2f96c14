"""What is written of people, hours and levels and never comes to anything."""

from collections.abc import Iterator

from accessctl.config.finding import Finding, mistake, note
from accessctl.config.findings_points import asked_at
from accessctl.config.reading import show, under
from accessctl.config.site import Site
from policies.factors import Factor


def findings_of_people(site: Site) -> Iterator[Finding]:
    """Give what nobody has, nobody uses, or nobody can fulfil."""
    yield from _visitors_without_escorts(site)
    yield from _threat_levels_that_let_nobody_pass(site)
    yield from _threat_levels_that_nobody_mentions(site)
    yield from _levels_nobody_has(site)
    yield from _schedules_nobody_uses(site)
    yield from _things_without_use(site)


def _member(name: str, site: Site) -> str:
    return under("roles" if name in site.roles else "groups", name)


def _levels_nobody_has(site: Site) -> Iterator[Finding]:
    lists = (*site.roles.values(), *site.groups.values(), *site.denies.values())
    had = {level.id for levels in lists for level in levels}
    for level in site.levels:
        if level not in had:
            yield note(
                under("levels", level),
                "no role or group has it: only temporary access can give it to anybody",
            )


def _schedules_nobody_uses(site: Site) -> Iterator[Finding]:
    used = {policy.schedule.id for level in site.levels.values() for policy in level.policies}
    used |= {rule.schedule.id for door in site.doors.values() for rule in door.modes}
    used |= {
        each.schedule.id
        for point in site.access_points.values()
        for each in point.asks_when
        if each.schedule is not None
    }
    for schedule in site.schedules:
        if schedule not in used:
            yield note(under("schedules", schedule), "nothing in the file uses it")


def _visitors_without_escorts(site: Site) -> Iterator[Finding]:
    if any(traits.may_escort for traits in site.traits.values()):
        return
    for member, traits in site.traits.items():
        if traits.needs_escort:
            yield mistake(
                f"{_member(member, site)}.needs_escort",
                "no role or group has may_escort, so nobody can ever bring them in",
            )


def _threat_levels_that_let_nobody_pass(site: Site) -> Iterator[Finding]:
    highest = max((traits.threat_authority for traits in site.traits.values()), default=0)
    for point in site.access_points.values():
        for number, each in enumerate(point.asks_when):
            if each.threat_level is not None and each.threat_level > highest:
                yield mistake(
                    f"{under('access_points', point.id)}.asks_when[{number}].threat_level",
                    f"nobody may pass at threat level {each.threat_level}, so nothing is ever asked: the "
                    f"highest threat_authority of any role or group is {highest}",
                )


def _threat_levels_that_nobody_mentions(site: Site) -> Iterator[Finding]:
    mentioned = {traits.threat_authority for traits in site.traits.values()}
    mentioned |= {
        each.threat_level
        for point in site.access_points.values()
        for each in point.asks_when
        if each.threat_level is not None
    }
    highest = max(mentioned, default=0)
    for level in range(1, highest):
        if level not in mentioned:
            upper = min(each for each in mentioned if each > level)
            yield note(
                "threat_authority",
                f"no rule mentions threat level {level}: it refuses whom level {upper} refuses, and changes "
                "nothing else",
            )


def _things_without_use(site: Site) -> Iterator[Finding]:
    wanted = {each for area in site.areas.values() for each in area.requires}
    for qualification in site.qualification_names:
        if qualification not in wanted:
            yield note(under("qualifications", qualification), "no area requires it")
    asked = (asks for point in site.access_points.values() for _, asks in asked_at(point))
    codes_without_use = site.codes is not None and not site.codes.break_glass
    if codes_without_use and not any(Factor.PIN in asks.ways for asks in asked):
        yield note("codes", 'no access point asks for a code alone (asks = "pin")')
    forgives = site.rulebook.forgives
    if forgives is not None and not any(area.passback for area in site.areas.values()):
        yield note("passback.forgive_at", f"no area has {show('passback')}, so there is nothing to forgive")
