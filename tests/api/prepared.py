"""A served home in which there is one of everything, each under an id that is known; it can be set back."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import httpx

from accessctl.link.answers import (
    CardKeysHeld,
    CardTag,
    CodeChecked,
    ConsentAsked,
    Done,
    EnrolmentOutcome,
    EnrolmentState,
    Fault,
    FaultCode,
    Levels,
    RulesOutcome,
    RulesRead,
    SealedText,
    Step,
)
from accessctl.link.requests import (
    AskCardKeys,
    AskConsentText,
    AskEnrolment,
    AskLevels,
    AskSealedFile,
    AskStatus,
    BeginEnrolment,
    CalibrateFaces,
    CheckCode,
    EncodeCard,
    GiveOrder,
    MakeCardKeys,
    ReloadRules,
    StepOfCode,
    StopEnrolment,
    TellOfExport,
)
from accessctl.office.reviews import Every, ReviewRule
from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.rights import Role
from tests.api import cast
from tests.api.running import SITE, RunningApi
from tests.homes import NOON, OwnClock, Recording, let_in, new_home

ANA = "ana"
FAR = "2096-03-31T18:00:00+02:00"
CAGE: dict[str, Any] = {
    "id": "cage",
    "policies": [{"schedule": "day", "access_points": ["gate-in"]}],
    "roles": ["driver"],
    "groups": ["acme"],
    "denied_roles": [],
    "denied_groups": [],
}
HELD: dict[str, Any] = {
    "kind": "desfire",
    "made_at": "2026-03-02T09:00:00+00:00",
    "imported": False,
    "application": "f5acc0",
    "check": "5f1c09e2",
    "in_use": True,
}
STANDS = replace(
    SITE,
    site_state={
        "threat_level": 0,
        "lockdowns": {},
        "emergency": [],
        "muster": {"since": "2026-03-02T11:58:00+00:00", "expected": 2, "missing": [ANA]},
        "conditions": [],
        "gone": [],
    },
)
REVIEWED = ReviewRule("warehouse", "Warehouse", Every.QUARTERLY, tuple(map(cast.operator_of, Role)))
"""Whoever has the right may sign: everybody is an owner."""
_BEGUN = EnrolmentState("n", "look straight", 0, 5)
_PATIENCE = 2000


class Prepared:
    """A server, the ids of what is there, and the way back."""

    def __init__(self, folder: Path, rules: OfficeRules | None = None) -> None:
        home = new_home(folder / "home")
        let_in(home)
        cast.assemble(home)
        recording = Recording(home)
        recording.add("door_forced_open", door="gate")
        recording.close()
        self.clock = OwnClock()
        self.rules = replace(rules or OfficeRules(), reviews=(REVIEWED,))
        # While it is prepared nothing takes two, and deletions are asked for at the end.
        self.api = RunningApi(home, self.rules, self.clock)
        self._answers = ExitStack()
        self._answer()
        self.admin = self.as_(cast.session_of(cast.operator_of(Role.ADMIN)))
        self.ids: dict[str, str] = {"door": "gate", "reader": "gate-in.reader", "level": "cage", "seq": "1"}
        self.ids |= {"person": ANA, "kind": "face", "qualification": "induction", "operator": "otto"}
        self.ids |= {"area": REVIEWED.area}
        self.ids |= dict(self._make())
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(home.people)) as db:
            db.backup(self._kept)
        self._files = folder / "files"
        self._files.mkdir()
        for path in (home.site_file, *home.backups.glob("*.tar")):
            shutil.copy2(path, self._files / path.name)

    def as_(self, shown: str | None) -> httpx.Client:
        """Give a client that shows this, or nothing."""
        client = self.api.client()
        client.headers.update(cast.bearer(shown))
        return client

    def set_back(self) -> None:
        """Let everything be as it was prepared."""
        home = self.api.home
        with closing(sqlite3.connect(home.people)) as db:
            self._kept.backup(db)
        shutil.copy2(self._files / home.site_file.name, home.site_file)
        for path in self._files.glob("*.tar"):
            shutil.copy2(path, home.backups / path.name)
        self.api.do(self.api.parts.audit._refusals._full_at.clear)
        self.api.do(self.api.parts.audit._read.clear)

    def close(self) -> None:
        self.admin.close()
        self._kept.close()
        self._answers.close()
        self.api.close()

    def until_backed_up(self) -> str | None:
        """Wait for the backup that is being made, if there is one; gives one that is ready."""
        for _ in range(_PATIENCE):
            found = self.admin.get("/backups").json()["backups"]
            # It is ready a moment before the oldest are deleted, where somebody said how many to keep.
            over = (making := self.api.parts.backups._making) is None or making.done()
            if over and all(each["state"] != "making" for each in found):
                return next((str(each["id"]) for each in found if each["state"] == "ready"), None)
            Event().wait(0.01)
        raise AssertionError("the backup never ended")

    # ------------------------------------------------------------------------------- what is there

    def _answer(self) -> None:
        """Let the door process have done what a test of rights asks of it."""
        tag = CardTag("desfire-aes", "cd" * 32, "80")
        text = ConsentAsked("2026-1", "I agree.", "ab" * 32, 365, "card and PIN")
        for request, answer in (
            (AskStatus, STANDS),
            (AskCardKeys, CardKeysHeld([HELD])),
            (MakeCardKeys, CardKeysHeld([HELD])),
            (EncodeCard, tag),
            (AskConsentText, text),
            (BeginEnrolment, _BEGUN),
            (AskEnrolment, _BEGUN),
            (StopEnrolment, Done(1)),
            (AskLevels, Levels([CAGE], 1)),
            (AskSealedFile, SealedText("{}", 2)),
            (ReloadRules, RulesRead(RulesOutcome.NEEDS_RESTART, "7c1e0f9a2b3d", "it has another door")),
            (StepOfCode, Step(0)),
            (GiveOrder, Done(42)),
            (TellOfExport, Done(43)),
            (CalibrateFaces, Fault(FaultCode.NOT_SET_UP, "there are too few faces")),
        ):
            self._answers.enter_context(self.api.peer.answering(request, answer))

    def _post(self, path: str, **body: object) -> dict[str, Any]:
        answer = self.admin.post(path, json=body)
        assert answer.is_success, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def _make(self) -> Iterator[tuple[str, str]]:
        self._post("/people", id=ANA, name="Ana Marsh", roles=["driver"])
        self._post("/people", id="bo", name="Bo Lind", roles=["driver"])
        self._post("/operators", id="otto", name="Otto Lang", roles=["guard"])
        yield "card", self._post(f"/people/{ANA}/cards", number="0412AB34CD56EE")["id"]
        codes = self._post(f"/people/{ANA}/codes", valid_until=FAR, count=1, access_points=["gate-in"])
        yield "code", codes["codes"][0]["id"]
        yield "pass_", self._post("/passes", person=ANA)["id"]
        yield "loan", self._post(f"/people/{ANA}/temporary-access", level="cage", valid_until=FAR)["id"]
        self._post(f"/people/{ANA}/pin")
        self._post(f"/people/{ANA}/duress-pin")
        self._post(f"/people/{ANA}/code-generator")
        with closing(sqlite3.connect(self.api.home.people)) as db:
            generator: str = db.execute("SELECT id FROM totp").fetchone()[0]
        self._answers.enter_context(self.api.peer.answering(CheckCode, CodeChecked(generator, fits=True)))
        self.admin.put(f"/people/{ANA}/qualifications/induction", json={}).raise_for_status()
        yield "biometric", self._enrol()
        yield "enrolment", self._post(f"/people/{ANA}/biometrics", kind="face", access_point="gate-in")["id"]
        answer = self.admin.post(
            "/people/import", content="name,roles\nCy Ott,driver\n", headers={"content-type": "text/csv"}
        )
        answer.raise_for_status()
        yield "import_", answer.json()["id"]
        site = self.admin.get("/site-file").json()
        body = {
            "site": site["site"] + "\n# a word\n",
            "reason": "a word",
            "restart": True,
            "replaces": site["revision"],
        }
        answer = self.admin.put("/site-file", json=body)
        assert answer.is_success, answer.text
        yield "revision", site["revision"]
        yield "review", self._sign()
        self._post("/backups")
        yield "backup", self.until_backed_up() or "none"
        self._post("/operators", id="vera", name="Vera Kahn", roles=["admin"])
        with closing(sqlite3.connect(self.api.home.people)) as db:
            for name in (cast.operator_of(role) for role in Role):
                _approval(db, f"a-{name}", name)
            _approval(db, "a-vera", "vera")
            db.commit()
        yield "session", "s-" + cast.operator_of(Role.GUARD)
        yield "token", cast.token_id("whole")

    def _sign(self) -> str:
        """Sign who has access; nobody has, since the site file knows no role of theirs."""
        begun = self.admin.get(f"/reviews/{REVIEWED.area}").json()
        self.looked_through: str = begun["sha256"]
        return str(self._post(f"/reviews/{REVIEWED.area}", sha256=self.looked_through)["id"])

    def _enrol(self) -> str:
        consent = self._post(f"/people/{ANA}/consents", kind="face", text_version="2026-1")["id"]
        enrolment = self._post(f"/people/{ANA}/biometrics", kind="face", access_point="gate-in")["id"]
        made = EnrolmentState(
            enrolment,
            "",
            5,
            5,
            EnrolmentOutcome.ENROLLED,
            consent=consent,
            model="dlib:1",
            sealed_hex="5e" * 768,
            key="k-ana",
            wrapped_hex="6f" * 60,
        )
        with self.api.peer.answering(AskEnrolment, made):
            found = self.admin.get(f"/enrolments/{enrolment}").json()
        biometric: str = found["biometric"]["id"]
        return biometric


def _approval(db: sqlite3.Connection, id_: str, operator: str) -> None:
    """Let an operator wait for a second one to agree that Bo goes."""
    db.execute(
        "INSERT INTO approval (id, kind, what, method, path, query, body, digest, asked_by, asked_from,"
        " asked_at, ends_at)"
        " VALUES (?, ?, 'Delete a person', 'DELETE', '/v1/people/bo', '', x'', ?, ?, 'local:x', ?, ?)",
        (
            id_,
            TwoPeople.DELETION.value,
            hashlib.sha256(b"").digest(),
            operator,
            NOON.isoformat(timespec="milliseconds"),
            cast.LATER.isoformat(timespec="milliseconds"),
        ),
    )
