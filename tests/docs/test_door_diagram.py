from dataclasses import replace

from policies.door import TABLE, Phase
from policies.door_events import Granted, LeafOpened
from tests.docs.door_diagram import MEANINGS, PAGE, page
from tests.docs.pages import text_of


def test_the_diagram_is_drawn_from_the_table() -> None:
    """docs/door.md is as `python -m tests.docs.door_diagram --write` would write it now."""
    assert text_of(PAGE) == page()


def test_another_table_gives_another_diagram() -> None:
    """A transition that leads elsewhere is drawn elsewhere, so the page cannot stay behind."""
    other = {phase: dict(row) for phase, row in TABLE.items()}
    other[Phase.SECURED][Granted] = replace(other[Phase.SECURED][Granted], to=Phase.UNLOCKED)
    assert page(other) != page()


def test_a_transition_that_is_taken_out_is_not_drawn() -> None:
    """What is not in the table is not in the diagram."""
    other = {phase: dict(row) for phase, row in TABLE.items()}
    del other[Phase.SECURED][LeafOpened]
    assert "SECURED --> FORCED" in page()
    assert "SECURED --> FORCED" not in page(other)


def test_every_phase_is_explained() -> None:
    """No phase stands in the page without a sentence."""
    assert set(MEANINGS) == set(Phase)
