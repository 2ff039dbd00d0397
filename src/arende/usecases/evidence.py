"""How an answer to a request came, and whether that is enough: the token, the level, and a board's decision.

A formal act (KL 6:37, 6:39, a signature, the approval of minutes) by mail needs more than a level: a board must have
decided that it may be done so. To send back, to leave to the board, and to declare a conflict of interest never does.
"""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select

from arende import actors, models
from arende.actors import Actor
from arende.commands import Evidence, Level
from arende.errors import Forbidden, Refused, Sentence
from arende.prepared import Prepared, Row
from arende.settings import Settings
from arende.usecases import tokens
from arende.work import Work

FORMAL = ("delegated_decision", "urgent_decision", "signature", "minutes")
RANK = {"reply": 1, "link": 2, "login": 3}

_m = models.mandates.c
_IN_FORCE = Prepared(
    select(models.mandates)
    .where(_m.valid_from <= bindparam("day"), or_(_m.valid_to.is_(None), _m.valid_to >= bindparam("day")))
    .order_by(_m.key)
)


def needed(w: Work, row: Row) -> Level:
    """The level that the request asks for: what its definition says, or the site's floor where that is higher.

    Under secrecy a mail tells nothing, so it is no ground to answer on: signing in is needed, whatever else is said.
    """
    if w.case["secrecy"]:
        return "login"
    own: Level = row["level"]
    least = floor(w.app.settings, row["act"])
    return least if RANK[least] > RANK[own] else own


def floor(settings: Settings, act: str) -> Level:
    """The least that this site asks for, for an act: for formal ones signing in, where there is a provider for it."""
    formal = settings.formal_floor or ("login" if settings.oidc_issuer is not None else "reply")
    both: tuple[Level, ...] = (settings.approval_floor, formal) if act in FORMAL else (settings.approval_floor,)
    return max(both, key=RANK.__getitem__)


def token(w: Work, row: Row, given: Evidence | None) -> Row | None:
    """The token that an answer rests on, or by whose link it came after a sign-in; None for a sign-in alone.

    Raises Forbidden when it is another's, Refused when it has ended.
    """
    if given is None or (given.level == "login" and given.token_sha256 is None):
        return None
    found = tokens.found(w.conn, given.token_sha256 or "")
    if found is None or found["case_id"] != w.case["id"] or not tokens.belongs(found, row):
        raise Forbidden(_NOT_FOR_THIS)
    if found["kind"] != ("link" if given.level == "login" else given.level) or found["holder_id"] != w.actor.id:
        raise Forbidden(_NOT_FOR_THIS)
    own = next(t for t in w.rows(models.tokens) if t["id"] == found["id"])
    if row["state"] == "pending":
        demand_open(w, row, own)
    return own


def demand_open(w: Work, row: Row, token: Row) -> None:
    """Refuse a token that has been used or ended, is too old, or was given for another text."""
    if token["why"] in _LOCKED:
        raise Refused(_LOCKED[token["why"]])
    if token["revoked_at"] is not None or token["used_at"] is not None:
        raise Refused(_ENDED)
    if token["expires_at"] <= w.now:
        raise Refused(_EXPIRED)
    if token["text_sha256"] != row["text_sha256"]:
        raise Refused(other_text(row["act"]))


def other_text(act: str) -> Sentence:
    """An answer to a text that has changed: what it would have held for, and what to do."""
    sv, en = _ACTS.get(act, ("Ett klartecken", "A clearance"))
    return Sentence(
        f"Texten har ändrats sedan begäran skickades. {sv} gäller bara den text som du har läst. Läs den nya texten "
        "och svara på den nya begäran.",
        f"The text has changed since the request was sent. {en} holds only for the text that you have read. Read the "
        "new text and answer the new request.",
    )


def weigh(w: Work, row: Row, given: Evidence | None, held: Row | None, *, decision: str, behalf: Actor | None) -> Row:
    """What the record keeps of how the answer came. Raises Refused when it is not enough for this answer."""
    given = given or _operator(w)
    if given.level == "login" and w.cmd.door != "cli" and not given.authentication:
        raise Refused(_NOTHING_SHOWN)  # a sign-in that nobody can tell of afterwards is none
    if given.level == "link" and not given.digits:
        raise Refused(DIGITS)
    asked, mandate = needed(w, row), None
    if decision != "recuse":  # to step aside is a duty (KL 6:28), and believed as soon as it is said
        if RANK[given.level] < RANK[asked]:
            raise Refused(TOO_LITTLE[asked])
        if decision == "approve" and row["act"] in FORMAL and given.level != "login":
            mandate = _mandate(w, row, given.level, behalf)
    shown = given.model_dump(exclude_none=True) | {"channel": w.cmd.door, "needed": asked}
    if held is not None:
        shown["message_id"] = held["message_id"]
    if mandate is not None:
        told = ("key", "body", "decided_on", "section", "note")
        shown["mandate"] = {k: str(mandate[k]) for k in told if mandate[k] is not None}
    return shown


