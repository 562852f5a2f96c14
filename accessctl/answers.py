"""What the HTTP API answers, as its clients see it. The API's own schema says what each field means."""

from typing import Any, Literal, TypedDict

OrderName = Literal["release", "unlock", "lock"]


class Qualification(TypedDict):
    """Something that a person is qualified for."""

    id: str
    until: str | None


class Loan(TypedDict):
    """A level that a person has for a while."""

    id: str
    level: str
    valid_from: str | None
    valid_until: str


class Imported(TypedDict):
    """What an import did, or would do."""

    id: str | None
    dry_run: bool
    rows: int
    added: int
    changed: int
    unchanged: int
    cards: int
    changes: list[dict[str, Any]]


class Import(TypedDict):
    """An import, and how far its cards are."""

    id: str
    operator: str
    at: str
    rows: int
    added: int
    changed: int
    unchanged: int
    cards: int
    tagged: int
    failed: int
    waiting: int
    rate: float | None
    estimate_s: float | None
    stalled: str | None


class Person(TypedDict):
    """A person."""

    id: str
    name: str
    roles: list[str]
    groups: list[str]
    valid_from: str | None
    valid_until: str | None
    disabled: bool
    uses_total: int | None
    uses_a_day: int | None
    exempt: bool
    extended: bool
    qualifications: list[Qualification]
    temporary_access: list[Loan]
    has_pin: bool
    has_code: bool
    code_generator: str
    active_cards: int
    added_at: str
    seen_from: str


class PeopleFound(TypedDict):
    """Some of the people who were searched for, and after which id there are more."""

    people: list[Person]
    next: str | None


class PersonDetails(Person):
    """A person, with what no list says."""

    has_duress_pin: bool


class Card(TypedDict):
    """A card, by its id."""

    id: str
    person: str
    technology: str
    hint: str
    clonable: bool
    status: str
    valid_from: str | None
    valid_until: str | None
    enrolled_at: str


class EnrolledCard(Card):
    """A card that was just enrolled."""

    like_pin: bool


class CardKeys(TypedDict):
    """The keys of a kind of cards, without the keys."""

    kind: str
    made_at: str
    imported: bool
    application: str
    check: str
    in_use: bool


class EncodedCard(TypedDict):
    """A card that was given its keys."""

    technology: str
    hint: str
    card: Card | None
    like_pin: bool


class Code(Card):
    """A code that was just made, with its digits."""

    code: str


class Pass(TypedDict):
    """A pass, by its id."""

    id: str
    person: str
    label: str | None
    hint: str
    status: str
    valid_from: str
    valid_until: str
    access_points: list[str] | None
    uses: int | None
    made_at: str


class MadePass(Pass):
    """A pass that was just made, with its text."""

    text: str


class PassKey(TypedDict):
    """The public key of passes."""

    key_id: str
    public_key: str


class PrintedCode(TypedDict):
    """A code, by its id."""

    id: str
    person: str
    label: str | None
    status: str
    access_points: list[str] | None
    uses: int | None
    used: int | None
    break_glass: bool
    valid_from: str | None
    valid_until: str | None
    enrolled_at: str


class MadeCode(PrintedCode):
    """A code that was just made, with its digits."""

    code: str


class CodeGenerator(TypedDict):
    """A generator of one-time codes that was just made, with its secret."""

    id: str
    uri: str
    secret: str
    digits: int
    period_s: int
    algorithm: str


class Door(TypedDict):
    """A door, as it stands."""

    id: str
    name: str
    mode: str
    leaf: str
    strike: str
    alarm: str | None
    lock: str
    unattended: str
    fault: str | None
    inside: list[str]


class Reader(TypedDict):
    """A reader or keypad, and how it is."""

    id: str
    kind: str
    driver: str
    access_point: str
    name: str
    door: str | None
    state: str
    why: str
    since: str | None
    seen: str | None
    silent_s: float | None
    errors_this_hour: int
    errors_hour_before: int
    trend: str
    last_error: str
    restarts: int
    about: dict[str, str]
    tampered: bool
    power_failed: bool
    insecure: str | None
    key: str | None
    pairing: bool
    fault: str | None


class Read(TypedDict):
    """Something that a reader has read."""

    at_s: float
    what: str


class Trial(TypedDict):
    """What came of testing a reader."""

    reader: str
    reads: list[Read]
    more: int
    patterns: list[str]


class Done(TypedDict):
    """What came of an order."""

    order: str
    seq: int
    repeated: bool


class Event(TypedDict):
    """An entry of the record."""

    seq: int
    at: str
    mono_ns: int
    clock_synced: bool
    controller: str
    epoch: str
    boot: str
    rules: str
    version: str
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    person_name: str | None
    credential: str | None
    reason: str | None
    detail: dict[str, Any]


class EventsFound(TypedDict):
    """Some entries, and from which number on there may be more."""

    events: list[Event]
    next: int | None


class FaceWay(TypedDict):
    """What one way to compare faces comes to on a site's own people."""

    threshold: float
    nearest: float
    between_mean: float
    between_sd: float
    within_mean: float
    within_worst: float
    false_matches: dict[str, Any]
    false_refusals: dict[str, Any]
    expected_fmr: float
    reaches_target: bool


