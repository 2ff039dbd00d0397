"""The link in a request to a party: whoever holds it may hand in an answer, which a registrar then verifies.

Unlike the link of an approval it may be used again: a party may change its answer, and an answer handed in twice is
the same command. It is for one party, one round and one text, and ends when the party is asked anew or no longer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from arende import mime, models
from arende.actors import Actor
from arende.errors import Refused, Sentence
from arende.prepared import Row
from arende.usecases.texts import text_sha256
from arende.usecases.tokens import digest
from arende.work import Work

LIFE = timedelta(days=180)
"""How long an answer can be handed in after the last day: late ones are put on record, too."""
_WHY = {
    "superseded": Sentence(
        "Förslaget har ändrats och ni har fått en ny fråga. Svara med länken i det senaste mejlet.",
        "The proposal has changed and you have been asked anew. Answer by the link in the latest mail.",
    ),
    "removed": Sentence(
        "Ni behöver inte längre svara i det här ärendet.", "You no longer need to answer in this case."
    ),
    "guessed": Sentence(
        "Länken är spärrad, eftersom fel siffror har angetts fem gånger. Svara med ett vanligt mejl och ange "
        "diarienumret; svaret registreras.",
        "The link is locked, since wrong digits were given five times. Answer by an ordinary mail and give the diary "
        "number; the answer is put on record.",
    ),
    "leaked": Sentence(
        "Länken har spärrats av säkerhetsskäl. Svara med ett vanligt mejl och ange diarienumret; svaret registreras.",
        "The link has been locked for security. Answer by an ordinary mail and give the diary number; the answer is "
        "put on record.",
    ),
}
_EXPIRED = Sentence(
    "Länken har slutat gälla. Svara med ett vanligt mejl och ange diarienumret; svaret registreras.",
    "The link has expired. Answer by an ordinary mail and give the diary number; the answer is put on record.",
)


def issue(w: Work, answer: Row, party: Actor, message_id: str) -> None:
    """The secret of a mail that asks a party, kept as its SHA-256. Those of earlier mails on the round still answer."""
    ring = w.app.keys
    w.insert(
        models.tokens,
        sha256=digest(mime.answer_tag(ring, ring.current, message_id)),
        kind="answer",
        key=answer["key"],
        round=answer["round"],
        approver_id=party.id,
        holder_id=party.id,
        text_sha256=text_sha256(w),
        message_id=message_id,
        key_id=ring.current,
        issued_at=w.now,
        expires_at=max(answer["due_at"], w.now) + LIFE,
        used_at=None,
        revoked_at=None,
        why=None,
    )


def end(w: Work, key: str, why: Literal["superseded", "removed"], party_id: int | None = None) -> None:
    """End the links of a round's parties, or of one of them."""
    for row in w.rows(models.tokens):
        mine = row["kind"] == "answer" and row["key"] == key and party_id in (None, row["holder_id"])
        if mine and row["revoked_at"] is None:
            w.change(models.tokens, row, revoked_at=w.now, why=why)


def dead(w: Work, token: Row) -> Sentence | None:
    """Why the link no longer answers; None while it does."""
    if token["revoked_at"] is not None:
        return _WHY.get(token["why"], _EXPIRED)
    return _EXPIRED if token["expires_at"] <= w.now else None


def demand(w: Work, sha256: str, answer: Row) -> None:
    """Refuse a link that is not this party's in this round, or has ended."""
    for token in w.rows(models.tokens):
        its = (token["key"], token["round"], token["holder_id"]) == (answer["key"], answer["round"], answer["party_id"])
        if token["sha256"] == sha256 and token["kind"] == "answer" and its:
            why = dead(w, token)
            if why is None:
                return
            raise Refused(why)
    raise Refused(Sentence("Länken gäller inte det här svaret.", "The link is not for this answer."))
