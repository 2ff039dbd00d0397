"""Commands on a party's answer: from the request that reaches it to the word we give back (domain: ``answer``).

A position itself is ``AnswerConsultation``: whether it comes by mail, by a link, in a forum's notes or over the
counter, it is put in force by one and the same function.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from arende.commands import MailRecord, OnCase, Stance, Words


class OnAnswer(OnCase):
    """A command on one party's answer. ``key``: which round, where there are several: ``decisions:2``."""

    party: str
    key: str | None = None


class AcknowledgeAnswer(OnAnswer):
    """The party has the request: it said so, or gave its own diary number."""

    name = "acknowledge_answer"
    party_ref: str | None = None


class AskExtension(OnAnswer):
    """The party asks for a later last day. There is no right to it (domain 2.6)."""

    name = "ask_extension"
    until: date
    reason: Words | None = None
    token_sha256: str | None = None


class RefuseExtension(OnAnswer):
    """No more time, with the reason, which the party is told."""

    name = "refuse_extension"
    reason: Words


class HandInAnswer(OnAnswer):
    """An answer has come in from outside. It counts when a registrar has verified whose it is."""

    name = "hand_in_answer"
    stance: Stance
    body: str | None = None
    decided_on: date | None = None
    section: str | None = None
    party_ref: str | None = None
    comment: str | None = None
    sender: Words
    """Who filled in the form: name and office, as told by themselves."""
    files: tuple[MailRecord, ...] = ()
    """What came with it. The bytes are in storage already."""
    token_sha256: str
    """SHA-256 of the secret in the link."""


class RegisterAnswer(OnAnswer):
    """A registrar has verified that the answer is the party's own. Complete, it counts from now on."""

    name = "register_answer"
    how: Words
    """What the authority rests on: an extract of minutes, a call to the party's registrar."""


class SetAsideAnswer(OnAnswer):
    """What came in is no answer of the party's. It stays on record, and the party is still awaited."""

    name = "set_aside_answer"
    reason: Words


class AskSupplement(OnAnswer):
    """Something is missing in an answer: the party is told what, and by when."""

    name = "ask_supplement"
    what: Words
    until: date | None = None
    """None = within ten working days."""


class AcceptAnswer(OnAnswer):
    """The case officer takes the answer as it stands into the table of answers."""

    name = "accept_answer"


class ReplyToAnswer(OnAnswer):
    """Our reply to a party's comments, for the table of answers (bemötande)."""

    name = "reply_to_answer"
    reply: Words


class RemoveParty(OnAnswer):
    """A party is no longer asked; it is told so, and the round counts without it."""

    name = "remove_party"
    reason: Words


class AddParty(OnAnswer):
    """One more party is asked in a round that is open."""

    name = "add_party"
    due: date | None = None
    """Its last day; None = the round's."""


class Position(BaseModel):
    """One party's position as a forum's notes have it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    party: str
    stance: Stance
    body: str | None = None
    decided_on: date | None = None
    section: str | None = None
    party_ref: str | None = None
    comment: str | None = None


class RecordPositions(OnCase):
    """Many positions in one go, from the notes of a forum or a meeting. All of them are filed, or none."""

    name = "record_positions"
    positions: tuple[Position, ...]
    source: Words
    """Where they stand: "KRF:s anteckningar 2020-09-02"."""
    documents: tuple[int, ...] = ()
    key: str | None = None


class CompileAnswers(OnCase):
    """Write the table of answers as a document of the case; it is then written anew whenever an answer changes."""

    name = "compile_answers"
    key: str | None = None
