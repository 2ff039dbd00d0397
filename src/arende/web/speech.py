"""One request's language: which it is, and how days, times, sizes and labels are said in it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import date, datetime

from arende import workdays
from arende.errors import Sentence
from arende.terms import Text
from arende.web.adminlabels import ADMIN_LABELS
from arende.web.answerlabels import ANSWER_LABELS
from arende.web.labels import LABELS
from arende.web.meetinglabels import MEETING_LABELS
from arende.web.partylabels import PARTY_LABELS
from arende.web.personlabels import PERSON_LABELS
from arende.web.planlabels import PLAN_LABELS
from arende.web.programlabels import PROGRAM_LABELS
from arende.web.registerlabels import REGISTER_LABELS
from arende.web.signinlabels import SIGNIN_LABELS
from arende.web.traylabels import TRAY_LABELS
from arende.web.worklabels import WORK_LABELS

LANGUAGES = ("sv", "en")
LABELS_OF_ALL = ChainMap(
    LABELS,
    ADMIN_LABELS,
    ANSWER_LABELS,
    MEETING_LABELS,
    PARTY_LABELS,
    REGISTER_LABELS,
    SIGNIN_LABELS,
    TRAY_LABELS,
    WORK_LABELS,
    PERSON_LABELS,
    PLAN_LABELS,
    PROGRAM_LABELS,
)
"""Every word of the pages by its name, which no two tables share."""


class Speech:
    """The language of one page; call it with the name of a label."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, label: str, **values: object) -> str:
        """A label of the pages, with its gaps filled."""
        return LABELS_OF_ALL[label].in_(self.lang).format(**values)

    def say(self, words: Sentence | Text | None) -> str:
        """A sentence or a text of a definition; nothing for None."""
        return words.in_(self.lang) if words else ""

    def pick(self, table: Mapping[str, Sentence], key: str) -> str:
        """The words of a fixed vocabulary, or the key itself where there are none."""
        return table[key].in_(self.lang) if key in table else key

    def day(self, value: date | datetime) -> str:
        """A day in Stockholm: "2 september 2020"."""
        return workdays.full_date(_local(value), self.lang)

    def iso(self, value: date | datetime) -> str:
        """A day in Stockholm as tables show it: "2020-09-02", in either language."""
        return _local(value).isoformat()

    def clock(self, value: datetime) -> str:
        """A time of day in Stockholm: "09.15"."""
        return value.astimezone(workdays.STOCKHOLM).strftime("%H:%M" if self.lang == "en" else "%H.%M")

    def moment(self, value: datetime) -> str:
        """Day and time in Stockholm."""
        return f"{self.day(value)} {self.clock(value)}"

    def distance(self, today: date, value: date | datetime) -> str:
        """How far away a day is: "om 9 arbetsdagar", "för 2 arbetsdagar sedan"."""
        return workdays.distance(today, _local(value)).in_(self.lang)

    def number(self, value: float) -> str:
        """A figure with at most one decimal: "3,5" in Swedish."""
        text = f"{value:.1f}".removesuffix(".0")
        return text if self.lang == "en" else text.replace(".", ",")

    def size(self, n: int) -> str:
        """A size such as "12 kB": decimal units, as people and file managers count."""
        unit, shown = "byte", float(n)
        for bigger in ("kB", "MB", "GB"):
            if shown < 1000:
                break
            unit, shown = bigger, shown / 1000
        text = f"{shown:.0f}" if unit == "byte" or shown >= 10 else f"{shown:.1f}"
        return f"{text if self.lang == 'en' else text.replace('.', ',')}\u00a0{unit}"


def _local(value: date | datetime) -> date:
    return workdays.local_day(value) if isinstance(value, datetime) else value


def chosen(asked: str | None, accepted: str, default: str) -> str:
    """The language of the page: asked for in the address, else the first of ours that the browser prefers."""
    if asked in LANGUAGES:
        return str(asked)
    best, found = 0.0, default
    for part in accepted.split(","):
        tag, _, quality = part.strip().partition(";")
        lang, weight = tag.strip().lower()[:2], _weight(quality)
        if lang in LANGUAGES and weight > best:
            best, found = weight, lang
    return found


def _weight(quality: str) -> float:
    try:
        return float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
    except ValueError:
        return 0.0
