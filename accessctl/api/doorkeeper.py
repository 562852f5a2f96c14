"""What the API asks of the door process, each question with the answer it must have."""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

from accessctl.api.problems import invalid
from accessctl.link.answers import (
    Answer,
    CardKeysHeld,
    CardTag,
    CodeChecked,
    ConsentAsked,
    Devices,
    Done,
    EnrolmentState,
    FacesCalibrated,
    Levels,
    MadeGenerator,
    MadePin,
    Paired,
    PassKey,
    PinHash,
    RulesRead,
    SealedNumbers,
    SealedText,
    SignedPass,
    Status,
    Step,
    Tagged,
    Tried,
)
from accessctl.link.client import DoorUnreachable, LinkClient, LinkError
from accessctl.link.requests import (
    AskCardKeys,
    AskConsentText,
    AskDevices,
    AskEnrolment,
    AskLevels,
    AskPassKey,
    AskSealedFile,
    AskStatus,
    BeginEnrolment,
    CalibrateFaces,
    CheckCode,
    DoorOrder,
    EncodeCard,
    ForgetTemplate,
    ForgiveWrongPins,
    GiveOrder,
    HashPin,
    LearnFinger,
    MakeCardKeys,
    MakeCardTag,
    MakeGenerator,
    MakePin,
    OrderDoor,
    PairReader,
    ReadCard,
    ReloadRules,
    Request,
    SealedFile,
    SealNumbers,
    SignPass,
    StepOfCode,
    StopEnrolment,
    TagSealed,
    TakeOutbox,
    TellOfExport,
    TellOfRecord,
    TryReader,
)

A = TypeVar("A", bound=Answer)

USUAL_S: Final = 5.0
FORGET_S: Final = 8.0
"""Longer than the door process waits for a sensor."""
NUDGE_S: Final = 1.0
RELOAD_S: Final = 30.0
"""A small Pi reads the largest site file in some seconds."""
CALIBRATION_S: Final = 120.0
"""A small Pi measures two hundred people in some twenty seconds, a little at a time."""
SEALING_S: Final = 30.0
TAGGING_S: Final = 120.0
"""A small Pi makes some ten tags a second, and fewer while people are at its doors."""
SLACK_S: Final = 5.0
"""Added to the time that somebody has to show a card, so that the door process's own answer comes first."""
ENCODING_S: Final = 15.0
"""Added to the time that somebody has to show a card that is encoded."""
COMPARING_S: Final = 8.0
"""Added where a card's number is compared with a PIN: some dozen hashes, and a door may go before each."""


