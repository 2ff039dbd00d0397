"""Policy documents with their periods: adopted, in force, and warned of eighteen months before they expire.

Told: the names and the periods, that the culture plan is the application for state funds, and that the assembly met on
11 December 2019 and 28 October 2020. The way through the bodies is invented, with all its days; sections are not told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from arende.demo.stage import NOT_TOLD, TOWNS, Happening, Stage
from arende.workdays import STOCKHOLM, full_date

INVENTED = "Påhittat för demonstrationen."
BY_LAW = {
    "neighbours": "Förslaget sändes till kollektivtrafikmyndigheterna i de angränsande länen",
    "operators": "Förslaget gicks igenom på ett möte med kollektivtrafikföretagen",
    "business": "Förslaget gicks igenom på ett möte med företrädare för näringslivet",
    "travellers": "Resenärernas företrädare bjöds in till ett öppet möte",
}
"""Whom a transport programme is consulted on with, besides the municipalities (2010:1065 2:9), and how; invented."""


@dataclass(frozen=True)
class Course:
    """The days of one document, ISO: in the order of the law, the board before the assembly, the minutes after."""

    variant: str
    title: str
    short: tuple[str, str]
    """What it is called in the telling, Swedish and English."""
    valid: tuple[str, str]
    begun: str
    consulted: str
    answered: tuple[str, ...]
    """The day of each municipality's answer, in the order of ``TOWNS``."""
    answer_by: str
    submitted: str
    cleared: str
    rs: str
    recommended: str
    rf: str
    minutes_approved: str
    announced: str
    in_force: str
    """The first working day of the period."""
    goals: tuple[str, ...]
    """Invented: what the paper of the demonstration says."""


TRANSPORT = Course(
    "transport_programme", "Trafikförsörjningsprogram 2020–2023",
    ("Trafikförsörjningsprogrammet", "The transport programme"), ("2020-01-01", "2023-12-31"),
    begun="2019-04-01", consulted="2019-06-10", answer_by="2019-09-30", submitted="2019-10-14", cleared="2019-10-15",
    answered=("2019-09-11", "2019-09-17", "2019-09-24", "2019-09-26", "2019-08-29", "2019-09-27"),
    rs="2019-11-05", recommended="2019-11-07", rf="2019-12-11", minutes_approved="2019-12-16", announced="2019-12-17",
    in_force="2020-01-02",
    goals=("Fler väljer att resa med buss och tåg.", "Det går att arbetspendla mellan länets huvudorter.",
           "Resorna är tillgängliga för alla."),
)  # fmt: skip
CULTURE = Course(
    "culture_plan", "Kulturstrategi och kulturplan 2021–2024",
    ("Kulturplanen", "The culture plan"), ("2021-01-01", "2024-12-31"),
    begun="2020-01-13", consulted="2020-04-06", answer_by="2020-08-31", submitted="2020-09-14", cleared="2020-09-15",
    answered=("2020-06-11", "2020-08-26", "2020-06-17", "2020-08-28", "2020-08-20", "2020-06-24"),
    rs="2020-10-06", recommended="2020-10-08", rf="2020-10-28", minutes_approved="2020-11-02", announced="2020-11-03",
    in_force="2021-01-04",
    goals=("Kultur finns nära dem som bor i länet.", "Barn och unga får möta och skapa kultur.",
           "Kulturskapare kan leva och arbeta här."),
)  # fmt: skip
STRATEGY = Course(
    "strategy", "Hallands strategi för hållbar tillväxt 2021–2028",
    ("Tillväxtstrategin", "The growth strategy"), ("2021-01-01", "2028-12-31"),
    begun="2020-03-02", consulted="2020-06-08", answer_by="2020-09-30", submitted="2020-10-13", cleared="2020-10-14",
    answered=("2020-09-09", "2020-09-23", "2020-09-16", "2020-09-29", "2020-09-03", "2020-09-25"),
    rs="2020-11-03", recommended="2020-11-05", rf="2020-12-09", minutes_approved="2020-12-14", announced="2020-12-15",
    in_force="2021-01-04",
    goals=("Länet är attraktivt att bo, arbeta och driva företag i.", "Tillväxten håller sig inom vad naturen tål.",
           "Kommuner och region arbetar åt samma håll."),
)  # fmt: skip
COURSES = (TRANSPORT, CULTURE, STRATEGY)
APPLIED = "2020-11-09"
ARCHIVED = "2024-01-08"


def play(s: Stage) -> None:
    """Three documents: one has expired, one is warned of, one holds for years."""
    s.scene("2019-04-01", "Tre styrdokument får sina perioder; dagarna på vägen dit är påhittade",
            "Three policy documents get their periods; the days on the way are invented")  # fmt: skip
    s.alongside = sorted((h for course in COURSES for h in _way(s, course)), key=lambda h: h.at)
    s.scene("2022-07-01", "Trafikförsörjningsprogrammet löper ut om 18 månader: chefen påminns",
            "The transport programme expires in 18 months: the manager is warned")  # fmt: skip
    s.scene("2023-07-03", "Kulturplanen löper ut om 18 månader: chefen påminns",
            "The culture plan expires in 18 months: the manager is warned")  # fmt: skip
    s.scene("2024-01-02", "Trafikförsörjningsprogrammets giltighet är över",
            "The transport programme is no longer valid")  # fmt: skip
    s.scene("2025-01-03", "Kulturplanens giltighet är över; ärendet avslutas",
            "The culture plan is no longer valid; the case is closed")  # fmt: skip
    s.step("registrar", "close")


