"""What sort of mail this is, by its headers and parts: asked before any word of it is read as an answer.

``X-Auto-Response-Suppress`` says nothing here: Exchange stamps it on ordinary mail.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from arende.mailread import headers, parts
from arende.mailread.inmail import InMail
from arende.mailread.parts import Part


class Kind(StrEnum):
    """The sort of a mail."""

    REPLY = "reply"
    """An ordinary mail from a person; it may hold a decision."""
    AUTO_REPLY = "auto_reply"
    """Written by a machine: out of office, receipt, read receipt. Never answer it."""
    BOUNCE = "bounce"
    CALENDAR = "calendar"
    OTHER = "other"
    """Mail of a list, and what could not be taken apart."""


class Why(StrEnum):
    """By which sign the sort was told."""

    ORDINARY = "ordinary"
    UNREAD = "unread"
    DELIVERY_REPORT = "delivery_report"
    BOUNCE_TEXT = "bounce_text"
    """A report in words only, of an older mail server."""
    READ_RECEIPT = "read_receipt"
    OTHER_REPORT = "other_report"
    CALENDAR = "calendar"
    AUTO_SUBMITTED = "auto_submitted"
    NULL_SENDER = "null_sender"
    AUTO_HEADER = "auto_header"
    AUTO_SUBJECT = "auto_subject"
    RECEIPT = "receipt"
    """An authority's automatic receipt: filed as acknowledgement, never an answer."""
    LIST = "list"


class Failure(NamedTuple):
    """What a delivery report tells of one recipient (RFC 3464). A claim: only the bounce address proves the mail."""

    recipient: str | None
    action: str
    """``failed``, ``delayed``, ``delivered``, ``relayed``, ``expanded`` or ""."""
    status: str
    """``5.1.1`` or ""."""
    diagnostic: str


class Sort(NamedTuple):
    """The sort of a mail and the sign it was told by."""

    kind: Kind
    why: Why
    failures: tuple[Failure, ...] = ()
    method: str = ""
    """Of a calendar mail: ``REPLY``, ``REQUEST``, ``CANCEL`` …"""


def sort(mail: InMail) -> Sort:
    """The sort of ``mail``. The order matters: a report is also automatic, an invitation may be too."""
    if mail.unread:
        return Sort(Kind.OTHER, Why.UNREAD)
    return _report(mail) or _calendar(mail) or _automatic(mail) or _list(mail) or Sort(Kind.REPLY, Why.ORDINARY)


# ---------------------------------------------------------------- reports

_TAGS = re.compile(r"\A(?:\[[^\]]{0,40}\]\s*){1,3}")
"""``[EXTERN]`` and the like, which mail servers put before a subject."""
_POSTMASTER = re.compile(r"mailer-daemon|postmaster|mail-daemon|mdaemon|microsoftexchange[0-9a-f]{8,}", re.IGNORECASE)
_BOUNCE_SUBJECT = re.compile(
    r"(?:(?:re|sv|fwd?|vb): )?(?:undeliver(?:able|ed)|mail delivery (?:failed|failure|system|subsystem)"
    r"|delivery (?:status notification|failure|has failed|report)|returned (?:mail|to sender)|failure notice"
    r"|non[- ]?delivery|could not send message|message (?:delivery failure|you sent blocked)"
    r"|kan inte leverera|det (?:går|gick) inte att leverera|inte levererat|kunde inte levereras|olever(?:erad|erbar)"
    r"|leveransfel|leveransrapport|mejlet kom inte fram|ikke leveret|kan ikke leveres|unzustellbar"
    r"|mail konnte nicht|viestiä ei voitu|toimittamaton|non remis)",
    re.IGNORECASE,
)


