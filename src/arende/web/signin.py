"""Signing in and out. Each way in ends the same: a new session for a person of the people file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from argon2 import PasswordHasher
from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from arende import actors, db, desk, queries, workdays
from arende.actors import Actor
from arende.app import App
from arende.errors import ArendeError, Forbidden, NotFound, Sentence, Unavailable
from arende.usecases import passwords, people
from arende.usecases.sessions import NOT_KNOWN, Way
from arende.web import forms, session
from arende.web.limits import Limit
from arende.web.pages import Pages
from arende.web.session import Door, own_path
from arende.web.signinlabels import OLD_FORM, PICK_ONE, TOO_MANY, WRONG

if TYPE_CHECKING:
    from arende.web.oidc import Known

HERE = "/sign-in"
DONE = "/signed-in"
"""Where the sign-in of a second tab ends: what was written waits in the first one."""


def routes(app: App, pages: Pages, door: Door, hasher: PasswordHasher = passwords.COST) -> APIRouter:
    """``/sign-in``, ``/signed-in`` and ``/sign-out``. ``hasher`` is what a guess at a password costs."""
    return _SignIn(app, pages, door, hasher).router


async def _form(request: Request) -> FormData:
    """A form of somebody who is not signed in yet."""
    forms.own_origin(request)
    return await forms.read(request)


def needed(pages: Pages, request: Request, fields: list[tuple[str, str]]) -> Response:
    """To signing in, and back; but a form comes back with what was written, to be sent again."""
    if request.method in ("GET", "HEAD"):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{HERE}?{urlencode({'next': own_path(request.url.path + query)})}", 303)
    with_files = request.headers.get("content-type", "").startswith("multipart/")
    return pages.page(request, "again", 403, fields=fields, with_files=with_files)


Unsigned = Annotated[FormData, Depends(_form)]


class _SignIn:
    def __init__(self, app: App, pages: Pages, door: Door, hasher: PasswordHasher) -> None:
        self.app, self.pages, self.door, self.hasher = app, pages, door, hasher
        self.from_address, self.for_name = Limit(20, 600), Limit(10, 600)
        self.router = APIRouter()
        self.router.add_api_route(HERE, self.show, methods=["GET", "HEAD"])
        self.router.add_api_route(f"{HERE}/demo", self.pick, methods=["POST"])
        self.router.add_api_route(f"{HERE}/password", self.know, methods=["POST"])
        if app.settings.oidc_issuer is not None:
            self._add_oidc()
        self.router.add_api_route(DONE, self.done, methods=["GET", "HEAD"])
        self.router.add_api_route("/sign-out", self.leave, methods=["POST"])

    def show(self, request: Request) -> Response:
        """The ways in that this installation has."""
        return self._page(request, self.door.way(request)[0])

    def pick(self, request: Request, form: Unsigned) -> Response:
        """In a demonstration: whoever was picked is signed in."""
        onward = own_path(_text(form, "next"))
        if not session.look(request).house.demo:
            raise NotFound(_NO_SUCH_WAY)
        if not self._own(request, form):
            return self._page(request, onward, OLD_FORM, 403)
        with db.reading(self.app.engine) as conn:
            try:
                who = actors.actor(conn, _text(form, "person")[:64])
            except NotFound:
                return self._page(request, onward, PICK_ONE, 422)
        return self._admit(request, who, onward, "demo")

    def know(self, request: Request, form: Unsigned) -> Response:
        """With a local account: whoever knows the password is signed in. Slow, and seldom, for whoever guesses."""
        onward, key = own_path(_text(form, "next")), _text(form, "key").strip()
        if not self.app.settings.local_accounts:
            raise NotFound(_NO_SUCH_WAY)
        if not self._own(request, form):
            return self._page(request, onward, OLD_FORM, 403)
        client = request.client.host if request.client else ""
        if not self.from_address.take(client) or not self.for_name.take(key[:64].lower()):
            answer = self._page(request, onward, TOO_MANY, 429)
            answer.headers["Retry-After"] = "600"
            return answer
        who = passwords.check(self.app, key, _text(form, "password"), self.hasher)
        if who is None:
            return self._page(request, onward, WRONG, 403)
        return self._admit(request, who, onward, "password")

    # ------------------------------------------------------------ at an identity provider

    def _add_oidc(self) -> None:
        from arende.web.oidc import Provider  # with its libraries, which most installations never need

        self.provider = Provider(self.app)
        self.cookie = f"{self.door.form_cookie}-oidc"
        self.router.add_api_route(f"{HERE}/oidc", self.leave_for_provider, methods=["GET"])
        self.router.add_api_route(f"{HERE}/oidc/callback", self.come_back, methods=["GET"])

    async def leave_for_provider(self, request: Request) -> Response:
        """To the identity provider."""
        onward = self.door.way(request)[0]
        try:
            address, journey = await self.provider.leave(onward)
        except ArendeError as e:
            return await run_in_threadpool(self._page, request, onward, e.sentences[0], 503)
        answer = RedirectResponse(address, 303)
        answer.set_cookie(
            self.cookie, self.provider.packed(journey), max_age=600, path="/", secure=self.door.secure, httponly=True,
            samesite="lax",
        )  # fmt: skip
        return answer

    async def come_back(self, request: Request) -> Response:
        """Back from the identity provider, with a code that is worth nothing to anybody else."""
        journey = self.provider.unpacked(request.cookies.get(self.cookie, ""))
        onward = journey.onward if journey else "/"
        try:
            known = await self.provider.arrive(dict(request.query_params), journey)
        except ArendeError as e:
            status = 503 if isinstance(e, Unavailable) else 403
            answer = await run_in_threadpool(self._page, request, onward, e.sentences[0], status)
        else:
            answer = await run_in_threadpool(self._arrived, request, onward, known)
        answer.delete_cookie(self.cookie, path="/", secure=self.door.secure, httponly=True, samesite="lax")
        return answer

    def _arrived(self, request: Request, onward: str, known: Known) -> Response:
        with db.reading(self.app.engine) as conn:
            who = actors.by_identity(conn, known.identity) if known.identity else None
        if who is None:
            return self._page(request, onward, NOT_KNOWN, 403)
        return self._admit(request, who, onward, "oidc", known.assurance)

    # ------------------------------------------------------------ out

    def done(self, request: Request) -> Response:
        """That one is signed in."""
        session.person(request)
        return self.pages.page(request, "signed_in")

    def leave(self, request: Request) -> Response:
        """Sign out. From a page of another session too: whoever presses it wants to be out."""
        forms.own_origin(request)
        return self.door.dismiss(request, RedirectResponse(HERE, 303))

    # ------------------------------------------------------------ inside

    def _admit(self, request: Request, who: Actor, onward: str, way: Way, assurance: str = "") -> Response:
        try:
            return self.door.admit(request, RedirectResponse(onward, 303), who, way, assurance)
        except Forbidden as e:
            return self._page(request, onward, e.sentences[0], 403)

    def _own(self, request: Request, form: FormData) -> bool:
        kept = request.cookies.get(self.door.form_cookie, "")
        return len(kept) >= 32 and forms.is_own(form.get(forms.CSRF), session.token_of(kept))

    def _page(self, request: Request, onward: str, wrong: Sentence | None = None, status: int = 200) -> Response:
        secret, house = self.door.form_secret(request), session.look(request).house
        answer = self.pages.page(
            request, "sign_in", status, onward=onward, wrong=wrong, form_token=session.token_of(secret),
            kept=self.door.way(request)[1],
            **(self._persons(onward) if house.demo else {}), settings=self.app.settings,
        )  # fmt: skip
        self.door.remember_form(answer, secret)
        return answer

    def _persons(self, onward: str) -> dict[str, Any]:
        """Who can be picked: whom the case of ``onward`` waits for, who works on cases (owing first), who only sits."""
        today, case = workdays.local_day(self.app.clock()), _case_of(onward)
        found = [p for p in people.listing(self.app, today) if p.actor.kind == "person" and p.offices]
        with db.reading(self.app.engine) as conn:
            bodies, owed = queries.body_names(conn), desk.owed(conn)
        asked = {row["person"] for row in owed if row["register_no"] == case and not row["office"]}
        lines: dict[str, list[dict[str, Any]]] = {"wanted": [], "persons": [], "members": []}
        for p in sorted(found, key=lambda p: (p.actor.id not in asked, p.actor.id)):
            if p.actor.is_active(today):
                cases = _owes(p, owed)
                kind = "wanted" if case in cases else "members" if p.only_sits and not cases else "persons"
                said = _said(p.actor, p.offices, bodies)
                line = {"key": p.actor.key, "name": p.actor.name, "offices": said, "cases": cases}
                lines[kind].append(line)
        lines["persons"].sort(key=lambda line: not line["cases"])
        return {**lines, "wanted_in": case}


def _case_of(onward: str) -> str:
    """The diary number of the case that an address of ours leads to; empty for every other page."""
    first, _, rest = onward.removeprefix("/").partition("/")
    return rest.partition("?")[0].partition("/")[0] if first in ("cases", "meetings") else ""


def _owes(person: people.Listed, owed: Sequence[dict[str, Any]]) -> list[str]:
    """The numbers of the cases that wait for the person, or for an office of theirs, requests first."""
    offices = {name for o in person.offices for name in (o, o.partition("@")[0])}
    theirs = (
        row["register_no"]
        for row in owed
        if row["person"] == person.actor.id or (row["person"] is None and row["office"] in offices)
    )
    return list(dict.fromkeys(theirs))


def _said(person: Actor, offices: Sequence[str], bodies: dict[str, str]) -> str:
    """What a person is, and where: "ordförande, Regionstyrelsen"."""
    places = dict.fromkeys(bodies.get(o.partition("@")[2], "") for o in offices)
    return ", ".join(words for words in (person.title or "", *places) if words)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


_NO_SUCH_WAY = Sentence("Så går det inte att logga in här.", "There is no such way to sign in here.")
