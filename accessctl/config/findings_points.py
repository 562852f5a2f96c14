"""Whether what areas want of people can be had at the access points that lead into them."""

from collections.abc import Iterator

from accessctl.config.asking import in_words
from accessctl.config.build_board import READER, device
from accessctl.config.finding import Finding, mistake, note
from accessctl.config.reading import under
from accessctl.config.site import Site
from hardware.specs import NfcReaderSpec, PcscReaderSpec, UsbReaderSpec, WiegandReaderSpec
from policies.area_rules import LowerLimit
from policies.factors import Asks, Factor, assurance_of
from policies.ids import AreaId
from policies.places import AccessPoint, Direction
from policies.rulebook import PointRules


def findings_at_points(site: Site) -> Iterator[Finding]:
    """Give what cannot be had where it is wanted."""
    for rules in site.rulebook.points.values():
        if rules.point.direction is Direction.IN:
            yield from _free_into_what_counts(rules, site)
            yield from _too_little_assurance(rules, site)
            yield from _no_card_counts(rules, site)
    for area in site.areas.values():
        if area.lower_limit is not None:
            yield from _nobody_can_be_first(area.id, area.lower_limit, site)
            yield from _more_than_there_is_room_for(area.id, area.lower_limit, site)


def asked_at(point: AccessPoint) -> Iterator[tuple[str, Asks]]:
    """Give everything that is asked at an access point at some time, each with its path."""
    at = under("access_points", point.id)
    yield f"{at}.asks", point.asks
    for number, each in enumerate(point.asks_when):
        yield f"{at}.asks_when[{number}].asks", each.asks


def _free_into_what_counts(rules: PointRules, site: Site) -> Iterator[Finding]:
    kept = ", ".join(_wanted(rules, site))
    if not kept:
        return
    for path, asks in asked_at(rules.point):
        if asks.is_free:
            yield mistake(path, f"nobody knows who comes in here, so for them this does not hold: {kept}")


def _wanted(rules: PointRules, site: Site) -> Iterator[str]:
    for id_ in rules.enters:
        area, at = site.areas[id_], under("areas", id_)
        wanted = {
            "passback": area.passback,
            "limits": area.upper_limits,
            "at_least": area.lower_limit,
            "together": area.together,
            "assurance": area.assurance,
            "requires": area.requires,
            "plain_uid": area.refuses_clonable,
        }
        yield from (f"{at}.{key}" for key, value in wanted.items() if value)


def _too_little_assurance(rules: PointRules, site: Site) -> Iterator[Finding]:
    asked = [(path, asks) for path, asks in asked_at(rules.point) if not asks.is_free]
    if not rules.assurance or not asked:
        return
    path, asks = max(asked, key=lambda each: _most(each[1], clonable_card=False))
    best = _most(asks, clonable_card=False)
    if best < rules.assurance:
        yield mistake(
            path,
            f"nobody can enter: {_who_wants(rules)}, and {in_words(asks)} proves {best} at most",
        )
        return
    path, asks = max(asked, key=lambda each: _most(each[1], clonable_card=True))
    best = _most(asks, clonable_card=True)
    if best >= rules.assurance:
        return
    if _reads_numbers_alone(rules.point, site):
        yield mistake(
            path,
            f"nobody can enter: {_who_wants(rules)}, and {in_words(asks)} proves {best} at most, since this "
            "reader knows a card by nothing but a number that anyone can copy",
        )
    else:
        yield note(
            path,
            f"{_who_wants(rules)}: a card whose number anyone can copy proves nothing, so people with such a "
            "card cannot enter",
        )


def _no_card_counts(rules: PointRules, site: Site) -> Iterator[Finding]:
    if not rules.refuses_clonable or not _reads_numbers_alone(rules.point, site):
        return
    path, asks = next(asked_at(rules.point))
    if not asks.is_free and all(Factor.CARD in way for way in asks.ways):
        area = next(area for area in rules.enters if site.areas[area].refuses_clonable)
        yield mistake(
            path,
            f'nobody can enter: {under("areas", area)} has plain_uid = "refused", and this reader knows a '
            "card by nothing but a number that anyone can copy",
        )


def _reads_numbers_alone(point: AccessPoint, site: Site) -> bool:
    """Tell whether the reader carries a number and no proof, whatever the card could do.

    An OSDP reader may ask for proof by itself: what it does not say.
    """
    name = device(point.id, READER)
    reader = next((each for each in site.board.readers if each.id == name), None)
    if isinstance(reader, PcscReaderSpec):
        return not reader.proofs
    return isinstance(reader, WiegandReaderSpec | UsbReaderSpec | NfcReaderSpec)


def _who_wants(rules: PointRules) -> str:
    return f"{under('areas', rules.enters[0])}, with what it is a part of, has assurance = {rules.assurance}"


def _most(asks: Asks, *, clonable_card: bool) -> int:
    return max(assurance_of(way, clonable_card=clonable_card) for way in asks.ways)


def _nobody_can_be_first(area: AreaId, limit: LowerLimit, site: Site) -> Iterator[Finding]:
    if limit.grace:
        return
    into = [rules for rules in site.rulebook.points.values() if area in rules.enters]
    ways_in = [rules for rules in into if rules.point.direction is Direction.IN]
    if ways_in and not any(each.together and each.together.persons >= limit.least for each in ways_in):
        yield mistake(
            under("areas", area) + ".at_least",
            f"nobody can be the first: there is no grace time (alone_grace_s), and at no way in do "
            f"{limit.least} people badge together",
        )


def _more_than_there_is_room_for(area: AreaId, limit: LowerLimit, site: Site) -> Iterator[Finding]:
    for number, upper in enumerate(site.areas[area].upper_limits):
        if upper.member is None and not upper.report_only and upper.most < limit.least:
            yield mistake(
                f"{under('areas', area)}.limits[{number}].at_most",
                f"lets in fewer people ({upper.most}) than have to be there (at_least = {limit.least})",
            )
