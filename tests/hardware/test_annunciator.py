"""Patterns as data, the score on a clock of our own, and the one thread that plays it on lines."""

from queue import SimpleQueue

import pytest

from hardware.annunciator import GpioAnnunciator, Player
from hardware.gpio import SimulatedHeader
from hardware.patterns import DARK, LASTING, NS_PER_MS, STEPS, Lamps, Score, Step, length_ns
from hardware.ports import Pattern
from hardware.signals import DeviceId
from hardware.specs import GpioAnnunciatorSpec

LAMPS = DeviceId("gate-in.annunciator")
SHORT = [pattern for pattern in Pattern if pattern not in LASTING]


def ms(milliseconds: int) -> int:
    return milliseconds * NS_PER_MS


def test_every_pattern_has_steps() -> None:
    """No pattern is forgotten, and only a single step may stay for ever, in a lasting pattern."""
    assert set(STEPS) == set(Pattern)
    for pattern, steps in STEPS.items():
        assert all(step.ms > 0 for step in steps) or (len(steps) == 1 and pattern in LASTING)


def test_patterns_differ() -> None:
    """No two patterns look and sound the same."""
    assert len(set(STEPS.values())) == len(Pattern)


@pytest.mark.parametrize("short", SHORT)
@pytest.mark.parametrize("lasting", [pattern for pattern in Pattern if pattern in LASTING])
def test_a_short_pattern_falls_back(short: Pattern, lasting: Pattern) -> None:
    """After its time a short pattern gives way to the lasting one that was shown before it."""
    score = Score()
    score.show(lasting, ms(0))
    score.show(short, ms(10))
    end = ms(10) + length_ns(short)
    assert score.playing(end - 1) is short
    assert score.playing(end) is lasting
    assert score.lamps(end) == STEPS[lasting][0].lamps


def test_a_short_pattern_before_any_lasting_one_falls_back_to_idle() -> None:
    """A reader that was dark is idle after its first answer."""
    score = Score()
    assert (score.playing(0), score.lamps(0), score.next_change_ns(0)) == (None, DARK, None)
    score.show(Pattern.REFUSED, 0)
    assert score.playing(length_ns(Pattern.REFUSED)) is Pattern.IDLE


def test_a_lasting_pattern_ends_a_short_one() -> None:
    """An alarm does not wait until a refusal has been played."""
    score = Score()
    score.show(Pattern.REFUSED, 0)
    score.show(Pattern.ALARM, ms(1))
    assert score.playing(ms(1)) is Pattern.ALARM
    assert score.playing(length_ns(Pattern.REFUSED)) is Pattern.ALARM


def test_a_lasting_pattern_repeats() -> None:
    """The steps of the pre-alarm come again and again, each at its time."""
    score = Score()
    score.show(Pattern.PRE_ALARM, ms(7))
    sounds = [(at, score.lamps(ms(at)).buzzer) for at in (7, 106, 107, 1006, 1007, 1106, 1107)]
    assert sounds == [
        (7, True), (106, True), (107, False), (1006, False), (1007, True), (1106, True), (1107, False),
    ]  # fmt: skip
    assert [score.next_change_ns(ms(at)) for at in (7, 107, 5007)] == [ms(107), ms(1007), ms(5107)]


def test_every_key_sounds_the_same() -> None:
    """The answer to a key depends on nothing but the instant: it is one pattern with one step."""
    for lasting in LASTING:
        score = Score()
        score.show(lasting, 0)
        score.show(Pattern.KEY, ms(500))
        assert score.lamps(ms(500)) == STEPS[Pattern.KEY][0].lamps == Lamps(buzzer=True)


@pytest.fixture
def header() -> SimulatedHeader:
    return SimulatedHeader()


@pytest.fixture
def written(header: SimulatedHeader) -> SimpleQueue[tuple[int, bool]]:
    written: SimpleQueue[tuple[int, bool]] = SimpleQueue()
    header.listen(lambda gpio, high: written.put((gpio, high)))
    return written


