"""How mail programs mark what their user did not write: quotes, attributions, signatures, notices, banners.

Swedish and English, and the neighbours' languages. Every pattern looks at the first characters of one line.
"""

from __future__ import annotations

import re

_LOOK = 400
"""Characters of a line that are looked at."""


def is_quoted(line: str) -> bool:
    """A line of a quoted mail: ``> …``."""
    return line.startswith(">")


# ---------------------------------------------------------------- "Den … skrev …:"

_WROTE = re.compile(r"\b(?:skrev|wrote|schrieb|kirjoitti|a écrit|skreiv|escribió|schreef)\b", re.IGNORECASE)
_WHEN = re.compile(r"\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b|@")
_BEGINS = re.compile(
    r"(?:den|on|am|le|på|op|el|\d|(?:mån|tis|ons|tors?|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun)\w{0,6}\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(r":[*_]{0,2}\Z|(?:skrev|wrote): ?\([^()]{5,80}\)\Z", re.IGNORECASE)


def attribution(lines: list[str], i: int) -> int:
    """How many lines from ``i`` say who wrote what is quoted below; 0 when they do not."""
    first = lines[i][:_LOOK]
    if not first:
        return 0
    longest = 4 if _BEGINS.match(first) or "<" in first or "@" in first else 1
    joined = ""
    for length in range(1, longest + 1):
        line = lines[i + length - 1] if i + length <= len(lines) else ""
        joined = f"{joined} {line}".strip()
        if not line or is_quoted(line) or len(joined) > _LOOK:
            return 0
        if _ENDS.search(joined) and _WROTE.search(joined) and _WHEN.search(joined):
            return length
    return 0


# ---------------------------------------------------------------- the original mail, unmarked, to the end

_FIELD = re.compile(r"[*_|\s]{0,6}([^\W\d_]{2,14}(?: den)?)\s{0,3}[*_]{0,2}\s?:[*_]{0,2}(?:\s|\Z)")
_FIELDS = {
    name: group
    for group, names in {
        "from": "från from fra von de lähettäjä avsändare",
        "date": "skickat sent sendt gesendet envoyé lähetetty datum date dato päivämäärä",
        "to": "till to til an à vastaanottaja mottagare",
        "subject": "ämne subject emne betreff objet aihe rubrik ärende",
    }.items()
    for name in names.split()
}
_ORIGINAL = re.compile(
    r"[-_*—\s]{2,60}(?:ursprungligt meddelande|originalmeddelande|ursprungsmeddelande|original message|reply message"
    r"|vidarebefordrat (?:meddelande|brev|mejl)|forwarded message|forwarded by .{0,80}|original[- ]?nachricht"
    r"|ursprüngliche nachricht|opprinnelig melding|oprindelig meddelelse|alkuperäinen viesti|message d'origine)"
    r"\s{0,3}:?[-_*—\s]{0,60}\Z",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"(?:begin forwarded message|vidarebefordrat (?:brev|meddelande)|vidarebefordrat mejl)\s?:\Z", re.IGNORECASE
)
_RULE = re.compile(r"_{10,}\Z")
_GROUPWISE = re.compile(r">>> .{3,200}>>>\Z")


def begins_original(lines: list[str], i: int) -> bool:
    """Whether the mail that is answered stands from line ``i`` on, without marks on its lines."""
    line = lines[i][:_LOOK]
    if _GROUPWISE.match(line):
        return True
    if _RULE.match(line):
        return _header_block(lines, _next_written(lines, i + 1))
    return bool(_ORIGINAL.match(line) or _FORWARDED.match(line)) or _header_block(lines, i)


def _header_block(lines: list[str], i: int) -> bool:
    """``Från: … Skickat: … Till: … Ämne: …``, also bold."""
    if i >= len(lines) or _field(lines[i]) is None:
        return False
    groups = {_field(line) for line in lines[i : i + 6]}
    return "from" in groups and len(groups - {None}) >= 2


def _field(line: str) -> str | None:
    found = _FIELD.match(line[:_LOOK])
    return _FIELDS.get(found[1].casefold().removesuffix(" den")) if found else None


def _next_written(lines: list[str], start: int) -> int:
    return next((j for j in range(start, min(start + 4, len(lines))) if lines[j]), len(lines))


# ---------------------------------------------------------------- signatures, notices, banners

_SENT_FROM = re.compile(
    r"(?:skickat|skickad|skickats|skickades|sänt) (?:från|med|via|genom)\b|(?:skaffa|hämta) (?:outlook|bluemail)"
    r"|sent (?:from|with|via|using)\b|get (?:outlook|bluemail)|sendt fra|lähetetty |von meinem |gesendet (?:von|mit)"
    r"|envoyé de(?:puis)? ",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"[*_\s]{0,3}(?:detta (?:meddelande|mejl|mail|e-?postmeddelande|e-?mail|e-?brev)\b.{0,60}"
    r"(?:konfidentiell|sekretess|är avsett|kan innehålla|innehåller|inkl)"
    r"|(?:this|the information in this) (?:e-?mail|message)\b.{0,80}"
    r"(?:confidential|intended|privileged|may contain|contains)"
    r"|(?:disclaimer|confidentiality notice|sekretessmeddelande)\b"
    r"|tänk på miljön|skriv inte ut|please consider the environment"
    r"|(?:så här )?behandl(?:ar|ing) .{0,40}personuppgift|(?:information|läs mer) om .{0,40}personuppgift"
    r"|när du (?:kommunicerar|mejlar|e-?postar|kontaktar|skickar)\b"
    r"|(?:e-?post|mejl|meddelanden) (?:till|från) .{0,60}(?:allmän handling|offentlig))",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"[\[(*_!⚠️\s]{0,6}(?:(?:varning|obs|observera|caution|warning|notice|säkerhetsvarning)\b.{0,120}"
    r"\b(?:extern|utanför|utifrån|outside|external)"
    r"|extern(?:t|al)?\b.{0,20}(?:e-?post|mejl|mail|email|avsändare|sender|message|meddelande|\]|\))"
    r"|(?:detta|det här) (?:mejl|mail|meddelande|e-?postmeddelande)(?:et)? "
    r"(?:kommer|kom|har skickats|är skickat) .{0,20}(?:utanför|utifrån|extern)"
    r"|this (?:e-?mail|message) (?:originated|came|comes|was sent) from (?:outside|an external)"
    r"|du får (?:inte|sällan) .{0,20}e-?post från|you don't often get e-?mail from"
    r"|some people who received this message don't)",
    re.IGNORECASE,
)


def is_signature(line: str) -> bool:
    """``-- ``, or a ruled line without a mail below it."""
    return line in ("--", "---", "—") or bool(_RULE.match(line[:_LOOK]))


def is_sent_from(line: str) -> bool:
    """``Skickat från min iPhone`` and its like."""
    return len(line) <= 160 and bool(_SENT_FROM.match(line))


def is_notice(line: str) -> bool:
    """The first line of a notice of confidentiality, of personal data, of the environment."""
    return bool(_NOTICE.match(line[:_LOOK]))


def is_banner(line: str) -> bool:
    """The first line of a warning that the mail comes from outside."""
    return bool(_BANNER.match(line[:_LOOK]))
