"""Use cases on questions about a request: asked before answering, decided by nobody, answered on the same request."""

from __future__ import annotations

from sqlalchemy import select

from arende import actors, models
from arende.commands import AnswerQuestion, AskAboutApproval
from arende.effecttypes import TaskEffect
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import effects, evidence, requestmails
from arende.usecases.approvals import demand_pending
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note
from arende.usecases.requests import opened, rule_of
from arende.usecases.stepping_in import may_answer
from arende.work import Work

ACT = "answer_question"
"""The task that the case officer gets."""


def ask_about_approval(w: Work, cmd: AskAboutApproval) -> None:
    """Put a question to the case officer. The request goes on waiting, and so does its last day; no token is used."""
    row = opened(w, cmd.approval)
    token = evidence.token(w, row, cmd.evidence)
    behalf = may_answer(w, row, rule_of(row))
    demand_pending(w, row)
    shown = evidence.weigh(w, row, cmd.evidence, token, decision="recuse", behalf=behalf)
    question = _words(cmd.question)
    payload = {"approval": row["key"], "round": row["round"], "question": question, "evidence": shown}
    seq = w.event("approval:question:asked", payload, on_behalf_of=behalf)
    w.insert(
        models.questions,
        **{k: row[k] for k in ("key", "round", "approver_id")},
        seq=seq,
        question=question,
        asked_by_id=w.actor.id,
        asked_at=w.at,
        answer=None,
        answered_by_id=None,
        answered_at=None,
    )
    name = w.actor.name
    title = Text(sv=f"Svara på frågan från {name}", en=f"Answer the question from {name}")
    effects.open_task(w, TaskEffect(of="case_officer", act=ACT, title=title), seq, 0, note=question)


def answer_question(w: Work, cmd: AnswerQuestion) -> None:
    """The case officer answers. While a request still waits, the answer is mailed on it, with a new link."""
    row = _open(w, cmd.question)
    what = Sentence("Frågan är till handläggaren.", "The question is for the case officer.")
    behalf = demand(w, standing(w), ("case_officer",), what)
    if row["answer"] is not None:
        raise Refused(_answered(w, row))
    answer = _words(cmd.answer)
    w.change(models.questions, row, answer=answer, answered_by_id=w.actor.id, answered_at=w.at)
    asked_by = w.ask(actors.by_id, row["asked_by_id"])
    payload = {"approval": row["key"], "round": row["round"], "asked_by": asked_by.key, "answer": answer}
    seq = w.event("approval:question:answered", payload, on_behalf_of=behalf)
    for task in w.rows(models.tasks):
        if (task["act"], task["seq"], task["state"]) == (ACT, row["seq"], "open"):
            effects.close_task(w, task, outcome={"comment": answer})
    request = _waiting(w, row)
    if request is not None:
        requestmails.question_answered(w, rule_of(request), asked_by, request, row, f"{seq}.0.answer")


def _open(w: Work, number: int) -> Row:
    case_id = w.conn.execute(select(models.questions.c.case_id).where(models.questions.c.id == number)).scalar()
    if case_id is None:
        raise NotFound(Sentence(f"Det finns ingen fråga {number}.", f"There is no question {number}."))
    w.open_case_by_id(case_id)
    return next(q for q in w.rows(models.questions) if q["id"] == number)


def _waiting(w: Work, question: Row) -> Row | None:
    """The request that the question was about, or the one on a newer text that has taken its place; if it waits."""
    which = ("key", "approver_id")
    own = [a for a in w.rows(models.approvals) if all(a[k] == question[k] for k in which)]
    return next((a for a in own if a["state"] == "pending"), None)


def _words(text: str) -> str:
    cleaned = clean_note(text)
    if cleaned is None:
        raise Invalid(Sentence("Skriv något.", "Write something."))
    return cleaned


def _answered(w: Work, row: Row) -> Sentence:
    name = w.ask(actors.by_id, row["answered_by_id"]).name
    return Sentence(f"Frågan är redan besvarad av {name}.", f"The question was answered already by {name}.")
