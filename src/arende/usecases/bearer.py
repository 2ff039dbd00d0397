"""What the bearer of a mail's link is shown: read only, judged by the same functions as the answer itself.

The link is looked up by its hash. It shows the one request it was given for, and nothing else of the case. The link of
a receipt is a secret of its own, for one answer of one person: it shows what taking back one's own yes would undo, and
undoes it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from arende import actors, db, models
from arende.actors import Actor
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import AskAboutApproval, Command, DecideApproval, Decision, Evidence, Level, WithdrawApproval
from arende.effecttypes import ApprovalEffect
from arende.errors import ArendeError, Forbidden, NotFound, Refused, Sentence
from arende.mailwords import Change
from arende.prepared import Row
from arende.usecases import evidence, requestmails, settling, tokens, withdrawals
from arende.usecases.facts import persons_of
from arende.usecases.requests import rule_of
from arende.usecases.stepping_in import may_answer
from arende.work import Work

_IDS = UUID("0a2f8f36-7a55-5d5b-9c5e-0f4f1f1f2f60")
"""Namespace of the ids of commands that come by a link: the same answer by the same link is the same command."""


class Look(Command):
    """A look at a request, never performed."""

    name = "look"


@dataclass(frozen=True)
class Shown:
    """One request as its bearer sees it."""

    case: Row
    rules: CaseType
    token: Row
    request: Row
    rule: ApprovalEffect
    holder: Actor
    contact: str
    authority: str
    level: Level
    """What the request asks for."""
    signed_in: str | None
    """How the holder of the link has signed in, for the record; None where they have not."""
    behalf: Actor | None = None
    """The absent one for whom the bearer answers."""
    documents: tuple[Row, ...] = ()
    """The documents of the text, as they were when the request was made; none under secrecy."""
    questions: tuple[Row, ...] = ()
    dead: Sentence | None = None
    """Why the link no longer does what it is for, honestly; None while it does."""
    refused: Mapping[str, ArendeError] = field(default_factory=dict)
    """The answers that cannot be given by this link, and why."""
    changes: tuple[Change, ...] = ()
    """What of the text is another than in the request before it; of one that is void, what is another now."""
    done: bool = False
    """Whether this very link has done what it is for, and that stands: the page is then its receipt."""

    @property
    def taking_back(self) -> bool:
        """Whether it is the link of a receipt, by which one's own yes is taken back."""
        return bool(self.token["kind"] == "withdraw")

    @property
    def secret(self) -> bool:
        """Whether nothing of the case may be shown: it is under secrecy, and its holder has not signed in."""
        return bool(self.case["secrecy"]) and self.signed_in is None


def read(app: App, raw: str, language: str, signed_in: Mapping[str, str] | None = None) -> Shown | None:
    """The request of a link; None when there is none. ``language`` is the one its words are to be in.

    ``signed_in`` = key of the person who has signed in → how. It counts for the link's own holder only.
    """
    with db.reading(app.engine) as conn:
        token = tokens.found(conn, tokens.digest(raw))
        if token is None or token["kind"] not in ("link", "withdraw"):
            return None
        holder = actors.by_id(conn, token["holder_id"])
        try:
            w = Work(app, Look(actor=holder.key, door="web"), conn)
        except Forbidden:
            return None  # whoever has left sees nothing more
        w.open_case_by_id(token["case_id"])
        show = _to_take_back if token["kind"] == "withdraw" else _to_answer
        return show(w, token, holder._replace(language=language), (signed_in or {}).get(holder.key))


def _to_answer(w: Work, token: Row, holder: Actor, signed_in: str | None) -> Shown:
    row = _request(w, token)
    secret = w.case["secrecy"] and signed_in is None
    behalf, barred = _behalf(w, row, rule_of(row))
    dead = _dead(w, row, token)
    return replace(
        _bare(w, row, token, holder, signed_in),
        behalf=behalf,
        documents=() if secret else _documents(w, row),
        questions=() if secret else _questions(w, row),
        dead=dead,
        refused=_refused(w, row, token, behalf, barred, signed_in) if dead is None else {},
        changes=() if secret else requestmails.changed(w, row, holder),
        done=_is_receipt(w, row, token),
    )


def _to_take_back(w: Work, token: Row, holder: Actor, signed_in: str | None) -> Shown:
    row = _request(w, token)
    shown = _bare(w, row, token, holder, signed_in)
    try:  # how it came is told by its level; here it is asked whether it may be at all
        withdrawals.judge(w, row, Evidence(level="login", token_sha256=token["sha256"]))
    except (Forbidden, Refused) as e:
        return replace(shown, dead=e.sentences[0], done=token["used_at"] is not None)
    return shown


def _request(w: Work, token: Row) -> Row:
    return next(a for a in w.rows(models.approvals) if tokens.belongs(token, a))


def _bare(w: Work, row: Row, token: Row, holder: Actor, signed_in: str | None) -> Shown:
    """What every link shows."""
    officers = persons_of(w, "case_officer")
    return Shown(
        case=w.case,
        rules=w.rules,
        token=token,
        request=row,
        rule=rule_of(row),
        holder=holder,
        contact=officers[0].name if officers else w.authority[1],
        authority=w.authority[0],
        level=evidence.needed(w, row),
        signed_in=signed_in,
    )


