import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from accessctl.home import Home
from accessctl.store.biometric_rows import BiometricQueries, ConsentText, Forgetting, NewBiometric
from accessctl.store.biometrics import BiometricReader, PersonKey
from accessctl.store.connect import reader
from accessctl.store.people_errors import (
    AlreadyConsented,
    NoConsent,
    NothingToErase,
    OtherKey,
    UnknownBiometric,
    UnknownPerson,
)
from accessctl.store.people_writer import PeopleWriter
from accessctl.store.scrubbing import scrub, search
from tests.homes import NOON, OwnClock

OPERATOR = "local:maria"
TEXT = ConsentText("2026-1", "ab" * 32)
SENSOR = "gate-in.finger"
MODEL = "dlib:0123"


@pytest.fixture
def store(home: Home) -> BiometricReader:
    return BiometricReader(home.people)


@pytest.fixture
def rows(home: Home) -> BiometricQueries:
    return BiometricQueries(home.people)


@pytest.fixture
def ana(writer: PeopleWriter) -> str:
    return writer.add_person("Ana Marsh", (), OPERATOR).id


def outbox(home: Home) -> Iterator[dict[str, Any]]:
    with closing(sqlite3.connect(home.people)) as connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute("SELECT * FROM outbox ORDER BY id"):
            yield {**dict(row), "detail": json.loads(row["detail"])}


def a_face(
    consent: str,
    person: str,
    *,
    key: PersonKey | None = None,
    id_: str = "b-face",
    expires_at: datetime | None = None,
) -> NewBiometric:
    own = key or PersonKey(person, "k-1", secrets.token_bytes(60))
    sealed = secrets.token_bytes(700)
    return NewBiometric(id_, "face", MODEL, consent, sealed=sealed, key=own, expires_at=expires_at)


def a_finger(
    consent: str, template: str = "slot-1", *, duress: bool = False, expires_at: datetime | None = None
) -> NewBiometric:
    new = NewBiometric(f"b-{template}", "fingerprint", "r503", consent, sensor=SENSOR, template=template)
    return replace(new, duress=duress, expires_at=expires_at)


def test_consent_is_recorded_with_text_and_witness(writer: PeopleWriter, home: Home, ana: str) -> None:
    """Who agreed to which text, when, and before whom, stands in the store and goes to the record."""
    consent = writer.give_consent(ana, "face", TEXT, OPERATOR)
    assert (consent.person, consent.kind, consent.text, consent.given_at) == (ana, "face", TEXT, NOON)
    told = list(outbox(home))[-1]
    assert (told["type"], told["person"], told["credential"]) == ("consent_given", ana, consent.id)
    assert told["detail"] == {"kind": "face", "text_version": "2026-1", "text_sha256": "ab" * 32}
    assert told["operator"] == OPERATOR


def test_consent_to_one_text_is_given_once(writer: PeopleWriter, ana: str) -> None:
    """The same text a second time is refused; another version, or another kind, is not."""
    writer.give_consent(ana, "face", TEXT, OPERATOR)
    with pytest.raises(AlreadyConsented):
        writer.give_consent(ana, "face", TEXT, OPERATOR)
    writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.give_consent(ana, "face", ConsentText("2026-2", "cd" * 32), OPERATOR)


def test_nobody_consents_who_is_not_there(writer: PeopleWriter) -> None:
    """A consent of nobody is refused."""
    with pytest.raises(UnknownPerson):
        writer.give_consent("p-none", "face", TEXT, OPERATOR)


def test_nothing_is_enrolled_without_consent(writer: PeopleWriter, rows: BiometricQueries, ana: str) -> None:
    """Neither without any consent, nor with one to another kind, nor with somebody else's."""
    finger = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    bo = writer.add_person("Bo", (), OPERATOR).id
    bos = writer.give_consent(bo, "face", TEXT, OPERATOR)
    for consent in ("y-none", finger.id, bos.id):
        with pytest.raises(NoConsent):
            writer.enrol_biometric(ana, a_face(consent, ana), OPERATOR)
    assert rows.biometrics() == []


def test_a_face_is_stored_with_its_persons_key(
    writer: PeopleWriter, store: BiometricReader, home: Home, ana: str
) -> None:
    """Row, key and the line for the record are one; the record hears of no template."""
    consent = writer.give_consent(ana, "face", TEXT, OPERATOR)
    face = a_face(consent.id, ana)
    writer.enrol_biometric(ana, face, OPERATOR)
    (kept,) = store.faces_of(ana, NOON)
    assert (kept.sealed, kept.key, kept.model) == (face.sealed, face.key, MODEL)
    told = list(outbox(home))[-1]
    assert told["type"] == "credential_enrolled"
    assert told["detail"] == {"kind": "face", "model": MODEL}


