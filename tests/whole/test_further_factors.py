"""One-time codes, printed codes, break-glass and passes in a running site: from the API to the strike.

The generator is pyotp, which knows of us nothing but the address that it was given; the pass is a picture
that a camera sees; and the process is killed where a code could be used twice.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from accessctl.home import Home
from tests.door.conftest import ALICE
from tests.whole.processes import Warehouse
from tests.whole.site import Site, at_shed, running

pyotp: Any = pytest.importorskip("pyotp")
SIDE = 480
GONE_S = 10.5
"""A pass that was not seen for ten seconds was taken away."""
SETTLED_S = 2
"""What a camera sees in its first second was not shown to it."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """What the camera at the shed sees: at first a blank wall."""
    path = tmp_path / "pictures" / "wall.png"
    path.parent.mkdir()
    blank(path)
    return path


@pytest.fixture
def prepared(home: Home, picture: Path) -> Home:
    """The cage wants a card and a one-time code; at the shed a camera reads passes."""
    text = home.site_file.read_text()
    text = text.replace("most = 100\n", "most = 100\nbreak_glass = true\n")
    text = text.replace('asks = "card_and_pin"', 'asks = "card_and_code"')
    home.site_file.write_text(text)
    camera = f'camera = {{ kind = "files", source = "{picture.parent}", passes = true, faces = false }}'
    at_shed(home, camera, "\n[passes]\naccepted = true\n")
    return home


@pytest.fixture
def site(prepared: Home, warehouse: Warehouse) -> Iterator[Site]:
    with running(prepared) as (_, api):
        yield Site(prepared, warehouse, api.client)


def generator_of(client: httpx.Client, person: str) -> Any:  # noqa: ANN401 - a TOTP, where there is pyotp
    """Give a person a generator, as an app takes it, and confirm it."""
    made = client.post(f"/v1/people/{person}/code-generator")
    assert made.is_success, made.text
    generator = pyotp.parse_uri(made.json()["uri"])
    code = generator.at(time.time() - 30)  # what confirms is used up, and so the one before is taken
    confirmed = client.post(f"/v1/people/{person}/code-generator/confirm", json={"code": code})
    assert confirmed.is_success, confirmed.text
    return generator


def test_a_card_and_its_holders_one_time_code_open(prepared: Home, warehouse: Warehouse) -> None:
    """Once: then it is refused, though the process was killed between, and so is an old one."""
    with running(prepared) as (door, api):
        generator = generator_of(api.client, "alice")
        code = generator.at(time.time())
        Site(prepared, warehouse, api.client).types_in(code, "cage-in", "Granted.", card=ALICE)
        door.kill()
    with running(prepared) as (_, api):
        site = Site(prepared, warehouse, api.client)
        site.types_in(code, "cage-in", "The one-time code was used already.", card=ALICE)
        wrong = "The one-time code is wrong or too old."
        site.types_in(generator.at(time.time() - 300), "cage-in", wrong, card=ALICE)
        site.types_in(generator.at(time.time() + 30), "cage-in", "Granted.", card=ALICE)


def test_break_glass_opens_once_and_everybody_is_told(site: Site) -> None:
    """At a door that asks for card and code; a second time it is spent."""
    wanted = {"access_points": ["cage-in"], "break_glass": True, "label": "red envelope"}
    made = site.client.post("/v1/people/bob/codes", json={**wanted, "valid_until": "2099-01-01T00:00:00Z"})
    assert made.is_success, made.text
    (digits,) = set(re.findall(r"\b\d{12}\b", made.text))
    site.types_in(digits, "cage-in", "Granted.")
    assert "break_glass" in site.types()
    site.types_in(digits, "cage-in", "Every use of this pass or code is spent.")


def test_a_pass_that_a_camera_sees_opens_its_door_once(site: Site, picture: Path) -> None:
    """A signed picture before a camera; shown again, altered, or for another door it opens nothing."""
    wanted = {"person": "bob", "access_points": ["shed-in"], "uses": 1}
    made = site.client.post("/v1/passes", json=wanted)
    assert made.is_success, made.text
    text = made.json()["text"]
    site.once_here("shed-in.camera")
    Event().wait(SETTLED_S)
    _show(site, picture, text, "Granted.")
    Event().wait(GONE_S)
    _show(site, picture, text, "Every use of this pass or code is spent.")
    altered = text[:-1] + ("A" if text[-1] != "A" else "Q")
    _show(site, picture, altered, "The pass was not made by this site, or was altered.")
    elsewhere = site.client.post("/v1/passes", json={**wanted, "access_points": ["front-in"]}).json()
    _show(site, picture, elsewhere["text"], "The pass or code is for another door.")
    revoked = site.client.post("/v1/passes", json=wanted).json()
    assert site.client.post(f"/v1/passes/{revoked['id']}/revoke", json={"reason": "revoked"}).is_success
    _show(site, picture, revoked["text"], "The card, pass or code was revoked.")


def _show(site: Site, picture: Path, text: str, reason: str) -> None:
    """Hold a pass before the camera until something is recorded of it, and take it away."""
    segno = pytest.importorskip("segno")
    before = len(site.reasons())
    drawn = picture.with_name("drawn.tmp")
    segno.make(text, error="m").save(str(drawn), kind="png", scale=6, border=6)
    drawn.replace(picture)
    assert site.next_reason(before, "the pass") == reason
    blank(picture)


def blank(picture: Path) -> None:
    """Let the camera see a wall."""
    image = pytest.importorskip("PIL.Image")
    drawn = picture.with_name("blank.tmp")
    image.new("RGB", (SIDE, SIDE), (180, 180, 180)).save(drawn, format="PNG")
    drawn.replace(picture)