class FaceCalibration(TypedDict):
    """What was measured of a site's own faces."""

    model: str
    people: int
    enrolled: int
    other_engines: int
    shipped_threshold: float | None
    target_fmr: float
    target_fnmr: float
    shown_fmr: float
    plain: FaceWay
    centred: FaceWay | None
    chosen: str


class ConsentText(TypedDict):
    """What people agree to before anything of theirs is kept."""

    version: str
    text: str
    sha256: str
    expire_days: int
    equal_way: str


class Consent(TypedDict):
    """A consent."""

    id: str
    person: str
    kind: str
    text_version: str
    text_sha256: str
    given_at: str
    witness: str
    withdrawn_at: str | None


class Biometric(TypedDict):
    """A finger or face that is enrolled."""

    id: str
    person: str
    kind: str
    model: str
    sensor: str | None
    enrolled_at: str
    expires_at: str | None
    disabled: bool


class LeftInSensor(TypedDict):
    """A template that was erased here and not in its sensor yet."""

    sensor: str
    receipt: str


class Biometrics(TypedDict):
    """Fingers and faces, and what sensors have yet to erase."""

    biometrics: list[Biometric]
    left_in_sensors: list[LeftInSensor]


class Enrolment(TypedDict):
    """How an enrolment goes."""

    id: str
    person: str
    kind: str
    state: str
    hint: str
    step: int
    of: int
    why: str
    biometric: Biometric | None


class ForgottenInSensor(TypedDict):
    """What became of the templates in a sensor."""

    sensor: str
    fingers: int
    forgotten: bool
    why: str


class CleanFiles(TypedDict):
    """What became of the database's files."""

    clean: bool
    searched_bytes: int
    rewritten: bool
    why: str


class Holding(TypedDict):
    """A copy of the people's store that holds what was erased."""

    name: str
    at: str
    folder: bool


class Receipt(TypedDict):
    """Says what was erased of a person."""

    id: str
    person: str
    at: str
    by: str
    seq: int | None
    erased: list[Biometric]
    key_destroyed: str | None
    consents_withdrawn: list[str]
    sensors: list[ForgottenInSensor]
    files: CleanFiles
    held_by: list[Holding]


class NewSession(TypedDict):
    """A session that has just begun."""

    token: str
    ends_at: str
    operator: str


class Session(TypedDict):
    """In whose name somebody asks, and what they may."""

    operator: str
    name: str
    roles: list[str]
    rights: list[str]
    place: str
    ends_at: str | None


class Left(TypedDict):
    """What was taken from somebody who left."""

    person: str
    disabled: bool
    cards: list[str]
    codes: list[str]
    passes: list[str]
    pin: bool
    code_generator: bool
    temporary_access: list[str]
    biometrics: list[str]
    pending_cards: int


class Deleted(TypedDict):
    """What was deleted of a person."""

    person: str
    held: dict[str, int]
    counted_in: str | None
    receipt: Receipt


class LevelPolicy(TypedDict):
    """Where a level lets people while a schedule holds."""

    schedule: str
    access_points: list[str]


class Level(TypedDict):
    """An access level."""

    id: str
    policies: list[LevelPolicy]
    roles: list[str]
    groups: list[str]
    denied_roles: list[str]
    denied_groups: list[str]
    people: int
    lent_to: int


class Lent(Loan):
    """A level that a person has for a while, with whose it is."""

    person: str


class Acknowledged(TypedDict):
    """Who has taken notice of an alarm."""

    by: str
    at: str
    note: str | None


class Alarm(TypedDict):
    """An alarm."""

    seq: int
    type: str
    open: bool
    since: str
    lasts: bool
    restored_at: str | None
    restored_seq: int | None
    restored_by: str | None
    door: str | None
    access_point: str | None
    person: str | None
    person_name: str | None
    reason: str | None
    detail: dict[str, Any]
    acknowledged: Acknowledged | None


class Missing(TypedDict):
    """Somebody who was not seen safe yet."""

    person: str
    name: str | None
    area: str | None
    since: str | None
    sureness: str | None


class Muster(TypedDict):
    """Whether a muster is going on, who is missing, and who is safe."""

    running: bool
    since: str | None
    expected: int
    missing: list[Missing]
    safe: list[dict[str, str | None]]
    areas: list[dict[str, Any]]


class AreaReview(TypedDict):
    """How an area stands whose owners review who has access to it."""

    area: str
    name: str
    owners: list[str]
    every: str
    period: str
    ends: str
    state: str
    last: str | None
    last_at: str | None
    wrong: list[str]


class HasAccess(TypedDict):
    """Somebody who has access to an area, and by what right."""

    person: str
    name: str | None
    rights: list[dict[str, Any]]
    can_show_something: bool
    decision: str | None


class ReviewBegun(TypedDict):
    """What an owner looks through before signing."""

    area: str
    period: str
    rules: str
    access_points: list[str]
    people: list[HasAccess]
    sha256: str


class SignedReviewRow(TypedDict):
    """A signed review."""

    id: str
    area: str
    period: str
    operator: str
    at: str
    sha256: str


class SignedReview(SignedReviewRow):
    """A signed review with all it holds, whether it is sound, and what of it is to be done."""

    document: str
    people: list[HasAccess]
    evidence: dict[str, Any]
    to_do: list[HasAccess]
    in_force: bool
