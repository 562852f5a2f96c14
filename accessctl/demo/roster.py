"""The people of the simulated warehouse, with their cards, PINs and codes.

NOTE: all of this is invented for the demo, and all of it is public. Never enrol one of these card
numbers, PINs or codes at a real door: anybody who has read this file could walk through it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from policies.ids import GroupId, LevelId, QualificationId, RoleId
from policies.people import CardStatus, UseLimits, Validity


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One invented person, what they show, and what they may besides what their role may.

    What ends is given in days and hours, counted from the first minute of the day on which the demo's home is
    made: so it is today's end whenever that is.
    """

    handle: str
    """What the demo calls the person, such as ``ana-marsh``."""
    name: str
    role: RoleId
    """A role of the demo's site file."""
    card_number: bytes = field(repr=False)
    """The card's UID, 4 or 7 bytes as a reader gives them."""
    pin_code: str | None = field(default=None, repr=False)
    """4 to 6 digits, for those who may enter the cage, and who come in at night."""
    duress_pin_code: str | None = field(default=None, repr=False)
    """Typed instead of the PIN by somebody under threat."""
    keypad_code: str | None = field(default=None, repr=False)
    """6 digits, for the gate."""
    card_status: CardStatus = CardStatus.ACTIVE
    card_validity: Validity = Validity()
    disabled: bool = False
    """Whether an admin has disabled the person."""
    groups: tuple[GroupId, ...] = ()
    uses: UseLimits = UseLimits()
    exempt: bool = False
    """Whether passback does not count for this person."""
    extended: bool = False
    """Whether doors give this person more time."""
    ends_after: timedelta | None = None
    """After how long the person's access ends."""
    unseen: timedelta = timedelta()
    """For how long the person has not been here."""
    qualified: tuple[tuple[QualificationId, timedelta], ...] = ()
    """What they are qualified for, and for how long yet; below nothing where it is over."""
    lent: tuple[tuple[LevelId, timedelta], ...] = ()
    """Levels that they have for a while, and for how long yet."""


def _person(handle: str, name: str, role: str, uid: str, pin_code: str | None = None) -> RosterPerson:
    return RosterPerson(handle, name, RoleId(role), bytes.fromhex(uid), pin_code)


_PEOPLE: Final = (
    _person("ana-marsh", "Ana Marsh", "picker-early", "04 61 92 8A 61 0C 55"),
    _person("tomasz-wilk", "Tomasz Wilk", "picker-early", "04 80 69 10 3B 1B FE"),
    _person("grace-adeyemi", "Grace Adeyemi", "picker-early", "3C D6 E9 E6"),
    _person("liam-okafor", "Liam Okafor", "picker-early", "04 F8 FC F0 E9 B8 62"),
    _person("priya-nair", "Priya Nair", "picker-early", "04 C7 CF F3 93 7B E5"),
    _person("joel-hartnell", "Joel Hartnell", "picker-early", "CC AF 90 48"),
    _person("mihaela-popa", "Mihaela Popa", "picker-early", "04 50 4E 95 8D DB 46"),
    _person("samir-haddad", "Samir Haddad", "visitor", "04 9B F1 2F 62 1A DA"),
    _person("chloe-bannister", "Chloe Bannister", "picker-late", "D8 92 64 C3"),
    _person("ewan-muir", "Ewan Muir", "picker-late", "04 7C C8 90 93 63 02"),
    _person("fatou-diallo", "Fatou Diallo", "visitor", "04 A0 59 FD C7 C3 3F"),
    _person("hugo-lindqvist", "Hugo Lindqvist", "picker-late", "C5 B3 72 FF"),
    _person("irene-carvalho", "Irene Carvalho", "picker-late", "04 3B 3C DC D6 B1 04"),
    _person("kofi-mensah", "Kofi Mensah", "picker-late", "04 99 28 7C 70 E4 F2"),
    _person("leila-karimi", "Leila Karimi", "picker-late", "39 17 96 FC"),
    _person("zoe-thackray", "Zoe Thackray", "picker-late", "04 16 97 5B 26 DF FA"),
    _person("bartek-nowicki", "Bartek Nowicki", "driver", "04 C0 A5 21 B9 A2 51"),
    _person("dafydd-pryce", "Dafydd Pryce", "driver", "3C 61 EC 41"),
    _person("omar-siddiqui", "Omar Siddiqui", "driver", "04 AC 7B 97 A7 F2 B0"),
    _person("rosa-villar", "Rosa Villar", "driver", "04 03 02 EB 9E 73 95"),
    _person("stefan-ilic", "Stefan Ilic", "driver", "20 70 AC 1E"),
    _person("wes-calloway", "Wes Calloway", "driver", "04 76 D2 C8 C8 77 96"),
    _person("aino-virtanen", "Aino Virtanen", "cold-operator", "04 92 18 73 08 BE 6E"),
    _person("callum-reidy", "Callum Reidy", "cold-operator", "5C C8 4E D7"),
    _person("nadia-benali", "Nadia Benali", "cold-operator", "04 D8 D3 1D BC 43 37"),
    _person("pavel-dvorsky", "Pavel Dvorsky", "cold-operator", "04 A5 9C 9D 12 EA B9"),
    _person("tess-whitlock", "Tess Whitlock", "cold-operator", "72 A4 7A BB"),
    _person("harriet-lowe", "Harriet Lowe", "stock-controller", "04 40 C1 A5 79 00 20", "4539"),
    _person("yusuf-demir", "Yusuf Demir", "stock-controller", "04 C6 EA AC 06 B3 9B", "6046"),
    _person("marta-quill", "Marta Quill", "supervisor", "37 72 51 1B", "6076"),
    _person("desmond-achebe", "Desmond Achebe", "supervisor", "04 FC B5 FB 3A 8B 05", "2176"),
    _person("siobhan-farrell", "Siobhan Farrell", "supervisor", "04 82 57 F8 6C 45 88", "80075"),
    _person("viktor-hale", "Viktor Hale", "guard", "40 2F 89 23", "0126"),
    _person("jamila-osei", "Jamila Osei", "guard", "04 CD D5 CA A7 B9 B5", "9869"),
    _person("rhys-tanner", "Rhys Tanner", "guard", "04 4C F0 30 D9 77 19", "3657"),
    _person("beth-ashdown", "Beth Ashdown", "office", "CA 41 D7 B8"),
    _person("noah-feldman", "Noah Feldman", "office", "04 50 EC 1D 69 F6 C9"),
    _person("mei-tanaka", "Mei Tanaka", "office", "04 0D 2E 34 73 3F 15"),
    _person("carmen-ruiz", "Carmen Ruiz", "cleaner", "C7 22 A4 46"),
    _person("lukas-brandt", "Lukas Brandt", "cleaner", "04 3B FD C8 8A 26 36"),
)

