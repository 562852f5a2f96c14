"""The application: routes, guards and what runs beside them."""

import asyncio
import functools
from collections import defaultdict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from fastapi import APIRouter, FastAPI

from accessctl.api import (
    alarms,
    approvals,
    backups,
    biometrics,
    bulk,
    card_keys,
    cards,
    code_generators,
    codes,
    doors,
    events,
    faces,
    foresight,
    gate,
    health,
    leaving,
    levels,
    log,
    modes,
    musters,
    operators,
    orders,
    passes,
    people,
    problems,
    readers,
    reports,
    review_reports,
    reviews,
    rights,
    session,
    site_file,
    subject_copies,
    tokens,
)
from accessctl.api.describing import described
from accessctl.api.etags import PREFIX
from accessctl.api.parts import Parts

THREADS: Final = 32
_ABOUT: Final = """Administers a physical access controller: people, cards, orders to doors, the record.

It is served on a Unix socket; who connects is known by the kernel and stands in the record as operator.
Every refusal is a problem in the sense of RFC 9457, with words. While the door process is down, what
needs it is refused with 503; doors themselves never need this API.
"""
_PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "Refused; the body says why.",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
        "model": problems.ProblemDetails,
    }
}


def create_app(parts: Parts) -> FastAPI:
    """Put the application together."""
    app = FastAPI(
        title="accessctl",
        summary="Access control for warehouse doors",
        description=_ABOUT,
        version="1",
        openapi_url="/v1/openapi.json",
        # Their pages load scripts from elsewhere, which a controller without a network cannot.
        docs_url=None,
        redoc_url=None,
        # It would be put together with the Host, which is the client's word.
        redirect_slashes=False,
        lifespan=_life,
        responses=_PROBLEM,
    )
    app.state.parts = parts
    app.openapi = functools.partial(described, app)  # type: ignore[method-assign]  # as FastAPI documents it
    everything = APIRouter(prefix=PREFIX)
    methods = defaultdict[str, set[str]](set)
    for part in (
        *(
            biometrics,
            doors,
            health,
            readers,
            orders,
            bulk,
            people,
            rights,
            code_generators,
            cards,
            codes,
            passes,
        ),
        *(card_keys, faces, events, foresight, reports),
        *(leaving, subject_copies, review_reports, reviews, levels, modes, musters, alarms),
        *(backups, site_file, log),
        *(session, operators, tokens, approvals),
    ):
        gate.check(part.router)
        everything.include_router(part.router)
        for path, method in gate.methods_of(part.router):
            methods[path].add(method)
    app.state.methods = dict(methods)
    app.state.seen = frozenset(PREFIX + path for path in methods if "GET" in methods[path])
    app.include_router(everything)
    problems.install(app)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    # Who writes waits while an import does, in a thread; meanwhile others read, who need threads as well.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "api"))
    following = asyncio.create_task(parts.growth.follow())
    reading = asyncio.create_task(parts.tail.keep_reading())
    erasing = asyncio.create_task(parts.eraser.keep_at_it())
    tagging = asyncio.create_task(parts.tagging.keep_at_it())
    reviewing = asyncio.create_task(parts.reviewing.keep_at_it())
    await parts.backups.tidy()
    try:
        yield
    finally:
        for task in (following, reading, erasing, tagging, reviewing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await parts.backups.close()
        await asyncio.to_thread(parts.writer.close)
        parts.door.close()
