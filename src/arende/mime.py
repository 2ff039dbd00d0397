"""What a mail looks like: safe headers, the text with its secrets filled in, the message as bytes.

An outbox row holds no secret: where a link stands, the row has a placeholder, and the link is derived here, from the
site key and the Message-ID, when the mail is built to be sent.
"""

from __future__ import annotations

import email.policy
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from email_validator import EmailNotValidError, validate_email

from arende.errors import Invalid, Sentence, Unavailable
from arende.keys import Ring
from arende.settings import Settings

LINK = "/b/LANKEN_FYLLS_I_NAR_MEJLET_SANDS"
"""Where a mail's own link goes; ``build`` puts the secret in its place."""
_LINKS = re.compile(re.escape(LINK) + r"((?:\.[0-9]{1,3})?)")
"""A mail about several requests has numbered links, each with a secret of its own."""
PARTY_LINK = "/svar/LANKEN_FYLLS_I_NAR_MEJLET_SANDS"
"""Where the link of a party that is asked for its position goes."""
Kind = Literal["case", "referral", "approval", "help", "digest", "receipt"]
"""How a mail may be answered: on the case; the same, or by the party's link; with an act of the recipient's; the same,
itself an answer to a mail; by its links alone; on the case, itself an answer. Answers to mail have no envelope sender
(RFC 3834 3.3): two machines never talk for ever."""
_WITH_SECRETS = ("approval", "help")
_ANSWERS = ("help", "receipt")

_BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What an outbox row tells about its mail. ``subject`` is as rendered: not yet safe."""

    id: int
    address: str
    recipient_name: str
    subject: str
    text: str
    html: str
    message_id: str
    """``<…@…>``, the same at every attempt, so that the receiver can tell a repetition."""
    thread_id: str
    """Message-ID of the case's first mail."""
    created_at: datetime
    register_no: str
    kind: Kind = "case"
    key_id: str | None = None
    """The site key that the mail's secrets are derived from; None = the present one."""


class Attachment(NamedTuple):
    """A file to send along."""

    name: str
    media_type: str
    data: bytes


# ---------------------------------------------------------------- headers


def header_safe(text: str) -> str:
    """``text`` on one line, with nothing that a mail program could take for a new header or an encoded word.

    Some Python releases unfold ``=?utf-8?q?…=0A…?=`` from a title into a header of its own (CVE-2024-6923).
    Marks that turn the direction of writing are dropped: they make a subject lie.
    """
    kept = (c for c in text if c not in _BIDI)
    line = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in kept)
    return " ".join(line.replace("=?", "= ?").split())


