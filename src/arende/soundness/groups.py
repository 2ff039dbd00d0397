"""V11 and V12: rounds of approvals and consultations can end, and an end leaves nothing open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from arende.casetypes import Finding
from arende.effecttypes import ApprovalEffect, ConsultationEffect, Join, JoinPolicy, Lead
from arende.soundness.subject import Opened, Place, Subject, words
from arende.terms import ALSO_OF_ACT, BUILT_IN_ROLES, CLEARANCES, OUTCOMES_OF_ACT

AT_MOST = 2
"""Reminders to a party outside the house (domain: two, never more)."""


def v11_rounds(s: Subject) -> Iterator[Finding]:
    """V11: a join can complete, expires, says what a late answer means and leaves; every answer leads somewhere."""
    for o in s.opened:
        if o.effect.consultation:
            yield from _consultation(s, o, o.effect.consultation)
        if o.effect.approval:
            yield from _approval(s, o, o.effect.approval)


def _consultation(s: Subject, o: Opened, c: ConsultationEffect) -> Iterator[Finding]:
    place: Place = (*o.place, "consultation")
    if c.join == "in_order":
        yield s.found(
            "V11", (*place, "join"),
            "Ordning mellan parter skrivs order: sequence. join: in_order finns bara för approval.",
            "An order among parties is written order: sequence. join: in_order exists for an approval only.",
        )  # fmt: skip
    if c.due.remind is not None and len(c.due.remind) > AT_MOST:
        yield s.found(
            "V11", (*place, "due", "remind"),
            f"Parter utanför huset påminns högst {AT_MOST} gånger.",
            f"Parties outside the house are reminded {AT_MOST} times at most.",
        )  # fmt: skip
    if c.order == "sequence" and (c.due.at or c.due.fixed):
        yield s.found(
            "V11", (*place, "due"),
            "När parterna tillfrågas i tur och ordning räknas sista dagen från när var och en får frågan.",
            "When the parties are asked one after another, each one's last day is counted from when it is asked.",
        )  # fmt: skip
    yield from _join(s, (*place, "join"), c.join, len(c.parties) if isinstance(c.parties, tuple) else None)
    if c.late is None:
        yield s.found(
            "V11", place,
            "Säg vad som gäller för sena svar: late: record (förs till ärendet, utan verkan).",
            "Say what a late answer means: late: record (filed on the case, without effect).",
        )  # fmt: skip
    if c.expired is None:
        yield s.found(
            "V11", place,
            "Omgången har inget slut om svar uteblir. Skriv under expired vilket steg som då tas.",
            "The round has no end when answers fail to come. Write under expired which step is then taken.",
            path=_inside(s, o)[-1:],
        )  # fmt: skip
    for key, trigger in (("complete", c.complete), ("expired", c.expired)):
        if trigger in s.ct.triggers:
            yield from _leaves(s, o, (*place, key), trigger)


def _leaves(s: Subject, o: Opened, place: Place, trigger: str) -> Iterator[Finding]:
    """The step that ends a round leaves from the state where the round is open, and goes out of it."""
    for state in _inside(s, o):
        steps = s.by_trigger(state, trigger)
        if steps and any(set(s.dests(r)) - {state} for r in steps):
            continue
        what = (
            ("leder inte därifrån", "does not lead out of it") if steps else ("finns inte där", "does not exist there")
        )
        yield s.found(
            "V11", place,
            f"Omgången pågår i {state}, men steget {trigger} {what[0]}. Ärendet blir kvar.",
            f"The round is open in {state}, but the step {trigger} {what[1]}. The case stays.",
            path=s.paths.get(state, (state,)),
        )  # fmt: skip


def _inside(s: Subject, o: Opened) -> tuple[str, ...]:
    """The states that the opening step leads to."""
    return tuple(dict.fromkeys(d for r in s.by_index.get(o.index, ()) for d in s.dests(r)))


def _join(s: Subject, place: Place, join: JoinPolicy, members: int | None) -> Iterator[Finding]:
    if members == 0:
        yield s.found("V11", place, "Ingen är tillfrågad.", "Nobody is asked.")
    if not isinstance(join, Join) or join.at_least is None:
        return
    if join.at_least < 1:
        yield s.found(
            "V11", place, "Minst ett svar ska krävas (at_least: 1).", "At least one answer is needed (at_least: 1)."
        )
    elif members is not None and join.at_least > members:
        yield s.found(
            "V11", place,
            f"Omgången kan aldrig bli klar: {join.at_least} svar krävs men bara {members} är tillfrågade.",
            f"The round can never be complete: {join.at_least} answers are needed but only {members} are asked.",
        )  # fmt: skip


def _approval(s: Subject, o: Opened, a: ApprovalEffect) -> Iterator[Finding]:
    place: Place = (*o.place, "approval")
    leads: dict[str, Lead | None] = {"approve": a.approve, "return": a.return_, "reject": a.reject}
    demanded = OUTCOMES_OF_ACT[a.act]
    known = demanded | ALSO_OF_ACT.get(a.act, frozenset())
    yield from _join(s, (*place, "join"), a.join, len(a.of) if _one_each(s, a.of) else None)
    yield from _asked(s, place, a)
    yield from _believed(s, place, a)
    for key, lead in leads.items():
        if lead is None and key in demanded:
            yield s.found(
                "V11", place,
                f"Begäran {a.name} ({a.act}) saknar följd för svaret {key}. Skriv {key}: trigger eller record.",
                f"The request {a.name} ({a.act}) has nothing for the answer {key}. Write {key}: and trigger or record.",
            )  # fmt: skip
        elif lead is not None and key not in known:
            yield s.found(
                "V11", (*place, key),
                f"{a.act} har inget svar {key}. Svaren är {words(sorted(known))}.",
                f"{a.act} has no answer {key}. The answers are {words(sorted(known))}.",
            )  # fmt: skip
        elif lead is not None:
            yield from _lead(s, o, (*place, key), a, lead)


def _asked(s: Subject, place: Place, a: ApprovalEffect) -> Iterator[Finding]:
    """An approval has no last day to be joined by, an order needs several, and only a clearance passes by time-out."""
    if a.join == "deadline":
        yield s.found(
            "V11", (*place, "join"),
            "En begäran kan inte bli klar av att sista dagen går (join: deadline): den väntar på svar.",
            "A request cannot be complete because the last day passes (join: deadline): it awaits an answer.",
        )  # fmt: skip
    if a.join == "in_order" and len(a.of) < 2:
        yield s.found(
            "V11", (*place, "join"),
            "En ordning (join: in_order) behöver minst två roller under of.",
            "An order (join: in_order) needs at least two roles under of.",
        )  # fmt: skip
    if a.hand_over is not None and a.act not in CLEARANCES:
        yield s.found(
            "V11", (*place, "hand_over"),
            f"Bara ett klartecken kan gå över till någon annan när tiden är ute; {a.act} kan det inte (KL 6:37, 6:39).",
            f"Only a clearance may pass to somebody else by time-out; {a.act} may not (KL 6:37, 6:39).",
        )  # fmt: skip
    elif a.hand_over is not None and a.due is None:
        yield s.found(
            "V11", (*place, "hand_over"),
            "hand_over räknas från sista dagen. Skriv den under due.",
            "hand_over is counted from the last day. Write it under due.",
        )  # fmt: skip


def _believed(s: Subject, place: Place, a: ApprovalEffect) -> Iterator[Finding]:
    """A formal act by a mere reply stands only with a board's decision that allows it (KL 6:37, 6:39; domain)."""
    if a.act in CLEARANCES or a.level != "reply":
        return
    yield s.found(
        "V11", (*place, "level"),
        f"{a.act} är en formell åtgärd. Med mejlsvar (level: reply) går den bara där ett nämndbeslut tillåter det: ett "
        f"mandat (mandates) i people.yaml med acts: [{a.act}] och ways: [reply]. Annars level: link eller login.",
        f"{a.act} is a formal act. By mailed reply (level: reply) it can be done only where a board has decided so: a "
        f"mandate (mandates) in people.yaml with acts: [{a.act}] and ways: [reply]. Else level: link or login.",
        level="warn",
    )  # fmt: skip


