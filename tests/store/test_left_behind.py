"""What a deletion takes along besides the person's own rows: notes, and calls that wait."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.store.approvals import ApprovalQueries, Call, State
from accessctl.store.bulk_writer import Planned
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


def noted(writer: PeopleWriter, note: str | None = None) -> str:
    """Note something beside an alarm, and give what stands there."""
    with writer._change() as db:
        if note is not None:
            db.execute(
                "INSERT INTO alarm_note (epoch, seq, at, operator, note) VALUES ('e', 1, ?, 'maria', ?)",
                [NOON.isoformat(), note],
            )
        found: str = db.execute("SELECT note FROM alarm_note").fetchone()[0]
    return found


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize(
    ("note", "renamed", "deleted"),
    [
        ("Ana Exname rang", "p-1 rang", "p-1 rang"),
        ("Ana told Exname's sister", "Ana told p-1's sister", "p-1 told p-1's sister"),
        ("Ms EXNAME rang", "Ms p-1 rang", "Ms p-1 rang"),
        ("Marsh rang; ex name", "Marsh rang; ex name", "Marsh rang; ex name"),
    ],
)
def test_a_former_name_goes_out_of_notes_as_it_is_changed(
    writer: PeopleWriter, note: str, renamed: str, deleted: str, *, bulk: bool
) -> None:
    """Nobody knows later whose it was. What stays of the name goes with the person; others keep theirs."""
    ana = writer.add_person("Ana Exname", ("picker",), "maria", id_="p-1")
    writer.add_person("Bo Marsh", ("picker",), "maria", id_="p-2")
    noted(writer, note)
    after = replace(ana, name="Ana Marsh")
    if bulk:
        writer.import_people("maria", lambda _stored, _at: [Planned(ana, after)])
    else:
        writer.change_person("p-1", lambda _: after, "maria")
    assert noted(writer) == renamed
    writer.delete_person("p-1", "maria")
    left = noted(writer)
    writer.close()
    assert left.replace("Ana", "p-1") == deleted


def test_a_word_with_an_accent_is_found_as_it_was_written(writer: PeopleWriter) -> None:
    """Words to search by have no accents; notes have."""
    writer.add_person("Zoë Müller", ("picker",), "maria", id_="p-1")
    noted(writer, "Müller rang, then Muller again; the müllerei")
    writer.delete_person("p-1", "maria")
    left = noted(writer)
    writer.close()
    assert left == "p-1 rang, then p-1 again; the müllerei"


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
