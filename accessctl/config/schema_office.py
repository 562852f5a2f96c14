"""What a site file may say of operators, of what needs two of them, and of the API on the network."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from accessctl.config.kinds import Choices, Flag, Id, Refs, Whole
from accessctl.config.reading import (
    Reading,
    Table,
    Wrong,
    as_list,
    as_table,
    as_text,
    check,
    key,
    show,
    under,
)
from accessctl.office.rules import (
    USUAL_IDLE,
    USUAL_REQUESTS_A_MINUTE,
    USUAL_SESSION,
    USUAL_WITHIN,
    TwoPeople,
)

A_MINUTE: Final = timedelta(minutes=1)
AN_HOUR: Final = timedelta(hours=1)
A_WEEK_MIN: Final = 7 * 24 * 60
LAST_PORT: Final = 65_535
LONGEST_NAME: Final = 253
"""Of a host, in characters (RFC 1035)."""
MOST_NAMES: Final = 20
LONGEST_PATH: Final = 255
MOST_REQUESTS: Final = 60_000

_USER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?")
"""A user name as ``useradd(8)`` takes it; capitals and full stops are had from directories."""
_LABEL: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_WHERE: Final = re.compile(r"(\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[0-9.]+)):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class LocalUsers:
    """Who of this machine's users is which operator."""

    def read(self, value: object, at: str, reading: Reading) -> Mapping[str, str]:
        """Take a table of user names, each with an operator's id. Notes what is none."""
        found = {}
        for user, operator in as_table(value).items():
            where = under(at, user)
            if not _USER.fullmatch(user):
                reading.note(where, f"{show(user)} is no name of a local user")
                continue
            try:
                found[user] = Id().read(operator, where, reading)
            except Wrong as wrong:
                reading.note(where, wrong.what)
        return found


@dataclass(frozen=True, slots=True)
class Listen:
    """An IP address and a port of this machine."""

    def read(self, value: object, _at: str, _reading: Reading) -> tuple[str, int]:
        """Take ``"192.0.2.7:8443"`` or ``"[2001:db8::7]:8443"``."""
        text = as_text(value)
        match = _WHERE.fullmatch(text)
        if match is None:
            raise Wrong(
                'must be an IP address and a port, such as "192.0.2.7:8443" or "[::1]:8443", '
                f"not {show(text)}"
            )
        port = int(match["port"])
        if not 0 < port <= LAST_PORT:
            raise Wrong(f"must have a port from 1 to {LAST_PORT}, not {port}")
        try:
            address = ipaddress.ip_address(match["four"] or match["six"])
        except ValueError:
            raise Wrong(f"{show(match['four'] or match['six'])} is no IP address") from None
        return str(address), port


@dataclass(frozen=True, slots=True)
class HostNames:
    """The names by which clients call this machine."""

    def read(self, value: object, at: str, reading: Reading) -> tuple[str, ...]:
        """Take host names and IP addresses, each once. Notes what is none."""
        items = as_list(value)
        if len(items) > MOST_NAMES:
            raise Wrong(f"must not name more than {MOST_NAMES}, and has {len(items)}")
        found: dict[str, None] = {}
        for place, item in enumerate(items):
            try:
                name = _name(item)
                if name in found:
                    raise Wrong(f"{show(name)} is named twice")  # noqa: TRY301 - noted with its place below
                found[name] = None
            except Wrong as wrong:
                reading.note(f"{at}[{place}]", wrong.what)
        return tuple(found)


def _name(value: object) -> str:
    text = as_text(value)
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    # What ends in a number would be an address that is not one.
    labels = text.split(".")
    named = len(text) <= LONGEST_NAME and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdecimal()
    if not named:
        raise Wrong(f"{show(text)} is neither a host name nor an IP address")
    return text.lower()


@dataclass(frozen=True, slots=True)
class FilePath:
    """Where a file is, from the root on."""

    def read(self, value: object, _at: str, _reading: Reading) -> str:
        """Take an absolute path; whether the file is there is not asked here."""
        text = as_text(value)
        if len(text) > LONGEST_PATH or not text.startswith("/") or not text.isprintable():
            raise Wrong(f"must be a path that begins with /, {LONGEST_PATH} characters long at most")
        return text


class OperatorsTable(Table):
    """Operators, as far as they are not in the store."""

    local: Mapping[str, str] = key(LocalUsers(), {})
    session_hours: int = key(Whole(1, 7 * 24, "hours"), USUAL_SESSION // AN_HOUR)
    idle_minutes: int = key(Whole(1, A_WEEK_MIN, "minutes"), USUAL_IDLE // A_MINUTE)
    auditors_see_names: bool = key(Flag(), default=True)

    @check("session_hours", "idle_minutes")
    def ends_before_the_session(self) -> str | None:
        """Refuse an idle time that never comes to its end."""
        if self.idle_minutes > self.session_hours * 60:
            return (
                f"never passes: a session ends after {self.session_hours} hours (session_hours) in any case"
            )
        return None


class ApprovalsTable(Table):
    """What one operator asks for and another approves."""

    needs: tuple[TwoPeople, ...] = key(Choices(TwoPeople), ())
    within_minutes: int = key(Whole(1, A_WEEK_MIN, "minutes"), USUAL_WITHIN // A_MINUTE)
    wide_roles: tuple[str, ...] = key(Refs("members"), ())
    wide_levels: tuple[str, ...] = key(Refs("levels"), ())


class ApiTable(Table):
    """Where the API is served besides its Unix socket."""

    listen: tuple[str, int] | None = key(Listen(), None)
    certificate: str | None = key(FilePath(), None)
    key_file: str | None = key(FilePath(), None, name="key")
    names: tuple[str, ...] = key(HostNames(), ())
    requests_a_minute: int = key(Whole(1, MOST_REQUESTS, "requests"), USUAL_REQUESTS_A_MINUTE)

    @check("certificate", "key_file", at="key_file")
    def has_a_key_of_the_certificate(self) -> str | None:
        """Refuse a certificate whose key nobody knows."""
        if self.certificate is not None and self.key_file is None:
            return "is missing: it is the key of certificate"
        return None

    @check("certificate", "key_file", at="certificate")
    def has_a_certificate_of_the_key(self) -> str | None:
        """Refuse a key of nothing."""
        if self.certificate is None and self.key_file is not None:
            return "is missing: key stands beside it"
        return None

    @check("listen", "certificate", "key_file", "names", "requests_a_minute", at="listen")
    def listens_somewhere(self) -> str | None:
        """Refuse rules for a network in which nothing listens."""
        usual = (None, None, (), USUAL_REQUESTS_A_MINUTE)
        if self.listen is None and usual != (
            *(self.certificate, self.key_file, self.names, self.requests_a_minute),
        ):
            return "is missing: what else stands here counts on the network alone"
        return None
