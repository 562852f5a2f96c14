"""What a site file with real devices is turned into, and what is found in it."""

from collections.abc import Callable

import pytest

from accessctl.config import load
from accessctl.config.findings import findings
from accessctl.config.schema_doors import USUAL_BANDS
from hardware.card_formats import FORMATS, CardFormat, Parity, Span
from hardware.patterns import DARK, STEPS, Lamps, Step
from hardware.ports import Pattern
from hardware.signals import DeviceId
from hardware.specs import (
    AdcSpec,
    BoardKind,
    BoardSpec,
    CardProof,
    ContactSpec,
    FprintdSensorSpec,
    GpioAnnunciatorSpec,
    MatrixKeypadSpec,
    NfcReaderSpec,
    NfcReads,
    OsdpAnnunciatorSpec,
    OsdpBusSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    SimulatedReaderSpec,
    SimulatedSensorSpec,
    StrikeSpec,
    SupervisedContactSpec,
    UartSensorSpec,
    UsbKeypadSpec,
    UsbReaderSpec,
    UsbReads,
    WiegandKeys,
    WiegandReaderSpec,
)
from tests.config.sites import FULL, GOOD, WIRED, complaints_of, problems_of, spoilt

GATE_BUS = OsdpBusSpec("gate", "/dev/serial/by-path/platform-usb-0:1.2:1.0-port0", 9600)
YARD_BUS = OsdpBusSpec("yard", "/dev/ttyAMA2", 115200)
ACME_32 = CardFormat(
    "acme-32",
    32,
    Span(9, 30),
    Span(1, 8),
    (Parity(0, even=True, over=tuple(range(1, 16))), Parity(31, even=False, over=tuple(range(16, 31)))),
)
ACME_40 = CardFormat(
    "acme-40", 40, Span(16, 31), Span(4, 15), fixed=((0, True),), xor_bytes=True, extra=Span(1, 3)
)
TAPPED = (
    "note: access_points.side-in.reader: its wires are neither encrypted nor watched: whoever taps "
    "them learns every number and PIN, and can play them back"
)


@pytest.fixture(scope="module")
def board() -> BoardSpec:
    return load(WIRED).board


def device(name: str) -> DeviceId:
    return DeviceId(name)


def found_after(*changes: tuple[str, str]) -> list[str]:
    """Find what is wrong, save that nobody is sent to the sensors and cameras, one of each kind."""
    found = [str(finding) for finding in findings(load(spoilt(*changes, text=WIRED)))]
    return [each for each in found if "nobody is let through by it" not in each]


def test_the_board_has_its_chip_and_converter(board: BoardSpec) -> None:
    """The chip is known by its label, the converter by its four lines."""
    assert (board.kind, board.chip) == (BoardKind.PI, "pinctrl-rp1")
    assert board.adc == AdcSpec(11, 10, 9, 8)


def test_a_board_says_nothing_of_what_it_has_not() -> None:
    """Without the keys there is no converter, any chip will do, and patterns are as usual."""
    board = load(GOOD).board
    assert (board.chip, board.adc, board.patterns) == (None, None, STEPS)


def test_every_kind_of_reader_becomes_its_device(board: BoardSpec) -> None:
    """Each has its own keys, its line and the layout of its cards."""
    assert board.readers == (
        OsdpReaderSpec(
            device("gate-in.reader"), GATE_BUS, 1, FORMATS["h10301"], keypad=True, sounder_output=0
        ),
        OsdpReaderSpec(device("gate-out.reader"), GATE_BUS, 2),
        WiegandReaderSpec(device("side-in.reader"), 5, 6, ACME_32, WiegandKeys.BITS_4),
        PcscReaderSpec(
            device("side-out.reader"),
            usb_port="1-1.3",
            proofs=(CardProof.PKOC, CardProof.PIV),
            plain_uid=False,
            site=bytes.fromhex("0f5bf572d097080ca68e999981ab79ab"),
            opensc="/opt/opensc/lib/opensc-pkcs11.so",
        ),
        NfcReaderSpec(device("store-in.reader"), "tty:AMA0:pn532", NfcReads.NDEF),
        MatrixKeypadSpec(device("store-in.keypad"), (7, 12, 13, 16), (19, 22, 23)),
        UsbReaderSpec(device("store-out.reader"), "1-1.4", UsbReads.HEX, reversed=True),
        UsbKeypadSpec(device("plant-in.reader"), "1-1.2"),
        NfcReaderSpec(device("plant-out.reader"), "usb:072f:2200"),
        OsdpReaderSpec(device("assembly.reader"), YARD_BUS, 1, ACME_40),
    )


