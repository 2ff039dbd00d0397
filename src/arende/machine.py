"""The judge: which step a case may take, and why not. The only module that knows ``transitions``.

One frozen machine per definition, shared by all threads and never given a model: our own evaluator judges every guard
on the facts, collects the sentences and picks one rule; the machine then executes exactly that rule. Guards never
reach the library as strings, since a dotted string there would be imported and called.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from transitions import Machine, MachineError

from arende import guards, lawguards
from arende.casetypes import CaseType, Rule
from arende.errors import NotFound, Refused, Sentence
from arende.guards import Facts

_BUILD = threading.Lock()
_MACHINES: dict[str, Machine] = {}

SYSTEM = "system"
"""The actor of the clock and of joins; it may take any step that the definition leads it to."""

ANY = "*"
"""In ``Facts.done_by``: people who took a step that can no longer be told, since its payload has been removed."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was judged: the rule to follow and where it leads. ``seconded`` = one more voice is needed first."""

    rule: Rule
    source: str
    dest: str
    seconded: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A trigger in the present state: whether the person may take it now, and every sentence why not."""

    rule: Rule
    dest: str
    allowed: bool
    sentences: tuple[Sentence, ...]

    @property
    def trigger(self) -> str:
        """The name of the step."""
        return self.rule.transition.name


class _Subject:
    """Carries a state through one evaluation and is thrown away."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def decide(rules: CaseType, state: str, trigger: str, facts: Facts) -> Step:
    """Judge one trigger. Pure: the same facts give the same step.

    Raises NotFound for a trigger the definition does not have, Refused with the sentences when it is not awaited in
    this state or a guard says no.
    """
    refusals: dict[int, list[Sentence]] = {}
    candidates = _candidates(rules, state, trigger, facts)
    for rule in candidates:
        sentences = _objections(rules, rule, facts)
        if not sentences:
            return _execute(rules, rule, trigger, facts)
        refusals[rule.id] = sentences
    raise Refused(*_told(rules, candidates, facts, refusals))


def _told(rules: CaseType, ways: list[Rule], facts: Facts, refusals: dict[int, list[Sentence]]) -> list[Sentence]:
    """What to say when every way of a trigger is barred: about the way that the case's values point to.

    When they point to none, what all ways object to; only when that is nothing, everything.
    """
    meant = [w for w in ways if _meant(rules, w, facts)]
    if len(meant) != 1:
        common = [s for s in refusals[ways[0].id] if all(s in said for said in refusals.values())]
        if common:
            return common
    return list(dict.fromkeys(s for w in meant or ways for s in refusals[w.id]))


def _meant(rules: CaseType, rule: Rule, facts: Facts) -> bool:
    """Whether the case's values point to the way: what tells ways of one trigger apart are comparisons of fields."""
    chosen_by = (g for g in rule.transition.when if g.name == "field")
    return all(guards.judge(rules, g.name, g.arg, facts) is None for g in chosen_by)


def decide_auto(rules: CaseType, state: str, facts: Facts) -> Step | None:
    """The step that the system takes by itself from ``state``, or None."""
    for rule in sorted(_leaving(rules, state), key=_order):
        if rule.transition.auto and not _objections(rules, rule, facts):
            return Step(rule, state, _dest(rule, facts))
    return None


def options(rules: CaseType, state: str, facts: Facts) -> list[Option]:
    """Every trigger of ``state`` in the order of the file, judged for this person now."""
    found: dict[str, Option] = {}
    for rule in _leaving(rules, state):
        trigger = rule.transition.trigger
        if trigger is None or (rule.transition.by == (SYSTEM,) and facts.actor != SYSTEM):
            continue
        sentences = tuple(_objections(rules, rule, facts, asking=True))
        known = found.get(trigger)
        nearer = known is None or (not _meant(rules, known.rule, facts) and _meant(rules, rule, facts))
        if known is None or (not known.allowed and (nearer or not sentences)):
            found[trigger] = Option(rule, _dest(rule, facts), not sentences, sentences)
    return list(found.values())


def ahead(rules: CaseType, state: str) -> frozenset[str]:
    """Every step that a case in the state may still come to, whatever its values; from a rest, every one there is."""
    found, seen, left = set[str](), {state}, [state]
    while left:
        for rule in _leaving(rules, left.pop()):
            if rule.dest == "previous":
                return frozenset(rules.triggers)
            found.add(rule.transition.name)
            if rule.dest not in seen:
                seen.add(rule.dest)
                left.append(rule.dest)
    return frozenset(found)


