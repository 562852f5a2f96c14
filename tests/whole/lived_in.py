"""A site in which people proved who they are in every way there is, and everything secret that came up."""

import time
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pyotp

from accessctl.home import Home
from tests.door.conftest import ALICE, BOB, STRANGER
from tests.door.site import door, open_to_staff
from tests.whole.processes import Warehouse
from tests.whole.site import Site, running

PIN, DURESS_PIN, MISTYPED = "60318427", "95172038", "83950174"
NEW_CARD = bytes.fromhex("04c0ffee123489")
MASTER, READING = "9b1d44c8e20f7a6653b0d1f2a49c8e37", "5ac3e17740b9d82613fe0c95aa6d27b8"
"""The keys of the site's own cards."""
IN_FULL = "2099-01-01T00:00:00Z"
BIOMETRICS_AND_PASSES = """
[biometrics]
consent_version = "1"
consent_text = "I agree."
equal_way = "card and PIN at the gatehouse"
liveness = "none"

[passes]
accepted = true
"""


@dataclass
class Secrets:
    """What must not lie in clear on any disk, by what it is."""

    held: dict[str, bytes] = field(default_factory=dict)

    def keep(self, what: str, secret: str | bytes) -> None:
        """Remember one."""
        self.held[what] = secret.encode() if isinstance(secret, str) else secret


def with_everything(home: Home) -> Home:
    """Let the site ask for each factor at a door of its own."""
    text = home.site_file.read_text()
    text = text.replace("most = 100\n", "most = 100\nbreak_glass = true\n")
    text += BIOMETRICS_AND_PASSES
    text += door("gate", "pin", gpio=19, from_="street", to="hall")
    text += door("lab", "card_and_face", 'camera = { kind = "simulated" }', gpio=16)
    text += door("store", "card_and_fingerprint", 'finger = { kind = "simulated" }', gpio=13)
    text += door("office", "card_and_code", gpio=26)
    home.site_file.write_text(open_to_staff(text, "gate", "lab", "store", "office"))
    return home


def live_in(home: Home, warehouse: Warehouse) -> Secrets:
    """Enrol Alice in every way, use it, be refused with it, and cut the power of door and office."""
    secrets = Secrets()
    with running(home) as (process, api):
        site = Site(home, warehouse, api.client)
        for part in (_pins, _cards, _codes, _generator, _passes, _finger, _face, _site_cards):
            part(site, secrets)
        site.client.get("/v1/events?limit=1000")
        process.kill()
        api.process.kill()
        api.process.wait()
    return secrets


def _post(site: Site, path: str, **body: object) -> dict[str, Any]:
    made = site.client.post(f"/v1/{path}", json=body)
    assert made.is_success, made.text
    found: dict[str, Any] = made.json()
    return found


def _pins(site: Site, secrets: Secrets) -> None:
    for name, pin in (("pin", PIN), ("duress-pin", DURESS_PIN)):
        secrets.keep(name, pin)
        assert site.client.put(f"/v1/people/alice/{name}", json={"pin": pin}).is_success
    secrets.keep("mistyped PIN", MISTYPED)
    assert not site.client.put("/v1/people/bob/duress-pin", json={"pin": PIN}).is_success
    assert not site.client.put("/v1/people/bob/pin", json={"pin": f"{PIN}x"}).is_success
    site.types_in(PIN, "cage-in", "Granted.", card=ALICE)
    site.types_in(MISTYPED, "cage-in", "The PIN is wrong.", card=ALICE)
    site.types_in(DURESS_PIN, "cage-in", "Granted.", card=ALICE)


def _cards(site: Site, secrets: Secrets) -> None:
    for who, number in (("Alice", ALICE), ("Bob", BOB), ("new", NEW_CARD), ("unknown", STRANGER)):
        secrets.keep(f"{who} card", number)
    _post(site, "people/bob/cards", number=NEW_CARD.hex())
    assert not site.client.post("/v1/people/alice/cards", json={"number": NEW_CARD.hex()}).is_success
    for card, reason in ((NEW_CARD, "Granted."), (STRANGER, "The card is not known here.")):
        before = len(site.reasons())
        site.warehouse.tool.badge("front-in", card)
        site.expect(before, "the card", reason)


