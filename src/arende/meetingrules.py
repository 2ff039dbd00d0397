"""How a year of meetings is proposed and judged: by rules that are data.

Two bodies meet in pairs: the one that prepares a number of days before the one that decides. A proposal never puts a
meeting on a holiday, one of the three eves, in a month without meetings or on top of another; school breaks and days
before a holiday are avoided where there is a choice, and told where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import combinations
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from arende import wording
from arende.casetypes import Level
from arende.errors import Invalid, Refused, Sentence
from arende.meetingplan import WEEKDAYS, Meeting, MeetingPlan, numbered
from arende.swedish_holidays import holidays_in
from arende.terms import Key, Text
from arende.workdays import day_name, full_date, is_working_day
from arende.yamlfile import Unreadable, parse

Clock = Annotated[time, BeforeValidator(lambda v: time.fromisoformat(v) if isinstance(v, str) else v)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]
_DAY = timedelta(days=1)


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Numbers = Annotated[tuple[int, ...], BeforeValidator(_tuple)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Slot(_Model):
    """One pair of meetings of the year: the ``nth`` such weekday of ``month``, for the body that decides."""

    month: int = Field(ge=1, le=12)
    nth: int = Field(ge=1, le=5)
    apart: int | None = Field(default=None, ge=1, le=60)
    """Days from preparation to meeting, where another distance than the first of ``apart`` is usual."""
    days: int = Field(default=1, ge=1, le=5)
    """More than one: a retreat, whose times are not told."""


class SchoolBreak(_Model):
    """Weeks when many are away: ISO weeks, or weeks counted from the week of Easter Sunday (0) in a moving year."""

    name: Text
    weeks: Numbers = ()
    easter: Numbers = ()
    source: str
    assumed: bool = False


class NextYear(_Model):
    """In this month the body that decides also decides the meetings of the year to come."""

    month: int = Field(ge=1, le=12)
    basis: str
    item: Text


class PlanRules(_Model):
    """The rules of one pair of bodies."""

    decides: Key
    prepares: Key
    weekday: Weekday
    apart: Numbers
    times: dict[Key, tuple[Clock, Clock]] = {}
    closed_months: Numbers = ()
    next_year: NextYear
    slots: Annotated[tuple[Slot, ...], BeforeValidator(_tuple)]
    breaks: Annotated[tuple[SchoolBreak, ...], BeforeValidator(_tuple)] = ()


class Remark(NamedTuple):
    """Something about a plan: an error (it cannot be decided so) or a warning (a person should look)."""

    level: Level
    meeting: Meeting | None
    sentence: Sentence


class NoRoom(Refused):
    """The rules leave no day for a meeting."""


def read(text: str, file: str) -> PlanRules:
    """The rules of a file; raises Invalid with a sentence for each fault, with its line."""
    try:
        parsed = parse(text, file)
        data = parsed.data if isinstance(parsed.data, dict) else {}
        times = {k: tuple(v) for k, v in data["times"].items()} if isinstance(data.get("times"), dict) else {}
        return PlanRules.model_validate({**data, "times": times})
    except Unreadable:
        raise
    except ValidationError as e:
        found = wording.findings(e, PlanRules, parsed.lines, file)
        raise Invalid(
            *(
                Sentence(f"{file}, rad {f.line}: {f.sentence.sv}", f"{file}, line {f.line}: {f.sentence.en}")
                for f in found
            )
        ) from None


# ---------------------------------------------------------------- proposing


class _Pair(NamedTuple):
    deciding: Meeting
    preparing: Meeting
    cost: tuple[int, int, int]
    """School breaks and eves met; weeks from the usual week; place of the distance among those allowed."""


def propose(rules: PlanRules, year: int, taken: Iterable[Meeting] = ()) -> MeetingPlan:
    """A plan of ``year`` by the rules; ``taken`` are meetings that the two bodies' members also go to.

    Every slot gets its best pair in turn. Raises NoRoom when a slot has none.
    """
    placed: list[Meeting] = []
    others = tuple(taken)
    for slot in rules.slots:
        pairs = [
            pair
            for pair in _pairs(rules, slot, year)
            if not any(_collide(m, other) for m in pair[:2] for other in (*placed, *others))
            and not _unpaired(rules, (*placed, *pair[:2]))
        ]
        if not pairs:
            raise NoRoom(_no_room(rules, slot, year))
        best = min(pairs, key=lambda pair: pair.cost)
        placed += best[:2]
    return MeetingPlan(year, numbered(placed), usual=rules.times)


def _pairs(rules: PlanRules, slot: Slot, year: int) -> Iterator[_Pair]:
    distances = sorted(rules.apart, key=lambda n: n != (slot.apart or rules.apart[0]))
    for nth, day in enumerate(_weekdays(year, slot.month, WEEKDAYS.index(rules.weekday)), 1):
        deciding = _meeting(rules, rules.decides, day, slot.days)
        for place, apart in enumerate(distances):
            preparing = _meeting(rules, rules.prepares, day - timedelta(days=apart), 1)
            if all(_open(rules, m, year) for m in (deciding, preparing)):
                soft = sum(1 for m in (deciding, preparing) for _ in _soft(rules, m))
                yield _Pair(deciding, preparing, (soft + abs(nth - slot.nth), abs(nth - slot.nth), place))


def _weekdays(year: int, month: int, weekday: int) -> list[date]:
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    return [d for n in range(5) if (d := day + timedelta(weeks=n)).month == month]


def _meeting(rules: PlanRules, body: str, day: date, days: int) -> Meeting:
    starts, ends = rules.times.get(body, (None, None)) if days == 1 else (None, None)
    last = day + timedelta(days=days - 1)
    return Meeting(first=day, body=body, number=0, last=last, starts=starts, ends=ends, retreat=days > 1)


def _open(rules: PlanRules, m: Meeting, year: int) -> bool:
    return all(is_working_day(d) and d.month not in rules.closed_months and d.year == year for d in m.days)


def _no_room(rules: PlanRules, slot: Slot, year: int) -> Sentence:
    apart = " eller ".join(map(str, rules.apart))
    body, prepares = rules.decides.upper(), rules.prepares.upper()
    return Sentence(
        f"{year}-{slot.month:02} finns ingen dag för {body} med {prepares} {apart} dagar före. "
        "Lägg mötet i en annan månad, eller tillåt ett annat avstånd.",
        f"In {year}-{slot.month:02} there is no day for {body} with {prepares} {' or '.join(map(str, rules.apart))} "
        "days before. Put the meeting in another month, or allow another distance.",
    )


# ---------------------------------------------------------------- judging


def check(plan: MeetingPlan, rules: PlanRules, others: Iterable[Meeting] = ()) -> list[Remark]:
    """Everything wrong (error) or doubtful (warn) in a plan, in the order of its days; ``others`` are other bodies'."""
    found = [remark for m in plan.meetings for remark in _of_one(plan, rules, m)]
    found += _of_pairs(rules, plan.meetings)
    found += _double(plan.meetings, tuple(others))
    found += _of_next_year(plan, rules)
    return sorted(found, key=lambda r: (r.meeting is None, r.meeting.first if r.meeting else date.min, r.level))


