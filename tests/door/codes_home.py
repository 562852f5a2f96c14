"""A home with a key, one person and what codes need, for tests that start no door process."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from accessctl.home import Home
from accessctl.keys.code_generator import Generator, GeneratorSealer
from accessctl.keys.root import Purpose, RootKey
from accessctl.store.people_writer import NewGenerator, PeopleWriter
from policies.ids import CredentialId, PersonId
from policies.people import Card, Holder, Person
from tests.homes import new_home

ANA = PersonId("ana")
HOLDER = Holder(Person(ANA, ()), Card(CredentialId("c-1")))


def home_of_ana(folder: Path) -> Home:
    """Make the home."""
    home = new_home(folder)
    RootKey.create(home.root_key)
    with writing(home) as writer:
        writer.add_person("Ana Marsh", ("picker",), "tester", id_=ANA)
    return home


@contextmanager
def writing(home: Home) -> Iterator[PeopleWriter]:
    """Change people, as the office does."""
    with closing(PeopleWriter(home.people)) as writer:
        yield writer


def root_of(home: Home) -> RootKey:
    """Give the root key."""
    return RootKey.load(home.root_key)


def give_generator(home: Home, *, id_: str = "g-1", person: str = ANA, confirmed: bool = True) -> Generator:
    """Give Ana a code generator, sealed for ``person``, and return it."""
    made = Generator.new()
    sealed = GeneratorSealer(root_of(home).derive(Purpose.CODE_GENERATORS)).seal(person, id_, made.secret)
    with writing(home) as writer:
        new = NewGenerator(id_, sealed, made.digits, made.period_s, made.algorithm)
        writer.set_generator(ANA, new, "tester")
        if confirmed:
            writer.confirm_generator(ANA, id_, "tester")
    return made
