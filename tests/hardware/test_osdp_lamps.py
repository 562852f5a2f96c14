"""Light, buzzer and sounder of an OSDP reader: what it was told, as a simulated reader heard it."""

import contextlib
import time
from queue import Empty

import pytest

pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")

from osdp import Capability, Command, CommandLEDColor

from hardware.ports import Pattern
from hardware.readers.osdp_link import Pace
from hardware.signals import CardFrame, DeviceBack, DeviceId, DeviceLost, KeyPressed, ReaderSecured
from hardware.simulated.osdp_device import EVERYTHING, SimulatedOsdpLine, SimulatedOsdpReader
from tests.hardware.listening import PATIENCE_S
from tests.hardware.osdp_rig import KEY, UID, Rig, Spot, rig, up

LAMPS = DeviceId("door-5.lamps")
LIT = Spot(lamps=True, sounder_output=1)
BRISK = Pace(retry_s=0.2, loss_s=0.5)
ON, OFF = 2, 1


def light(colour: int) -> dict[str, object]:
    return {"command": Command.LED, "on_color": colour, "off_color": colour}


def sound(code: int) -> dict[str, object]:
    return {"command": Command.Buzzer, "control_code": code}


def output(code: int) -> dict[str, object]:
    return {"command": Command.Output, "output_no": 1, "control_code": code}


def heard(built: Rig, wanted: dict[str, object]) -> None:
    built.told(lambda told: wanted.items() <= told.items())


def drain(built: Rig) -> list[dict[str, object]]:
    """Give what the reader is told until it is told nothing more for a while."""
    told = []
    with contextlib.suppress(Empty):
        while True:
            told.append(built.device.told.get(timeout=0.15))
    return told


@pytest.mark.parametrize(
    ("pattern", "first", "then"),
    [
        (Pattern.GRANTED, light(CommandLEDColor.Green), sound(OFF)),
        (Pattern.IDLE, light(CommandLEDColor.Red), None),
        (Pattern.PIN_WANTED, light(CommandLEDColor.Amber), light(CommandLEDColor.Black)),
        (Pattern.LOCKDOWN, light(CommandLEDColor.Red), light(CommandLEDColor.Black)),
        (Pattern.REFUSED, sound(ON), sound(OFF)),
        (Pattern.PRE_ALARM, sound(ON), sound(OFF)),
    ],
)
def test_patterns_are_played(
    pattern: Pattern, first: dict[str, object], then: dict[str, object] | None
) -> None:
    """Each pattern's lights and tones reach the reader, one step after the other."""
    with rig(LIT) as built:
        up(built)
        drain(built)
        built.bus.annunciators[LAMPS].show(pattern)
        heard(built, first)
        if then:
            heard(built, then)


def test_the_sounder_is_on_while_the_alarm_plays() -> None:
    """The reader's output follows the alarm and nothing else."""
    with rig(LIT) as built:
        up(built)
        built.bus.annunciators[LAMPS].show(Pattern.ALARM)
        heard(built, output(ON))
        built.bus.annunciators[LAMPS].show(Pattern.IDLE)
        heard(built, output(OFF))


def test_every_key_is_answered_alike() -> None:
    """What the reader is told after a key is the same for all twelve of them."""
    answers = set()
    with rig(LIT) as built:
        up(built)
        built.bus.annunciators[LAMPS].show(Pattern.IDLE)
        drain(built)
        for key in "0123456789*#":
            built.device.press(key)
            assert built.ear.next(KeyPressed).key == key
            built.bus.annunciators[LAMPS].show(Pattern.KEY)
            told = [
                sorted((str(k), v) for k, v in each.items() if isinstance(v, int)) for each in drain(built)
            ]
            answers.add(str(told))
    assert len(answers) == 1
    assert str(int(Command.Buzzer)) in answers.pop()


def test_what_lasts_is_shown_again_after_a_loss() -> None:
    """Orders for a lost reader do not pile up; when it is back it shows what is due then."""
    with rig(LIT, pace=BRISK) as built:
        up(built)
        annunciator = built.bus.annunciators[LAMPS]
        annunciator.show(Pattern.IDLE)
        heard(built, light(CommandLEDColor.Red))
        built.device.unplug()
        built.ear.next(DeviceLost)
        for _ in range(200):
            annunciator.show(Pattern.REFUSED)
        annunciator.show(Pattern.PRE_ALARM)
        drain(built)
        built.device.plug_in()
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        heard(built, light(CommandLEDColor.Red))
        heard(built, sound(ON))


def test_a_reader_without_lamps_is_told_nothing() -> None:
    """What a reader did not say that it has is not ordered, and costs no session."""
    bare = [
        each
        for each in EVERYTHING
        if each[0] in {Capability.CardDataFormat, Capability.CommunicationSecurity}
    ]
    reader = SimulatedOsdpReader(5, KEY, bare)
    with rig(LIT, line=SimulatedOsdpLine(reader)) as built:
        up(built)
        for pattern in Pattern:
            built.bus.annunciators[LAMPS].show(pattern)
        reader.show(UID)
        assert built.ear.next(CardFrame).number == UID
        assert reader.told.empty()
        assert built.ear.quiet


def test_a_refused_order_is_given_once() -> None:
    """A reader that has a buzzer and refuses to sound it is back at once, and not asked again."""
    with rig(LIT) as built:
        built.device.refuses.add(Command.Buzzer)
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        built.ear.next(ReaderSecured)
        for pattern in (Pattern.REFUSED, Pattern.KEY, Pattern.GRANTED):
            built.bus.annunciators[LAMPS].show(pattern)
        heard(built, light(CommandLEDColor.Green))
        assert built.ear.quiet
        assert "refused command 6a" in built.reader.health.last_error


def test_a_closed_bus_leaves_no_reader_lit() -> None:
    """A panel that stops leaves its readers dark and silent."""
    with rig(LIT) as built:
        up(built)
        built.bus.annunciators[LAMPS].show(Pattern.ALARM)
        heard(built, output(ON))
        built.reader.close()
        heard(built, output(OFF))


def test_an_annunciator_closes_twice_and_shows_nothing_then() -> None:
    """After close it is dark, whatever it is asked to show."""
    with rig(LIT) as built:
        up(built)
        annunciator = built.bus.annunciators[LAMPS]
        annunciator.show(Pattern.IDLE)
        heard(built, light(CommandLEDColor.Red))
        annunciator.close()
        annunciator.close()
        heard(built, light(CommandLEDColor.Black))
        annunciator.show(Pattern.ALARM)
        assert not any(light(CommandLEDColor.Red).items() <= told.items() for told in drain(built))


def test_cards_are_read_while_an_alarm_plays() -> None:
    """A pattern that never rests leaves time on the line for whoever shows a card."""
    with rig(LIT) as built:
        up(built)
        built.bus.annunciators[LAMPS].show(Pattern.ALARM)
        began = time.monotonic()
        for _ in range(10):
            built.device.show(UID)
            assert built.ear.next(CardFrame).number == UID
        assert time.monotonic() - began < PATIENCE_S / 2
