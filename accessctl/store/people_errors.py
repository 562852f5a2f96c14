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


class UnknownPass(ChangeRefused):
    """There is no pass with this id."""

    def __init__(self, pass_: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no pass {pass_}")
        self.pass_ = pass_


class DuplicatePerson(ChangeRefused):
    """The id is taken."""

    def __init__(self, person: str) -> None:
        """Name the id."""
        super().__init__(f"there is a person {person} already")
        self.person = person


class DeletedPerson(ChangeRefused):
    """The id was that of somebody who was deleted: the record knows them by it for good."""

    def __init__(self, person: str) -> None:
        """Name the id."""
        super().__init__(f"{person} was somebody else, who was deleted; the record knows them by it")
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


class NoDuressPin(ChangeRefused):
    """The person has no duress PIN that could be removed."""

    def __init__(self, person: str) -> None:
        """Name the person by id."""
        super().__init__(f"{person} has no duress PIN")
        self.person = person


class NoGenerator(ChangeRefused):
    """The person has no such generator of one-time codes."""

    def __init__(self, person: str) -> None:
        """Name the person by id."""
        super().__init__(f"{person} has no code generator, or another one by now")
        self.person = person


class CodesSpent(ChangeRefused):
    """As many codes are in use as the site allows: with one more, guessing would become too easy."""

    def __init__(self, most: int) -> None:
        """Say how many there may be."""
        super().__init__(f"{most} codes are in use, and the site allows no more")
        self.most = most


class NotQualified(ChangeRefused):
    """The person does not hold the qualification."""

    def __init__(self, person: str, qualification: str) -> None:
        """Name both by their ids."""
        super().__init__(f"{person} does not hold {qualification}")
        self.person, self.qualification = person, qualification


class UnknownLoan(ChangeRefused):
    """There is no temporary access with this id."""

    def __init__(self, loan: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no temporary access {loan}")
        self.loan = loan


class NoConsent(ChangeRefused):
    """The person has not agreed to it, or has taken it back."""

    def __init__(self, person: str, kind: str) -> None:
        """Name the person by id, and what is to be kept."""
        super().__init__(f"{person} has given no consent to have a {kind} kept")
        self.person, self.kind = person, kind


class AlreadyConsented(ChangeRefused):
    """The person has agreed to this very text."""

    def __init__(self, person: str, kind: str) -> None:
        """Name the person by id, and what is kept."""
        super().__init__(f"{person} has given consent to this text for a {kind} already")
        self.person, self.kind = person, kind


class NothingToErase(ChangeRefused):
    """The person has no finger or face of these kinds."""

    def __init__(self, person: str) -> None:
        """Name the person by id."""
        super().__init__(f"{person} has nothing of that kind enrolled")
        self.person = person


class UnknownBiometric(ChangeRefused):
    """There is no finger or face with this id."""

    def __init__(self, biometric: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no finger or face {biometric}")
        self.biometric = biometric


class OtherKey(ChangeRefused):
    """The person's key was destroyed or made anew while the enrolment went on."""

    def __init__(self, person: str) -> None:
        """Name the person by id."""
        super().__init__(f"the key of {person} is another one by now: enrol again")
        self.person = person