def _codes(site: Site, secrets: Secrets) -> None:
    kept = _post(site, "people/bob/code")["code"]
    slips = [each["code"] for each in _post(site, "people/bob/codes", valid_until=IN_FULL, count=2)["codes"]]
    glass = {"valid_until": IN_FULL, "break_glass": True, "access_points": ["cage-in"]}
    [red] = [each["code"] for each in _post(site, "people/bob/codes", **glass)["codes"]]
    for what, code in (("code", kept), ("slip", slips[0]), ("unused slip", slips[1]), ("break-glass", red)):
        secrets.keep(what, code)
    for code in (kept, slips[0]):
        site.types_in(code, "gate-in", "Granted.")
    site.types_in(slips[0], "gate-in", "Every use of this pass or code is spent.")
    site.types_in(MISTYPED, "gate-in", "No code with these digits is in use.")
    site.types_in(red, "cage-in", "Granted.")


def _generator(site: Site, secrets: Secrets) -> None:
    made = _post(site, "people/alice/code-generator")
    generator = pyotp.parse_uri(made["uri"])
    assert isinstance(generator, pyotp.TOTP)
    secrets.keep("generator", generator.byte_secret())
    confirm = "/v1/people/alice/code-generator/confirm"
    assert not site.client.post(confirm, json={"code": generator.at(0)}).is_success
    assert site.client.post(confirm, json={"code": generator.now()}).is_success
    code = generator.at(time.time() + 30)  # the one that confirmed it is used up
    site.types_in(code, "office-in", "Granted.", card=ALICE)
    site.types_in(code, "office-in", "The one-time code was used already.", card=ALICE)


def _passes(site: Site, secrets: Secrets) -> None:
    wanted = {"person": "bob", "access_points": ["front-in"], "uses": 1}
    used, unused = (_post(site, "passes", **wanted)["text"] for _ in range(2))
    secrets.keep("used pass", used)
    secrets.keep("unused pass", unused)
    for text, reason in ((used, "Granted."), (used, "Every use of this pass or code is spent.")):
        before = len(site.reasons())
        site.warehouse.tool.show_pass("front-in", text)
        site.expect(before, "the pass", reason)


def _finger(site: Site, secrets: Secrets) -> None:
    tool = site.warehouse.tool
    found = site.enrols_at(
        "alice", "fingerprint", "store-in", lambda: tool.finger("store-in.finger", "thumb-of-alice")
    )
    assert found["state"] == "enrolled", found
    secrets.keep("finger", "thumb-of-alice")
    site.lays("thumb-of-alice", "store-in", "Granted.", card=ALICE)
    site.lays("somebodys-thumb", "store-in", "The finger is not this person's.", card=ALICE)


def _face(site: Site, secrets: Secrets) -> None:
    tool = site.warehouse.tool
    tool.face("lab-in.camera", "alice")
    found = site.enrols_at("alice", "face", "lab-in")
    assert found["state"] == "enrolled", found
    for name, reason in (("alice", "Granted."), ("somebody", "The face is not this person's.")):
        tool.face("lab-in.camera", name)
        before = len(site.reasons())
        tool.badge("lab-in", ALICE)
        site.expect(before, name, reason)
        Event().wait(0.1)
    tool.face("lab-in.camera", None)


def _site_cards(site: Site, secrets: Secrets) -> None:
    secrets.keep("master key", bytes.fromhex(MASTER))
    secrets.keep("reading key", bytes.fromhex(READING))
    _post(site, "card-keys", kind="sun", given={"reading": READING, "master": MASTER})
    given = {"application": "f5acc0", "master": f"{MASTER}00"}
    assert not site.client.post("/v1/card-keys", json={"kind": "desfire", "given": given}).is_success
