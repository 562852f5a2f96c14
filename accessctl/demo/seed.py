"""Prepares the home of the simulated warehouse: its site file, its keys, its stores, its people.

What is there already is left as it is, so that whoever plays with the warehouse finds it tomorrow as
they left it today.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

from accessctl.config import load
from accessctl.demo.holders import lent_to, qualifications_of, validity_of
from accessctl.demo.roster import ROSTER, RosterPerson
from accessctl.home import Home
from accessctl.install import with_local
from accessctl.keys.cards import CardTagger, hint_of
from accessctl.keys.pins import PinHasher
from accessctl.keys.root import Purpose, RootKey
from accessctl.operators.first import First, has_operators, make_first
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.migrate import migrate
from accessctl.store.people import PeopleReader
from accessctl.store.people_queries import PeopleQueries, PersonRow
from accessctl.store.people_writer import NewCard, PeopleWriter
from hardware.signals import Technology
from policies.people import CardStatus

OPERATOR: Final = "demo"
"""Who enrolled the roster, as the record has it."""

_TECHNOLOGY: Final = Technology.ISO14443_UID


class NotADemo(Exception):
    """The home belongs to somebody else's installation."""


def prepare(home: Home, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Make a home with the roster in it. To be called while no API process runs on this home.

    ``now`` gives the instant at which people and the first operator are added. Raises ``NotADemo``: the
    roster's cards, PINs and codes are public, and must not get into any other installation.
    """
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.people.exists() or home.site_file.exists():
        _refuse_a_real_one(home)
    with suppress(FileExistsError):
        RootKey.create(home.root_key)
    migrate(home)
    enrol(home, now)
    first = First.here()
    if not has_operators(home):
        make_first(home, first, now)
    if not home.site_file.exists():
        home.site_file.write_text(with_local(site_text().decode(), {first.local: first.id}))


def _refuse_a_real_one(home: Home) -> None:
    """Let only a home pass that holds the roster, or nobody and no site file: one that was begun."""
    with suppress(PeopleUnavailable):
        people = PeopleQueries(home.people)
        if people.person(person_id(ROSTER[0])) or not (people.people(limit=1) or home.site_file.exists()):
            return
    raise NotADemo(f"{home.path} holds an installation that is not the demo; nothing in it was changed")


def site_text() -> bytes:
    """Give the demo's site file as it is shipped."""
    return files("accessctl.demo").joinpath("site.toml").read_bytes()


def person_id(person: RosterPerson) -> str:
    """Give the pseudonym under which the roster's people stand in the stores: always the same one."""
    return f"p-demo{ROSTER.index(person) + 1:02d}"


def enrol(home: Home, now: Callable[[], datetime]) -> None:
    """Add everybody of the roster who is not there yet, with all that they have.

    Nothing half-done is left by an interruption: whoever lacks a card is given the rest of what the
    roster says, and the card comes last.
    """
    queries = PeopleQueries(home.people)
    missing = [person for person in ROSTER if not _has_card(person, queries)]
    if not missing:
        return
    site = load(site_text().decode())
    root = RootKey.load(home.root_key)
    with closing(PeopleReader(home.people)) as reader:
        tagger = CardTagger(root.derive(Purpose.CARD_INDEX), reader.card_tag_scheme())
    hasher = PinHasher(root.derive(Purpose.PIN_PEPPER))
    most_codes = 0 if site.codes is None else site.codes.most
    made = now().astimezone(site.timezone)
    with closing(PeopleWriter(home.people, now)) as writer:
        for person in missing:
            row = queries.person(person_id(person)) or _added(person, made, writer)
            _let_be_as_they_are(person, row, made, writer)
            _give_pins(person, row, writer, hasher)
            if person.keypad_code is not None and not row.has_code:
                tag = tagger.tag(Technology.CODE, person.keypad_code.encode())
                writer.enrol_code(row.id, tag, most_codes, OPERATOR)
            _give_card(person, writer, tagger)


def _has_card(person: RosterPerson, queries: PeopleQueries) -> bool:
    return any(not card.is_code for card in queries.cards(person=person_id(person)))


def _added(person: RosterPerson, made: datetime, writer: PeopleWriter) -> PersonRow:
    return writer.add_person(
        person.name,
        (person.role,),
        OPERATOR,
        groups=person.groups,
        validity=validity_of(person, made),
        uses=person.uses,
        exempt=person.exempt,
        extended=person.extended,
        id_=person_id(person),
    )


def _let_be_as_they_are(person: RosterPerson, row: PersonRow, made: datetime, writer: PeopleWriter) -> None:
    """Say what is so of somebody who was not added a minute ago, and what they may for a while."""
    if person.disabled:
        writer.change_person(row.id, lambda before: replace(before, disabled=True), OPERATOR)
    if person.unseen:
        writer.change_person(row.id, lambda before: replace(before, seen_from=made - person.unseen), OPERATOR)
    for held in qualifications_of(person, made):
        writer.qualify(row.id, held.id, held.until, OPERATOR)
    for access in () if row.temporary else lent_to(person, made):
        writer.lend(row.id, access.level, access.validity, OPERATOR)


def _give_pins(person: RosterPerson, row: PersonRow, writer: PeopleWriter, hasher: PinHasher) -> None:
    if person.pin_code is not None and not row.has_pin:
        writer.set_pin(row.id, hasher.hash(row.id, person.pin_code), OPERATOR)
    if person.duress_pin_code is not None and not row.has_duress_pin:
        writer.set_duress_pin(row.id, hasher.hash(row.id, person.duress_pin_code), OPERATOR)


def _give_card(person: RosterPerson, writer: PeopleWriter, tagger: CardTagger) -> None:
    number = person.card_number
    card = NewCard(tagger.tag(_TECHNOLOGY, number), _TECHNOLOGY, hint_of(number), person.card_validity)
    row = writer.enrol_card(person_id(person), card, OPERATOR)
    if person.card_status is not CardStatus.ACTIVE:
        writer.change_card_status(row.id, person.card_status, OPERATOR)