def test_a_second_face_needs_the_same_key(writer: PeopleWriter, ana: str) -> None:
    """What was sealed under a key that the person does not have is refused."""
    consent = writer.give_consent(ana, "face", TEXT, OPERATOR)
    first = a_face(consent.id, ana)
    writer.enrol_biometric(ana, first, OPERATOR)
    writer.enrol_biometric(ana, a_face(consent.id, ana, key=first.key, id_="b-more"), OPERATOR)
    stranger = PersonKey(ana, "k-2", secrets.token_bytes(60))
    with pytest.raises(OtherKey):
        writer.enrol_biometric(ana, a_face(consent.id, ana, key=stranger, id_="b-third"), OPERATOR)


def test_what_has_expired_is_not_asked_for(writer: PeopleWriter, store: BiometricReader, ana: str) -> None:
    """At the instant at which a template expires it does not count any more."""
    end = NOON + timedelta(days=365)
    face = writer.give_consent(ana, "face", TEXT, OPERATOR)
    finger = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_face(face.id, ana, expires_at=end), OPERATOR)
    writer.enrol_biometric(ana, a_finger(finger.id, expires_at=end), OPERATOR)
    before = end - timedelta(seconds=1)
    assert store.faces_of(ana, before)
    assert store.faces(before)
    assert store.fingers_of(ana, SENSOR, before)
    assert store.fingers_at(SENSOR, before)
    assert not store.faces_of(ana, end)
    assert not store.faces(end)
    assert not store.fingers_of(ana, SENSOR, end)
    assert not store.fingers_at(SENSOR, end)


def test_what_is_disabled_is_not_asked_for(
    writer: PeopleWriter, store: BiometricReader, home: Home, ana: str
) -> None:
    """A disabled face does not count until it is enabled again, and both are recorded."""
    consent = writer.give_consent(ana, "face", TEXT, OPERATOR)
    row = writer.enrol_biometric(ana, a_face(consent.id, ana), OPERATOR)
    assert writer.disable_biometric(row.id, OPERATOR, disabled=True).disabled
    assert not store.faces_of(ana, NOON)
    assert list(outbox(home))[-1]["detail"]["disabled_after"] is True
    writer.disable_biometric(row.id, OPERATOR, disabled=False)
    assert store.faces_of(ana, NOON)
    with pytest.raises(UnknownBiometric):
        writer.disable_biometric("b-none", OPERATOR, disabled=True)


def test_a_finger_is_found_at_its_sensor_alone(
    writer: PeopleWriter, store: BiometricReader, ana: str
) -> None:
    """A template is asked of the sensor that keeps it, and of no other."""
    consent = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_finger(consent.id, duress=True), OPERATOR)
    (finger,) = store.fingers_of(ana, SENSOR, NOON)
    assert (finger.template, finger.duress) == ("slot-1", True)
    assert store.fingers_of(ana, "other.finger", NOON) == ()


def test_the_record_learns_of_no_duress_finger(writer: PeopleWriter, home: Home, ana: str) -> None:
    """What is told of a duress finger is what is told of any finger."""
    consent = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_finger(consent.id, "slot-1"), OPERATOR)
    writer.enrol_biometric(ana, a_finger(consent.id, "slot-2", duress=True), OPERATOR)
    one, other = (row["detail"] for row in list(outbox(home))[-2:])
    assert one == other


def test_an_erased_face_is_nowhere_in_the_files(
    writer: PeopleWriter, home: Home, rows: BiometricQueries, ana: str
) -> None:
    """Neither the sealed template nor the wrapped key is in the database, its log or its index."""
    consent = writer.give_consent(ana, "face", TEXT, OPERATOR)
    face = a_face(consent.id, ana)
    writer.enrol_biometric(ana, face, OPERATOR)
    assert face.sealed is not None
    assert face.key is not None
    needles = (face.sealed, face.sealed[:64], face.key.wrapped)
    assert all(search(home.people, (needle,))[0] for needle in needles), "the search itself finds them"
    erasure = writer.erase_biometrics(ana, ("face",), OPERATOR)
    assert search(home.people, needles)[0], "before the files are scrubbed the log still has them"
    scrubbed = writer.scrub({erasure.receipt: erasure.needles})
    assert scrubbed.clean
    assert scrubbed.searched_bytes > 0
    for file in home.people.parent.rglob("*"):
        if file.is_file():
            assert not any(needle in file.read_bytes() for needle in needles)
    assert erasure.key == "k-1"
    assert rows.biometrics() == []