def _way(s: Stage, c: Course) -> list[Happening]:
    """From the commission until the document applies; the culture plan is the story's own case."""
    one = s if c is CULTURE else replace(s, story=f"{s.story}:{c.variant}", number=0, delivered=lambda: None)
    days = [*_written(one, c), *_answered(one, c), *_decided(one, c)]
    if c is CULTURE:
        days.append((APPLIED, lambda: _apply(one)))
    if c is TRANSPORT:
        days.append((ARCHIVED, lambda: one.step("registrar", "close")))
    return [_on(s, one, day, act) for day, act in days]


Day = tuple[str, Callable[[], None]]


def _written(one: Stage, c: Course) -> list[Day]:
    def begin() -> None:
        one.say(f"{c.begun}  ", f"{c.short[0]} börjar skrivas (påhittad dag)", f"{c.short[1]} is begun (invented day)")
        one.register("officer", "policy_document", c.title, variant=c.variant)
        one.step("manager", "start", mandate="Regionfullmäktige (dag och paragraf ej belagda)",
                 valid_from=c.valid[0], valid_to=c.valid[1])  # fmt: skip

    def consult() -> None:
        one.say(f"{c.consulted}  ", f"{c.short[0]}: de sex kommunerna får samråda (påhittat)",
                f"{c.short[1]}: the six municipalities are consulted (invented)")  # fmt: skip
        one.paper("officer", "document", "policy_document", title=c.title, period=_period(c), goals=c.goals)
        more = {f"consulted_{who}": f"{how} (påhittat)." for who, how in BY_LAW.items()} if c is TRANSPORT else {}
        one.step("officer", "consult", asked="municipalities", answer_by=c.answer_by, **more)
        one.check_all()

    return [(c.begun, begin), (c.consulted, consult)]


def _answered(one: Stage, c: Course) -> list[Day]:
    def answer(town: str) -> Callable[[], None]:
        return lambda: one.position("registrar", f"municipality_{town}", "supports", comment=INVENTED)

    return [(day, answer(town)) for town, day in zip(TOWNS, c.answered, strict=True)]


def _decided(one: Stage, c: Course) -> list[Day]:
    def submit() -> None:
        others = list(BY_LAW.values()) if c is TRANSPORT else []
        one.paper("officer", "consultation_report", title=c.title, others=others,
                  answer_by=full_date(date.fromisoformat(c.answer_by)))  # fmt: skip
        one.step("officer", "submit", rs_date=c.rs)

    def recommend() -> None:
        one.say(f"{c.rs}  ", f"{c.short[0]}: regionstyrelsen föreslår fullmäktige att anta (påhittad dag)",
                f"{c.short[1]}: the executive board proposes its adoption (invented day)")  # fmt: skip
        one.step("rs_secretary", "recommend", rs_date=c.rs, rs_section=NOT_TOLD, rf_date=c.rf)

    def record() -> None:
        one.say(f"{c.rf}  ", f"{c.short[0]}: regionfullmäktige antar (påhittad dag, paragrafen ej belagd)",
                f"{c.short[1]}: the assembly adopts it (invented day, section not told)")  # fmt: skip
        one.paper("rf_secretary", "minutes_extract", heading=c.title, day=full_date(date.fromisoformat(c.rf)),
                  decision=f"dokumentet antas. Det gäller {_period(c)}.")  # fmt: skip
        one.step("rf_secretary", "record_decision", rf_date=c.rf, rf_section=NOT_TOLD,
                 minutes_approved_on=c.minutes_approved)  # fmt: skip

    def announce() -> None:
        one.step("registrar", "announce", announced_on=c.announced)
        one.check_all()

    def put_in_force() -> None:
        one.say(f"{c.in_force}  ", f"{c.short[0]} gäller från och med {c.valid[0]}",
                f"{c.short[1]} applies from {c.valid[0]}")  # fmt: skip
        one.step("registrar", "put_in_force", valid_from=c.valid[0], valid_to=c.valid[1])

    return [
        (c.submitted, submit),
        (c.cleared, lambda: one.answer_request("rs_chair", "agenda_clearance")),
        (c.recommended, recommend),
        (c.minutes_approved, record),
        (c.announced, announce),
        (c.in_force, put_in_force),
    ]


def _period(c: Course) -> str:
    first, last = (full_date(date.fromisoformat(day)) for day in c.valid)
    return f"från och med den {first} till och med den {last}"


def _apply(one: Stage) -> None:
    one.say(f"{APPLIED}  ", "Kulturplanen sänds till Statens kulturråd som ansökan (påhittad dag)",
            "The culture plan is sent to the Arts Council as the application (invented day)")  # fmt: skip
    one.step("registrar", "submit_application", state_agency="ext_kulturradet",
             concerns="statsbidrag till regional kulturverksamhet",
             text="Kulturplanen är regionens ansökan. Planen är bifogad.")  # fmt: skip
    one.check_all()


def _on(s: Stage, one: Stage, day: str, act: Callable[[], None]) -> Happening:
    def happen() -> None:
        one.now = s.now
        act()

    return Happening(datetime.combine(date.fromisoformat(day), time(10), STOCKHOLM), happen)