def _operator(w: Work) -> Evidence:
    """Whoever may use the command line of this machine is its operator, and answers for the name given."""
    if w.cmd.door != "cli":
        raise Refused(_NOTHING_SHOWN)
    return Evidence(level="login", note="operator of this machine")


def _mandate(w: Work, row: Row, level: Level, behalf: Actor | None) -> Row:
    """The board's decision in force today that lets this person do the act in this way."""
    people = [w.actor] if behalf is None else [w.actor, behalf]
    held = {f"{office}@{body}" for p in people for office, body in w.ask(actors.offices_of, p.id, w.today)}
    for one in _IN_FORCE.rows(w.conn, day=w.today):
        allowed = row["act"] in one["acts"] and level in one["ways"]
        by_office = row["act"] != "urgent_decision" and held & set(one["offices"])  # KL 6:39: persons named only
        if allowed and (w.actor.key in one["persons"] or by_office):
            return one
    raise Refused(_NO_MANDATE)


_NOT_FOR_THIS = Sentence(
    "Länken eller adressen hör inte till den här begäran och dig. Använd ditt eget senaste mejl.",
    "The link or address does not belong to this request and you. Use your own latest mail.",
)
_ENDED = Sentence(
    "Det finns ett nyare mejl om samma begäran. Svara i det; det här gäller inte längre.",
    "There is a newer mail about the same request. Answer that one; this one no longer applies.",
)
_LOCKED = {
    "guessed": Sentence(
        "Länken är spärrad efter fem svar med fel siffror. Svara på själva mejlet i stället; räcker inte det kommer en "
        "ny länk.",
        "The link is locked after five answers with wrong digits. Answer the mail itself instead; if that is not "
        "enough, a new link comes.",
    ),
    "leaked": Sentence(
        "Mejlet har spärrats av säkerhetsskäl. Svara på det, så kommer ett nytt; eller kontakta handläggaren.",
        "The mail has been locked for security. Answer it, and a new one comes; or ask the case officer.",
    ),
}
_EXPIRED = Sentence(
    "Mejlet är för gammalt för att svara med. Be handläggaren om en ny begäran.",
    "The mail is too old to answer with. Ask the case officer for a new request.",
)
_ACTS = {
    "signature": ("En underskrift enligt nämndens reglemente (KL 6:44)", "A signature by the board's rules (KL 6:44)"),
    "minutes": ("En justering (KL 5:69, 6:35)", "An approval of minutes (KL 5:69, 6:35)"),
    "delegated_decision": ("Ett beslut på delegation (KL 6:37)", "A decision by delegation (KL 6:37)"),
    "urgent_decision": ("Ett brådskande beslut (KL 6:39)", "An urgent decision (KL 6:39)"),
}
"""What the act is, with what it rests on; a clearance rests on no statute."""
DIGITS = Sentence(
    "De fyra sista siffrorna i diarienumret stämmer inte. De står i mejlets ämnesrad.",
    "The last four digits of the diary number are not right. They stand in the subject of the mail.",
)
_NOTHING_SHOWN = Sentence(
    "Det framgår inte vem som svarar. Svara med länken i mejlet.",
    "It does not appear who answers. Answer with the link in the mail.",
)
_NO_MANDATE = Sentence(
    "Det finns inget beslut i kraft som låter dig göra det här med mejl. Det behöver göras på plats eller inloggad; "
    "kontakta handläggaren.",
    "No decision in force lets you do this by mail. It has to be done in person or signed in; ask the case officer.",
)
TOO_LITTLE: dict[Level, Sentence] = {
    "reply": Sentence("Svara i mejlet.", "Answer in the mail."),
    "link": Sentence(
        "Ett mejlsvar räcker inte här. Öppna länken i mejlet och svara på sidan.",
        "A mailed reply is not enough here. Open the link in the mail and answer on the page.",
    ),
    "login": Sentence(
        "Det här svaret kräver inloggning. Öppna länken i mejlet och logga in.",
        "This answer needs signing in. Open the link in the mail and sign in.",
    ),
}
