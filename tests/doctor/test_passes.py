"""What the doctor finds where passes count."""

import pytest

from accessctl.config import load
from accessctl.doctor.finding import Weight
from accessctl.doctor.passes import passes
from tests.config.sites import FULL, GOOD

REMEDY = "pip install 'accessctl[passes]'"


@pytest.mark.parametrize(
    ("lacking", "weights"),
    [
        (set[str](), []),
        ({"cryptography"}, [Weight.WRONG]),
        ({"segno"}, [Weight.NOTE]),
        ({"cryptography", "segno"}, [Weight.WRONG, Weight.NOTE]),
    ],
)
def test_what_passes_need_is_looked_for(lacking: set[str], weights: list[Weight]) -> None:
    """Without cryptography none counts; without segno they are made as text, which is worth knowing."""
    found = list(passes(load(FULL), lambda library: library not in lacking))
    assert [finding.weight for finding in found] == weights
    assert {finding.do for finding in found} <= {REMEDY}


def test_a_site_without_passes_needs_nothing_for_them() -> None:
    """Nobody is told to install what nothing uses."""
    assert list(passes(load(GOOD), lambda _library: False)) == []


def test_this_installation_is_looked_at_where_nothing_else_is_said() -> None:
    """The libraries that are there are found."""
    pytest.importorskip("cryptography")
    pytest.importorskip("segno")
    assert list(passes(load(FULL))) == []