def _candidates(rules: CaseType, state: str, trigger: str, facts: Facts) -> list[Rule]:
    if trigger not in rules.triggers:
        raise NotFound(_unknown_trigger(rules, state, trigger))
    if state not in rules.states:
        raise Refused(
            Sentence(
                f"Ärendets läge ”{state}” finns inte i dess definition. Be administratören se över ärendet.",
                f'The state "{state}" of the case is not in its definition. Ask the administrator to look at it.',
            )
        )
    found = sorted((r for r in _leaving(rules, state) if r.transition.trigger == trigger), key=_order)
    if not found:
        raise Refused(_elsewhere(rules, trigger, facts) or _not_awaited(rules, state, trigger))
    return found


def _elsewhere(rules: CaseType, trigger: str, facts: Facts) -> Sentence | None:
    """Why no state of this case awaits the step: what is asked for is done by another authority."""
    asked = (g for t in rules.transitions if t.trigger == trigger for g in t.when if g.name == "filed_here")
    return next((s for g in asked if (s := guards.judge(rules, g.name, g.arg, facts)) is not None), None)


def _leaving(rules: CaseType, state: str) -> list[Rule]:
    return [r for r in rules.rows if r.source == state]


def _order(rule: Rule) -> tuple[int, int]:
    priority = rule.transition.priority
    return (priority if priority is not None else 1_000_000, rule.id)


def _dest(rule: Rule, facts: Facts) -> str:
    return (facts.previous_state or rule.source) if rule.dest == "previous" else rule.dest


def _objections(rules: CaseType, rule: Rule, facts: Facts, *, asking: bool = False) -> list[Sentence]:
    """Everything that speaks against the rule. ``asking`` leaves out what the person would give with the command."""
    t = rule.transition
    said = [*_who(rules, rule, facts), *_separation(rules, rule, facts)]
    missing = [] if asking else _missing(rules, t.name, facts)
    said += [_is_missing(rules, key) for key in missing]
    if t.comment == "required" and not asking and not (facts.comment or "").strip():
        said.append(Sentence("Skriv en motivering.", "Give a reason."))
    awaited = set(rules.asked_by(t.name)) if asking else set()
    for g in t.when:
        if asking and _is_given_by(g.name, g.arg, awaited):
            continue
        sentence = guards.judge(rules, g.name, g.arg, facts)
        if sentence is not None and not any(f"({key})" in sentence.sv for key in missing):
            said.append(sentence)
    return said


def _is_given_by(name: str, arg: object, awaited: set[str]) -> bool:
    """Whether a guard looks at fields that this very step asks for: then refusing before they are given is unfair.

    What is to be so of each field waits only when the step asks for all of them; what weighs several against each other
    (the order of days, a question of law) waits when the step asks for any one.
    """
    spec = guards.REGISTRY.get(name)
    if not awaited or spec is None:
        return False
    if spec.refers in ("values", "parties"):
        return isinstance(arg, dict) and any(isinstance(v, str) and v in awaited for v in arg.values())
    if spec.refers == "hearing":
        return isinstance(arg, dict) and arg["field"] in awaited
    if spec.refers not in ("field", "body"):
        return False
    if isinstance(arg, str):
        return arg in awaited or f"{arg}_date" in awaited
    if isinstance(arg, dict):
        keys = {str(arg["date"])} if "date" in arg else {str(k) for k in arg}
        return keys <= awaited
    return isinstance(arg, list | tuple) and bool({str(k) for k in arg} & awaited)


def _who(rules: CaseType, rule: Rule, facts: Facts) -> list[Sentence]:
    if facts.actor == SYSTEM:
        return []
    if facts.conflict:
        law = lawguards.conflict_law(rules, facts.fields)
        return [
            Sentence(
                f"Du har anmält jäv i ärendet och får inte delta i handläggningen ({law}).",
                f"You have declared a conflict of interest in this case and may not act in it ({law}).",
            )
        ]
    if facts.roles & set(rule.transition.by):
        return []
    sv = " eller ".join(rules.role_title(r, "sv") for r in rule.transition.by) or "ingen"
    en = " or ".join(rules.role_title(r, "en") for r in rule.transition.by) or "nobody"
    step_sv, step_en = (rules.trigger_title(rule.transition.name, lang, source=rule.source, dest=rule.dest)
                        for lang in ("sv", "en"))  # fmt: skip
    return [
        Sentence(
            f"”{step_sv}” får göras av {sv}. Du har inte den rollen i ärendet.",
            f'"{step_en}" may be done by {en}. You do not hold that role in the case.',
        )
    ]


