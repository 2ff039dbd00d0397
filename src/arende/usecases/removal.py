"""Removing what an event said, by a recorded decision (arkivlagen 10 §, GDPR art. 17).

The event itself, its place in the chain and its digest stay. What it said is taken out of every row that repeats it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select, update

from arende import models
from arende.commands import RemovePayload
from arende.errors import Refused, Sentence
from arende.prepared import Row
from arende.usecases import files
from arende.usecases.cases import event_of
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_text
from arende.work import Work

_REMOVE = update(models.events).where(
    models.events.c.case_id == bindparam("the_case"), models.events.c.seq == bindparam("the_seq")
)
_MAILS = update(models.outbox).where(
    models.outbox.c.case_id == bindparam("the_case"), models.outbox.c.seq == bindparam("the_seq")
)
_ON_THE_WAY = ("queued", "sending", "unknown")
_UNSENT = select(models.outbox.c.id).where(
    models.outbox.c.case_id == bindparam("the_case"),
    models.outbox.c.seq == bindparam("the_seq"),
    models.outbox.c.state.in_(_ON_THE_WAY),
)
_WITH_FILES = select(models.outbox.c.id, models.outbox.c.state, models.outbox.c.attachments).where(
    models.outbox.c.case_id == bindparam("the_case")
)
_FILES = update(models.outbox).where(models.outbox.c.id == bindparam("the_mail"))
_INBOUND = update(models.inbound).where(models.inbound.c.id == bindparam("the_mail"))
_TASK = update(models.tasks).where(models.tasks.c.id == bindparam("the_task"))


def remove_payload(w: Work, cmd: RemovePayload) -> None:
    """Remove what an event said, everywhere; its digest stays, so the chain verifies."""
    w.open_case(cmd.register_no)
    what = Sentence("Du kan inte ta bort uppgifter ur ärendet.", "You cannot remove content from the case.")
    behalf = demand(w, standing(w), ("registrar", "administrator"), what)
    event = event_of(w, cmd.seq)
    _check(w, event)
    w.event("case:payload:removed", {"removed": cmd.seq, "decision": clean_text(cmd.decision)}, on_behalf_of=behalf)
    here = {"the_case": w.case["id"], "the_seq": cmd.seq}
    w.execute(_REMOVE, **here, payload=None, salt=None)
    w.execute(_MAILS, **here, subject=f"[{w.case['register_no']}]", text="", html="", attachments=[])
    repeated = _REPEATED.get(event["kind"])
    if repeated is not None:
        repeated(w, event["payload"])


def _check(w: Work, event: Row) -> None:
    if event["payload"] is None:
        raise Refused(
            Sentence(
                f"Händelse {event['seq']} är redan tömd.", f"The content of event {event['seq']} is removed already."
            )
        )
    if event["kind"] == "case:payload:removed":
        raise Refused(
            Sentence(
                "Beslutet om att ta bort uppgifter måste finnas kvar.", "The decision to remove content has to stay."
            )
        )
    if w.conn.execute(_UNSENT, {"the_case": w.case["id"], "the_seq": event["seq"]}).first() is not None:
        raise _not_yet()


def _not_yet() -> Refused:
    return Refused(
        Sentence(
            "Ett utskick med uppgifterna är inte levererat än. Vänta tills det har gått, och gör om.",
            "A mail with this content has not been delivered yet. Wait until it has, and try again.",
        )
    )


def _of_approval(w: Work, said: Row) -> None:
    for a in w.rows(models.approvals):
        if (a["key"], a["round"], a["role"]) == (said["approval"], said["round"], said["role"]):
            w.change(models.approvals, a, comment=None)


def _of_answer(w: Work, said: Row) -> None:
    """The position itself stays on the row: the round was joined on it."""
    for a in w.rows(models.answers):
        here = (a["key"], a["round"]) == (said["consultation"], said["round"])
        if here and all(a[k] == said.get(k) for k in ("comment", "section", "party_ref", "body")):
            w.change(models.answers, a, comment=None, section=None, party_ref=None, body=None)


def _in_hand(about: str, word: str) -> Callable[[Work, Any], None]:
    """What is asked for or waits to be verified repeats the event that it came with."""

    def empty(w: Work, said: Row) -> None:
        for a in w.rows(models.answers):
            here = (a["key"], a["round"]) == (said["consultation"], said["round"])
            if here and a[about] and a[about].get(word) == said.get(word):
                w.change(models.answers, a, **{about: {**a[about], word: None}})

    return empty


def _of_reply(w: Work, said: Row) -> None:
    for a in w.rows(models.answers):
        if (a["key"], a["round"], a["reply"]) == (said["consultation"], said["round"], said["reply"]):
            w.change(models.answers, a, reply=None)


def _of_round(w: Work, said: Row) -> None:
    for c in w.rows(models.consultations):
        if (c["key"], c["round"]) == (said["consultation"], said["round"]):
            w.change(models.consultations, c, reason=None)


def _of_task(w: Work, said: Row) -> None:
    w.execute(_TASK, the_task=said["task"], outcome=None)


def _of_relation(w: Work, said: Row) -> None:
    for r in w.rows(models.relations):
        if (r["kind"], r["other"]) == (said["kind"], said["other"]):
            w.change(models.relations, r, other=f"({r['seq']})")


def _of_document(w: Work, said: Row) -> None:
    """The name goes, also where mails tell it; so do the bytes, unless another document has the same."""
    (d,) = (d for d in w.rows(models.documents) if d["record_no"] == said["record_no"])
    plain = f"{d['key']}-{d['record_no']}"
    for mail in w.conn.execute(_WITH_FILES, {"the_case": w.case["id"]}).mappings():
        attached = mail["attachments"]
        if any(_is(f, d) for f in attached):
            if mail["state"] in _ON_THE_WAY:
                raise _not_yet()
            kept = [{**f, "name": plain} if _is(f, d) else f for f in attached]
            w.execute(_FILES, the_mail=mail["id"], attachments=kept)
    source = d["source"]
    w.change(models.documents, d, name=plain, source=None)
    w.afterwards.append(lambda: files.remove_unnamed(w.app, d["sha256"]))
    if source:
        w.afterwards.append(lambda: files.remove_unnamed(w.app, source))


def _is(attachment: Row, document: Row) -> bool:
    return all(attachment[k] == document[k] for k in ("name", "sha256"))


def _of_mail(w: Work, said: Row) -> None:
    """What lists show of it; its bytes are the first record's, and go with that."""
    w.execute(_INBOUND, the_mail=said["mail"], subject="", from_address="", from_shown="", mail_from="", message_id="")


_REPEATED: dict[str, Callable[[Work, Any], None]] = {
    "approval:decided": _of_approval,
    "answer:received": _of_answer,
    "answer:replied": _of_reply,
    "answer:extension:asked": _in_hand("wish", "reason"),
    "answer:handed_in": _in_hand("pending", "comment"),
    "answer:supplement:asked": _in_hand("supplement", "what"),
    "consultation:ended": _of_round,
    "task:completed": _of_task,
    "relation:added": _of_relation,
    "document:added": _of_document,
    "mail:received": _of_mail,
}
"""Which rows repeat what an event of a kind says."""
