"""Invented data of mails in English: the program's own words and days, as an English mail would have them."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from arende import phrases, workdays
from arende.comparison import Part

WORDS = {
    "Ärendet sätts upp på dagordningen.": "The case is put on the agenda.",
    "Ärendet sätts upp på dagordningen. Vad RSAU kommer fram till förs in av sekreteraren efter mötet.": (
        "The case is put on the agenda. What RSAU finds is entered by the secretary after the meeting."
    ),
    "Ärendet har gått vidare till sammanställning.": "The case has gone on to the compilation of the answers.",
    "Att avsiktsförklaringen tas upp på RSAU:s sammanträde för avstämning.": (
        "That the declaration of intent be taken up at RSAU's meeting for an alignment."
    ),
    "Klartecken: Att avsiktsförklaringen tas upp på RSAU:s sammanträde för avstämning.": (
        "Clearance: That the declaration of intent be taken up at RSAU's meeting for an alignment."
    ),
    "Om ingen svarar tas ärendet inte upp.": "If nobody answers, the case is not taken up.",
    "Om inget händer får Ida Berg veta det.": "If nothing happens, Ida Berg is told.",
    "Ordförandens beredning av utskottets sammanträde": "The chair's preparation of the committee's meeting",
    "Den som skrev utkastet får inte själv sända det vidare.": "Whoever wrote the draft may not send it on.",
    "Granska avsiktsförklaringen": "Review the declaration of intent",
    "Sänd ut till kommunerna": "Send to the municipalities",
    "Underskrift": "Signature",
    "För in utfallet": "Enter the outcome",
    "Utfall": "Outcome",
    "Vad utfallet bygger på": "What the outcome rests on",
    "Chefsgranskning": "Manager's review",
    "chef på regionkontoret": "manager at the regional office",
    "Förslaget": "The proposal",
    "Avsiktsförklaring (version 2)": "Declaration of intent (version 2)",
    "Bilagor till avsiktsförklaringen": "Annexes to the declaration of intent",
    "Missiv till kommunerna": "Cover letter to the municipalities",
    "Dagordning": "Agenda",
    "Tillkommer: Regional fysisk planering": "Added: Regional fysisk planering",
    "Avsiktsförklaring": "Declaration of intent",
    "Inför RSAU": "Before RSAU",
    "gav klartecken": "gave clearance",
    "ställer sig bakom": "supports",
    "ställer sig bakom med synpunkter": "supports, with comments",
    "ställer sig inte bakom": "does not support",
    "Handlingar in till RSAU: från den 1 september 2020 till den 8 september 2020, 5 arbetsdagar senare.": (
        "Papers to RSAU: from 1 September 2020 to 8 September 2020, 5 working days later."
    ),
    "Handlingar in till RSAU (senast 2020-09-08)": "Papers to RSAU (by 2020-09-08)",
    "Svaret var tomt.": "The answer was empty.",
    "Börja med ett ord.": "Begin with one word.",
    phrases.appeal_words("legality_review", 3): phrases.appeal_words("legality_review", 3, language="en"),
}
"""What the program itself says in the samples; what people wrote, and names, are not here."""

AS_WRITTEN = {"Beslutet behövs före den 20 september.", "[RS200982] Kommunens ställningstagande senast 14 oktober"}
"""What a person wrote, or an earlier mail was called, though it names a day."""

MONTHS = {workdays.short_date(date(2020, n, 1)).split()[1]: n for n in range(1, 13)}
_DAY = re.compile(rf"(\w+dagen den )?\b(\d{{1,2}}) ({'|'.join(MONTHS)})( \d{{4}})?( klockan)?")


def in_english(sample: Any) -> Any:
    """The same sample with English words and days, to any depth."""
    if isinstance(sample, str):
        return sample if sample in AS_WRITTEN else WORDS.get(sample) or _DAY.sub(_day, sample)
    if isinstance(sample, Part):
        return sample
    if isinstance(sample, tuple):
        return tuple(map(in_english, sample))
    if is_dataclass(sample) and not isinstance(sample, type):
        return replace(sample, **{f.name: in_english(getattr(sample, f.name)) for f in fields(sample)})
    return sample


def _day(found: re.Match[str]) -> str:
    spoken, day, month, year, at = found.groups()
    when = date(int(year or 2020), MONTHS[month], int(day))
    say = workdays.spoken_date if spoken else workdays.full_date if year else workdays.short_date
    return say(when, "en") + ("," if at else "")
