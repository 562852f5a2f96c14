"""Passwords of devices are left out of what is shown to those who may not change the rules."""

import pytest

from accessctl.api.redacting import LEFT_OUT, redacted

CAMERA = '[points.a.camera]\nkind = "mjpeg" # at the gate\nsource = "http://door:hunter22@10.0.0.7/video?key=abcdef"\n'


def test_an_address_loses_its_account_and_its_question() -> None:
    """What is left says where the camera is, and keeps every comment."""
    shown = redacted(CAMERA)
    assert shown is not None
    assert "hunter22" not in shown
    assert "abcdef" not in shown
    assert f"http://{LEFT_OUT}@10.0.0.7/video?{LEFT_OUT}" in shown
    assert "# at the gate" in shown


@pytest.mark.parametrize(
    "line",
    [
        "password = 90210",
        'password = "90210"',
        "finger = { kind = 'uart', password = 90210 }",
        "finger.password=90210 # of the sensor",
        "# password = 90210",
    ],
)
def test_a_sensors_password_is_left_out_however_it_is_written(line: str) -> None:
    """In a table of its own, within a line, and where it was commented out."""
    shown = redacted(f"[points.a]\n{line}\n")
    assert shown is not None
    assert "90210" not in shown


@pytest.mark.parametrize(
    "text",
    [
        'source = "http\\u003a//door:hunter22@10.0.0.7/"',
        'a = "hunter22"\nb = "http://door:hunter22@10.0.0.7/"',
        'password = """\nhunter22"""',
        "not a site file",
    ],
)
def test_what_cannot_be_told_from_the_rest_is_not_shown_at_all(text: str) -> None:
    """Escapes, a password that stands elsewhere too, text in several lines, and what nobody can read."""
    assert redacted(text) is None


def test_a_file_without_passwords_is_shown_as_it_is() -> None:
    """Nothing is left out where nothing has to be."""
    text = 'schema = 1\n[site]\nname = "Kade" # see https://example.org/plans\n'
    assert redacted(text) == text
