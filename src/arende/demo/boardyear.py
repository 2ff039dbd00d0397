"""A local board's year: four meetings with minutes, notice and time for appeal, and its yearly day of development.

Told: that each local board meets, keeps minutes and holds a yearly day, Att leda in i framtiden; that the board of
Kungsbacka met on 27 May 2021. The other days, the agendas and who took part are invented; so are the place and the
decisions, and the minutes say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from arende import db, home, models, people, workdays
from arende.commands import RegisterCase
from arende.demo.stage import Happening, Stage
from arende.meetingcommands import AddAgendaItem, ItemOutcome, RecordAttendance, RecordOutcomes
from arende.meetingtables import agenda_items
from arende.usecases import people as register
from arende.workdays import STOCKHOLM

BODY = "ln_kungsbacka"
NOT_TOLD = "Ej belagt i källan."
DAYS = {
    date(2021, 2, 25): "Kartläggning av ungas livsvillkor",
    date(2021, 5, 27): "Föräldrastöd: uppföljning av Föräldrar Emellan",
    date(2021, 9, 23): "Välmående ger resultat: nya skolor",
    date(2021, 11, 11): "Verksamhet och dialoger under 2022",
}
PLACE = "Stadshuset i Kungsbacka (påhittad plats)"
INVENTED = "(Påhittat: källan berättar inte vad nämnden beslutade.)"
NOTED = "Nämnden tackar för informationen och lägger den till handlingarna."
FIXED = {
    "Val av justerare": "Nämnden väljer vice ordföranden till justerare.",
    "Godkännande av föredragningslistan": "Nämnden godkänner föredragningslistan.",
}
"""What a board decides in its standing items."""
MEMBERS = ("lnku_chair", "lnku_vice_chair", "lnku_member")


def play(s: Stage) -> None:
    """The year 2021 of the local board of Kungsbacka."""
    _members(s)
    s.scene("2021-01-11", "Lokal nämnd Kungsbacka planerar året: fyra sammanträden, en utvecklingsdag (påhittat)",
            "The local board of Kungsbacka plans its year: four meetings, a day of development (invented)")  # fmt: skip
    s.register("lnku_secretary", "event", "Att leda in i framtiden", body=BODY, event_date="2021-12-15",
               invited="municipalities")  # fmt: skip
    s.alongside = sorted((h for day, heading in DAYS.items() for h in _meeting(s, day, heading)), key=lambda h: h.at)
    s.scene("2021-10-18", "Inbjudan till utvecklingsdagen sänds ut (påhittat)",
            "The invitation to the day of development is sent (invented)")  # fmt: skip
    s.paper("lnku_secretary", "programme")
    s.step("lnku_secretary", "invite", place="Digitalt möte", starts_at="09:00", last_registration="2021-12-01")
    s.check_all()
    s.scene("2021-12-16", "Utvecklingsdagen har hållits (dag ej belagd)",
            "The day of development has been held (day not told)")  # fmt: skip
    s.step("lnku_secretary", "hold")
    s.scene("2021-12-20", "Året är slut: alla protokoll är justerade och anslagna, och ingen har överklagat",
            "The year is over: all minutes are approved and announced, and nobody has appealed")  # fmt: skip
    s.finish_tasks("lnku_secretary", "plan_next", NOT_TOLD)
    s.step("lnku_secretary", "close")


def _meeting(s: Stage, day: date, heading: str) -> list[Happening]:
    """Prepared, summoned, held, minuted, announced; the notice taken down when the time for appeal has passed."""
    m = replace(s, story=f"{s.story}:{day}", number=0, register_no="", alongside=[], delivered=lambda: None)
    said = workdays.spoken_date(day), workdays.spoken_date(day, "en")

    def prepare() -> None:
        done = m.do(RegisterCase, actor="lnku_secretary", type="meeting", title=f"Lokal nämnd Kungsbacka {day}",
                    fields={"body": BODY, "meeting_date": day.isoformat(), "starts_at": "13:00",
                            "place": PLACE})  # fmt: skip
        m.register_no = str(done.register_no)
        m.do(AddAgendaItem, actor="lnku_secretary", heading=heading)
        m.step("lnku_secretary", "draft_agenda")
        m.answer_request("lnku_chair", "agenda_clearance")

    def hold() -> None:
        for n, person in enumerate(MEMBERS):
            m.do(RecordAttendance, actor="lnku_secretary", person=person, presiding=n == 0, checker=n == 1)
        m.step("lnku_secretary", "open")
        m.do(RecordOutcomes, actor="lnku_secretary", outcomes=_decisions(m))
        m.step("lnku_secretary", "end")
        m.say(f"{day}  ", f"Nämnden sammanträder {said[0]}", f"The board meets on {said[1]}")

    def check() -> None:
        m.step("lnku_secretary", "draft_minutes")
        m.step("lnku_secretary", "ask_checking")
        for person in MEMBERS[:2]:
            m.answer_request(person, "minutes")
        m.step("registrar", "announce")
        m.check_all()

    def take_down() -> None:
        m.step("registrar", "confirm_legal_force", "Förvaltningsrätten har inte fått något överklagande (påhittat).")
        m.step("registrar", "take_down")
        m.check_all()
        m.step("registrar", "close")

    scenes = ((-21, prepare), (-10, lambda: m.step("lnku_secretary", "summon")), (0, hold), (4, check), (27, take_down))
    return [_at(s, m, day + timedelta(days=n), act) for n, act in scenes]


def _decisions(m: Stage) -> tuple[ItemOutcome, ...]:
    """What became of each item, in the words of a secretary."""
    c, i = models.cases.c, agenda_items.c
    query = select(i.item, i.heading).join(models.cases, c.id == i.case_id).where(c.register_no == m.register_no)
    with db.reading(m.app.engine) as conn:
        items = conn.execute(query.order_by(i.item)).all()
    return tuple(
        ItemOutcome(item=n, outcome="approved" if heading in FIXED else "noted",
                    decision=f"{FIXED.get(heading, NOTED)} {INVENTED}")
        for n, heading in items
    )  # fmt: skip


def _at(s: Stage, other: Stage, day: date, act: Callable[[], None]) -> Happening:
    """On the day, or on the working day after it."""
    moment = datetime.combine(workdays.next_working_day(day), time(13), STOCKHOLM)

    def happen() -> None:
        other.now = s.now
        act()

    return Happening(moment, happen)


def _members(s: Stage) -> None:
    """The people file knows the board, but nobody in it: three members and a secretary by their offices."""
    text = home.demo_file("people.yaml").read_text("utf-8")
    who = {"lnku_chair": "ordförande", "lnku_vice_chair": "vice ordförande", "lnku_member": "ledamot",
           "lnku_secretary": "nämndsekreterare"}  # fmt: skip
    persons = "".join(
        f"  {key}: {{name: Lokala nämndens {title}, title: {title}, email: {key}@region.example}}\n"
        for key, title in who.items()
    )
    offices = "".join(
        f"  - {{person: {key}, office: {key.removeprefix('lnku_')}, body: {BODY}, from: 2019-01-01}}\n" for key in who
    )
    text = text.replace("\noffices:\n", f"\n{persons}\noffices:\n{offices}")
    text = text.replace("en: Local Board of Kungsbacka}, ", "en: Local Board of Kungsbacka}, short: LNKU, members: 3, ")
    register.load(s.app.engine, people.read(text, "people.yaml"), s.now)
