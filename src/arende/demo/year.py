"""The year 2021 of the KRF and the CGH: its plan, decided in September 2020, and its sixteen meetings.

Told by the sources: every day, the usual hours, that a retreat has none, and that the KRF decides the next year's
meetings in September. Who prepared and published the plan when, and what stood on the agendas, is not told: the cases
say so. That the KRF decides on 1 September 2021 on the meetings of 2022 follows from its rules of procedure; on which
days it was to meet is not told, so there is no plan of 2022: one made up would look like the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

from arende import home, meetingplan, workdays
from arende.commands import RegisterCase
from arende.demo.stage import Happening, Stage
from arende.meetingcommands import AddAgendaItem, ItemOutcome, RecordOutcomes
from arende.meetingplan import Meeting
from arende.usecases.promises import keep
from arende.workdays import STOCKHOLM, short_date

NOT_TOLD = "ej belagt i källan"
FILE = "calendar_2021.json"
STORY = "meetings_2021"
DECIDED = "KRF beslutade 2021 års möten enligt arbetsordningen p. 1.2."
NEXT_YEAR = "KRF beslutar 2022 års möten (arbetsordningen p. 1.2). Vilka dagar det blev är inte belagt i källan."


def play(s: Stage) -> None:
    """The plan alone, as a story of its own: it ends with the year."""
    s.alongside = along(s)
    s.scene("2022-01-10", "Året är slut, och planen avslutas av sig själv",
            "The year is over, and the plan ends by itself")  # fmt: skip
    s.register_no = s.opened("1")


def along(s: Stage) -> list[Happening]:
    """What happens beside another story: the plan's way to its publication, and each of its meetings."""
    file = home.demo_file(FILE)
    plan = meetingplan.read(file.read_text("utf-8"), file.name)
    beside = replace(s, number=0, alongside=[], delivered=lambda: None)  # the story sees to it after each happening
    y = replace(beside, story=STORY, register_no="")
    found = [_at(s, y, day, at, act) for day, at, act in _plan(y, plan.meetings)]
    for m in plan.meetings:
        number = f"M{m.label}{m.first:%y}{m.number:04}"
        one = replace(beside, story=f"{STORY}:{number}", register_no=number)
        found += [_at(s, one, day, at, act) for day, at, act in _meeting(one, m)]
    return sorted(found, key=lambda h: h.at)


def _at(s: Stage, other: Stage, day: str, at: str, act: Callable[[], None]) -> Happening:
    moment = datetime.combine(datetime.fromisoformat(day), time.fromisoformat(at), STOCKHOLM)

    def happen() -> None:
        other.now = s.now
        act()

    return Happening(moment, happen)


Scene = tuple[str, str, Callable[[], None]]


def _plan(y: Stage, meetings: Iterable[Meeting]) -> list[Scene]:
    def propose() -> None:
        y.say("2020-08-05  ", "KRF:s sekreterare lägger fram förslaget till 2021 års möten (dag ej belagd)",
              "The secretary of the KRF proposes the meetings of 2021 (day not told)")  # fmt: skip
        done = y.do(RegisterCase, actor="krf_secretary", type="meeting_plan", title="Sammanträden 2021 i KRF och CGH",
                    fields={"year": 2021})  # fmt: skip
        y.register_no = str(done.register_no)
        y.file("krf_secretary", "plan", home.demo_file(FILE), "application/json", "Mötesplan 2021.json")
        y.step("krf_secretary", "submit_to_cgh", "CGH:s möte den 19 augusti 2020 är inte belagt i källan.",
               cgh_date="2020-08-19", krf_date="2020-09-02")  # fmt: skip

    def decide() -> None:
        y.say("2020-09-03  ", "KRF har beslutat 2021 års möten; sekreteraren för in det",
              "The KRF has decided the meetings of 2021; the secretary enters it")  # fmt: skip
        y.step("krf_secretary", "record_decision", krf_date="2020-09-02", decision_note=DECIDED)

    def publish() -> None:
        y.say("2020-09-04  ", "Planen publiceras, och varje möte blir ett ärende (dag ej belagd):",
              "The plan is published, and each meeting becomes a case (day not told):")  # fmt: skip
        y.step("krf_secretary", "publish")
        keep(y.current)
        y.check_all()
        for body in ("cgh", "krf"):
            told = [", ".join(_days(m, lang) for m in meetings if m.body == body) for lang in ("sv", "en")]
            y.say(f"            … {body.upper()} ", *told)

    def next_year() -> None:
        y.say("2021-09-01  ", "KRF beslutar 2022 års möten; dagarna är inte belagda, så ingen plan läggs upp",
              "The KRF decides the meetings of 2022; its days are not told, so no plan is made")  # fmt: skip
        y.step("krf_secretary", "next_year_decided", NEXT_YEAR, next_decided_on="2021-09-01")

    return [
        ("2020-08-05", "10:00", propose),
        ("2020-08-19", "13:00", lambda: y.step("cgh_secretary", "submit_to_krf")),
        ("2020-08-21", "08:00", lambda: y.answer_request("krf_chair", "agenda_clearance")),
        ("2020-09-03", "09:00", decide),
        ("2020-09-04", "09:00", publish),
        ("2021-09-01", "17:00", next_year),
    ]


def _days(m: Meeting, lang: str) -> str:
    retreat = {"sv": "internat", "en": "retreat"}[lang]
    return f"{m.first.day}–{short_date(m.last, lang)} ({retreat})" if m.retreat else short_date(m.first, lang)


def _meeting(s: Stage, m: Meeting) -> list[Scene]:
    """Prepared and summoned in good time, held, and its notes published the day after."""
    secretary = f"{m.body}_secretary"

    def prepare() -> None:
        s.do(AddAgendaItem, actor=secretary, heading=f"Ärenden enligt dagordningen ({NOT_TOLD})")
        s.step(secretary, "settle_agenda")

    def hold() -> None:
        s.step(secretary, "open")
        items = [ItemOutcome(item=1, outcome="noted", decision=NOT_TOLD.capitalize() + ".")]
        if m.body == "krf" and m.first.month == 9:  # its standing item
            items.append(ItemOutcome(item=2, outcome="approved", decision=NEXT_YEAR))
        s.do(RecordOutcomes, actor=secretary, outcomes=tuple(items))
        s.step(secretary, "end")

    def publish() -> None:
        s.step(secretary, "draft_minutes")
        s.step(secretary, "publish_notes")
        s.check_all()

    before = workdays.add_working_days(m.first, -14)
    starts = m.starts or time(9)
    after = workdays.add_working_days(m.last, 1)
    return [
        (before.isoformat(), "10:00", prepare),
        ((m.first - timedelta(days=12)).isoformat(), "09:00", lambda: s.step(secretary, "summon")),
        (m.first.isoformat(), f"{starts:%H:%M}", hold),
        (after.isoformat(), "10:00", publish),
    ]
