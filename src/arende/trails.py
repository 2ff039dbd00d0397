"""The trail of one request in words: of whom, which mails, how the answer came, on which text, for whom.

Nothing is concluded here. The rows say it, the case's events vouch for it, and ``arende approval proof`` has it whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from arende import statuswords, workdays
from arende.casetypes import CaseType
from arende.casewords import act_done, act_noun, capital
from arende.errors import Sentence

Row = Mapping[str, Any]
DECISION = {"approved": "approve", "returned": "return", "rejected": "reject", "recused": "recuse"}
LEVELS = {
    "reply": Sentence("mejlsvar", "mailed reply"),
    "link": Sentence("länk och kontrollsiffror", "link and control digits"),
    "login": Sentence("på plats eller inloggad", "in person or signed in"),
}
CHANNELS = {
    "web": Sentence("webben", "web"),
    "cli": Sentence("kommandoraden", "command line"),
    "mail": Sentence("mejl", "mail"),
}


@dataclass(frozen=True)
class Trail:
    """One request with everything that is known of it."""

    request: Row
    mails: tuple[Row, ...]
    """The mails with a secret about the request: to answer it by, and the receipt; oldest first."""
    behalf: str | None
    """The absent one whom the person answered for."""

    @property
    def decided(self) -> bool:
        """Whether a person has answered."""
        return self.request["decided_by"] is not None and self.request["state"] in DECISION

    def title(self, rules: CaseType) -> Sentence:
        """What was asked, of whom, and when."""
        r, noun = self.request, capital(act_noun(rules, self.request["key"]))
        n = (f" ({r['round']})", f" ({r['round']})") if r["round"] > 1 else ("", "")
        asked = _moment(r["asked_at"])
        return Sentence(
            f"{noun.sv}{n[0]}: {r['approver_name']}, tillfrågad {asked}",
            f"{noun.en}{n[1]}: {r['approver_name']}, asked {asked}",
        )

    def particulars(self) -> Iterator[tuple[Sentence, Sentence]]:
        """Each thing that is known, with what it is called."""
        yield _ASKED_BY, self._of_mails()
        yield _ANSWER, self._answer()
        if self.decided:
            yield from self._way(self.request["evidence"] or {})
        yield _TEXT, _same(str(self.request["text_sha256"]))

    def _of_mails(self) -> Sentence:
        if not self.mails:
            return Sentence("inget eget mejl", "no mail of its own")
        told = [_mail(m) for m in self.mails]
        return Sentence("; ".join(s.sv for s in told), "; ".join(s.en for s in told))

    def _answer(self) -> Sentence:
        r = self.request
        if not self.decided:
            words, _ = statuswords.REQUESTS[r["state"]]
            return Sentence(words.sv.lower(), words.en.lower())
        did, at = act_done(r["act"], DECISION[r["state"]]), _moment(r["decided_at"])
        sv, en = (f" i stället för {self.behalf}", f" for {self.behalf}") if self.behalf else ("", "")
        who = r["decided_by_name"]
        return Sentence(f"{who}{sv} {did.sv} {at}", f"{who}{en} {did.en} {at}")

    def _way(self, shown: Row) -> Iterator[tuple[Sentence, Sentence]]:
        channel = CHANNELS.get(str(shown.get("channel")), _same(str(shown.get("channel") or "–")))
        level = LEVELS.get(str(shown.get("level")), _same("–"))
        needed = LEVELS.get(str(shown.get("needed")), _same("–"))
        yield (
            _WAY,
            Sentence(
                f"{channel.sv}; {level.sv} (krav: {needed.sv})", f"{channel.en}; {level.en} (needed: {needed.en})"
            ),
        )
        if authentication := shown.get("authentication"):
            yield _SHOWN, _same(str(authentication))
        if mandate := shown.get("mandate"):
            yield _MANDATE, _same(mandate_words(mandate))


def trails(
    approvals: Iterable[Row], tokens: Iterable[Row], mails: Iterable[Row], names: Mapping[int, str]
) -> list[Trail]:
    """The trail of every request of a case, in the order asked; ``names`` = actor id → name, of those stood in for."""
    of_request: dict[tuple[object, ...], set[str]] = {}
    for t in tokens:
        of_request.setdefault((t["key"], t["round"], t["approver_id"]), set()).add(t["message_id"])
    listed = list(mails)
    return [
        Trail(
            a,
            tuple(m for m in listed if m["message_id"] in of_request.get((a["key"], a["round"], a["approver_id"]), ())),
            names.get(a["on_behalf_of_id"]) if a["on_behalf_of_id"] else None,
        )
        for a in approvals
    ]


def mandate_words(mandate: Row) -> str:
    """The board's decision that an answer rested on, with the note that stood with it: an invented one must say so."""
    note = f" ({mandate['note']})" if mandate.get("note") else ""
    return f"{mandate['body'].upper()} {mandate['decided_on']} {mandate['section']}{note}"


def _mail(m: Row) -> Sentence:
    words, _ = statuswords.DELIVERY[m["state"]]
    at = _moment(m["sent_at"] or m["created_at"])
    return Sentence(f"{m['id']}: {words.sv.lower()} {at}", f"{m['id']}: {words.en.lower()} {at}")


def _moment(at: Any) -> str:
    return f"{at.astimezone(workdays.STOCKHOLM):%Y-%m-%d %H:%M}"


def _same(words: str) -> Sentence:
    return Sentence(words, words)


_ASKED_BY = Sentence("Mejl", "Mails")
_ANSWER = Sentence("Svar", "Answer")
_WAY = Sentence("Så kom svaret", "How it came")
_SHOWN = Sentence("Avsändaren styrkt", "Sender shown by")
_MANDATE = Sentence("Beslut som tillåter det", "Decision that allows it")
_TEXT = Sentence("Textens kontrollsumma", "Checksum of the text")
