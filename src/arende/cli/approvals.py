"""``arende approval``: requests for clearance, decision, signature and approval of minutes, and their proof."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from arende.cli.cases import As, by, do
from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

approval = typer.Typer(help="Begäranden om klartecken, beslut och underskrift. Approvals.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID")]
Comment = Annotated[str | None, typer.Option("--comment", help="Kommentar. Comment.")]


@approval.command("list")
def list_approvals(dnr: Annotated[str | None, typer.Argument(metavar="[DNR]")] = None) -> None:
    """Begäranden i ett ärende, eller alla som väntar. Requests of a case, or all that wait."""
    from arende import db, queries
    from arende.statuswords import REQUESTS
    from arende.workdays import local_day

    app = open_app()
    with db.reading(app.engine) as conn:
        case_id = queries.case(conn, dnr)["id"] if dnr else None
        rows = queries.approvals(conn, case_id, pending=dnr is None)
    keys = ("id", "register_no", "title", "key", "round", "act", "level", "role", "approver", "approver_name", "state",
            "asked_at", "due_at", "decided_by", "decided_at", "comment", "authority")  # fmt: skip
    data = [{k: None if r["secrecy"] and k == "title" else r[k] for k in keys} for r in rows]

    def line(r: dict[str, Any]) -> str:
        due = local_day(r["due_at"]).isoformat() if r["due_at"] else " " * 10
        how = say(*REQUESTS[r["state"]][0]).lower()
        return f"{r['id']:>5}  {r['register_no']:<10} {due}  {_noun(r['act']):<20} {how:<20} {r['approver_name']}"

    show(data, lambda: "\n".join(map(line, data)) or say("Inga.", "None."))


def _noun(act: str) -> str:
    """The act as people name it."""
    from arende.phrases import ACTS

    return ACTS[act][OPTIONS.lang].noun if act in ACTS else act


@approval.command("decide")
def decide(
    number: Number,
    decision: Annotated[str, typer.Argument(metavar="approve|return|reject|recuse")],
    as_: As,
    comment: Comment = None,
) -> None:
    """Svara på en begäran. Answer a request."""
    from arende.commands import DecideApproval

    if decision not in ("approve", "return", "reject", "recuse"):
        fail_use("Svaret är approve, return, reject eller recuse.", "The answer is approve, return, reject or recuse.")
    do(DecideApproval(**by(as_), approval=number, decision=decision, comment=comment))


@approval.command("withdraw")
def withdraw(number: Number, as_: As, reason: Annotated[str, typer.Option("--reason", help="Varför. Why.")]) -> None:
    """Ta tillbaka ditt eget ja, medan det går. Take back your own yes, while that can be done."""
    from arende.commands import WithdrawApproval

    do(WithdrawApproval(**by(as_), approval=number, reason=reason))


@approval.command("ask")
def ask(number: Number, as_: As, question: Annotated[str, typer.Option("--question", help="Frågan.")]) -> None:
    """Fråga handläggaren innan du svarar. Ask the case officer before you answer."""
    from arende.commands import AskAboutApproval

    do(AskAboutApproval(**by(as_), approval=number, question=question))


@approval.command("questions")
def questions(dnr: Annotated[str, typer.Argument(metavar="DNR")]) -> None:
    """Frågor om begäranden i ett ärende. Questions about the requests of a case."""
    from arende import db, models, queries

    app = open_app()
    with db.reading(app.engine) as conn:
        row = queries.case(conn, dnr)
        found = queries.of_case(conn, models.questions, row["id"])
    data = [{k: q[k] for k in ("id", "key", "round", "question", "asked_at", "answer", "answered_at")} for q in found]

    def line(q: dict[str, Any]) -> str:
        return f"{q['id']:>5}  {q['question']}\n       {q['answer'] or say('Obesvarad.', 'Not answered.')}"

    show(data, lambda: "\n".join(map(line, data)) or say("Inga.", "None."))


@approval.command("answer")
def answer(
    question: Annotated[int, typer.Argument(metavar="QUESTION")],
    as_: As,
    text: Annotated[str, typer.Option("--text", help="Svaret. The answer.")],
) -> None:
    """Svara som handläggare på en fråga. Answer a question, as the case officer."""
    from arende.commands import AnswerQuestion

    do(AnswerQuestion(**by(as_), question=question, answer=text))


@approval.command("proof")
def show_proof(number: Number) -> None:
    """Beviset för ett svar: begäran, mejl, hur svaret kom. The proof of an answer."""
    from arende.usecases.proofs import proof

    data = proof(open_app(), number)
    show(data, lambda: "\n".join(told_of(data)))


def told_of(data: dict[str, Any]) -> list[str]:
    """A proof in lines, in the order in which it happened."""
    r = data["request"]
    asked = f"{say('begärd', 'asked')} {_at(r['asked_at'])}"
    lines = [
        f"{data['register_no']}  {_noun(r['act'])}  {r['approver_name']}  {asked}",
        f"  {say('text', 'text')} {r['text_sha256']}",
    ]
    for m in data["mails"]:
        sent = _at(m["sent_at"]) if m["sent_at"] else "–"
        lines.append(f"  {say('mejl', 'mail')} {m['id']} {m['template']} {m['state']} {sent} {m['message_id']}")
        lines.append(f"    sha256 {m['raw_sha256'] or '–'}")
    for w in data["withdrawals"]:
        lines += _taken_back(w)
    return lines + _answered(data)


def _taken_back(w: dict[str, Any]) -> list[str]:
    by = f"{say('taget tillbaka av', 'taken back by')} {w['name']}: {w['reason']}"
    return [
        f"  {_at(w['answered_at'])} {say('svar av', 'answer by')} {w['name']}",
        f"  {_at(w['at'])} {by}",
        *(f"    {key}: {value}" for key, value in w["evidence"].items()),
    ]


def _answered(data: dict[str, Any]) -> list[str]:
    a = data["answer"]
    if a is None:
        words = ("Väntar på ett nytt svar.", "Waits for a new answer.") if data["withdrawals"] else None
        return ["  " + say(*(words or ("Inget svar än.", "No answer yet.")))]
    if a["state"] == "withdrawn" and data["withdrawals"]:
        return []  # told as taken back
    told = f"  {a['state']} {a['decided_by_name']} {_at(a['decided_at'])}"
    return [told, *(f"    {key}: {value}" for key, value in (a["evidence"] or {}).items())]


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}Z"
