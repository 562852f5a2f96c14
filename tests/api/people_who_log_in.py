"""Logging in at a running API, with a password and the codes of a real generator, in time we own."""

import sqlite3
from contextlib import closing
from typing import Any

import httpx

from accessctl.store.scrubbing import search
from tests.api.running import RunningApi
from tests.homes import TESTER, OwnClock
from tests.link.peer import GENERATOR

PASSWORD = "nine green forklifts"


class Office:
    """A running API whose clock is ours, and those who log in there."""

    def __init__(self, api: RunningApi, clock: OwnClock) -> None:
        self.api, self.clock = api, clock

    def add(self, operator: str, *roles: str) -> None:
        """Make an operator who can log in."""
        body = {"id": operator, "name": operator.title(), "roles": roles or ["guard"]}
        answer = self.api.http.post("/operators", json=body)
        assert answer.status_code == 201, answer.text
        answer = self.api.http.put(f"/operators/{operator}/login", json={"password": PASSWORD})
        assert answer.status_code == 200, answer.text

    def code(self) -> str:
        """Give what the generator shows now."""
        return GENERATOR.code_of(GENERATOR.step_at(self.clock()))

    def try_(self, operator: str, password: str = PASSWORD, code: str | None = None) -> httpx.Response:
        body = {"operator": operator, "password": password, "code": code or self.code()}
        return self.api.http.post("/session", json=body)

    def session(self, operator: str) -> httpx.Client:
        """Log in, and give a client that shows the session."""
        answer = self.try_(operator)
        assert answer.status_code == 201, answer.text
        return self.showing(answer.json()["token"])

    def showing(self, secret: str) -> httpx.Client:
        http = self.api.client()
        http.headers["authorization"] = f"Bearer {secret}"
        return http

    def keeps(self, secret: str) -> bool:
        """Whether it stands anywhere in the store's files."""
        return search(self.api.home.people, [secret.encode()])[0]

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.api.home.people)) as db:
            return db.execute(sql, values).fetchall()

    def told(self, kind: str) -> list[tuple[Any, ...]]:
        """Give operator and detail of each row of the outbox of this type."""
        return self.rows("SELECT operator, detail FROM outbox WHERE type = ? ORDER BY id", kind)


__all__ = ["PASSWORD", "TESTER", "Office"]