def _is_receipt(w: Work, row: Row, token: Row) -> bool:
    """A link is its answer's receipt for as long as it could have been used, and the answer stands."""
    answered = token["used_at"] is not None and row["state"] in ANSWERED and row["decided_by_id"] == w.actor.id
    return bool(answered and token["expires_at"] > w.now)


def _behalf(w: Work, row: Row, rule: ApprovalEffect) -> tuple[Actor | None, ArendeError | None]:
    try:
        return may_answer(w, row, rule), None
    except (Forbidden, Refused) as e:
        return None, e


def _dead(w: Work, row: Row, token: Row) -> Sentence | None:
    """Honestly, why the link no longer answers."""
    if row["state"] != "pending":
        return settling.past(w, row)
    if token["used_at"] is not None and (taken_back := settling.taken_back(w, row)):
        return taken_back
    try:
        evidence.demand_open(w, row, token)
    except Refused as e:
        return e.sentences[0]
    return None


def _refused(
    w: Work, row: Row, token: Row, behalf: Actor | None, barred: ArendeError | None, signed_in: str | None
) -> dict[str, ArendeError]:
    found: dict[str, ArendeError] = {}
    given = _evidence(token["sha256"], signed_in, digits=True)
    for decision in ("approve", "return", "reject", "recuse", "ask"):
        if barred is not None:
            found[decision] = barred
            continue
        try:
            kind = "recuse" if decision == "ask" else decision
            evidence.weigh(w, row, given, token, decision=kind, behalf=behalf)
            settling.demand_turn(w, row, decision)
        except Refused as e:
            found[decision] = e
    return found


def _evidence(token_sha256: str, signed_in: str | None, *, digits: bool) -> Evidence:
    """What is shown for an answer by a link: the sign-in of its holder, else the link and the control digits."""
    if signed_in is not None:
        return Evidence(level="login", token_sha256=token_sha256, authentication=signed_in)
    return Evidence(level="link", token_sha256=token_sha256, digits=digits)


def _questions(w: Work, row: Row) -> tuple[Row, ...]:
    """What its person has asked, also about an earlier text."""
    return tuple(q for q in w.rows(models.questions) if all(q[k] == row[k] for k in ("key", "approver_id")))


def _documents(w: Work, row: Row) -> tuple[Row, ...]:
    """The versions that the request was about: the newest of each document of the text before it was made."""
    newest: dict[str, Row] = {}
    for d in sorted(w.rows(models.documents), key=lambda d: d["version"]):
        declared = w.rules.documents.get(d["key"])
        if declared is not None and declared.is_text and d["added_seq"] <= row["seq"]:
            newest[d["key"]] = d
    return tuple(newest[k] for k in w.rules.documents if k in newest)


def document(app: App, raw: str, record_no: int, signed_in: Mapping[str, str] | None = None) -> tuple[Row, bytes]:
    """A document of the request's text while the link answers it, or is its receipt; raises NotFound otherwise."""
    shown = read(app, raw, "sv", signed_in)
    if shown is not None and (shown.dead is None or shown.done):
        for row in shown.documents:
            if row["record_no"] == record_no:
                return row, app.storage.read(row["sha256"])
    raise NotFound(Sentence("Handlingen finns inte här.", "There is no such document here."))


def answer(shown: Shown, form: Mapping[str, str]) -> Command:
    """The command that the form of the page builds; the same form by the same link is the same command."""
    token, decision, comment = shown.token["sha256"], form.get("decision", ""), form.get("comment", "").strip()
    digits = right_digits(shown.case["register_no"], form.get("control", ""))
    how = shown.signed_in or digits
    base = {
        "id": uuid5(_IDS, f"{token}:{decision}:{comment}:{how}"),
        "actor": shown.holder.key,
        "door": "web",
        "approval": shown.request["id"],
        "evidence": _evidence(token, shown.signed_in, digits=digits),
    }
    if shown.taking_back:
        return WithdrawApproval(**base, reason=comment)
    if decision == "ask":
        return AskAboutApproval(**base, question=comment)
    text_sha256 = form.get("text_sha256") or "not told"  # the door does not guess which text was shown
    known: dict[str, Decision] = {d: d for d in _DECISIONS}
    return DecideApproval(**base, decision=known[decision], comment=comment or None, text_sha256=text_sha256)


def count(app: App, shown: Shown, form: Mapping[str, str]) -> None:
    """Remember an answer whose control digits are wrong, before it is judged: five end the link."""
    if shown.dead is not None or shown.signed_in or right_digits(shown.case["register_no"], form.get("control", "")):
        return
    tokens.miss(app, shown.token["sha256"])


_DECISIONS: Sequence[Decision] = ("approve", "return", "reject", "recuse")
ANSWERED = ("approved", "returned", "rejected", "recused")
"""States of a request whose answer stands."""
ANSWERS = ("approve", "return", "reject", "ask", "recuse")
"""What a form may choose."""


def right_digits(register_no: str, digits: str) -> bool:
    """Whether somebody has read the diary number in the mail: its last four digits, which the page does not show."""
    return digits.strip() == register_no[-4:]
