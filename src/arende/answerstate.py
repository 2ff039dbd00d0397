"""How a party's answer stands, beyond its row in the table: each thing known of it as a short sentence.

Asked and delivered, reminded, more time, handed in and not yet verified, supplemented, changed, our reply: the same
words on the case's page and on the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from arende import workdays
from arende.errors import Sentence
from arende.phrases import stance_words

Row = Mapping[str, Any]


def remarks(a: Row, kind: str) -> list[Sentence]:
    """Everything that is known of one party in a round of this kind, in the order in which it happens."""
    return [*_asked(a), *_more_time(a), *_in_hand(a, kind), *_counted(a)]


def counted(answers: Iterable[Row]) -> tuple[int, int]:
    """How many have given a position that stands, and how many are asked: without those who no longer are."""
    states = [a["state"] for a in answers if a["state"] not in ("removed", "closed")]
    return sum(s in ("accepted", "revised") for s in states), len(states)


def _asked(a: Row) -> Iterator[Sentence]:
    mail = a.get("delivery")
    if mail and mail["state"] == "sent" and mail["sent_at"]:
        yield _on("Sänt den", "Sent on", mail["sent_at"])
    elif mail and mail["state"] in ("failed", "unknown"):
        yield Sentence("Mejlet gick inte fram", "The mail did not arrive")
    if n := a["reminders"]:
        yield Sentence(f"{n} påminnelse{'r' if n > 1 else ''}", f"{n} reminder{'s' if n > 1 else ''}")


def _more_time(a: Row) -> Iterator[Sentence]:
    if wish := a["wish"]:
        asked = _on("Har begärt tid till den", "Has asked for time until", wish["until"])
        why = f": {wish['reason']}" if wish.get("reason") else ""
        yield Sentence(asked.sv + why, asked.en + why)
    if a["extension"]:
        yield _on("Har fått tid till den", "Was given time until", a["extension"]["until"])
        if warning := a["extension"].get("warning"):
            yield Sentence(*warning)


def _in_hand(a: Row, kind: str) -> Iterator[Sentence]:
    """What has come in and does not count yet."""
    if held := a["pending"]:
        said = held.get("stance")
        sv, en = (f" (”{stance_words(kind, said)}”)", f" (“{stance_words(kind, said, 'en')}”)") if said else ("", "")
        came = _on("den", "on", held["came"]) if held.get("came") else Sentence("", "")
        if held.get("verified"):
            yield Sentence(f"Bekräftat, hos handläggaren{sv}", f"Verified, with the case officer{en}")
        else:
            yield Sentence(f"Kom in {came.sv}{sv}, ska bekräftas", f"Came in {came.en}{en}, to be verified")
    if more := a["supplement"]:
        until = _on("den", "by", more["until"])
        yield Sentence(f"Komplettering begärd till {until.sv}: {more['what']}",
                       f"A supplement is asked for {until.en}: {more['what']}")  # fmt: skip


def _counted(a: Row) -> Iterator[Sentence]:
    if (n := a["revision"] - (2 if a["state"] == "withdrawn" else 1)) > 0:  # the first answer is 1, its end one more
        yield Sentence(f"Ändrat {n} gång{'er' if n > 1 else ''}", f"Changed {n} time{'s' if n > 1 else ''}")
    if a["documents"]:
        numbers = ", ".join(map(str, a["documents"]))
        yield Sentence(f"Aktbilaga {numbers}", f"Record {numbers}")
    if a["reply"]:
        yield Sentence(f"Vårt bemötande: {a['reply']}", f"Our reply: {a['reply']}")


def _on(sv: str, en: str, day: str | date) -> Sentence:
    """The words and a day, which may stand as an instant or as text."""
    if isinstance(day, str):
        day = datetime.fromisoformat(day) if "T" in day else date.fromisoformat(day)
    on = workdays.local_day(day) if isinstance(day, datetime) else day
    return Sentence(f"{sv} {workdays.full_date(on)}", f"{en} {workdays.full_date(on, 'en')}")