# What sets somebody apart. Who is not named here is like everybody of their role.

# Far enough from any day on which the demo is run.
_PAST: Final = Validity(end=datetime(2024, 1, 31, tzinfo=UTC))
_NOT_YET: Final = Validity(start=datetime(2099, 1, 1, tzinfo=UTC))

_CARDS: Final[Mapping[str, tuple[CardStatus, Validity]]] = {
    "joel-hartnell": (CardStatus.REVOKED, Validity()),
    "tess-whitlock": (CardStatus.LOST, Validity()),
    "wes-calloway": (CardStatus.ACTIVE, _PAST),
    "zoe-thackray": (CardStatus.ACTIVE, _NOT_YET),
}
_DISABLED: Final = frozenset({"noah-feldman"})

_DURESS_PINS: Final = {"jamila-osei": "5108"}
_KEYPAD_CODES: Final = {
    "bartek-nowicki": "480213",
    "dafydd-pryce": "915746",
    "omar-siddiqui": "263058",
    "rosa-villar": "731692",
    "stefan-ilic": "608437",
}

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "northline": ("dafydd-pryce", "omar-siddiqui", "rosa-villar"),
    "swiftcrew": ("liam-okafor", "hugo-lindqvist", "kofi-mensah"),
    "seasonal": ("mihaela-popa",),
}

# An auditor's pass for one visit, by two doors; a driver who is paid for one tour a day, by gate and dock.
_USES: Final = {"samir-haddad": UseLimits(total=2), "stefan-ilic": UseLimits(a_day=2)}
# She goes wherever she is called, and follows others through doors.
_EXEMPT: Final = frozenset({"siobhan-farrell"})
# In a wheelchair.
_EXTENDED: Final = frozenset({"irene-carvalho"})
# Her contract ends at six in the evening, in the middle of the late shift.
_ENDS_AFTER: Final = {"leila-karimi": timedelta(hours=18)}
# Back for the season after eleven weeks.
_UNSEEN: Final = {"mihaela-popa": timedelta(days=77)}

_LONG: Final = timedelta(days=5 * 365)
_OVER: Final = timedelta(days=-3)
_BRIEFED: Final[Mapping[str, timedelta]] = {
    **dict.fromkeys(("aino-virtanen", "callum-reidy", "nadia-benali", "pavel-dvorsky"), _LONG),
    **dict.fromkeys(("tess-whitlock", "marta-quill", "desmond-achebe", "siobhan-farrell"), _LONG),
    **dict.fromkeys(("viktor-hale", "jamila-osei", "fatou-diallo"), _LONG),
    "rhys-tanner": _OVER,
}
"""Who was told about working in the cold, and for how long that counts yet."""

# She helps the late shift out today. He was lent the cold store, by somebody who had not read his contract.
_LENT: Final[Mapping[str, tuple[str, timedelta]]] = {
    "ana-marsh": ("floor-late", timedelta(hours=20)),
    "kofi-mensah": ("cold-store", timedelta(hours=22)),
}


def _as_they_are(person: RosterPerson) -> RosterPerson:
    """Add what sets this person apart."""
    handle = person.handle
    status, validity = _CARDS.get(handle, (CardStatus.ACTIVE, Validity()))
    briefed, lent = _BRIEFED.get(handle), _LENT.get(handle)
    return replace(
        person,
        duress_pin_code=_DURESS_PINS.get(handle),
        keypad_code=_KEYPAD_CODES.get(handle),
        card_status=status,
        card_validity=validity,
        disabled=handle in _DISABLED,
        groups=tuple(GroupId(group) for group, members in _GROUPS.items() if handle in members),
        uses=_USES.get(handle, UseLimits()),
        exempt=handle in _EXEMPT,
        extended=handle in _EXTENDED,
        ends_after=_ENDS_AFTER.get(handle),
        unseen=_UNSEEN.get(handle, timedelta()),
        qualified=() if briefed is None else ((QualificationId("cold-work"), briefed),),
        lent=() if lent is None else ((LevelId(lent[0]), lent[1]),),
    )


ROSTER: Final[tuple[RosterPerson, ...]] = tuple(_as_they_are(person) for person in _PEOPLE)
"""40 people. Many have something of their own that makes a day of refusals; everybody else's is ordinary."""

BY_HANDLE: Final[Mapping[str, RosterPerson]] = MappingProxyType({person.handle: person for person in ROSTER})
