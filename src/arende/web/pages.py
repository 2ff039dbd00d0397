"""Pages from templates: one environment, everything escaped, every link in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jinja2
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse

from arende.errors import ArendeError
from arende.settings import Settings
from arende.web import menu, styles
from arende.web.session import Door, Look
from arende.web.speech import Speech, chosen

LANGUAGE = "arende-lang"
"""The cookie that remembers which language was chosen. It says nothing else."""


class _Templates(jinja2.Environment):
    """Templates are given plain dicts: ``x.name`` looks for the key first, instead of failing to find an attribute."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return obj[attribute] if type(obj) is dict and attribute in obj else super().getattr(obj, attribute)


class Pages:
    """Renders the templates that lie beside this module."""

    def __init__(self, settings: Settings, door: Door) -> None:
        self.settings, self.door = settings, door
        self.env = _Templates(
            loader=jinja2.PackageLoader("arende.web", "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # they are part of the program: else every page asks the disk whether they changed
        )
        self.styles, self.script = styles.addresses(), styles.own("arende.js")

    def speech(self, request: Request) -> Speech:
        """The language that the request asks for."""
        accepted = request.headers.get("accept-language", "")
        asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
        return Speech(chosen(asked, accepted, self.settings.language))

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page. Beside what it is given, its template knows ``visitor`` (or None) and ``house``."""
        t, look = self.speech(request), self.door.look(request)
        return self._rendered(request, template, status, look, t, values)

    def _rendered(
        self, request: Request, template: str, status: int, look: Look, t: Speech, values: dict[str, Any]
    ) -> HTMLResponse:
        text = self.env.get_template(f"{template}.html.j2").render(
            t=t,
            link=_Links(request),
            other_language=_other_language(request, t.lang),
            path=request.url.path,
            about=_about(request.url.path),
            form_at=place_of(request.url),
            styles=self.styles,
            back=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            visitor=look.visitor,
            house=look.house,
            menu=menu.shown(look, request.url.path, t, has_mailbox=self.settings.mailbox_dir.is_dir()),
            script=self.script,
            **values,
        )
        headers = {"Content-Language": t.lang, "Vary": "Accept-Language, Cookie"}
        answer = HTMLResponse(text, status, headers)
        if request.query_params.get("lang") == t.lang:  # chosen, so it holds for the pages that follow
            answer.set_cookie(LANGUAGE, t.lang, 31_536_000, path="/", secure=self.door.secure, samesite="lax")
        return answer

    def problem(
        self, request: Request, status: int, title: str, sentences: Sequence[str], number: str | None = None
    ) -> HTMLResponse:
        """A calm page that says what is wrong and what to do; ``title`` names a label. It needs no database."""
        given = {"heading": title, "sentences": sentences, "number": number}
        return self._rendered(request, "problem", status, self._calmly(request, status), self.speech(request), given)

    def _calmly(self, request: Request, status: int) -> Look:
        """Who comes, where that is known or can be asked."""
        known = self.door.known(request)
        if known is None and status < 500:
            with suppress(ArendeError):
                return self.door.look(request)
        return known or Look()


class _Links:
    """Makes addresses of our own, keeping the language where it was chosen in the address."""

    def __init__(self, request: Request) -> None:
        asked = request.query_params.get("lang")
        self.kept = {"lang": asked} if asked in ("sv", "en") else {}

    def __call__(self, path: str, **params: object) -> str:
        query = urlencode({k: v for k, v in params.items() if v} | self.kept)
        return f"{path}?{query}" if query else path


def place_of(url: URL) -> str:
    """The address of a page of ours, whatever its language: where it is found again."""
    asked = urlencode([(k, v) for k, v in parse_qsl(url.query, keep_blank_values=True) if k != "lang"])
    return f"{url.path}?{asked}" if asked else url.path


def _about(path: str) -> str:
    """The diary number of the case or meeting that the page is about, as far as its address tells."""
    _, kind, number, *_ = [*path.split("/"), "", "", ""]
    return number if kind in ("cases", "meetings") and number[-1:].isdecimal() and len(number) <= 20 else ""


def _other_language(request: Request, lang: str) -> str:
    other = {"lang": "sv" if lang == "en" else "en"}
    return f"{request.url.path}?{urlencode({**dict(request.query_params), **other})}"
