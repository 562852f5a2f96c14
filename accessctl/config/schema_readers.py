"""What a site file may say of readers and keypads: each kind has keys of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar, Final

from accessctl.config.by_kind import ByKind
from accessctl.config.kinds import Choice, Choices, Flag, Gpio, Ref, Text, Whole, Word
from accessctl.config.reading import Reading, Table, Wrong, as_list, as_text, check, key, show
from accessctl.config.wiring import FilePath, FormatName, Gpios, NfcPath, UsbPort
from hardware.specs import CardProof, NfcReads, UsbReads, WiegandKeys
from policies.factors import BIOMETRIC, Asks, Factor

HIGHEST_ADDRESS: Final = 126
"""OSDP keeps 127 for all readers of a line together."""
MOST_OUTPUTS: Final = 16
NEEDED_KEYS: Final = "0123456789*#"
_USUAL_KEYS: Final = ("123", "456", "789", "*0#")


class ReaderKind(Enum):
    """What reads the cards, or the keys."""

    PCSC = auto()
    NFC = auto()
    OSDP = auto()
    WIEGAND = auto()
    USB = auto()
    SIMULATED = auto()
    MATRIX = auto()
    USB_KEYPAD = auto()


class ReaderTable(Table):
    """What reads cards or keys at an access point."""

    reads_cards: ClassVar[bool] = True
    has_lights: ClassVar[bool] = False
    """Whether it brings light and buzzer along."""

    kind: ReaderKind = key(Choice(ReaderKind))

    @property
    def has_keys(self) -> bool | None:
        """Whether one can type at it; ``None`` where that could not be read."""
        return False

    @property
    def called(self) -> str:
        """What it is, for messages."""
        word = self.kind.name.lower().replace("_", " ")
        article = "an" if word in {"nfc", "osdp"} else "a"
        return (
            f"{article} {word} reader"
            if self.reads_cards
            else f"{article} {word.removesuffix(' keypad')} keypad"
        )

    def cannot_take(self, asks: Asks, *, keypad: bool, sensed: Factor) -> str | None:
        """Say what this reader lacks for what is asked; ``None`` when it lacks nothing.

        ``keypad`` tells whether there is one beside it, ``sensed`` for which of a finger and a face there is
        a sensor.
        """
        if not self.has("kind"):
            return None
        if asks.factors & Factor.CARD and not self.reads_cards:
            return f'{self.called} reads no cards; alone it can take asks = "pin" and nothing else'
        lacks = {} if keypad or self.has_keys is not False else _TYPED
        lacking = next((what for factor, what in lacks.items() if asks.factors & factor), None)
        lacking = lacking or _not_sensed(asks, sensed)
        return lacking and f"{self.called} has {lacking}"


_TYPED: Final[Mapping[Factor, str]] = {
    Factor.PIN: 'no keypad to type a PIN on; give it one, or write asks = "card"',
    Factor.CODE: 'no keypad to type a code on; give it one, or write asks = "card"',
}


_SENSED: Final[Mapping[Factor, str]] = {
    Factor.FINGERPRINT: "no fingerprint sensor beside it; give the access point finger = { kind = ... }",
    Factor.FACE: "no camera beside it; give the access point camera = { kind = ... }",
}


def _not_sensed(asks: Asks, sensed: Factor) -> str | None:
    """Say which sensor is lacking. Where a finger or a face is asked for, either of them will do."""
    for factor, what in _SENSED.items():
        for way in asks.ways:
            if way & factor & ~sensed and not _has_its_like(way, asks, sensed):
                return what if asks.factors & BIOMETRIC == factor else _NEITHER
    return None


def _has_its_like(way: Factor, asks: Asks, sensed: Factor) -> bool:
    return any(other & ~BIOMETRIC == way & ~BIOMETRIC and other & BIOMETRIC & sensed for other in asks.ways)


_NEITHER: Final = 'no sensor for a finger or face beside it; give it finger or camera, or write asks = "card"'


class PcscTable(ReaderTable):
    """A contactless reader behind pcscd."""

    name: str | None = key(Text(128), None)
    usb_port: str | None = key(UsbPort(), None)
    proofs: tuple[CardProof, ...] = key(Choices(CardProof), ())
    plain_uid: bool = key(Flag(), default=True)
    passes: bool = key(Flag(), default=False)
    opensc: str | None = key(FilePath(), None)

    @check("proofs", "plain_uid", "passes", at="plain_uid")
    def can_read_something(self) -> str | None:
        """Refuse a reader at which no card counts."""
        if self.plain_uid or self.proofs or self.passes:
            return None
        return "without proofs and passes no card would count here; leave this out"

    @check("proofs", "opensc", at="opensc")
    def has_a_use_for_opensc(self) -> str | None:
        """Refuse a library that nothing uses."""
        unused = self.opensc is not None and CardProof.PIV not in self.proofs
        return 'is for readers with "piv" among their proofs; leave this out' if unused else None

    @check("name", "usb_port", at="name")
    def can_be_found(self) -> str | None:
        """Ask for one way to find the reader."""
        if self.name is None and self.usb_port is None:
            return 'is missing: a pcsc reader is found by its name, such as "ACS ACR122U", or by its usb_port'
        if self.name is not None and self.usb_port is not None:
            return "the reader is found by its usb_port; leave this out"
        return None


class NfcTable(ReaderTable):
    """A reader that nfcpy drives."""

    path: str = key(NfcPath())
    reads: NfcReads = key(Choice(NfcReads), NfcReads.UID)


class OsdpTable(ReaderTable):
    """A reader on an OSDP line."""

    has_lights: ClassVar[bool] = True

    bus: str = key(Ref("buses"))
    address: int = key(Whole(0, HIGHEST_ADDRESS))
    format: str | None = key(FormatName(), None)
    keypad: bool = key(Flag(), default=False)
    sounder_output: int | None = key(Whole(0, MOST_OUTPUTS - 1), None)

    @property
    def has_keys(self) -> bool | None:
        """Whether its keys count."""
        return self.keypad if self.has("keypad") else None


class WiegandTable(ReaderTable):
    """A reader on two lines."""

    d0_gpio: int = key(Gpio())
    d1_gpio: int = key(Gpio())
    format: str = key(FormatName())
    keys_: WiegandKeys = key(Word({keys.value: keys for keys in WiegandKeys}), WiegandKeys.NONE, name="keys")

    @property
    def has_keys(self) -> bool | None:
        """Whether it sends keys."""
        return self.keys_ is not WiegandKeys.NONE if self.has("keys_") else None


class UsbTable(ReaderTable):
    """A badge reader that types."""

    usb_port: str = key(UsbPort())
    reads: UsbReads = key(Choice(UsbReads), UsbReads.TEXT)
    reversed: bool = key(Flag(), default=False)

    @check("reads", "reversed")
    def has_bytes(self) -> str | None:
        """Refuse to turn round what has no bytes."""
        if self.reads in {UsbReads.TEXT, UsbReads.PASS} and self.reversed:
            return 'only what reads "hex" or "decimal" has bytes to turn round; leave this out'
        return None


@dataclass(frozen=True, slots=True)
class KeyRows:
    """The keys of a keypad, row by row."""

    def read(self, value: object, _at: str, _reading: Reading) -> tuple[str, ...]:
        """Take a list of texts, in which every key that people need is once."""
        rows = tuple(as_text(item) for item in as_list(value))
        all_keys = "".join(rows)
        missing = next((each for each in NEEDED_KEYS if each not in all_keys), None)
        if missing is not None:
            raise Wrong(f"has no key {show(missing)}")
        twice = next((each for each in NEEDED_KEYS if all_keys.count(each) > 1), None)
        if twice is not None:
            raise Wrong(f"has the key {show(twice)} twice")
        return rows


class MatrixTable(ReaderTable):
    """A keypad of bare switches."""

    reads_cards: ClassVar[bool] = False

    row_gpios: tuple[int, ...] = key(Gpios())
    column_gpios: tuple[int, ...] = key(Gpios())
    keys_: tuple[str, ...] = key(KeyRows(), _USUAL_KEYS, name="keys")

    @property
    def has_keys(self) -> bool | None:
        """It is one."""
        return True

    @check("row_gpios", "column_gpios", "keys_")
    def has_a_line_for_each_key(self) -> str | None:
        """Want as many rows and columns of keys as there are lines."""
        rows, columns = len(self.row_gpios), len(self.column_gpios)
        if len(self.keys_) == rows and all(len(row) == columns for row in self.keys_):
            return None
        return f"must be {rows} texts of {columns} keys each, as there are row_gpios and column_gpios"


class UsbKeypadTable(ReaderTable):
    """A USB keypad."""

    reads_cards: ClassVar[bool] = False

    usb_port: str = key(UsbPort())

    @property
    def has_keys(self) -> bool | None:
        """It is one."""
        return True


class SimulatedTable(ReaderTable):
    """A reader in the simulated warehouse."""

    has_lights: ClassVar[bool] = True

    @property
    def has_keys(self) -> bool | None:
        """It has a keypad."""
        return True


KEYPADS: Final[Mapping[str, type[ReaderTable]]] = {"matrix": MatrixTable, "usb_keypad": UsbKeypadTable}
CARD_READERS: Final[Mapping[str, type[ReaderTable]]] = {
    "pcsc": PcscTable,
    "nfc": NfcTable,
    "osdp": OsdpTable,
    "wiegand": WiegandTable,
    "usb": UsbTable,
    "simulated": SimulatedTable,
}
A_KEYPAD: Final = ByKind("keypad", KEYPADS, ReaderTable)
A_CARD_READER: Final = ByKind("reader", CARD_READERS, ReaderTable)
A_READER: Final = ByKind("reader", {**CARD_READERS, **KEYPADS}, ReaderTable)
