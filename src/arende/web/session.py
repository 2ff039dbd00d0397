"""Who comes with a request: the visitor behind the cookie, and what a page must ask before it shows or does anything.

Page writers use four things. ``visitor(request)`` is who is signed in, or None. ``person(request)`` leads whoever is
not signed in to sign in first, and back. ``reader(request)`` does so too, but lets anybody read a demonstration. A POST
declares a parameter ``form: Form`` (``web/forms.py``), which has the visitor and what was written.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from arende import actors, db, queries, rights, workdays
from arende.actors import Actor
from arende.app import App
from arende.commands import Evidence
from arende.queries import Connection
from arende.rights import NOBODY, Reader
from arende.usecases import sessions
from arende.usecases.sessions import Session, Way

FRESH = 5.0
"""Seconds for which what the people file says of the house is believed."""
ADDRESS = 2000
"""Characters of an address that sign-in leads back to."""


class SignInNeeded(Exception):
    """Nobody is signed in, and the page needs somebody. ``fields`` is what a form had in it, for it to come back."""

    def __init__(self, fields: list[tuple[str, str]] | None = None) -> None:
        self.fields = fields or []


@dataclass(frozen=True)
class Visitor:
    """A person who is signed in, with the offices they hold today."""

    actor: Actor
    offices: frozenset[tuple[str, str]]
    """(office, body), such as ``("chair", "rsau")``."""
    represents: tuple[actors.Represented, ...]
    """Those for whom the person stands in today, each with the office it concerns (None = all)."""
    session: Session
    csrf: str
    """What every form of theirs has to carry."""

    @property
    def key(self) -> str:
        """The person's key, for the ``actor`` of a command."""
        return self.actor.key

    @property
    def way(self) -> Way:
        """How they signed in: ``demo``, ``password`` or ``oidc``."""
        return self.session.way

    @property
    def shown(self) -> str:
        """How they signed in, for the record of what they do: ``oidc, acr loa3, 2026-11-22T08:00:00+00:00``."""
        acr = f", acr {self.session.assurance}" if self.session.assurance else ""
        return f"{self.way}{acr}, {self.session.opened_at.isoformat(timespec='seconds')}"

    @property
    def evidence(self) -> Evidence:
        """What is shown for an answer that is given on a page, without a mail's link."""
        return Evidence(level="login", authentication=self.shown)

    def holds(self, *offices: str) -> bool:
        """Whether one of the offices is theirs today, in whatever body."""
        return any(office in offices for office, _ in self.offices)


@dataclass(frozen=True)
class House:
    """What kind of installation it is, as the pages must tell."""

    name: str = ""
    """The authority; empty before a people file has been loaded."""
    demo: bool = False
    """Whether everything is made up, and whoever comes may sign in as anybody."""

    @property
    def open(self) -> bool:
        """Whether what is not secret may be read by whoever comes: in a demonstration, and while there is nothing."""
        return self.demo or not self.name


@dataclass(frozen=True)
class Look:
    """Who comes, and to what."""

    visitor: Visitor | None = None
    rights: Reader = NOBODY
    """What the visitor may see, for ``rights.py``."""
    house: House = field(default_factory=House)