class Doorkeeper:
    """Asks the door process. Every method raises ``DoorUnreachable`` and ``DoorRefused``."""

    def __init__(self, link: LinkClient) -> None:
        """Ask over this link."""
        self._link = link

    async def status(self) -> Status:
        """Ask how everything stands."""
        return await self._ask(AskStatus(), Status)

    async def doors_if_known(self) -> dict[str, Any] | None:
        """Give how the doors stand, for a question about now; nothing where the door process is silent."""
        try:
            status = await self.status()
        except LinkError:
            return None
        return {"rules": status.rules, "doors": status.doors, "site_state": status.site_state}

    async def devices(self) -> list[dict[str, Any]]:
        """Ask how every device is, as many at a time as one answer holds."""
        found: list[dict[str, Any]] = []
        while True:
            part = await self._ask(AskDevices(len(found)), Devices)
            found += part.devices
            if not part.devices or len(found) >= part.total:
                return found

    async def levels(self) -> list[dict[str, Any]]:
        """Ask for every access level, as many at a time as one answer holds."""
        found: list[dict[str, Any]] = []
        while True:
            part = await self._ask(AskLevels(len(found)), Levels)
            found += part.levels
            if not part.levels or len(found) >= part.total:
                return found

    async def try_reader(self, reader: str, seconds: float, operator: str) -> Tried:
        """Have a reader tested. Cancelled, it tells the door process, which decides again at once."""
        return await self._ask(TryReader(reader, seconds, operator), Tried, seconds + SLACK_S)

    async def pair(self, reader: str, window_s: float, operator: str) -> Paired:
        """Have a reader given a key of its own. A window that is open goes on when this is cancelled."""
        return await self._ask(PairReader(reader, window_s, operator), Paired, window_s + 2 * SLACK_S)

    async def card_tag(
        self, technology: str, number_hex: str, *, person: str = "", break_glass: bool = False
    ) -> CardTag:
        """Have the tag made of a card whose number was typed in, for whom, or of a code."""
        request = MakeCardTag(technology, number_hex, person, break_glass)
        return await self._ask(request, CardTag, USUAL_S + COMPARING_S)

    async def seal_numbers(self, numbers: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Have the numbers of cards sealed that wait for their tags; gives one answer for each."""
        return _each(await self._ask(SealNumbers(numbers), SealedNumbers, SEALING_S), numbers)

    async def tag_sealed(self, cards: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Have tags made of sealed numbers, one after the other; gives one answer for each."""
        return _each(await self._ask(TagSealed(cards), Tagged, TAGGING_S), cards)

    async def shown_card(self, access_point: str, within_s: float, person: str = "") -> CardTag:
        """Have the next card read that is shown at an access point. Cancelled, it tells the door process."""
        request = ReadCard(access_point, within_s, person)
        return await self._ask(request, CardTag, within_s + SLACK_S + COMPARING_S)

    async def card_keys(self) -> CardKeysHeld:
        """Ask which keys of the site's own cards there are."""
        return await self._ask(AskCardKeys(), CardKeysHeld)

    async def make_card_keys(self, wanted: MakeCardKeys) -> CardKeysHeld:
        """Have keys made for a kind of cards."""
        return await self._ask(wanted, CardKeysHeld)

    async def encode_card(self, wanted: EncodeCard) -> CardTag:
        """Have the next card encoded that is shown. Cancelled, it tells the door process, which stops."""
        return await self._ask(wanted, CardTag, wanted.within_s + ENCODING_S + SLACK_S + COMPARING_S)

    async def sign_pass(self, wanted: SignPass) -> SignedPass:
        """Have a pass signed; it opens nothing until it is stored."""
        return await self._ask(wanted, SignedPass)

    async def pass_key(self) -> PassKey:
        """Ask for the public key of passes."""
        return await self._ask(AskPassKey(), PassKey)

    async def pin_hash(self, person: str, pin: str, *, duress: bool = False) -> str:
        """Have a PIN hashed that somebody has chosen."""
        return (await self._ask(HashPin(person, pin, duress), PinHash)).hash

    async def made_pin(self, person: str, *, duress: bool = False) -> MadePin:
        """Have a PIN made up."""
        return await self._ask(MakePin(person, duress), MadePin)

    async def generator(self, person: str, generator: str, account: str) -> MadeGenerator:
        """Have the secret of a code generator made."""
        return await self._ask(MakeGenerator(person, generator, account), MadeGenerator)

    async def code(self, person: str, code: str) -> CodeChecked:
        """Have a one-time code tried."""
        return await self._ask(CheckCode(person, code), CodeChecked)

    async def step_of_code(self, owner: str, generator: str, sealed: bytes, code: str) -> int | None:
        """Ask which step of time a code of an operator's generator belongs to; ``None``: it does not fit."""
        step = (await self._ask(StepOfCode(owner, generator, sealed.hex(), code), Step)).step
        return step or None

    async def order(self, id_: str, door: str, order: DoorOrder, operator: str) -> Done:
        """Have an order carried out, once for its id."""
        return await self._ask(OrderDoor(id_, door, order, operator), Done)

    async def calibrate_faces(self) -> dict[str, Any]:
        """Have the faces of everybody measured who is enrolled."""
        return (await self._ask(CalibrateFaces(), FacesCalibrated, CALIBRATION_S)).found

    async def give(self, order: GiveOrder) -> Done:
        """Have any other order carried out, once for its id."""
        return await self._ask(order, Done)

    async def forgive(self, id_: str, person: str, operator: str) -> Done:
        """Have a person's wrong PINs forgotten."""
        return await self._ask(ForgiveWrongPins(id_, person, operator), Done)

    async def check_members(self, roles: Collection[str], groups: Collection[str]) -> None:
        """Raise ``Refusal`` for a role or a group that the site file does not have."""
        if roles or groups:
            status = await self.status()
            _check("role", "body.roles", roles, status.roles)
            _check("group", "body.groups", groups, status.groups)

    async def members(self) -> tuple[frozenset[str], frozenset[str]]:
        """Ask which roles and which groups the site file has."""
        status = await self.status()
        return frozenset(each["id"] for each in status.roles), frozenset(each["id"] for each in status.groups)

    async def check_level(self, level: str) -> None:
        """Raise ``Refusal`` for a level that the site file does not have."""
        _there_is("level", "body.level", level, (await self.status()).levels)

    async def check_qualification(self, qualification: str) -> None:
        """Raise ``Refusal`` for a qualification that the site file does not have."""
        _there_is("qualification", "path.qualification", qualification, (await self.status()).qualifications)

    async def consent_text(self) -> ConsentAsked:
        """Ask what people agree to before anything of theirs is kept."""
        return await self._ask(AskConsentText(), ConsentAsked)

    async def begin_enrolment(self, wanted: BeginEnrolment) -> EnrolmentState:
        """Have an enrolment begun."""
        return await self._ask(wanted, EnrolmentState)

    async def learn_finger(self, id_: str) -> None:
        """Have the sensor learn the finger of an enrolment whose template's name is noted."""
        await self._ask(LearnFinger(id_), Done)

    async def enrolment(self, id_: str) -> EnrolmentState:
        """Ask how an enrolment goes; what it made is given once."""
        return await self._ask(AskEnrolment(id_), EnrolmentState)

    async def stop_enrolment(self, id_: str) -> None:
        """Have an enrolment stopped."""
        await self._ask(StopEnrolment(id_), Done)

    async def forget_template(self, sensor: str, template: str) -> None:
        """Have a sensor erase a template, and wait until it has."""
        await self._ask(ForgetTemplate(sensor, template), Done, FORGET_S)

    async def sealed_file(self, name: str) -> str:
        """Ask what a sealed file holds; nothing where there is none."""
        text = ""
        while True:
            part = await self._ask(AskSealedFile(SealedFile(name), len(text)), SealedText)
            text += part.text
            if not part.text or len(text) >= part.total:
                return text

    async def reload_rules(self) -> RulesRead:
        """Have the site file read again."""
        return await self._ask(ReloadRules(), RulesRead, RELOAD_S)

    async def tell_of_record(self, request: TellOfRecord | TellOfExport) -> Done:
        """Have something entered about the record itself."""
        return await self._ask(request, Done)

    async def nudge(self) -> None:
        """Say that there is something in the outbox. Unheard it costs seconds: the door process polls."""
        with contextlib.suppress(LinkError):
            await self._ask(TakeOutbox(), Done, NUDGE_S)

    def close(self) -> None:
        """Hang up."""
        self._link.close()

    async def _ask(self, request: Request, wanted: type[A], timeout_s: float = USUAL_S) -> A:
        answer = await self._link.ask(request, timeout_s)
        if not isinstance(answer, wanted):
            raise DoorUnreachable("the door process answers something else than was asked")
        return answer


def _each(answer: SealedNumbers | Tagged, asked: list[dict[str, str]]) -> list[dict[str, Any]]:
    if len(answer.each) != len(asked):
        raise DoorUnreachable("the door process answers something else than was asked")
    return answer.each


def _check(kind: str, path: str, wanted: Collection[str], there: Sequence[Mapping[str, Any]]) -> None:
    for place, id_ in enumerate(wanted):
        _there_is(kind, f"{path}.{place}", id_, there)


def _there_is(kind: str, path: str, id_: str, there: Sequence[Mapping[str, Any]]) -> None:
    known = sorted(each["id"] for each in there)
    if id_ not in known:
        raise invalid(path, f"there is no such {kind}; there {_are(known)}")


def _are(known: list[str]) -> str:
    return f"are {', '.join(known)}" if known else "is none"