def test_what_is_to_be_cleaned_is_known_until_it_is_clean(writer: PeopleWriter, home: Home, ana: str) -> None:
    """Also to who comes next and knows not what to search for; another erasure's cleaning is not its own."""
    consent = writer.give_consent(ana, "face", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_face(consent.id, ana), OPERATOR)
    assert writer.unscrubbed() == frozenset()
    erasure = writer.erase_biometrics(ana, ("face",), OPERATOR)
    writer.scrub({"e-another": (b"another",)})
    next_one = PeopleWriter(home.people)
    assert next_one.unscrubbed() == {erasure.receipt}
    scrubbed = next_one.scrub_anew({erasure.receipt})
    assert (scrubbed.clean, scrubbed.rewritten) == (True, True)
    assert next_one.unscrubbed() == frozenset()
    assert not search(home.people, erasure.needles)[0]
    next_one.close()


def test_a_file_written_anew_has_nothing_in_unused_parts(home: Home, writer: PeopleWriter, ana: str) -> None:
    """Where nobody knows any more what was erased, it goes all the same."""
    needle = secrets.token_bytes(300)
    _leave_a_copy(home, ana, needle)
    assert search(home.people, (needle,))[0]
    assert writer.scrub_anew({"e-1"}).clean
    assert not search(home.people, (needle,))[0]


def test_copies_in_unused_parts_of_pages_are_found(home: Home, writer: PeopleWriter, ana: str) -> None:
    """Where a page still holds what was deleted, the whole database is written anew."""
    needle = secrets.token_bytes(300)
    _leave_a_copy(home, ana, needle)
    assert search(home.people, (needle,))[0]
    scrubbed = writer.scrub({"e-1": (needle,)})
    assert scrubbed.clean
    assert scrubbed.rewritten
    assert not search(home.people, (needle,))[0]


def _leave_a_copy(home: Home, ana: str, needle: bytes) -> None:
    with closing(sqlite3.connect(home.people, isolation_level=None)) as careless:
        careless.execute("PRAGMA secure_delete=OFF")
        careless.execute(
            "INSERT INTO person_key (person, id, wrapped, made_at) VALUES (?, 'k-1', ?, 'now')", [ana, needle]
        )
        careless.execute("DELETE FROM person_key")
        careless.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_somebody_who_reads_for_ever_is_told_of(home: Home, writer: PeopleWriter, ana: str) -> None:
    """A log that cannot be emptied is no clean erasure, and is emptied once the reader has gone."""
    consent = writer.give_consent(ana, "face", TEXT, OPERATOR)
    with closing(reader(home.people)) as slow:
        slow.execute("BEGIN")
        slow.execute("SELECT count(*) FROM person").fetchone()
        writer.enrol_biometric(ana, a_face(consent.id, ana), OPERATOR)
        erasure = writer.erase_biometrics(ana, ("face",), OPERATOR)
        pauses: list[float] = []
        with closing(sqlite3.connect(home.people, isolation_level=None)) as connection:
            connection.execute("PRAGMA busy_timeout=4321")
            scrubbed = scrub(connection, home.people, erasure.needles, pauses.append)
            assert connection.execute("PRAGMA busy_timeout").fetchone() == (4321,)
        assert not scrubbed.clean
        assert scrubbed.why
        assert pauses
    assert writer.scrub({erasure.receipt: erasure.needles}).clean


def test_the_key_lives_while_a_face_is_left(writer: PeopleWriter, ana: str) -> None:
    """Erasing fingers leaves faces and their key; the last face takes the key along."""
    face = writer.give_consent(ana, "face", TEXT, OPERATOR)
    finger = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_face(face.id, ana), OPERATOR)
    writer.enrol_biometric(ana, a_finger(finger.id), OPERATOR)
    assert writer.erase_biometrics(ana, ("fingerprint",), OPERATOR).key is None
    assert writer.erase_biometrics(ana, ("face",), OPERATOR).key == "k-1"
    with pytest.raises(NothingToErase):
        writer.erase_biometrics(ana, ("face", "fingerprint"), OPERATOR)