def _one_each(s: Subject, roles: Iterable[str]) -> bool:
    """Whether each role is held by one person only, so that as many people answer as there are roles."""
    return all(s.ct.roles[r].one if r in s.ct.roles else BUILT_IN_ROLES.get(r, ("", "", False))[2] for r in roles)


def _lead(s: Subject, o: Opened, place: Place, a: ApprovalEffect, lead: Lead) -> Iterator[Finding]:
    if lead.trigger is None or lead.trigger not in s.ct.triggers:
        return
    for state in _inside(s, o):
        steps = s.by_trigger(state, lead.trigger)
        if not steps:
            yield s.found(
                "V11", (*place, "trigger"),
                f"Svaret leder till steget {lead.trigger}, men det finns inte i {state}, där begäran väntar.",
                f"The answer leads to the step {lead.trigger}, which does not exist in {state}, where it waits.",
                path=s.paths.get(state, (state,)),
            )  # fmt: skip
        ends = [d for r in steps for d in s.dests(r) if s.ct.states[d].final or s.ct.states[d].kind == "decision"]
        if ends and a.act in CLEARANCES:
            yield s.found(
                "V11", (*place, "trigger"),
                f"Ett klartecken varken beslutar eller avslutar, men svaret leder till {ends[0]} (KL 6:24, 6:27).",
                f"A clearance neither decides nor ends a case, yet the answer leads to {ends[0]} (KL 6:24, 6:27).",
                path=(*s.paths.get(state, (state,)), ends[0]),
            )  # fmt: skip


def v12_ends_clean(s: Subject) -> Iterator[Finding]:
    """V12: a final state has nothing open: no item is opened on the way in, no deadline runs there."""
    for o in s.opened:
        if o.nested or not (o.effect.task or o.effect.approval or o.effect.consultation):
            continue
        for state in _inside(s, o):
            if s.ct.states[state].final:
                yield s.found(
                    "V12", o.place,
                    f"Steget till {state}, som är slutligt, öppnar något som ingen kan slutföra. Ta bort det.",
                    f"The step to {state}, which is final, opens an item that nobody can complete. Remove it.",
                    path=(*s.paths.get(o.transition.from_[0], ())[-1:], state),
                )  # fmt: skip
    for state, d in s.ct.states.items():
        for key, given in (("deadline", d.deadline), ("waits_for", d.waits_for)):
            if d.final and given:
                yield s.found(
                    "V12", ("states", state, key),
                    f"{state} är slutligt men har {key}. Där väntar ingen längre; ta bort raden.",
                    f"{state} is final but has {key}. Nobody waits there any more; remove the line.",
                )  # fmt: skip


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v11_rounds, v12_ends_clean)
