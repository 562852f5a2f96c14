"""What a deletion takes along besides the person's own rows: notes, and calls that wait."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.store.approvals import ApprovalQueries, Call, State
from accessctl.store.people_writer import PeopleWriter
from tests.homes import NOON, new_home


@pytest.fixture
def writer(tmp_path: Path) -> PeopleWriter:
    return PeopleWriter(new_home(tmp_path / "home").people, lambda: NOON)


def note_after(writer: PeopleWriter, note: str) -> str:
    """Give what is left of a note beside an alarm once Ana Marsh is deleted; Bo Marsh stays."""
    writer.add_person("Ana Okonkwo Marsh", ("picker",), "maria", id_="p-1")
    writer.add_person("Bo Marsh", ("picker",), "maria", id_="p-2")
    with writer._change() as db:
        db.execute(
            "INSERT INTO alarm_note (epoch, seq, at, operator, note) VALUES ('e', 1, ?, 'maria', ?)",
            [NOON.isoformat(), note],
        )
    writer.delete_person("p-1", "maria")
    with writer._change() as db:
        left: str = db.execute("SELECT note FROM alarm_note").fetchone()[0]
    writer.close()
    return left


@pytest.mark.parametrize(
    ("note", "left"),
    [
        ("Ana Okonkwo Marsh held it open", "p-1 held it open"),
        ("it was OKONKWO'S cart", "it was p-1'S cart"),
        ("Bo Marsh held it open", "Bo Marsh held it open"),
        ("an analysis of marshland", "an analysis of marshland"),
    ],
)
def test_a_note_has_the_pseudonym_in_place_of_a_name(writer: PeopleWriter, note: str, left: str) -> None:
    """The whole name, and a word of it that nobody else has; what merely looks like it stays."""
    assert note_after(writer, note) == left


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/v1/people/p-1", State.LAPSED),
        ("/v1/people/p-1/temporary-access", State.LAPSED),
        ("/v1/people/p-11", State.WAITING),
        ("/v1/people", State.WAITING),
    ],
)
def test_what_waits_for_somebody_who_is_deleted_lapses(writer: PeopleWriter, path: str, state: State) -> None:
    """Its body, where a name may stand, goes; calls about others wait on."""
    writer.add_person("Ana Marsh", ("picker",), "maria", id_="p-1")
    body = b'{"name": "Ana Quist"}'
    call = Call("PATCH", path, "", body, hashlib.sha256(body).digest())
    asked = writer.ask_approval("wide_grant", "Change", call, "maria", "local:maria", timedelta(hours=1))
    writer.delete_person("p-1", "maria")
    found = ApprovalQueries(writer._path).approval(asked.id)
    writer.close()
    assert found is not None
    assert found.state is state
    assert (found.call.body is None) == (state is State.LAPSED)


def test_tags_and_hashes_are_searched_for(writer: PeopleWriter) -> None:
    """A deletion knows what no file may hold any more: the salt of the seal, the PINs' hashes."""
    writer.add_person("Ana Marsh", ("picker",), "maria", id_="p-1")
    writer.set_pin("p-1", "hash-of-a-pin", "maria")
    writer.set_duress_pin("p-1", "hash-of-another", "maria")
    needles = writer.delete_person("p-1", "maria").erasure.needles
    writer.close()
    assert {b"hash-of-a-pin", b"hash-of-another"} <= set(needles)