class Door:
    """The way in, of one app."""

    def __init__(self, app: App) -> None:
        self.app = app
        secure = urlsplit(app.settings.base_url).scheme == "https"
        self.secure = secure
        self._house, self._asked = House(), 0.0
        self.cookie = "__Host-arende" if secure else "arende"
        self.way_cookie = "__Host-arende-way" if secure else "arende-way"
        self.form_cookie = "__Host-arende-form" if secure else "arende-form"

    def look(self, request: Request) -> Look:
        """Who comes with the request: asked of the database once."""
        known = self.known(request)
        if known is None:
            known = request.state.look = self._look(request)
        return known

    def known(self, request: Request) -> Look | None:
        """The same where it has been asked already, for pages that must not fail because the database does."""
        found: Look | None = getattr(request.state, "look", None)
        return found

    def _look(self, request: Request) -> Look:
        raw = request.cookies.get(self.cookie, "")
        with db.reading(self.app.engine) as conn:
            house = self.house(conn)
            session = sessions.found(self.app, conn, raw)
            visitor = self._visitor(conn, session, raw) if session else None
            reads = self._reads(conn, visitor) if visitor else NOBODY
        if session is not None:
            sessions.seen(self.app, session)
        return Look(visitor, reads, house)

    def house(self, conn: Connection) -> House:
        """What kind of installation it is; asked once in a while, since it changes with the people file only."""
        if not self._house.name or time.monotonic() - self._asked > FRESH:
            self._house, self._asked = self._ask_house(conn), time.monotonic()
        return self._house

    def _ask_house(self, conn: Connection) -> House:
        found = queries.authority(conn)
        told = bool((found.get("data") or {}).get("demo"))
        settings = self.app.settings
        return House(found.get("name", ""), told and settings.mail_stays_here and not settings.signs_in)

    def _visitor(self, conn: Connection, session: Session, raw: str) -> Visitor:
        today, number = workdays.local_day(self.app.clock()), session.actor.id
        return Visitor(
            session.actor,
            frozenset(actors.offices_of(conn, number, today)),
            tuple(actors.represented_by(conn, number, today)),
            session,
            token_of(raw),
        )

    def _reads(self, conn: Connection, who: Visitor) -> Reader:
        today = workdays.local_day(self.app.clock())
        return rights.reader_with(conn, who.actor.id, today, who.offices, who.represents)

    # ------------------------------------------------------------ the browser's secrets

    def admit(self, request: Request, answer: Response, actor: Actor, way: Way, assurance: str = "") -> Response:
        """Sign the person in with this answer. The secret is always a new one, and what the browser had ends."""
        old = request.cookies.get(self.cookie, "")
        raw = sessions.begin(self.app, actor, way, assurance, instead_of=old)
        answer.set_cookie(self.cookie, raw, path="/", secure=self.secure, httponly=True, samesite="lax")
        if self.way_cookie in request.cookies:
            answer.delete_cookie(self.way_cookie, path="/", secure=self.secure, httponly=True, samesite="lax")
        return answer

    def dismiss(self, request: Request, answer: Response) -> Response:
        """Sign out: the session ends, and the browser forgets its secret."""
        sessions.end(self.app, request.cookies.get(self.cookie, ""))
        answer.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="lax")
        return answer

    def remember_way(self, answer: Response, onward: str) -> None:
        """Keep where to come back to out of every address: for a page whose address is a secret itself."""
        answer.set_cookie(
            self.way_cookie, quote(onward), max_age=900, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def way(self, request: Request) -> tuple[str, bool]:
        """Where to come back to, and whether it was kept in the cookie, out of the address."""
        if asked := request.query_params.get("next"):
            return own_path(asked), False
        kept = unquote(request.cookies.get(self.way_cookie, ""))
        return own_path(kept), bool(kept)

    def form_secret(self, request: Request) -> str:
        """What tells this browser's forms from others' while nobody is signed in; a new one where it has none."""
        kept = request.cookies.get(self.form_cookie, "")
        return kept if len(kept) >= 32 else secrets.token_urlsafe(24)

    def remember_form(self, answer: Response, secret: str) -> None:
        """Give the browser its secret for forms."""
        answer.set_cookie(self.form_cookie, secret, path="/", secure=self.secure, httponly=True, samesite="strict")


def token_of(raw: str) -> str:
    """What forms carry: it follows from the browser's secret, and does not give it away."""
    return hmac.digest(raw.encode(), b"arende form", "sha256").hex()


def visitor(request: Request) -> Visitor | None:
    """Who is signed in, or None."""
    return look(request).visitor


def person(request: Request) -> Visitor:
    """Who is signed in; everybody else is led to sign in first, and then back."""
    found = visitor(request)
    if found is None:
        raise SignInNeeded
    return found


def reader(request: Request) -> Visitor | None:
    """Who reads. None is anybody at all: only in a demonstration, and only what is not secret."""
    found = look(request)
    if found.visitor is None and not found.house.open:
        raise SignInNeeded
    return found.visitor


def look(request: Request) -> Look:
    """Who comes with the request, and to what."""
    door: Door = request.app.state.door
    return door.look(request)


def own_path(asked: str | None) -> str:
    r"""The address to go back to, if it is a page of ours; else the first page.

    Browsers read ``//host`` and ``/\host`` as another host, and leave tabs and line breaks out before they look.
    """
    path = asked or "/"
    plain = len(path) <= ADDRESS and all("!" <= c <= "~" for c in path) and "\\" not in path
    return path if plain and path.startswith("/") and "//" not in path.partition("?")[0] else "/"
