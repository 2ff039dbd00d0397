"""What a person has begun to write and not sent: each form by its name, with its case and when it was written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from arende import queries, rights
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import ArendeError
from arende.queries import Connection
from arende.usecases import asked, drafts
from arende.web.acts import ACTS
from arende.web.meetingacts import ACTS as MEETING_ACTS
from arende.web.meetingacts import ITEM_ACTS
from arende.web.session import Look, Visitor
from arende.web.sight import home_of
from arende.web.speech import Speech

FORMS = {"documents": "upload", "roll-call": "roll_call", "from-minutes": "from_minutes"}
"""Forms that are no act and no step: the part of the address after the number → what they are called."""


class Begun(NamedTuple):
    """One draft. What may not be seen any more has its number alone, and can only be thrown away."""

    place: str
    what: str
    number: str
    home: str
    title: str
    at: datetime

    @property
    def opens(self) -> bool:
        """Whether its form can be gone on with."""
        return bool(self.what)


def by(app: App, conn: Connection, look: Look, visitor: Visitor, t: Speech) -> list[Begun]:
    """The person's drafts, the last written in first."""
    found = drafts.places(app, visitor.key)
    return [_begun(app, conn, look, visitor, t, place, at) for place, at in reversed(found.items())]


def _begun(app: App, conn: Connection, look: Look, visitor: Visitor, t: Speech, place: str, at: datetime) -> Begun:
    kind, number, *rest = [*urlsplit(place).path.strip("/").split("/"), ""]
    try:
        if (kind, number) == ("cases", "new"):
            return Begun(place, t("new_case"), "", "", app.types.current(rest[0]).name(t.lang), at)
        if kind == "approvals":
            number = asked.of_person(app, int(number), visitor.key).case["register_no"]
        case = queries.case(conn, number)
        rules = app.types.pinned(case["definition"], lambda h: queries.definition(conn, h))
        if not rights.may_see(conn, look.rights, case):
            return Begun(place, "", case["register_no"], "", t("secret_case"), at)
        what = t("do_request") if kind == "approvals" else _called(rules, kind, rest, t)
        return Begun(place, f"{what}{_of(conn, place, t)}", number, home_of(rules, number), case["title"], at)
    except (ArendeError, ValueError):  # its case or its type is gone
        return Begun(place, "", number, "", "", at)


def _called(rules: CaseType, kind: str, rest: Sequence[str], t: Speech) -> str:
    """What the form is called, as on its own page."""
    group, key = rest[0], rest[1] if len(rest) > 1 else ""
    if group in FORMS:
        return t(FORMS[group])
    if group == "step":
        return rules.trigger_title(key, t.lang)
    acts: Mapping[str, object] = MEETING_ACTS if kind == "meetings" else ACTS
    known = ITEM_ACTS.get(rest[2]) if group == "items" and len(rest) > 2 else acts.get(key)
    return t.say(getattr(known, "title", None))


def _of(conn: Connection, place: str, t: Speech) -> str:
    """Whom the form is about, where its address names a party or a person."""
    values = {value for _, value in parse_qsl(urlsplit(place).query)}
    return "".join(f": {name}" for name in queries.names(conn, values, t.lang).values())