def test_consent_taken_back_erases(
    writer: PeopleWriter, home: Home, rows: BiometricQueries, ana: str
) -> None:
    """What was enrolled under it goes with it, the other kind stays, and both go into the record."""
    face = writer.give_consent(ana, "face", TEXT, OPERATOR)
    finger = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_face(face.id, ana), OPERATOR)
    writer.enrol_biometric(ana, a_finger(finger.id), OPERATOR)
    erasure = writer.withdraw_consent(ana, "face", OPERATOR)
    assert [row.kind for row in erasure.biometrics] == ["face"]
    assert [row.kind for row in rows.biometrics(ana)] == ["fingerprint"]
    withdrawn = next(row for row in rows.consents(ana) if row.kind == "face")
    assert withdrawn.withdrawn_at == NOON
    assert [row["type"] for row in list(outbox(home))[-2:]] == ["consent_withdrawn", "data_erased"]
    with pytest.raises(NoConsent):
        writer.withdraw_consent(ana, "face", OPERATOR)
    with pytest.raises(NoConsent):
        writer.enrol_biometric(ana, a_face(face.id, ana), OPERATOR)


def test_consent_taken_back_before_anything_was_enrolled(writer: PeopleWriter, home: Home, ana: str) -> None:
    """There is nothing to erase then, and nothing is told as erased."""
    writer.give_consent(ana, "face", TEXT, OPERATOR)
    assert writer.withdraw_consent(ana, "face", OPERATOR).biometrics == ()
    assert list(outbox(home))[-1]["type"] == "consent_withdrawn"


def test_a_sensor_has_to_forget_what_was_erased(
    writer: PeopleWriter, home: Home, rows: BiometricQueries, store: BiometricReader, ana: str
) -> None:
    """The name stays taken until the sensor has erased the template; then the record hears of it."""
    consent = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_finger(consent.id), OPERATOR)
    erasure = writer.erase_biometrics(ana, ("fingerprint",), OPERATOR)
    gone = Forgetting(SENSOR, "slot-1", erasure.receipt)
    assert erasure.forget == (gone,)
    assert rows.to_forget(NOON.isoformat()) == [gone]
    assert rows.waiting() == [gone]
    assert "slot-1" in store.templates_at(SENSOR)
    writer.forgotten(gone, OPERATOR)
    assert rows.waiting() == []
    assert store.templates_at(SENSOR) == frozenset()
    told = list(outbox(home))[-1]
    assert (told["type"], told["credential"]) == ("data_erased", erasure.receipt)
    assert told["detail"]["left_in_sensors"] == 0
    before = len(list(outbox(home)))
    writer.forgotten(gone, OPERATOR)
    assert len(list(outbox(home))) == before, "it is told once"


def test_an_orphan_template_is_forgotten_after_a_while(
    writer: PeopleWriter, home: Home, rows: BiometricQueries, clock: OwnClock
) -> None:
    """A template that was begun and never stored is due later, and no receipt speaks of it."""
    before = len(list(outbox(home)))
    writer.expect_template(SENSOR, "slot-3")
    assert rows.to_forget(clock().isoformat()) == []
    clock.pass_(timedelta(minutes=10))
    (gone,) = rows.to_forget(clock().isoformat())
    writer.forgotten(gone, OPERATOR)
    assert rows.to_forget(clock().isoformat()) == []
    assert len(list(outbox(home))) == before


def test_a_stored_template_is_no_orphan(
    writer: PeopleWriter, rows: BiometricQueries, clock: OwnClock, ana: str
) -> None:
    """What was expected and came is not forgotten."""
    consent = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.expect_template(SENSOR, "slot-1")
    writer.enrol_biometric(ana, a_finger(consent.id), OPERATOR)
    clock.pass_(timedelta(hours=1))
    assert rows.to_forget(clock().isoformat()) == []


def test_what_an_older_copy_brings_back_is_erased_again(
    writer: PeopleWriter, rows: BiometricQueries, ana: str
) -> None:
    """Exactly what is named goes: what was enrolled or agreed to since stays."""
    before = writer.give_consent(ana, "face", ConsentText("2025-1", "00" * 32), OPERATOR)
    consent = writer.give_consent(ana, "fingerprint", TEXT, OPERATOR)
    writer.enrol_biometric(ana, a_face(before.id, ana), OPERATOR)
    writer.enrol_biometric(ana, a_finger(consent.id), OPERATOR)
    (erasure,) = writer.erase_again({"b-face", "b-unknown"}, {before.id}, OPERATOR)
    assert erasure.key == "k-1"
    assert [row.id for row in rows.biometrics(ana)] == ["b-slot-1"]
    assert [row.id for row in rows.consents(ana) if row.withdrawn_at is None] == [consent.id]
    assert writer.erase_again({"b-face"}, {before.id}, OPERATOR) == []
