"""The faces of the simulated warehouse: told apart like real ones, by the same thresholds."""

from accessctl.faces.matching import identify, probe_of, verify
from accessctl.faces.template import PICTURES, Template
from accessctl.faces.thresholds import SHIPPED, engine_of, measure_for
from accessctl.faces.vectors import vector_in
from hardware.simulated.face_vectors import MODEL, vector

NAMES = ("ana", "ben", "cem", "dea", "eli")


def template_of(name: str) -> Template:
    return Template.of(MODEL, [vector_in(vector(name, frame)) for frame in range(PICTURES)])


def test_simulated_people_are_themselves_and_nobody_else() -> None:
    """In the simulated warehouse a name is recognised in other frames than it was enrolled with."""
    measure = measure_for(MODEL, None)
    gallery = {name: (template_of(name).middle,) for name in NAMES}
    for name in NAMES:
        probe = probe_of([vector_in(vector(name, frame)) for frame in range(100, 103)])
        assert [other for other in NAMES if verify(gallery[other], probe, measure).fits] == [name]
        found = identify(gallery, probe, measure)
        assert (found.person, found.fits) == (name, True)


def test_simulated_pictures_pass_for_those_of_one_person() -> None:
    """Five simulated pictures are near enough to be one person's at enrolment."""
    assert all(template_of(name).spread < SHIPPED[engine_of(MODEL)].unlike for name in NAMES)