def test_every_kind_of_fingerprint_sensor_becomes_its_device(board: BoardSpec) -> None:
    """Behind fprintd by its name, or on a serial line with its speed and password, beside its point."""
    port = "/dev/serial/by-path/platform-fe980000.usb-usb-0:1.1:1.0-port0"
    gate, side = DeviceId("gate-in.finger"), DeviceId("side-in.finger")
    assert board.fingers == (
        FprintdSensorSpec(gate, "Goodix"),
        UartSensorSpec(side, port, 19200, 4711),
    )
    assert load(WIRED).finger_of_point == {"gate-in": gate, "side-in": side}
    assert SimulatedSensorSpec(DeviceId("inner-in.finger")) in load(FULL).board.fingers


def test_lights_are_built_in_or_on_lines(board: BoardSpec) -> None:
    """An OSDP reader brings its own, at a muster point too; others have lines."""
    assert board.annunciators == (
        OsdpAnnunciatorSpec(device("gate-in.annunciator"), device("gate-in.reader")),
        OsdpAnnunciatorSpec(device("gate-out.annunciator"), device("gate-out.reader")),
        GpioAnnunciatorSpec(device("side-in.annunciator"), 20, 21, 26, active_low=True),
        OsdpAnnunciatorSpec(device("assembly.annunciator"), device("assembly.reader")),
    )


def test_a_contact_is_on_a_line_or_on_a_channel(board: BoardSpec) -> None:
    """What the file leaves out of a supervised contact is as the device has it."""
    contacts = {contact.id: contact for contact in board.contacts}
    assert contacts[device("gate.position")] == SupervisedContactSpec(
        device("gate.position"), 0, normally_closed=True, low=0.1, middle=0.4, high=0.9, debounce_ms=30
    )
    assert contacts[device("gate.exit_request")] == SupervisedContactSpec(device("gate.exit_request"), 1)
    assert contacts[device("input.fire")] == SupervisedContactSpec(
        device("input.fire"), 4, normally_closed=True
    )
    assert contacts[device("gate.bond")] == ContactSpec(
        device("gate.bond"), 18, normally_closed=True, debounce_ms=50
    )


def test_the_usual_bands_are_those_of_the_device() -> None:
    """They are written once for the file and once for the device, and are the same."""
    spec = SupervisedContactSpec(device("x"), 0)
    assert (spec.low, spec.middle, spec.high) == USUAL_BANDS


def test_a_strike_may_have_a_longest_time(board: BoardSpec) -> None:
    """Where the file says nothing it is made for continuous duty."""
    strikes = {strike.id: strike for strike in board.strikes}
    longest = strikes[device("gate.strike")].longest_energised
    assert longest is not None
    assert longest.total_seconds() == 30
    assert strikes[device("store.strike")] == StrikeSpec(device("store.strike"), 25)


def test_the_maps_know_keypads_and_bond_sensors() -> None:
    """A keypad beside a reader belongs to its access point, and a bond sensor to its door."""
    site = load(WIRED)
    assert site.point_of_reader[device("store-in.reader")] == "store-in"
    assert site.point_of_reader[device("store-in.keypad")] == "store-in"
    assert site.door_of_bond == {"gate.bond": "gate", "side.bond": "side"}
    assert site.annunciator_of_point["assembly"] == "assembly.annunciator"  # type: ignore[index]
    read = {*site.point_of_reader, *site.muster_point_of_reader}
    assert read == {reader.id for reader in site.board.readers}
    watched = {
        *site.door_of_position,
        *site.door_of_exit_request,
        *site.door_of_tamper,
        *site.door_of_bond,
        *site.inputs,
    }
    assert watched == {contact.id for contact in site.board.contacts}


def test_the_site_knows_its_own_layouts_beside_the_others() -> None:
    """What an admin types is read by all of them."""
    assert load(WIRED).card_formats == {**FORMATS, "acme-32": ACME_32, "acme-40": ACME_40}
    assert load(GOOD).card_formats == FORMATS


def test_patterns_of_the_file_outrank_the_usual_ones(board: BoardSpec) -> None:
    """A step without a time stays."""
    assert board.patterns[Pattern.IDLE] == (Step(DARK),)
    assert board.patterns[Pattern.KEY] == (Step(Lamps(buzzer=True), 50),)
    assert board.patterns[Pattern.PIN_WANTED] == (Step(Lamps(green=True, red=True), 400), Step(DARK, 400))
    assert board.patterns.keys() == STEPS.keys()