def _report(mail: InMail) -> Sort | None:
    if "multipart/report" in mail.media_types[:1] or "message/delivery-status" in mail.media_types:
        sort = _of_report(mail)
        if sort:
            return sort
    from_machine = mail.return_path == "" or bool(_POSTMASTER.search(mail.sender_shown))
    says_so = from_machine and _BOUNCE_SUBJECT.match(_TAGS.sub("", mail.subject))
    if says_so or mail.header("x-failed-recipients"):
        failed = headers.addresses(mail.header("x-failed-recipients"))
        return Sort(Kind.BOUNCE, Why.BOUNCE_TEXT, tuple(Failure(a, "failed", "", "") for a in failed))
    return None


def _of_report(mail: InMail) -> Sort | None:
    told = mail.root.params.get("report-type", "").lower()
    if "message/disposition-notification" in mail.media_types or told == "disposition-notification":
        return Sort(Kind.AUTO_REPLY, Why.READ_RECEIPT)
    if "message/delivery-status" in mail.media_types or told == "delivery-status":
        return Sort(Kind.BOUNCE, Why.DELIVERY_REPORT, _failures(mail.root))
    return Sort(Kind.AUTO_REPLY, Why.OTHER_REPORT)


def _failures(root: Part) -> tuple[Failure, ...]:
    """What the machine-readable parts tell, at most 100 recipients."""
    found: list[Failure] = []
    for part in _leaves(root):
        if part.media_type in ("message/delivery-status", "message/global-delivery-status"):
            text = headers.decoded(parts.content(part)[0][:200_000], "utf-8").replace("\r\n", "\n")
            found += (f for f in map(_failure, re.split(r"\n[ \t]*\n", text)[:110]) if f)
    return tuple(found[:100])


_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def _failure(block: str) -> Failure | None:
    """One recipient's fields; None for the block about the message itself."""
    fields: dict[str, str] = {}
    name = ""
    for line in block.split("\n")[:60]:
        if line[:1] in (" ", "\t") and name:
            fields[name] += " " + line.strip()
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields.setdefault(name, value.strip())
    typed = fields.get("final-recipient") or fields.get("original-recipient")
    if typed is None:
        return None
    status = _STATUS.search(fields.get("status", ""))
    diagnostic = headers.one_line(fields.get("diagnostic-code", "")[:2000])[:500]
    recipient = headers.address(typed.rpartition(";")[2].strip().strip("<>"))
    return Failure(
        recipient, fields.get("action", "").split(" ")[0].lower()[:20], status[0] if status else "", diagnostic
    )


def _leaves(part: Part) -> list[Part]:
    return [leaf for child in part.children for leaf in _leaves(child)] or [part]


# ---------------------------------------------------------------- calendar

_METHOD = re.compile(rb"^METHOD[^:\r\n]{0,100}:[ \t]*([A-Za-z-]{1,20})", re.MULTILINE)


def _calendar(mail: InMail) -> Sort | None:
    """An invitation or an answer to one; an .ics file that somebody attached is a file."""
    for part in _leaves(mail.root):
        if part.media_type == "text/calendar" and not part.header("content-disposition").lower().startswith(
            "attachment"
        ):
            method = part.params.get("method", "") or _method(parts.content(part)[0])
            if method:
                return Sort(Kind.CALENDAR, Why.CALENDAR, method=method.upper()[:20])
    if mail.header("content-class").lower() == "urn:content-classes:calendarmessage":
        return Sort(Kind.CALENDAR, Why.CALENDAR)
    return None


def _method(data: bytes) -> str:
    found = _METHOD.search(data[:20_000].replace(b"\r", b"\n"))
    return found[1].decode() if found else ""


# ---------------------------------------------------------------- automatic mail

