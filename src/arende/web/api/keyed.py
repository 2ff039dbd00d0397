"""Who comes with a request of the API: the program's key, the person it acts as, and what that person may see.

A browser's cookie is never looked at here, so no page of another site can act through somebody's browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Never

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from arende import db, rights, workdays
from arende.actors import Actor
from arende.app import App
from arende.errors import Sentence
from arende.rights import Reader
from arende.usecases import apikeys
from arende.usecases.apikeys import Key
from arende.web.api.problems import Told, language
from arende.web.limits import Limit
from arende.web.session import Door, Look
from arende.web.speech import Speech

_BEARER = HTTPBearer(auto_error=False, description="A key made by `arende apikey make`.", scheme_name="key")


@dataclass(frozen=True)
class Caller:
    """A program that has shown its key."""

    key: Key
    rights: Reader
    """What it may see, for ``rights.py``."""
    t: Speech

    @property
    def actor(self) -> Actor:
        """The person it acts as."""
        return self.key.actor


class Gate:
    """Lets programs in, so many times a minute."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.asked, self.wrong = Limit(app.settings.api_per_minute, 60), Limit(30, 60)

    def let_in(self, request: Request, raw: str) -> Caller:
        """The caller behind a key. Raises Told for none, for one that does not hold, and for too many requests."""
        app = self.app
        with db.reading(app.engine) as conn:
            key = apikeys.found(app, conn, raw)
            if key is None:
                self._refuse(request)
            if not self.asked.take(str(key.id)):
                raise Told("too-many", _WAIT, headers={"Retry-After": "60"})
            today = workdays.local_day(app.clock())
            reads = rights.reader(conn, key.actor.id, today)
            door: Door = request.app.state.door
            request.state.look = Look(None, reads, door.house(conn))  # so that all that reads asks the same filter
        apikeys.used(app, key)
        return Caller(key, reads, Speech(language(request)))

    def _refuse(self, request: Request) -> Never:
        if not self.wrong.take(request.client.host if request.client else ""):
            raise Told("too-many", _WAIT, headers={"Retry-After": "60"})
        raise Told("not-signed-in", _NO_KEY, headers={"WWW-Authenticate": 'Bearer realm="arende"'})


def caller(request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Caller:
    """Whoever may read."""
    given = [*request.path_params.values(), *request.query_params.values()]
    if any("\x00" in str(value) for value in given):  # no database can be asked for it
        raise Told("unreadable", _UNREADABLE)
    if unknown := set(request.query_params) - {
        "lang",
        *(p.alias for p in request.scope["route"].dependant.query_params),
    }:
        raise Told("unreadable", _unknown(min(unknown)))  # a filter that is misspelt would show everything
    gate: Gate = request.app.state.gate
    return gate.let_in(request, shown.credentials if shown else "")


def actor(found: Annotated[Caller, Depends(caller)]) -> Caller:
    """Whoever may give commands."""
    if found.key.role != "act":
        raise Told("not-allowed", _READS_ONLY)
    return found


Reading = Annotated[Caller, Depends(caller)]
Acting = Annotated[Caller, Depends(actor)]


def _unknown(name: str) -> Sentence:
    shown = "".join(c for c in name[:40] if c.isprintable())
    return Sentence(f"Adressen tar inte emot {shown}.", f"The address does not take {shown}.")


_NO_KEY = Sentence(
    "Visa en nyckel som gäller: Authorization: Bearer arende_… En administratör gör den med arende apikey make.",
    "Show a key that holds: Authorization: Bearer arende_… An administrator makes it by arende apikey make.",
)
_READS_ONLY = Sentence(
    "Nyckeln är till för att läsa. Be en administratör om en nyckel med rollen act.",
    "The key is for reading. Ask an administrator for one with the role act.",
)
_WAIT = Sentence("Vänta en minut och försök igen.", "Wait a minute and try again.")
_UNREADABLE = Sentence("Adressen har tecken som inte går att läsa.", "The address has characters that cannot be read.")