def carries_next_year(plan: MeetingPlan, rules: PlanRules) -> Meeting | None:
    """The meeting that decides the meetings of the year to come, if the plan has one."""
    return next((m for m in plan.of(rules.decides) if m.first.month == rules.next_year.month), None)


def _of_one(plan: MeetingPlan, rules: PlanRules, m: Meeting) -> Iterator[Remark]:
    told = m.told()
    if m.first.year != plan.year or m.last.year != plan.year:
        yield _error(m, f"{told.sv} hör inte till {plan.year}.", f"{told.en} is not in {plan.year}.")
    if WEEKDAYS[m.first.weekday()] != rules.weekday:
        sv, en = day_name(_some(rules.weekday)).sv, rules.weekday.capitalize()
        yield _error(m, f"{told.sv} är ingen {sv}.", f"{told.en} is not a {en}.")
    for day in m.days:
        if not is_working_day(day):
            name = day_name(day)
            yield _error(m, f"{told.sv}: {full_date(day)} är {name.sv}. Välj en annan dag.",
                         f"{told.en}: {full_date(day, 'en')} is {name.en}. Choose another day.")  # fmt: skip
        if day.month in rules.closed_months:
            yield _error(m, f"{told.sv}: inga möten hålls den månaden.", f"{told.en}: no meetings are held that month.")
    if m.starts is None and not m.retreat:
        yield _warn(m, f"{told.sv} saknar klockslag.", f"{told.en} has no time of day.")
    yield from (_warn(m, f"{told.sv}: {s.sv}.", f"{told.en}: {s.en}.") for s in _soft(rules, m))


