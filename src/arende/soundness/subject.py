"""What a rule judges: the definition with its lines, and the words around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from arende.casetypes import BUILT_IN_ROLES, CaseType, Finding, Level, Rule
from arende.errors import Sentence
from arende.yamlfile import Lines


@dataclass(frozen=True)
class Subject:
    """One definition under examination. ``template_names`` is None where no template folder is known."""

    ct: CaseType
    lines: Lines
    file: str
    template_names: frozenset[str] | None = None
    template_fields: Mapping[str, set[str]] | None = None

    def found(
        self,
        code: str,
        place: Iterable[str | int],
        sv: str,
        en: str,
        *,
        level: Level = "error",
        path: tuple[str, ...] = (),
        suggestion: Sentence | None = None,
    ) -> Finding:
        """A finding at a place of the file."""
        return Finding(code, level, self.file, self.lines.at(tuple(place)), Sentence(sv, en), path, suggestion)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every transition from every state, those that name unknown states left out."""
        return tuple(r for r in self.ct.rows if r.source in self.ct.states and self.dests(r))

    def dests(self, rule: Rule) -> tuple[str, ...]:
        """Where a step may lead: one state, or for ``previous`` every state the hold can be entered from."""
        if rule.dest != "previous":
            return (rule.dest,) if rule.dest in self.ct.states else ()
        return self.before.get(rule.source, ())

    @cached_property
    def before(self) -> Mapping[str, tuple[str, ...]]:
        """For every hold state: the states it is entered from."""
        entered: dict[str, dict[str, None]] = {s: {} for s, d in self.ct.states.items() if d.hold}
        for row in self.ct.rows:
            if row.dest in entered and row.source != row.dest:
                entered[row.dest].setdefault(row.source)
        return {hold: tuple(sources) for hold, sources in entered.items()}

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role that may be named."""
        return frozenset(BUILT_IN_ROLES) | frozenset(self.ct.roles)

    def out_of(self, state: str) -> tuple[Rule, ...]:
        """The steps that leave from a state."""
        return tuple(r for r in self.rules if r.source == state)