def test_a_pattern_that_is_left_out_is_as_usual() -> None:
    """One line of the file changes one pattern."""
    patterns = load(f'{GOOD}\n[patterns]\nidle = [{{ show = ["green"] }}]\n').board.patterns
    assert patterns == {**STEPS, Pattern.IDLE: (Step(Lamps(green=True)),)}


def test_an_answer_may_not_be_made_like_a_usual_one() -> None:
    """What is left out is compared as well."""
    like_granted = '[{ show = ["green", "buzzer"], ms = 400 }, { show = ["green"], ms = 2600 }]'
    assert [str(each) for each in problems_of(f"{GOOD}\n[patterns]\nrefused = {like_granted}\n")] == [
        "patterns: granted and refused cannot be told apart"
    ]


REAL = [
    '{ kind = "pcsc", name = "SCM" }',
    '{ kind = "nfc", path = "udp:127.0.0.1:54321" }',
    '{ kind = "usb", usb_port = "1-1" }',
    '{ kind = "osdp", bus = "b", address = 0 }',
    '{ kind = "wiegand", d0_gpio = 25, d1_gpio = 26, format = "h10301" }',
]


@pytest.mark.parametrize("reader", REAL)
def test_a_real_reader_may_stand_on_a_simulated_board(reader: str) -> None:
    """On a desk, a bench and in tests: only simulated readers need the simulated warehouse."""
    text = spoilt(
        ('kind = "pi"', 'kind = "simulated"\n[buses.b]\nport = "/dev/pts/3"'),
        ('{ kind = "pcsc", name = "HID Omnikey" }', reader),
    )
    (spec,) = [each for each in load(text).board.readers if each.id == "cage-in.reader"]
    assert not isinstance(spec, SimulatedReaderSpec)


def test_a_simulated_board_has_no_chip() -> None:
    """A label that nothing has would never be looked for."""
    assert complaints_of(('kind = "pi"', 'kind = "simulated"\nchip = "x"')) == [
        "board.chip: a simulated board has no chip; leave this out"
    ]


def test_without_a_converter_no_channel_is_there() -> None:
    """Every contact that is on one is told."""
    adc = "adc = { clock_gpio = 11, mosi_gpio = 10, miso_gpio = 9, select_gpio = 8 }\n"
    channels = ["doors.gate.position", "doors.gate.exit_request", "doors.gate.tamper", "doors.side.bond"]
    assert complaints_of((adc, ""), text=WIRED) == [
        f"{at}.adc_channel: needs the converter: [board.adc] is missing" for at in (*channels, "inputs.fire")
    ]


def test_a_keypad_stands_beside_a_reader() -> None:
    """One that is alone is the reader."""
    keypad = 'keypad = { kind = "usb_keypad", usb_port = "1-1.1" }'
    assert complaints_of(('asks = "card"\nreader = { kind = "pcsc", name = "ACS ACR122U 00" }', keypad)) == [
        (
            "access_points.gate-in.keypad: stands beside a reader, and there is none; a keypad alone is the "
            "reader: reader = { ... }"
        ),
        "access_points.gate-in.reader: is missing",
    ]


def test_a_code_at_night_needs_keys_too() -> None:
    """A keypad beside the reader is enough, at every hour."""
    night = 'asks = "card"\nasks_when = [{ schedule = "night", asks = "card_and_code" }]\nreader = '
    pcsc = '{ kind = "pcsc", name = "ACS ACR122U 00" }'
    (complaint,) = complaints_of((f'asks = "card"\nreader = {pcsc}', night + pcsc))
    assert complaint == (
        "access_points.gate-in.asks_when[0].asks: a pcsc reader has no keypad to type a code on; give it "
        'one, or write asks = "card"'
    )
    keypad = '\nkeypad = { kind = "usb_keypad", usb_port = "1-1.1" }'
    load(spoilt((f'asks = "card"\nreader = {pcsc}', night + pcsc + keypad)))


