"""What has happened in a case since a form was opened, for whoever sends the form and was not first.

A form says what it was made from: ``version`` of the case and ``seen``, its last event. A form of a case minds whatever
happens there. Several people may be at work in a meeting at once, so a form of a meeting minds what it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from starlette.responses import Response

from arende import db, queries, timeline
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import Stale
from arende.queries import Connection, Row
from arende.web.forms import Sent
from arende.web.speech import Speech

Event = Mapping[str, Any]


def version(form: Sent) -> int | None:
    """The version of the case that the form was made from, where it says so."""
    return _number(form["version"])


def made_from(case: Row, form: Sent | None, shown: Collection[str]) -> Row:
    """What a form that is shown says it was made from: the case as it is, once what has changed is told beside it."""
    if form is None or shown or not form["seen"]:
        return case
    return {"version": form["version"], "seq": form["seen"]}


def told(
    app: App, case: Row, rules: CaseType, form: Sent, t: Speech, minds: Callable[[Event], bool] = lambda _: True,
    own: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """What has happened since the form was opened, the oldest first; ``own``: commands that the form itself became."""
    after = _number(form["seen"]) or 0
    with db.reading(app.engine) as conn:
        later = [e for e in queries.history(conn, case["id"]) if e["seq"] > after and str(e["command_id"]) not in own]
        new = [e for e in later if minds(e)]
        names = queries.names(conn, {k for e in new for k in timeline.mentioned(e)}, t.lang)
    said = (timeline.told(e, rules, names).in_(t.lang) for e in new)
    return [_line(e, words, t) for e, words in zip(new, said, strict=True)]


def of(conn: Connection, case: Row, rules: CaseType, number: str, t: Speech) -> str:
    """What the event of this number says; "" when the case has none."""
    for event in queries.history(conn, case["id"]):
        if str(event["seq"]) == number:
            names = queries.names(conn, timeline.mentioned(event), t.lang)
            words = timeline.told(event, rules, names).in_(t.lang)
            return f"{t('event_no', n=number)}, {t.day(event['occurred_at'])}: {words}"
    return ""


def _line(event: Event, words: str, t: Speech) -> str:
    """When, what, and by whom where the sentence itself does not say it."""
    line, who = f"{t.clock(event['occurred_at'])} {words}", event["actor_name"]
    return line if who in words else f"{line} ({who})"


def anew(answer: Callable[[], Response]) -> Response:
    """The answer; where somebody else came in between its reading and its writing, it is worked out anew."""
    try:
        return answer()
    except Stale:
        return answer()


def _number(given: str) -> int | None:
    return int(given) if given.isdecimal() and len(given) < 10 else None
