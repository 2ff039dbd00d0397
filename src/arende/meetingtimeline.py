"""What happened at a meeting, told in whole sentences; ``timeline`` tells everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from arende.casewords import day_words
from arende.errors import Sentence

if TYPE_CHECKING:
    from arende.timeline import _Told

OUTCOMES = {
    "approved": Sentence("bifall", "approved"),
    "approved_with_change": Sentence("bifall med ändring", "approved with a change"),
    "rejected": Sentence("avslag", "rejected"),
    "remitted": Sentence("återremiss", "remitted"),
    "adjourned": Sentence("bordläggning", "adjourned"),
    "noted": Sentence("lagt till handlingarna", "noted"),
    "withdrawn": Sentence("utgår", "withdrawn"),
}
"""What became of an item, in words."""


def _agenda(t: _Told) -> Sentence:
    heading = t.payload.get("heading") or "?"
    return {
        "added": Sentence(f"{t.who.sv} satte upp ”{heading}”.", f'{t.who.en} put "{heading}" on the agenda.'),
        "removed": Sentence(f"{t.who.sv} tog bort ”{heading}”.", f'{t.who.en} took "{heading}" off the agenda.'),
    }.get(str(t.payload.get("change")), Sentence(f"{t.who.sv} ändrade ordningen.", f"{t.who.en} changed the order."))


def _attendance(t: _Told) -> Sentence:
    who = t.name(t.payload["person"])
    if t.payload.get("absent"):
        called = f" {t.name(t.payload['called'])} kallas." if t.payload.get("called") else ""
        calls = f" {t.name(t.payload['called'])} is called." if t.payload.get("called") else ""
        return Sentence(f"{who} har förhinder.{called}", f"{who} cannot come.{calls}")
    first, last = t.payload.get("from_item"), t.payload.get("to_item")
    if first is None and last is None:
        return Sentence(f"{who} är närvarande.", f"{who} is present.")
    items = f"{first or 1}–{last or ''}"
    return Sentence(f"{who} är närvarande vid punkt {items}.", f"{who} is present at items {items}.")


def _retracted(t: _Told) -> Sentence:
    who, why = t.name(t.payload["person"]), t.payload["reason"]
    what = {"present": ("Närvaron", "The attendance"), "absent": ("Förhindret", "The absence")}[t.payload["what"]]
    return Sentence(f"{what[0]} för {who} togs tillbaka. {why}", f"{what[1]} of {who} was taken back. {why}")


def _conflict(t: _Told) -> Sentence:
    who, n = t.name(t.payload["person"]), t.payload["item"]
    return Sentence(f"{who} deltar inte i punkt {n} på grund av jäv.", f"{who} takes no part in item {n}: conflict.")


def _motion(t: _Told) -> Sentence:
    who, n = t.name(t.payload["person"]), t.payload["item"]
    return Sentence(f"{who} yrkade på punkt {n}.", f"{who} made a motion at item {n}.")


def _vote(t: _Told) -> Sentence:
    p = t.payload
    result = {"yes": "ja", "no": "nej"}.get(str(p["result"]), "?")
    return Sentence(
        f"Omröstning på punkt {p['item']}: {p['yes']} ja, {p['no']} nej. Utfall: {result}.",
        f"Vote at item {p['item']}: {p['yes']} yes, {p['no']} no. Result: {p['result']}.",
    )


def _dissent(t: _Told) -> Sentence:
    who, n = t.name(t.payload["person"]), t.payload["item"]
    return Sentence(f"{who} reserverade sig mot beslutet på punkt {n}.", f"{who} dissented at item {n}.")


def _outcome(t: _Told) -> Sentence:
    known = OUTCOMES.get(str(t.payload["outcome"]), Sentence("?", "?"))
    heading = t.payload.get("heading") or t.payload["item"]
    against = t.payload.get("against_vote")
    vote = (" Omröstningen gav motsatsen.", " The vote gave the contrary.") if against else ("", "")
    return Sentence(f"”{heading}”: {known.sv}.{vote[0]}", f'"{heading}": {known.en}.{vote[1]}')


def _sections(t: _Told) -> str:
    given: Any = t.payload.get("sections") or []
    numbers = sorted(int(n) for n in (given.values() if isinstance(given, dict) else given) if n is not None)
    return f"§§ {numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else f"§ {numbers[0]}" if numbers else "–"


def _at_once(t: _Told) -> Sentence:
    return Sentence(f"{_sections(t)} justerades omedelbart.", f"{_sections(t)} approved at once.")


def _approved(t: _Told) -> Sentence:
    late = t.payload.get("late_days")
    sv = f", {late} {'dag' if late == 1 else 'dagar'} för sent" if late else ""
    en = f", {late} {'day' if late == 1 else 'days'} late" if late else ""
    return Sentence(f"Protokollet är justerat{sv}.", f"The minutes are approved{en}.")


def _numbered(t: _Told) -> Sentence:
    return Sentence(f"Protokollet fick {_sections(t)}.", f"The minutes got {_sections(t)}.")


def _posted(t: _Told) -> Sentence:
    last = _day(t, "appeal_last_day")
    return Sentence(
        f"{t.who.sv} satte upp anslaget. Sista dag att överklaga är {last.sv}.",
        f"{t.who.en} put up the notice. The last day for appeal is {last.en}.",
    )


def _day(t: _Told, key: str) -> Sentence:
    return day_words(t.payload.get(key)) or Sentence("?", "?")


def _removed(t: _Told) -> Sentence:
    day = _day(t, "down_on")
    if t.payload.get("early"):
        return Sentence(f"Anslaget togs ned för tidigt, {day.sv}.", f"The notice came down early, {day.en}.")
    return Sentence(f"Anslaget togs ned {day.sv}.", f"The notice was taken down {day.en}.")


def _each_section(t: _Told) -> str:
    return ", ".join(f"§ {n}" for n in t.payload["sections"])


def _appealed(t: _Told) -> Sentence:
    return Sentence(f"{_each_section(t)} är överklagad.", f"{_each_section(t)} is appealed.")


def _judged(t: _Told) -> Sentence:
    listed = _each_section(t)
    if t.payload["ruling"] == "annulled":
        return Sentence(f"Domstolen upphävde {listed}.", f"The court annulled {listed}.")
    return Sentence(f"Domstolen lät {listed} stå.", f"The court let {listed} stand.")


def _replanned(t: _Told) -> Sentence:
    numbers = ", ".join(str(c["case"]) for c in t.payload["cases"])
    return Sentence(f"Följer med till en annan dag: {numbers}.", f"Follow to another day: {numbers}.")


def _refused(t: _Told) -> Sentence:
    number = t.payload["register_no"]
    return Sentence(f"Utfallet kunde inte föras in i {number}.", f"The outcome could not be entered in {number}.")


SETTLED = {
    "executed": Sentence("är utfört", "is executed"),
    "not_executed": Sentence("är inte utfört", "is not executed"),
    "withdrawn": Sentence("är återkallat", "is withdrawn"),
}
"""What became of an assignment, in words."""


def _given(t: _Told) -> Sentence:
    to, what, day = t.payload["to_name"], t.payload["what"], day_words(t.payload.get("report_on"))
    sv = f", att återrapportera senast {day.sv}" if day else ""
    en = f", to be reported by {day.en}" if day else ""
    return Sentence(f"Uppdrag till {to}: ”{what}”{sv}.", f'Assignment to {to}: "{what}"{en}.')


def _assignment_moved(t: _Told) -> Sentence:
    n, day = t.payload["number"], _day(t, "to")
    return Sentence(
        f"{t.who.sv} gav uppdrag {n} en ny dag för återrapport, {day.sv}.",
        f"{t.who.en} gave assignment {n} another day for its report, {day.en}.",
    )


def _reported(t: _Told) -> Sentence:
    n, done = t.payload["number"], t.payload["executed"]
    sv, en = ("utfört", "executed") if done else ("inte utfört", "not executed")
    return Sentence(
        f"{t.who.sv} återrapporterade uppdrag {n} som {sv}.", f"{t.who.en} reported assignment {n} as {en}."
    )


def _returned(t: _Told) -> Sentence:
    n = t.payload["number"]
    return Sentence(
        f"Organet nöjde sig inte med återrapporten av uppdrag {n}; det är kvar att göra.",
        f"The body was not content with the report on assignment {n}; it is still to be done.",
    )


def _settled(t: _Told) -> Sentence:
    n, known = t.payload["number"], SETTLED[str(t.payload["outcome"])]
    return Sentence(f"Uppdrag {n} {known.sv}.", f"Assignment {n} {known.en}.")


def _changed(t: _Told) -> Sentence:
    return Sentence(
        f"Organet biföll med ändring: {t.payload['change']} Den lydelsen ska läggas in.",
        f"The body approved with a change: {t.payload['change']} Those words are to be filed.",
    )


TELLERS: dict[str, Callable[[_Told], Sentence]] = {
    "agenda:changed": _agenda,
    "attendance:recorded": _attendance,
    "attendance:retracted": _retracted,
    "item:conflict": _conflict,
    "motion:recorded": _motion,
    "vote:recorded": _vote,
    "dissent:recorded": _dissent,
    "outcome:recorded": _outcome,
    "section:approved": _at_once,
    "minutes:approved": _approved,
    "minutes:numbered": _numbered,
    "notice:posted": _posted,
    "notice:removed": _removed,
    "appeal:filed": _appealed,
    "appeal:judged": _judged,
    "meeting:replanned": _replanned,
    "promise:refused": _refused,
    "outcome:changed": _changed,
    "assignment:given": _given,
    "assignment:moved": _assignment_moved,
    "assignment:reported": _reported,
    "assignment:returned": _returned,
    "assignment:settled": _settled,
}
"""How each kind of event of a meeting is told."""
