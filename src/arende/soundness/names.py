"""V01, V02 and V19: names are legal, everything named exists, and a guard is a name with a typed argument."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from pydantic import ValidationError

from arende import guards
from arende.casetypes import Finding, Guard
from arende.effecttypes import CalendarEntry, ConsultationEffect, Due, Effect, LetterEffect, MailEffect
from arende.errors import Sentence, did_you_mean
from arende.soundness.subject import Opened, Place, Subject, argument
from arende.statetypes import AtMeeting
from arende.textguards import AsDecided
from arende.timeguards import Newer

LETTERS = "letters/"
"""Letters among the names of templates: ``letters/opinion``."""
RESERVED = frozenset({"same", "previous", "register", "auto"})

_KINDS: dict[str, tuple[str, str]] = {
    "state": ("Tillståndet", "state"),
    "role": ("Rollen", "role"),
    "trigger": ("Steget", "trigger"),
    "field": ("Fältet", "field"),
    "document": ("Handlingen", "document"),
    "template": ("Mallen", "template"),
    "guard": ("Villkoret", "guard"),
    "consultation": ("Samrådet", "consultation"),
    "approval": ("Begäran", "approval"),
}


def v01_names(s: Subject) -> Iterator[Finding]:
    """V01: there is a final state, and every name is legal and stands for one thing."""
    if not any(d.final for d in s.ct.states.values()):
        yield s.found(
            "V01", ("states",), "Inget tillstånd är slutligt (final: true).", "No state is final (final: true)."
        )
    for state in s.ct.states:
        if state in RESERVED:
            yield s.found(
                "V01", ("states", state),
                f"{state} är ett ord i språket och kan inte vara ett tillstånd.",
                f"{state} is a word of the language and cannot be a state.",
            )  # fmt: skip
    for index, t in enumerate(s.ct.transitions):
        if t.trigger in RESERVED or (t.trigger is None) != t.auto:
            yield s.found(
                "V01", ("transitions", index, *(("trigger",) if t.trigger else ())),
                "En övergång har ett eget namn (trigger) eller är auto: true, inte båda.",
                "A transition has a name of its own (trigger) or is auto: true, not both.",
            )  # fmt: skip


def v02_names(s: Subject) -> Iterator[Finding]:
    """V02: every state, role, trigger, field, document and template that is named exists."""
    yield from _one(s, "state", ("initial",), s.ct.initial, s.ct.states)
    yield from _many(s, "role", ("by",), s.ct.by, s.roles)
    yield from _declared(s)
    for state, d in s.ct.states.items():
        place: Place = ("states", state)
        yield from _many(s, "role", (*place, "waits_for"), d.waits_for, s.roles)
        if d.decision:
            yield from _one(s, "document", (*place, "decision", "letter"), d.decision.letter, s.ct.documents)
            by = d.decision.delivered_by
            yield from _one(s, "trigger", (*place, "decision", "delivered_by"), by, s.ct.triggers)
        if d.at_meeting:
            yield from _at_meeting(s, state, d.at_meeting)
    for index in range(len(s.ct.transitions)):
        yield from _transition(s, index)
    for place, due, _ in s.dues:
        yield from _due(s, place, due)
    for place, trigger in s.fired:
        yield from _one(s, "trigger", place, trigger, s.ct.triggers)
    for o in s.opened:
        yield from _effect(s, o)


def _at_meeting(s: Subject, state: str, at: AtMeeting) -> Iterator[Finding]:
    """Its fields exist, and its steps leave from the state."""
    place: Place = ("states", state, "at_meeting")
    for name in ("date", "approved_on"):
        if key := getattr(at, name):
            yield from _field(s, (*place, name), key, {"date"}, "ett datum", "a date")
    for name in ("section", "note"):
        if key := getattr(at, name):
            yield from _field(s, (*place, name), key, {"text"}, "en text", "a text")
    if at.body_from:
        yield from _field(s, (*place, "body_from"), at.body_from, {"body", "choice"}, "ett organ", "a body")
    if at.extract:
        yield from _one(s, "document", (*place, "extract"), at.extract, s.ct.documents)
    steps = [((*place, "outcomes", k), t) for k, t in at.outcomes.items()]
    steps += [((*place, k), t) for k in ("taken_up", "moved") if (t := getattr(at, k))]
    here = {r.transition.name for r in s.out_of(state)}
    for where, trigger in steps:
        yield from _one(s, "trigger", where, trigger, here)


def _declared(s: Subject) -> Iterator[Finding]:
    for key, f in s.ct.fields.items():
        yield from _many(s, "trigger", ("fields", key, "set_by"), f.set_by, ("register", *s.ct.triggers))
        yield from _many(s, "trigger", ("fields", key, "cleared_by"), f.cleared_by, s.ct.triggers)
    for key, d in s.ct.documents.items():
        yield from _many(s, "state", ("documents", key, "fixed_in"), d.fixed_in, s.ct.states)
    for key, role in s.ct.roles.items():
        if role.body_from:
            place = ("roles", key, "body_from")
            yield from _field(s, place, role.body_from, {"body", "party", "choice"}, "ett organ", "a body")
        if role.delegation:
            place = ("roles", key, "delegation")
            yield from _field(s, place, role.delegation, {"text"}, "en punkt", "a point")
    if (r := s.ct.regime_from) is not None:
        yield from _field(s, ("regime_from", "field"), r.field, {"choice", "text"}, "ett val", "a choice")
    if (p := s.ct.plan) is not None:
        for word in ("source", "plan", "changes", "report"):
            yield from _many(s, "document", ("plan", word), filter(None, [getattr(p, word)]), s.ct.documents)
        yield from _many(s, "role", ("plan", "by"), p.by, s.roles)
        yield from _many(s, "state", ("plan", "in"), p.written_in, s.ct.states)
        yield from _many(s, "trigger", ("plan", "decided_by"), p.decided_by, s.ct.triggers)


def _transition(s: Subject, index: int) -> Iterator[Finding]:
    t, place = s.ct.transitions[index], ("transitions", index)
    if t.from_ != ("*",):
        yield from _many(s, "state", (*place, "from"), t.from_, s.ct.states)
    yield from _one(s, "state", (*place, "to"), t.to, (*s.ct.states, "same", "previous"))
    yield from _many(s, "role", (*place, "by"), t.by, s.roles)
    yield from _many(s, "trigger", (*place, "not_same_as"), t.not_same_as, s.ct.triggers)
    yield from _many(s, "trigger", (*place, "same_as"), t.same_as, s.ct.triggers)
    held = {state for state, d in s.ct.states.items() if d.hold}
    if t.to == "previous" and not set(t.from_) <= held:
        yield s.found(
            "V02", (*place, "to"),
            "previous leder tillbaka från ett vilande tillstånd (hold: true), och bara därifrån.",
            "previous leads back from a state on hold (hold: true), and only from there.",
        )  # fmt: skip
    for n, guard in enumerate(t.when):
        yield from _guard(s, (*place, "when", n), guard)


def _due(s: Subject, place: Place, due: Due) -> Iterator[Finding]:
    for key, field in (("before", due.before), ("after", due.after), ("at", due.at)):
        if field:
            yield from _field(s, (*place, key), field, {"date"}, "ett datum", "a date")
    if due.meeting_from:
        yield from _field(s, (*place, "meeting_from"), due.meeting_from, {"body", "choice"}, "ett organ", "a body")
    if due.then and due.then.escalate:
        yield from _one(s, "role", (*place, "then", "escalate"), due.then.escalate, s.roles)
    if due.then and due.then.task:
        yield from _one(s, "role", (*place, "then", "task", "of"), due.then.task.of, s.roles)
        yield from _template(s, (*place, "then", "task", "mail"), due.then.task.mail)
    if due.then and due.then.mail:
        yield from _mail(s, (*place, "then", "mail"), due.then.mail)


def _calendar(s: Subject, place: Place, entry: CalendarEntry) -> Iterator[Finding]:
    """The document and the fields that a calendar entry names."""
    yield from _one(s, "document", (*place, "document"), entry.document, s.ct.documents)
    yield from _field(s, (*place, "day"), entry.day, {"date"}, "ett datum", "a date")
    for name in ("starts", "ends", "place"):
        if key := getattr(entry, name):
            yield from _one(s, "field", (*place, name), key, s.ct.fields)


def _mail(s: Subject, place: Place, mail: MailEffect) -> Iterator[Finding]:
    receivers = (*s.roles, *(k for k, f in s.ct.fields.items() if f.type in ("party", "parties", "body")))
    yield from _template(s, (*place, "template"), mail.template)
    yield from _many(s, "role", (*place, "to"), mail.to, receivers)
    yield from _many(s, "document", (*place, "attach"), mail.attach, s.ct.documents)
    if mail.calendar is not None:
        yield from _calendar(s, (*place, "calendar"), mail.calendar)
    yield from _many(s, "field", (*place, "show"), mail.show, s.ct.fields)


def _effect(s: Subject, o: Opened) -> Iterator[Finding]:
    e: Effect = o.effect
    if e.task:
        yield from _one(s, "role", (*o.place, "task", "of"), e.task.of, s.roles)
        yield from _template(s, (*o.place, "task", "mail"), e.task.mail)
    if e.approval:
        yield from _many(s, "role", (*o.place, "approval", "of"), e.approval.of, s.roles)
        yield from _template(s, (*o.place, "approval", "mail"), e.approval.mail)
        yield from _many(s, "trigger", (*o.place, "approval", "not_same_as"), e.approval.not_same_as, s.ct.triggers)
    if e.mail:
        yield from _mail(s, (*o.place, "mail"), e.mail)
    if e.letter:
        yield from _letter(s, (*o.place, "letter"), e.letter)
    if e.consultation:
        yield from _consultation(s, (*o.place, "consultation"), e.consultation)


def _consultation(s: Subject, place: Place, c: ConsultationEffect) -> Iterator[Finding]:
    yield from _template(s, (*place, "mail"), c.mail)
    yield from _many(s, "document", (*place, "attach"), c.attach, s.ct.documents)
    if c.letter:
        yield from _one(s, "document", (*place, "letter"), c.letter, s.ct.documents)
    if c.compilation:
        yield from _one(s, "document", (*place, "compilation"), c.compilation, s.ct.documents)
    if c.only:
        lists = [k for k, f in s.ct.fields.items() if f.type == "parties"]
        yield from _one(s, "field", (*place, "only"), c.only, lists)
    if c.extend_before:
        days = [k for k, f in s.ct.fields.items() if f.type == "date"]
        yield from _one(s, "field", (*place, "extend_before", "date"), c.extend_before.date, days)
    if c.close_early:
        place = (*place, "close_early", "by")
        yield from _many(s, "role", place, c.close_early.by, s.roles)


def _letter(s: Subject, place: Place, letter: LetterEffect) -> Iterator[Finding]:
    if s.template_names is not None and any(name.startswith(LETTERS) for name in s.template_names):
        known = [name.removeprefix(LETTERS) for name in s.template_names if name.startswith(LETTERS)]
        yield from _one(s, "template", (*place, "template"), letter.template, known)
    yield from _one(s, "document", (*place, "document"), letter.name, s.ct.documents)
    yield from _many(s, "role", (*place, "sign"), letter.sign, s.roles)
    asked = [o.effect.approval.name for o in s.opened if o.effect.approval]
    yield from _many(s, "approval", (*place, "signed"), letter.signed, asked)
    for n, to in enumerate(letter.to):  # a group or a party of the people file, which a definition does not know
        if to in s.ct.fields:
            yield from _field(s, (*place, "to", n), to, {"party", "parties"}, "en part", "a party")


def _guard(s: Subject, place: Place, guard: Guard) -> Iterator[Finding]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*(@[0-9]+)?", guard.name):
        yield s.found(
            "V19", place,
            f"”{guard.name}” är inget villkor. Ett villkor är ett namn ur ordlistan; ingen text räknas ut.",
            f'"{guard.name}" is no guard. A guard is a name of the vocabulary; no text is evaluated.',
            suggestion=Sentence('skriv till exempel field: {amount: {gt: 0}}', "write e.g. field: {amount: {gt: 0}}"),
        )  # fmt: skip
        return
    if guard.name not in guards.REGISTRY:
        yield from _one(s, "guard", place, guard.name, guards.REGISTRY)
        return
    try:
        argument(guard)
    except ValidationError as e:
        yield _bad_argument(s, place, guard, e)
        return
    yield from _refers(s, (*place, guard.name), guard)


def _bad_argument(s: Subject, place: Place, guard: Guard, error: ValidationError) -> Finding:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(p) for p in first["loc"] if not isinstance(p, int)) or guard.name
    if guard.arg is None:
        sv, en = f"Villkoret {guard.name} behöver ett argument.", f"The guard {guard.name} needs an argument."
    else:
        sv = f"Villkoret {guard.name} har fått ett argument som det inte förstår ({where})."
        en = f"The guard {guard.name} was given an argument it does not understand ({where})."
    known = list(guards.Comparison.model_fields) if first["type"] == "extra_forbidden" else []
    return s.found(
        "V19", (*place, guard.name), sv, en, suggestion=did_you_mean(str(first["loc"][-1:] and first["loc"][-1]), known)
    )


def _refers(s: Subject, place: Place, guard: Guard) -> Iterator[Finding]:
    """What a guard's argument names exists in this definition."""
    kind, arg = guards.REGISTRY[guard.name].refers, argument(guard)
    if kind in ("document", "step"):
        what, known = ("document", s.ct.documents) if kind == "document" else ("trigger", s.ct.triggers)
        yield from _one(s, what, place, str(arg), known)
    elif kind in ("newer", "decided"):
        yield from _text(s, place, arg)
    elif kind in ("values", "hearing"):
        named = arg.model_dump(exclude_none=True, exclude={"favours", "law"})
        yield from _values(s, place, named) if kind == "values" else _hearing(s, place, named)
    elif kind == "field":
        for key in (arg,) if isinstance(arg, str) else arg:
            yield from _one(s, "field", (*place, str(key)), str(key), s.ct.fields)
    elif kind in ("body", "since"):
        key = f"{arg}_date" if isinstance(arg, str) else arg.date if kind == "body" else arg.since
        yield from _field(s, place, key, {"date"}, "ett datum", "a date")
    elif kind == "parties":  # those who must be among them are of the people file, which a definition does not know
        yield from _field(s, (*place, "field"), arg.field, {"parties"}, "en lista med parter", "a list of parties")
    elif kind == "consultation":
        yield from _one(
            s, "consultation", place, str(arg), [o.effect.consultation.name for o in s.opened if o.effect.consultation]
        )
    elif kind == "approval" and arg is not None:
        yield from _one(s, "approval", place, str(arg), [o.effect.approval.name for o in s.opened if o.effect.approval])


