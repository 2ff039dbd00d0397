"""What the bearer of a party's link is shown: the request, its documents, and what has been handed in. Read only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from arende import actors, db, models, phrases
from arende.actors import Actor
from arende.answercommands import AskExtension, HandInAnswer
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import MailRecord
from arende.effecttypes import ConsultationEffect
from arende.errors import Forbidden, Invalid, NotFound, Sentence
from arende.mailwords import Change
from arende.prepared import Row
from arende.usecases import answertokens, mails, referralmails, requestmails, rounds, tokens
from arende.usecases.bearer import Look, right_digits
from arende.usecases.facts import persons_of
from arende.work import Work

_IDS = UUID("6f4f3c55-98b6-5b0e-8f4e-1f1f7b9a2c31")
"""Namespace of the ids of commands that come by a party's link: the same form is the same command."""
TEXTS = ("sender", "body", "decided_on", "section", "party_ref", "comment")


@dataclass(frozen=True)
class Asked:
    """One party's request as its bearer sees it."""

    case: Row
    rules: CaseType
    token: Row
    round_: Row
    row: Row
    rule: ConsultationEffect
    party: Actor
    contact: str
    authority: str
    documents: tuple[Row, ...]
    changes: tuple[Change, ...]
    dead: Sentence | None
    """Why the link no longer answers; None while it does."""

    @property
    def stances(self) -> tuple[str, ...]:
        """What may be answered, in the order shown."""
        return phrases.offered(self.round_["kind"])


def read(app: App, raw: str, language: str) -> Asked | None:
    """The request of a link; None when there is none, or its case is under secrecy."""
    with db.reading(app.engine) as conn:
        token = tokens.found(conn, tokens.digest(raw))
        if token is None or token["kind"] != "answer":
            return None
        party = actors.by_id(conn, token["holder_id"])
        try:
            w = Work(app, Look(actor=party.key, door="web"), conn)
        except Forbidden:
            return None
        w.open_case_by_id(token["case_id"])
        return None if w.case["secrecy"] else _asked(w, token, party, language)


def _asked(w: Work, token: Row, party: Actor, language: str) -> Asked:
    its = (token["key"], token["round"])
    round_ = next(c for c in w.rows(models.consultations) if (c["key"], c["round"]) == its)
    row = next(a for a in rounds.answers_of(w, round_) if a["party_id"] == party.id)
    rule, officers = rounds.rule_of(round_), persons_of(w, "case_officer")
    before = referralmails.round_before(w, row)
    return Asked(
        case=w.case,
        rules=w.rules,
        token=token,
        round_=round_,
        row=row,
        rule=rule,
        party=party,
        contact=officers[0].name if officers else w.authority[1],
        authority=w.authority[0],
        documents=_documents(w, round_, rule),
        changes=requestmails.changes(w, before, language) if before is not None else (),
        dead=answertokens.dead(w, token),
    )


def _documents(w: Work, round_: Row, rule: ConsultationEffect) -> tuple[Row, ...]:
    """What went out with the request, in the versions that it was about."""
    keys = ((rule.letter,) if rule.letter else ()) + rule.attach
    sent = {d["record_no"] for d in mails.newest(w, keys, until=round_["seq"])}
    return tuple(d for d in w.rows(models.documents) if d["record_no"] in sent)


def document(app: App, raw: str, record_no: int) -> tuple[Row, bytes]:
    """A document of the request while its link answers; raises NotFound otherwise."""
    asked = read(app, raw, "sv")
    if asked is not None and asked.dead is None:
        for row in asked.documents:
            if row["record_no"] == record_no:
                return row, app.storage.read(row["sha256"])
    raise NotFound(Sentence("Handlingen finns inte här.", "There is no such document here."))


def count(app: App, asked: Asked, form: Mapping[str, str]) -> None:
    """Remember a form whose control digits are wrong: five end the link."""
    if asked.dead is None and not right_digits(asked.case["register_no"], form.get("control", "")):
        tokens.miss(app, asked.token["sha256"])


def answer(asked: Asked, form: Mapping[str, str], files: Sequence[MailRecord]) -> HandInAnswer:
    """The command that the page's form builds. Raises Invalid for a day that is none."""
    said = {k: form.get(k, "").strip() or None for k in TEXTS}
    marks = [form.get("stance", ""), *(str(said[k]) for k in TEXTS), *(f.sha256 for f in files)]
    day = said.pop("decided_on")
    return HandInAnswer.model_validate(
        {
            **_base(asked, marks),
            **said,
            "stance": form.get("stance"),
            "decided_on": _day(day) if day else None,
            "files": tuple(files),
            "token_sha256": asked.token["sha256"],
        }
    )


def extension(asked: Asked, form: Mapping[str, str]) -> AskExtension:
    """The command of the form that asks for more time. Raises Invalid for a day that is none."""
    until, reason = form.get("until", ""), form.get("reason", "").strip()
    return AskExtension.model_validate(
        {
            **_base(asked, ["extension", until, reason]),
            "until": _day(until),
            "reason": reason or None,
            "token_sha256": asked.token["sha256"],
        }
    )


def _base(asked: Asked, marks: Sequence[str]) -> Row:
    digest = hashlib.sha256("\n".join([asked.token["sha256"], *marks]).encode()).hexdigest()
    return {
        "id": uuid5(_IDS, digest),
        "actor": asked.party.key,
        "door": "web",
        "register_no": asked.case["register_no"],
        "party": asked.party.key,
        "key": rounds.name_of(asked.round_),
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(Sentence("Skriv dagen som 2020-09-02.", "Write the day like 2020-09-02.")) from None
