"""Writing a reply in the development mailbox, as a usual mail program would: only where mail stays on this machine.

The reply carries no results of any mail server but the mailbox's own, which is believed of this door alone. So the way
from a chair's answer to the case can be tried without a mail server, and nobody outside can use it.
"""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

from arende import mailbox
from arende.app import App
from arende.errors import Invalid, Refused, Sentence, Unavailable
from arende.intake.sorting import OWN_AUTHSERV_ID, Handled, handle
from arende.intake.storing import store
from arende.mailread import headers, inmail
from arende.mailread.inmail import InMail
from arende.mime import MAIL, deliverable, header_safe
from arende.settings import Settings
from arende.workdays import STOCKHOLM


def reply(app: App, number: int, text: str, *, sender: str | None = None) -> Handled:
    """Answer message ``number`` of the mailbox with ``text``; returns what became of the answer.

    It comes from the address that the message was delivered to, or from ``sender``. Raises Refused where mail leaves
    this machine, NotFound for an unknown number, Invalid for an empty text or an address that is none.
    """
    if not app.settings.mail_stays_here:
        raise Refused(
            Sentence(
                "Svar kan bara skrivas här när mejlen stannar i utvecklingsbrevlådan på den här datorn.",
                "Replies can be written here only when mail stays in this machine's development mailbox.",
            )
        )
    if not text.strip():
        raise Invalid(Sentence("Svaret är tomt. Skriv något.", "The reply is empty. Write something."))
    mail = inmail.read(mailbox.raw(app.settings.mailbox_dir, number))
    from_ = _address(sender or next(iter((*mail.delivered_to, *mail.to)), ""))
    to = _address(next(iter(_reply_to(mail)), ""))
    done = handle(app, _handed_in(app, _written(mail, text, from_, to, app.clock()), to, from_))
    if done is None:
        raise Unavailable(
            Sentence("Svaret är sparat men kunde inte läsas ännu.", "The reply is stored but could not be read yet.")
        )
    return done


def _reply_to(mail: InMail) -> list[str]:
    return headers.addresses(mail.header("reply-to") or mail.header("from"))


def _address(address: str) -> str:
    found = deliverable(address)
    if found is None:
        raise Invalid(
            Sentence(
                "Meddelandet går inte att svara på: det saknar en adress att svara till eller från.",
                "The message cannot be answered: it has no address to answer to, or from.",
            )
        )
    return found


def _written(mail: InMail, text: str, from_: str, to: str, now: datetime) -> EmailMessage:
    """The answer as a mail program writes it, with the original quoted below."""
    message = EmailMessage(policy=MAIL)
    message["From"] = from_
    message["To"] = to
    message["Subject"] = header_safe(mail.subject if mail.subject[:3].lower() == "sv:" else f"Sv: {mail.subject}")
    message["Date"] = format_datetime(now.astimezone(STOCKHOLM))
    message["Message-ID"] = f"<{uuid4()}@mailbox.arende.invalid>"
    if mail.message_id:
        message["In-Reply-To"] = mail.message_id
        message["References"] = " ".join([*mail.references[-10:], mail.message_id])
    quoted = "\n".join(f"> {line}" for line in "\n".join(w.text or "" for w in mail.written).splitlines())
    when = f"{now.astimezone(STOCKHOLM):%Y-%m-%d kl. %H:%M}"
    above = f"{text.strip()}\n\nDen {when} skrev {header_safe(mail.sender or to)}:"
    message.set_content(f"{above}\n\n{quoted}\n", cte="base64")
    return message


# ---------------------------------------------------------------- handing in


def _handed_in(app: App, message: EmailMessage, to: str, from_: str) -> int:
    """The way a real answer comes, by LMTP, where the worker listens and believes somebody; else by our own door."""
    settings = app.settings
    if settings.lmtp_port is not None and settings.authserv_id is not None:
        number = _by_lmtp(settings, _vouched(message, settings.authserv_id), to, from_)
        if number is not None:
            return number
    return store(app, _vouched(message, OWN_AUTHSERV_ID), to, from_, "mailbox")


def _vouched(message: EmailMessage, name: str) -> bytes:
    """The message with the results of the server of this name: the sender is whom the form says."""
    domain = str(message["From"]).rpartition("@")[2].strip(">").lower()
    results = f"Authentication-Results: {name}; dmarc=pass header.from={domain}\r\n"
    return results.encode() + message.as_bytes()


def _by_lmtp(settings: Settings, raw: bytes, to: str, from_: str) -> int | None:
    """The row's number as the listener tells it; None when nobody listens."""
    try:
        with smtplib.LMTP(settings.lmtp_host, settings.lmtp_port or 0) as door:
            door.ehlo_or_helo_if_needed()
            door.mail(from_)
            door.rcpt(to)
            code, told = door.data(raw)
    except OSError:
        return None
    if code != 250:
        raise Unavailable(Sentence("Svaret kunde inte lämnas in nu.", "The reply could not be handed in now."))
    return int(told.rsplit(b" ", 1)[1])
