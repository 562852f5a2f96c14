"""An IP camera's pictures over HTTP: JPEG after JPEG in one answer that never ends.

Every wait has an end, whatever the camera or the network does. There is no proxy and no redirection: the
address in the site file is where the pictures come from, or there are none.
"""

import urllib.error
import urllib.request
from http.client import HTTPException, HTTPResponse
from typing import IO, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from hardware.cameras.decoding import decoded
from hardware.cameras.frames import SourceLost
from hardware.cameras.multipart import NotMultipart, Parts, boundary_of
from hardware.faces.engine import Picture

ANSWER_S: Final = 3.0
"""How long connecting, and each piece of the answer, may take: a camera that is silent so long is lost."""
AT_ONCE: Final = 65_536
MOST_BROKEN: Final = 20
"""So many parts in a row that are no pictures are no camera."""
OK: Final = 200


class MjpegSource:
    """The stream of one camera."""

    def __init__(self, url: str) -> None:
        """Connect, with the name and password in the address where there are any. Raises ``SourceLost``."""
        self._answer = _asked(url)
        self._broken = 0
        try:
            self._parts = Parts(boundary_of(self._answer.headers.get("Content-Type", "")))
        except NotMultipart as error:
            self._answer.close()
            raise SourceLost(str(error)) from None

    def read(self) -> Picture | None:
        """Wait for a piece of the answer; give the newest picture that it completed.

        The socket is not asked whether there is one: the answer reads ahead, and a picture that it has would
        wait for the next one, and then pass for one that was just taken.
        """
        try:
            data = self._answer.read1(AT_ONCE)
            parts = self._parts.feed(data)
        except NotMultipart as error:
            raise SourceLost(str(error)) from None
        except TimeoutError:
            raise SourceLost("the camera fell silent") from None
        except (OSError, HTTPException, ValueError) as error:
            raise SourceLost(f"the camera's answer broke off ({type(error).__name__})") from None
        if not data:
            raise SourceLost("the camera ended its answer")
        if not parts:
            return None
        picture = decoded(parts[-1])  # the newest; those before it are past
        self._broken = 0 if picture is not None else self._broken + len(parts)
        if self._broken >= MOST_BROKEN:
            raise SourceLost("what the camera sends are no pictures")
        return picture

    def close(self) -> None:
        """Hang up."""
        self._answer.close()


class _HangsUp(urllib.request.BaseHandler):
    """Ends the answer that asks for a password: urllib asks anew, and leaves that one open."""

    handler_order = 100  # before the passwords' own handlers

    def http_error_401(self, _asked: object, answer: IO[bytes], *_: object) -> None:
        """Hang up, and leave it to the next handler."""
        answer.close()


def _asked(url: str) -> HTTPResponse:
    parts = urlsplit(url)
    host = parts.hostname or ""
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if parts.username is not None:
        passwords.add_password(None, bare, unquote(parts.username), unquote(parts.password or ""))
    opener = urllib.request.OpenerDirector()
    for handler in (
        _HangsUp(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPDigestAuthHandler(passwords),
        urllib.request.HTTPBasicAuthHandler(passwords),
    ):
        opener.add_handler(handler)
    try:
        answer = opener.open(bare, timeout=ANSWER_S)
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceLost(f"the camera answers {error.code}{_said(error.code)}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise SourceLost(f"the camera at {host} does not answer ({_why(error)})") from None
    if not isinstance(answer, HTTPResponse) or answer.status != OK:
        raise SourceLost("the address is none of http:// or https://, or gives no pictures")
    return answer


def _said(code: int) -> str:
    return {401: ": name and password are wrong or missing", 404: ": there is nothing at this address"}.get(
        code, ""
    )


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    if isinstance(reason, OSError):
        return reason.strerror or type(reason).__name__
    return type(error).__name__