def _soft(rules: PlanRules, m: Meeting) -> Iterator[Sentence]:
    """What is better avoided: school breaks, and the day before a holiday."""
    for school in rules.breaks:
        if any(_week(d) in _weeks(school, d.year) for d in m.days):
            sure = Sentence(" (antagen vecka)", " (assumed week)") if school.assumed else Sentence("", "")
            yield Sentence(f"{school.name.sv}{sure.sv}", f"{school.name.in_('en')}{sure.en}")
    after = m.last + _DAY
    if after.weekday() < 5 and after in holidays_in(after.year):
        name = day_name(after)
        yield Sentence(f"dagen före {name.sv}", f"the day before {name.en}")


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def _weeks(school: SchoolBreak, year: int) -> set[tuple[int, int]]:
    easter = next(day for day, name in holidays_in(year).items() if name == "Påskdagen")
    moving = {_week(easter + timedelta(weeks=n)) for n in school.easter}
    return {(year, week) for week in school.weeks} | moving


def _of_pairs(rules: PlanRules, meetings: Iterable[Meeting]) -> Iterator[Remark]:
    apart = " eller ".join(map(str, rules.apart)), " or ".join(map(str, rules.apart))
    for m, n in _unpaired(rules, meetings):
        told = m.told()
        if m.body == rules.decides:
            sv = "förbereds inte" if n == 0 else "förbereds mer än en gång"
            en = "is not prepared" if n == 0 else "is prepared more than once"
            other = rules.prepares.upper()
            yield _error(m, f"{told.sv} {sv}: {other} ska mötas en gång, {apart[0]} dagar före.",
                         f"{told.en} {en}: {other} is to meet once, {apart[1]} days before.")  # fmt: skip
        else:
            other = rules.decides.upper()
            yield _warn(m, f"{told.sv} förbereder inget möte i {other} {apart[0]} dagar senare.",
                        f"{told.en} prepares no meeting of {other} {apart[1]} days later.")  # fmt: skip


def _unpaired(rules: PlanRules, meetings: Iterable[Meeting]) -> list[tuple[Meeting, int]]:
    """Meetings without exactly one counterpart at an allowed distance, with how many they have."""
    known = tuple(meetings)
    days: Mapping[str, set[date]] = {
        body: {m.first for m in known if m.body == body} for body in (rules.decides, rules.prepares)
    }
    found = []
    for m in known:
        if m.body == rules.decides:
            n = sum(m.first - timedelta(days=a) in days[rules.prepares] for a in rules.apart)
            found += [(m, n)] if n != 1 else []
        elif m.body == rules.prepares and not any(
            m.first + timedelta(days=a) in days[rules.decides] for a in rules.apart
        ):
            found.append((m, 0))
    return found


def _double(meetings: tuple[Meeting, ...], others: tuple[Meeting, ...]) -> Iterator[Remark]:
    pairs = [*combinations(meetings, 2), *((m, other) for m in meetings for other in others)]
    for a, b in pairs:
        if _collide(a, b):
            one, two = a.told(), b.told()
            make = _error if a.body == b.body else _warn
            yield make(
                b if b in meetings else a, f"{one.sv} krockar med {two.sv}.", f"{one.en} collides with {two.en}."
            )


def _collide(a: Meeting, b: Meeting) -> bool:
    """Whether somebody cannot go to both: the same body on one day, or the same hours; untold times take the day."""
    if a.last < b.first or b.last < a.first:
        return False
    if a.body == b.body or a.starts is None or b.starts is None or a.ends is None or b.ends is None:
        return True
    return a.starts < b.ends and b.starts < a.ends


def _of_next_year(plan: MeetingPlan, rules: PlanRules) -> Iterator[Remark]:
    if carries_next_year(plan, rules) is None:
        body, year, basis = rules.decides.upper(), plan.year, rules.next_year.basis
        month = full_date(date(year, rules.next_year.month, 1)).split()[1]
        month_en = full_date(date(year, rules.next_year.month, 1), "en").split()[1]
        yield Remark(
            "error",
            None,
            Sentence(
                f"{body} har inget möte i {month} {year} som beslutar {year + 1} års möten ({basis}). Lägg in ett.",
                f"{body} has no meeting in {month_en} {year} to decide the meetings of {year + 1} ({basis}). Add one.",
            ),
        )


def _some(weekday: str) -> date:
    """A day of that name that is no holiday."""
    return date(2021, 3, 1) + timedelta(days=WEEKDAYS.index(weekday))


def _error(m: Meeting, sv: str, en: str) -> Remark:
    return Remark("error", m, Sentence(sv, en))


def _warn(m: Meeting, sv: str, en: str) -> Remark:
    return Remark("warn", m, Sentence(sv, en))
