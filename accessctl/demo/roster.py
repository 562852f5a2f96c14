"""The people of the simulated warehouse, with their cards and PINs.

NOTE: all of this is invented for the demo, and all of it is public. Never enrol one of these card
numbers or PINs at a real door: anybody who has read this file could walk through it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from policies.ids import RoleId
from policies.people import CardStatus, Validity


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One invented person and the one card they carry."""

    handle: str
    """What the demo calls the person, such as ``ana-marsh``."""
    name: str
    role: RoleId
    """A role of the demo's site file."""
    card_number: bytes = field(repr=False)
    """The card's UID, 4 or 7 bytes as a reader gives them."""
    pin_code: str | None = field(default=None, repr=False)
    """4 to 6 digits, for those who may enter the cage."""
    card_status: CardStatus = CardStatus.ACTIVE
    card_validity: Validity = Validity()
    disabled: bool = False
    """Whether an admin has disabled the person."""


def _person(
    handle: str,
    name: str,
    role: str,
    uid: str,
    *,
    pin_code: str | None = None,
    card_status: CardStatus = CardStatus.ACTIVE,
    card_validity: Validity = Validity(),
    disabled: bool = False,
) -> RosterPerson:
    return RosterPerson(
        handle, name, RoleId(role), bytes.fromhex(uid), pin_code, card_status, card_validity, disabled
    )


# Far enough from any day on which the demo is run.
_PAST: Final = Validity(end=datetime(2024, 1, 31, tzinfo=UTC))
_NOT_YET: Final = Validity(start=datetime(2099, 1, 1, tzinfo=UTC))

ROSTER: Final[tuple[RosterPerson, ...]] = (
    _person("ana-marsh", "Ana Marsh", "picker-early", "04 61 92 8A 61 0C 55"),
    _person("tomasz-wilk", "Tomasz Wilk", "picker-early", "04 80 69 10 3B 1B FE"),
    _person("grace-adeyemi", "Grace Adeyemi", "picker-early", "3C D6 E9 E6"),
    _person("liam-okafor", "Liam Okafor", "picker-early", "04 F8 FC F0 E9 B8 62"),
    _person("priya-nair", "Priya Nair", "picker-early", "04 C7 CF F3 93 7B E5"),
    _person("joel-hartnell", "Joel Hartnell", "picker-early", "CC AF 90 48", card_status=CardStatus.REVOKED),
    _person("mihaela-popa", "Mihaela Popa", "picker-early", "04 50 4E 95 8D DB 46"),
    _person("samir-haddad", "Samir Haddad", "picker-early", "04 9B F1 2F 62 1A DA"),
    _person("chloe-bannister", "Chloe Bannister", "picker-late", "D8 92 64 C3"),
    _person("ewan-muir", "Ewan Muir", "picker-late", "04 7C C8 90 93 63 02"),
    _person("fatou-diallo", "Fatou Diallo", "picker-late", "04 A0 59 FD C7 C3 3F"),
    _person("hugo-lindqvist", "Hugo Lindqvist", "picker-late", "C5 B3 72 FF"),
    _person("irene-carvalho", "Irene Carvalho", "picker-late", "04 3B 3C DC D6 B1 04"),
    _person("kofi-mensah", "Kofi Mensah", "picker-late", "04 99 28 7C 70 E4 F2"),
    _person("leila-karimi", "Leila Karimi", "picker-late", "39 17 96 FC"),
    _person("zoe-thackray", "Zoe Thackray", "picker-late", "04 16 97 5B 26 DF FA", card_validity=_NOT_YET),
    _person("bartek-nowicki", "Bartek Nowicki", "driver", "04 C0 A5 21 B9 A2 51"),
    _person("dafydd-pryce", "Dafydd Pryce", "driver", "3C 61 EC 41"),
    _person("omar-siddiqui", "Omar Siddiqui", "driver", "04 AC 7B 97 A7 F2 B0"),
    _person("rosa-villar", "Rosa Villar", "driver", "04 03 02 EB 9E 73 95"),
    _person("stefan-ilic", "Stefan Ilic", "driver", "20 70 AC 1E"),
    _person("wes-calloway", "Wes Calloway", "driver", "04 76 D2 C8 C8 77 96", card_validity=_PAST),
    _person("aino-virtanen", "Aino Virtanen", "cold-operator", "04 92 18 73 08 BE 6E"),
    _person("callum-reidy", "Callum Reidy", "cold-operator", "5C C8 4E D7"),
    _person("nadia-benali", "Nadia Benali", "cold-operator", "04 D8 D3 1D BC 43 37"),
    _person("pavel-dvorsky", "Pavel Dvorsky", "cold-operator", "04 A5 9C 9D 12 EA B9"),
    _person("tess-whitlock", "Tess Whitlock", "cold-operator", "72 A4 7A BB", card_status=CardStatus.LOST),
    _person("harriet-lowe", "Harriet Lowe", "stock-controller", "04 40 C1 A5 79 00 20", pin_code="4539"),
    _person("yusuf-demir", "Yusuf Demir", "stock-controller", "04 C6 EA AC 06 B3 9B", pin_code="6046"),
    _person("marta-quill", "Marta Quill", "supervisor", "37 72 51 1B", pin_code="6076"),
    _person("desmond-achebe", "Desmond Achebe", "supervisor", "04 FC B5 FB 3A 8B 05", pin_code="2176"),
    _person("siobhan-farrell", "Siobhan Farrell", "supervisor", "04 82 57 F8 6C 45 88", pin_code="80075"),
    _person("viktor-hale", "Viktor Hale", "guard", "40 2F 89 23", pin_code="0126"),
    _person("jamila-osei", "Jamila Osei", "guard", "04 CD D5 CA A7 B9 B5", pin_code="9869"),
    _person("rhys-tanner", "Rhys Tanner", "guard", "04 4C F0 30 D9 77 19", pin_code="3657"),
    _person("beth-ashdown", "Beth Ashdown", "office", "CA 41 D7 B8"),
    _person("noah-feldman", "Noah Feldman", "office", "04 50 EC 1D 69 F6 C9", disabled=True),
    _person("mei-tanaka", "Mei Tanaka", "office", "04 0D 2E 34 73 3F 15"),
    _person("carmen-ruiz", "Carmen Ruiz", "cleaner", "C7 22 A4 46"),
    _person("lukas-brandt", "Lukas Brandt", "cleaner", "04 3B FD C8 8A 26 36"),
)
"""40 people. Five of them make a day with refusals: a revoked card (joel-hartnell), a card that is not
valid yet (zoe-thackray), one that is no longer valid (wes-calloway), a lost card (tess-whitlock) and a
person who is disabled (noah-feldman)."""

BY_HANDLE: Final[Mapping[str, RosterPerson]] = MappingProxyType({person.handle: person for person in ROSTER})
