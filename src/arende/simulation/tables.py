"""The figures as tables, in the words of the case types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from arende.simulation.figures import Figures

Table = list[list[Any]]

_PHASES = {
    "initiate": ("Initiera", "Initiate"),
    "prepare": ("Bereda", "Prepare"),
    "decide": ("Besluta", "Decide"),
    "close": ("Avsluta", "Close"),
    "whole": ("Hela ärendet", "Whole case"),
}
_DONE = {
    "commands": ("kommandon", "commands"),
    "refused": ("nekade försök", "attempts refused"),
    "fired": ("frister och påminnelser", "deadlines and reminders"),
    "promises_kept": ("utfall förda till ärenden", "outcomes entered in cases"),
    "promises_refused": ("utfall som nekades", "outcomes refused"),
    "outages": ("stopp i bevakningen", "stops of the sweeps"),
    "mails": ("mejl lämnade", "mails handed over"),
    "bounced": ("mejl som studsade", "mails that bounced"),
    "votes": ("omröstningar", "votes"),
    "faults": ("fel i programmet", "faults of the program"),
}


def of(f: Figures, language: str) -> Iterator[tuple[str, Table]]:
    """(title, rows with a head) of each table."""

    def say(sv: str, en: str) -> str:
        return en if language == "en" else sv

    yield (
        say("Ärenden", "Cases"),
        [
            [
                say("slag", "type"),
                say("registrerade", "registered"),
                say("avslutade", "finished"),
                say("pågår", "open"),
            ],
            *([t, n.get("registered", 0), n.get("finished", 0), n.get("waiting", 0)] for t, n in f.cases.items()),
        ],
    )
    yield (
        say("Ledtider i kalenderdagar", "Lead times in calendar days"),
        [
            [say("slag", "type"), say("fas", "phase"), say("antal", "count"), "median", "p90"],
            *(
                [t, say(*_PHASES[p]), s.count, s.median, s.p90]
                for t, by_phase in f.lead_times.items()
                for p, s in by_phase.items()
            ),
        ],
    )
    yield (
        say("Missade sista dagar", "Last days missed"),
        [
            [say("slag", "type"), say("vad", "what"), say("missade", "missed"), say("av", "of"), "%"],
            *([m.type, m.what, m.missed, m.of, round(100 * m.missed / m.of)] for m in f.missed[:20]),
        ],
    )
    yield (
        say("Sammanträden", "Meetings"),
        [
            [say("organ", "body"), say("hållna", "held"), say("flyttade", "moved"), say("inställda", "cancelled"),
             say("kvar", "not over")],
            *([body, *n.values()] for body, n in f.meetings.items()),
        ],
    )  # fmt: skip
    months = [say("organ", "body"), *range(1, 13), say("året", "year")]
    yield (
        say("Behandlade punkter per organ och månad", "Items dealt with per body and month"),
        [months, *([body, *n, sum(n)] for body, n in f.items.items())],
    )
    yield (
        say("Uppgifter och begäranden per organ och månad", "Tasks and requests per body and month"),
        [months, *([body, *n, sum(n)] for body, n in f.work.items())],
    )
    yield (
        say("Mejl", "Mails"),
        [[say("mall", "template"), say("antal", "count")], *([k, n] for k, n in f.mails.items())],
    )
    yield (
        say("Körningen", "The run"),
        [[say("vad", "what"), say("antal", "count")], *([say(*_DONE.get(k, (k, k))), n] for k, n in f.done.items())],
    )
    if f.refusals:
        yield (
            say("Vanligaste skälen till nej", "Most frequent reasons for no"),
            [[say("antal", "count"), say("skäl", "reason")], *([n, say(sv, en)[:110]] for n, sv, en in f.refusals[:8])],
        )
