"""People, what they are qualified for, and what they have for a while."""

from collections.abc import Iterator

from accessctl.answers import (
    Deleted,
    Done,
    Left,
    Loan,
    PeopleFound,
    Person,
    PersonDetails,
)
from accessctl.client.asking import ERASURE_S, PAGE, SILENCE_S, Asking, part
from accessctl.client.errors import raise_for


class PeopleCalls(Asking):
    """Calls about people."""

    def people(self, name: str | None = None, *, q: str | None = None) -> Iterator[Person]:
        """Give all people, those of exactly this name, or those found by words typed so far, page by page."""
        yield from self._pages("people", "/people", {"name": name, "q": q})

    def people_page(self, *, after: str = "", limit: int = PAGE, **wanted: object) -> PeopleFound:
        """Give one page of people. ``wanted``: ``q``, ``role``, ``group``, ``disabled``, ``has_card``."""
        query = {**wanted, "after": after, "limit": limit}
        found: PeopleFound = self._ask("GET", "/people", query=query)
        return found

    def person(self, person: str) -> PersonDetails:
        """Give one person."""
        found: PersonDetails = self._ask("GET", f"/people/{part(person)}")
        return found

    def add_person(self, name: str, roles: list[str], *, id_: str | None = None, **more: object) -> Person:
        """Add a person. ``more`` is ``groups`` and what ``change_person`` takes; instants have an offset."""
        added: Person = self._ask("POST", "/people", {"name": name, "roles": roles, "id": id_, **more})
        return added

    def change_person(self, person: str, **changes: object) -> Person:
        """Change fields of a person by the API's names (``PersonChange``); ``None`` takes a limit away."""
        changed: Person = self._ask("PATCH", f"/people/{part(person)}", changes)
        return changed

    def leave(self, person: str) -> Left:
        """Take everything from a person that opens doors; gives what was taken."""
        left: Left = self._ask("POST", f"/people/{part(person)}/leave")
        return left

    def delete_person(self, person: str) -> Deleted:
        """Delete a person with everything that they hold; gives the receipt."""
        deleted: Deleted = self._ask("DELETE", f"/people/{part(person)}", timeout_s=ERASURE_S)
        return deleted

    def copy_of(self, person: str) -> Iterator[bytes]:
        """Give a copy of all that is held of a person, as JSON, a piece at a time."""
        path = f"/people/{part(person)}/copy"
        with self._in_words(), self._http.stream("GET", path, timeout=SILENCE_S) as response:
            if response.is_error:
                response.read()
            raise_for(response)
            yield from response.iter_bytes()

    def qualify(self, person: str, qualification: str, until: str | None) -> None:
        """Let a person hold a qualification until then, or for good."""
        path = f"/people/{part(person)}/qualifications/{part(qualification)}"
        self._ask("PUT", path, {"until": until})

    def disqualify(self, person: str, qualification: str) -> None:
        """Take a person's qualification away."""
        self._ask("DELETE", f"/people/{part(person)}/qualifications/{part(qualification)}")

    def lend(self, person: str, level: str, until: str, *, valid_from: str | None = None) -> Loan:
        """Let a person have a level until then."""
        body = {"level": level, "valid_from": valid_from, "valid_until": until}
        loan: Loan = self._ask("POST", f"/people/{part(person)}/temporary-access", body)
        return loan

    def end_loan(self, loan: str) -> None:
        """Take back what was lent."""
        self._ask("DELETE", f"/temporary-access/{part(loan)}")

    def forgive_wrong_pins(self, person: str) -> Done:
        """Forget a person's wrong PINs."""
        done: Done = self._ask("POST", f"/people/{part(person)}/forgive-wrong-pins")
        return done
