"""Keeps the register's index, in the transaction of the step: what a search finds is what the case says.

Only what is public of a public case is there, and of a case under secrecy what those see who may see it: the reader's
own filter stands before every answer. A field that is secret and a record that is not checked are in no index.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from arende import actors, models, searchtables, workdays
from arende.searchwords import mark, marks_of

if TYPE_CHECKING:
    from arende.actors import Actor
    from arende.work import Work

_WIDER = ("case:registered", "case:step:taken", "case:payload:removed", "document", "record", "answer", "mail")
"""Kinds of event, or their beginnings, after which parties and records may be others."""


def keep(w: Work) -> None:
    """Promise the statement that brings the case's row of the index up to date; none where nothing has happened."""
    kinds = [e["kind"] for e in w.emitted]
    if not kinds:
        return
    db, case = w.conn.dialect.name, w.case
    values: dict[str, Any] = {"marks": marks_of(case, workdays.local_day(case["opened_at"])), "words": _words(w)}
    if not any(kind.startswith(_WIDER) for kind in kinds):
        w.execute(searchtables.UPDATE[db], case=case["id"], **values)
        return
    parties = {p.key: p.name for p in _parties(w)}
    values["parties"] = " ".join(mark("party", key) for key in parties)
    values["more"] = "\n".join([*parties.values(), *_records(w)]).lower()
    if "case:registered" in kinds:
        w.execute(searchtables.INSERT[db], no=case["register_no"], **values)
    else:
        w.execute(searchtables.UPDATE_ALL[db], case=case["id"], **values)


def _words(w: Work) -> str:
    """Number, title and what is written in fields that are not secret.

    In small letters, as searches are: a database whose locale is C knows no capitals but A–Z.
    """
    said = [
        str(value)
        for key, value in w.case["fields"].items()
        if value is not None and (field := w.rules.fields.get(key)) and field.type == "text" and not field.secret
    ]
    return "\n".join([w.case["register_no"], w.case["title"], *said]).lower()


def _parties(w: Work) -> Iterator[Actor]:
    """Who is named in the case's fields, and who has been asked."""
    for key, value in w.case["fields"].items():
        field = w.rules.fields.get(key)
        if field and not field.secret and field.type in ("party", "parties") and value:
            for named in value if isinstance(value, list | tuple) else [value]:
                yield w.ask(actors.actor, named)
    for answer in w.rows(models.answers):
        yield w.ask(actors.by_id, answer["party_id"])


def _records(w: Work) -> Iterator[str]:
    """The names of what may be seen by whoever sees the case, and the numbers that the parties have given it."""
    yield from (
        d["name"] for d in w.rows(models.documents) if d["access"] in (None, "public") and d["moved_to"] is None
    )
    yield from (a["party_ref"] for a in w.rows(models.answers) if a.get("party_ref"))