def test_the_player_drives_the_lines(header: SimulatedHeader, written: SimpleQueue[tuple[int, bool]]) -> None:
    """The key's tone goes on and off by itself, and the red light of the idle reader follows."""
    long = (Step(STEPS[Pattern.KEY][0].lamps, 600),)  # a thread that comes late would leave a short one out
    player = Player({**STEPS, Pattern.KEY: long})
    annunciator = GpioAnnunciator(GpioAnnunciatorSpec(LAMPS, 5, 6, 13), header, player)
    assert [written.get(timeout=5) for _ in range(3)] == [(5, False), (6, False), (13, False)]
    annunciator.show(Pattern.KEY)
    assert written.get(timeout=5) == (13, True)
    assert {written.get(timeout=5) for _ in range(2)} == {(13, False), (6, True)}
    annunciator.close()
    player.close()
    assert not any(header.is_high(gpio) for gpio in (5, 6, 13))


def test_a_lamp_that_is_not_wired_is_not_played(
    header: SimulatedHeader, written: SimpleQueue[tuple[int, bool]]
) -> None:
    """With a buzzer alone, the pattern is played on the buzzer alone."""
    player = Player()
    annunciator = GpioAnnunciator(GpioAnnunciatorSpec(LAMPS, buzzer_gpio=13), header, player)
    written.get(timeout=5)
    annunciator.show(Pattern.GRANTED)
    assert [written.get(timeout=5) for _ in range(2)] == [(13, True), (13, False)]
    annunciator.close()
    player.close()


def test_a_lamp_may_shine_while_its_line_is_low(
    header: SimulatedHeader, written: SimpleQueue[tuple[int, bool]]
) -> None:
    """A Wiegand reader's lamps are dark while their lines are high, from the first level to the last."""
    player = Player()
    annunciator = GpioAnnunciator(GpioAnnunciatorSpec(LAMPS, 5, 6, 13, active_low=True), header, player)
    assert [written.get(timeout=5) for _ in range(3)] == [(5, True), (6, True), (13, True)]
    annunciator.show(Pattern.KEY)
    assert written.get(timeout=5) == (13, False)
    assert {written.get(timeout=5) for _ in range(2)} == {(13, True), (6, False)}
    annunciator.close()
    assert written.get(timeout=5) == (6, True)
    player.close()


def test_the_board_has_patterns_of_its_own(
    header: SimulatedHeader, written: SimpleQueue[tuple[int, bool]]
) -> None:
    """What a pattern looks like comes from the player, which has it from the site."""
    player = Player({**STEPS, Pattern.IDLE: (Step(Lamps(green=True)),)})
    annunciator = GpioAnnunciator(GpioAnnunciatorSpec(LAMPS, green_gpio=5, red_gpio=6), header, player)
    for _ in range(2):
        written.get(timeout=5)
    annunciator.show(Pattern.IDLE)
    assert written.get(timeout=5) == (5, True)
    annunciator.close()
    player.close()


def test_a_broken_lamp_stops_no_other(header: SimulatedHeader, caplog: pytest.LogCaptureFixture) -> None:
    """A line that fails is logged with its name, and the caller never notices."""
    annunciator = GpioAnnunciator(GpioAnnunciatorSpec(LAMPS, 5, 6), header, Player())
    header.close()
    annunciator.light(Lamps(green=True, red=True))
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "GPIO5" in caplog.text
    assert "GPIO6" in caplog.text


def test_one_thread_plays_for_all(header: SimulatedHeader, written: SimpleQueue[tuple[int, bool]]) -> None:
    """Annunciators share their player, and one that leaves takes no other along."""
    player = Player()
    gate = GpioAnnunciator(GpioAnnunciatorSpec(LAMPS, red_gpio=5), header, player)
    yard = GpioAnnunciator(GpioAnnunciatorSpec(DeviceId("yard-in.annunciator"), red_gpio=6), header, player)
    for _ in range(2):
        written.get(timeout=5)
    gate.show(Pattern.IDLE)
    assert written.get(timeout=5) == (5, True)
    gate.close()
    yard.show(Pattern.IDLE)
    assert [written.get(timeout=5) for _ in range(3)] == [(5, False), (5, False), (6, True)]
    player.close()
    player.close()
