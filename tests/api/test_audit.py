"""What the record says of calls that change nothing: who read about people, and who was refused."""

from datetime import timedelta

import pytest

from accessctl.api import audit
from accessctl.operators.first import local_user
from tests.api.people_who_log_in import TESTER, Office
from tests.api.running import refused


@pytest.fixture
def mono(office: Office) -> list[float]:
    """The audit's clock, which stands until somebody moves it."""
    at = [0.0]
    heard = office.api.parts.audit
    heard._clock = heard._refusals._clock = lambda: at[0]
    return at


def test_reading_about_people_is_told_with_who_and_from_where(office: Office) -> None:
    """Of one person with their pseudonym."""
    person = office.api.new_person()
    office.api.http.get(f"/people/{person}")
    office.api.http.get("/people")
    rows = office.rows(
        "SELECT operator, person, detail FROM outbox WHERE type = 'personal_data_read' ORDER BY id"
    )
    assert [(operator, about) for operator, about, _ in rows] == [(TESTER, person), (TESTER, None)]
    for _, _, detail in rows:
        assert f'"from":"local:{local_user()}"' in detail
        assert '"what":"people"' in detail
        assert "Ana" not in detail


def test_the_same_again_is_told_after_ten_minutes(office: Office, mono: list[float]) -> None:
    """Who looks at the same page all day fills no record."""
    for now in (0, 1, audit.AGAIN_S - 1, audit.AGAIN_S):
        mono[0] = now
        office.api.http.get("/people")
    assert len(office.told("personal_data_read")) == 2


def test_what_tells_nothing_of_people_is_not_told(office: Office) -> None:
    """Doors and roles may be looked at by everybody who is an operator."""
    for path in ("/doors", "/roles", "/status", "/readers"):
        office.api.http.get(path)
    assert office.told("personal_data_read") == []


@pytest.mark.parametrize("typed", ["Ana Marsh ä", "Ana Marsh", "Marsh", "marsh", "p-anamarsh"])
def test_what_somebody_types_for_an_id_stays_out_of_the_record(office: Office, typed: str) -> None:
    """It may be a name, or anything; also where it is written as an id is."""
    office.api.http.get("/explain", params={"person": typed, "access_point": "x"})
    office.api.http.get("/events", params={"person": typed})
    office.api.http.get(f"/people/{typed}")
    told = office.rows("SELECT person, detail FROM outbox")
    assert len(told) == 3
    assert "marsh" not in str(told).lower()


def test_who_was_deleted_is_told_by_their_pseudonym(office: Office) -> None:
    """Whoever reads what the record has of them reads about them still; it was a pseudonym, not a word."""
    person = office.api.new_person()
    assert office.api.http.delete(f"/people/{person}").status_code == 200
    office.api.http.get("/events", params={"person": person})
    reads = office.rows("SELECT person FROM outbox WHERE type = 'personal_data_read'")
    assert reads == [(person,)]


def test_a_refusal_is_told_with_the_right_that_lacks(office: Office) -> None:
    """And with the session it came from."""
    office.add("gus", "guard")
    with office.session("gus") as gus:
        refused(gus.post("/people", json={}), 403)
    ((operator, detail),) = office.told("call_refused")
    assert operator == "gus"
    for word in ('"call":"POST /v1/people"', '"right":"people.write"', '"from":"session s-'):
        assert word in detail


def test_refusals_without_end_fill_no_record(office: Office, mono: list[float]) -> None:
    """So many at once are told, then one a second, with how many there were in between."""
    office.add("gus", "guard")
    with office.session("gus") as gus:
        for _ in range(audit.STOCK + 10):
            gus.get("/operators")
        assert len(office.told("call_refused")) == audit.STOCK
        mono[0] += 1.0
        gus.get("/operators")
    told = office.told("call_refused")
    assert len(told) == audit.STOCK + 1
    assert '"more":10' in told[-1][1]


def test_whose_refusals_are_counted_hides_nobody_elses(office: Office, mono: list[float]) -> None:
    """Each operator has a stock of their own."""
    office.add("gus", "guard")
    office.add("ina", "installer")
    with office.session("gus") as gus:
        for _ in range(audit.STOCK + 1):
            gus.get("/operators")
    office.clock.pass_(timedelta(seconds=30))
    with office.session("ina") as ina:
        ina.get("/operators")
    assert office.told("call_refused")[-1][0] == "ina"
