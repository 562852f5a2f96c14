"""The HTTP API, from the side of a screen or a command: synchronous, over the Unix socket."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from accessctl.answers import (
    Biometric,
    Biometrics,
    Card,
    CardKeys,
    Code,
    CodeGenerator,
    Consent,
    ConsentText,
    Done,
    Door,
    EncodedCard,
    EnrolledCard,
    Enrolment,
    Event,
    FaceCalibration,
    Loan,
    MadeCode,
    MadePass,
    OrderName,
    Pass,
    PassKey,
    Person,
    PersonDetails,
    PrintedCode,
    Reader,
    Receipt,
    Trial,
)

__all__ = [
    "ApiClient",
    "ApiError",
    "ApiRefused",
    "ApiUnreachable",
    "Biometric",
    "Biometrics",
    "Card",
    "CardKeys",
    "Code",
    "CodeGenerator",
    "Consent",
    "ConsentText",
    "Done",
    "Door",
    "EncodedCard",
    "EnrolledCard",
    "Enrolment",
    "Event",
    "Loan",
    "MadeCode",
    "MadePass",
    "OrderName",
    "Pass",
    "PassKey",
    "Person",
    "PersonDetails",
    "PrintedCode",
    "Reader",
    "Receipt",
    "Trial",
]

PAGE: Final = 500
ANSWER_S: Final = 15.0
"""Longer than the API waits for the door process, so that its own words arrive."""
ENCODING_S: Final = 30.0
"""Over the time for showing a card: so long at most may it take to encode it."""
ERASURE_S: Final = 60.0
"""A sensor may take its time, and a large database is written anew."""
FORESIGHT_S: Final = 60.0
REHEARSAL_S: Final = 620.0
CALIBRATION_S: Final = 130.0
SILENCE_S: Final = 30.0
"""A stream that says nothing for so long, not even that it lives, counts as lost."""
RETRY_S: Final = 1.0


class ApiError(Exception):
    """The API did not do what it was asked."""


class ApiUnreachable(ApiError):
    """Nobody answers at the socket."""


class ApiRefused(ApiError):
    """The API refused, and says why."""

    def __init__(self, problem: dict[str, Any]) -> None:
        """Keep the problem details (RFC 9457)."""
        fields = "\n".join(f"{_field(each['path'])}{each['what']}" for each in problem.get("problems", ()))
        super().__init__(fields or str(problem.get("detail") or problem.get("title") or "refused"))
        self.problem = problem

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.problem.get("status", 0))


class ApiClient:
    """Asks the API. Every method raises ``ApiUnreachable`` and ``ApiRefused``. Used from one thread."""

    def __init__(self, path: Path) -> None:
        """Remember the socket, ``Home.api_socket``. Connects when it first asks."""
        self._socket = path
        self._http = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(path)), base_url="http://accessctl/v1", timeout=ANSWER_S
        )

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def __enter__(self) -> Self:
        """Stay connected until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    # ------------------------------------------------------------------------------------ people

    def people(self, name: str | None = None) -> Iterator[Person]:
        """Give all people, or those of exactly this name, page by page."""
        yield from self._pages("people", "/people", {"name": name})

    def person(self, person: str) -> PersonDetails:
        """Give one person."""
        found: PersonDetails = self._ask("GET", f"/people/{_part(person)}")
        return found

    def add_person(self, name: str, roles: list[str], *, id_: str | None = None, **more: object) -> Person:
        """Add a person. ``more`` is ``groups`` and what ``change_person`` takes; instants have an offset."""
        added: Person = self._ask("POST", "/people", {"name": name, "roles": roles, "id": id_, **more})
        return added

    def change_person(self, person: str, **changes: object) -> Person:
        """Change fields of a person by the API's names (``PersonChange``); ``None`` takes a limit away."""
        changed: Person = self._ask("PATCH", f"/people/{_part(person)}", changes)
        return changed

    def set_pin(self, person: str, pin: str) -> None:
        """Give a person a PIN."""
        self._ask("PUT", f"/people/{_part(person)}/pin", {"pin": pin})

    def remove_pin(self, person: str) -> None:
        """Take a person's PIN away."""
        self._ask("DELETE", f"/people/{_part(person)}/pin")

    def make_pin(self, person: str, *, duress: bool = False) -> str:
        """Have a PIN made up for a person, or a duress PIN; it is given this once."""
        path = "duress-pin" if duress else "pin"
        pin: str = self._ask("POST", f"/people/{_part(person)}/{path}")["pin"]
        return pin

    def set_duress_pin(self, person: str, pin: str) -> None:
        """Give a person who has a PIN a duress PIN."""
        self._ask("PUT", f"/people/{_part(person)}/duress-pin", {"pin": pin})

    def remove_duress_pin(self, person: str) -> None:
        """Take a person's duress PIN away."""
        self._ask("DELETE", f"/people/{_part(person)}/duress-pin")

    def make_code(self, person: str, **validity: str | None) -> Code:
        """Have a code made up for a person; its digits are given this once."""
        code: Code = self._ask("POST", f"/people/{_part(person)}/code", dict(validity))
        return code

    def make_codes(self, person: str, **wanted: object) -> list[MadeCode]:
        """Have codes made up that are printed (``NewCodes``); their digits are given this once."""
        made: dict[str, list[MadeCode]] = self._ask("POST", f"/people/{_part(person)}/codes", wanted)
        return made["codes"]

    def codes(self, person: str | None = None, *, break_glass: bool | None = None) -> Iterator[PrintedCode]:
        """Give all codes, or those of one person, or break-glass codes alone, page by page."""
        wanted = None if break_glass is None else str(break_glass).lower()
        yield from self._pages("codes", "/codes", {"person": person, "break_glass": wanted})

    def make_generator(self, person: str) -> CodeGenerator:
        """Give a person a generator of one-time codes; its secret is given this once."""
        made: CodeGenerator = self._ask("POST", f"/people/{_part(person)}/code-generator")
        return made

    def confirm_generator(self, person: str, code: str) -> None:
        """Let a person's generator count, because it shows the right code."""
        self._ask("POST", f"/people/{_part(person)}/code-generator/confirm", {"code": code})

    def remove_generator(self, person: str) -> None:
        """Take a person's generator away."""
        self._ask("DELETE", f"/people/{_part(person)}/code-generator")

    def qualify(self, person: str, qualification: str, until: str | None) -> None:
        """Let a person hold a qualification until then, or for good."""
        path = f"/people/{_part(person)}/qualifications/{_part(qualification)}"
        self._ask("PUT", path, {"until": until})

    def disqualify(self, person: str, qualification: str) -> None:
        """Take a person's qualification away."""
        self._ask("DELETE", f"/people/{_part(person)}/qualifications/{_part(qualification)}")

    def lend(self, person: str, level: str, until: str, *, valid_from: str | None = None) -> Loan:
        """Let a person have a level until then."""
        body = {"level": level, "valid_from": valid_from, "valid_until": until}
        loan: Loan = self._ask("POST", f"/people/{_part(person)}/temporary-access", body)
        return loan

    def end_loan(self, loan: str) -> None:
        """Take back what was lent."""
        self._ask("DELETE", f"/temporary-access/{_part(loan)}")

    def forgive_wrong_pins(self, person: str) -> Done:
        """Forget a person's wrong PINs."""
        done: Done = self._ask("POST", f"/people/{_part(person)}/forgive-wrong-pins")
        return done

    # ------------------------------------------------------------------------------------- cards

    def cards(self, person: str | None = None) -> Iterator[Card]:
        """Give all cards, or those of one person, page by page."""
        yield from self._pages("cards", "/cards", {"person": person})

    def enrol_number(
        self, person: str, number: str, technology: str = "iso14443-uid", **validity: str | None
    ) -> EnrolledCard:
        """Enrol a card by its number; ``valid_from`` and ``valid_until`` are ISO 8601 with an offset."""
        body = {"number": number, "technology": technology, **validity}
        card: EnrolledCard = self._ask("POST", f"/people/{_part(person)}/cards", body)
        return card

    def enrol_shown(
        self, person: str, access_point: str, within_s: float, **validity: str | None
    ) -> EnrolledCard:
        """Enrol the next card that is shown at an access point; waits for it."""
        body = {"read_at": access_point, "within_s": within_s, **validity}
        card: EnrolledCard = self._ask("POST", f"/people/{_part(person)}/cards", body, within_s + ANSWER_S)
        return card

    def revoke_card(self, card: str, reason: str) -> Card:
        """Let a card count no more."""
        revoked: Card = self._ask("POST", f"/cards/{_part(card)}/revoke", {"reason": reason})
        return revoked

    def revoke_code(self, code: str, reason: str) -> PrintedCode:
        """Let a code count no more."""
        revoked: PrintedCode = self._ask("POST", f"/codes/{_part(code)}/revoke", {"reason": reason})
        return revoked

    def card_keys(self) -> list[CardKeys]:
        """Tell which keys of the site's own cards there are."""
        held: list[CardKeys] = self._ask("GET", "/card-keys")["keys"]
        return held

    def make_card_keys(self, kind: str, given: dict[str, str] | None = None) -> list[CardKeys]:
        """Have the keys made of a kind of cards, or give those that were made elsewhere."""
        held: list[CardKeys] = self._ask("POST", "/card-keys", {"kind": kind, "given": given})["keys"]
        return held

    def encode_card(
        self, access_point: str, kind: str, within_s: float, person: str | None, **validity: str | None
    ) -> EncodedCard:
        """Have the next card encoded that is shown at an access point; waits for it."""
        body = {"kind": kind, "read_at": access_point, "within_s": within_s, "person": person, **validity}
        encoded: EncodedCard = self._ask("POST", "/cards/encode", body, within_s + ENCODING_S + ANSWER_S)
        return encoded

    # ------------------------------------------------------------------------------------ passes

    def make_pass(self, **about: object) -> MadePass:
        """Have a pass made by the API's names (``NewPass``); its text is given this once."""
        made: MadePass = self._ask("POST", "/passes", _given(about))
        return made

    def replace_pass(self, pass_: str) -> MadePass:
        """Have a pass made like this one, which counts no more."""
        made: MadePass = self._ask("POST", f"/passes/{_part(pass_)}/replace")
        return made

    def passes(self, person: str | None = None) -> Iterator[Pass]:
        """Give all passes, or those of one person, page by page."""
        yield from self._pages("passes", "/passes", {"person": person})

    def revoke_pass(self, pass_: str, reason: str) -> Pass:
        """Let a pass count no more."""
        ended: Pass = self._ask("POST", f"/passes/{_part(pass_)}/revoke", {"reason": reason})
        return ended

    def pass_key(self) -> PassKey:
        """Give the public key with which passes can be checked."""
        key: PassKey = self._ask("GET", "/pass-key")
        return key

    # -------------------------------------------------------------------------- fingers and faces

    def consent_text(self) -> ConsentText:
        """Give the text that people agree to before anything of theirs is kept."""
        text: ConsentText = self._ask("GET", "/consent-text")
        return text

    def consents(self, person: str) -> list[Consent]:
        """Give a person's consents, also those that were taken back."""
        found: dict[str, list[Consent]] = self._ask("GET", f"/people/{_part(person)}/consents")
        return found["consents"]

    def give_consent(self, person: str, kind: str, text_version: str) -> Consent:
        """Record that a person agreed to this version of the text."""
        body = {"kind": kind, "text_version": text_version}
        given: Consent = self._ask("POST", f"/people/{_part(person)}/consents", body)
        return given

    def withdraw_consent(self, person: str, kind: str) -> Receipt:
        """Take a person's consent back; what was enrolled under it is erased."""
        path = f"/people/{_part(person)}/consents/{_part(kind)}"
        receipt: Receipt = self._ask("DELETE", path, timeout_s=ERASURE_S)
        return receipt

    def begin_enrolment(
        self, person: str, kind: str, access_point: str, *, duress: bool = False
    ) -> Enrolment:
        """Begin to enrol a finger or face; it ends by itself unless it is asked for."""
        body = {"kind": kind, "access_point": access_point, "duress": duress}
        begun: Enrolment = self._ask("POST", f"/people/{_part(person)}/biometrics", body)
        return begun

    def enrolment(self, enrolment: str) -> Enrolment:
        """Tell how an enrolment goes."""
        found: Enrolment = self._ask("GET", f"/enrolments/{_part(enrolment)}")
        return found

    def stop_enrolment(self, enrolment: str) -> None:
        """Call an enrolment off."""
        self._ask("DELETE", f"/enrolments/{_part(enrolment)}")

    def biometrics(self, person: str | None = None) -> Biometrics:
        """Give what is enrolled of everybody, or of one person."""
        found: Biometrics = self._ask("GET", "/biometrics", query={"person": person})
        return found

    def disable_biometric(self, biometric: str, *, disabled: bool) -> Biometric:
        """Let a finger or face count no more, or again."""
        action = "disable" if disabled else "enable"
        changed: Biometric = self._ask("POST", f"/biometrics/{_part(biometric)}/{action}")
        return changed

    def erase_biometrics(self, person: str, kind: str | None = None) -> Receipt:
        """Erase a person's fingers, faces or both."""
        path = f"/people/{_part(person)}/biometrics"
        receipt: Receipt = self._ask("DELETE", path, timeout_s=ERASURE_S, query={"kind": kind})
        return receipt

    # ------------------------------------------------------------------------------------- doors

    def status(self) -> dict[str, Any]:
        """Tell how everything stands."""
        status: dict[str, Any] = self._ask("GET", "/status")
        return status

    def roles(self) -> list[dict[str, str]]:
        """Give the roles there are, with ``id`` and ``name``."""
        roles: list[dict[str, str]] = self._ask("GET", "/roles")
        return roles

    def doors(self) -> list[Door]:
        """Give all doors as they stand."""
        doors: list[Door] = self._ask("GET", "/doors")
        return doors

    def order(self, door: str, order: OrderName, key: str | None = None) -> Done:
        """Give an order; with the same key the same order is carried out once."""
        headers = {} if key is None else {"Idempotency-Key": key}
        done: Done = self._ask("POST", f"/doors/{_part(door)}/{order}", headers=headers)
        return done

    # ----------------------------------------------------------------------------------- readers

    def devices(self) -> list[dict[str, Any]]:
        """Give every device as it is."""
        devices: list[dict[str, Any]] = self._ask("GET", "/devices")
        return devices

    def readers(self) -> list[Reader]:
        """Give every reader and keypad as it is."""
        readers: list[Reader] = self._ask("GET", "/readers")
        return readers

    def reader(self, reader: str) -> Reader:
        """Give one reader or keypad, by its id or its access point's."""
        found: Reader = self._ask("GET", f"/readers/{_part(reader)}")
        return found

    def try_reader(self, reader: str, seconds: float) -> Trial:
        """Have a reader tested for so long; waits for it."""
        path, body = f"/readers/{_part(reader)}/test", {"seconds": seconds}
        trial: Trial = self._ask("POST", path, body, seconds + 2 * ANSWER_S)
        return trial

    def pair(self, reader: str, window_s: float) -> dict[str, str]:
        """Have an OSDP reader given a key of its own within this window; waits for it."""
        path, body = f"/readers/{_part(reader)}/pair", {"window_s": window_s}
        paired: dict[str, str] = self._ask("POST", path, body, window_s + 2 * ANSWER_S)
        return paired

    def calibrate_faces(self) -> FaceCalibration:
        """Have everybody's face compared with everybody else's; changes nothing."""
        found: FaceCalibration = self._ask("POST", "/faces/calibration", {}, CALIBRATION_S)
        return found

    # -------------------------------------------------------------------------------------- site

    def give(self, order: str, key: str | None = None, **about: object) -> Done:
        """Give any order (``/orders``); what is ``None`` is left out."""
        headers = {} if key is None else {"Idempotency-Key": key}
        done: Done = self._ask("POST", "/orders", {"order": order, **_given(about)}, headers=headers)
        return done

    def site(self) -> dict[str, Any]:
        """Tell how the site stands as a whole."""
        site: dict[str, Any] = self._ask("GET", "/site")
        return site

    def presence(self) -> list[dict[str, Any]]:
        """Tell who is where."""
        presence: list[dict[str, Any]] = self._ask("GET", "/presence")
        return presence

    # --------------------------------------------------------------------------------- foresight

    def explain(self, person: str, access_point: str, at: str | None = None) -> dict[str, Any]:
        """Tell why somebody may pass or not, and when next."""
        return self._foresee("/explain", {"person": person, "access_point": access_point, "at": at})

    def who_can(self, access_point: str, at: str | None = None) -> dict[str, Any]:
        """Tell who could pass an access point."""
        return self._foresee("/who-can", {"access_point": access_point, "at": at})

    def what_can(self, person: str, at: str | None = None) -> dict[str, Any]:
        """Tell where somebody could pass."""
        return self._foresee("/what-can", {"person": person, "at": at})

    def rehearse(self, site: str, since: str) -> dict[str, Any]:
        """Tell what a proposed site file would have changed since an instant."""
        found: dict[str, Any] = self._ask("POST", "/rehearsals", {"site": site, "since": since}, REHEARSAL_S)
        return found

    def _foresee(self, path: str, query: dict[str, object]) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET", path, query=_given(query), timeout_s=FORESIGHT_S)
        return found

    # ------------------------------------------------------------------------------------ events

    def events(self, *, after: int | None = None, most: int = PAGE, **wanted: str | None) -> Iterator[Event]:
        """Give up to ``most`` entries, oldest first: those after a number, or the last ones there are.

        ``wanted`` may name ``type``, ``door``, ``access_point`` and ``person``.
        """
        if after is None:
            newest: list[Event] = []
            cursor: int | None = 0
            while cursor is not None and len(newest) < most:
                limit = min(PAGE, most - len(newest))
                page = self._ask("GET", "/events", query={"before": cursor, "limit": limit, **wanted})
                newest += page["events"]
                cursor = page["next"]
            yield from reversed(newest)
            return
        cursor = after
        while cursor is not None and most > 0:
            page = self._ask("GET", "/events", query={"after": cursor, "limit": min(PAGE, most), **wanted})
            yield from page["events"]
            most -= len(page["events"])
            cursor = page["next"]

    def follow(self, after: int | None, lost: Callable[[str], None], **wanted: str | None) -> Iterator[Event]:
        """Give entries as they come, each once, for ever; ``lost`` hears of every interruption.

        Raises ``ApiUnreachable`` only when it cannot begin.
        """
        begun = False
        while True:
            try:
                for event in self._stream(after, wanted):
                    begun = True
                    if event is not None:
                        after = event["seq"]
                        yield event
                lost("the stream ended; trying again")
            except ApiUnreachable as error:
                if not begun:
                    raise
                lost(f"{error}; trying again")
            time.sleep(RETRY_S)

    def _stream(self, after: int | None, wanted: dict[str, str | None]) -> Iterator[Event | None]:
        """Give entries, and ``None`` first, as soon as the stream stands."""
        query = _given({"after": after, **wanted})
        with (
            self._errors(),
            self._http.stream("GET", "/events/stream", params=query, timeout=SILENCE_S) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                response.read()
                raise ApiRefused(_problem(response))
            yield None
            for line in response.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    # ----------------------------------------------------------------------------------- helpers

    def _pages(self, kind: str, path: str, query: dict[str, object]) -> Iterator[Any]:
        after: str | None = ""
        while after is not None:
            page = self._ask("GET", path, query={**query, "after": after, "limit": PAGE})
            yield from page[kind]
            after = page["next"]

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        timeout_s: float = ANSWER_S,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - the methods above say what it is
        with self._errors():
            response = self._http.request(
                method, path, json=body, params=_given(query or {}), headers=headers, timeout=timeout_s
            )
        if response.is_error:
            raise ApiRefused(_problem(response))
        return response.json() if response.content else None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            # httpcore leaves the socket of a failed connection to the garbage collector, which complains.
            # So whether anybody listens is found out here.
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(ANSWER_S)
                probe.connect(str(self._socket))
            yield
        except (httpx.TimeoutException, TimeoutError) as error:
            raise ApiUnreachable("the API does not answer in time; doors go on without it") from error
        except (httpx.TransportError, OSError) as error:
            home = self._socket.parent
            raise ApiUnreachable(
                f"the API does not answer at {home}. Doors do not need it. Start it with "
                f"`accessctl --home {home} run`, or the service accessctl-api where systemd runs it"
            ) from error


def _part(text: str) -> str:
    """Put any text into one part of a path. A dot or two alone would be resolved away.

    Raises ``ApiRefused`` for a slash: the server would take what stands behind it for a further part.
    """
    if "/" in text:
        raise ApiRefused({"status": HTTPStatus.NOT_FOUND, "detail": f"{text} is no id: an id has no slash"})
    return quote(text, safe="") if text.strip(".") else "%2E" * len(text) or "%20"


def _field(path: str) -> str:
    """Name a field as whoever filled it in knows it, not by where HTTP carries it."""
    name = path.partition(".")[2]
    return f"{name}: " if name else ""


def _given(query: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    return (
        problem
        if isinstance(problem, dict)
        else {"status": response.status_code, "detail": response.reason_phrase}
    )
