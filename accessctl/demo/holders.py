"""Who the roster's people are to the rules, from the day on which the demo's home is made."""

from datetime import datetime, time

from accessctl.demo.roster import RosterPerson
from policies.ids import CredentialId, PersonId
from policies.people import Card, Holder, Person, Qualification, TemporaryAccess, UseLimits, Validity


def first_minute(made: datetime) -> datetime:
    """Give the beginning of the day on which the home is made; ``made`` is in the site's time zone."""
    return datetime.combine(made.date(), time(), made.tzinfo)


def validity_of(person: RosterPerson, made: datetime) -> Validity:
    """Give when the person's access ends."""
    if person.ends_after is None:
        return Validity()
    return Validity(end=first_minute(made) + person.ends_after)


def qualifications_of(person: RosterPerson, made: datetime) -> tuple[Qualification, ...]:
    """Give what the person is qualified for, and until when."""
    day = first_minute(made)
    return tuple(Qualification(id_, day + lasting) for id_, lasting in person.qualified)


def lent_to(person: RosterPerson, made: datetime) -> tuple[TemporaryAccess, ...]:
    """Give the levels that the person has for a while."""
    day = first_minute(made)
    return tuple(TemporaryAccess(level, Validity(day, day + lasting)) for level, lasting in person.lent)


def holder_of(person: RosterPerson, made: datetime) -> Holder:
    """Give the person with the card, as the store has them in a home that was made at this instant."""
    return Holder(
        Person(
            PersonId(person.handle),
            (person.role,),
            validity_of(person, made),
            disabled=person.disabled,
            has_pin=person.pin_code is not None,
            groups=person.groups,
            uses=None if person.uses == UseLimits() else person.uses,
            qualifications=qualifications_of(person, made),
            temporary=lent_to(person, made),
            exempt=person.exempt,
            extended=person.extended,
            seen_from=made - person.unseen,
        ),
        Card(CredentialId(person.handle), person.card_status, person.card_validity),
    )
