"""The HTTP API, from the side of a screen or a command: synchronous, over the Unix socket."""

from accessctl.answers import (
    Alarm,
    Biometric,
    Biometrics,
    Card,
    CardKeys,
    Code,
    CodeGenerator,
    Consent,
    ConsentText,
    Deleted,
    Done,
    Door,
    EncodedCard,
    EnrolledCard,
    Enrolment,
    Event,
    EventsFound,
    FaceCalibration,
    Import,
    Imported,
    Left,
    Lent,
    Level,
    Loan,
    MadeCode,
    MadePass,
    Muster,
    NewSession,
    OrderName,
    Pass,
    PassKey,
    PeopleFound,
    Person,
    PersonDetails,
    PrintedCode,
    Reader,
    Receipt,
    Session,
    Trial,
)
from accessctl.client.account import AccountCalls
from accessctl.client.asking import ANSWER_S, RawAnswer
from accessctl.client.backups import BackupCalls
from accessctl.client.biometrics import BiometricCalls
from accessctl.client.bulk import BulkCalls
from accessctl.client.credentials import CredentialCalls
from accessctl.client.doors import DoorCalls
from accessctl.client.errors import ApiError, ApiRefused, ApiUnreachable, ApiWaits
from accessctl.client.events import EventCalls
from accessctl.client.operator_answers import (
    Approval,
    ApprovalDetails,
    Decided,
    MadeLogin,
    MadeToken,
    OpenSession,
    Operator,
    Token,
)
from accessctl.client.operators import OperatorCalls
from accessctl.client.people import PeopleCalls
from accessctl.client.people_secrets import SecretCalls
from accessctl.client.rules import RuleCalls

__all__ = [
    "ANSWER_S",
    "Alarm",
    "ApiClient",
    "ApiError",
    "ApiRefused",
    "ApiUnreachable",
    "ApiWaits",
    "Approval",
    "ApprovalDetails",
    "Biometric",
    "Biometrics",
    "Card",
    "CardKeys",
    "Code",
    "CodeGenerator",
    "Consent",
    "ConsentText",
    "Decided",
    "Deleted",
    "Done",
    "Door",
    "EncodedCard",
    "EnrolledCard",
    "Enrolment",
    "Event",
    "EventsFound",
    "FaceCalibration",
    "Import",
    "Imported",
    "Left",
    "Lent",
    "Level",
    "Loan",
    "MadeCode",
    "MadeLogin",
    "MadePass",
    "MadeToken",
    "Muster",
    "NewSession",
    "OpenSession",
    "Operator",
    "OrderName",
    "Pass",
    "PassKey",
    "PeopleFound",
    "Person",
    "PersonDetails",
    "PrintedCode",
    "RawAnswer",
    "Reader",
    "Receipt",
    "Session",
    "Token",
    "Trial",
]


class ApiClient(
    AccountCalls,
    BackupCalls,
    BiometricCalls,
    BulkCalls,
    CredentialCalls,
    DoorCalls,
    EventCalls,
    OperatorCalls,
    PeopleCalls,
    SecretCalls,
    RuleCalls,
):
    """Asks the API, from one thread. Each method raises ``ApiUnreachable``, ``ApiRefused``, ``ApiWaits``."""
