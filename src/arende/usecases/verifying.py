"""Use cases on what has come in: acknowledged, verified by a registrar, supplemented, accepted, replied to.

An answer that comes by a link shows that its sender has the mail, and no more: a link can be forwarded. It is on
record at once, and counts when a registrar has verified that it is the party's own.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from arende import models, workdays
from arende.actors import Actor
from arende.answercommands import (
    AcceptAnswer,
    AcknowledgeAnswer,
    AskSupplement,
    OnAnswer,
    RegisterAnswer,
    ReplyToAnswer,
    SetAsideAnswer,
)
from arende.effecttypes import Consequence, Due, TaskEffect
from arende.errors import Refused, Sentence
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import compiling, consultations, deadlines, effects, referralmails, rounds
from arende.usecases.answerrows import before_hand, close_tasks, may_file, party_of, supplement_key
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_text
from arende.work import Work

SUPPLEMENT_DAYS = 10
"""Working days that a party has to send what is missing, where no day is said."""
FILLED = ("body", "decided_on")
"""What a position is not complete without, when it comes from outside and not from a forum's notes."""


def acknowledge_answer(w: Work, cmd: AcknowledgeAnswer) -> None:
    """The party has the request. It is awaited as before."""
    round_, party, row = _row(w, cmd)
    behalf = may_file(w, party)
    if row["state"] != "sent":
        raise Refused(
            Sentence(
                f"{party.name} har redan kvitterat eller svarat.", f"{party.name} has acknowledged or answered already."
            )
        )
    ref = " ".join(clean_text(cmd.party_ref).split())[:64] if cmd.party_ref else None
    w.change(models.answers, row, state="acknowledged", party_ref=ref or row["party_ref"])
    w.event("answer:acknowledged", _about(round_, party) | {"party_ref": ref}, on_behalf_of=behalf)


def register_answer(w: Work, cmd: RegisterAnswer) -> None:
    """A registrar has verified whose the answer is. Complete, it counts; else the case officer looks at it."""
    round_, party, row = _row(w, cmd)
    behalf = _by(w, "registrar", "Du kan inte registrera svaret.", "You cannot register the answer.")
    held = _pending(row, party)
    if not held.get("stance"):
        raise Refused(
            Sentence(
                "Mejlet har inget ställningstagande i sig. Läs det och för in det: arende consultation answer --mail.",
                "The mail states no position by itself. Read and enter it: arende consultation answer --mail.",
            )
        )
    how = clean_text(cmd.how)
    if _is_complete(held):
        _put(w, round_, party, row, behalf, {"verified": how})
        return
    seq = w.event("answer:registered", _about(round_, party) | {"verified": how}, on_behalf_of=behalf)
    close_tasks(w, held["seq"])
    w.change(models.answers, row, state=rounds.in_hand(row, "registered"), pending=held | {"verified": how, "seq": seq})
    title = Text(
        sv=f"Svaret från {party.name} saknar organ eller dag: godta det eller begär komplettering",
        en=f"The answer of {party.name} lacks body or day: accept it or ask for a supplement",
    )
    due = Due(days=2, unit="working")
    effects.open_task(w, TaskEffect(of="case_officer", act="consider_answer", title=title, due=due), seq, 0)


def accept_answer(w: Work, cmd: AcceptAnswer) -> None:
    """The case officer takes the answer as it stands; a revised one is taken into the table beside the first."""
    round_, party, row = _row(w, cmd)
    behalf = _by(w, "case_officer", "Du kan inte godta svaret.", "You cannot accept the answer.")
    if row["state"] == "revised" and not row["pending"]:
        w.change(models.answers, row, state="accepted")
        w.event("answer:accepted", _about(round_, party), on_behalf_of=behalf)
        return
    if not (row["pending"] or {}).get("verified"):
        raise Refused(
            Sentence(
                f"Svaret från {party.name} är inte registrerat av registratorn än, eller är redan infört.",
                f"The answer of {party.name} has not been registered by the registrar yet, or stands already.",
            )
        )
    _put(w, round_, party, row, behalf, {"verified": row["pending"]["verified"]})


def ask_supplement(w: Work, cmd: AskSupplement) -> None:
    """Tell the party what is missing and by when. Afterwards the case officer may still take it as it stands."""
    round_, party, row = _row(w, cmd)
    behalf = _by(w, "case_officer", "Du kan inte begära komplettering.", "You cannot ask for a supplement.")
    if not (row["pending"] or {}).get("verified") or row["supplement"]:
        raise Refused(
            Sentence(
                f"Det finns inget registrerat svar från {party.name} att komplettera.",
                f"There is no registered answer of {party.name} to supplement.",
            )
        )
    what, due_at = clean_text(cmd.what), _supplement_due(w, row, party, cmd.until)
    about = _about(round_, party) | {"what": what, "until": workdays.local_day(due_at)}
    seq = w.event("answer:supplement:asked", about, on_behalf_of=behalf)
    close_tasks(w, row["pending"]["seq"])
    until = workdays.local_day(due_at).isoformat()
    w.change(
        models.answers,
        row,
        state=rounds.in_hand(row, "being_supplemented"),
        supplement={"what": what, "until": until, "seq": seq},
    )
    referralmails.notice(w, party, "supplement", what, f"{seq}.0.supplement", due_at)


