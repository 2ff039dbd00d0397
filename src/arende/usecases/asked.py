"""A request for an act, as the person asked sees it when signed in: judged by the functions that judge the answer."""

from __future__ import annotations

from dataclasses import dataclass

from arende import db, models, rights
from arende.actors import Actor
from arende.app import App
from arende.casetypes import CaseType
from arende.effecttypes import ApprovalEffect
from arende.errors import Forbidden, Refused, Sentence
from arende.mailwords import Change
from arende.prepared import Row
from arende.usecases import approvals, requestmails, requests, settling
from arende.usecases.bearer import Look
from arende.usecases.requests import rule_of
from arende.usecases.stepping_in import may_answer
from arende.work import Work


@dataclass(frozen=True)
class Asked:
    """One request, and what keeps the person from answering it, if anything does."""

    case: Row
    rules: CaseType
    request: Row
    rule: ApprovalEffect
    behalf: Actor | None
    """The absent one for whom the person answers."""
    answers: tuple[str, ...]
    """What may be answered, yes first; a question decides nothing."""
    documents: tuple[Row, ...]
    """The newest version of each document of the text."""
    changes: tuple[Change, ...]
    """What of the text is another than in the request before it."""
    barred: tuple[Sentence, ...]


def of_person(app: App, number: int, actor: str, language: str = "sv") -> Asked:
    """The request with this number. Raises NotFound for none, and for one of a case that the person may not see."""
    with db.reading(app.engine) as conn:
        w = Work(app, Look(actor=actor, door="web"), conn)
        row = requests.opened(w, number)
        rights.demand(conn, rights.reader(conn, w.actor.id, w.today), w.case)
        behalf, barred = _behalf(w, row)
        leads = tuple(d for d in ("approve", "return", "reject") if settling.answer_of(row, d) is not None)
        newest = {d["key"]: d for d in sorted(w.rows(models.documents), key=lambda d: d["version"])}
        text = tuple(newest[k] for k, d in w.rules.documents.items() if d.is_text and k in newest)
        changes = requestmails.changed(w, row, w.actor._replace(language=language))
        return Asked(w.case, w.rules, row, rule_of(row), behalf, (*leads, "ask", "recuse"), text, changes, barred)


def _behalf(w: Work, row: Row) -> tuple[Actor | None, tuple[Sentence, ...]]:
    try:
        behalf = may_answer(w, row, rule_of(row))
        approvals.demand_pending(w, row)
    except (Forbidden, Refused) as e:
        return None, e.sentences
    return behalf, ()
