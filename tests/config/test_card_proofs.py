"""What a site file says of cards that prove a key, and of areas where others do not count."""

import hashlib

import pytest

from accessctl.config import load
from accessctl.config.findings import findings
from hardware.signals import DeviceId
from hardware.specs import CardProof, PcscReaderSpec
from policies.ids import AreaId
from tests.config.sites import GOOD, WIRED, problems_of, spoilt

PLAIN = 'reader = { kind = "pcsc", name = "HID Omnikey" }'
"""The reader into the cage."""


def reading(more: str) -> str:
    return spoilt((PLAIN, PLAIN.replace(" }", f", {more} }}")))


def spec_of(text: str) -> PcscReaderSpec:
    readers = {spec.id: spec for spec in load(text).board.readers}
    spec = readers[DeviceId("cage-in.reader")]
    assert isinstance(spec, PcscReaderSpec)
    return spec


def test_a_reader_asks_for_no_proof_unless_told_to() -> None:
    """A plain UID counts, nothing is proved, and no pass is read."""
    spec = spec_of(GOOD)
    assert (spec.proofs, spec.plain_uid, spec.passes, spec.opensc) == ((), True, False, None)


def test_a_reader_asks_for_proofs_in_the_order_of_the_file() -> None:
    """Which proof is asked for first decides what a card with several is known by."""
    spec = spec_of(reading('proofs = ["piv", "pkoc", "sun", "desfire"], plain_uid = false'))
    assert spec.proofs == (CardProof.PIV, CardProof.PKOC, CardProof.SUN, CardProof.DESFIRE)
    assert not spec.plain_uid


def test_cards_know_the_site_by_its_controller() -> None:
    """A PKOC card is told sixteen bytes that stay as long as the controller's id does."""
    site = load(GOOD)
    name = hashlib.sha256(site.controller.encode()).digest()[:16]
    assert spec_of(reading('proofs = ["pkoc"]')).site == name
    assert spec_of(reading('proofs = ["desfire"]')).site == bytes(16)


@pytest.mark.parametrize(
    ("more", "at", "what"),
    [
        ("proofs = []", "proofs", "must name at least one; leave this out"),
        ('proofs = ["pkoc", "pkoc"]', "proofs", '"pkoc" is named twice'),
        (
            'proofs = ["pkok"]',
            "proofs",
            'must be "pkoc" or "desfire" or "sun" or "piv", not "pkok"; did you mean "pkoc"?',
        ),
        (
            "plain_uid = false",
            "plain_uid",
            "without proofs and passes no card would count here; leave this out",
        ),
        (
            'proofs = ["pkoc"], opensc = "/opt/opensc.so"',
            "opensc",
            'is for readers with "piv" among their proofs; leave this out',
        ),
        (
            'proofs = ["piv"], opensc = "opensc.so"',
            "opensc",
            'must be the whole path of a file, beginning with /, not "opensc.so"',
        ),
    ],
)
def test_what_makes_no_sense_is_refused(more: str, at: str, what: str) -> None:
    """Each mistake has its words, and its place in the file."""
    (problem,) = problems_of(reading(more))
    assert str(problem) == f"access_points.cage-in.reader.{at}: {what}"


def refusing(text: str) -> str:
    return spoilt(("[areas.cage]\n", '[areas.cage]\nplain_uid = "refused"\n'), text=text)


def test_an_area_may_refuse_cards_that_anyone_can_copy() -> None:
    """What the file says is what the rules ask of whoever enters."""
    text = refusing(reading('proofs = ["pkoc"]'))
    assert load(text).areas[AreaId("cage")].refuses_clonable
    assert not load(GOOD).areas[AreaId("cage")].refuses_clonable


@pytest.mark.parametrize(("reader", "found"), [(PLAIN, True), ('proofs = ["pkoc"]', False)])
def test_a_reader_of_numbers_alone_lets_nobody_into_such_an_area(reader: str, found: bool) -> None:
    """Where a card cannot prove anything, and is always asked for, nobody could enter."""
    text = refusing(GOOD if found else reading(reader))
    told = [str(each) for each in findings(load(text)) if "plain_uid" in str(each)]
    assert bool(told) is found
    if found:
        assert 'nobody can enter: areas.cage has plain_uid = "refused"' in told[0]


def test_a_whole_site_with_proofs_is_sound() -> None:
    """The site with every kind of device has such a reader."""
    assert any(isinstance(spec, PcscReaderSpec) and spec.proofs for spec in load(WIRED).board.readers)
