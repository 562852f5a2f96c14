"""QR codes of passes before a camera: made by segno, read by zxing-cpp, as they are held in earnest."""

import io

import pytest

pytest.importorskip("zxingcpp", reason="pip install 'accessctl[passes]'")
pytest.importorskip("segno", reason="pip install 'accessctl[passes]'")
pytest.importorskip("PIL", reason="pip install 'accessctl[face]'")
pytest.importorskip("numpy", reason="pip install 'accessctl[face]'")

import numpy as np
import segno
from PIL import Image, ImageFilter, ImageOps

from hardware.cameras.pass_codes import GONE_AFTER_S, PassWatch, passes_in

PASS, OTHER = b"AP1" + b"AB27" * 37, b"AP1" + b"XY56" * 37
WIDTH, HEIGHT = 640, 480


def code(text: bytes, scale: int = 4, *, kind: str = "alphanumeric") -> Image.Image:
    drawn = io.BytesIO()
    made = segno.make_qr(text.decode(), error="m", mode=kind, boost_error=False)
    made.save(drawn, kind="png", scale=scale)
    return Image.open(drawn).convert("L")


def held(*codes: Image.Image, turned: float = 0, grey: int = 128) -> Image.Image:
    """Hold codes before a camera, side by side."""
    picture = Image.new("L", (WIDTH, HEIGHT), grey)
    for place, each in enumerate(codes):
        shown = each.rotate(turned, fillcolor=grey, resample=Image.Resampling.BILINEAR, expand=True)
        picture.paste(shown, (40 + place * 300, 100))
    return picture


def read(picture: Image.Image) -> bytes | None:
    """Give the one pass in a picture."""
    found = passes_in(np.asarray(picture))
    assert len(found) <= 1
    return next(iter(found), None)


def test_a_pass_is_read_from_a_picture() -> None:
    """What was made is what is read, also without numpy."""
    picture = held(code(PASS))
    assert read(picture) == PASS
    assert passes_in(memoryview(picture.tobytes()).cast("B", (HEIGHT, WIDTH))) == {PASS}


@pytest.mark.parametrize("turned", range(0, 360, 15))
def test_a_pass_may_be_held_at_any_angle(turned: int) -> None:
    """Nobody holds their phone upright."""
    assert read(held(code(PASS), turned=turned)) == PASS


@pytest.mark.parametrize("scale", [2, 3, 5, 6])
def test_a_pass_may_be_small_or_large(scale: int) -> None:
    """From two pixels a module on: 98 pixels in all, a sixth of the picture's width."""
    assert read(held(code(PASS, scale))) == PASS


@pytest.mark.parametrize("spread", [10, 25, 40])
def test_a_noisy_picture_is_read(spread: int) -> None:
    """A cheap camera at dusk."""
    noise = np.random.default_rng(spread).normal(0, spread, (HEIGHT, WIDTH))
    picture = np.asarray(held(code(PASS)), dtype=float) + noise
    assert passes_in(picture.clip(0, 255).astype("uint8")) == {PASS}


def test_a_blurred_faint_or_inverted_code_is_read() -> None:
    """Out of focus, in the dark, or on a phone that shows everything light on dark."""
    assert read(held(code(PASS)).filter(ImageFilter.GaussianBlur(1.5))) == PASS
    assert read(held(code(PASS)).point(lambda level: 90 + level // 6)) == PASS
    assert read(held(ImageOps.invert(code(PASS)))) == PASS


def test_a_torn_code_is_read_right_or_not_at_all() -> None:
    """A corner that a finger hides costs a few modules; a pass is never made up from the rest."""
    whole = code(PASS)
    for hidden in range(0, 120, 8):
        torn = whole.copy()
        torn.paste(255, (196 - hidden, 196 - hidden, 196, 196))
        assert read(held(torn)) in {PASS, None}
        assert hidden > 40 or read(held(torn)) == PASS


@pytest.mark.parametrize("text", [b"https://example.org/", PASS[:-1], PASS + b"A", PASS.lower()])
def test_any_other_code_is_no_pass(text: bytes) -> None:
    """Posters, parcels, and what is nearly a pass."""
    assert read(held(code(text, 3, kind="byte"))) is None


def test_other_codes_in_the_picture_do_not_disturb() -> None:
    """The poster beside the door stays where it is."""
    assert read(held(code(b"HTTPS://EXAMPLE.ORG", 3), code(PASS))) == PASS


def test_of_two_passes_neither_counts() -> None:
    """Whose turn would it be? The same one twice is one."""
    both = np.asarray(held(code(PASS), code(OTHER)))
    assert passes_in(both) == {PASS, OTHER}
    assert PassWatch().look(both, 0) is None
    assert read(held(code(PASS), code(PASS))) == PASS


def test_a_picture_without_a_code_has_none() -> None:
    """A grey wall, and noise."""
    assert read(held()) is None
    noise = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH)).astype("uint8")
    assert not passes_in(noise)


# ------------------------------------------------------------------------------------------ time


def told(*seen: tuple[float, bytes | None]) -> list[float]:
    """Give the instants at which something was told."""
    watch = PassWatch()
    return [at for at, text in seen if watch.note({text} if text else (), at) is not None]


def test_a_pass_that_is_held_is_told_once() -> None:
    """However long, and although some pictures are blurred."""
    seen = [(number / 10, None if number % 7 == 3 else PASS) for number in range(200)]
    assert told(*seen) == [0.0]


def test_a_pass_that_was_gone_is_told_again() -> None:
    """Gone is not seen for ten seconds; a shorter gap is a trembling hand, or somebody who walks past."""
    gap = GONE_AFTER_S
    assert told((0, PASS), (gap - 0.1, PASS), (2 * gap - 0.2, PASS), (3 * gap - 0.2, PASS)) == [
        0,
        3 * gap - 0.2,
    ]


def test_another_pass_is_told_at_once() -> None:
    """The next driver does not wait."""
    assert told((0, PASS), (0.1, OTHER), (0.2, OTHER)) == [0, 0.1]


def test_a_pass_that_is_left_in_sight_is_not_shown_by_those_who_come_after() -> None:
    """Whoever hides it for a while, with their back or with a pass of their own, does not show it."""
    walked_past = [(at / 4, None if at % 20 >= 8 else PASS) for at in range(200)]
    assert told(*walked_past) == [0]
    assert told((0, PASS), (1, OTHER), (2, PASS), (3, None), (5, OTHER), (6, PASS)) == [0, 1]


def test_a_pass_that_comes_beside_one_in_sight_counts_when_it_is_alone() -> None:
    """Meanwhile the other one stays known, however long that lasts; the new one was not shown yet."""
    watch = PassWatch()
    assert watch.note({PASS}, 0) == PASS
    assert [watch.note({PASS, OTHER}, at) for at in range(1, 30)] == [None] * 29
    assert watch.note({PASS}, 30) is None
    assert watch.note({OTHER}, 31) == OTHER


def test_a_watch_looks_at_pictures() -> None:
    """The same from the picture to the pass."""
    watch, picture = PassWatch(), np.asarray(held(code(PASS)))
    assert [watch.look(picture, at) for at in (0.0, 5.0, 16.0)] == [PASS, None, PASS]


def test_a_first_pass_is_told_whatever_the_clock_says() -> None:
    """The monotonic clock starts near nought on a machine that has just booted."""
    assert told((0.0, PASS)) == [0.0]