def _supplement_due(w: Work, row: Row, party: Actor, until: date | None) -> datetime:
    """Its last day: passed, it gives the case officer a task. Raises Refused for a day that does not lie ahead."""
    if until is not None and not w.today < until:
        raise Refused(Sentence("Sista dagen måste ligga framåt i tiden.", "The last day must lie ahead."))
    title = Text(
        sv=f"Kompletteringen från {party.name} har inte kommit: godta svaret som det är eller påminn",
        en=f"The supplement of {party.name} has not come: accept the answer as it is or remind",
    )
    then = Consequence(task=TaskEffect(of="case_officer", act="supplement_late", title=title))
    due = (
        Due(fixed=until, remind=(), then=then)
        if until
        else Due(days=SUPPLEMENT_DAYS, unit="working", remind=(), then=then)
    )
    begun = deadlines.begin(w, supplement_key(row, party), due, outside=True, escalate=False)
    assert begun is not None  # noqa: S101 – counted from today, so there is a day; this tells the type checker
    return begun["due_at"]  # type: ignore[no-any-return]  # a row's values are of any type


def set_aside_answer(w: Work, cmd: SetAsideAnswer) -> None:
    """What came in was not the party's answer. It stays on record, the party is told, and is awaited as before."""
    round_, party, row = _row(w, cmd)
    behalf = _by(w, "registrar", "Du kan inte lägga svaret åt sidan.", "You cannot set the answer aside.")
    held, reason = _pending(row, party), clean_text(cmd.reason)
    close_tasks(w, held["seq"])
    w.change(models.answers, row, state=before_hand(w, round_, row), pending=None, supplement=None)
    deadlines.end(w, supplement_key(row, party))
    seq = w.event("answer:set_aside", _about(round_, party) | {"reason": reason}, on_behalf_of=behalf)
    if not held.get("mail"):  # a mail may have been a question, and its sender is answered otherwise
        due_at = row["due_at"] if row["state"] in rounds.WAITING and row["due_at"] >= w.at else None
        referralmails.notice(w, party, "set_aside", reason, f"{seq}.0.set_aside", due_at)
    compiling.renew(w, round_)
    if round_["state"] == "open":
        consultations.go_on(w, round_)


def reply_to_answer(w: Work, cmd: ReplyToAnswer) -> None:
    """Our reply to the party's comments, for the table of answers. Written anew it replaces the earlier one."""
    round_, party, row = _row(w, cmd)
    behalf = _by(w, "case_officer", "Du kan inte bemöta svaret.", "You cannot reply to the answer.")
    if not row["stance"]:
        raise Refused(
            Sentence(f"{party.name} har inte svarat än.", f"{party.name} has not answered yet."),
        )
    reply = clean_text(cmd.reply)
    w.change(models.answers, row, reply=reply)
    w.event("answer:replied", _about(round_, party) | {"reply": reply}, on_behalf_of=behalf)
    compiling.renew(w, round_)


def _put(w: Work, round_: Row, party: Actor, row: Row, behalf: Actor | None, more: Row) -> None:
    held = row["pending"]
    given = {k: held[k] for k in ("stance", "body", "section", "party_ref", "comment", "documents")}
    given["decided_on"] = date.fromisoformat(held["decided_on"]) if held["decided_on"] else None
    came = datetime.fromisoformat(held["came"])
    consultations.put_in_force(w, round_, party, row, given, came=came, behalf=behalf, more=more)


def _is_complete(held: Row) -> bool:
    return held["stance"] in ("will_return", "abstains") or all(held[k] for k in FILLED)


def _pending(row: Row, party: Actor) -> Row:
    if not row["pending"]:
        raise Refused(
            Sentence(
                f"Inget har kommit in från {party.name} som väntar på kontroll.",
                f"Nothing has come in from {party.name} that waits to be verified.",
            )
        )
    return dict(row["pending"])


def _row(w: Work, cmd: OnAnswer) -> tuple[Row, Actor, Row]:
    w.open_case(cmd.register_no)
    round_ = rounds.current(w, cmd.key)
    return (round_, *party_of(w, round_, cmd.party))


def _by(w: Work, role: str, sv: str, en: str) -> Actor | None:
    return demand(w, standing(w), (role,), Sentence(sv, en))


def _about(round_: Row, party: Actor) -> dict[str, Any]:
    return {"consultation": round_["key"], "round": round_["round"], "party": party.key}
