"""V02, for what stands in another file: the bodies that a definition names are in the people file.

Nobody holds an office in a body that does not exist, so a role there would be held by nobody. The people file belongs
to the site and may come later than the rules: what is found is a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from arende.casetypes import CaseType, Finding
from arende.errors import Sentence, did_you_mean
from arende.guards import Held
from arende.soundness.subject import Place, Subject, argument
from arende.yamlfile import Lines


def unknown_bodies(ct: CaseType, known: Collection[str], *, lines: Lines, file: str, people: Sentence) -> list[Finding]:
    """Every body that is named and not among ``known``, which come from the file that ``people`` speaks of."""
    subject = Subject(ct, lines, file)
    return [_unknown(subject, place, key, known, people) for place, key in _named(subject) if key not in known]


def _named(s: Subject) -> Iterator[tuple[Place, str]]:
    for key, role in s.ct.roles.items():
        if role.body:
            yield ("roles", key, "body"), role.body
    for state, declared in s.ct.states.items():
        if declared.at_meeting and declared.at_meeting.body:
            yield ("states", state, "at_meeting", "body"), declared.at_meeting.body
    yield from (((*place, "meeting"), due.meeting) for place, due, _ in s.dues if due.meeting)
    yield from _by_answers(s)
    yield from _by_guards(s)


def _by_answers(s: Subject) -> Iterator[tuple[Place, str]]:
    for o in s.opened:
        for answer, lead in o.effect.approval.leads.items() if o.effect.approval else ():
            if lead and lead.agenda_item:
                yield (*o.place, "approval", answer, "agenda_item"), lead.agenda_item


def _by_guards(s: Subject) -> Iterator[tuple[Place, str]]:
    for index, t in enumerate(s.ct.transitions):
        for n, guard in enumerate(t.when):
            if guard.name == "meeting_held" and (body := _body_of(argument(guard))):
                yield ("transitions", index, "when", n, guard.name), body


def _body_of(argument: str | Held) -> str | None:
    return argument if isinstance(argument, str) else argument.body


def _unknown(s: Subject, place: Place, key: str, known: Collection[str], people: Sentence) -> Finding:
    return s.found(
        "V02", place,
        f"Organet {key} finns inte i {people.sv}, så ingen kan ha ett uppdrag där.",
        f"There is no body {key} in {people.en}, so nobody can hold an office there.",
        level="warn", suggestion=did_you_mean(key, known),
    )  # fmt: skip