def _separation(rules: CaseType, rule: Rule, facts: Facts) -> list[Sentence]:
    """Separation of duties, for the person who acts and the person represented alike."""
    said = []
    me = facts.acting_as or frozenset({facts.actor})
    for earlier in rule.transition.not_same_as:
        if me & (facts.done_by.get(earlier, frozenset()) | facts.done_by.get(ANY, frozenset())):
            sv, en = rules.trigger_title(earlier, "sv"), rules.trigger_title(earlier, "en")
            said.append(
                Sentence(
                    f"Den som gjorde ”{sv}” får inte också göra detta steg. Be en annan behörig person.",
                    f'Whoever did "{en}" may not also take this step. Ask another authorised person.',
                )
            )
    for earlier in rule.transition.same_as:
        done = facts.done_by.get(earlier, frozenset())
        if done and not me & done:
            sv, en = rules.trigger_title(earlier, "sv"), rules.trigger_title(earlier, "en")
            said.append(
                Sentence(f"Bara den som gjorde ”{sv}” får göra detta steg.", f'Only whoever did "{en}" may do this.')
            )
    return said


def _missing(rules: CaseType, trigger: str, facts: Facts) -> list[str]:
    """The fields that the step asks for and that have no value."""
    return [k for k, f in rules.asked_by(trigger).items() if f.required and facts.fields.get(k) in (None, "")]


def _is_missing(rules: CaseType, key: str) -> Sentence:
    sv, en = guards.field_title(rules, key, "sv"), guards.field_title(rules, key, "en")
    return Sentence(f"Uppgiften ”{sv}” ({key}) saknas. Fyll i den.", f'The value "{en}" ({key}) is missing. Give it.')


def _execute(rules: CaseType, rule: Rule, trigger: str, facts: Facts) -> Step:
    voices = facts.seconded_by.get(trigger, frozenset()) | (facts.acting_as or {facts.actor})
    if len(voices) < rule.transition.quorum:
        return Step(rule, rule.source, rule.source, seconded=True)
    subject = _Subject(rule.source)
    event = _machine(rules).events[trigger]
    try:
        moved = event.trigger(subject, chosen=rule.id)
    except MachineError as e:  # the definition and the machine built from it disagree: never guess
        raise Refused(_not_awaited(rules, rule.source, trigger)) from e
    if moved is not True:
        raise Refused(_not_awaited(rules, rule.source, trigger))
    dest = _dest(rule, facts) if rule.dest == "previous" else subject.state
    return Step(rule, rule.source, dest)


def _machine(rules: CaseType) -> Machine:
    known = _MACHINES.get(rules.hash)
    if known is not None:
        return known
    with _BUILD:
        if rules.hash not in _MACHINES:
            _MACHINES[rules.hash] = _build(rules)
        return _MACHINES[rules.hash]


def _build(rules: CaseType) -> Machine:
    return Machine(
        model=None,
        states=list(rules.states),
        initial=rules.initial,
        auto_transitions=False,
        send_event=True,
        queued=False,
        transitions=[
            {
                "trigger": r.transition.name,
                "source": r.source,
                "dest": r.source if r.dest == "previous" else r.dest,
                "conditions": [lambda event, i=r.id: event.kwargs["chosen"] == i],
            }
            for r in rules.rows
        ],
    )


def _unknown_trigger(rules: CaseType, state: str, trigger: str) -> Sentence:
    from difflib import get_close_matches

    near = get_close_matches(trigger, rules.triggers, 1)
    here = ", ".join(dict.fromkeys(r.transition.name for r in _leaving(rules, state) if r.transition.trigger))
    sv, en = f"Steget ”{trigger}” finns inte i ärendetypen.", f'There is no step "{trigger}" in this case type.'
    if near:
        sv, en = f"{sv} Menade du {near[0]}?", f"{en} Did you mean {near[0]}?"
    return Sentence(f"{sv} Härifrån kan du gå: {here or 'ingenstans'}.", f"{en} From here: {here or 'nothing'}.")


def _not_awaited(rules: CaseType, state: str, trigger: str) -> Sentence:
    here = [r.transition.trigger for r in _leaving(rules, state) if r.transition.trigger]
    names = ", ".join(dict.fromkeys(here))
    sv_step, en_step = rules.trigger_title(trigger, "sv"), rules.trigger_title(trigger, "en")
    if rules.states[state].final:
        return Sentence(
            f"Ärendet är avslutat (”{rules.state_title(state)}”), så ”{sv_step}” kan inte göras.",
            f'The case has ended ("{rules.state_title(state, "en")}"), so "{en_step}" cannot be done.',
        )
    return Sentence(
        f"”{sv_step}” väntas inte i läget ”{rules.state_title(state)}”. Härifrån kan du gå: {names}.",
        f'"{en_step}" is not awaited in "{rules.state_title(state, "en")}". From here: {names}.',
    )
