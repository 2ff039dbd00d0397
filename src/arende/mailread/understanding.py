"""What a mail says: its sort, and the decision that it holds, if any. Needs no settings and no case.

Who may decide, and whether the sender is believed, is asked elsewhere; here is only what was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from arende.mailread import grammar, htmltext, mailkind, trimmer
from arende.mailread.grammar import Reading
from arende.mailread.held import Held
from arende.mailread.inmail import InMail, Written, read
from arende.mailread.mailkind import Kind, Sort
from arende.mailread.parts import Defect, Unread
from arende.mailread.trimmer import Trimmed

if TYPE_CHECKING:
    from arende.commands import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A mail, read."""

    mail: InMail
    sort: Sort
    decision: Decision | None
    comment: str
    """Besides the decision word; the whole text of a mail that decides nothing."""
    held_reason: Held | None
    """Set when ``decision`` is None, and only then."""
    text: str
    """What the writer wrote, without quotes and signatures."""

    @property
    def kind(self) -> Kind:
        """The sort of the mail."""
        return self.sort.kind


def understand(raw: bytes) -> Understood:
    """Read a raw message. Never raises, and takes time in proportion to its size."""
    return understand_mail(read(raw))


def understand_mail(mail: InMail) -> Understood:
    """The same for a message that was read already."""
    sort = mailkind.sort(mail)
    own = _own_words(mail)
    reading = _held_by_sort(mail, sort, own) or _reading(mail, own)
    return Understood(
        mail=mail,
        sort=sort,
        decision=reading.decision,
        comment=reading.comment,
        held_reason=reading.held_reason,
        text=own.written.text,
    )


_BY_KIND = {
    Kind.AUTO_REPLY: Held.AUTO_REPLY,
    Kind.BOUNCE: Held.BOUNCE,
    Kind.CALENDAR: Held.CALENDAR,
    Kind.OTHER: Held.LIST_MAIL,
}


def _held_by_sort(mail: InMail, sort: Sort, own: _Own) -> Reading | None:
    if mail.unread:
        return Reading(None, "", Held.TOO_LARGE if mail.unread is Unread.TOO_LARGE else Held.BROKEN)
    if sort.kind is not Kind.REPLY:
        return Reading(None, own.written.text, _BY_KIND[sort.kind])
    return None


# ---------------------------------------------------------------- the writer's own words


class _Own(NamedTuple):
    """What was written, as plain text where there is any; and how the HTML of the same text reads."""

    written: Trimmed
    hidden: bool
    """Among it stands text, from HTML, that cannot be seen."""
    as_html: Trimmed | None


def text_of(mail: InMail) -> str:
    """All that the mail says, quotes and signatures too, as text: for a person who looks at it."""
    pieces, tags = [], htmltext.MAX_TAGS
    for piece in mail.written:
        text = _text(piece)
        if not text.strip() and piece.html is not None:
            shown = htmltext.shown(piece.html, tags=tags)
            text, tags = shown.text.replace(htmltext.HIDDEN, ""), tags - min(tags, shown.tags)
        pieces.append(text)
    return "\n".join(pieces).strip()


def _own_words(mail: InMail) -> _Own:
    """The pieces one below the other. HTML is read in any case: it may say something else than the plain text."""
    plain, rich, cut, tags = [], [], False, htmltext.MAX_TAGS
    for piece in mail.written:
        text = _text(piece)
        if piece.html is None:
            plain.append(text)
            rich.append(text)
            continue
        shown = htmltext.shown(piece.html, tags=tags)
        tags -= min(tags, shown.tags)
        rich.append(shown.text)
        plain.append(text if text.strip() else shown.text)
        cut = cut or (shown.cut and not text.strip())
    both = any(piece.html is not None and _text(piece).strip() for piece in mail.written)
    written = trimmer.trim("\n".join(plain), cut=cut)
    as_html = _seen(trimmer.trim("\n".join(rich))) if both else None
    return _Own(_seen(written), _hides(written), as_html)


def _hides(written: Trimmed) -> bool:
    return any(htmltext.HIDDEN in text for text in (written.text, written.beside, written.signature))


def _seen(written: Trimmed) -> Trimmed:
    """Without the marks of what cannot be seen."""
    text, beside, signature = (t.replace(htmltext.HIDDEN, "").strip() for t in written[:3])
    return Trimmed(text, beside, signature, written.cut)


_STUFFED = re.compile(r"(?m)^ ")


def _text(piece: Written) -> str:
    """The plain text, as much of it as is looked at; of format=flowed the stuffed spaces go (RFC 3676 4.4)."""
    text = (piece.text or "")[: trimmer.MAX_CHARACTERS + 1]
    return _STUFFED.sub("", text) if piece.flowed else text


# ---------------------------------------------------------------- the decision

_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_ABSENT = re.compile(
    r"\b(?:på semester|har semester|tjänstledig|föräldraledig|sjukskriven|inte (?:är )?på plats|åter (?:på|i|den) "
    r"|out of (?:the )?office|on (?:annual |parental |sick )?leave|on vacation|on holiday|away from (?:the|my) office"
    r"|ikke (?:på kontoret|til stede)|på ferie|poissa|lomalla|nicht im (?:büro|haus)|im urlaub|abwesend|en congé"
    r"|absente? du|frånvarande|autosvar|auto-?reply)",
    re.IGNORECASE,
)


def _reading(mail: InMail, own: _Own) -> Reading:
    reading = grammar.decide(own.written)
    doubt = _doubt(mail, own, reading)
    return Reading(None, own.written.text, doubt) if doubt else reading


def _doubt(mail: InMail, own: _Own, reading: Reading) -> Held | None:
    """Why the words cannot be taken at their face, or a better reason why they decide nothing."""
    if mail.defects:
        return Held.UNREADABLE if mail.defects == {Defect.CHARSET} else Held.BROKEN
    if reading.held_reason is Held.NO_TEXT and any(t in _ENCRYPTED for t in mail.media_types):
        return Held.ENCRYPTED
    if (reading.decision or reading.held_reason is Held.NO_WORD) and _ABSENT.search(own.written.text[:1000]):
        return Held.ABSENCE
    if reading.decision and own.hidden:
        return Held.HIDDEN_TEXT
    if reading.decision and own.as_html and own.as_html.text and not _same(reading, own.as_html):
        return Held.TWO_TEXTS
    return None


def _same(reading: Reading, as_html: Trimmed) -> bool:
    return grammar.decide(as_html).decision == reading.decision
