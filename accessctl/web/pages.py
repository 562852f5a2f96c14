"""Pages out of the templates beside this module. Whatever is put into one is text, and stays text."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import jinja2
from aiohttp import web

from accessctl.web.gate import nonce
from accessctl.web.headers import page_policy, terminal_policy

_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("accessctl.web"), autoescape=True, undefined=jinja2.StrictUndefined
)


def page(
    template: str, words: Mapping[str, object], status: int = HTTPStatus.OK, **more: object
) -> web.Response:
    """Give a page of forms and words, which loads nothing."""
    word = nonce()
    text = _TEMPLATES.get_template(template).render(words, nonce=word, **more)
    return html(text, page_policy(word), status)


def terminal_page(words: Mapping[str, object], websocket: str, **more: object) -> web.Response:
    """Give the page with the console. ``websocket``: our own origin, as websockets have it."""
    word = nonce()
    where = f"{websocket}/ws"
    text = _TEMPLATES.get_template("terminal.html").render(words, nonce=word, websocket=where, **more)
    return html(text, terminal_policy(word, websocket))


def html(text: str, policy: str, status: int = HTTPStatus.OK) -> web.Response:
    """Give a page that may load what its policy says."""
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status, headers=headers)
