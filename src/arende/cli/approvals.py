"""``arende approval``: requests for clearance, decision, signature and approval of minutes, and their proof."""

from __future__ import annotations

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
    show(data, lambda: "\n".join(_told(data)))


def _told(data: dict[str, Any]) -> list[str]:
    r, a = data["request"], data["answer"]
    asked = f"{say('begärd', 'asked')} {r['asked_at']:%Y-%m-%d %H:%M}Z"
    lines = [
        f"{data['register_no']}  {_noun(r['act'])}  {r['approver_name']}  {asked}",
        f"  {say('text', 'text')} {r['text_sha256']}",
    ]
    for m in data["mails"]:
        sent = f"{m['sent_at']:%Y-%m-%d %H:%M}Z" if m["sent_at"] else "–"
        lines.append(f"  {say('mejl', 'mail')} {m['id']} {m['template']} {m['state']} {sent} {m['message_id']}")
        lines.append(f"    sha256 {m['raw_sha256'] or '–'}")
    if a is None:
        return [*lines, "  " + say("Inget svar än.", "No answer yet.")]
    shown = a["evidence"] or {}
    lines.append(f"  {a['state']} {a['decided_by_name']} {a['decided_at']:%Y-%m-%d %H:%M}Z")
    lines += [f"    {key}: {value}" for key, value in shown.items()]
    return lines