_VERBATIM = frozenset(
    {"Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "Reply-To"}
)


class MailPolicy(email.policy.EmailPolicy):
    """Folds free text and display names with the older encoder: the newer one loses spaces in Swedish text."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Headers that arende writes word for word are not taken apart: that costs more than sending them."""
        if name in _VERBATIM:
            return name, header_safe(value).encode("ascii", "replace").decode()
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """One header as text, folded."""
        own = self._folded(name, value)
        return super().fold(name, value) if own is None else own

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as it goes over the wire."""
        own = self._folded(name, value)
        return super().fold_binary(name, value) if own is None else own.encode("ascii")

    def _folded(self, name: str, value: Any) -> str | None:
        if str(value).isascii():
            return None
        if name.lower() == "subject":
            return f"{name}: {_encoded(str(value), name)}{self.linesep}"
        if (boxes := getattr(value, "addresses", None)) is not None:
            listed = f",{self.linesep} ".join(self._mailbox(box, name) for box in boxes)
            return f"{name}: {listed}{self.linesep}"
        return None

    def _mailbox(self, box: Address, name: str) -> str:
        """A display name that needs two encoded words is left out: readers put a space into it."""
        shown = _encoded(box.display_name, name) if box.display_name else ""
        return f"{shown} <{box.addr_spec}>" if shown and self.linesep not in shown else box.addr_spec


@lru_cache(maxsize=512)
def _encoded(text: str, name: str) -> str:
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


MAIL = MailPolicy(linesep="\r\n", cte_type="7bit")


@cache
def self_test() -> None:
    """Serialise hostile titles and read them back; raises Unavailable when one becomes a header.

    Tests what this Python does, since its version number does not tell.
    """
    hostile = (
        "=?utf-8?q?Bidrag=0ABcc=3A_e=40e=2Eexample?=",
        "Bidrag\r\nBcc: e@e.example",
        "Bidrag\u2028Bcc: e@e.example",
        "Åre =?utf-8?b?QQpCY2M6IGVAZS5leGFtcGxl?=",
    )
    for title in hostile:
        message = EmailMessage(policy=MAIL)
        message["To"] = Address(header_safe(title), "a", "b.example")
        message["Subject"] = header_safe(title)
        message.set_content("x")
        read = message_from_bytes(message.as_bytes(), policy=email.policy.default)
        if read["Bcc"] is not None or len(read.get_all("Subject", [])) != 1:
            raise Unavailable(
                Sentence(
                    "Inga mejl sänds: på den här Python-versionen kan en ärenderubrik bli ett mejlhuvud. Uppgradera.",
                    "No mail is sent: on this Python a case title can become a mail header. Upgrade it.",
                )
            )


@lru_cache(maxsize=1024)
def deliverable(address: str) -> str | None:
    """The address as it goes over the wire (ASCII), or None when it is none. The network is not asked."""
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).ascii_email
    except EmailNotValidError:
        return None


# ---------------------------------------------------------------- the message


def link_tag(ring: Ring, key_id: str | None, message_id: str) -> str:
    """The secret of the link in the mail ``message_id``: 160 bits. The database knows its SHA-256 only."""
    return ring.tag(key_id, "link", message_id)


def withdraw_tag(ring: Ring, key_id: str | None, message_id: str) -> str:
    """The secret of the link in the receipt ``message_id`` that takes the answer back: 160 bits."""
    return ring.tag(key_id, "withdraw", message_id)


def answer_tag(ring: Ring, key_id: str | None, message_id: str) -> str:
    """The secret of a party's link in the mail ``message_id``: 160 bits."""
    return ring.tag(key_id, "answer", message_id)


def reply_tag(ring: Ring, key_id: str | None, message_id: str) -> str:
    """The secret that a reply to the mail ``message_id`` is addressed with: 160 bits, in one case of letters."""
    return ring.tag(key_id, "reply", message_id)


def case_tag(ring: Ring, key_id: str | None, register_no: str) -> str:
    """What shows that an answer on a case answers a mail of ours: 80 bits, the same for everybody."""
    return ring.tag(key_id, "case", register_no)[:16]


def bounce_tag(ring: Ring, key_id: str | None, mail: int, message_id: str) -> str:
    """What shows that a report of failure is about the mail: 160 bits, known only to who has handled it."""
    return ring.tag(key_id, "bounce", mail, message_id)


def reply_to(row: Outgoing, settings: Settings, ring: Ring) -> str | None:
    """Where an answer to the mail goes: to the request, or else to the case; None for a digest, which is of no case."""
    if row.kind == "digest":
        return None
    if row.kind in _WITH_SECRETS:
        return f"beslut+{reply_tag(ring, row.key_id, row.message_id)}@{settings.mail_domain}"
    number = row.register_no.lower()
    return f"svar+{number}.{case_tag(ring, row.key_id, row.register_no)}@{settings.mail_domain}"


def build(row: Outgoing, attachments: Sequence[Attachment], settings: Settings, ring: Ring) -> EmailMessage:
    """The mail of one outbox row, its link filled in: the same bytes at every attempt.

    Raises Invalid when the recipient's address, or the sender's in the settings, is none.
    """
    message = EmailMessage(policy=MAIL)
    message["From"] = _sender(settings.mail_from)
    message["To"] = _recipient(row)
    message["Subject"] = _shortened(header_safe(row.subject))
    message["Date"] = format_datetime(row.created_at)
    message["Message-ID"] = row.message_id
    if row.thread_id != row.message_id:
        message["In-Reply-To"] = row.thread_id
        message["References"] = row.thread_id
    if address := reply_to(row, settings, ring):
        message["Reply-To"] = address
    # RFC 3834: answer machines stay silent
    message["Auto-Submitted"] = "auto-replied" if row.kind in _ANSWERS else "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # not All: reports of failure are wanted
    message.set_content(_filled(row, row.text, ring), cte="base64")
    if row.html:
        message.add_alternative(_filled(row, row.html, ring), subtype="html", cte="base64")
    for one in attachments:
        _attach(message, one)
    for n, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=_{row.id}.{n}")  # stands in no body, for base64 has no underscore
    return message


def _filled(row: Outgoing, text: str, ring: Ring) -> str:
    if row.kind == "referral" and PARTY_LINK in text:
        return text.replace(PARTY_LINK, f"/svar/{answer_tag(ring, row.key_id, row.message_id)}")
    if row.kind == "receipt":
        return text.replace(LINK, f"/b/{withdraw_tag(ring, row.key_id, row.message_id)}")
    if row.kind not in (*_WITH_SECRETS, "digest") or LINK not in text:
        return text
    return _LINKS.sub(lambda m: f"/b/{link_tag(ring, row.key_id, row.message_id + m[1])}", text)


def return_path(row: Outgoing, settings: Settings, ring: Ring) -> str:
    """Where the mail servers report failure: the address names the row, and its tag cannot be guessed.

    An answer to a mail has none: whatever comes back of it must not be answered.
    """
    if row.kind in _ANSWERS:
        return ""
    return f"studs+{row.id}.{bounce_tag(ring, row.key_id, row.id, row.message_id)}@{settings.mail_domain}"


@lru_cache(maxsize=8)
def _sender(mail_from: str) -> Address:
    found = MAIL.header_factory("From", header_safe(mail_from)).addresses
    if len(found) != 1 or deliverable(found[0].addr_spec) is None:
        raise Invalid(
            Sentence(
                'ARENDE_MAIL_FROM ska vara en adress, till exempel "Ärendesystemet <arende@region.example>".',
                'ARENDE_MAIL_FROM should be one address, for example "Cases <arende@region.example>".',
            )
        )
    return Address(found[0].display_name, addr_spec=deliverable(found[0].addr_spec))


def _recipient(row: Outgoing) -> Address:
    address = deliverable(row.address)
    if address is None:
        raise Invalid(
            Sentence("Mottagarens e-postadress går inte att använda.", "The recipient's mail address cannot be used.")
        )
    return Address(_shortened(header_safe(row.recipient_name)), addr_spec=address)


def _shortened(line: str) -> str:
    """At most 400 characters: a line of a mail may have 998 bytes, and nobody reads more of a subject."""
    return line if len(line) <= 400 else line[:399] + "…"


def _attach(message: EmailMessage, one: Attachment) -> None:
    main, _, sub = one.media_type.partition("/")
    known = bool(main and sub) and header_safe(one.media_type) == one.media_type and one.media_type.isascii()
    if not known or main in ("multipart", "message"):
        main, sub = "application", "octet-stream"
    name = header_safe(one.name).replace("/", "_").replace("\\", "_")[-150:]  # the end has the kind of file
    more = _of_calendar(one.data) if (main, sub) == ("text", "calendar") else {}
    message.add_attachment(one.data, maintype=main, subtype=sub, filename=name or "bilaga", params=more)


_METHOD = re.compile(rb"^METHOD:([A-Z-]{1,20})\r?$", re.MULTILINE)


def _of_calendar(data: bytes) -> dict[str, str]:
    """The method of a calendar file: programs act on a summons only where the part names it too (RFC 6047 2.4)."""
    found = _METHOD.search(data[:2000])
    return {"charset": "utf-8", **({"method": found[1].decode()} if found else {})}