_AUTO_HEADERS = (
    "x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-generated", "x-mail-autoreply", "x-autogenerated",
)  # fmt: skip
_AUTO_SUBJECT = re.compile(
    r"(?:auto(?:matiskt?|matisk|matic|matische|mated|matisch)?[- ]?"
    r"(?:svar|reply|replies|response|antwort|antwoord|respons|generated)|auto:"
    r"|automaattinen (?:vastaus|poissaolo)|réponse automatique|respuesta automática|risposta automatica"
    r"|resposta automática|automaatvastus|automātiska atbilde|automatinis atsakymas|automatikus válasz"
    r"|automatická odpověď|răspuns automat|automatski odgovor|sjálfvirkt svar|otomatik yanıt|αυτόματη απάντηση"
    r"|автоматический ответ|автоматична відповідь|رد تلقائي|自动答复|自動応答"
    r"|odpowiedź automatyczna|abwesenheits(?:notiz|assistent|nachricht)|out[- ]of[- ](?:the[- ])?office|ooo:"
    r"|frånvaromeddelande|fraværs?melding|poissaoloilmoitus|ikke til stede|absence du bureau|message d'absence"
    r"|(?:frånvaro|frånvarande|på semester|semester|föräldraledig|tjänstledig|fravær|fraværende|poissa|lomalla|away"
    r"|on (?:annual )?leave|on vacation|abwesend|urlaub|absent|absence|afwezig)\s?(?::|-|–|\Z))",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(
    r"(?:bekräftelse|mottagningsbekräftelse|mottagningsbevis|mottagningskvitto|kvittens|kvitto"
    r"|tack för (?:ditt|er|ert)|ditt (?:mejl|mail|ärende|meddelande)|receipt|acknowledg|confirmation of receipt)",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    r"\b(?:har (?:tagit|mottagit) (?:emot )?(?:ditt|er|ert|din)|vi har (?:tagit emot|mottagit)"
    r"|har (?:kommit in|inkommit|mottagits|tagits emot)|tack för (?:ditt|er|ert|din) "
    r"(?:mejl|mail|e-?post|e-?brev|e-?postmeddelande|meddelande|ansökan|skrivelse|handling)"
    r"|(?:kommer att|har) diarieför|mottagningskvitto|bekräftar (?:härmed )?(?:mottagandet|att vi)"
    r"|we have received|has been received|thank you for your (?:e-?mail|message))",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:semester|tjänstledig|föräldraledig|sjukskriven|inte på plats|åter (?:på|i|den)\b|är tillbaka"
    r"|out of (?:the )?office|on leave|vacation|holiday|lomalla|ferie|urlaub|frånvarande|ledig|mammaledig|pappaledig)",
    re.IGNORECASE,
)
_LOOK = 3000
"""Characters of the text that are looked at for a receipt."""


def _automatic(mail: InMail) -> Sort | None:
    why = _automatic_by(mail)
    start = _start_of_text(mail)
    received = _RECEIVED.search(start) and not _ABSENT.search(start)
    if received and (why or _RECEIPT_SUBJECT.match(_TAGS.sub("", mail.subject))):
        return Sort(Kind.AUTO_REPLY, Why.RECEIPT)
    return Sort(Kind.AUTO_REPLY, why) if why else None


def _automatic_by(mail: InMail) -> Why | None:
    submitted = mail.header("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    if submitted not in ("", "no"):
        return Why.AUTO_SUBMITTED
    precedence = {value.strip().lower() for value in mail.every("precedence")}
    if "auto_reply" in precedence or any(mail.every(name) for name in _AUTO_HEADERS):
        return Why.AUTO_HEADER
    if mail.return_path == "":
        return Why.NULL_SENDER
    return Why.AUTO_SUBJECT if _AUTO_SUBJECT.match(_TAGS.sub("", mail.subject)) else None


def _start_of_text(mail: InMail) -> str:
    piece = next((w.text or w.html or "" for w in mail.written), "")
    return " ".join(piece[:_LOOK].split())


def _list(mail: InMail) -> Sort | None:
    precedence = {value.strip().lower() for value in mail.every("precedence")}
    listed = precedence & {"bulk", "list", "junk"} or mail.every("list-id") or mail.every("list-post")
    return Sort(Kind.OTHER, Why.LIST) if listed else None
