"""V14: what a guard, a template or a role reads has been given on every path before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from arende.casetypes import FieldDef, Finding, Rule
from arende.effecttypes import Effect
from arende.soundness.subject import Place, Subject, words


def v14_values(s: Subject) -> Iterator[Finding]:
    """V14: every field read is set on every path before, and a step of the system asks nobody for values."""
    known = s.set_before
    told: set[tuple[Place, str]] = set()
    for rule in s.rules:
        if rule.source not in known:
            continue
        have = known[rule.source] | s.given_by(rule.transition.name)
        asked = frozenset(s.ct.asked_by(rule.transition.name))  # a guard tells the person to give it in this step
        for place, field, reader in _read_in(s, rule):
            have_now = have | asked if "when" in place else have
            if field in s.ct.fields and field not in have_now and (place, field) not in told:
                told.add((place, field))
                yield _unset(s, place, field, reader, rule.source)
    for state in known:
        for place, field, reader in _read_at(s, state):
            if field in s.ct.fields and field not in known[state] and (place, field) not in told:
                told.add((place, field))
                yield _unset(s, place, field, reader, state)
    yield from _nobody_to_ask(s, known)


def _unset(s: Subject, place: Place, field: str, reader: tuple[str, str], state: str) -> Finding:
    path = _path_without(s, field, state)
    way = " → ".join(path)
    return s.found(
        "V14", place,
        f"{reader[0]} läser {field}, som inte alltid är ifyllt då ({way}). "
        f"Låt register eller ett tidigare steg fråga efter det: set_by.",
        f"{reader[1]} reads {field}, which is not always set by then ({way}). "
        f"Let register or an earlier step ask for it: set_by.",
        path=path,
    )  # fmt: skip


def _path_without(s: Subject, field: str, state: str) -> tuple[str, ...]:
    """The shortest way to the state on which nothing asks for the field."""
    if field in s.given_by("register"):
        return (state,)
    ways = s.ways(lambda r: field not in s.given_by(r.transition.name))
    return ways.get(state, s.paths.get(state, (state,)))


def _read_in(s: Subject, rule: Rule) -> Iterator[tuple[Place, str, tuple[str, str]]]:
    """What a step reads: its guards, the roles that take it, its mails and whom they go to."""
    for place, guard, arg in s.guards(rule.index):
        reader = (f"Villkoret {guard.name}", f"The guard {guard.name}")
        if guard.name == "field":
            for key, bounds in arg.items():
                if bounds.present is None:  # asking whether it is there is not reading it
                    yield (*place, "field", str(key)), str(key), reader
        elif guard.name == "meeting_held":
            yield place, f"{arg}_date" if isinstance(arg, str) else arg.date, reader
            if not isinstance(arg, str) and arg.body_from:
                yield place, arg.body_from, reader
    yield from _bodies(s, ("transitions", rule.index, "by"), rule.transition.by)
    for n, effect in enumerate(rule.transition.then):
        yield from _read_by(s, ("transitions", rule.index, "then", n), effect)


def _read_by(s: Subject, place: Place, e: Effect) -> Iterator[tuple[Place, str, tuple[str, str]]]:
    templates = [t for t in (e.task and e.task.mail, e.approval and e.approval.mail) if t]
    if e.mail:
        templates.append(e.mail.template)
        for n, to in enumerate(e.mail.to):
            if to in s.ct.fields and not _may_be_nobody(s.ct.fields[to]):
                yield (*place, "mail", "to", n), to, ("Utskicket", "The mail")
    if e.consultation:
        templates.append(e.consultation.mail)
        if isinstance(e.consultation.parties, str):
            yield (*place, "consultation", "parties"), e.consultation.parties, ("Samrådet", "The consultation")
    if e.letter:
        templates.append(f"letters/{e.letter.template}")
    for template in templates:
        for field in sorted((s.template_fields or {}).get(template, ())):
            yield place, field.removeprefix("fields."), (f"Mallen {template}", f"The template {template}")
    yield from _bodies(s, place, (*((e.task.of,) if e.task else ()), *(e.approval.of if e.approval else ())))


def _may_be_nobody(field: FieldDef) -> bool:
    """A party, or a list of them, that the definition says may be left out: then nobody is written to."""
    return field.type in ("party", "parties") and not field.required


def _read_at(s: Subject, state: str) -> Iterator[tuple[Place, str, tuple[str, str]]]:
    """What a state reads: whom it waits for."""
    yield from _bodies(s, ("states", state, "waits_for"), s.ct.states[state].waits_for)


def _bodies(s: Subject, place: Place, roles: Iterable[str]) -> Iterator[tuple[Place, str, tuple[str, str]]]:
    for role in roles:
        declared = s.ct.roles.get(role)
        read = declared and (declared.body_from or declared.delegation)
        if read:
            yield place, read, (f"Rollen {role}", f"The role {role}")


def _nobody_to_ask(s: Subject, known: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """A step that an answer, a join, a deadline or the system takes has nobody to ask for a value."""
    told: set[str] = set()
    by_system = [(("transitions", r.index), r) for r in s.rules if r.transition.auto or r.transition.by == ("system",)]
    by_answer = [(place, r) for place, trigger in s.fired for r in s.rules if r.transition.trigger == trigger]
    for place, rule in (*by_answer, *by_system):
        lacking = s.given_by(rule.transition.name) - known.get(rule.source, frozenset())
        if lacking and rule.source in known and rule.transition.name not in told:
            told.add(rule.transition.name)
            fields = words(sorted(lacking))
            yield s.found(
                "V14", place,
                f"Systemet tar steget {rule.transition.name} och kan inte fylla i {fields}. Fråga i ett tidigare steg.",
                f"The system takes the step {rule.transition.name} and cannot give {fields}. Ask at an earlier step.",
                path=s.path_over(rule),
            )  # fmt: skip


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v14_values,)