LAYOUTS: list[tuple[tuple[str, str], Callable[[], object]]] = [
    (
        ("facility = [1, 8]", "facility = [1, 7]"),
        lambda: CardFormat("acme-32", 32, Span(9, 30), Span(1, 7), ACME_32.parities),
    ),
    (
        ("facility = [1, 8]", "facility = [1, 9]"),
        lambda: CardFormat("acme-32", 32, Span(9, 30), Span(1, 9), ACME_32.parities),
    ),
    (('over = "1-15"', 'over = "0-15"'), lambda: Parity(0, even=True, over=tuple(range(16)))),
    (("number = [9, 30]", "number = [30, 9]"), lambda: Span(30, 9)),
    (
        (
            "[card_formats.acme-40]",
            "[card_formats.a-name-that-is-long]\nbits = 9\nnumber = [0, 8]\n[card_formats.acme-40]",
        ),
        lambda: CardFormat("a-name-that-is-long", 9, Span(0, 8)),
    ),
]


@pytest.mark.parametrize(("change", "build"), LAYOUTS, ids=["unused", "used twice", "itself", "back", "name"])
def test_what_a_layout_refuses_is_told_in_its_words(
    change: tuple[str, str], build: Callable[[], object]
) -> None:
    """The layouts know best what no card can be like; the file adds where it was written."""
    with pytest.raises(ValueError, match=r"\w+") as refused:
        build()
    (complaint,) = [each for each in complaints_of(change, text=WIRED) if each.startswith("card_formats")]
    assert complaint.endswith(f": {refused.value}")


# ---------------------------------------------------------------------------------------- findings


WIEGAND = """\
reader = { kind = "wiegand", d0_gpio = 5, d1_gpio = 6, format = "acme-32", keys = "4" }
annunciator = { green_gpio = 20, red_gpio = 21, buzzer_gpio = 26, active_low = true }
"""
OSDP = 'reader = { kind = "osdp", bus = "yard", address = 2, keypad = true }\n'


def test_wires_that_anybody_can_tap_are_noted_and_nothing_else_is() -> None:
    """The site is right in every way, and one of its readers is a Wiegand reader."""
    assert found_after() == [TAPPED]


def test_a_layout_that_no_reader_has_is_noted() -> None:
    """It may be for a reader that is still to come."""
    assert found_after((WIEGAND, OSDP)) == ["note: card_formats.acme-32: no reader has it"]


ALL_DAY = 'modes = [{ mode = "unlocked", schedule = "day" }]\n'


def test_a_strike_that_rests_while_its_door_is_to_stand_unlocked_is_a_mistake() -> None:
    """The schedule says unlocked, and after half a minute it is not."""
    position = "position = { adc_channel = 0,"
    assert (
        "mistake: doors.gate.modes[0].mode: the strike may be energised for 30 s at a time "
        "(longest_energised_s), and then the door is locked again"
    ) in found_after((position, ALL_DAY + position))
    assert found_after(("strike = { gpio = 24 }", f"strike = {{ gpio = 24 }}\n{ALL_DAY}")) == [TAPPED]


def test_a_short_unlocking_may_be_as_long_as_the_strike_bears() -> None:
    """A minute a day is within an hour."""
    short = ("longest_energised_s = 30 }", f"longest_energised_s = 3600 }}\n{ALL_DAY}")
    assert found_after(short, ('to = "20:00"', 'to = "07:00"')) == [TAPPED]


def test_a_strike_that_rests_in_a_fire_is_a_danger_where_there_is_no_handle() -> None:
    """Whoever comes after half a minute finds the door locked."""
    danger = (
        "danger: doors.gate.strike.longest_energised_s: in a fire this door is released for 30 s and no "
        "longer, and there is no handle"
    )
    assert found_after((", releases = false", "")) == [danger, TAPPED]
    assert found_after(
        ('doors = "all"', 'doors = ["side", "store", "plant"]'), (", releases = false", "")
    ) == [TAPPED]


def test_a_converter_that_nothing_is_on_is_noted() -> None:
    """Four lines are taken for nothing."""
    adc = 'kind = "pi"\nadc = { clock_gpio = 11, mosi_gpio = 10, miso_gpio = 9, select_gpio = 8 }'
    found = [str(finding) for finding in findings(load(spoilt(('kind = "pi"', adc))))]
    assert "note: board.adc: no contact is on one of its channels" in found


@pytest.mark.parametrize(("reader", "severity"), [(WIEGAND, "mistake"), (OSDP, "note")])
def test_a_reader_of_numbers_alone_proves_no_card(reader: str, severity: str) -> None:
    """Card and PIN are two kinds of proof, unless the card is a number that anyone can copy."""
    found = found_after(('name = "Hall"', 'name = "Hall"\nassurance = 2'), (WIEGAND, reader))
    (finding,) = [each for each in found if "side-in.asks" in each]
    assert finding.startswith(f"{severity}: access_points.side-in.asks: ")