def _text(s: Subject, place: Place, arg: Newer | AsDecided) -> Iterator[Finding]:
    yield from _one(s, "document", (*place, "document"), arg.document, s.ct.documents)
    if isinstance(arg, Newer):
        yield from _one(s, "trigger", (*place, "since"), arg.since, s.ct.triggers)
        return
    yield from _many(s, "field", (*place, "values"), arg.values, s.ct.fields)
    if arg.date:
        yield from _field(s, (*place, "date"), arg.date, {"date"}, "ett datum", "a date")


def _hearing(s: Subject, place: Place, named: dict[str, str]) -> Iterator[Finding]:
    yield from _one(s, "trigger", (*place, "step"), named.pop("step"), s.ct.triggers)
    if material := named.pop("material", None):
        yield from _one(s, "document", (*place, "material"), material, s.ct.documents)
    yield from _values(s, place, named)


def _values(s: Subject, place: Place, named: dict[str, str]) -> Iterator[Finding]:
    for name, key in named.items():
        yield from _one(s, "field", (*place, name), key, s.ct.fields)


def _field(s: Subject, place: Place, key: str, types: set[str], sv: str, en: str) -> Iterator[Finding]:
    yield from _one(s, "field", place, key, s.ct.fields)
    known = s.ct.fields.get(key)
    if known and known.type not in types:
        yield s.found("V02", place, f"Fältet {key} är inte {sv}.", f"The field {key} is not {en}.")


def _template(s: Subject, place: Place, name: str | None) -> Iterator[Finding]:
    if name and s.template_names is not None:
        yield from _one(s, "template", place, name, s.template_names)


def _many(s: Subject, kind: str, place: Place, names: Iterable[str], known: Collection[str]) -> Iterator[Finding]:
    for n, name in enumerate(names):
        yield from _one(s, kind, (*place, n), name, known)


def _one(s: Subject, kind: str, place: Place, name: str, known: Collection[str]) -> Iterator[Finding]:
    if name in known:
        return
    known = sorted(set(known))
    sv, en = _KINDS[kind]
    suggestion = did_you_mean(name, known)
    listed = f" {', '.join(known[:12])}" if known and not suggestion else ""
    yield s.found(
        "V02", place,
        f"{sv} {name} finns inte." + (f" Här kan stå:{listed}." if listed else ""),
        f"There is no {en} {name}." + (f" Possible:{listed}." if listed else ""),
        suggestion=suggestion,
    )  # fmt: skip


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v01_names, v02_names)
