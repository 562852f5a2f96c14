"""Who is being checked where: one person's code, finger or face serves one access point at a time."""

from policies.ids import AccessPointId, PersonId


class Claims:
    """Remembers at which access point a person is asked for something. Used from one thread."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._where: dict[PersonId, AccessPointId] = {}

    def claim(self, person: PersonId, point: AccessPointId) -> bool:
        """Have this person checked here, unless they are being checked elsewhere."""
        return self._where.setdefault(person, point) == point

    def release(self, point: AccessPointId) -> None:
        """Check nobody here any more."""
        for person in [person for person, where in self._where.items() if where == point]:
            del self._where[person]
