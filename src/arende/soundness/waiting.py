"""V09 and V10: a state that rests waits for somebody and for a day, and the day has a consequence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from arende.casetypes import Finding
from arende.effecttypes import Due
from arende.soundness.subject import Place, Subject, words

DEFAULT_ESCALATION = "manager"
"""Where the default ladder (T−3, T+1, escalation at T+5 working days) hands a delay; see ``escalation``."""


def escalation(waited_for: Iterable[str]) -> str:
    """The role that an overdue deadline goes to when the definition names none."""
    return "administrator" if DEFAULT_ESCALATION in waited_for else DEFAULT_ESCALATION


def v09_waits(s: Subject) -> Iterator[Finding]:
    """V09: somebody or something is waited for; and there is a deadline, or the reason why there is none."""
    for state, d in s.ct.states.items():
        place: Place = ("states", state)
        if d.final:
            continue
        if d.auto:
            if not any(r.transition.auto for r in s.out_of(state)):
                yield s.found(
                    "V09", place,
                    f"{state} är automatiskt men har inget automatiskt steg därifrån (auto: true).",
                    f"{state} is automatic but no automatic step leaves it (auto: true).",
                )  # fmt: skip
            continue
        if not d.waits_for:
            yield s.found(
                "V09", (*place, "waits_for"),
                f"{state} väntar inte på någon. Skriv under waits_for vem som ska göra något.",
                f"{state} waits for nobody. Write under waits_for who is to act.",
                path=s.paths.get(state, ()),
            )  # fmt: skip
        if d.deadline is None and not (d.no_deadline or "").strip():
            yield s.found(
                "V09", place,
                f"{state} har ingen frist. Skriv deadline, eller no_deadline med skälet.",
                f"{state} has no deadline. Write deadline, or no_deadline with the reason.",
                path=s.paths.get(state, ()),
            )  # fmt: skip


def v10_consequences(s: Subject) -> Iterator[Finding]:
    """V10: a deadline has a consequence, escalates to another role and reminds before the day."""
    for place, due, waited_for in s.dues:
        yield from _consequence(s, place, due)
        target = due.then.escalate if due.then else None
        if target and target in waited_for:
            yield s.found(
                "V10", (*place, "then", "escalate"),
                f"Fristen lämnar över till {target}, som den redan väntar på. Välj en annan roll, till exempel "
                f"{escalation(waited_for)}.",
                f"The deadline escalates to {target}, for whom it already waits. Choose another role, such as "
                f"{escalation(waited_for)}.",
            )  # fmt: skip
        if due.then is None and due.remind != () and escalation(waited_for) in waited_for:
            yield s.found(
                "V10", place,
                f"Fristen väntar på {words(waited_for)}, så ingen annan kan ta över. Skriv then: escalate.",
                f"The deadline waits for {words(waited_for)}, so nobody is left to escalate to. Write then: escalate.",
            )  # fmt: skip
        if due.remind and min(due.remind) >= 0:
            yield s.found(
                "V10", (*place, "remind"),
                "Alla påminnelser kommer på eller efter sista dagen. Lägg till en före, till exempel -3.",
                "Every reminder comes on or after the last day. Add one before it, such as -3.",
            )  # fmt: skip
    yield from _reachable_triggers(s)


def _consequence(s: Subject, place: Place, due: Due) -> Iterator[Finding]:
    empty = due.then is None and due.remind == ()
    if due.then is not None:
        empty = not (due.then.escalate or due.then.trigger or due.then.task or due.then.mail)
    if empty:
        yield s.found(
            "V10", place,
            "Inget händer när fristen går ut. Ta bort den tomma raden, så gäller det vanliga, eller skriv then.",
            "Nothing happens when the deadline passes. Remove the empty line for the default, or write then.",
        )  # fmt: skip


def _reachable_triggers(s: Subject) -> Iterator[Finding]:
    """The step that a state's deadline takes must leave from that state."""
    for state, d in s.ct.states.items():
        trigger = d.deadline.then.trigger if d.deadline and d.deadline.then else None
        if trigger and trigger in s.ct.triggers and not s.by_trigger(state, trigger):
            yield s.found(
                "V10", ("states", state, "deadline", "then", "trigger"),
                f"När fristen i {state} går ut ska {trigger} tas, men det steget finns inte därifrån.",
                f"When the deadline in {state} passes, {trigger} should be taken, but it does not leave from there.",
                path=s.paths.get(state, ()),
            )  # fmt: skip


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v09_waits, v10_consequences)
