"""Why the people's store refused a change. Each has words for the admin and none of them a secret."""

from accessctl.store.errors import StoreError


class ChangeRefused(StoreError):
    """The change contradicts what is stored. Nothing was changed."""


class UnknownPerson(ChangeRefused):
    """There is no person with this id."""

    def __init__(self, person: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no person {person}")
        self.person = person


class UnknownCard(ChangeRefused):
    """There is no card with this id."""

    def __init__(self, card: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no card {card}")
        self.card = card


class DuplicatePerson(ChangeRefused):
    """The id is taken."""

    def __init__(self, person: str) -> None:
        """Name the id."""
        super().__init__(f"there is a person {person} already")
        self.person = person


class DuplicateCard(ChangeRefused):
    """The card is enrolled already."""

    def __init__(self, card: str, person: str) -> None:
        """Name the card and its person by their ids."""
        super().__init__(f"this card is enrolled already: it is {card} of {person}")
        self.card, self.person = card, person


class NoPin(ChangeRefused):
    """The person has no PIN that could be removed."""

    def __init__(self, person: str) -> None:
        """Name the person by id."""
        super().__init__(f"{person} has no PIN")
        self.person = person
