"""What can be done at a meeting: each act is one command, and its form follows from this table.

The same commands are typed on the command line (``arende meeting``). Whether an act is allowed is judged by the
command; a page offers what makes sense as the meeting stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arende import meetingcommands, meetinglaw
from arende.commands import OnCase
from arende.errors import Sentence
from arende.meetingtimeline import OUTCOMES
from arende.usecases import agendas, attendance, deciding
from arende.usecases.meetingview import Room
from arende.usecases.waitingcases import Waiting
from arende.web.fields import Choices, Field
from arende.web.meetinglabels import KINDS_OF_MOTION, RESULTS, ROLES
from arende.web.meetingpage import MeetingPage
from arende.web.speech import Speech

Given = Mapping[str, Any]
S = Sentence
SECRETARY, CHAIR, REGISTRAR = "meeting_secretary", "meeting_chair", "registrar"
LONG = 20_000
LIVE = (*deciding.IN_THE_ROOM, *deciding.PAUSED)
AGENDA = ("agenda:changed",)
PRESENCE = ("attendance:recorded", "attendance:retracted")
AT_ITEM = ("item:conflict", "motion:recorded", "vote:recorded", "dissent:recorded", "outcome:recorded")


@dataclass(frozen=True)
class Around:
    """What a form is filled from: the meeting as it is, and who and what may be chosen."""

    page: MeetingPage
    t: Speech
    waiting: Callable[[], list[Waiting]]
    colleagues: Callable[[], Choices]
    item: Mapping[str, Any] | None = None

    @property
    def it(self) -> Mapping[str, Any]:
        """The item that the form is about."""
        if self.item is None:
            raise TypeError("this act is on an item")
        return self.item

    @property
    def room(self) -> Room:
        """Who is there."""
        return self.page.room

    def voters(self) -> Choices:
        """Those who take part in deciding the item, in the order of the body; whoever presides first."""
        at = self.room.at[self.item["item"] if self.item else 0]
        known = {a.id: a for a in (*self.room.members, *self.room.substitutes)}
        order = sorted(known, key=lambda i: i != at.presiding)
        return tuple((known[i].key, known[i].name) for i in order if i in at.voters)

    def members(self) -> Choices:
        """The members of the body."""
        return tuple((a.key, a.name) for a in self.room.members)

    def belonging(self) -> Choices:
        """Members and substitutes."""
        return tuple((a.key, a.name) for a in (*self.room.members, *self.room.substitutes))

    def items(self) -> Choices:
        """The items by number, as a list names them."""
        return tuple((str(i["item"]), f"{i['position']}. {i['heading']}") for i in self.page.items)


@dataclass(frozen=True)
class MeetingAct:
    """One thing to do. ``states`` and ``roles``: when and to whom it is offered."""

    command: type[OnCase]
    title: Sentence
    done: Sentence
    states: tuple[str, ...]
    fields: Callable[[Around], list[Field]] = lambda _: []
    values: Callable[[Given, Around], Given] = lambda given, _: given
    roles: tuple[str, ...] = (SECRETARY,)
    help: Sentence | None = None
    minds: tuple[str, ...] = ()
    """Kinds of events that a form of it was made from: one that came meanwhile is told before it is carried out."""

    def concerns(self, event: Given, given: Given, item: int | None) -> bool:
        """Whether the event could spoil the form: of the same item, and of the same person where one is entered."""
        told, kind = event["payload"] or {}, event["kind"]
        if kind not in self.minds or (item is not None and told.get("item", item) != item):
            return False
        named = {given.get("person"), given.get("acting_for")} - {None, ""}
        return kind not in PRESENCE or not named or bool(named & {told.get("person"), told.get("acting_for")})

    def is_for(self, held: frozenset[str], state: str) -> bool:
        """Whether somebody who holds these roles is offered it now."""
        return state in self.states and any(role in held for role in self.roles)


def _field(a: Around, name: str, label: Sentence, kind: Any = "text", **more: Any) -> Field:
    hint = a.t.say(more.pop("hint", None))
    most = more.pop("most", LONG if kind == "long" else 0)
    return Field(name, a.t.say(label), kind, more.pop("required", False), hint, most=most, **more)


def _yes(a: Around, name: str, label: Sentence, hint: Sentence | None = None) -> Field:
    return Field(name, a.t.say(label), "several", False, a.t.say(hint), (("true", a.t("yes")),))


def _bare(given: Given) -> dict[str, Any]:
    """What was written; what was left empty is not there."""
    return {k: v for k, v in given.items() if v not in ("", None, (), [])}


def _ticked(given: Given, *names: str) -> dict[str, Any]:
    return {**_bare(given), **{k: bool(given.get(k)) for k in names}}


# ---------------------------------------------------------------- the agenda


def _add(a: Around) -> list[Field]:
    late = a.page.case["state"] not in agendas.OPEN_TO_ALL
    ready = tuple((x.register_no, _waits(x, a.t)) for x in a.waiting())
    found = [
        _field(a, "cases", S("Ärenden som väntar på organet", "Cases that wait for the body"), "several",
               choices=ready, hint=S("Flera markerade blir en punkt.", "Several ticked become one item.")),
        _field(a, "other", S("Annat diarienummer", "Another number"), most=200,
               hint=S("Flera skiljs med mellanslag.", "Several with spaces between.")),
        _field(a, "heading", S("Rubrik", "Heading"), most=300,
               hint=S("Utan rubrik: ärendets. Rubriken syns för alla; skriv inget hemligt.",
                      "Without one: the case's. Everybody sees it; write nothing secret.")),
        _field(a, "proposal", S("Förslag till beslut", "Proposal"), "long"),
    ]  # fmt: skip
    if late:
        found.append(_field(a, "reason", S("Varför punkten kommer sent", "Why it comes late"), "long", required=True))
    if late and a.page.meeting["profile"] == "assembly":
        urgent = S("Så brådskande att det inte hinner kungöras (KL 5:14)", "Too urgent to be announced (KL 5:14)")
        found.append(_yes(a, "urgent", urgent))
    return found if ready else found[1:]


def _waits(x: Waiting, t: Speech) -> str:
    not_ready = f" – {' '.join(t.say(s) for s in x.warnings)}" if x.warnings else ""
    return f"{x.register_no} {x.title if x.title != x.register_no else ''}".rstrip() + not_ready


def _added(given: Given, _: Around) -> Given:
    bare = _ticked(given, "urgent")
    other = str(bare.pop("other", "")).replace(",", " ").split()
    return {**bare, "cases": (*bare.get("cases", ()), *other)}


def _order(a: Around) -> list[Field]:
    return [
        _field(a, f"place-{i['item']}", S(i["heading"], i["heading"]), "number", value=str(i["position"]), most=4)
        for i in a.page.items
    ]


def _ordered(given: Given, a: Around) -> Given:
    def place(i: Given) -> float:
        written = str(given.get(f"place-{i['item']}", "")).replace(",", ".")
        return float(written) if written.replace(".", "", 1).isdecimal() else float(i["position"])

    before = {i["item"]: i["position"] for i in a.page.items}
    moved = {i["item"]: place(i) for i in a.page.items}
    # who is sent to a taken place gets it: before what stood there when it comes from below, after it from above
    rank = {n: (moved[n], (moved[n] > before[n]) - (moved[n] < before[n]), before[n]) for n in before}
    return {"items": sorted(before, key=lambda n: rank[n])}


# ---------------------------------------------------------------- who is there


def _absent(a: Around) -> list[Field]:
    away = {x["actor"] for x in a.page.found["attendance"] if x["kind"] == "absent"}
    left = tuple(c for c in a.belonging() if c[0] not in away)
    return [
        _field(a, "person", S("Vem som inte kan komma", "Who cannot come"), "choice", required=True, choices=left),
        _field(a, "reason", S("Skäl", "Reason"), hint=S("Syns i akten.", "It is on record."), most=200),
    ]


def _attend(a: Around) -> list[Field]:
    people = (*a.belonging(), *(c for c in a.colleagues() if c[0] not in dict(a.belonging())))
    places = tuple((str(i["position"]), f"{i['position']}. {i['heading']}") for i in a.page.items)
    roles = tuple((k, a.t.say(v).capitalize()) for k, v in ROLES.items())
    through = S("Tom: till slutet.", "Empty: to the end.")
    return [
        _field(a, "person", S("Person", "Person"), "choice", required=True, choices=people),
        _field(a, "role", S("Som", "As"), "radio", required=True, choices=roles, value="member"),
        _field(a, "acting_for", S("Tjänstgör för", "Serves for"), "choice", choices=a.members(),
               hint=S("Bara en ersättare som tjänstgör.", "Only a substitute who serves.")),
        _field(a, "from_item", S("Från och med punkt", "From item"), "choice", choices=places,
               hint=S("Tom: från början.", "Empty: from the beginning.")),
        _field(a, "to_item", S("Till och med punkt", "Until item"), "choice", choices=places, hint=through),
        _yes(a, "presiding", S("Leder sammanträdet", "Presides")),
        _yes(a, "checker", S("Vald att justera", "Elected to check the minutes")),
        _yes(a, "remote", S("På distans", "By link")),
    ]  # fmt: skip


def _retract(a: Around) -> list[Field]:
    known = {x["actor"]: x["name"] for x in a.page.found["attendance"] if x["kind"] in ("present", "absent")}
    kinds = (("present", a.t("retract_present")), ("absent", a.t("retract_absent")))
    return [
        _field(a, "person", S("Person", "Person"), "choice", required=True, choices=tuple(known.items())),
        _field(a, "what", S("Vad som är fel", "What is wrong"), "radio", required=True, choices=kinds, value="present"),
        _field(a, "reason", S("Skäl", "Reason"), hint=S("Syns i akten.", "It is on record."), required=True, most=200),
    ]


# ---------------------------------------------------------------- one item


def _outcome(a: Around) -> list[Field]:
    words = tuple((k, a.t.say(v).capitalize()) for k, v in OUTCOMES.items())
    found = [
        _field(a, "outcome", S("Utfall", "Outcome"), "radio", required=True, choices=words,
               value=a.it["outcome"] or ""),
        _field(a, "decision", S("Beslutets lydelse", "The decision"), "long",
               value=a.it["decision"] or a.it["proposal"] or ""),
        _field(a, "motive", S("Motiv", "Motive"), "long", value=a.it["motive"] or "",
               hint=S("Krävs vid återremiss: vad som ska utredas.", "For a remittal: what is to be prepared.")),
    ]  # fmt: skip
    if a.page.meeting["profile"] == "assembly":
        found.append(
            _field(a, "minority", S("Så många begärde det (KL 5:50)", "So many demanded it (KL 5:50)"), "number",
                   hint=S("Vid återremiss eller bordläggning av en minoritet.",
                          "Where a minority had it remitted or adjourned."), most=4)
        )  # fmt: skip
    return [*found, *_assignment(a)]


def _assignment(a: Around) -> list[Field]:
    return [
        _field(a, "assigned", S("Uppdrag", "Assignment"), "long",
               hint=S("Vad någon ska göra och återrapportera. Ges när protokollet är justerat.",
                      "What somebody is to do and report. It is given when the minutes are approved.")),
        _field(a, "assigned_to", S("Uppdraget går till", "The assignment goes to"), "choice", choices=a.colleagues()),
        _field(a, "assigned_on", S("Återrapporteras senast", "To be reported by"), "date"),
    ]  # fmt: skip


def _became(given: Given, a: Around) -> Given:
    bare = _bare(given)
    what, to, on = (bare.pop(k, None) for k in ("assigned", "assigned_to", "assigned_on"))
    if what or to or on:
        bare["assignments"] = [*(a.it["assignments"] or ()), {"what": what, "to": to, "report_on": on}]
    return {"outcomes": [{"item": a.it["item"], **bare}]}


def _motion(a: Around) -> list[Field]:
    kinds = tuple((k, a.t.say(v)) for k, v in KINDS_OF_MOTION.items())
    return [
        _field(a, "person", S("Vem som yrkar", "Who moves"), "choice", required=True, choices=a.voters()),
        _field(a, "kind", S("Slag", "Kind"), "radio", required=True, choices=kinds),
        _field(a, "text", S("Yrkandets lydelse", "The words"), "long", required=True),
    ]


def _vote(a: Around) -> list[Field]:
    votes = tuple((k, a.t.say(v).capitalize()) for k, v in RESULTS.items())
    ballots = [_field(a, f"ballot-{key}", S(name, name), "radio", choices=votes) for key, name in a.voters()]
    return [
        _field(a, "yes_means", S("Ja betyder", "Yes means"), required=True, most=2000),
        _field(a, "no_means", S("Nej betyder", "No means"), required=True, most=2000),
        *ballots,
        _field(a, "lot", S("Lottens utfall", "The lot"), "radio", choices=votes[:2],
               hint=S("Bara vid val, när det står lika.", "Only in an election, at a tie.")),
    ]  # fmt: skip


def _voted(given: Given, _: Around) -> Given:
    bare = _bare(given)
    ballots = {k.removeprefix("ballot-"): bare.pop(k) for k in list(bare) if k.startswith("ballot-")}
    return {**bare, "ballots": ballots}


def _dissent(a: Around) -> list[Field]:
    return [
        _field(a, "person", S("Vem som reserverar sig", "Who dissents"), "choice", required=True, choices=a.voters()),
        _field(a, "text", S("Reservationens lydelse", "The words"), "long"),
    ]


def _conflict(a: Around) -> list[Field]:
    return [_field(a, "person", S("Vem som är jävig", "Who has the conflict"), "choice", required=True,
                   choices=a.belonging())]  # fmt: skip


# ---------------------------------------------------------------- the minutes


def _at_once(a: Around) -> list[Field]:
    left = {str(i["item"]) for i in a.page.items if i["immediate_on"] is None and i["section_no"] is not None}
    choices = tuple(c for c in a.items() if c[0] in left)
    return [
        _field(a, "items", S("Punkter", "Items"), "several", required=True, choices=choices),
        _field(a, "approved_on", S("Justerade den", "Approved on"), "date", required=True,
               value=a.page.today.isoformat()),
    ]  # fmt: skip


C = meetingcommands
ACTS: dict[str, MeetingAct] = {
    "add": MeetingAct(C.AddAgendaItem, S("Sätt upp en punkt", "Put on an item"),
                      S("Punkten är uppsatt.", "The item is on the agenda."),
                      (*agendas.OPEN_TO_ALL, *agendas.DRAFTED), _add, _added, (SECRETARY, CHAIR), minds=AGENDA),
    "order": MeetingAct(C.OrderAgenda, S("Ändra ordningen", "Change the order"),
                        S("Ordningen är ändrad.", "The order is changed."), agendas.BEFORE, _order, _ordered,
                        (SECRETARY, CHAIR), S("Skriv platsen för varje punkt.", "Write the place of each item."),
                        AGENDA),
    "absent": MeetingAct(C.ReportAbsence, S("Anmäl förhinder", "Report an absence"),
                         S("Förhindret är anmält. Står en ersättare på tur är den kallad.",
                           "The absence is reported. The next substitute, if there is one, is called."),
                         ("summoned", *LIVE), _absent, lambda given, _: _bare(given), (SECRETARY, CHAIR),
                         minds=PRESENCE),
    "attend": MeetingAct(C.RecordAttendance, S("För in närvaro", "Enter attendance"),
                         S("Närvaron är införd.", "The attendance is entered."), attendance.OPEN, _attend,
                         lambda given, _: _ticked(given, "presiding", "checker", "remote"), (SECRETARY, CHAIR),
                         S("Någon som kommer senare eller går tidigare: ange punkterna. Någon som återkommer förs in "
                           "en gång till, från den punkten.",
                           "For somebody who comes late or leaves early, give the items. Somebody who comes back is "
                           "entered once more, from that item."), PRESENCE),
    "retract": MeetingAct(C.RetractAttendance, S("Ta tillbaka en närvaro", "Take an attendance back"),
                          S("Det är taget tillbaka.", "It is taken back."), attendance.OPEN, _retract,
                          lambda given, _: _bare(given), (SECRETARY, CHAIR),
                          S("Det som var infört av misstag tas bort; händelsen och skälet står i akten.",
                            "What was entered by mistake goes; the event and the reason are on record."), PRESENCE),
    "at_once": MeetingAct(C.ApproveAtOnce, S("För in omedelbar justering", "Enter approval at once"),
                          S("Punkterna är justerade. Registratorn anslår dem.",
                            "The items are approved. The registrar announces them."),
                          ("held", "minutes_draft", "minutes_checking"), _at_once, lambda given, _: _bare(given),
                          minds=(*AT_ITEM, "section:approved")),
    "post_notice": MeetingAct(C.PostNotice, S("Anslå det omedelbart justerade", "Announce what was approved at once"),
                              S("Anslaget är uppe.", "The notice is up."),
                              ("held", "minutes_draft", "minutes_checking", "minutes_approved"), roles=(REGISTRAR,)),
}  # fmt: skip
"""Key in the address → act on the meeting."""

ITEM_ACTS: dict[str, MeetingAct] = {
    "outcome": MeetingAct(C.RecordOutcomes, S("För in utfallet", "Enter the outcome"),
                          S("Utfallet är infört.", "The outcome is entered."),
                          (*LIVE, "held", "minutes_draft"), _outcome, _became, minds=AT_ITEM),
    "motion": MeetingAct(C.RecordMotion, S("För in ett yrkande", "Enter a motion"),
                         S("Yrkandet är infört.", "The motion is entered."), deciding.IN_THE_ROOM, _motion,
                         lambda given, _: _bare(given), minds=AT_ITEM),
    "vote": MeetingAct(C.RecordVote, S("För in en omröstning", "Enter a vote"),
                       S("Omröstningen är införd.", "The vote is entered."), deciding.IN_THE_ROOM, _vote, _voted,
                       help=S("Öppen omröstning. Vid lika avgör den som leder sammanträdet.",
                              "An open vote. At a tie whoever presides decides."), minds=(*AT_ITEM, *PRESENCE)),
    "conflict": MeetingAct(C.DeclareItemConflict, S("Anteckna jäv", "Note a conflict of interest"),
                           S("Jävet är antecknat.", "The conflict is noted."), attendance.OPEN[:3], _conflict,
                           lambda given, _: _bare(given), (SECRETARY, CHAIR),
                           S("Personen lämnar rummet och räknas inte vid punkten (KL 5:47, 6:28).",
                             "The person leaves the room and does not count at the item (KL 5:47, 6:28)."), AT_ITEM),
    "dissent": MeetingAct(C.RecordDissent, S("För in en reservation", "Enter a dissent"),
                          S("Reservationen är införd.", "The dissent is entered."), LIVE, _dissent,
                          lambda given, _: _bare(given), minds=AT_ITEM),
    "remove": MeetingAct(C.RemoveAgendaItem, S("Ta bort punkten", "Take the item off"),
                         S("Punkten är borttagen.", "The item is off the agenda."), agendas.BEFORE,
                         lambda a: [_field(a, "reason", S("Skäl", "Reason"), "long", required=True)],
                         lambda given, _: _bare(given), (SECRETARY, CHAIR), minds=AT_ITEM),
}  # fmt: skip
"""Key in the address → act on one item; the command is given the item."""

DISSENTED = meetinglaw.DECISIONS
"""Outcomes that somebody may dissent from."""
